// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "option.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <numeric>
#include <optional>

namespace Satchel::Server {

namespace {

std::optional<std::int64_t> parseNumber(const std::string &text)
{
    std::int64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

/// How many letters must be put in, left out or changed to make one word of the other.
std::size_t distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0U);
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

}  // namespace

bool ValueRule::takes(const std::string &value) const
{
    switch (kind) {
    case Kind::Flag:
        return value == "true" || value == "false";
    case Kind::Text:
    case Kind::List:
        return !value.empty() && value.find('\0') == std::string::npos;
    case Kind::Number: {
        const auto number = parseNumber(value);
        return number && *number >= least && *number <= most;
    }
    case Kind::Choice:
        return std::find(choices.begin(), choices.end(), value) != choices.end();
    }
    return false;
}

std::string ValueRule::sentence() const
{
    switch (kind) {
    case Kind::Flag:
        return "takes true or false";
    case Kind::Text:
    case Kind::List:
        return "takes a text that is not empty";
    case Kind::Number:
        return "takes a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    case Kind::Choice:
        break;
    }
    std::string out = "takes one of ";
    for (std::size_t i = 0; i < choices.size(); ++i) {
        out += (i == 0 ? "" : ", ") + std::string(choices[i]);
    }
    return out;
}

std::string Option::environmentName() const
{
    std::string out(environmentPrefix);
    for (const char letter : name) {
        out += letter == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    }
    return out;
}

const Option *findOption(std::string_view name)
{
    const auto found =
        std::find_if(serverOptions().begin(), serverOptions().end(), [name](const Option &option) { return option.name == name; });
    return found == serverOptions().end() ? nullptr : &*found;
}

std::string suggestionFor(std::string_view name)
{
    constexpr std::size_t lettersMax = 64;
    constexpr std::size_t distanceMax = 2;
    const Option *nearest = nullptr;
    std::size_t least = distanceMax + 1;
    for (const Option &option : serverOptions()) {
        const std::size_t far = name.size() > lettersMax ? least : distance(name, option.name);
        if (far < least) {
            least = far;
            nearest = &option;
        }
    }
    return nearest == nullptr ? std::string() : " (did you mean " + std::string(nearest->name) + "?)";
}

std::int64_t numberOf(const std::string &text)
{
    return parseNumber(text).value_or(0);
}

}  // namespace Satchel::Server
