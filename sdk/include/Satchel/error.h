// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/satchelglobal.h>

#include <QtCore/QMetaType>
#include <QtCore/QObject>
#include <QtCore/QSharedDataPointer>
#include <QtCore/QString>

#include <chrono>

namespace Satchel {

class ErrorData;

/// An expected failure, as a value. Decide by `code()` and `reason()`, which never change their meaning; `message()` is for developers and
/// logs: English, no values of the user, says what to do. Text for people is the app's own.
///
/// Cheap to copy (implicitly shared); may be used from any thread.
class SATCHEL_EXPORT Error {
    Q_GADGET
    Q_PROPERTY(Code code READ code CONSTANT)
    Q_PROPERTY(Reason reason READ reason CONSTANT)
    Q_PROPERTY(QString message READ message CONSTANT)
    Q_PROPERTY(QString id READ id CONSTANT)
    Q_PROPERTY(bool retryable READ isRetryable CONSTANT)

public:
    /// Category: the Connect/gRPC set with its numbers. Append-only.
    enum class Code {
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
    Q_ENUM(Code)

    /// Exact cause within a code. Append-only; a number that this version does not know is kept as it is.
    enum class Reason {
        None = 0,
        MalformedInput = 1,     ///< bytes or text that do not parse
        LimitExceeded = 2,      ///< a size, count or depth is over the limit
        InvalidUtf8 = 3,        ///< text with a lone surrogate, or bytes that are not UTF-8
        InvalidName = 4,        ///< a collection name, key or field name that the rules do not allow
        FieldKindMismatch = 5,  ///< e.g. an increment of a field that is not declared a counter
        DocumentScopeRequired = 6,
        NotRepresentable = 7,   ///< a value or type that cannot be kept without loss
        ExpectationFailed = 8,  ///< somebody else wrote to a strong collection first
        CounterGap = 9,
        DeviceCloned = 10,
        DeviceRevoked = 11,  ///< this device was locked out by an operator
        CursorTooOld = 12,
        EpochChanged = 13,
        ProtocolVersion = 14,  ///< the server and this SDK share no protocol version
        UnexpectedFrame = 15,
        TokenMissing = 16,
        TokenInvalid = 17,
        TokenExpired = 18,  ///< local data stays usable; sync goes on with a fresh token
        RoleMissing = 19,
        PolicyDenied = 20,
        QuotaExceeded = 21,
        Overloaded = 22,
        ShuttingDown = 23,
        ServerReadOnly = 24,
        StorageFull = 25,
        StorageReadOnly = 26,
        StorageIo = 27,
        StoreLocked = 28,  ///< another process has this user's store open
        StoreDamaged = 29,
        WrongKey = 30,
        KeyMissing = 31,    ///< the store exists and what its key is made from does not
        SchemaTooNew = 32,  ///< the store was written by a newer version
        NetworkUnreachable = 33,
        NetworkTimeout = 34,
        NotSatchelServer = 35,    ///< something else answered: a captive portal, a proxy
        OfflineStrongWrite = 36,  ///< a strong collection cannot be written offline unless asked to queue
        UnknownMethod = 37,
        UnsupportedMediaType = 38,
        ClosedStore = 39,  ///< the client is not open (any more)
        UserGone = 40,
        TokenOfAnotherUser = 41,   ///< the token provider gave the token of somebody other than ClientOptions::user
        KeychainUnavailable = 42,  ///< this machine has no keychain service: start one, or keep the key elsewhere
        KeychainLocked = 43,       ///< the keychain is locked, or the user would not unlock it
        KeychainNotReady = 44,     ///< the keychain does not answer yet: try again
        KeyDamaged = 45,           ///< what the keychain or the key file holds is not a key
        KeyFileUnsafe = 46,        ///< the key file can be read by others: chmod 600
        HistoryExpired = 47,       ///< written so long ago that the server cannot tell any more how it fits: look, and write anew
        ReasonNeeded = 48,         ///< an operator must say why
        ApprovalNeeded = 49,       ///< another operator must approve it first
    };
    Q_ENUM(Reason)

    /// When the same call can succeed.
    enum class Retry {
        Never,        ///< the call itself is wrong
        Later,        ///< by itself, after `retryAfter()` or with back-off
        AfterSignIn,  ///< once there is a fresh token
        AfterChange,  ///< once a person or the app has changed something: key, disk space, policy
    };
    Q_ENUM(Retry)

    /// UNKNOWN without a reason.
    Error();
    Error(Code code, Reason reason, const QString &message, Retry retry = Retry::Never, std::chrono::milliseconds retryAfter = {});
    Error(const Error &other);
    Error(Error &&other) noexcept;
    Error &operator=(const Error &other);
    Error &operator=(Error &&other) noexcept;
    ~Error();

    [[nodiscard]] Code code() const;
    [[nodiscard]] Reason reason() const;
    [[nodiscard]] QString message() const;
    [[nodiscard]] Retry retry() const;
    /// True unless `retry()` is Never.
    [[nodiscard]] bool isRetryable() const;
    /// The server's wish, 0 if it stated none.
    [[nodiscard]] std::chrono::milliseconds retryAfter() const;

    /// "SAT-" and the four digits of the reason's number: "SAT-0030". Never changes its meaning; docs/errors.md has a section for each,
    /// with the cause and what to do. "SAT-0000" without a reason.
    [[nodiscard]] QString id() const;
    /// Stable names for logs and scripts: "invalid_argument", "LIMIT_EXCEEDED".
    [[nodiscard]] QString codeName() const;
    [[nodiscard]] QString reasonName() const;
    /// "invalid_argument/LIMIT_EXCEEDED: message".
    [[nodiscard]] QString toString() const;

    friend SATCHEL_EXPORT bool operator==(const Error &a, const Error &b);
    friend bool operator!=(const Error &a, const Error &b) { return !(a == b); }

private:
    QSharedDataPointer<ErrorData> d;
};

}  // namespace Satchel

Q_DECLARE_METATYPE(Satchel::Error)
