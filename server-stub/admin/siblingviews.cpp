// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "siblingviews.h"

#include "server-stub/admin/command.h"

#include <algorithm>
#include <tuple>

namespace Satchel::Server {

Core::Error notFound(std::string detail)
{
    return Core::makeError(Core::ErrorCode::NotFound, Core::ErrorReason::None, std::move(detail));
}

Core::Result<std::vector<Wire::Admin::SiblingView>> siblingViews(const std::vector<Core::Sibling> &siblings, const Core::UserId &user,
                                                                 bool isMasked, AdminView &view)
{
    std::vector<Wire::Admin::SiblingView> out;
    out.reserve(siblings.size());
    for (const Core::Sibling &sibling : siblings) {
        auto origin = view.writeOrigin(user, sibling.dot);
        if (!origin) {
            return Core::failure(std::move(origin.error()));
        }
        Wire::Admin::SiblingView one;
        one.dot = sibling.dot;
        one.isMasked = isMasked;
        if (!isMasked) {
            one.value = sibling.value;
        }
        one.deviceName = std::move(origin->deviceName);
        one.written = std::chrono::milliseconds(static_cast<std::int64_t>(sibling.stamp.milliseconds()));
        one.received = origin->received;
        out.push_back(std::move(one));
    }
    return out;
}

std::vector<Core::Sibling> shownFirst(std::vector<Core::Sibling> siblings)
{
    std::sort(siblings.begin(), siblings.end(),
              [](const Core::Sibling &a, const Core::Sibling &b) { return std::tie(b.stamp, b.dot) < std::tie(a.stamp, a.dot); });
    return siblings;
}

}  // namespace Satchel::Server
