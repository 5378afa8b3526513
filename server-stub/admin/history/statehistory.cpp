// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "statehistory.h"

#include "server-stub/admin/history/historypoint.h"
#include "server-stub/admin/history/historyviews.h"
#include "server-stub/admin/page.h"
#include "server-stub/store/projection.h"

#include <algorithm>
#include <map>

namespace Satchel::Server {

namespace {

/// Oldest first, so that each document is folded once and then goes on with its events.
Core::Result<std::vector<Wire::Admin::HistoryEvent>> eventsOf(const std::vector<LoggedEvent> &rows, const HistoryViews &views,
                                                              const Core::PolicySet &policies)
{
    std::map<Core::DocumentId, std::optional<DocumentRow>> states;
    std::vector<Wire::Admin::HistoryEvent> out;
    for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
        const Core::DocumentId &id = row->event.mutation.document;
        auto state = states.find(id);
        if (state == states.end()) {
            auto before = views.rowBefore(row->event);
            if (!before) {
                return Core::failure(std::move(before.error()));
            }
            state = states.emplace(id, std::move(*before)).first;
        }
        auto event = views.event(*row, state->second);
        if (!event) {
            return Core::failure(std::move(event.error()));
        }
        out.push_back(std::move(*event));
        if (row->isBroughtBack) {
            states.erase(state);
        } else if (state->second) {
            static_cast<void>(project(*state->second, row->event, policies.of(id.collection)));
        }
    }
    std::ranges::reverse(out);
    return out;
}

}  // namespace

Core::Result<Wire::Admin::StateHistoryResponse> StateHistory::handle(AdminCall &call, const Wire::Admin::StateHistoryRequest &request,
                                                                     AdminView &view) const
{
    const Core::UserId user{call.caller.user.tenant, request.user};
    if (request.collection.empty() != request.key.empty()) {
        return Core::failure(
            Core::invalidArgument(Core::ErrorReason::MalformedInput, "a history is of one document, or of the whole user"));
    }
    const auto page =
        Page::open(m_context.tokens, {"State/History", user.tenant, request.user, request.collection, request.key}, request.page);
    if (!page) {
        return Core::failure(page.error());
    }
    const auto policies = call.policies;
    HistoryViews views(user, call.mask, *policies, view);
    if (auto loaded = views.load(); !loaded) {
        return Core::failure(std::move(loaded.error()));
    }
    EventsQuery query;
    query.user = user;
    if (!request.key.empty()) {
        query.document = Core::DocumentId{request.collection, request.key};
    }
    if (!page->place().empty()) {
        query.from = static_cast<std::uint64_t>(placeNumber(page->place().front()));
    }
    query.rowsMax = page->rowsToAsk();
    auto rows = view.events(query);
    auto extent = view.logExtent(user);
    if (!rows || !extent) {
        return Core::failure(std::move(!rows ? rows.error() : extent.error()));
    }
    Wire::Admin::StateHistoryResponse response;
    response.beginsAfterSeq = extent->begin;
    response.nextToken = page->close(*rows, [&](const LoggedEvent &last) {
        return Page::Place{std::to_string(query.document ? last.event.previousSeq : last.event.seq - 1)};
    });
    auto events = eventsOf(*rows, views, *policies);
    if (!events) {
        return Core::failure(std::move(events.error()));
    }
    response.events = std::move(*events);
    return response;
}

}  // namespace Satchel::Server
