// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace Satchel::WorldCheck {

/// One operation on one register: a read, or a write that takes effect only if the register holds what its writer expected.
struct Operation {
    enum class Kind : std::uint8_t { Read, Swap };
    enum class Outcome : std::uint8_t {
        Ok,
        Failed,   ///< a swap that found something else than expected
        Unknown,  ///< nobody was told: it may take effect at any time after its invocation, or never
    };

    Kind kind = Kind::Swap;
    Outcome outcome = Outcome::Unknown;
    std::int64_t invoked = 0;
    std::int64_t returned = INT64_MAX;  ///< only if the outcome is known
    std::int64_t expected = 0;          ///< of a swap
    std::int64_t value = 0;             ///< written by a swap, seen by a read
};

/// One line an operation: when it was invoked and returned, what it did and what came of it.
[[nodiscard]] std::string describe(const std::vector<Operation> &operations);

/// By key.
using History = std::map<std::string, std::vector<Operation>>;

enum class Verdict : std::uint8_t { Linearizable, NotLinearizable, TooLong };

/// Whether the operations on one register, which begins as `initial`, have an order that keeps to real time and explains every outcome.
/// The search of Wing and Gong with Lowe's memory of configurations (2017); at most `statesMax` of them.
[[nodiscard]] Verdict checkRegister(const std::vector<Operation> &operations, std::int64_t initial = 0, std::size_t statesMax = 200'000);

}  // namespace Satchel::WorldCheck
