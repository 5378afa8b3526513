// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "localstore.h"

#include <utility>

namespace Satchel::Sync {

Core::Result<StoreChange> LocalStore::adoptNewDevice(const Core::DeviceId &device, Redot *applied)
{
    return operation([&] { return adoptNow(device, applied); });
}

Core::Result<StoreChange> LocalStore::adoptNow(const Core::DeviceId &device, Redot *applied)
{
    const Redot redot{m_identity.device(), m_identity.settledThrough(), device};
    StoreChange change;
    change.identity.emplace();
    auto done = inTransaction([&]() -> Core::Result<void> {
        auto pending = m_outbox.all();
        if (!pending) {
            return Core::failure(pending.error());
        }
        std::vector<Core::MutationPtr> renamed;
        renamed.reserve(pending->size());
        for (const Core::MutationPtr &mutation : *pending) {
            auto base = baseOrEmpty(mutation->document);
            if (!base) {
                return Core::failure(base.error());
            }
            renamed.push_back(std::make_shared<const Core::Mutation>(redotted(*mutation, redot, settledMarkIn(*base, redot.from))));
        }
        if (auto replaced = m_outbox.replaceAll(renamed); !replaced) {
            return replaced;
        }
        if (auto became = m_identity.become(device); !became) {
            return became;
        }
        Progress::Record record = m_progress.record();
        record.lease.clear();
        // Under the old name the server has left out what the other copy wrote, as this device's own: all is read again.
        // As a snapshot, since a younger document's older fields may be among what was left out.
        record.readAgain();
        if (auto saved = m_progress.save(std::move(record)); !saved) {
            return saved;
        }
        change.identity->pending = std::move(renamed);
        return {};
    });
    if (!done) {
        return Core::failure(done.error());
    }
    change.cursor = m_progress.record().cursor;
    change.identity->device = device;
    change.identity->lastCounter = lastCounter();
    if (applied != nullptr) {
        *applied = redot;
    }
    return change;
}

}  // namespace Satchel::Sync
