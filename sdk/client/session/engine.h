// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/database.h"
#include "core/document.h"
#include "core/mutation.h"
#include "core/policy.h"
#include "core/result.h"
#include "wire/frames.h"

#include <QObject>
#include <QString>
#include <QUrl>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace Satchel::Sync {

/// States of docs/architecture.md, "Device".
enum class State : std::uint8_t { Offline, Connecting, CatchingUp, Live, Degraded };
enum class Carrier : std::uint8_t { None, WebSocket, Polling };

/// Which carriers may be used.
enum class CarrierChoice : std::uint8_t { Automatic, WebSocketOnly, PollingOnly };

/// Asynchronous source of bearer tokens: called on the engine's thread, answers through the callback on any thread, once; an error pauses sync.
using TokenProvider = std::function<void(std::function<void(Core::Result<std::string>)> answer)>;

struct EngineOptions {
    std::filesystem::path storePath;
    Core::UserId user;
    QUrl serverUrl;  ///< http(s)://host:port; empty: local only
    Wire::DeviceInfo device;  ///< id is ignored: the store has it
    CarrierChoice carriers = CarrierChoice::Automatic;
    std::chrono::milliseconds pollingInterval{0};  ///< 0: long poll
    TokenProvider tokenProvider;
    std::function<std::chrono::milliseconds()> wallClock;  ///< since 1970; empty: the system's
    bool isSyncPausedAtStart = false;
};

/// A refused or orphaned mutation, kept until a person or the app decides.
struct Quarantined {
    Core::Mutation mutation;
    Core::Error reason;
    std::chrono::milliseconds refusedAt{0};
};

/// Everything that LiveState begins with.
struct OpenedStore {
    Core::DeviceId device;
    std::uint64_t lastCounter = 0;
    Core::Hlc lastStamp;
    Core::PolicySet policies;
    Core::Limits limits;
    Wire::Cursor cursor;
    std::vector<std::pair<Core::DocumentId, Core::Document>> documents;  ///< bases
    std::vector<Core::Mutation> pending;                                ///< outbox, in counter order
    std::vector<Quarantined> quarantine;
};

/// A document's base as the server has it now.
struct BaseChange {
    Core::DocumentId id;
    std::optional<Core::Document> base;  ///< nothing: the document is not there any more
};

/// What one transaction of the store changed, in one piece, so that no reader ever sees half of it.
struct StoreChange {
    std::vector<BaseChange> bases;
    std::uint64_t settledThrough = 0;  ///< the outbox holds nothing up to this counter any more; 0: unchanged
    std::vector<Quarantined> quarantined;
    Core::Hlc greatestStamp;           ///< to be observed by the writer's clock
    std::optional<Core::PolicySet> policies;
    std::optional<Core::Limits> limits;
    Wire::Cursor cursor;
    /// After DEVICE_CLONED: the new identity and the outbox under new dots; replaces LiveState's pending whole.
    struct NewIdentity {
        Core::DeviceId device;
        std::vector<Core::Mutation> pending;
        std::uint64_t lastCounter = 0;
    };
    std::optional<NewIdentity> identity;
};

struct EngineStatus {
    State state = State::Offline;
    Carrier carrier = Carrier::None;
    std::optional<Core::Error> blockedReason;  ///< why it is not Live, where that is known
    std::uint64_t pendingCount = 0;
    std::uint64_t quarantineCount = 0;
    std::chrono::milliseconds lastSynced{0};  ///< wall clock at the last moment with nothing pending and nothing behind; 0: never
    bool isTestServer = false;
};

using Done = std::function<void(Core::Result<void>)>;

/// The engine's thread from outside: store, sync and sockets of one (tenant, user). Every method may be called from the app's thread only,
/// returns at once, and does its work on the engine's thread; callbacks and signals arrive on the thread that made the engine.
/// The destructor closes the store cleanly and joins the thread; unfinished callbacks are called with CANCELLED/CLOSED_STORE.
class Engine : public QObject {
    Q_OBJECT
public:
    explicit Engine(EngineOptions options, QObject *parent = nullptr);
    ~Engine() override;

    /// Opens the store (errors of CipherDb::Database::open), loads it, then starts syncing. Once.
    void open(CipherDb::StoreKey key, std::function<void(Core::Result<OpenedStore>)> opened);
    /// Appends to the outbox. `durable` is called after the commit; writes that arrive while a commit runs share the next one.
    void write(Core::Mutation mutation, Done durable);
    /// Drops a quarantined mutation by its dot.
    void discardQuarantined(Core::Dot dot, Done done);
    /// Cuts the connection and stays offline / goes on.
    void setPaused(bool isPaused);
    /// Tries at once, whatever the back-off: the network has changed, the app came back, a fresh token is there.
    void probe();
    /// Called when everything pending now has been settled by the server, and the device has read the log's end of this moment.
    void whenSynced(Done done);

Q_SIGNALS:
    void storeChanged(const Satchel::Sync::StoreChange &change);
    void statusChanged(const Satchel::Sync::EngineStatus &status);

private:
    class Worker;
    struct Private;
    std::unique_ptr<Private> d;
};

}  // namespace Satchel::Sync
