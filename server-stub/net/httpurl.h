// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace Satchel::Server {

/// An address that the server may fetch from: https, or http on this machine.
struct HttpUrl {
    std::string host;  ///< without the brackets of an IPv6 address
    std::uint16_t port = 443;
    std::string target = "/";  ///< path and query
    bool isTls = true;

    /// Whether the host can only be this machine.
    [[nodiscard]] bool isLoopback() const;
    /// What the Host header says.
    [[nodiscard]] std::string authority() const;

    /// Takes visible ASCII without user information or fragment. INVALID_ARGUMENT/MALFORMED_INPUT says what is wrong.
    [[nodiscard]] static Core::Result<HttpUrl> parse(std::string_view text);

    friend bool operator==(const HttpUrl &, const HttpUrl &) = default;
};

}  // namespace Satchel::Server
