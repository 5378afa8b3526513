// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "rng.h"
#include "trace.h"

#include "wire/codec.h"
#include "wire/frames.h"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace Satchel::WorldCheck {

/// A device's side of its connections.
class ClientEnd {
public:
    virtual ~ClientEnd() = default;
    virtual void opened(std::uint64_t attempt) = 0;
    virtual void received(std::uint64_t attempt, Wire::ServerFrame frame) = 0;
    virtual void failed(std::uint64_t attempt, Core::Error error) = 0;
};

/// The server's side.
class ServerEnd {
public:
    virtual ~ServerEnd() = default;
    virtual Core::Result<void> accept(std::uint64_t connection, const std::string &token) = 0;
    virtual void received(std::uint64_t connection, Core::Result<Wire::ClientFrame> frame) = 0;
    virtual void gone(std::uint64_t connection) = 0;
};

/// Connections as TCP gives them: bytes in order, each way with a delay; cut at any frame, or dead without a word. What was sent on an old
/// connection may still arrive while a new one is in use.
class Network {
public:
    enum class Way : std::uint8_t { Up, Down };
    struct Delivery {
        std::uint64_t connection = 0;
        Way way = Way::Up;
    };

    Network(const Time &now, Trace &trace, Rng rng)
        : m_now(now)
        , m_trace(trace)
        , m_rng(rng)
    {
    }

    void setServer(ServerEnd *server) { m_server = server; }
    void setDelay(Time delayMax) { m_delayMax = delayMax; }

    // A device's calls.
    void connect(ClientEnd &client, std::uint64_t attempt, std::string token, bool isReachable);
    void sendUp(const ClientEnd &client, std::uint64_t attempt, const Wire::ClientFrame &frame);
    void closeByClient(const ClientEnd &client, std::uint64_t attempt);
    /// The device has gone without a word; what it sent may still arrive.
    void forget(const ClientEnd &client);

    // The server's calls.
    void sendDown(std::uint64_t connection, const Wire::ServerFrame &frame);
    void closeByServer(std::uint64_t connection);
    void serverCrashed();

    // What happens to cables.
    void cut(const ClientEnd &client);
    void makeHalfOpen(const ClientEnd &client);
    void cutAll();

    [[nodiscard]] std::optional<Time> nextTime() const;
    void collect(std::vector<Delivery> &ready) const;
    void deliver(const Delivery &delivery);
    [[nodiscard]] bool isEmpty() const;
    [[nodiscard]] std::size_t queuedMax() const { return m_queuedMax; }

private:
    struct Packet {
        enum class Kind : std::uint8_t { Open, Bytes, End };
        Kind kind = Kind::Bytes;
        Time at{0};
        std::string bytes;
        Core::Error error;
    };
    struct Connection {
        ClientEnd *client = nullptr;  ///< nullptr: it has gone
        std::uint64_t attempt = 0;
        bool isServerThere = false;
        bool isBroken = false;  ///< nothing new goes in
        std::deque<Packet> up;
        std::deque<Packet> down;
    };

    void put(std::deque<Packet> &pipe, Packet packet);
    Connection *find(const ClientEnd &client, std::uint64_t attempt);
    void breakOff(Connection &connection);
    void deliverUp(std::uint64_t id, Packet packet);
    void describe(const Wire::ServerFrame &frame) const;
    void deliverDown(std::uint64_t id, Packet packet);
    void dropIfOver(std::uint64_t id);
    Core::Error broken(std::string what) const;

    const Time &m_now;
    Trace &m_trace;
    Rng m_rng;
    ServerEnd *m_server = nullptr;
    Time m_delayMax{50};
    std::map<std::uint64_t, Connection> m_connections;
    std::uint64_t m_last = 0;
    std::size_t m_queuedMax = 0;
};

}  // namespace Satchel::WorldCheck
