// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "identity.h"

#include "core/sabotage.h"

#include <algorithm>

namespace Satchel::Sync {

Core::Result<void> Identity::load(const Core::UserId &user, const Core::DeviceId &fresh)
{
    Core::UserId owner;
    const auto known = read(owner);
    if (!known) {
        return Core::failure(known.error());
    }
    if (!*known) {
        return make(user, fresh);
    }
    if (owner != user) {
        return Core::failure(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::None,
                                             "the store belongs to another user; a store is one user's", Core::Retry::AfterChange));
    }
    return {};
}

Core::Result<bool> Identity::read(Core::UserId &owner)
{
    auto select = m_database.prepared("SELECT device, tenant, user, settled_through, greatest_stamp FROM identity WHERE id = 1");
    if (!select) {
        return Core::failure(select.error());
    }
    CipherDb::Statement &row = **select;
    auto hasRow = row.step();
    if (!hasRow) {
        return Core::failure(hasRow.error());
    }
    if (!*hasRow) {
        row.reset();
        return false;
    }
    auto device = Core::DeviceId::fromBytes(row.blob(0));
    owner = {std::string(row.blob(1)), std::string(row.blob(2))};
    m_settledThrough = static_cast<std::uint64_t>(row.int64(3));
    m_greatestStamp = Core::Hlc{static_cast<std::uint64_t>(row.int64(4))};
    row.reset();
    if (!device) {
        return Core::failure(
            Core::makeError(Core::ErrorCode::DataLoss, Core::ErrorReason::StoreDamaged, "the store's device id is not one"));
    }
    m_device = *device;
    return true;
}

Core::Result<void> Identity::make(const Core::UserId &user, const Core::DeviceId &fresh)
{
    auto insert =
        m_database.prepared("INSERT INTO identity(id, device, tenant, user, settled_through, greatest_stamp) VALUES(1, ?, ?, ?, 0, 0)");
    if (!insert) {
        return Core::failure(insert.error());
    }
    (*insert)->bindBlob(0, fresh.view()).bindBlob(1, user.tenant).bindBlob(2, user.user);
    m_device = fresh;
    m_settledThrough = 0;
    m_greatestStamp = {};
    return (*insert)->run();
}

Core::Result<void> Identity::advance(std::uint64_t settledThrough, Core::Hlc stamp)
{
    if (settledThrough <= m_settledThrough && stamp <= m_greatestStamp) {
        return {};
    }
    m_settledThrough = std::max(m_settledThrough, settledThrough);
    m_greatestStamp = std::max(m_greatestStamp, stamp);
    return Core::isSabotaged(Core::Sabotage::ForgetSettled) ? Core::Result<void>() : save();
}

Core::Result<void> Identity::become(const Core::DeviceId &device)
{
    m_device = device;
    m_settledThrough = 0;
    return save();
}

Core::Result<void> Identity::save()
{
    auto update = m_database.prepared("UPDATE identity SET device = ?, settled_through = ?, greatest_stamp = ? WHERE id = 1");
    if (!update) {
        return Core::failure(update.error());
    }
    (*update)->bindBlob(0, m_device.view()).bind(1, static_cast<std::int64_t>(m_settledThrough));
    (*update)->bind(2, static_cast<std::int64_t>(m_greatestStamp.packed));
    return (*update)->run();
}

}  // namespace Satchel::Sync
