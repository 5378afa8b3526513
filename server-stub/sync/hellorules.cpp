// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "hellorules.h"

#include <algorithm>

namespace Satchel::Server {

using Core::ErrorCode;
using Core::ErrorReason;
using Core::Retry;

namespace {

/// The device has read a log that this one does not continue: its server was restored from a backup, or made anew.
bool comesFromElsewhere(const Wire::Cursor &cursor, std::uint64_t epoch, std::uint64_t head)
{
    return cursor.epoch != 0 && (cursor.epoch != epoch || cursor.seq > head);
}

/// The first bytes of a lease name the round in which it was given: as long as the device presents the same lease, because Welcomes of its
/// were lost or Hellos of connections long dead arrive late, each Welcome's lease is another one of the same round. Any of them may be the
/// one that the device has kept; the first that it presents begins the next round.
constexpr std::size_t roundBytes = 8;

std::string_view roundOf(std::string_view lease)
{
    return lease.substr(0, roundBytes);
}

bool isGiven(const DeviceRow &device, const std::string &lease)
{
    return lease == device.presentedLease || roundOf(lease) == roundOf(device.newestLease);
}

std::string nextLease(const DeviceRow &device, const HelloRequest &request)
{
    const bool isSameRound = !device.newestLease.empty() && device.epoch == request.epoch && request.hello.lease == device.presentedLease;
    return isSameRound ? std::string(roundOf(device.newestLease)) + request.newLease : request.newLease;
}

Core::Result<void> checkDevice(const DeviceRow &device, const HelloRequest &request)
{
    const Wire::Hello &hello = request.hello;
    if (auto isIn = admitted(device.isRevoked, device.isWiped); !isIn) {
        return isIn;
    }
    if (device.isOperator) {
        return Core::failure(Core::makeError(ErrorCode::FailedPrecondition, ErrorReason::DeviceCloned, "an operator writes under this id",
                                             Retry::AfterChange));
    }
    if (device.newestLease.empty()) {
        return {};
    }
    // A backup's leases are older than those that devices have had since.
    const bool isFirstOfEpoch = device.epoch != request.epoch;
    if (!isFirstOfEpoch && !isGiven(device, hello.lease)) {
        return Core::failure(Core::makeError(ErrorCode::FailedPrecondition, ErrorReason::DeviceCloned,
                                             "another copy of this store has taken the lease", Retry::AfterChange));
    }
    if (hello.lastCounter < device.lastCounter) {
        return Core::failure(Core::makeError(ErrorCode::FailedPrecondition, ErrorReason::DeviceCloned,
                                             "the log has more mutations of this device than its store", Retry::AfterChange));
    }
    return {};
}

void decideResume(HelloOutcome &outcome, const Wire::Cursor &cursor, std::uint64_t epoch)
{
    if (cursor.epoch == epoch && cursor.seq <= outcome.head) {
        outcome.from = cursor.seq;
        return;
    }
    outcome.resume = Wire::Resume::Snapshot;
    outcome.reason = cursor.epoch == 0 ? Wire::SnapshotReason::NewDevice : Wire::SnapshotReason::EpochChanged;
}

/// What the device's earlier life means for this log: docs/decisions/0009.
void noteFormerLife(DeviceRow &device, const HelloRequest &request, std::uint64_t head)
{
    const Wire::Hello &hello = request.hello;
    const bool isFirstOfEpoch = device.epoch != request.epoch;
    if (comesFromElsewhere(hello.cursor, request.epoch, head)) {
        device.lastCounter = std::max(device.lastCounter, hello.settledCounter);
        device.formerCounter = hello.lastCounter;
        device.canRecover = true;
        device.cursor = 0;
    } else if (isFirstOfEpoch) {
        // A copy that took a new name on the way still holds what its first name had read.
        device.formerCounter = 0;
        device.canRecover = hello.isRecovering;
        device.cursor = 0;
    }
    device.settledCounter = std::max(device.settledCounter, hello.settledCounter);
    device.epoch = request.epoch;
}

}  // namespace

Core::Result<HelloAnswer> openSession(WriteTransaction &log, const HelloRequest &request, std::chrono::milliseconds now)
{
    // An app that hands out the token of another account must not mix two users' states.
    if (request.hello.owner != Core::UserId{} && request.hello.owner != request.user) {
        return HelloAnswer(Core::failure(Core::makeError(ErrorCode::Unauthenticated, ErrorReason::TokenOfAnotherUser,
                                                         "the token is not of the user whose store this is", Retry::AfterSignIn)));
    }
    auto found = log.owner(request.user, now);
    if (!found) {
        return Core::failure(std::move(found.error()));
    }
    OwnerRow &owner = **found;
    auto device = owner.devices.find(request.hello.device.id);
    if (device == owner.devices.end()) {
        if (owner.devices.size() >= request.devicesMax) {
            return HelloAnswer(Core::failure(Core::makeError(ErrorCode::ResourceExhausted, ErrorReason::QuotaExceeded,
                                                             "the user has too many devices", Retry::AfterChange)));
        }
        auto added = log.addDevice(owner, request.hello.device.id);
        if (!added) {
            return Core::failure(std::move(added.error()));
        }
        device = owner.devices.find(request.hello.device.id);
    } else if (auto checked = checkDevice(device->second, request); !checked) {
        noteRefusal(device->second, checked.error(), now);
        return HelloAnswer(Core::failure(std::move(checked.error())));
    }
    DeviceRow &row = device->second;
    row.newestLease = nextLease(row, request);
    row.presentedLease = request.hello.lease;
    noteFormerLife(row, request, owner.head);
    row.name = request.hello.device.name;
    row.platform = request.hello.device.platform;
    row.appVersion = request.hello.device.appVersion;
    row.sdkVersion = request.hello.device.sdkVersion;
    row.lastSeen = now;
    row.tokenExpires = request.tokenExpires;
    row.isChanged = true;
    owner.lastSeen = now;
    owner.attributes = request.attributes;
    owner.isChanged = true;
    HelloOutcome outcome;
    outcome.lease = row.newestLease;
    outcome.head = owner.head;
    outcome.acceptedThrough = row.lastCounter;
    decideResume(outcome, request.hello.cursor, request.epoch);
    return HelloAnswer(std::move(outcome));
}

}  // namespace Satchel::Server
