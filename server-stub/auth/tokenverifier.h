// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"
#include "server-stub/auth/identity.h"

#include <chrono>
#include <string_view>

namespace Satchel::Server {

/// Who a bearer token speaks for. Implementations are thread-safe.
class TokenVerifier {
public:
    virtual ~TokenVerifier() = default;
    /// UNAUTHENTICATED with TOKEN_MISSING (empty), TOKEN_INVALID or TOKEN_EXPIRED. The detail never quotes the token.
    [[nodiscard]] virtual Core::Result<Identity> verify(std::string_view token, std::chrono::milliseconds now) const = 0;
};

}  // namespace Satchel::Server
