// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/sync/enginetypes.h"
#include "core/result.h"
#include "wire/frames.h"

#include <QObject>
#include <QUrl>

#include <functional>
#include <memory>
#include <string>

namespace Satchel::Sync {

/// One attempt to carry frames to the server and back; used once. Lives on the engine's thread.
///
/// After open() comes opened(), then received() for each frame, in order, and at the end failed(), once, after which nothing more comes.
/// close() ends it without a signal. Errors: UNAUTHENTICATED (the token was not taken), PERMISSION_DENIED, UNAVAILABLE/NETWORK_UNREACHABLE,
/// NETWORK_TIMEOUT, NOT_SATCHEL_SERVER, OVERLOADED with retryAfter, or what the server's answer said.
class Transport : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    virtual void open(const QUrl &server, const std::string &token) = 0;
    virtual void send(const Wire::ClientFrame &frame) = 0;
    virtual void close() = 0;
    /// Asks the server for a sign of life, where the carrier can.
    virtual void ping() {}

Q_SIGNALS:
    void opened();
    void received(const Satchel::Wire::ServerFrame &frame);
    void failed(const Satchel::Core::Error &error);
};

/// Makes the transport of an attempt, on the engine's thread. EngineOptions::makeTransport replaces the real ones in tests.
using TransportFactory = std::function<std::unique_ptr<Transport>(Carrier carrier)>;

/// Plain http is for this machine only: FAILED_PRECONDITION otherwise, before a byte of the token is sent. INVALID_ARGUMENT for other
/// schemes.
[[nodiscard]] Core::Result<void> checkServerUrl(const QUrl &url);

/// Path of the sync endpoint under the server's base URL.
[[nodiscard]] QString syncPath(const QUrl &server);

/// A fresh id of a trace: 32 hex digits.
[[nodiscard]] QByteArray newTraceId();
/// The header traceparent (W3C Trace Context) of one request of a trace; the server's log has the trace's id with what it did for it.
[[nodiscard]] QByteArray traceParent(const QByteArray &traceId);

/// The error that an HTTP status of the server means; UNAVAILABLE/NOT_SATCHEL_SERVER for one that it never sends.
[[nodiscard]] Core::Error errorFromStatus(int status);

}  // namespace Satchel::Sync
