// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "livestate.h"

#include "client/values.h"
#include "core/merge.h"
#include "core/view.h"

#include <QMetaObject>

#include <algorithm>
#include <map>
#include <utility>

namespace Satchel::Live {

namespace {

std::vector<ConflictMark> conflictMarks(const Entry &entry)
{
    std::vector<ConflictMark> marks;
    for (std::string &field : Core::conflictedFields(entry.view(), entry.shelf->policy)) {
        std::vector<Core::Dot> dots;
        for (const Core::Sibling &sibling : entry.view().find(field)->siblings) {
            dots.push_back(sibling.dot);
        }
        marks.emplace_back(std::move(field), std::move(dots));
    }
    return marks;
}

}  // namespace

void LiveState::apply(const Sync::StoreChange &change)
{
    std::unordered_set<Entry *> toRefold;
    if (change.policies) {
        setPolicies(*change.policies);
        for (const PendingWrite &write : m_pending) {
            toRefold.insert(write.entry);
        }
    }
    if (change.limits) {
        m_limits = *change.limits;
    }
    for (const Sync::BaseChange &base : change.bases) {
        Entry &entry = entryOf(base.id);
        touch(entry);
        entry.base = base.base.value_or(Core::Document{});
        toRefold.insert(&entry);
    }
    const Decided decided = settle(change.settledThrough, change.quarantined, toRefold);
    if (change.identity) {
        takeIdentity(*change.identity, toRefold);
    }
    for (Entry *entry : toRefold) {
        refold(*entry);
    }
    m_clock.observe(change.greatestStamp);
    m_quarantine.insert(m_quarantine.end(), change.quarantined.begin(), change.quarantined.end());

    // Everything is in place before anybody is told, since who is told may read and write.
    flush();
    for (const auto &[done, outcome] : decided) {
        done(outcome);
    }
    for (const Sync::Quarantined &item : change.quarantined) {
        Q_EMIT refused(item);
    }
    if (!change.quarantined.empty()) {
        Q_EMIT quarantineChanged();
    }
}

LiveState::Decided LiveState::settle(std::uint64_t through, const std::vector<Sync::Quarantined> &refusals,
                                     std::unordered_set<Entry *> &toRefold)
{
    const auto drop = [&](Entry &entry, std::uint64_t counter) {
        touch(entry);
        std::erase_if(entry.pending, [&](const auto &mutation) { return mutation->dot.counter == counter; });
        toRefold.insert(&entry);
    };
    while (!m_pending.empty() && m_pending.front().mutation->dot.counter <= through) {
        drop(*m_pending.front().entry, m_pending.front().mutation->dot.counter);
        uncount(m_pending.front());
        m_pending.pop_front();
    }
    std::map<std::uint64_t, Core::Error> refusedCounters;
    for (const Sync::Quarantined &item : refusals) {
        const Core::Dot dot = item.mutation.dot;
        if (dot.device != m_device) {
            continue;
        }
        refusedCounters.emplace(dot.counter, item.reason);
        const auto it =
            std::find_if(m_pending.begin(), m_pending.end(), [&](const PendingWrite &write) { return write.mutation->dot == dot; });
        if (it != m_pending.end()) {
            drop(*it->entry, dot.counter);
            uncount(*it);
            m_pending.erase(it);
        }
    }
    Decided decided;
    for (auto it = m_waiting.begin(); it != m_waiting.end();) {
        const auto refusal = refusedCounters.find(it->first);
        if (refusal == refusedCounters.end() && it->first > through) {
            ++it;
            continue;
        }
        decided.emplace_back(std::move(it->second),
                             refusal == refusedCounters.end() ? Core::Result<void>() : Core::failure(refusal->second));
        it = m_waiting.erase(it);
    }
    return decided;
}

void LiveState::takeIdentity(const Sync::StoreChange::NewIdentity &identity, std::unordered_set<Entry *> &toRefold)
{
    for (const PendingWrite &write : m_pending) {
        touch(*write.entry);
        write.entry->pending.clear();
        toRefold.insert(write.entry);
        uncount(write);
    }
    m_pending.clear();
    std::map<std::uint64_t, Done> waiting;
    for (const MutationPtr &mutation : identity.pending) {
        adopt(mutation, toRefold);
        if (mutation->origin && mutation->origin->dot.device == m_device) {
            if (auto known = m_waiting.extract(mutation->origin->dot.counter)) {
                waiting.emplace(mutation->dot.counter, std::move(known.mapped()));
            }
        }
    }
    m_waiting.swap(waiting);
    m_device = identity.device;
    m_lastCounter = identity.lastCounter;
}

void LiveState::addPending(Entry &entry, MutationPtr mutation)
{
    m_pending.push_back({std::move(mutation), &entry});
    entry.shelf->pendingCount += 1;
    m_isPendingTouched = true;
}

void LiveState::uncount(const PendingWrite &write)
{
    write.entry->shelf->pendingCount -= 1;
    m_isPendingTouched = true;
}

void LiveState::adopt(MutationPtr mutation, std::unordered_set<Entry *> &toRefold)
{
    Entry &entry = entryOf(mutation->document);
    touch(entry);
    entry.pending.push_back(mutation);
    addPending(entry, std::move(mutation));
    toRefold.insert(&entry);
}

void LiveState::setPolicies(Core::PolicySet policies)
{
    const bool areServers = policies.version() > 0 || !policies.all().empty();
    Core::PolicySet next = areServers ? std::move(policies) : m_declared;
    if (next == m_policies) {
        return;
    }
    for (const auto &shelf : m_shelves) {
        for (auto &[key, entry] : shelf->entries) {
            touch(*entry);
        }
    }
    m_policies = std::move(next);
    for (const auto &shelf : m_shelves) {
        const Core::ConflictRule before = std::exchange(shelf->policy, policyOf(*shelf)).conflict;
        if (shelf->policy.conflict != before) {
            // Who decides is another one now, so even the same conflicts are news.
            for (auto &[key, entry] : shelf->entries) {
                entry->conflicts.clear();
            }
        }
    }
}

Core::Policy LiveState::policyOf(const Shelf &shelf) const
{
    Core::Policy policy = m_policies.of(shelf.nameUtf8);
    policy.version = m_policies.version();
    return policy;
}

void LiveState::touch(Entry &entry)
{
    if (!entry.before) {
        entry.before = Core::shownFields(entry.view(), entry.shelf->policy);
        m_dirty.push_back(&entry);
        if (!m_isFlushScheduled) {
            m_isFlushScheduled = true;
            QMetaObject::invokeMethod(this, &LiveState::flush, Qt::QueuedConnection);
        }
    }
    entry.shown.reset();
}

void LiveState::refold(Entry &entry)
{
    entry.folded.reset();
    if (!entry.pending.empty()) {
        entry.folded = entry.base;
        for (const auto &mutation : entry.pending) {
            Core::apply(*entry.folded, *mutation, entry.shelf->policy);
        }
    }
}

void LiveState::flush()
{
    m_isFlushScheduled = false;
    const std::vector<Entry *> dirty = std::exchange(m_dirty, {});
    std::map<QString, QStringList> changedKeys;
    std::map<QString, QStringList> takenBackKeys;
    QStringList *keysOfShelf = nullptr;
    const Shelf *lastShelf = nullptr;
    bool haveConflictsChanged = false;
    for (Entry *entry : dirty) {
        const Core::Value::Map before = std::move(*entry->before);
        entry->before.reset();
        if (!Core::showsJust(entry->view(), entry->shelf->policy, before)) {
            if (std::exchange(lastShelf, entry->shelf) != entry->shelf) {
                keysOfShelf = &changedKeys[entry->shelf->name];
            }
            keysOfShelf->append(entry->key);
        } else if (entry->isSeenByQuery) {
            takenBackKeys[entry->shelf->name].append(entry->key);
        }
        entry->isSeenByQuery = false;
        if (auto marks = conflictMarks(*entry); marks != entry->conflicts) {
            entry->conflicts = std::move(marks);
            haveConflictsChanged = true;
        }
    }
    for (Entry *entry : dirty) {
        if (entry->isBlank()) {
            // The key is copied: erasing by a reference into the erased entry would read freed memory.
            entry->shelf->entries.erase(QString(entry->key));
        }
    }
    // Nothing below may use an entry: who is told may write.
    for (const auto &[collection, keys] : takenBackKeys) {
        Q_EMIT changesTakenBack(collection, keys);
    }
    for (auto &[collection, keys] : changedKeys) {
        std::sort(keys.begin(), keys.end(), isBeforeInUtf8);
        Q_EMIT documentsChanged(collection, keys);
    }
    if (haveConflictsChanged) {
        Q_EMIT conflictsChanged();
    }
    if (std::exchange(m_isPendingTouched, false)) {
        Q_EMIT pendingCountChanged();
    }
}

}  // namespace Satchel::Live
