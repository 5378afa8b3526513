// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/sync/syncstore.h"
#include "core/merge.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace Satchel::Testing {

/// A SyncStore in memory, as plain as the contract allows.
class MemorySyncStore final : public Sync::SyncStore {
public:
    explicit MemorySyncStore(Core::DeviceId device) { m_facts.device = device; }

    /// Writes one field of a document of the collection "notes".
    void write(const std::string &key, const std::string &field, Core::Value value)
    {
        Core::Mutation mutation;
        m_facts.lastCounter += 1;
        mutation.dot = {m_facts.device, m_facts.lastCounter};
        mutation.stamp = Core::Hlc::fromParts(1'000'000 + m_facts.lastCounter, 0);
        mutation.document = {"notes", key};
        Core::VersionVector &seen = m_seen[mutation.document];
        if (const auto base = bases.find(mutation.document); base != bases.end()) {
            seen.join(base->second.context);
        }
        mutation.context = seen;
        seen.add(mutation.dot);
        mutation.ops = {Core::PutOp{field, std::move(value)}};
        pending.push_back(std::move(mutation));
    }
    /// What LocalStore::adoptNewDevice does, without contexts.
    void adopt(Core::DeviceId device)
    {
        const std::uint64_t settled = m_facts.settledThrough;
        for (Core::Mutation &mutation : pending) {
            mutation.origin = Core::Origin{mutation.dot, mutation.stamp};
            mutation.dot = {device, mutation.dot.counter - settled};
            mutation.context = {};
        }
        m_facts.device = device;
        m_facts.settledThrough = 0;
        m_facts.lastCounter = pending.size();
        m_facts.lease.clear();
    }
    /// The server of a later epoch knows fewer of this device's mutations than were settled.
    void setRecoveries(std::vector<Core::DocumentId> documents)
    {
        recoveries = std::move(documents);
        m_facts.hasRecoveries = !recoveries.empty();
    }

    std::map<Core::DocumentId, Core::Document> bases;
    std::vector<Core::Mutation> pending;
    std::vector<std::uint64_t> refused;
    std::vector<Core::DocumentId> recoveries;
    std::optional<Core::Error> nextError;
    int settleCount = 0;

    Facts facts() const override
    {
        Facts facts = m_facts;
        facts.pendingCount = pending.size();
        facts.quarantineCount = refused.size();
        return facts;
    }
    Core::Result<std::vector<Core::Mutation>> pendingAfter(std::uint64_t counter, std::size_t countMax, std::size_t /*bytesMax*/) override
    {
        const auto from =
            std::ranges::upper_bound(pending, counter, {}, [](const Core::Mutation &mutation) { return mutation.dot.counter; });
        const auto count = std::min<std::ptrdiff_t>(pending.end() - from, static_cast<std::ptrdiff_t>(countMax));
        std::vector<Core::Mutation> found(from, from + count);
        return found;
    }
    Core::Result<Sync::StoreChange> settle(const Wire::Pushed &pushed, std::uint64_t through) override
    {
        if (nextError) {
            return Core::failure(*std::exchange(nextError, std::nullopt));
        }
        settleCount += 1;
        std::erase_if(pending, [&](const Core::Mutation &mutation) {
            if (mutation.dot.counter > through) {
                return false;
            }
            const auto outcome = std::ranges::find(pushed.settled, mutation.dot.counter, &Wire::Settled::counter);
            if (outcome != pushed.settled.end() && outcome->refusal) {
                refused.push_back(mutation.dot.counter);
            } else {
                Core::apply(bases[mutation.document], mutation, {});
            }
            return true;
        });
        m_facts.settledThrough = std::max(m_facts.settledThrough, through);
        return Sync::StoreChange{};
    }
    Core::Result<Sync::StoreChange> take(const Wire::Changes &changes) override
    {
        for (const Wire::DocumentDelta &delta : changes.documents) {
            Core::mergeDelta(bases[delta.id], delta.state, {});
        }
        m_facts.cursor.seq = changes.to;
        m_facts.isInSnapshot = m_facts.isInSnapshot && changes.to < m_snapshotHead;
        return Sync::StoreChange{};
    }
    Core::Result<Sync::StoreChange> storeWelcome(const Wire::Welcome &welcome) override
    {
        m_facts.lease = welcome.lease;
        m_facts.cursor.epoch = welcome.epoch;
        if (welcome.policies) {
            takePolicies(*welcome.policies);
        }
        if (welcome.resume == Wire::Resume::Snapshot) {
            m_facts.cursor.seq = 0;
            m_snapshotHead = welcome.head;
            m_facts.isInSnapshot = welcome.head > 0;
        }
        return Sync::StoreChange{};
    }
    Core::Result<Sync::StoreChange> storePolicies(const Core::PolicySet &policies) override
    {
        takePolicies(policies);
        return Sync::StoreChange{};
    }
    Core::Result<std::vector<Wire::DocumentDelta>> toRecover(std::size_t countMax, std::size_t /*bytesMax*/) override
    {
        std::vector<Wire::DocumentDelta> deltas;
        for (const Core::DocumentId &id : recoveries) {
            if (deltas.size() < countMax) {
                deltas.push_back({id, 0, bases[id]});
            }
        }
        return deltas;
    }
    Core::Result<void> keepLastSynced(std::chrono::milliseconds wallClock) override
    {
        m_facts.lastSynced = wallClock;
        return {};
    }

    Core::Result<void> markRecovered(const std::vector<Wire::DocumentDelta> &documents) override
    {
        for (const Wire::DocumentDelta &document : documents) {
            std::erase(recoveries, document.id);
        }
        m_facts.hasRecoveries = !recoveries.empty();
        return {};
    }

private:
    void takePolicies(const Core::PolicySet &policies)
    {
        if (m_policies.version() > 0 && !Core::areMergingAlike(policies, m_policies)) {
            m_facts.cursor.seq = 0;
            m_facts.isInSnapshot = true;
            m_snapshotHead = 0;
        }
        m_policies = policies;
        m_facts.policyVersion = policies.version();
    }

    Facts m_facts;
    Core::PolicySet m_policies;
    std::map<Core::DocumentId, Core::VersionVector> m_seen;
    std::uint64_t m_snapshotHead = 0;
};

}  // namespace Satchel::Testing
