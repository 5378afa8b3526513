// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "trace.h"

#include <algorithm>

namespace Satchel::Server {

namespace {

constexpr std::size_t traceIdBytes = 16;
constexpr std::size_t parentIdBytes = 8;
constexpr std::size_t version00Letters = 55;

bool isHex(std::string_view text)
{
    return std::all_of(text.begin(), text.end(),
                       [](char letter) { return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f'); });
}

bool isId(std::string_view text)
{
    return isHex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

}  // namespace

std::optional<TraceContext> TraceContext::parse(std::string_view header)
{
    if (header.size() < version00Letters || header[2] != '-' || header[35] != '-' || header[52] != '-') {
        return std::nullopt;
    }
    const std::string_view version = header.substr(0, 2);
    const bool isWhole =
        version == "00" ? header.size() == version00Letters : header.size() == version00Letters || header[version00Letters] == '-';
    TraceContext out{std::string(header.substr(3, 32)), std::string(header.substr(36, 16)), std::string(header.substr(53, 2))};
    if (!isHex(version) || version == "ff" || !isWhole || !isId(out.traceId) || !isId(out.parentId) || !isHex(out.flags)) {
        return std::nullopt;
    }
    return out;
}

TraceContext TraceContext::fresh(Random &random)
{
    return {toHex(random.bytes(traceIdBytes)), toHex(random.bytes(parentIdBytes)), "00"};
}

TraceContext TraceContext::child(Random &random) const
{
    return {traceId, toHex(random.bytes(parentIdBytes)), flags};
}

std::string TraceContext::header() const
{
    return "00-" + traceId + '-' + parentId + '-' + flags;
}

}  // namespace Satchel::Server
