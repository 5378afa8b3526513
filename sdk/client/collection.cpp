// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "collection_p.h"

#include "core/edit.h"
#include "core/view.h"
#include "error_p.h"
#include "values.h"

#include <QPromise>

#include <algorithm>

namespace Satchel {

using Live::Edit;

namespace {

Core::Result<Edit> removal(const Core::Document &seen, const Core::Policy &policy, const std::string &field)
{
    std::vector<Core::Op> ops = Core::eraseOps(seen, policy);
    std::erase_if(ops, [&](const Core::Op &op) { return Core::fieldOf(op) != field; });
    return Edit{std::move(ops), Core::Scope::Fields};
}

}  // namespace

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
    return QtFuture::makeReadyFuture(Result<void>(failure(fromCore(error))));
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

QFuture<Result<void>> Collection::Private::write(const QString &key, const Live::Editor &editor, WriteOptions options) const
{
    FutureDone made = makeFutureDone();
    const bool isQueued = options.whenOffline == WriteOptions::WhenOffline::Queue;
    live->write(*shelf, key, editor, isQueued ? Live::WhenOffline::Queue : Live::WhenOffline::Refuse, std::move(made.done));
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
    auto entries = toFields(fields);
    if (!entries) {
        return failure(fromCore(entries.error()));
    }
    const auto editor = [&entries](const Core::Document &seen, const Core::Policy &policy) -> Core::Result<Edit> {
        auto ops = Core::replaceOps(seen, policy, std::move(*entries));
        return ops ? Core::Result<Edit>(Edit{std::move(*ops), Core::Scope::Document}) : Core::failure(std::move(ops.error()));
    };
    return fromCore(d->live->check(*d->shelf, key, std::cref(editor)));
}

QFuture<Result<void>> Collection::set(const QString &key, const QVariantMap &fields, WriteOptions options)
{
    auto entries = toFields(fields);
    if (!entries) {
        return failedFuture(entries.error());
    }
    const auto editor = [&entries](const Core::Document &seen, const Core::Policy &policy) -> Core::Result<Edit> {
        auto ops = Core::replaceOps(seen, policy, std::move(*entries));
        return ops ? Core::Result<Edit>(Edit{std::move(*ops), Core::Scope::Document}) : Core::failure(std::move(ops.error()));
    };
    return d->write(key, std::cref(editor), options);
}

QFuture<Result<void>> Collection::update(const QString &key, const QVariantMap &fields, WriteOptions options)
{
    auto entries = toFields(fields);
    if (!entries) {
        return failedFuture(entries.error());
    }
    const auto editor = [&entries](const Core::Document &, const Core::Policy &) -> Core::Result<Edit> {
        Edit edit;
        edit.ops.reserve(entries->size());
        for (Core::Value::MapEntry &entry : *entries) {
            edit.ops.emplace_back(Core::PutOp{std::move(entry.key), std::move(entry.value)});
        }
        return edit;
    };
    return d->write(key, std::cref(editor), options);
}

QFuture<Result<void>> Collection::remove(const QString &key, WriteOptions options)
{
    const auto editor = [](const Core::Document &seen, const Core::Policy &policy) -> Core::Result<Edit> {
        return Edit{Core::eraseOps(seen, policy), Core::Scope::Document};
    };
    return d->write(key, editor, options);
}

QFuture<Result<void>> Collection::removeField(const QString &key, const QString &field, WriteOptions options)
{
    const auto name = toUtf8(field, "the field name");
    if (!name) {
        return failedFuture(name.error());
    }
    const auto editor = [&name](const Core::Document &seen, const Core::Policy &policy) { return removal(seen, policy, *name); };
    return d->write(key, std::cref(editor), options);
}

QFuture<Result<void>> Collection::increment(const QString &key, const QString &field, qint64 delta, WriteOptions options)
{
    const auto name = toUtf8(field, "the field name");
    if (!name) {
        return failedFuture(name.error());
    }
    const auto editor = [&](const Core::Document &, const Core::Policy &) -> Core::Result<Edit> {
        return Edit{{Core::IncrementOp{*name, delta}}, Core::Scope::Fields};
    };
    return d->write(key, std::cref(editor), options);
}

QFuture<Result<void>> Collection::addToSet(const QString &key, const QString &field, const QVariant &element, WriteOptions options)
{
    const auto name = toUtf8(field, "the field name");
    const auto value = toValue(element);
    if (!name || !value) {
        return failedFuture(!name ? name.error() : value.error());
    }
    const auto editor = [&](const Core::Document &, const Core::Policy &) -> Core::Result<Edit> {
        return Edit{{Core::AddOp{*name, *value}}, Core::Scope::Fields};
    };
    return d->write(key, std::cref(editor), options);
}

QFuture<Result<void>> Collection::discardFromSet(const QString &key, const QString &field, const QVariant &element, WriteOptions options)
{
    const auto name = toUtf8(field, "the field name");
    const auto value = toValue(element);
    if (!name || !value) {
        return failedFuture(!name ? name.error() : value.error());
    }
    const auto editor = [&](const Core::Document &, const Core::Policy &) -> Core::Result<Edit> {
        return Edit{{Core::DiscardOp{*name, *value}}, Core::Scope::Fields};
    };
    return d->write(key, std::cref(editor), options);
}

}  // namespace Satchel
