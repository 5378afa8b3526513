// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/ops/random.h"

#include <optional>
#include <string>
#include <string_view>

namespace Satchel::Server {

/// Where a request stands in what made it: W3C Trace Context. Lower-case hex.
struct TraceContext {
    std::string traceId;   ///< 32 digits, not all of them 0
    std::string parentId;  ///< 16 digits, not all of them 0: the caller's own part
    std::string flags;     ///< 2 digits

    /// A traceparent header by the letter of the recommendation: version 00 exactly, a later one as far as it is known. Nothing for any
    /// other text.
    [[nodiscard]] static std::optional<TraceContext> parse(std::string_view header);
    /// One that nobody began before.
    [[nodiscard]] static TraceContext fresh(Random &random);
    /// The same trace, with a part of its own for what is done next.
    [[nodiscard]] TraceContext child(Random &random) const;
    /// "00-...": the header.
    [[nodiscard]] std::string header() const;

    friend bool operator==(const TraceContext &, const TraceContext &) = default;
};

}  // namespace Satchel::Server
