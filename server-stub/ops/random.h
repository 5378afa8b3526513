// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace Satchel::Server {

/// Source of unguessable bytes: leases, session ids, secrets. Implementations are thread-safe.
class Random {
public:
    virtual ~Random() = default;
    [[nodiscard]] virtual std::string bytes(std::size_t count) = 0;
};

/// OpenSSL's generator; ends the program if it fails, for nothing sound can follow.
class SystemRandom : public Random {
public:
    [[nodiscard]] std::string bytes(std::size_t count) override;
};

[[nodiscard]] std::string toHex(std::string_view bytes);

}  // namespace Satchel::Server
