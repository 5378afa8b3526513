// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/document.h"
#include "core/policy.h"
#include "server-stub/auth/mask.h"
#include "server-stub/store/adminview.h"
#include "wire/adminmessages.h"

#include <string>
#include <vector>

namespace Satchel::Server {

/// A document's fields with all siblings, by name; without values where the mask hides them.
[[nodiscard]] Core::Result<std::vector<Wire::Admin::FieldView>> fieldViews(const Core::Document &document, const std::string &collection,
                                                                           const Core::UserId &user, const Core::Policy &policy,
                                                                           const Mask &mask, AdminView &view);

}  // namespace Satchel::Server
