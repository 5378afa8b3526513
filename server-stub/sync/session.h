// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/limits.h"
#include "core/policy.h"
#include "core/result.h"
#include "server-stub/auth/identity.h"
#include "server-stub/store/rows.h"
#include "server-stub/sync/hellorules.h"
#include "server-stub/sync/hub.h"
#include "server-stub/sync/pushrules.h"
#include "server-stub/sync/recoverrules.h"
#include "wire/frames.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace Satchel::Server {

struct SessionSettings {
    Core::Limits limits;
    std::size_t changesInFlightMax = Wire::changesInFlightMax;
    std::size_t pushesInFlightMax = 2 * Wire::pushesInFlightMax;  ///< twice what a device may do, before the session is ended
    std::size_t changesBytesMax = 256 * 1024;
    std::size_t changesDocumentsMax = 1000;
    std::uint64_t silentLagMax = 64;  ///< own writes that the device's cursor may lag behind before an empty Changes moves it
    std::chrono::seconds tokenLeeway{60};
    std::size_t devicesMax = 256;  ///< of a user
    bool isTestServer = false;
    std::chrono::milliseconds shutdownSpread{2000};  ///< devices that are told that the server goes down come back over so long a time
};

/// What a session begins with.
struct SessionStart {
    std::string sessionId;
    std::string newLease;
    std::uint64_t epoch = 0;
    std::shared_ptr<const Core::PolicySet> policies;
    bool isReadOnly = false;  ///< the device is told before it could push
};

/// One device's session: a state machine without sockets, clock or store. Frames and results go in, actions come out; whoever drives it
/// does them in order. docs/protocol.md, "A session".
class Session {
public:
    struct SendFrame {
        Wire::ServerFrame frame;
    };
    struct StoreHello {
        Wire::Hello hello;
    };
    /// Listen to what other devices write.
    struct Subscribe {
        Core::DeviceId device;
    };
    struct StorePush {
        Wire::Push push;
    };
    struct StoreRecover {
        Wire::Recover recover;
        std::uint64_t lastCounter = 0;  ///< of the device's Hello
    };
    struct ReadLog {
        DeltaQuery query;
    };
    struct SaveCursor {
        std::uint64_t seq;
    };
    struct VerifyToken {
        std::string token;
    };
    /// Nothing follows; close the carrier once the frames before are out.
    struct End {
        std::optional<Core::Error> error;
    };
    using Action = std::variant<SendFrame, StoreHello, Subscribe, StorePush, StoreRecover, ReadLog, SaveCursor, VerifyToken, End>;

    Session(Identity identity, SessionSettings settings, SessionStart start);

    void onFrame(Wire::ClientFrame frame, std::chrono::milliseconds now);
    void onHello(HelloAnswer answer, std::chrono::milliseconds now);
    void onPushed(PushAnswer answer);
    void onRecovered(RecoverAnswer answer);
    void onDeltas(Core::Result<DeltaPage> page);
    void onToken(Core::Result<Identity> identity);
    void onGrown(std::uint64_t head, std::chrono::milliseconds now);
    void onEnded(ShutdownReason reason);
    /// Tells the device of policies that are newer than those it has.
    void onPolicies(std::shared_ptr<const Core::PolicySet> policies);
    /// The server takes no writes for now; told again while that is so.
    void onReadOnly();
    /// Ends the session if its token's time is over.
    void onTime(std::chrono::milliseconds now);
    /// A polling request came with this token, verified and of the same user; the session lives on with it.
    void refresh(const Identity &identity) { m_identity.expiresAt = std::max(m_identity.expiresAt, identity.expiresAt); }
    /// Ends the session with an error frame: a carrier could not decode what came.
    void fail(Core::Error error);

    [[nodiscard]] std::vector<Action> takeActions() { return std::exchange(m_actions, {}); }
    /// True while an answer that was asked for is still to come.
    [[nodiscard]] bool isBusy() const
    {
        return m_state == State::Opening || m_pushesInFlight + m_recoversInFlight > 0 || m_isReading || m_isVerifying;
    }
    [[nodiscard]] bool isEnded() const { return m_state == State::Ended; }
    /// True before the Hello.
    [[nodiscard]] bool isNew() const { return m_state == State::AwaitingHello; }
    [[nodiscard]] std::size_t pushesInFlight() const { return m_pushesInFlight; }
    [[nodiscard]] const Identity &identity() const { return m_identity; }
    /// Since 1970: when a session that gets no other token ends.
    [[nodiscard]] std::chrono::milliseconds admittedUntil() const { return m_identity.expiresAt + m_settings.tokenLeeway; }
    [[nodiscard]] const std::string &id() const { return m_start.sessionId; }
    [[nodiscard]] bool canZstd() const { return m_hello.canZstd; }

private:
    enum class State : std::uint8_t { AwaitingHello, Opening, Open, Draining, Ended };

    void handle(Wire::Hello hello);
    void handle(Wire::Push push);
    void handle(const Wire::Ack &ack);
    void handle(Wire::Reauth reauth);
    void handle(Wire::Recover recover);
    void handle(const Wire::Probe &probe);
    void welcome(const HelloOutcome &outcome, std::chrono::milliseconds now);
    void pump();
    void saveSeen(std::uint64_t seq);
    [[nodiscard]] std::chrono::milliseconds comeBackAfter() const;
    void sendChanges(std::uint64_t to, std::vector<Wire::DocumentDelta> documents, bool hasMore);
    void send(Wire::ServerFrame frame) { m_actions.emplace_back(SendFrame{std::move(frame)}); }
    [[nodiscard]] bool isExpired(std::chrono::milliseconds now) const { return now > admittedUntil(); }
    void unexpected(std::string_view what);

    Identity m_identity;
    SessionSettings m_settings;
    SessionStart m_start;
    State m_state = State::AwaitingHello;
    Wire::Hello m_hello;
    std::vector<Action> m_actions;

    std::size_t m_pushesInFlight = 0;
    std::size_t m_recoversInFlight = 0;
    bool m_isReading = false;
    bool m_mustRead = false;  ///< the log may have grown between Hello and subscription
    bool m_isVerifying = false;
    std::uint64_t m_head = 0;             ///< end of the log as far as the session knows
    std::uint64_t m_position = 0;         ///< read up to here
    std::uint64_t m_savedCursor = 0;      ///< what the device is known to have seen, its own writes included
    std::uint64_t m_announced = 0;        ///< told the device up to here
    std::uint64_t m_catchUpHead = 0;      ///< the Welcome's head
    std::uint64_t m_completeThrough = 0;  ///< the last reading that reached the log's end ended here
    std::uint64_t m_settledThrough = 0;   ///< own mutations whose outcome this session has told
    std::uint64_t m_includeOwnThrough = 0;
    bool m_isSnapshot = false;     ///< the device may have nothing of what lies behind its position: documents go whole, its own ones too
    bool m_mustSayEnd = false;     ///< the device waits for a Changes without `more`, by which it has caught up
    std::size_t m_probeCount = 0;  ///< probes without an answer
    std::uint64_t m_lastProbe = 0;
    std::deque<std::uint64_t> m_unacknowledged;  ///< `to` of Changes in flight
};

}  // namespace Satchel::Server
