// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "ledger.h"
#include "network.h"
#include "rng.h"
#include "trace.h"

#include "client/live/livestate.h"
#include "client/session/writegroup.h"
#include "client/store/localstore.h"
#include "client/sync/syncengine.h"
#include "support/disk/simulateddisk.h"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <variant>

namespace Satchel::WorldCheck {

/// 2026-01-01T00:00:00Z: where virtual time begins on every good clock.
inline constexpr Time worldEpoch{1'767'225'600'000};

/// The key of every store of the world.
[[nodiscard]] CipherDb::StoreKey worldKey();

/// One device: its disk, the app's side (LiveState) and the engine's side (LocalStore, SyncEngine) with a mailbox each way, as the SDK has
/// them on two threads. What the SDK's engine thread does with Qt is done here by run(), one piece of work at a time.
class Device final : public Live::Journal, public ClientEnd {
public:
    enum class Work : std::uint8_t { Turn, Deliver, Timer, Token };
    struct Surroundings {
        const Time &now;
        Network &network;
        Ledger &ledger;
        Trace &trace;
        std::function<std::string(int user)> issueToken;
    };
    struct Promise {
        Core::DocumentId document;
        Core::Dot dot;  ///< its name now
    };

    Device(int number, int user, Surroundings surroundings, std::uint64_t seed);
    ~Device() override;

    [[nodiscard]] int number() const { return m_number; }
    [[nodiscard]] int user() const { return m_user; }
    [[nodiscard]] Testing::SimulatedDisk &disk() { return m_disk; }
    [[nodiscard]] bool isOpen() const { return m_engine != nullptr; }
    [[nodiscard]] const Sync::EngineStatus &status() const { return m_status; }
    [[nodiscard]] Live::LiveState &live() { return *m_live; }
    [[nodiscard]] Sync::LocalStore &store() { return *m_store; }
    [[nodiscard]] const std::map<Identity, Promise> &promises() const { return m_promises; }
    [[nodiscard]] std::uint64_t connects() const { return m_connects; }

    // What a person does.
    /// False if the store does not open, which faults of the disk excuse.
    bool open();
    void close();
    void crash(std::uint64_t seed);
    /// After a power cut in the middle of something: nobody is told anything any more.
    void die();
    void probe();
    void setPaused(bool isPaused);
    void requestSync(std::function<void(Core::Result<void>)> done);
    /// Becomes a copy of another device's machine, which may be running.
    void copyFrom(const Device &other);

    bool isOnline = true;
    bool isRevoked = false;
    bool mayAdopt = false;  ///< it was copied, or the server went back in time
    Time clockSkew{0};

    void collect(std::vector<Work> &ready) const;
    [[nodiscard]] std::optional<Time> nextTime() const;
    void run(Work work, Rng &rng);
    /// Every promise is in sight, and nothing that was seen has gone: I1, I6, I7.
    void checkPromises();

    // Live::Journal
    void write(std::vector<Core::MutationPtr> mutations, Live::Done durable) override;
    void discardQuarantined(Core::Dot dot, Live::Done done) override;
    // ClientEnd
    void opened(std::uint64_t attempt) override;
    void received(std::uint64_t attempt, Wire::ServerFrame frame) override;
    void failed(std::uint64_t attempt, Core::Error error) override;

private:
    struct Event {
        enum class Kind : std::uint8_t { Opened, Frame, Failed };
        std::uint64_t attempt = 0;
        Kind kind = Kind::Opened;
        Wire::ServerFrame frame;
        Core::Error error;
        [[nodiscard]] bool isForStore() const;
    };
    struct Finished {
        std::vector<Sync::Done> done;
        Core::Result<void> outcome;
    };
    struct IdentityBegan {};
    struct IdentityEnded {
        std::optional<Sync::StoreChange> change;
        Sync::Redot redot;
    };
    using Command = std::variant<Sync::WriteCommand, std::function<void()>>;
    using Report = std::variant<Finished, Sync::StoreChange, Sync::EngineStatus, IdentityBegan, IdentityEnded, std::function<void()>>;

    void makeLive();
    [[nodiscard]] Core::DeviceId randomDevice();
    void turn(Rng &rng);
    void commitGroup(std::vector<Sync::WriteCommand> writes, std::vector<Event> events);
    void give(const Event &event);
    void settle();
    void perform(Sync::SyncEngine::Action &action);
    void changeIdentity();
    void deliverReports();
    void handle(Report &report);
    void take(const Sync::StoreChange &change);
    void takeIdentity(const Sync::StoreChange::NewIdentity &identity);

    int m_number;
    int m_user;
    Surroundings m_around;
    Rng m_rng;
    Testing::SimulatedDisk m_disk;
    std::unique_ptr<Live::LiveState> m_live;

    // The process, while it runs.
    std::unique_ptr<Sync::LocalStore> m_store;
    std::unique_ptr<Sync::SyncEngine> m_engine;
    std::deque<Command> m_commands;
    std::deque<Event> m_events;
    std::deque<Report> m_reports;
    std::map<std::uint64_t, Sync::Done> m_syncWaiters;
    std::optional<Time> m_tokenAt;
    bool m_isHolding = false;
    std::vector<Sync::WriteCommand> m_held;
    Sync::EngineStatus m_lastStatus;
    Sync::EngineStatus m_status;  ///< as the app knows it

    // What the test remembers.
    std::map<Identity, Promise> m_promises;
    std::map<Identity, Core::Dot> m_made;  ///< pending writes by their name now
    std::set<Core::Dot> m_duplicates;
    std::map<Core::DocumentId, Core::VersionVector> m_seen;
    Core::Hlc m_greatestPromised;
    std::uint64_t m_connects = 0;
};

}  // namespace Satchel::WorldCheck
