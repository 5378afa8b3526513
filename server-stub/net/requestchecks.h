// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/net/http.h"
#include "server-stub/ops/options.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace Satchel::Server {

/// 403 for a request that a page in somebody's browser may have made against the user's will (T41): `origin` is the Origin header if there
/// is one and must be allowed, `host` must be an allowed name, and one of this machine where the server listens on loopback.
[[nodiscard]] std::optional<HttpResponse> refuseForeign(const NetSettings &settings, bool isLoopback,
                                                        std::optional<std::string_view> origin, std::string_view host);

/// The first of the comma-separated subprotocols that is one of these; empty: none is.
[[nodiscard]] std::string_view agreedProtocol(std::string_view offered, std::span<const std::string> known);

}  // namespace Satchel::Server
