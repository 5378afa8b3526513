// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/net/transport.h"
#include "client/session/engine_p.h"
#include "client/store/localstore.h"
#include "client/store/storeopening.h"
#include "client/sync/syncengine.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace Satchel::Sync {

/// The engine's thread: owns the store, the state machine and the connection, and does what the state machine asks for.
class Engine::Worker final : public QObject {
public:
    /// A transaction takes no further write above this many mutations, so that sockets get their turn.
    static constexpr std::size_t groupMutationsMax = 2000;
    static constexpr std::size_t groupFramesMax = 16;
    /// Groups in one turn at most, before the event loop gets its own.
    static constexpr int groupsMax = 8;

    /// `wake` makes the app's thread deliver the reports; called when there are new ones.
    Worker(const EngineOptions &options, Mailbox<Command> &commands, Mailbox<Report> &reports, std::function<void()> wake);
    ~Worker() override;

    /// Everything below: on the engine's thread.
    /// Does what commands and connections have brought, in groups that share a transaction.
    void turn();
    /// turn() until nothing is left; without an event loop.
    void finishTurns();
    void shutDown();
    void open(const CipherDb::StoreKey &key, std::shared_ptr<void> lock, const std::function<void(Core::Result<OpenedStore>)> &opened);
    void discardQuarantined(const Core::Dot &dot, const Done &done);
    void setPaused(bool isPaused);
    void setReachable(bool isReachable);
    void probe();
    void whenSynced(const Done &done);
    void changeIdentity();
    void heal();
    void report(Report report);
    void finish(Done done, Core::Result<void> outcome);

private:
    /// Lets a token provider answer from any thread, at any time, even after the worker has gone.
    struct TokenGate {
        std::mutex mutex;
        Worker *worker = nullptr;
    };

    struct Event {
        enum class Kind : std::uint8_t { Opened, Frame, Failed };
        std::uint64_t connection = 0;
        Kind kind = Kind::Opened;
        Wire::ServerFrame frame;
        Core::Error error;
        /// It is a matter of one store operation, and nothing else.
        [[nodiscard]] bool isForStore() const;
    };

    [[nodiscard]] Core::Result<OpenedStore> openStore(Suspicion suspicion, std::shared_ptr<void> lock);
    void closeStore();
    void healIfDamaged(const std::optional<Core::Error> &error);
    void scheduleTurn();
    void gather();
    void step();
    void commitGroup(std::vector<WriteCommand> writes, std::vector<Event> events);
    void groupFailed(const Core::Error &error);
    void give(const Event &event);
    void happen(Event event);
    [[nodiscard]] bool hasWork() const { return !m_backlog.empty() || !m_events.empty(); }
    [[nodiscard]] bool spin();
    [[nodiscard]] SyncEngine::Time now() const;
    [[nodiscard]] std::chrono::milliseconds wallNow() const;
    void startSync();
    /// Gives the state machine an input and does what it asks for.
    void input(const std::function<void(SyncEngine &)> &give);
    void settle();
    void armTimer();
    void perform(SyncEngine::RequestToken &action);
    void perform(SyncEngine::Connect &action);
    void perform(SyncEngine::Send &action);
    void perform(SyncEngine::Close &action);
    void perform(SyncEngine::Ping &action);
    void perform(SyncEngine::Publish &action);
    void perform(SyncEngine::AdoptIdentity &action);
    void perform(SyncEngine::SyncReached &action);
    [[nodiscard]] std::unique_ptr<Transport> makeTransport(Carrier carrier) const;
    void retireTransport();

    const EngineOptions &m_options;
    Mailbox<Command> &m_commands;
    Mailbox<Report> &m_reports;
    std::function<void()> m_wake;

    std::vector<Command> m_gathered;  ///< empty: memory for the next
    std::deque<Command> m_backlog;
    std::deque<Event> m_events;
    bool m_isTurnPosted = false;
    bool m_hasWritten = false;
    unsigned m_spinMisses = 0;  ///< in a row
    unsigned m_spinSkips = 0;
    bool m_isClosed = false;
    bool m_isPaused = false;
    bool m_isReachable = true;

    /// Healings of one opening. A disk that goes on losing pages is better left alone.
    static constexpr int healingsMax = 3;
    std::optional<CipherDb::StoreKey> m_key;
    bool m_isHealing = false;
    int m_healings = 0;

    std::unique_ptr<LocalStore> m_store;
    std::unique_ptr<SyncEngine> m_engine;
    std::unique_ptr<QTimer> m_timer;
    QElapsedTimer m_clock;
    std::optional<SyncEngine::Time> m_timerDeadline;
    EngineStatus m_lastStatus;
    std::map<std::uint64_t, Done> m_syncWaiters;
    /// Those to be told at the end of this step.
    std::vector<Done> m_reached;

    std::unique_ptr<Transport> m_transport;
    std::uint64_t m_connection = 0;
    std::shared_ptr<TokenGate> m_tokenGate;
};

}  // namespace Satchel::Sync
