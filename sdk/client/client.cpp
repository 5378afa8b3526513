// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "client_p.h"

#include "collection_p.h"
#include "error_p.h"
#include "optionscheck.h"
#include "values.h"
#include "writebatch_p.h"

#include <QThread>

#include <algorithm>

namespace Satchel {

namespace {

/// Everything here belongs to one thread; from another it would be a race that shows years later.
void assertThread(const QObject *object)
{
    if (object->thread() != QThread::currentThread()) {
        qFatal("Satchel::Client was used from another thread than the one that made it");
    }
}

Core::Error notFound(const char *detail)
{
    return Core::makeError(Core::ErrorCode::NotFound, Core::ErrorReason::None, detail);
}

}  // namespace

Client::Client(ClientOptions options, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<ClientPrivate>(this, std::move(options)))
{
    qRegisterMetaType<Satchel::QuarantinedWrite>();
    qRegisterMetaType<Satchel::RecoveryReport>();
}

Client::~Client()
{
    close();
    // Collections look into what `d` holds, so they go first.
    qDeleteAll(findChildren<Collection *>(QString(), Qt::FindDirectChildrenOnly));
}

QFuture<Result<void>> Client::open()
{
    assertThread(this);
    return d->open();
}

bool Client::isOpen() const
{
    return d->phase == ClientPrivate::Phase::Open;
}

void Client::close()
{
    assertThread(this);
    d->close();
}

QFuture<Result<void>> Client::changeKey(const StoreKeySource &newKey)
{
    assertThread(this);
    return d->changeKey(newKey);
}

QFuture<Result<void>> Client::signOut(SignOut how, std::chrono::milliseconds sendTimeout)
{
    assertThread(this);
    return d->signOut(how, sendTimeout);
}

QString Client::deviceId() const
{
    return d->live.device().isNull() ? QString() : QString::fromStdString(d->live.device().toHex());
}

QString Client::tenant() const
{
    return d->options.tenant;
}

QString Client::user() const
{
    return d->options.user;
}

QFuture<Result<QString>> Client::moveStoreAside()
{
    assertThread(this);
    return d->moveStoreAside();
}

QString Client::storePath() const
{
    return storePathOf(d->options);
}

Collection *Client::collection(const QString &name)
{
    assertThread(this);
    return d->collection(name);
}

QFuture<Result<void>> Client::write(WriteBatch batch)
{
    assertThread(this);
    return d->write(std::move(batch));
}

bool Client::waitForDurable(QDeadlineTimer deadline)
{
    assertThread(this);
    return !d->engine || d->engine->waitForWrites(deadline.deadline<std::chrono::steady_clock>());
}

QStringList Client::collectionNames() const
{
    return d->live.shelfNames();
}

SyncStatus *Client::syncStatus() const
{
    return d->status;
}

void Client::pause()
{
    assertThread(this);
    d->setPaused(true);
}

QFuture<Result<void>> Client::suspend(std::chrono::milliseconds budget)
{
    assertThread(this);
    return d->suspend(budget);
}

void Client::resume()
{
    assertThread(this);
    d->resume();
}

void Client::probe()
{
    assertThread(this);
    if (isOpen()) {
        d->engine->probe();
    }
}

QFuture<Result<void>> Client::whenSynced()
{
    assertThread(this);
    return d->whenSynced();
}

Explanation Client::why(const QString &collection, const QString &key) const
{
    assertThread(this);
    return d->why(collection, key);
}

QList<Conflict> Client::conflicts(const QString &collection) const
{
    return d->conflicts(collection);
}

QFuture<Result<void>> Client::resolve(const QString &collection, const QString &key, const QString &field,
                                      const std::optional<QVariant> &value)
{
    assertThread(this);
    return d->resolve(collection, key, field, value);
}

QList<QuarantinedWrite> Client::quarantined() const
{
    QList<QuarantinedWrite> writes;
    for (const Sync::Quarantined &item : d->live.quarantine()) {
        writes.append(fromCore(item));
    }
    return writes;
}

QFuture<Result<void>> Client::retryQuarantined(const QString &id)
{
    assertThread(this);
    const auto dot = dotOf(id);
    if (!dot) {
        return failedFuture(notFound("there is no such refused write"));
    }
    FutureDone made = makeFutureDone();
    d->live.retryQuarantined(*dot, std::move(made.done));
    return made.future;
}

QFuture<Result<void>> Client::discardQuarantined(const QString &id)
{
    assertThread(this);
    const auto dot = dotOf(id);
    if (!dot) {
        return failedFuture(notFound("there is no such refused write"));
    }
    FutureDone made = makeFutureDone();
    d->live.discardQuarantined(*dot, std::move(made.done));
    return made.future;
}

// -- what a refused write looks like from outside

namespace {

FieldChange changeOf(const Core::Op &op)
{
    FieldChange change;
    change.field = toQString(Core::fieldOf(op));
    if (const auto *put = std::get_if<Core::PutOp>(&op)) {
        change.value = toVariant(put->value);
    } else if (const auto *increment = std::get_if<Core::IncrementOp>(&op)) {
        change.kind = FieldChange::Kind::Increment;
        change.value = qlonglong(increment->delta);
    } else if (const auto *addition = std::get_if<Core::AddOp>(&op)) {
        change.kind = FieldChange::Kind::AddToSet;
        change.value = toVariant(addition->element);
    } else if (const auto *discard = std::get_if<Core::DiscardOp>(&op)) {
        change.kind = FieldChange::Kind::DiscardFromSet;
        change.value = toVariant(discard->element);
    } else {
        change.kind = FieldChange::Kind::Remove;
    }
    return change;
}

}  // namespace

QFuture<Result<void>> ClientPrivate::write(WriteBatch batch)
{
    std::vector<Live::WriteRequest> requests;
    requests.reserve(batch.d->items.size());
    for (auto &[collectionName, key, editor] : batch.d->items) {
        const bool isSameShelf = !requests.empty() && requests.back().shelf->name == collectionName;
        Live::Shelf *shelf = isSameShelf ? requests.back().shelf : live.shelf(collectionName);
        if (!editor) {
            editor = [error = editor.error()](const Core::Document &, const Core::Policy &) -> Core::Result<Live::Edit> {
                return Core::failure(error);
            };
        }
        requests.push_back({shelf, key, std::move(*editor)});
    }
    FutureDone made = makeFutureDone();
    live.writeAll(requests, std::move(made.done));
    return made.future;
}

QuarantinedWrite fromCore(const Sync::Quarantined &item)
{
    QuarantinedWrite write;
    write.id = QStringLiteral("%1:%2").arg(QString::fromStdString(item.mutation.dot.device.toHex())).arg(item.mutation.dot.counter);
    write.collection = toQString(item.mutation.document.collection);
    write.key = toQString(item.mutation.document.key);
    for (const Core::Op &op : item.mutation.ops) {
        write.changes.append(changeOf(op));
    }
    write.error = fromCore(item.reason);
    write.refusedAt = utcTime(item.refusedAt.count());
    return write;
}

std::optional<Core::Dot> dotOf(const QString &id)
{
    const QByteArray text = id.toLatin1();
    const qsizetype colon = text.indexOf(':');
    const auto device = Core::DeviceId::fromHex(std::string_view(text.constData(), std::size_t(std::max<qsizetype>(colon, 0))));
    bool isNumber = false;
    const quint64 counter = text.mid(colon + 1).toULongLong(&isNumber);
    return colon > 0 && device && isNumber ? std::optional(Core::Dot{*device, counter}) : std::nullopt;
}

}  // namespace Satchel
