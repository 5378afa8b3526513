// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "access.h"

#include <algorithm>

namespace Satchel::Server {

namespace {

enum class Match : std::uint8_t { No, Maybe, Yes };

constexpr std::string_view operatorRoles[] = {roleSupport, roleAuditor, roleAdmin, roleQa};

template <typename List, typename Item>
bool holds(const List &list, const Item &item)
{
    return std::find(std::begin(list), std::end(list), item) != std::end(list);
}

bool hasOneOf(const Identity &caller, const std::vector<std::string> &roles)
{
    const auto has = [&caller](std::string_view role) { return caller.hasRole(role); };
    return roles.empty() ? std::any_of(std::begin(operatorRoles), std::end(operatorRoles), has)
                         : std::any_of(roles.begin(), roles.end(), has);
}

bool fits(const AttributeCondition &condition, const Attributes &attributes, const Attributes &caller)
{
    const auto found = attributes.find(condition.name);
    if (found == attributes.end()) {
        return false;
    }
    if (condition.sameAs.empty()) {
        return holds(condition.values, found->second);
    }
    const auto own = caller.find(condition.sameAs);
    return own != caller.end() && own->second == found->second;
}

bool fitAll(const std::vector<AttributeCondition> &conditions, const Attributes &attributes, const Attributes &caller)
{
    return std::all_of(conditions.begin(), conditions.end(),
                       [&](const AttributeCondition &condition) { return fits(condition, attributes, caller); });
}

/// What cannot be told of a call as a whole forbids nothing and allows it only if what it may not show is left out.
Match untold(const AccessRule &rule, bool isLeftOut)
{
    if (isLeftOut) {
        return rule.isDeny ? Match::No : Match::Maybe;
    }
    return rule.isDeny ? Match::Yes : Match::No;
}

Match matchContent(const AccessRule &rule, Action action, const AccessTarget &target, const Policies &policies)
{
    if (rule.collections.empty() && rule.sensitivities.empty()) {
        return Match::Yes;
    }
    if (target.collection.empty()) {
        return untold(rule, isReading(action));
    }
    const Core::Sensitivity sensitivity = target.sensitivity.value_or(policies.shared.of(target.collection).sensitivity);
    const bool isMatching = (rule.collections.empty() || holds(rule.collections, target.collection)) &&
                            (rule.sensitivities.empty() || holds(rule.sensitivities, sensitivity));
    return isMatching ? Match::Yes : Match::No;
}

Match matchUser(const AccessRule &rule, const Identity &caller, const AccessTarget &target)
{
    if (rule.users.empty()) {
        return Match::Yes;
    }
    if (target.user == nullptr) {
        return untold(rule, target.isEachUser);
    }
    return fitAll(rule.users, *target.user, caller.attributes) ? Match::Yes : Match::No;
}

Match match(const AccessRule &rule, const Identity &caller, Action action, const AccessTarget &target, const Policies &policies)
{
    if (!hasOneOf(caller, rule.roles) || (!rule.actions.empty() && !holds(rule.actions, action)) ||
        !fitAll(rule.operators, caller.attributes, caller.attributes)) {
        return Match::No;
    }
    return std::min(matchContent(rule, action, target, policies), matchUser(rule, caller, target));
}

}  // namespace

Core::Sensitivity Policies::sensitivityOf(std::string_view collection, std::string_view field) const
{
    if (const auto known = collections.find(collection); known != collections.end()) {
        const auto own = known->second.fieldSensitivities.find(field);
        if (own != known->second.fieldSensitivities.end()) {
            return own->second;
        }
    }
    return shared.of(collection).sensitivity;
}

AccessRules builtInAccess()
{
    AccessRules access;
    access.isBuiltIn = true;
    for (std::size_t i = 0; i <= static_cast<std::size_t>(Action::Last); ++i) {
        const auto action = static_cast<Action>(i);
        AccessRule rule;
        rule.name = actionName(action);
        rule.actions = {action};
        rule.isReasonNeeded = action == Action::Unmask;
        for (const std::string_view role : rolesOf(action)) {
            rule.roles.emplace_back(role);
        }
        access.rules.push_back(std::move(rule));
    }
    return access;
}

bool isReading(Action action)
{
    return action == Action::BrowseUsers || action == Action::ReadState || action == Action::ReadHistory || action == Action::Unmask ||
           action == Action::ExportUser;
}

AccessDecision Access::decide(const Identity &caller, Action action, const AccessTarget &target, const AccessGrounds &grounds) const
{
    bool isAllowed = false;
    AccessDecision demanded{Verdict::Allowed, {}};
    for (const AccessRule &rule : m_policies->access.rules) {
        const Match matched = match(rule, caller, action, target, *m_policies);
        if (matched == Match::No) {
            continue;
        }
        if (rule.isDeny) {
            return {Verdict::Denied, rule.name};
        }
        isAllowed = true;
        if (matched == Match::Maybe) {
            continue;
        }
        if (rule.isReasonNeeded && !grounds.hasReason) {
            demanded = {Verdict::ReasonNeeded, rule.name};
        } else if (rule.isApprovalNeeded && !grounds.isApproved && demanded.verdict == Verdict::Allowed) {
            demanded = {Verdict::ApprovalNeeded, rule.name};
        }
    }
    return isAllowed ? demanded : AccessDecision{};
}

Identity Access::admitted(Identity caller) const
{
    const auto &operators = m_policies->access.operators;
    if (!operators) {
        return caller;
    }
    const auto known = operators->find(caller.user.user);
    std::erase_if(caller.roles, [&](const std::string &role) {
        return role != roleUser && (known == operators->end() || !holds(known->second.roles, role));
    });
    if (known != operators->end()) {
        caller.attributes = known->second.attributes;
    } else {
        caller.attributes.clear();
    }
    return caller;
}

bool Access::asksForUsers() const
{
    const auto &rules = m_policies->access.rules;
    return std::any_of(rules.begin(), rules.end(), [](const AccessRule &rule) { return !rule.users.empty(); });
}

}  // namespace Satchel::Server
