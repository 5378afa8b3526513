// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/sync/syncengine.h"
#include "fakes/memorysyncstore.h"

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace Satchel::Testing {

/// A SyncEngine in virtual time, its store, its app and the server it talks to. run() moves the time from deadline to deadline.
class ScriptedServer {
public:
    using Time = Sync::SyncEngine::Time;
    enum class Network : std::uint8_t { Up, Down, NoUpgrades };
    enum class Fault : std::uint8_t { None, Twice, Reversed };

    explicit ScriptedServer(Sync::CarrierChoice carriers = Sync::CarrierChoice::Automatic, unsigned seed = 1);

    /// Lets time pass, doing everything that comes due.
    void run(Time duration);
    /// Breaks the connection that is there.
    void cut(Core::ErrorReason reason = Core::ErrorReason::NetworkUnreachable);
    /// Gives the device a frame that it did not ask for.
    void say(Wire::ServerFrame frame);
    /// What was held back, in the order in which the server said it.
    [[nodiscard]] std::vector<Wire::ServerFrame> takeHeld();
    /// Writes of the device itself, over a few documents and fields.
    void fill(int count);
    /// Every counter of the device stands in the log once, in order, and nothing is pending.
    [[nodiscard]] bool isLogWhole(std::size_t count) const;
    /// Another device's write to the log.
    void writeElsewhere(const std::string &key, const std::string &field, Core::Value value);
    [[nodiscard]] Sync::EngineStatus status() const { return engine.status(); }

    // Script.
    Network network = Network::Up;
    Fault fault = Fault::None;
    std::optional<std::size_t> cutAfterFrames;  ///< counts frames either way
    bool isPushAnswered = true;
    bool isHeld = false;  ///< the server's frames wait for takeHeld()
    std::function<std::optional<Wire::ServerFrame>(const Wire::Hello &)> onHello;
    std::function<std::optional<Wire::ServerFrame>(const Wire::Push &)> onPush;
    std::function<std::optional<Wire::ServerFrame>(const Wire::Recover &)> onRecover;
    std::function<bool(const std::string &token)> isTokenGood = [](const std::string &) { return true; };
    std::function<Core::Result<std::string>()> token = [] { return std::string("token"); };
    bool isTokenAnswered = true;            ///< off: the test calls tokenAnswered()
    std::chrono::seconds tokenLifetime{0};  ///< of each token that is taken, counted from then; 0: not told
    std::function<std::optional<Wire::ServerFrame>(const Wire::Reauth &)> onReauth;

    // What has happened.
    std::vector<Core::Mutation> log;
    std::uint64_t epoch = 1;
    std::uint64_t acceptedThrough = 0;
    std::size_t connectCount = 0;
    std::size_t tokenCount = 0;
    std::size_t adoptCount = 0;
    std::size_t framesSent = 0;
    std::vector<Sync::Carrier> carriers;
    std::vector<Time> connectTimes;
    std::vector<std::vector<std::uint64_t>> pushes;  ///< counters of each push
    std::vector<std::uint64_t> ackedSeqs;
    std::vector<std::string> reauthTokens;
    std::vector<std::uint64_t> reached;  ///< tickets

    MemorySyncStore store;
    Time now{0};
    Sync::SyncEngine engine;

private:
    void perform();
    void deliver();
    void connect(const Sync::SyncEngine::Connect &action);
    void receive(const Wire::ClientFrame &frame);
    void answer(Wire::ServerFrame frame);
    void sendChanges();
    [[nodiscard]] Wire::Pushed take(const Wire::Push &push);
    [[nodiscard]] bool isCutNow();
    /// Of a token that is taken now.
    [[nodiscard]] std::chrono::seconds expiry() const;
    [[nodiscard]] Core::DeviceId other() const;

    std::mt19937_64 m_random;
    std::uint64_t m_connection = 0;
    bool m_isConnected = false;
    bool m_isWelcomed = false;
    std::uint64_t m_announced = 0;
    std::uint64_t m_otherCounter = 0;
    std::deque<Wire::ServerFrame> m_answers;
    std::map<Core::DocumentId, Core::Document> m_state;
};

}  // namespace Satchel::Testing
