// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "livestate.h"

#include "client/values.h"
#include "core/view.h"

#include <algorithm>

namespace Satchel::Live {

LiveState::LiveState(Core::PolicySet declared, WallClock wallClock, QObject *parent)
    : QObject(parent)
    , m_declared(std::move(declared))
    , m_wallClock(std::move(wallClock))
    , m_policies(m_declared)
{
}

LiveState::~LiveState() = default;

void LiveState::load(Sync::OpenedStore store, Journal *journal)
{
    ++m_generation;
    m_journal = journal;
    m_device = store.device;
    m_lastCounter = store.lastCounter;
    m_clock = Core::HlcClock(store.lastStamp, store.clockSalt);
    m_limits = store.limits;
    m_quarantine = std::move(store.quarantine);
    std::ranges::for_each(m_pending, [this](const PendingWrite &write) { uncount(write); });
    m_pending.clear();

    std::unordered_set<Entry *> toRefold;
    for (const auto &shelf : m_shelves) {
        for (auto &[key, entry] : shelf->entries) {
            touch(*entry);
            entry->base = {};
            entry->pending.clear();
            toRefold.insert(entry.get());
        }
    }
    setPolicies(std::move(store.policies));
    for (auto &[id, base] : store.documents) {
        Entry &entry = entryOf(id);
        touch(entry);
        entry.base = std::move(base);
    }
    for (MutationPtr &mutation : store.pending) {
        adopt(std::move(mutation), toRefold);
    }
    for (Entry *entry : toRefold) {
        refold(*entry);
    }
    flush();
    Q_EMIT quarantineChanged();
}

std::vector<Core::MutationPtr> LiveState::pendingWrites() const
{
    std::vector<Core::MutationPtr> writes;
    for (const PendingWrite &write : m_pending) {
        writes.push_back(write.mutation);
    }
    return writes;
}

void LiveState::detach()
{
    ++m_generation;
    m_journal = nullptr;
    failWaiting(
        Core::makeError(Core::ErrorCode::Cancelled, Core::ErrorReason::ClosedStore, "the client was closed before the server decided"));
}

Shelf *LiveState::shelf(const QString &name)
{
    if (Shelf *known = m_shelfOfName.value(name)) {
        return known;
    }
    m_shelves.push_back(std::make_unique<Shelf>());
    Shelf *made = m_shelves.back().get();
    made->name = name;
    made->nameUtf8 = name.toStdString();
    made->policy = policyOf(*made);
    m_shelfOfName.insert(name, made);
    return made;
}

const Core::Document *LiveState::base(const Core::DocumentId &id) const
{
    const Shelf *known = m_shelfOfName.value(QString::fromStdString(id.collection));
    const Entry *entry = known == nullptr ? nullptr : known->find(QString::fromStdString(id.key));
    return entry == nullptr ? nullptr : &entry->base;
}

QStringList LiveState::shelfNames() const
{
    QStringList names;
    for (const auto &shelf : m_shelves) {
        const auto &entries = shelf->entries;
        if (std::any_of(entries.begin(), entries.end(), [](const auto &item) { return exists(*item.second); })) {
            names.append(shelf->name);
        }
    }
    names.sort();
    return names;
}

std::optional<QVariantMap> LiveState::get(Entry &entry)
{
    if (!entry.shown) {
        entry.shown = toVariantMap(Core::shownFields(entry.view(), entry.shelf->policy));
    }
    // A document exists while at least one field is shown.
    return entry.shown->isEmpty() ? std::nullopt : entry.shown;
}

bool LiveState::exists(const Entry &entry)
{
    return entry.shown ? !entry.shown->isEmpty() : Core::exists(entry.view(), entry.shelf->policy);
}

QStringList LiveState::keys(const Shelf &shelf)
{
    QStringList keys;
    for (const auto &[key, entry] : shelf.entries) {
        if (exists(*entry)) {
            keys.append(key);
        }
    }
    std::sort(keys.begin(), keys.end(), isBeforeInUtf8);
    return keys;
}

QStringList LiveState::seeUnsignalled(const Shelf &shelf)
{
    QStringList keys;
    for (Entry *entry : m_dirty) {
        if (entry->shelf == &shelf) {
            entry->isSeenByQuery = true;
            keys.append(entry->key);
        }
    }
    return keys;
}

void LiveState::visitConflicts(const QString &collection, const ConflictVisitor &visit) const
{
    for (const auto &shelf : m_shelves) {
        if (!collection.isEmpty() && shelf->name != collection) {
            continue;
        }
        for (const auto &[key, entry] : shelf->entries) {
            for (const std::string &field : Core::conflictedFields(entry->view(), shelf->policy)) {
                visit(*entry, field, *entry->view().find(field));
            }
        }
    }
}

Entry &LiveState::entryOf(const Core::DocumentId &id)
{
    return entryOf(*shelf(toQString(id.collection)), toQString(id.key));
}

Entry &LiveState::entryOf(Shelf &shelf, const QString &key)
{
    std::unique_ptr<Entry> &entry = shelf.entries[key];
    if (!entry) {
        entry = std::make_unique<Entry>();
        entry->shelf = &shelf;
        entry->key = key;
    }
    return *entry;
}

void LiveState::failWaiting(const Core::Error &error)
{
    const auto waiting = std::exchange(m_waiting, {});
    for (const auto &[counter, done] : waiting) {
        done(Core::failure(error));
    }
}

}  // namespace Satchel::Live
