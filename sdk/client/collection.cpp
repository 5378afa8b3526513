// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "collection_p.h"

#include "edits.h"
#include "error_p.h"
#include "values.h"

#include <QPromise>

#include <algorithm>

namespace Satchel {

FutureDone makeFutureDone()
{
    auto promise = std::make_shared<QPromise<Result<void>>>();
    promise->start();
    QFuture<Result<void>> future = promise->future();
    return {std::move(future), [promise](Core::Result<void> outcome) {
                promise->addResult(fromCore(std::move(outcome)));
                promise->finish();
            }};
}

QFuture<Result<void>> failedFuture(const Core::Error &error)
{
    return readyResult<void>(failure(fromCore(error)));
}

CollectionPolicy fromCore(const Core::Policy &policy)
{
    CollectionPolicy result;
    result.collection = toQString(policy.collection);
    result.conflictRule = static_cast<ConflictRule>(policy.conflict);
    result.consistency = static_cast<Consistency>(policy.consistency);
    for (const auto &[field, kind] : policy.fieldKinds) {
        result.fieldKinds.insert(toQString(field), static_cast<FieldKind>(kind));
    }
    return result;
}

Core::Policy toCore(const CollectionPolicy &policy)
{
    Core::Policy result;
    result.collection = policy.collection.toStdString();
    result.conflict = static_cast<Core::ConflictRule>(policy.conflictRule);
    result.consistency = static_cast<Core::Consistency>(policy.consistency);
    for (auto it = policy.fieldKinds.begin(); it != policy.fieldKinds.end(); ++it) {
        result.fieldKinds.emplace(it.key().toStdString(), static_cast<Core::FieldKind>(it.value()));
    }
    return result;
}

QFuture<Result<void>> Collection::Private::write(const QString &key, const Core::Result<Live::Editor> &editor, WriteOptions options) const
{
    if (!editor) {
        return failedFuture(editor.error());
    }
    FutureDone made = makeFutureDone();
    const bool isQueued = options.whenOffline == WriteOptions::WhenOffline::Queue;
    live->write(*shelf, key, *editor, isQueued ? Live::WhenOffline::Queue : Live::WhenOffline::Refuse, std::move(made.done));
    return made.future;
}

void Collection::Private::notify(Collection *q, const QStringList &keys)
{
    const QPointer<Collection> guard(q);
    for (const QString &key : keys) {
        const QList<Document *> documents = watched.values(key);
        QList<QPointer<Document>> alive(documents.begin(), documents.end());
        for (const QPointer<Document> &document : alive) {
            if (document) {
                document->d->fields = document->fields();
                Q_EMIT document->changed();
            }
        }
        if (guard) {
            Q_EMIT q->documentChanged(key);
        }
        if (!guard) {
            return;
        }
    }
    Q_EMIT q->changed(keys);
}

Collection::Collection(std::unique_ptr<Private> data, QObject *parent)
    : QObject(parent)
    , d(std::move(data))
{
}

Collection::~Collection() = default;

QString Collection::name() const
{
    return d->shelf->name;
}

CollectionPolicy Collection::policy() const
{
    CollectionPolicy policy = fromCore(d->shelf->policy);
    policy.collection = d->shelf->name;
    return policy;
}

std::optional<QVariantMap> Collection::get(const QString &key) const
{
    Live::Entry *entry = d->shelf->find(key);
    return entry ? Live::LiveState::get(*entry) : std::nullopt;
}

QVariant Collection::value(const QString &key, const QString &field) const
{
    const auto fields = get(key);
    return fields ? fields->value(field) : QVariant();
}

bool Collection::contains(const QString &key) const
{
    const Live::Entry *entry = d->shelf->find(key);
    return entry && Live::LiveState::exists(*entry);
}

int Collection::count() const
{
    const auto &entries = d->shelf->entries;
    return int(std::count_if(entries.begin(), entries.end(), [](const auto &item) { return Live::LiveState::exists(*item.second); }));
}

QStringList Collection::keys() const
{
    return Live::LiveState::keys(*d->shelf);
}

QMap<QString, QVariantMap> Collection::list() const
{
    QMap<QString, QVariantMap> documents;
    for (const auto &[key, entry] : d->shelf->entries) {
        if (auto fields = Live::LiveState::get(*entry)) {
            documents.insert(key, std::move(*fields));
        }
    }
    return documents;
}

int Collection::pendingCount() const
{
    return d->pendingCount;
}

int Collection::quarantineCount() const
{
    return d->quarantineCount;
}

bool Collection::isPending(const QString &key) const
{
    const Live::Entry *entry = d->shelf->find(key);
    return entry && !entry->pending.empty();
}

Document *Collection::watch(const QString &key, QObject *parent)
{
    auto *document = new Document(this, key, parent ? parent : this);
    d->watched.insert(key, document);
    return document;
}

Result<void> Collection::check(const QString &key, const QVariantMap &fields) const
{
    const auto editor = Edits::set(fields);
    return editor ? fromCore(d->live->check(*d->shelf, key, *editor)) : failure(fromCore(editor.error()));
}

QFuture<Result<void>> Collection::set(const QString &key, const QVariantMap &fields, WriteOptions options)
{
    return d->write(key, Edits::set(fields), options);
}

QFuture<Result<void>> Collection::update(const QString &key, const QVariantMap &fields, WriteOptions options)
{
    return d->write(key, Edits::update(fields), options);
}

QFuture<Result<void>> Collection::remove(const QString &key, WriteOptions options)
{
    return d->write(key, Edits::remove(), options);
}

QFuture<Result<void>> Collection::removeField(const QString &key, const QString &field, WriteOptions options)
{
    return d->write(key, Edits::removeField(field), options);
}

QFuture<Result<void>> Collection::increment(const QString &key, const QString &field, qint64 delta, WriteOptions options)
{
    return d->write(key, Edits::increment(field, delta), options);
}

QFuture<Result<void>> Collection::addToSet(const QString &key, const QString &field, const QVariant &element, WriteOptions options)
{
    return d->write(key, Edits::addToSet(field, element), options);
}

QFuture<Result<void>> Collection::discardFromSet(const QString &key, const QString &field, const QVariant &element, WriteOptions options)
{
    return d->write(key, Edits::discardFromSet(field, element), options);
}

}  // namespace Satchel
