// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "action.h"

namespace Satchel::Server {

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
    case Action::WriteNotes:
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

bool isAllowedByRole(Action action, const Identity &caller)
{
    const auto roles = rolesOf(action);
    return std::any_of(roles.begin(), roles.end(), [&caller](std::string_view role) { return caller.hasRole(role); });
}

}  // namespace Satchel::Server
