// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "historypoint.h"

namespace Satchel::Server {

Core::Result<std::uint64_t> placeOf(const Core::UserId &user, const Wire::Admin::HistoryPoint &point, AdminView &view)
{
    auto extent = view.logExtent(user);
    if (!extent) {
        return Core::failure(std::move(extent.error()));
    }
    if (!extent->isKnown) {
        return Core::failure(notFound("there is no such user"));
    }
    if (point.seq) {
        return *point.seq;
    }
    return point.time ? view.seqAt(user, *point.time) : Core::Result<std::uint64_t>(extent->head);
}

std::string textOf(const Wire::Admin::HistoryPoint &point)
{
    if (point.seq) {
        return "seq " + std::to_string(*point.seq);
    }
    return point.time ? "time " + std::to_string(point.time->count()) : "now";
}

Core::Result<void> checkScope(const std::string &collection, const std::string &key)
{
    if (collection.empty() && !key.empty()) {
        return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, "a key needs its collection"));
    }
    return {};
}

}  // namespace Satchel::Server
