// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/policy.h"
#include "core/result.h"
#include "wire/placedjson.h"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace Satchel::Server {

/// The text of a policy file, and how its mistakes are named.
class PolicyText {
public:
    using Json = Wire::PlacedJson;
    using Check = Core::Result<void>;
    /// Takes one member; `path` is its name with those around it.
    using TakeMember = std::function<Check(const Json::Member &member, const std::string &path)>;

    explicit PolicyText(std::string_view text)
        : m_text(text)
    {
    }

    /// INVALID_ARGUMENT/MALFORMED_INPUT: "policies: line 3, column 9: collections.notes: why".
    [[nodiscard]] tl::unexpected<Core::Error> wrong(std::size_t byte, const std::string &path, const std::string &why) const;

    /// Each member in turn; refuses what is no object.
    [[nodiscard]] Check eachMember(const Json &value, const std::string &path, const TakeMember &take) const;
    [[nodiscard]] Check readText(const Json &value, const std::string &path, std::string &out) const;
    /// One text, or a list of at least one, none twice.
    [[nodiscard]] Check readTexts(const Json &value, const std::string &path, std::vector<std::string> &out) const;
    [[nodiscard]] Check readFlag(const Json &value, const std::string &path, bool &out) const;
    [[nodiscard]] Core::Result<std::uint64_t> readNumber(const Json &value, const std::string &path, std::uint64_t min,
                                                         std::uint64_t max) const;
    /// A number of minutes, hours or days: "90m", "12h", "30d", from a minute to 36500 days.
    [[nodiscard]] Core::Result<std::chrono::minutes> readDuration(const Json &value, const std::string &path) const;
    [[nodiscard]] Check readSensitivity(const Json &value, const std::string &path, Core::Sensitivity &out) const;
    /// The names as a sentence has them: must be one of "a", "b".
    [[nodiscard]] tl::unexpected<Core::Error> notOneOf(std::size_t byte, const std::string &path,
                                                       const std::vector<std::string_view> &names) const;
    /// A member whose name nobody knows.
    [[nodiscard]] tl::unexpected<Core::Error> unknown(const Json::Member &member, const std::string &path,
                                                      std::string_view knownOnes) const;

private:
    std::string_view m_text;
};

}  // namespace Satchel::Server
