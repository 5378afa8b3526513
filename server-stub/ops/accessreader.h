// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/auth/accessrules.h"
#include "server-stub/ops/policytext.h"

namespace Satchel::Server {

/// Reads the members `access` and `operators` of a policy file.
class AccessReader {
public:
    explicit AccessReader(const PolicyText &text)
        : m_text(text)
    {
    }
    [[nodiscard]] PolicyText::Check readRules(const Wire::PlacedJson &value, std::vector<AccessRule> &out) const;
    [[nodiscard]] PolicyText::Check readOperators(const Wire::PlacedJson &value, AccessRules &out) const;

private:
    using Check = PolicyText::Check;
    using Json = Wire::PlacedJson;

    [[nodiscard]] Check readMember(const Json::Member &member, const std::string &path, AccessRule &rule) const;
    [[nodiscard]] Check readEffect(const Json &value, const std::string &path, AccessRule &rule) const;
    [[nodiscard]] Check readRoles(const Json &value, const std::string &path, std::vector<std::string> &out) const;
    [[nodiscard]] Check readActions(const Json &value, const std::string &path, std::vector<Action> &out) const;
    [[nodiscard]] Check readCollections(const Json &value, const std::string &path, std::vector<std::string> &out) const;
    [[nodiscard]] Check readSensitivities(const Json &value, const std::string &path, std::vector<Core::Sensitivity> &out) const;
    [[nodiscard]] Check readConditions(const Json &value, const std::string &path, std::vector<AttributeCondition> &out) const;
    [[nodiscard]] Check checkRule(const Json &value, const std::string &path, const AccessRule &rule) const;

    const PolicyText &m_text;
};

}  // namespace Satchel::Server
