// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "action.h"

namespace Satchel::Server {

std::string_view actionName(Action action)
{
    switch (action) {
    case Action::BrowseUsers:
        return "browse";
    case Action::ReadState:
        return "read";
    case Action::ReadHistory:
        return "history";
    case Action::ResolveConflicts:
        return "resolve";
    case Action::RestoreState:
        return "restore";
    case Action::ExportUser:
        return "export";
    case Action::EraseUser:
        return "erase";
    case Action::ManageDevices:
        return "devices";
    case Action::Notes:
        return "notes";
    case Action::ReadAudit:
        return "audit";
    case Action::ReadPolicies:
        return "policies";
    case Action::WritePolicies:
        return "change_policies";
    case Action::ReadStats:
        return "stats";
    case Action::Approve:
        return "approve";
    case Action::Operate:
        return "operate";
    case Action::Unmask:
        break;
    }
    return "unmask";
}

std::optional<Action> actionNamed(std::string_view name)
{
    for (std::size_t i = 0; i <= static_cast<std::size_t>(Action::Last); ++i) {
        if (name == actionName(static_cast<Action>(i))) {
            return static_cast<Action>(i);
        }
    }
    return std::nullopt;
}

std::span<const std::string_view> rolesOf(Action action)
{
    static constexpr std::string_view support[] = {roleSupport, roleAdmin};
    static constexpr std::string_view audit[] = {roleAuditor, roleAdmin};
    static constexpr std::string_view anyOperator[] = {roleSupport, roleAuditor, roleAdmin};
    static constexpr std::string_view admin[] = {roleAdmin};
    switch (action) {
    case Action::BrowseUsers:
    case Action::ReadState:
    case Action::ReadHistory:
    case Action::ResolveConflicts:
    case Action::RestoreState:
    case Action::Notes:
    case Action::Unmask:
    case Action::Approve:
        return support;
    case Action::ReadAudit:
        return audit;
    case Action::ReadPolicies:
    case Action::ReadStats:
        return anyOperator;
    case Action::ExportUser:
    case Action::EraseUser:
    case Action::ManageDevices:
    case Action::WritePolicies:
    case Action::Operate:
        break;
    }
    return admin;
}

std::string rolesNeeded(Action action)
{
    const auto roles = rolesOf(action);
    std::string out;
    for (std::size_t i = 0; i < roles.size(); ++i) {
        out += i == 0 ? "" : i + 1 == roles.size() ? " or " : ", ";
        out += roles[i];
    }
    return out;
}

}  // namespace Satchel::Server
