// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "filtersql.h"
#include "sql.h"

#include "wire/adminmessages.h"
#include "wire/listfields.h"

namespace Satchel::Server {

/// Selects what readUser() reads, of all owners.
inline constexpr std::string_view userColumns = "SELECT user, head, documents, conflicts, created_ms, seen_ms,"
                                                " (SELECT count(*) FROM devices WHERE devices.owner = owners.id) FROM owners";
[[nodiscard]] Wire::Admin::UserSummary readUser(Query &rows);

/// What readDevice() reads, of `devices`.
inline constexpr std::string_view deviceColumns =
    "device, devices.name, platform, app_version, sdk_version, devices.seen_ms, cursor,"
    " last_counter, revoked, wiped, refused_ms, refused_reason, refused_code, token_expires_ms,"
    " max((SELECT o.head FROM owners o WHERE o.id = devices.owner) - cursor, 0)";
[[nodiscard]] Wire::Admin::DeviceSummary readDevice(Query &rows);

/// Of a table `c` of conflicts joined with owners `o`.
[[nodiscard]] FilterColumns conflictColumns();

}  // namespace Satchel::Server
