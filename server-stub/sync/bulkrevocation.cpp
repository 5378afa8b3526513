// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "bulkrevocation.h"

namespace Satchel::Server {

Core::Result<RevokeManyAnswer> revokeDevices(WriteTransaction &log, const RevokeManyRequest &request, std::chrono::milliseconds now)
{
    for (const RevokeManyRequest::Target &target : request.targets) {
        const auto isErased = log.isErased(target.user);
        if (!isErased) {
            return Core::failure(isErased.error());
        }
        if (*isErased) {
            return RevokeManyAnswer(Core::failure(goneError()));
        }
        auto owner = log.owner(target.user, now);
        if (!owner) {
            return Core::failure(std::move(owner.error()));
        }
        if (!(*owner)->devices.contains(target.device)) {
            return RevokeManyAnswer(Core::failure(Core::makeError(Core::ErrorCode::NotFound, Core::ErrorReason::None,
                                                                  "one of the devices is not there any more", Core::Retry::AfterChange)));
        }
    }
    RevokeManyOutcome outcome;
    for (const RevokeManyRequest::Target &target : request.targets) {
        auto revoked = revokeDevice(log, {target.user, target.device, {}, ShutdownReason::Revoked}, now);
        if (!revoked) {
            return Core::failure(std::move(revoked.error()));
        }
        outcome.wereRevoked.push_back(*revoked && (*revoked)->wasRevoked);
    }
    return RevokeManyAnswer(std::move(outcome));
}

}  // namespace Satchel::Server
