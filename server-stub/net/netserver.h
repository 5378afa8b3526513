// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"
#include "server-stub/net/router.h"
#include "server-stub/net/tlsidentity.h"
#include "server-stub/ops/log.h"
#include "server-stub/ops/options.h"
#include "server-stub/sync/sessionrunner.h"

#include <memory>

namespace Satchel::Server {

/// One listening port for HTTP/1.1 and WebSocket, served by a few threads with an event loop each; a connection lives on one of them.
class NetServer {
public:
    NetServer(NetSettings settings, SessionServices &services, Log &log);
    ~NetServer();
    NetServer(const NetServer &) = delete;
    NetServer &operator=(const NetServer &) = delete;

    /// Routes are added before start().
    [[nodiscard]] Router &router();
    /// Before start(): every connection speaks TLS.
    void useTls(std::unique_ptr<TlsIdentity> identity);
    /// Reads the certificate anew. Thread-safe.
    void reload();
    /// POST /v1/sync; answered on the lane that the session lives on.
    void addPolling();

    /// Listens and serves. UNAVAILABLE if the address cannot be had.
    [[nodiscard]] Core::Result<void> start();
    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] std::size_t connectionCount() const;
    /// What waits to be sent.
    [[nodiscard]] std::size_t backlogBytes() const;
    /// No new connections from here on.
    void stopAccepting();
    /// Waits until sessions have closed and requests are answered, at most `patience`, then cuts what is left and joins the threads.
    void stop(std::chrono::milliseconds patience);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

}  // namespace Satchel::Server
