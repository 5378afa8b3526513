// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "localstore.h"

#include "core/merge.h"
#include "core/sabotage.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

namespace Satchel::Sync {

/// Work of one settle(): every document is read once and written once, however many mutations touch it.
struct LocalStore::Settling {
    StoreChange change;
    std::unordered_map<Core::DocumentId, std::size_t> places;  ///< document -> index in change.bases
    std::chrono::milliseconds now{0};
};

Core::Result<Core::Document> LocalStore::baseOrEmpty(const Core::DocumentId &id)
{
    return m_bases.read(id).map([](std::optional<Core::Document> &&base) { return base ? std::move(*base) : Core::Document{}; });
}

Core::Result<StoreChange> LocalStore::settle(const Wire::Pushed &pushed, std::uint64_t through)
{
    return operation([&] { return settleNow(pushed, through); });
}

Core::Result<StoreChange> LocalStore::settleNow(const Wire::Pushed &pushed, std::uint64_t through)
{
    std::map<std::uint64_t, const Wire::Settled *> outcomes;
    for (const Wire::Settled &settled : pushed.settled) {
        outcomes.emplace(settled.counter, &settled);
    }
    Settling settling;
    settling.now = m_options.wallClock();
    settling.change.settledThrough = through;
    settling.change.cursor = m_progress.record().cursor;
    settling.change.greatestStamp = m_identity.greatestStamp();
    auto done = inTransaction([&]() -> Core::Result<void> {
        auto mutations = m_outbox.takeThrough(through);
        if (!mutations) {
            return Core::failure(mutations.error());
        }
        for (const Core::MutationPtr &mutation : *mutations) {
            const auto outcome = outcomes.find(mutation->dot.counter);
            if (auto one = settleOne(*mutation, outcome == outcomes.end() ? nullptr : outcome->second, settling); !one) {
                return one;
            }
        }
        std::ranges::sort(settling.change.bases, {}, &BaseChange::id);
        for (const BaseChange &base : settling.change.bases) {
            if (auto written = m_bases.write(base.id, *base.base, m_progress.record().generation); !written) {
                return written;
            }
        }
        return m_identity.advance(through, settling.change.greatestStamp);
    });
    if (!done) {
        return Core::failure(done.error());
    }
    return std::move(settling.change);
}

Core::Result<void> LocalStore::settleOne(const Core::Mutation &mutation, const Wire::Settled *outcome, Settling &settling)
{
    StoreChange &change = settling.change;
    change.greatestStamp = std::max(change.greatestStamp, mutation.stamp);
    if (outcome != nullptr && outcome->wasDuplicate) {
        return {};  // It is in the log under its first dot, and comes, or came, as another device's change.
    }
    const bool isRefused = outcome != nullptr && outcome->refusal;
    // The server tells what it has; of a document that nobody has written yet that is nothing.
    const bool isToldCurrent = isRefused && outcome->current && !outcome->current->context.isEmpty();
    if (!isRefused || isToldCurrent) {
        const auto [place, isNew] = settling.places.try_emplace(mutation.document, change.bases.size());
        if (isNew) {
            auto base = baseOrEmpty(mutation.document);
            if (!base) {
                return Core::failure(base.error());
            }
            change.bases.push_back({mutation.document, std::move(*base)});
        }
        Core::Document &base = *change.bases[place->second].base;
        const Core::Policy &policy = m_rules.policies().of(mutation.document.collection);
        if (isRefused) {
            base = Core::merge(base, *outcome->current, policy);
        } else {
            if (outcome != nullptr && outcome->stamp && !Core::isSabotaged(Core::Sabotage::KeepOwnStamp)) {
                Core::Mutation clamped = mutation;
                clamped.stamp = *outcome->stamp;
                change.greatestStamp = std::max(change.greatestStamp, clamped.stamp);
                Core::apply(base, clamped, policy);
            } else {
                Core::apply(base, mutation, policy);
            }
        }
    }
    if (isRefused) {
        change.quarantined.push_back({mutation, *outcome->refusal, settling.now});
        return m_quarantine.add(change.quarantined.back());
    }
    return {};
}

}  // namespace Satchel::Sync
