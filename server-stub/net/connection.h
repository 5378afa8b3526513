// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/net/beast.h"
#include "server-stub/net/router.h"
#include "server-stub/ops/options.h"
#include "server-stub/sync/sessionrunner.h"

#include <atomic>

namespace Satchel::Server {

/// What every connection shares.
struct NetContext {
    const NetSettings &settings;
    SessionServices &services;
    Router router;
    std::atomic<std::size_t> connections{0};
    std::atomic<std::size_t> busy{0};  ///< WebSocket sessions, and requests that are being answered
    std::atomic<bool> isStopping{false};
    bool isLoopback = true;  ///< the listening address; then the Host header must name loopback too, against DNS rebinding
};

/// Serves HTTP on a fresh connection until it closes, or hands it over to a WebSocket session.
void serveConnection(NetContext &context, asio::io_context &lane, LaneSocket socket);

/// Brings calls of other threads to a lane.
[[nodiscard]] SessionRunner::Post postTo(asio::io_context &lane);

}  // namespace Satchel::Server
