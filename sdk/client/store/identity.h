// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/database.h"
#include "core/hlc.h"
#include "core/ids.h"
#include "core/result.h"

#include <cstdint>

namespace Satchel::Sync {

/// Who this store is, and how far its mutations are settled: table `identity`, one row. The caller owns the transaction; after one that was
/// rolled back, call load() again.
class Identity {
public:
    explicit Identity(CipherDb::Database &database)
        : m_database(database)
    {
    }

    /// Reads the row; makes it, with `fresh` as the device's id, in a new store. FAILED_PRECONDITION if the store is another user's.
    [[nodiscard]] Core::Result<void> load(const Core::UserId &user, const Core::DeviceId &fresh);

    /// Reads the row, whoever its user is; false if there is none.
    [[nodiscard]] Core::Result<bool> read(Core::UserId &owner);

    [[nodiscard]] const Core::DeviceId &device() const { return m_device; }
    /// The server has processed this device's counters up to here, and the store has taken the answer in.
    [[nodiscard]] std::uint64_t settledThrough() const { return m_settledThrough; }
    /// The greatest stamp ever seen from the server or given to a settled mutation.
    [[nodiscard]] Core::Hlc greatestStamp() const { return m_greatestStamp; }

    /// Raises both; writes only when something is raised.
    [[nodiscard]] Core::Result<void> advance(std::uint64_t settledThrough, Core::Hlc stamp);
    /// Another device from here on; nothing of it is settled yet.
    [[nodiscard]] Core::Result<void> become(const Core::DeviceId &device);

private:
    [[nodiscard]] Core::Result<void> make(const Core::UserId &user, const Core::DeviceId &fresh);
    [[nodiscard]] Core::Result<void> save();

    CipherDb::Database &m_database;
    Core::DeviceId m_device;
    std::uint64_t m_settledThrough = 0;
    Core::Hlc m_greatestStamp;
};

}  // namespace Satchel::Sync
