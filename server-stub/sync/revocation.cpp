// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "revocation.h"

namespace Satchel::Server {

Core::Result<RevokeAnswer> revokeDevice(WriteTransaction &log, const RevokeRequest &request, std::chrono::milliseconds now)
{
    auto owner = log.owner(request.user, now);
    if (!owner) {
        return Core::failure(std::move(owner.error()));
    }
    const auto device = (*owner)->devices.find(request.target);
    if (device == (*owner)->devices.end()) {
        return RevokeAnswer(
            Core::failure(Core::makeError(Core::ErrorCode::NotFound, Core::ErrorReason::None, "the user has no such device")));
    }
    const bool wasRevoked = std::exchange(device->second.isRevoked, true);
    device->second.isChanged = device->second.isChanged || !wasRevoked;
    return RevokeAnswer(RevokeOutcome{wasRevoked});
}

}  // namespace Satchel::Server
