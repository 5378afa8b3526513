// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/document.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/mutation.h"
#include "core/policy.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// The frames of the sync protocol as plain values; proto/satchel/v1/sync.proto documents every member.
namespace Satchel::Wire {

inline constexpr std::uint32_t protocolVersion = 1;
inline constexpr std::size_t compressAboveBytes = 4 * 1024;
inline constexpr std::size_t pushMutationsMax = 1000;
inline constexpr std::size_t pushesInFlightMax = 4;
inline constexpr std::size_t changesInFlightMax = 8;
inline constexpr std::size_t probesInFlightMax = 16;
inline constexpr std::size_t recoverDocumentsMax = 1000;

struct Cursor {
    std::uint64_t epoch = 0;
    std::uint64_t seq = 0;
    friend auto operator<=>(const Cursor &, const Cursor &) = default;
};

struct DeviceInfo {
    Core::DeviceId id;
    std::string name;
    std::string platform;
    std::string appVersion;
    std::string sdkVersion;
    friend bool operator==(const DeviceInfo &, const DeviceInfo &) = default;
};

struct Hello {
    std::uint32_t versionMax = protocolVersion;
    std::uint32_t versionMin = protocolVersion;
    DeviceInfo device;
    Cursor cursor;
    std::string lease;
    std::uint64_t policyVersion = 0;
    bool canZstd = true;
    std::uint64_t lastCounter = 0;
    std::uint64_t settledCounter = 0;
    bool isInSnapshot = false;
    bool isRecovering = false;
    Core::UserId owner;  ///< of the device's store; both empty: not said
    friend bool operator==(const Hello &, const Hello &) = default;
};

struct Push {
    std::uint64_t pushId = 0;
    std::vector<Core::Mutation> mutations;
    friend bool operator==(const Push &, const Push &) = default;
};

struct Ack {
    Cursor cursor;
    friend bool operator==(const Ack &, const Ack &) = default;
};

struct Reauth {
    std::string token;
    friend bool operator==(const Reauth &, const Reauth &) = default;
};

struct DocumentDelta {
    Core::DocumentId id;
    std::uint64_t seq = 0;
    Core::Document state;
    friend bool operator==(const DocumentDelta &, const DocumentDelta &) = default;
};

struct Recover {
    std::uint64_t recoverId = 0;
    std::vector<DocumentDelta> documents;
    bool hasMore = false;
    friend bool operator==(const Recover &, const Recover &) = default;
};

struct Probe {
    std::uint64_t probeId = 0;
    friend bool operator==(const Probe &, const Probe &) = default;
};

using ClientFrame = std::variant<Hello, Push, Ack, Reauth, Recover, Probe>;

enum class Resume : std::uint8_t { Incremental, Snapshot };
enum class SnapshotReason : std::uint8_t { None, NewDevice, CursorTooOld, EpochChanged };

struct Welcome {
    std::uint32_t version = protocolVersion;
    std::string sessionId;
    std::uint64_t epoch = 0;
    std::chrono::milliseconds serverTime{0};
    std::uint64_t head = 0;
    std::string lease;
    std::optional<Core::PolicySet> policies;
    Core::Limits limits;
    Resume resume = Resume::Incremental;
    SnapshotReason snapshotReason = SnapshotReason::None;
    std::uint64_t acceptedThrough = 0;
    bool canZstd = true;
    bool isTestServer = false;
    std::chrono::seconds tokenExpiresAt{0};  ///< 0: not told
    friend bool operator==(const Welcome &, const Welcome &) = default;
};

struct Settled {
    std::uint64_t counter = 0;
    std::optional<Core::Hlc> stamp;
    std::optional<Core::Error> refusal;
    std::optional<Core::Document> current;
    bool wasDuplicate = false;
    friend bool operator==(const Settled &, const Settled &) = default;
};

struct Pushed {
    std::uint64_t pushId = 0;
    std::uint64_t acceptedThrough = 0;
    std::vector<std::uint64_t> seqs;
    std::vector<Settled> settled;
    friend bool operator==(const Pushed &, const Pushed &) = default;
};

struct Changes {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::vector<DocumentDelta> documents;
    bool hasMore = false;
    friend bool operator==(const Changes &, const Changes &) = default;
};

enum class NoticeKind : std::uint8_t { Revoked = 1, Wipe, ShuttingDown, ReadOnly, PolicyChanged, Busy, Superseded };

struct Notice {
    NoticeKind kind = NoticeKind::Busy;
    std::chrono::milliseconds retryAfter{0};
    std::optional<Core::PolicySet> policies;
    friend bool operator==(const Notice &, const Notice &) = default;
};

struct SessionError {
    Core::Error error;
    friend bool operator==(const SessionError &, const SessionError &) = default;
};

struct RecoverRefusal {
    Core::DocumentId id;
    Core::Error error;
    friend bool operator==(const RecoverRefusal &, const RecoverRefusal &) = default;
};

struct Recovered {
    std::uint64_t recoverId = 0;
    std::uint32_t healed = 0;
    std::vector<RecoverRefusal> refusals;
    friend bool operator==(const Recovered &, const Recovered &) = default;
};

struct Reauthed {
    std::chrono::seconds expiresAt{0};
    friend bool operator==(const Reauthed &, const Reauthed &) = default;
};

struct Probed {
    std::uint64_t probeId = 0;
    friend bool operator==(const Probed &, const Probed &) = default;
};

using ServerFrame = std::variant<Welcome, Pushed, Changes, Notice, SessionError, Recovered, Reauthed, Probed>;

struct SyncRequest {
    std::string sessionId;
    std::vector<ClientFrame> frames;
    std::chrono::milliseconds wait{0};
    friend bool operator==(const SyncRequest &, const SyncRequest &) = default;
};

struct SyncResponse {
    std::vector<ServerFrame> frames;
    friend bool operator==(const SyncResponse &, const SyncResponse &) = default;
};

}  // namespace Satchel::Wire
