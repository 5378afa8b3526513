// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/hlc.h"
#include "core/mutation.h"
#include "core/policy.h"

#include <cstdint>
#include <string>
#include <vector>

/// Random histories of one document: who wrote what, and what each writer had seen by then.
namespace Satchel::Core::Testing {

enum class Rules : std::uint8_t { Merge, LastWriter, Manual, Custom, Strong };

/// Mutations of a history by index; a set that a device can know is closed under `past`.
using WriteSet = std::uint32_t;

struct Written {
    Mutation mutation;
    WriteSet past = 0;  ///< all that the writer had seen
};

struct History {
    Rules rules = Rules::Merge;
    Policy policy;
    std::vector<Written> writes;  ///< in an order that causality allows
    std::vector<WriteSet> known;  ///< per device, at the end
    [[nodiscard]] WriteSet all() const { return (WriteSet{1} << writes.size()) - 1; }
};

/// Every word of the script is one step: a device writes, or learns from another. The same script gives the same history.
[[nodiscard]] History makeHistory(Rules rules, const std::vector<std::uint32_t> &script);

/// The writes of a closed set in a causal order that `seed` picks.
[[nodiscard]] std::vector<std::size_t> causalOrder(const History &history, WriteSet set, std::uint32_t seed);

[[nodiscard]] Policy policyOf(Rules rules);
[[nodiscard]] DeviceId deviceOf(std::size_t number);

/// What a human needs to follow a failure.
[[nodiscard]] std::string describe(const History &history);

/// Takes small numbers out of a word of a script.
class Digits {
public:
    explicit Digits(std::uint32_t word)
        : m_word(word)
    {
    }
    [[nodiscard]] std::uint32_t take(std::uint32_t base)
    {
        const std::uint32_t digit = m_word % base;
        m_word /= base;
        return digit;
    }

private:
    std::uint32_t m_word;
};

/// Random ops on the fields of `policyOf(rules)`. Counter removals carry no marks yet: `markCounters` adds what the writer saw.
[[nodiscard]] std::vector<Op> makeOps(Rules rules, Digits &digits, std::int64_t value);
void markCounters(std::vector<Op> &ops, const std::vector<Written> &writes, WriteSet seen);

}  // namespace Satchel::Core::Testing
