// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// The app's thread of a device: what the engine reports, what is shown, and the promises that must always hold.
#include "device.h"

#include <algorithm>
#include <utility>

namespace Satchel::WorldCheck {

void Device::deliverReports()
{
    std::deque<Report> reports = std::exchange(m_reports, {});
    while (!reports.empty()) {
        Report report = std::move(reports.front());
        reports.pop_front();
        handle(report);
    }
}

void Device::handle(Report &report)
{
    if (auto *finished = std::get_if<Finished>(&report)) {
        for (Sync::Done &done : finished->done) {
            if (done) {
                done(finished->outcome);
            }
        }
    } else if (auto *call = std::get_if<std::function<void()>>(&report)) {
        (*call)();
    } else if (auto *change = std::get_if<Sync::StoreChange>(&report)) {
        take(*change);
    } else if (auto *status = std::get_if<Sync::EngineStatus>(&report)) {
        m_status = *status;
        m_live->setOnline(status->state == Sync::State::Live);
        m_around.trace.add(m_around.now, "status", {m_number, static_cast<std::int64_t>(status->state)},
                           status->blockedReason ? Core::describe(*status->blockedReason) : "");
    } else if (std::holds_alternative<IdentityBegan>(report)) {
        m_isHolding = true;
        m_commands.emplace_back([this] { changeIdentity(); });
    } else if (auto *ended = std::get_if<IdentityEnded>(&report)) {
        m_isHolding = false;
        Sync::adoptHeld(m_held, ended->change, ended->redot, [this](const Core::DocumentId &id) { return m_live->base(id); });
        for (Sync::WriteCommand &write : std::exchange(m_held, {})) {
            m_commands.emplace_back(std::move(write));
        }
        if (ended->change) {
            take(*ended->change);
        }
    }
}

void Device::take(const Sync::StoreChange &change)
{
    for (const Sync::Quarantined &refused : change.quarantined) {
        const Identity identity = identityOf(refused.mutation);
        m_around.ledger.settle(identity, true);
        m_promises.erase(identity);
        m_made.erase(identity);
        m_around.trace.add(m_around.now, "refused", {m_number, static_cast<std::int64_t>(refused.mutation.dot.counter)},
                           Core::describe(refused.reason));
    }
    if (change.settledThrough > 0) {
        for (auto it = m_made.begin(); it != m_made.end();) {
            if (it->second.device != m_live->device() || it->second.counter > change.settledThrough) {
                ++it;
                continue;
            }
            m_around.ledger.settle(it->first, false);
            if (m_duplicates.contains(it->second)) {
                m_promises.erase(it->first);
            }
            it = m_made.erase(it);
        }
    }
    if (change.identity) {
        takeIdentity(*change.identity);
    }
    m_live->apply(change);
}

void Device::takeIdentity(const Sync::StoreChange::NewIdentity &identity)
{
    for (const Core::MutationPtr &mutation : identity.pending) {
        const Identity first = identityOf(*mutation);
        if (const auto made = m_made.find(first); made != m_made.end()) {
            made->second = mutation->dot;
        }
        if (const auto promised = m_promises.find(first); promised != m_promises.end()) {
            promised->second.dot = mutation->dot;
        }
    }
}

void Device::checkPromises()
{
    const auto entryOf = [this](const Core::DocumentId &id) {
        return m_live->shelf(QString::fromStdString(id.collection))->find(QString::fromStdString(id.key));
    };
    for (const auto &[identity, promise] : m_promises) {
        const Live::Entry *entry = entryOf(promise.document);
        require(entry != nullptr && entry->view().context.covers(promise.dot), "I1/I7",
                "device " + std::to_string(m_number) + " does not show its own durable write " + std::to_string(promise.dot.counter) +
                    " of " + promise.document.collection + "/" + promise.document.key);
    }
    for (auto &[id, seen] : m_seen) {
        const Live::Entry *entry = entryOf(id);
        require(seen.isEmpty() || (entry != nullptr && entry->base.context.coversAll(seen)), "I6/I7",
                "device " + std::to_string(m_number) + " has forgotten writes of " + id.collection + "/" + id.key + " that it had seen");
    }
    for (const QString &name : m_live->shelfNames()) {
        for (const auto &[key, entry] : m_live->shelf(name)->entries) {
            m_seen[Core::DocumentId{name.toStdString(), key.toStdString()}] = entry->base.context;
        }
    }
}

}  // namespace Satchel::WorldCheck
