// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/document.h"
#include "core/result.h"
#include "server-stub/store/adminview.h"
#include "wire/adminmessages.h"

#include <vector>

namespace Satchel::Server {

/// Siblings with the names of their devices and the times when the server took them, in the given order; masked: without their values.
[[nodiscard]] Core::Result<std::vector<Wire::Admin::SiblingView>> siblingViews(const std::vector<Core::Sibling> &siblings,
                                                                               const Core::UserId &user, bool isMasked, AdminView &view);

/// A copy with the sibling that is shown first.
[[nodiscard]] std::vector<Core::Sibling> shownFirst(std::vector<Core::Sibling> siblings);

}  // namespace Satchel::Server
