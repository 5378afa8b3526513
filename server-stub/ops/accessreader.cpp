// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "accessreader.h"

#include "core/limits.h"
#include "core/mutation.h"
#include "server-stub/auth/identity.h"

#include <algorithm>

namespace Satchel::Server {

using Json = Wire::PlacedJson;
using Check = PolicyText::Check;

namespace {

constexpr std::size_t rulesMax = 200;
constexpr std::string_view sameAsPrefix = "$operator.";

}  // namespace

Check AccessReader::readRules(const Json &value, std::vector<AccessRule> &out) const
{
    if (value.kind != Json::Kind::List || value.items.size() > rulesMax) {
        return m_text.wrong(value.byte, "access", "must be a list of at most " + std::to_string(rulesMax) + " rules");
    }
    for (std::size_t i = 0; i < value.items.size(); ++i) {
        const std::string path = "access[" + std::to_string(i) + "]";
        AccessRule rule;
        auto read = m_text.eachMember(
            value.items[i], path, [&](const Json::Member &member, const std::string &place) { return readMember(member, place, rule); });
        if (read) {
            read = checkRule(value.items[i], path, rule);
        }
        if (read && std::any_of(out.begin(), out.end(), [&rule](const AccessRule &other) { return other.name == rule.name; })) {
            read = m_text.wrong(value.items[i].byte, path, "has the name of another rule; give it its own");
        }
        if (!read) {
            return read;
        }
        out.push_back(std::move(rule));
    }
    return {};
}

Check AccessReader::readMember(const Json::Member &member, const std::string &path, AccessRule &rule) const
{
    const Json &value = member.value;
    if (member.name == "name") {
        return m_text.readText(value, path, rule.name);
    }
    if (member.name == "effect") {
        return readEffect(value, path, rule);
    }
    if (member.name == "roles") {
        return readRoles(value, path, rule.roles);
    }
    if (member.name == "actions") {
        return readActions(value, path, rule.actions);
    }
    if (member.name == "collections") {
        return readCollections(value, path, rule.collections);
    }
    if (member.name == "sensitivity") {
        return readSensitivities(value, path, rule.sensitivities);
    }
    if (member.name == "operators") {
        return readConditions(value, path, rule.operators);
    }
    if (member.name == "users") {
        return readConditions(value, path, rule.users);
    }
    if (member.name == "reason") {
        return m_text.readFlag(value, path, rule.isReasonNeeded);
    }
    if (member.name == "approval") {
        return m_text.readFlag(value, path, rule.isApprovalNeeded);
    }
    return m_text.unknown(member, path, "name, effect, roles, actions, collections, sensitivity, operators, users, reason and approval");
}

Check AccessReader::readEffect(const Json &value, const std::string &path, AccessRule &rule) const
{
    if (value.kind != Json::Kind::Text || (value.text != "allow" && value.text != "deny")) {
        return m_text.notOneOf(value.byte, path, {"allow", "deny"});
    }
    rule.isDeny = value.text == "deny";
    return {};
}

Check AccessReader::readRoles(const Json &value, const std::string &path, std::vector<std::string> &out) const
{
    if (auto read = m_text.readTexts(value, path, out); !read) {
        return read;
    }
    const std::vector<std::string_view> known = {roleSupport, roleAuditor, roleAdmin, roleQa};
    for (const std::string &role : out) {
        if (std::find(known.begin(), known.end(), role) == known.end()) {
            return m_text.notOneOf(value.byte, path, known);
        }
    }
    return {};
}

Check AccessReader::readActions(const Json &value, const std::string &path, std::vector<Action> &out) const
{
    std::vector<std::string> names;
    if (auto read = m_text.readTexts(value, path, names); !read) {
        return read;
    }
    for (const std::string &name : names) {
        const auto action = actionNamed(name);
        if (!action) {
            std::vector<std::string_view> known;
            for (std::size_t i = 0; i <= static_cast<std::size_t>(Action::Last); ++i) {
                known.push_back(actionName(static_cast<Action>(i)));
            }
            return m_text.notOneOf(value.byte, path, known);
        }
        out.push_back(*action);
    }
    return {};
}

Check AccessReader::readCollections(const Json &value, const std::string &path, std::vector<std::string> &out) const
{
    if (auto read = m_text.readTexts(value, path, out); !read) {
        return read;
    }
    for (const std::string &name : out) {
        if (auto valid = Core::validateCollectionName(name, Core::Limits{}); !valid) {
            return m_text.wrong(value.byte, path, valid.error().detail);
        }
    }
    return {};
}

Check AccessReader::readSensitivities(const Json &value, const std::string &path, std::vector<Core::Sensitivity> &out) const
{
    if (value.kind != Json::Kind::List) {
        return m_text.readSensitivity(value, path, out.emplace_back());
    }
    for (const Json &item : value.items) {
        if (auto read = m_text.readSensitivity(item, path, out.emplace_back()); !read) {
            return read;
        }
    }
    return out.empty() ? m_text.wrong(value.byte, path, "must not be empty; leave it out instead") : Check();
}

Check AccessReader::readConditions(const Json &value, const std::string &path, std::vector<AttributeCondition> &out) const
{
    return m_text.eachMember(value, path, [&](const Json::Member &member, const std::string &place) -> Check {
        AttributeCondition condition;
        condition.name = member.name;
        const std::string &text = member.value.text;
        if (member.value.kind == Json::Kind::Text && text.starts_with('$')) {
            if (!text.starts_with(sameAsPrefix) || text.size() == sameAsPrefix.size()) {
                return m_text.wrong(member.value.byte, place, "\"$operator.NAME\" is the operator's attribute; nothing else begins with $");
            }
            condition.sameAs = text.substr(sameAsPrefix.size());
        } else if (auto read = m_text.readTexts(member.value, place, condition.values); !read) {
            return read;
        }
        out.push_back(std::move(condition));
        return {};
    });
}

Check AccessReader::checkRule(const Json &value, const std::string &path, const AccessRule &rule) const
{
    if (rule.name.empty()) {
        return m_text.wrong(value.byte, path, "needs a name, which refusals and the audit log give");
    }
    if (rule.isDeny && (rule.isReasonNeeded || rule.isApprovalNeeded)) {
        return m_text.wrong(value.byte, path, "denies, so no reason and no approval helps; leave them out");
    }
    if (rule.isApprovalNeeded && std::find(rule.actions.begin(), rule.actions.end(), Action::Approve) != rule.actions.end()) {
        return m_text.wrong(value.byte, path, "lets approve, which cannot need an approval itself; leave approval out");
    }
    if (!rule.isDeny && (rule.roles.empty() || rule.actions.empty())) {
        return m_text.wrong(value.byte, path, "allows, so it must name roles and actions");
    }
    return {};
}

Check AccessReader::readOperators(const Json &value, AccessRules &out) const
{
    out.operators.emplace();
    return m_text.eachMember(value, "operators", [&](const Json::Member &entry, const std::string &path) {
        OperatorEntry read;
        auto done = m_text.eachMember(entry.value, path, [&](const Json::Member &member, const std::string &place) -> Check {
            if (member.name == "roles") {
                return readRoles(member.value, place, read.roles);
            }
            if (member.name == "attributes") {
                return m_text.eachMember(member.value, place, [&](const Json::Member &attribute, const std::string &name) {
                    return m_text.readText(attribute.value, name, read.attributes[attribute.name]);
                });
            }
            return m_text.unknown(member, place, "roles and attributes");
        });
        out.operators->emplace(entry.name, std::move(read));
        return done;
    });
}

}  // namespace Satchel::Server
