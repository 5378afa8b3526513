// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace Satchel::Core {

/// Outcome category of a failed operation: the Connect/gRPC set, with the same numbers. Append-only; mirrored in proto (ErrorCode).
enum class ErrorCode : std::uint8_t {
    Cancelled = 1,
    Unknown = 2,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    NotFound = 5,
    AlreadyExists = 6,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Aborted = 10,
    OutOfRange = 11,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
    DataLoss = 15,
    Unauthenticated = 16,
};

/// The exact, machine-readable cause within a code. Append-only; mirrored in proto (ErrorReason) with the same numbers.
enum class ErrorReason : std::uint16_t {
    None = 0,
    MalformedInput = 1,         ///< bytes or text that do not parse
    LimitExceeded = 2,          ///< a limit of Core::Limits or of the server was passed
    InvalidUtf8 = 3,            ///< a name or string is not UTF-8
    InvalidName = 4,            ///< a collection, key or field name that the rules do not allow
    FieldKindMismatch = 5,      ///< an op that the field's kind (register, counter, set) does not have
    DocumentScopeRequired = 6,  ///< a last_writer collection takes whole-document mutations only
    NotRepresentable = 7,       ///< a value that the target type cannot hold without loss
    ExpectationFailed = 8,      ///< a strong collection's expected dot no longer holds
    CounterGap = 9,             ///< a device's mutations did not arrive in counter order
    DeviceCloned = 10,          ///< another copy of this device's store is in use
    DeviceRevoked = 11,
    CursorTooOld = 12,
    EpochChanged = 13,
    ProtocolVersion = 14,  ///< the two sides share no protocol version
    UnexpectedFrame = 15,  ///< a well-formed frame where the protocol does not allow it
    TokenMissing = 16,
    TokenInvalid = 17,
    TokenExpired = 18,
    RoleMissing = 19,
    PolicyDenied = 20,
    QuotaExceeded = 21,
    Overloaded = 22,
    ShuttingDown = 23,
    ServerReadOnly = 24,
    StorageFull = 25,
    StorageReadOnly = 26,
    StorageIo = 27,     ///< the disk answered with an error; the connection must be reopened
    StoreLocked = 28,   ///< another process has the store open
    StoreDamaged = 29,  ///< pages fail their check although the key is right
    WrongKey = 30,
    KeyMissing = 31,    ///< the store exists and its key is not there
    SchemaTooNew = 32,  ///< written by a newer version of the program
    NetworkUnreachable = 33,
    NetworkTimeout = 34,
    NotSatchelServer = 35,  ///< something else answered: a captive portal, a proxy, another service
    OfflineStrongWrite = 36,
    UnknownMethod = 37,
    UnsupportedMediaType = 38,
    ClosedStore = 39,
    UserGone = 40,
    TokenOfAnotherUser = 41,   ///< the token is good, but the store is another user's
    KeychainUnavailable = 42,  ///< this machine has no keychain service
    KeychainLocked = 43,       ///< the keychain is locked, or the user would not unlock it
    KeychainNotReady = 44,     ///< the keychain does not answer yet
    KeyDamaged = 45,           ///< what is kept as the key is not one
    KeyFileUnsafe = 46,        ///< others may read the key file
    HistoryExpired = 47,       ///< the log no longer knows whether the write was applied, or what its writer saw
    ReasonNeeded = 48,         ///< an operator must say why
    ApprovalNeeded = 49,       ///< another operator must approve it first
};

/// When the same call can succeed.
enum class Retry : std::uint8_t {
    Never,        ///< the call itself is wrong
    Later,        ///< by itself, after Error::retryAfter or with back-off
    AfterSignIn,  ///< once there is a fresh token
    AfterChange,  ///< once a person or the app has changed something (key, disk space, policy)
};

/// An expected failure. `detail` is for developers: English, no user data, says what to do. Text for people is made at the edge.
struct Error {
    ErrorCode code = ErrorCode::Unknown;
    ErrorReason reason = ErrorReason::None;
    std::string detail;
    Retry retry = Retry::Never;
    std::chrono::milliseconds retryAfter{0};

    friend bool operator==(const Error &, const Error &) = default;
};

/// Lower-case snake name ("invalid_argument"), the one Connect uses; "unknown" for a number outside the set.
[[nodiscard]] std::string_view codeName(ErrorCode code);
/// Upper-case snake name ("WRONG_KEY"); "NONE" for a number outside the set.
[[nodiscard]] std::string_view reasonName(ErrorReason reason);
/// "invalid_argument/LIMIT_EXCEEDED: detail", for logs.
[[nodiscard]] std::string describe(const Error &error);

[[nodiscard]] Error invalidArgument(ErrorReason reason, std::string detail);
[[nodiscard]] Error unavailable(ErrorReason reason, std::string detail, std::chrono::milliseconds retryAfter = {});
[[nodiscard]] Error makeError(ErrorCode code, ErrorReason reason, std::string detail, Retry retry = Retry::Never);

}  // namespace Satchel::Core
