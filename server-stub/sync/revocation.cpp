// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "revocation.h"

namespace Satchel::Server {

Core::Result<RevokeAnswer> revokeDevice(WriteTransaction &log, const RevokeRequest &request, std::chrono::milliseconds now)
{
    const auto isErased = log.isErased(request.user);
    if (!isErased) {
        return Core::failure(isErased.error());
    }
    if (*isErased) {
        return RevokeAnswer(Core::failure(goneError()));
    }
    auto owner = log.owner(request.user, now);
    if (!owner) {
        return Core::failure(std::move(owner.error()));
    }
    const auto device = (*owner)->devices.find(request.target);
    if (device == (*owner)->devices.end()) {
        return RevokeAnswer(
            Core::failure(Core::makeError(Core::ErrorCode::NotFound, Core::ErrorReason::None, "the user has no such device")));
    }
    bool &mark = request.how == ShutdownReason::Wiped ? device->second.isWiped : device->second.isRevoked;
    const bool wasRevoked = std::exchange(mark, true);
    device->second.isChanged = device->second.isChanged || !wasRevoked;
    return RevokeAnswer(RevokeOutcome{wasRevoked});
}

Core::Result<EraseAnswer> eraseUser(WriteTransaction &log, EraseRequest &request, std::chrono::milliseconds now)
{
    const auto wasErased = log.isErased(request.user);
    if (!wasErased) {
        return Core::failure(wasErased.error());
    }
    auto erased = log.erase(request.user, now);
    if (!erased) {
        return Core::failure(std::move(erased.error()));
    }
    if (!*erased) {
        return EraseAnswer(
            Core::failure(Core::makeError(Core::ErrorCode::NotFound, *wasErased ? Core::ErrorReason::UserGone : Core::ErrorReason::None,
                                          *wasErased ? "the user was erased before" : "there is no such user")));
    }
    // The reason is the operator's and stays; whom it was about is what must not.
    std::string reason = std::move(request.record.personal.reason);
    Wire::clearSubject(request.record);
    request.record.personal.reason = std::move(reason);
    request.record.erasure = Wire::AuditErasure{(*erased)->hash, (*erased)->documentCount, (*erased)->eventCount, (*erased)->deviceCount};
    return EraseAnswer(EraseOutcome{std::move(**erased), now});
}

}  // namespace Satchel::Server
