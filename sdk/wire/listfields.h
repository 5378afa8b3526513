// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/filter.h"

#include <span>

/// What each list of the admin services can be filtered by. The indexes of Core::Filter::field count these, in this order, which the stores
/// follow.
namespace Satchel::Wire::Admin {

enum class UserField : std::uint8_t { User, Seen, Created, Documents, Conflicts, Events, Devices };
enum class DeviceField : std::uint8_t { User, Name, Platform, App, Sdk, Seen, Lag, Revoked };
enum class DocumentField : std::uint8_t { Collection, Key, Updated, Fields, Conflicts, Bytes, Seq };
enum class ConflictField : std::uint8_t { User, Collection, Key, Field, Detected, Seq };
enum class AuditField : std::uint8_t { Actor, Action, User, Time, Outcome, Index };

[[nodiscard]] std::span<const Core::FilterField> userFields();
[[nodiscard]] std::span<const Core::FilterField> deviceFields();
[[nodiscard]] std::span<const Core::FilterField> documentFields();
[[nodiscard]] std::span<const Core::FilterField> conflictFields();
[[nodiscard]] std::span<const Core::FilterField> auditFields();

}  // namespace Satchel::Wire::Admin
