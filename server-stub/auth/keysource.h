// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/auth/jwkset.h"

#include <chrono>
#include <memory>

namespace Satchel::Server {

/// Where an issuer's keys come from. Thread-safe, and never waits for the network.
class KeySource {
public:
    virtual ~KeySource() = default;
    /// The keys known now; nullptr before the first were had.
    [[nodiscard]] virtual std::shared_ptr<const JwkSet> keys() const = 0;

    enum class Renewal : std::uint8_t {
        Nothing,   ///< there are no newer ones
        Done,      ///< keys() has newer ones
        UnderWay,  ///< ask again in a second
    };
    /// A token names a key that keys() lacks. The kid itself is not told: nothing may depend on it.
    [[nodiscard]] virtual Renewal renew(std::chrono::milliseconds now) = 0;
    /// Reads the keys anew, whether or not they seem to have changed: the operator says so.
    virtual void reload() = 0;
};

}  // namespace Satchel::Server
