// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "localstore.h"

#include "core/merge.h"
#include "core/sabotage.h"

#include <algorithm>
#include <utility>

namespace Satchel::Sync {
namespace {

constexpr std::size_t recoverFirst = 1;

bool isSnapshot(const Wire::Welcome &welcome)
{
    return welcome.resume == Wire::Resume::Snapshot;
}

}  // namespace

Core::Result<StoreChange> LocalStore::storeWelcome(const Wire::Welcome &welcome)
{
    return operation([&] { return welcomeNow(welcome); });
}

Core::Result<StoreChange> LocalStore::welcomeNow(const Wire::Welcome &welcome)
{
    StoreChange change;
    Progress::Record record = m_progress.record();
    if (!Core::isSabotaged(Core::Sabotage::ForgetLease)) {
        record.lease = welcome.lease;
    }
    if (isSnapshot(welcome)) {
        // A snapshot that begins again before an epoch's change was fully answered must still offer what the server lacks.
        const bool isEpochChange =
            welcome.snapshotReason == Wire::SnapshotReason::EpochChanged || record.snapshotReason == Wire::SnapshotReason::EpochChanged;
        record.cursor = {welcome.epoch, 0};
        record.generation += 1;
        record.snapshotReason = isEpochChange                                          ? Wire::SnapshotReason::EpochChanged
                                : welcome.snapshotReason == Wire::SnapshotReason::None ? Wire::SnapshotReason::NewDevice
                                                                                       : welcome.snapshotReason;
        record.snapshotHead = welcome.head;
    }
    record.cursor.epoch = welcome.epoch;
    const bool hasNewLimits = welcome.limits != m_rules.limits();
    const bool hasNewPolicies = welcome.policies && *welcome.policies != m_rules.policies();
    if (hasNewPolicies && isMergeChanged(*welcome.policies)) {
        record.readAgain();
    }
    auto done = inTransaction([&]() -> Core::Result<void> {
        if (auto saved = m_progress.save(record); !saved) {
            return saved;
        }
        if (hasNewPolicies) {
            if (auto saved = m_rules.savePolicies(*welcome.policies); !saved) {
                return saved;
            }
        }
        if (hasNewLimits) {
            if (auto saved = m_rules.saveLimits(welcome.limits); !saved) {
                return saved;
            }
        }
        const bool isRead = record.cursor.seq >= std::max(record.snapshotHead, welcome.head);
        return m_progress.isInSnapshot() && isRead ? finishSnapshot(change) : Core::Result<void>{};
    });
    if (!done) {
        return Core::failure(done.error());
    }
    if (hasNewPolicies) {
        change.policies = m_rules.policies();
    }
    if (hasNewLimits) {
        change.limits = m_rules.limits();
    }
    change.cursor = m_progress.record().cursor;
    return change;
}

/// What was merged here by one set of rules need not be what the server has made of it by the other.
bool LocalStore::isMergeChanged(const Core::PolicySet &policies) const
{
    return m_rules.policies().version() > 0 && !Core::areMergingAlike(policies, m_rules.policies());
}

Core::Result<StoreChange> LocalStore::storePolicies(const Core::PolicySet &policies)
{
    StoreChange change;
    if (policies.version() > m_rules.policies().version()) {
        Progress::Record record = m_progress.record();
        if (isMergeChanged(policies)) {
            record.readAgain();
        }
        auto done = inTransaction([&] { return m_progress.save(record).and_then([&] { return m_rules.savePolicies(policies); }); });
        if (!done) {
            return Core::failure(done.error());
        }
        change.policies = policies;
    }
    change.cursor = m_progress.record().cursor;
    return change;
}

Core::Result<Core::Document> LocalStore::merged(const Wire::DocumentDelta &delta, Core::Document base)
{
    const Core::Policy &policy = m_rules.policies().of(delta.id.collection);
    if (!m_progress.isInSnapshot()) {
        Core::mergeDelta(base, delta.state, policy);
        return base;
    }
    // In a snapshot the state is whole: what the server no longer keeps goes. A base that is ahead of it (a write of ours settled since, or
    // a server restored from a backup) is joined with it instead.
    if (delta.state.context.coversAll(base.context)) {
        // Into nothing, which drops the fields that are only named because they have vanished.
        Core::Document whole;
        Core::mergeDelta(whole, delta.state, policy);
        return whole;
    }
    if (m_progress.record().snapshotReason == Wire::SnapshotReason::EpochChanged) {
        if (auto marked = m_bases.markForRecovery(delta.id); !marked) {
            return Core::failure(marked.error());
        }
        m_hasRecoveries = true;
    }
    return Core::merge(base, delta.state, policy);
}

Core::Result<StoreChange> LocalStore::take(const Wire::Changes &changes)
{
    return operation([&] { return takeNow(changes); });
}

Core::Result<StoreChange> LocalStore::takeNow(const Wire::Changes &changes)
{
    // In key order neighbouring rows share pages, so that a batch touches each page once.
    std::vector<const Wire::DocumentDelta *> deltas;
    deltas.reserve(changes.documents.size());
    for (const Wire::DocumentDelta &delta : changes.documents) {
        deltas.push_back(&delta);
    }
    std::ranges::stable_sort(deltas, {}, [](const Wire::DocumentDelta *delta) -> const Core::DocumentId & { return delta->id; });

    StoreChange change;
    change.bases.reserve(deltas.size());
    change.greatestStamp = m_identity.greatestStamp();
    auto done = inTransaction([&]() -> Core::Result<void> {
        for (const Wire::DocumentDelta *delta : deltas) {
            auto base = baseOrEmpty(delta->id).and_then([&](Core::Document &&old) { return merged(*delta, std::move(old)); });
            if (!base) {
                return Core::failure(base.error());
            }
            if (auto written = m_bases.write(delta->id, *base, m_progress.record().generation); !written) {
                return written;
            }
            if (base->lastWrite) {
                change.greatestStamp = std::max(change.greatestStamp, base->lastWrite->stamp);
            }
            change.bases.push_back({delta->id, std::move(*base)});
        }
        Progress::Record record = m_progress.record();
        record.cursor.seq = changes.to;
        if (auto saved = m_progress.save(std::move(record)); !saved) {
            return saved;
        }
        // With `more` to come, documents that moved while the snapshot ran are still on their way.
        if (m_progress.isInSnapshot() && changes.to >= m_progress.record().snapshotHead && !changes.hasMore) {
            if (auto finished = finishSnapshot(change); !finished) {
                return finished;
            }
        }
        return m_identity.advance(0, change.greatestStamp);
    });
    if (!done) {
        return Core::failure(done.error());
    }
    change.cursor = m_progress.record().cursor;
    return change;
}

Core::Result<void> LocalStore::finishSnapshot(StoreChange &change)
{
    Progress::Record record = m_progress.record();
    const Wire::SnapshotReason reason = std::exchange(record.snapshotReason, Wire::SnapshotReason::None);
    record.snapshotHead = 0;
    if (auto saved = m_progress.save(record); !saved) {
        return saved;
    }
    if (reason == Wire::SnapshotReason::NewDevice) {
        // Nothing that a log holds is ever missing in it. What was not named is what only this device has: a restored server has not got it
        // back yet, or would not take it.
        return {};
    }
    auto unnamed = m_bases.olderThan(record.generation);
    if (!unnamed) {
        return Core::failure(unnamed.error());
    }
    if (unnamed->empty()) {
        return {};
    }
    if (reason == Wire::SnapshotReason::EpochChanged) {
        // The restored server does not know these documents at all; they are its users' acknowledged data.
        m_hasRecoveries = true;
        return m_bases.markOlderForRecovery(record.generation);
    }
    for (Core::DocumentId &id : *unnamed) {
        change.bases.push_back({std::move(id), std::nullopt});
    }
    return m_bases.dropOlderThan(record.generation);
}

Core::Result<std::vector<Wire::DocumentDelta>> LocalStore::toRecover(std::size_t countMax, std::size_t bytesMax)
{
    auto documents = m_bases.toRecover(countMax, bytesMax);
    if (!documents) {
        return Core::failure(documents.error());
    }
    std::vector<Wire::DocumentDelta> deltas;
    deltas.reserve(documents->size());
    for (auto &[id, base] : *documents) {
        deltas.push_back({std::move(id), 0, std::move(base)});
    }
    return deltas;
}

Core::Result<void> LocalStore::markRecovered(const std::vector<Wire::DocumentDelta> &documents)
{
    return inTransaction([&]() -> Core::Result<void> {
        for (const Wire::DocumentDelta &document : documents) {
            if (auto done = m_bases.unmark(document.id); !done) {
                return done;
            }
        }
        auto rest = m_bases.toRecover(recoverFirst, 0);
        if (!rest) {
            return Core::failure(rest.error());
        }
        m_hasRecoveries = !rest->empty();
        return {};
    });
}

}  // namespace Satchel::Sync
