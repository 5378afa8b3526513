// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "userslist.h"

namespace Satchel::Server {

namespace {

Core::Result<void> leaveOutHidden(std::vector<Wire::Admin::UserSummary> &users, const AdminCall &call, AdminView &view)
{
    std::vector<Wire::Admin::UserSummary> shown;
    for (Wire::Admin::UserSummary &user : users) {
        const auto hidden = isHidden(user.user, call, view);
        if (!hidden) {
            return Core::failure(hidden.error());
        }
        if (!*hidden) {
            shown.push_back(std::move(user));
        }
    }
    users = std::move(shown);
    return {};
}

}  // namespace

Core::Result<Wire::Admin::UsersListResponse> UsersList::handle(AdminCall &call, const Wire::Admin::UsersListRequest &request,
                                                               AdminView &view) const
{
    const PageTokens::Query bound{"Users/List", call.caller.user.tenant, request.search, request.onlyConflicted ? "1" : "0"};
    const auto rows = rowsOf(request.page);
    if (!rows) {
        return Core::failure(rows.error());
    }
    const auto place = m_context.tokens.open(bound, request.page.token);
    if (!place) {
        return Core::failure(place.error());
    }
    // One row more than the page tells whether there is a next one.
    auto users = view.users(UsersQuery{call.caller.user.tenant, request.search, request.onlyConflicted,
                                       place->empty() ? std::string() : place->front(), *rows + 1});
    if (!users) {
        return Core::failure(std::move(users.error()));
    }
    Wire::Admin::UsersListResponse response;
    response.users = std::move(*users);
    if (response.users.size() > *rows) {
        response.users.resize(*rows);
        response.nextToken = m_context.tokens.seal(bound, {response.users.back().user});
    }
    return leaveOutHidden(response.users, call, view).map([&response] { return std::move(response); });
}

}  // namespace Satchel::Server
