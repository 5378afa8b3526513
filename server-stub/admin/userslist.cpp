// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "userslist.h"

#include "page.h"

#include <algorithm>

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

using Wire::Admin::UserSummary;

constexpr std::string_view orderNames[] = {"user", "seen", "created", "documents", "conflicts", "events"};

/// What the row has in the field that the list is ordered by.
std::int64_t orderedNumber(UserOrder order, const UserSummary &user)
{
    switch (order) {
    case UserOrder::Seen:
        return user.lastSeen.count();
    case UserOrder::Created:
        return user.created.count();
    case UserOrder::Documents:
        return static_cast<std::int64_t>(user.documentCount);
    case UserOrder::Conflicts:
        return user.openConflictCount;
    case UserOrder::Events:
        return static_cast<std::int64_t>(user.head);
    case UserOrder::User:
        break;
    }
    return 0;
}

Core::Result<void> readOrder(std::string_view text, UsersQuery &query)
{
    query.isDescending = text.starts_with('-');
    text.remove_prefix(query.isDescending ? 1 : 0);
    const auto *found = text.empty() ? std::begin(orderNames) : std::find(std::begin(orderNames), std::end(orderNames), text);
    if (found == std::end(orderNames)) {
        return Core::failure(
            Core::invalidArgument(Core::ErrorReason::MalformedInput,
                                  "order is one of user, seen, created, documents, conflicts, events, or one with a - before it"));
    }
    query.order = static_cast<UserOrder>(found - std::begin(orderNames));
    return {};
}

}  // namespace

Core::Result<Wire::Admin::UsersListResponse> UsersList::handle(AdminCall &call, const Wire::Admin::UsersListRequest &request,
                                                               AdminView &view) const
{
    const std::string &tenant = call.caller.user.tenant;
    const auto page =
        Page::open(m_context.tokens,
                   {"Users/List", tenant, request.search, request.onlyConflicted ? "1" : "0", request.filter, request.order}, request.page);
    if (!page) {
        return Core::failure(page.error());
    }
    auto filter = filterOf(request.filter, Wire::Admin::userFields(), call);
    if (!filter) {
        return Core::failure(std::move(filter.error()));
    }
    UsersQuery query{tenant, request.search, request.onlyConflicted, {}, page->rowsToAsk(), std::move(*filter)};
    if (auto read = readOrder(request.order, query); !read) {
        return Core::failure(std::move(read.error()));
    }
    if (page->place().size() == 2) {
        query.afterUser = page->place()[0];
        query.afterNumber = placeNumber(page->place()[1]);
    }
    auto users = view.users(query);
    if (!users) {
        return Core::failure(std::move(users.error()));
    }
    Wire::Admin::UsersListResponse response;
    response.users = std::move(*users);
    response.nextToken = page->close(response.users, [&query](const UserSummary &last) {
        return Page::Place{last.user, std::to_string(orderedNumber(query.order, last))};
    });
    return leaveOutHidden(response.users, call, view).map([&response] { return std::move(response); });
}

}  // namespace Satchel::Server
