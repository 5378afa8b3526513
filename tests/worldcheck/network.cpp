// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "network.h"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace Satchel::WorldCheck {

namespace {

constexpr Time clientPatience{40'000};
constexpr Time serverPatience{45'000};

}  // namespace

Core::Error Network::broken(std::string what) const
{
    return Core::unavailable(Core::ErrorReason::NetworkUnreachable, std::move(what));
}

void Network::put(std::deque<Packet> &pipe, Packet packet)
{
    packet.at = std::max(packet.at, m_now + Time(m_rng.between(1, m_delayMax.count())));
    if (!pipe.empty()) {
        packet.at = std::max(packet.at, pipe.back().at);
    }
    pipe.push_back(std::move(packet));
    m_queuedMax = std::max(m_queuedMax, pipe.size());
}

Network::Connection *Network::find(const ClientEnd &client, std::uint64_t attempt)
{
    for (auto &[id, connection] : m_connections) {
        if (connection.client == &client && connection.attempt == attempt) {
            return &connection;
        }
    }
    return nullptr;
}

void Network::connect(ClientEnd &client, std::uint64_t attempt, std::string token, bool isReachable)
{
    Connection &connection = m_connections[++m_last];
    connection.client = &client;
    connection.attempt = attempt;
    if (isReachable) {
        put(connection.up, Packet{Packet::Kind::Open, Time(0), std::move(token), {}});
    } else {
        connection.isBroken = true;
        put(connection.down, Packet{Packet::Kind::End, Time(0), {}, broken("the network is unreachable")});
    }
}

void Network::sendUp(const ClientEnd &client, std::uint64_t attempt, const Wire::ClientFrame &frame)
{
    Connection *connection = find(client, attempt);
    if (connection != nullptr && !connection->isBroken) {
        put(connection->up, Packet{Packet::Kind::Bytes, Time(0), Wire::encode(frame, Wire::Compression::Zstd), {}});
    }
}

void Network::closeByClient(const ClientEnd &client, std::uint64_t attempt)
{
    Connection *connection = find(client, attempt);
    if (connection == nullptr) {
        return;
    }
    connection->client = nullptr;
    connection->down.clear();
    if (!connection->isBroken) {
        connection->isBroken = true;
        put(connection->up, Packet{Packet::Kind::End, Time(0), {}, {}});
    }
}

void Network::forget(const ClientEnd &client)
{
    for (auto &[id, connection] : m_connections) {
        if (connection.client == &client) {
            breakOff(connection);
            connection.client = nullptr;
            connection.down.clear();
        }
    }
}

void Network::sendDown(std::uint64_t id, const Wire::ServerFrame &frame)
{
    const auto found = m_connections.find(id);
    if (found != m_connections.end() && !found->second.isBroken && found->second.client != nullptr) {
        put(found->second.down, Packet{Packet::Kind::Bytes, Time(0), Wire::encode(frame, Wire::Compression::Zstd), {}});
    }
}

void Network::closeByServer(std::uint64_t id)
{
    const auto found = m_connections.find(id);
    if (found == m_connections.end()) {
        return;
    }
    Connection &connection = found->second;
    connection.isServerThere = false;
    connection.up.clear();
    if (!connection.isBroken && connection.client != nullptr) {
        connection.isBroken = true;
        put(connection.down, Packet{Packet::Kind::End, Time(0), {}, broken("the server has closed")});
    }
}

/// What is on its way may arrive up to some point; then both ends learn of it, each in its time.
void Network::breakOff(Connection &connection)
{
    if (connection.isBroken) {
        return;
    }
    connection.isBroken = true;
    connection.up.resize(m_rng.below(connection.up.size() + 1));
    connection.down.resize(m_rng.below(connection.down.size() + 1));
    put(connection.up, Packet{Packet::Kind::End, Time(0), {}, {}});
    put(connection.down, Packet{Packet::Kind::End, Time(0), {}, broken("the connection was cut")});
}

void Network::serverCrashed()
{
    for (auto &[id, connection] : m_connections) {
        breakOff(connection);
        connection.isServerThere = false;
        connection.up.clear();
    }
}

void Network::cut(const ClientEnd &client)
{
    for (auto &[id, connection] : m_connections) {
        if (connection.client == &client) {
            breakOff(connection);
        }
    }
}

void Network::cutAll()
{
    for (auto &[id, connection] : m_connections) {
        breakOff(connection);
    }
}

void Network::makeHalfOpen(const ClientEnd &client)
{
    for (auto &[id, connection] : m_connections) {
        if (connection.client == &client && !connection.isBroken) {
            connection.isBroken = true;
            connection.up.clear();
            connection.down.clear();
            put(connection.up, Packet{Packet::Kind::End, m_now + serverPatience, {}, {}});
            put(connection.down, Packet{Packet::Kind::End,
                                        m_now + clientPatience,
                                        {},
                                        Core::unavailable(Core::ErrorReason::NetworkTimeout, "no sign of life")});
        }
    }
}

std::optional<Time> Network::nextTime() const
{
    std::optional<Time> next;
    for (const auto &[id, connection] : m_connections) {
        for (const auto *pipe : {&connection.up, &connection.down}) {
            if (!pipe->empty() && (!next || pipe->front().at < *next)) {
                next = pipe->front().at;
            }
        }
    }
    return next;
}

void Network::collect(std::vector<Delivery> &ready) const
{
    for (const auto &[id, connection] : m_connections) {
        if (!connection.up.empty() && connection.up.front().at <= m_now) {
            ready.push_back({id, Way::Up});
        }
        if (!connection.down.empty() && connection.down.front().at <= m_now) {
            ready.push_back({id, Way::Down});
        }
    }
}

bool Network::isEmpty() const
{
    return std::all_of(m_connections.begin(), m_connections.end(),
                       [](const auto &item) { return item.second.up.empty() && item.second.down.empty(); });
}

void Network::deliver(const Delivery &delivery)
{
    const auto found = m_connections.find(delivery.connection);
    if (found == m_connections.end()) {
        return;
    }
    auto &pipe = delivery.way == Way::Up ? found->second.up : found->second.down;
    if (pipe.empty()) {
        return;
    }
    Packet packet = std::move(pipe.front());
    pipe.pop_front();
    m_trace.add(m_now, delivery.way == Way::Up ? "up" : "down",
                {static_cast<std::int64_t>(delivery.connection), static_cast<std::int64_t>(packet.kind)},
                m_trace.isPrinted() ? "" : packet.bytes);
    if (delivery.way == Way::Up) {
        deliverUp(delivery.connection, std::move(packet));
    } else {
        deliverDown(delivery.connection, std::move(packet));
    }
    dropIfOver(delivery.connection);
}

void Network::deliverUp(std::uint64_t id, Packet packet)
{
    Connection &connection = m_connections.at(id);
    if (packet.kind == Packet::Kind::Open) {
        auto accepted = m_server->accept(id, packet.bytes);
        connection.isServerThere = accepted.has_value();
        if (accepted) {
            put(connection.down, Packet{Packet::Kind::Open, Time(0), {}, {}});
        } else if (!connection.isBroken) {
            connection.isBroken = true;
            put(connection.down, Packet{Packet::Kind::End, Time(0), {}, accepted.error()});
        }
    } else if (!connection.isServerThere) {
        return;
    } else if (packet.kind == Packet::Kind::End) {
        connection.isServerThere = false;
        m_server->gone(id);
    } else {
        m_server->received(id, Wire::decodeClientFrame(packet.bytes, Core::Limits{}));
    }
}

void Network::describe(const Wire::ServerFrame &frame) const
{
    if (const auto *welcome = std::get_if<Wire::Welcome>(&frame)) {
        std::printf("%16s Welcome head %llu resume %d accepted %llu\n", "", static_cast<unsigned long long>(welcome->head),
                    static_cast<int>(welcome->resume), static_cast<unsigned long long>(welcome->acceptedThrough));
    } else if (const auto *pushed = std::get_if<Wire::Pushed>(&frame)) {
        std::printf("%16s Pushed through %llu, %zu not as they were\n", "", static_cast<unsigned long long>(pushed->acceptedThrough),
                    pushed->settled.size());
    } else if (const auto *changes = std::get_if<Wire::Changes>(&frame)) {
        std::printf("%16s Changes %llu..%llu:", "", static_cast<unsigned long long>(changes->from),
                    static_cast<unsigned long long>(changes->to));
        for (const Wire::DocumentDelta &delta : changes->documents) {
            std::printf(" %s/%s", delta.id.collection.c_str(), delta.id.key.c_str());
            for (const Core::Document::Field &field : delta.state.fields) {
                std::printf(" %s", field.name.c_str());
            }
        }
        std::printf("\n");
    }
}

void Network::deliverDown(std::uint64_t id, Packet packet)
{
    Connection &connection = m_connections.at(id);
    ClientEnd *client = connection.client;
    if (client == nullptr) {
        return;
    }
    if (packet.kind == Packet::Kind::Open) {
        client->opened(connection.attempt);
    } else if (packet.kind == Packet::Kind::End) {
        connection.client = nullptr;
        client->failed(connection.attempt, std::move(packet.error));
    } else {
        auto frame = Wire::decodeServerFrame(packet.bytes, Core::Limits{});
        if (frame && m_trace.isPrinted()) {
            describe(*frame);
        }
        require(frame.has_value(), "codec", "the server sends what the device cannot read");
        client->received(connection.attempt, std::move(*frame));
    }
}

void Network::dropIfOver(std::uint64_t id)
{
    const auto found = m_connections.find(id);
    if (found == m_connections.end()) {
        return;
    }
    const Connection &connection = found->second;
    if (connection.isBroken && connection.up.empty() && connection.down.empty()) {
        m_connections.erase(found);
    }
}

}  // namespace Satchel::WorldCheck
