// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/net/backlog.h"
#include "server-stub/net/beast.h"
#include "server-stub/net/router.h"
#include "server-stub/net/tlsidentity.h"
#include "server-stub/ops/log.h"
#include "server-stub/ops/options.h"
#include "server-stub/sync/sessionrunner.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace Satchel::Server {

/// How many are busy: WebSocket sessions, and requests that are being answered. Thread-safe.
class BusyCount {
public:
    void add()
    {
        const std::lock_guard lock(m_mutex);
        ++m_count;
    }
    void remove()
    {
        // Told under the lock: whoever waits may end the count's life as soon as it is released.
        const std::lock_guard lock(m_mutex);
        if (--m_count == 0) {
            m_idle.notify_all();
        }
    }
    /// Until nobody is, or the time has passed.
    void awaitIdle(std::chrono::milliseconds patience)
    {
        std::unique_lock lock(m_mutex);
        m_idle.wait_for(lock, patience, [this] { return m_count == 0; });
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_idle;
    std::size_t m_count = 0;
};

/// What every connection shares.
struct NetContext {
    const NetSettings &settings;
    SessionServices &services;
    Router router;
    Log &log;
    std::atomic<std::size_t> connections{0};
    BusyCount busy;
    Backlog backlog;
    std::atomic<bool> isStopping{false};
    std::unique_ptr<TlsIdentity> tls;  ///< none: connections speak plainly
    bool isLoopback = true;            ///< the listening address; then the Host header must name loopback too, against DNS rebinding
};

/// A connection's place among those that there may be, which goes with whoever has the connection.
class ConnectionPlace {
public:
    /// The address has been counted by the gatekeeper.
    ConnectionPlace(NetContext &context, std::string address)
        : m_context(context)
        , m_address(std::move(address))
    {
        ++m_context.connections;
    }
    ~ConnectionPlace()
    {
        --m_context.connections;
        m_context.services.gate.removeConnection(m_address);
    }
    ConnectionPlace(const ConnectionPlace &) = delete;
    ConnectionPlace &operator=(const ConnectionPlace &) = delete;

    /// 192.0.2.1 or 2001:db8::1; empty: not known.
    [[nodiscard]] const std::string &address() const { return m_address; }

private:
    NetContext &m_context;
    std::string m_address;
};

/// Why a device is told to leave the backlog, and when it may come back.
[[nodiscard]] Core::Error backlogError();
/// How long who leaves may take to read why.
inline constexpr std::chrono::milliseconds leaveTime{2000};

/// Serves HTTP on a fresh connection until it closes, or hands it over to a WebSocket session.
void serveConnection(NetContext &context, asio::io_context &lane, LaneSocket socket, std::unique_ptr<ConnectionPlace> place);

/// For a Backlog::Share: has the lane call `leave` of what `weak` stands for, if it is still there.
template <typename Owner>
[[nodiscard]] std::function<void()> leaveOn(asio::io_context &lane, std::weak_ptr<Owner> weak, void (Owner::*leave)())
{
    return [&lane, weak = std::move(weak), leave] {
        asio::post(lane, [weak, leave] {
            if (const auto owner = weak.lock()) {
                ((*owner).*leave)();
            }
        });
    };
}

/// Brings calls of other threads to a lane.
[[nodiscard]] SessionRunner::Post postTo(asio::io_context &lane);

}  // namespace Satchel::Server
