// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"
#include "wire/historymessages.h"

#include <string>

namespace Satchel::Server {

/// The point as a place in the user's log. NOT_FOUND for a user that is not known; errors of HistoryView.
[[nodiscard]] Core::Result<std::uint64_t> placeOf(const Core::UserId &user, const Wire::Admin::HistoryPoint &point, AdminView &view);

/// As a part of what a token is bound to.
[[nodiscard]] std::string textOf(const Wire::Admin::HistoryPoint &point);

/// INVALID_ARGUMENT for a key without a collection.
[[nodiscard]] Core::Result<void> checkScope(const std::string &collection, const std::string &key);

}  // namespace Satchel::Server
