// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/policy.h"
#include "server-stub/auth/action.h"
#include "server-stub/auth/attributes.h"

#include <optional>
#include <string>
#include <vector>

namespace Satchel::Server {

/// An attribute that must have one of these values, or the one that the operator's attribute `sameAs` has. One that is missing never holds.
struct AttributeCondition {
    std::string name;
    std::vector<std::string> values;
    std::string sameAs;
    friend bool operator==(const AttributeCondition &, const AttributeCondition &) = default;
};

/// Who may do what to whom, or may not. A list that is empty asks for nothing.
struct AccessRule {
    std::string name;
    bool isDeny = false;
    bool isReasonNeeded = false;
    bool isApprovalNeeded = false;
    std::vector<std::string> roles;  ///< one of these
    std::vector<Action> actions;
    std::vector<std::string> collections;
    std::vector<Core::Sensitivity> sensitivities;
    std::vector<AttributeCondition> operators;  ///< all of these of the caller
    std::vector<AttributeCondition> users;      ///< all of these of the user concerned
    friend bool operator==(const AccessRule &, const AccessRule &) = default;
};

/// What the server grants a subject at most, whatever its token says.
struct OperatorEntry {
    std::vector<std::string> roles;
    Attributes attributes;  ///< in the place of the token's
    friend bool operator==(const OperatorEntry &, const OperatorEntry &) = default;
};

struct AccessRules {
    std::vector<AccessRule> rules;
    bool isBuiltIn = false;
    /// By subject; none: tokens say who is an operator.
    std::optional<std::map<std::string, OperatorEntry, std::less<>>> operators;
    friend bool operator==(const AccessRules &, const AccessRules &) = default;
};

/// What holds where a policy file has no rules: rolesOf() each action; a reason for unmasking.
[[nodiscard]] AccessRules builtInAccess();

}  // namespace Satchel::Server
