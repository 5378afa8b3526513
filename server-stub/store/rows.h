// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/document.h"
#include "core/error.h"
#include "core/ids.h"
#include "core/mutation.h"
#include "core/result.h"
#include "wire/codec.h"
#include "wire/frames.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace Satchel::Server {

/// A device of an owner. Within a transaction it is changed in place, marked, and written at commit.
struct DeviceRow {
    std::int64_t id = 0;  ///< the back end's
    Core::DeviceId device;
    std::uint64_t lastCounter = 0;  ///< highest counter processed
    std::string newestLease;        ///< of the only session whose pushes are taken
    std::string presentedLease;     ///< what was presented when the newest was given, and others of its round
    std::uint64_t cursor = 0;
    std::string name;
    std::string platform;
    std::string appVersion;
    std::string sdkVersion;
    std::chrono::milliseconds lastSeen{0};
    bool isRevoked = false;
    bool isWiped = false;                  ///< it shall destroy its copy; never takes part again
    std::chrono::milliseconds refused{0};  ///< when its Hello or a push was last refused; 0: never
    std::optional<Core::ErrorCode> refusedCode;
    Core::ErrorReason refusedReason = Core::ErrorReason::None;
    std::uint64_t epoch = 0;  ///< of its latest Hello
    std::uint64_t formerCounter =
        0;  ///< the last mutation that it had made when it came from another epoch; what was taken there is not above it
    std::uint64_t settledCounter = 0;           ///< its latest Hello had the answers to its mutations up to here
    std::uint64_t compactedCounter = 0;         ///< the log may have forgotten its mutations up to here
    bool canRecover = false;                    ///< it came from another epoch and has not pushed since
    std::chrono::milliseconds tokenExpires{0};  ///< of the last token that a session of it had; 0: not known
    bool isOperator = false;                    ///< what an operator writes as: no installation, and never has a session
    bool isChanged = false;
};

/// What a revoked device is told, whatever it asks for.
[[nodiscard]] inline Core::Error revokedError()
{
    return Core::makeError(Core::ErrorCode::PermissionDenied, Core::ErrorReason::DeviceRevoked, "the device was revoked");
}

/// What the devices of a user are told whose key was destroyed: that what they keep of the user must go as well.
[[nodiscard]] inline Core::Error goneError()
{
    return Core::makeError(Core::ErrorCode::PermissionDenied, Core::ErrorReason::UserGone, "the user was erased");
}

/// What a device is told that shall destroy its copy; its user may go on, as a new device.
[[nodiscard]] inline Core::Error wipedError()
{
    return Core::makeError(Core::ErrorCode::PermissionDenied, Core::ErrorReason::UserGone, "the device is to destroy what it has");
}

/// For operators: when and why the device could not go on.
inline void noteRefusal(DeviceRow &device, const Core::Error &why, std::chrono::milliseconds now)
{
    device.refused = now;
    device.refusedCode = why.code;
    device.refusedReason = why.reason;
    device.isChanged = true;
}

/// Whether the device may still take part: revokedError() or wipedError().
[[nodiscard]] inline Core::Result<void> admitted(bool isRevoked, bool isWiped)
{
    if (isRevoked || isWiped) {
        return Core::failure(isRevoked ? revokedError() : wipedError());
    }
    return {};
}

/// What was taken away of an erased user, and the keyed hash that stays.
struct ErasedUser {
    std::string hash;
    std::uint64_t documentCount = 0;
    std::uint64_t eventCount = 0;
    std::uint32_t deviceCount = 0;
};

/// An owner with all devices. Changed in place like a DeviceRow.
struct OwnerRow {
    std::int64_t id = 0;
    Core::UserId user;
    std::uint64_t head = 0;              ///< seq of the last event
    std::uint64_t compactedThrough = 0;  ///< events up to here have become states
    std::uint64_t documentCount = 0;
    std::uint64_t storedBytes = 0;  ///< of all documents, as stored
    std::uint64_t openConflictCount = 0;
    std::uint64_t originCount = 0;     ///< events that carry an origin; mostly 0, which saves a look-up a mutation
    std::uint64_t recoveredCount = 0;  ///< documents that devices brought back; mostly 0, which saves a look a mutation
    std::chrono::milliseconds created{0};
    std::chrono::milliseconds lastSeen{0};
    std::string attributes;  ///< what the user's latest token says of it: textOf(Attributes)
    std::map<Core::DeviceId, DeviceRow> devices;
    bool isChanged = false;
    /// What the transaction has added so far, for quotas; never stored. The counts above change at commit.
    std::int64_t grownDocuments = 0;
    std::int64_t grownBytesMax = 0;
    bool isGrowthExact = true;
};

/// Where a field in conflict became one.
struct ConflictMark {
    std::uint64_t seq = 0;
    std::chrono::milliseconds detected{0};
    friend bool operator==(const ConflictMark &, const ConflictMark &) = default;
};

/// A document as stored. Changed in place like a DeviceRow; the counts and the conflict index are made at commit.
///
/// `tracked` may hold fields with an empty state: a field that has vanished (a set whose last element was discarded) must still be named
/// in the deltas of devices that have it. `Server::stripped` gives the document without them.
struct DocumentRow {
    Core::DocumentId id;
    Wire::TrackedDocument tracked;
    std::uint64_t seq = 0;          ///< of the latest event; 0: never written
    Core::DeviceId lastDevice;      ///< writer of the latest event
    std::uint64_t otherSeq = 0;     ///< highest seq by any device but `lastDevice`
    std::size_t stateBytesMax = 0;  ///< upper bound of the encoded size
    std::size_t storedBytes = 0;    ///< as it was stored when the transaction read it
    std::uint32_t fieldCount = 0;
    std::uint32_t conflictCount = 0;
    std::chrono::milliseconds updated{0};
    std::map<std::string, ConflictMark> newConflicts;  ///< fields in conflict that were none in the stored row
    bool isChanged = false;
};

/// A mutation as the server accepted it.
struct EventRow {
    std::uint64_t seq = 0;
    std::uint64_t previousSeq = 0;  ///< of the same document; 0: the first
    std::chrono::milliseconds received{0};
    Core::Hlc written;        ///< stamp that the device gave
    Core::Mutation mutation;  ///< with the settled stamp
};

/// Which events may become states.
struct CompactionLimits {
    std::uint64_t through = 0;  ///< none after this one
    std::chrono::milliseconds receivedBefore{0};
    std::size_t eventsMax = 0;
    std::map<std::string, std::chrono::milliseconds, std::less<>> receivedBeforeOf{};  ///< of collections for which it is another time
};

/// Users by the back end's order of them, whose oldest event that is still one was received before then.
struct CompactableQuery {
    std::chrono::milliseconds receivedBefore{0};
    std::int64_t afterId = 0;
    std::size_t rowsMax = 0;
};

/// Documents of a collection that exist, have no open conflict, and whose latest event was received at `updatedUntil` or before; by owner
/// and key, behind the given ones.
struct UnchangedQuery {
    std::string collection;
    std::chrono::milliseconds updatedUntil{0};
    std::int64_t afterOwner = 0;
    std::string afterKey;
    std::size_t rowsMax = 0;
};

struct UnchangedDocument {
    std::int64_t owner = 0;  ///< the back end's
    Core::UserId user;
    std::string key;
};

struct CompactableUser {
    std::int64_t id = 0;
    Core::UserId user;
};

/// A processed mutation that changed nothing.
struct UnappliedRow {
    std::uint64_t counter = 0;
    Core::DocumentId document;
    Core::Hlc written;
    std::optional<Core::Error> refusal;  ///< none: a duplicate of its origin
};

/// What became of a dot that was processed before.
struct Disposition {
    Core::DocumentId document;
    Core::Hlc written;
    Core::Hlc settled;
    std::uint64_t seq = 0;                  ///< 0: not applied
    std::optional<Core::Mutation> applied;  ///< with the settled stamp
    std::optional<Core::Error> refusal;
    bool wasDuplicate = false;
};

/// A sibling that a rule made lose, with the one that won, as one field of a document.
struct OverwrittenRow {
    Core::DocumentId document;
    std::string field;
    std::uint64_t seq = 0;
    std::chrono::milliseconds detected{0};
    Core::Sibling winner;
    Core::Sibling loser;
};

struct DeltaQuery {
    Core::UserId user;
    Core::DeviceId device;
    std::uint64_t from = 0;
    bool isWhole = false;  ///< all fields: the device may have none of the documents behind `from`
    /// The device has everything up to here. It may be less than `from`: what was read in several pages had time to change behind and
    /// ahead of the reader, and a document that changed so must come with all that changed since, not since the page before.
    std::uint64_t fieldsFrom = UINT64_MAX;
    /// The device has taken in what became of its own mutations up to here. A document with a later one comes whole: the context that goes
    /// with it covers that mutation, so that the device will not apply it any more when it learns that it was accepted.
    std::uint64_t settledThrough = UINT64_MAX;
    std::uint64_t includeOwnThrough = 0;  ///< documents up to this seq come even if only the device itself wrote them after `from`
    std::size_t documentsMax = 1000;
    std::size_t rowsMax = 5000;
    std::size_t bytesMax = 256 * 1024;
};

/// The log from `from` to `to` as deltas in seq order.
struct DeltaPage {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::uint64_t head = 0;
    std::vector<Wire::DocumentDelta> documents;
};

}  // namespace Satchel::Server
