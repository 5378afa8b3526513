// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/sync/backoff.h"
#include "client/sync/enginetypes.h"
#include "client/sync/syncstore.h"
#include "client/sync/transportselector.h"
#include "core/result.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace Satchel::Sync {

/// The sync state machine: no Qt, no I/O, no clock of its own. Every input takes the monotonic time; what is to be done comes out as
/// actions, to be taken and done in order after each input; deadline() says when tick() is due. What to push is read from the store after
/// the last push in flight, so that no event can be missed: docs/protocol.md, section 4.
class SyncEngine {
public:
    using Time = std::chrono::milliseconds;
    static constexpr std::size_t pushBytesMax = 256 * 1024;
    static constexpr std::size_t recoverDocumentsMax = 200;
    static constexpr int sessionErrorsMax = 3;  ///< in a row without progress, before the state is Degraded
    static constexpr int adoptionsMax = 3;      ///< new identities in a row
    /// A fresh token is asked for this long before the one in use expires, but not before half of what is left of it.
    static constexpr std::chrono::seconds reauthBefore{60};
    /// After two refused tokens in a row, the second made for the purpose: when another is asked for unless probe() comes first.
    static constexpr std::chrono::hours refusedTokenRetry{1};
    /// How much of EngineStatus::lastSynced a device that dies may forget; keeping every moment of it would cost a transaction each.
    static constexpr std::chrono::seconds lastSyncedGrain{60};
    /// From one try to the next while the system says that there is no network: it may be wrong.
    static constexpr std::chrono::minutes unreachableRetry{10};

    struct Options {
        bool hasServer = true;
        CarrierChoice carriers = CarrierChoice::Automatic;
        Wire::DeviceInfo device;  ///< id is the store's
        Core::UserId user;        ///< owner of the store
        std::function<std::uint64_t()> random;
        std::function<std::chrono::milliseconds()> wallClock;
        bool isPaused = false;
        bool isTestServerAllowed = true;
        std::optional<Core::Error> storeLoss =
            std::nullopt;  ///< why the store cannot take in what a server says, if it cannot from the beginning
    };

    struct RequestToken {};
    struct Connect {
        std::uint64_t connection = 0;
        Carrier carrier = Carrier::None;
        std::string token;
    };
    struct Send {
        std::uint64_t connection = 0;
        Wire::ClientFrame frame;
    };
    struct Close {
        std::uint64_t connection = 0;
    };
    /// Ask the peer for a sign of life; without one the transport fails.
    struct Ping {
        std::uint64_t connection = 0;
    };
    struct Publish {
        StoreChange change;
    };
    /// Give the store a new identity, then call identityAdopted().
    struct AdoptIdentity {};
    /// What requestSync() named has been reached.
    struct SyncReached {
        std::uint64_t ticket = 0;
    };
    using Action = std::variant<RequestToken, Connect, Send, Close, Ping, Publish, AdoptIdentity, SyncReached>;

    SyncEngine(Options options, SyncStore &store);

    void start(Time now);
    void appended(Time now);
    void setPaused(bool isPaused, Time now);
    /// The last input: what the store does not know yet is kept.
    void shutDown() { Core::ignore(keepLastSynced(), "it informs only"); }
    void probe(Time now);
    /// What the system says of the network: one that is back is tried at once, whatever the back-off; without one, tries are rare.
    void setReachable(bool isReachable, Time now);
    void tokenAnswered(Core::Result<std::string> token, Time now);
    void transportOpened(std::uint64_t connection, Time now);
    void transportFrame(std::uint64_t connection, const Wire::ServerFrame &frame, Time now);
    /// Before transportOpened(), NETWORK_UNREACHABLE means that nobody answered, anything else that somebody refused. After it,
    /// NETWORK_TIMEOUT means that frames go into nowhere.
    void transportFailed(std::uint64_t connection, Core::Error error, Time now);
    /// What the last inputs told the store could not be kept; their actions have not been done.
    void storeFailed(Core::Error error, Time now);
    void identityAdopted(Core::Result<void> outcome, Time now);
    void tick(Time now);
    /// SyncReached follows when everything pending now is settled and the log's end of this moment is read.
    [[nodiscard]] std::uint64_t requestSync(Time now);

    [[nodiscard]] std::optional<Time> deadline() const;
    [[nodiscard]] std::vector<Action> takeActions() { return std::exchange(m_actions, {}); }
    [[nodiscard]] EngineStatus status() const;
    /// Why the store must be opened anew, if it must: the server has no part in it.
    [[nodiscard]] const std::optional<Core::Error> &storeLoss() const { return m_storeLoss; }

private:
    enum class Phase : std::uint8_t { Idle, AwaitingToken, Connecting, Greeting, Open, Waiting, Adopting, Blocked };
    struct PushInFlight {
        std::uint64_t id = 0;
        std::uint64_t first = 0;
        std::uint64_t last = 0;
    };
    struct Waiter {
        std::uint64_t ticket = 0;
        std::uint64_t counter = 0;
        std::uint64_t sessionMin = 0;     ///< a session as new as this has read the log's end after the request
        std::uint64_t probedSession = 0;  ///< 0: not asked yet
        std::uint64_t probe = 0;          ///< answered once all that the log held has been sent
    };

    void begin();
    void connect();
    void enter(Phase phase, std::optional<Time> after = std::nullopt);
    void act(Action action) { m_actions.push_back(std::move(action)); }
    void send(Wire::ClientFrame frame);

    void handle(const Wire::Welcome &welcome);
    void handle(const Wire::Pushed &pushed);
    void handle(const Wire::Changes &changes);
    void handle(const Wire::Notice &notice);
    void handle(const Wire::SessionError &error);
    void handle(const Wire::Recovered &recovered);
    void handle(const Wire::Reauthed &reauthed);
    void handle(const Wire::Probed &probed);
    [[nodiscard]] bool isToReadAgain(const SyncStore::Facts &before) const;
    void greetAgain();
    void pump();
    void push();
    void recover();
    void afterProgress();
    [[nodiscard]] Core::Result<void> keepLastSynced();
    void checkWaiters();
    [[nodiscard]] bool publish(Core::Result<StoreChange> change);

    void drop();
    void fail(Core::Error error);
    void failProtocol(std::string detail);
    void failStore(Core::Error error);
    void refreshToken(Core::Error error);
    void askForToken();
    void planReauth(std::chrono::seconds expiresAt);
    void reauth(const std::string &before, const Core::Result<std::string> &answer);
    void adopt(Core::Error error);
    void block(Core::Error error);
    void wait(Core::Error error);

    Options m_options;
    SyncStore &m_store;
    Backoff m_backoff;
    TransportSelector m_selector;
    std::vector<Action> m_actions;
    Time m_now{0};

    Phase m_phase = Phase::Idle;
    std::optional<Time> m_phaseDeadline;
    std::optional<Core::Error> m_blockedReason;
    bool m_isPaused = false;
    bool m_isReachable = true;

    std::string m_token;
    bool m_isTokenAsked = false;
    bool m_isProbedMeanwhile = false;  ///< since the token was asked for: a refusal may be older than what the app knows
    bool m_isTokenFresh = false;       ///< it was asked for because the one before was refused
    bool m_isReauthing = false;        ///< the session has been given a fresh token and has not answered
    std::optional<Time> m_reauthAt;
    std::chrono::seconds m_tokenExpiresAt{0};         ///< of the session's token, by the server's clock
    std::chrono::milliseconds m_serverClockAhead{0};  ///< of the time that inputs carry

    std::uint64_t m_connection = 0;
    Carrier m_carrier = Carrier::None;
    std::optional<Time> m_liveSince;
    bool m_isLive = false;
    bool m_hasReadEnd = false;  ///< in this session: nothing of what the Welcome's head names has moved behind the cursor, unread
    bool m_isTestServer = false;
    std::uint64_t m_head = 0;
    std::optional<Time> m_readOnlyUntil;
    std::optional<Time> m_progressDeadline;

    std::deque<PushInFlight> m_inFlight;
    std::uint64_t m_nextPushId = 1;
    std::uint64_t m_pushedThrough = 0;
    std::vector<Wire::DocumentDelta> m_recovering;
    std::uint64_t m_recoverId = 0;
    bool m_isRecoverRefused = false;

    /// The disk failed, or the store is damaged: nothing that a server says can be kept until the store is opened anew.
    std::optional<Core::Error> m_storeLoss;
    int m_sessionErrors = 0;
    int m_adoptions = 0;
    std::deque<Waiter> m_waiters;
    std::uint64_t m_lastTicket = 0;
    std::uint64_t m_lastProbe = 0;
    std::chrono::milliseconds m_lastSynced{0};
};

}  // namespace Satchel::Sync
