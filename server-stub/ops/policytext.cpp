// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "policytext.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

namespace Satchel::Server {

using Kind = PolicyText::Json::Kind;

tl::unexpected<Core::Error> PolicyText::wrong(std::size_t byte, const std::string &path, const std::string &why) const
{
    return Core::failure(
        Core::invalidArgument(Core::ErrorReason::MalformedInput, "policies: " + Wire::placeText(m_text, byte) + ": " + path + ": " + why));
}

PolicyText::Check PolicyText::eachMember(const Json &value, const std::string &path, const TakeMember &take) const
{
    if (value.kind != Kind::Object) {
        return wrong(value.byte, path.empty() ? "the file" : path, "must be an object");
    }
    for (const Json::Member &member : value.members) {
        if (auto taken = take(member, path.empty() ? member.name : path + "." + member.name); !taken) {
            return taken;
        }
    }
    return {};
}

PolicyText::Check PolicyText::readText(const Json &value, const std::string &path, std::string &out) const
{
    constexpr std::size_t textBytesMax = 256;
    if (value.kind != Kind::Text || value.text.empty() || value.text.size() > textBytesMax) {
        return wrong(value.byte, path, "must be a text of 1 to 256 bytes");
    }
    out = value.text;
    return {};
}

PolicyText::Check PolicyText::readTexts(const Json &value, const std::string &path, std::vector<std::string> &out) const
{
    if (value.kind != Kind::List) {
        return readText(value, path, out.emplace_back());
    }
    for (const Json &item : value.items) {
        std::string text;
        if (auto read = readText(item, path, text); !read) {
            return read;
        }
        if (std::find(out.begin(), out.end(), text) != out.end()) {
            return wrong(item.byte, path, "names \"" + text + "\" twice; name it once");
        }
        out.push_back(std::move(text));
    }
    return out.empty() ? wrong(value.byte, path, "must not be empty; leave it out instead") : Check();
}

PolicyText::Check PolicyText::readFlag(const Json &value, const std::string &path, bool &out) const
{
    if (value.kind != Kind::Boolean) {
        return wrong(value.byte, path, "must be true or false");
    }
    out = value.boolean;
    return {};
}

Core::Result<std::uint64_t> PolicyText::readNumber(const Json &value, const std::string &path, std::uint64_t min, std::uint64_t max) const
{
    const bool isTaken =
        value.kind == Kind::Integer && value.integer >= static_cast<std::int64_t>(min) && static_cast<std::uint64_t>(value.integer) <= max;
    if (!isTaken) {
        return wrong(value.byte, path, "must be an integer from " + std::to_string(min) + " to " + std::to_string(max));
    }
    return static_cast<std::uint64_t>(value.integer);
}

Core::Result<std::chrono::minutes> PolicyText::readDuration(const Json &value, const std::string &path) const
{
    constexpr std::int64_t minutesMax = 36'500LL * 24 * 60;
    constexpr std::pair<char, std::int64_t> units[] = {{'m', 1}, {'h', 60}, {'d', 24 * 60}};
    std::int64_t number = 0;
    const char *const end = value.text.data() + value.text.size();
    const auto [rest, error] = std::from_chars(value.text.data(), end, number);
    for (const auto &[unit, minutes] : units) {
        const bool isOfUnit = value.kind == Kind::Text && error == std::errc() && rest + 1 == end && *rest == unit;
        if (isOfUnit && number >= 1 && number <= minutesMax / minutes) {
            return std::chrono::minutes(number * minutes);
        }
    }
    return wrong(value.byte, path, "must be a number of minutes, hours or days, like \"90m\", \"12h\" or \"30d\", and at most \"36500d\"");
}

PolicyText::Check PolicyText::readSensitivity(const Json &value, const std::string &path, Core::Sensitivity &out) const
{
    constexpr std::string_view names[] = {"public", "personal", "restricted"};
    const auto *found = std::find(std::begin(names), std::end(names), value.text);
    if (value.kind != Kind::Text || found == std::end(names)) {
        return notOneOf(value.byte, path, {std::begin(names), std::end(names)});
    }
    out = static_cast<Core::Sensitivity>(found - std::begin(names));
    return {};
}

tl::unexpected<Core::Error> PolicyText::notOneOf(std::size_t byte, const std::string &path,
                                                 const std::vector<std::string_view> &names) const
{
    std::string allowed;
    for (const std::string_view name : names) {
        allowed.append(allowed.empty() ? "\"" : ", \"").append(name).append("\"");
    }
    return wrong(byte, path, "must be one of " + allowed);
}

tl::unexpected<Core::Error> PolicyText::unknown(const Json::Member &member, const std::string &path, std::string_view knownOnes) const
{
    return wrong(member.byte, path, "is not known; there are " + std::string(knownOnes));
}

}  // namespace Satchel::Server
