// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "localstore.h"

#include "core/merge.h"

#include <algorithm>
#include <set>
#include <utility>

// The new store has an identity of its own, always: what was pushed last, and under which counters, nobody can read out of a damaged file
// for certain, and a dot that is used twice would be worse than anything lost. docs/damage.md.

namespace Satchel::Sync {

Core::Result<Recovery> LocalStore::takeSalvaged(SalvagedStore salvaged, const CipherDb::Salvage &salvage)
{
    Recovery recovery;
    recovery.damage = salvage.findings().describe();
    auto done = inTransaction([&]() -> Core::Result<void> {
        if (salvaged.policies) {
            if (auto saved = m_rules.savePolicies(*salvaged.policies); !saved) {
                return saved;
            }
        }
        if (auto saved = m_rules.saveLimits(Rules::limitsFrom(salvaged.limits)); !saved) {
            return saved;
        }
        return takeSalvagedDocuments(salvage, salvaged, recovery)
            .and_then([&] { return takeSalvagedPending(salvaged, recovery); })
            .and_then([&]() -> Core::Result<void> {
                for (const Quarantined &refused : salvaged.quarantine) {
                    if (auto added = m_quarantine.add(refused); !added) {
                        return added;
                    }
                }
                recovery.quarantineSalvaged = salvaged.quarantine.size();
                Progress::Record record = salvaged.progress.value_or(Progress::Record{});
                // All is read again, and what the server does not name then goes, unless it is the server that has lost it.
                const bool isOwedToServer = record.snapshotReason == Wire::SnapshotReason::EpochChanged || !salvaged.toRecover.empty();
                record.cursor.seq = 0;
                record.generation += 1;
                record.snapshotHead = 0;
                record.snapshotReason = record.cursor.epoch == 0 ? Wire::SnapshotReason::None
                                        : isOwedToServer         ? Wire::SnapshotReason::EpochChanged
                                                                 : Wire::SnapshotReason::NewDevice;
                return m_progress.save(std::move(record));
            });
    });
    if (!done) {
        return Core::failure(done.error());
    }
    return recovery;
}

Core::Result<void> LocalStore::takeSalvagedDocuments(const CipherDb::Salvage &salvage, const SalvagedStore &salvaged, Recovery &recovery)
{
    const std::uint64_t generation = salvaged.progress ? salvaged.progress->generation : m_progress.record().generation;
    std::set<Core::DocumentId> seen;
    Core::Hlc greatest = salvaged.identity ? salvaged.identity->greatestStamp : Core::Hlc{};
    auto done = forEachSalvagedDocument(salvage, [&](Core::DocumentId id, Core::Document base, std::uint64_t) -> Core::Result<void> {
        if (!seen.insert(id).second) {
            auto other = baseOrEmpty(id);
            if (!other) {
                return Core::failure(other.error());
            }
            base = Core::merge(*other, base, m_rules.policies().of(id.collection));
        }
        if (base.lastWrite) {
            greatest = std::max(greatest, base.lastWrite->stamp);
        }
        return m_bases.write(id, base, generation);
    });
    if (!done) {
        return done;
    }
    for (const Core::DocumentId &id : salvaged.toRecover) {
        if (auto marked = m_bases.markForRecovery(id); !marked) {
            return marked;
        }
    }
    recovery.documentsSalvaged = seen.size();
    recovery.documentsMissing = salvaged.namedDocuments - std::min<std::uint64_t>(salvaged.namedDocuments, seen.size());
    return m_identity.advance(0, greatest);
}

Core::Result<void> LocalStore::takeSalvagedPending(const SalvagedStore &salvaged, Recovery &recovery)
{
    if (salvaged.pending.empty()) {
        return {};
    }
    Redot redot{salvaged.pendingDevice, salvaged.settledThrough, m_identity.device(), {}};
    recovery.pendingSalvaged = salvaged.pending.size();
    recovery.pendingLost = salvaged.pending.rbegin()->first - salvaged.settledThrough - salvaged.pending.size();
    if (recovery.pendingLost > 0) {
        for (const auto &[counter, mutation] : salvaged.pending) {
            redot.kept.push_back(counter);
        }
    }
    std::vector<Core::MutationPtr> renamed;
    renamed.reserve(salvaged.pending.size());
    Core::Hlc greatest;
    for (const auto &[counter, mutation] : salvaged.pending) {
        auto base = baseOrEmpty(mutation->document);
        if (!base) {
            return Core::failure(base.error());
        }
        greatest = std::max(greatest, mutation->stamp);
        renamed.push_back(std::make_shared<const Core::Mutation>(redotted(*mutation, redot, settledMarkIn(*base, redot.from))));
    }
    return m_outbox.append(renamed).and_then([&] { return m_identity.advance(0, greatest); });
}

}  // namespace Satchel::Sync
