// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/database.h"
#include "client/net/transport.h"
#include "client/sync/enginetypes.h"
#include "core/mutation.h"
#include "core/result.h"

#include <QObject>
#include <QString>
#include <QUrl>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <utility>

namespace Satchel::Sync {

/// Asynchronous source of bearer tokens: called on the engine's thread, answers through the callback on any thread, once; an error pauses
/// sync.
using TokenProvider = std::function<void(std::function<void(Core::Result<std::string>)> answer)>;

struct EngineOptions {
    std::filesystem::path storePath;
    Core::UserId user;
    QUrl serverUrl;           ///< http(s)://host:port; empty: local only
    Wire::DeviceInfo device;  ///< id is ignored: the store has it
    CarrierChoice carriers = CarrierChoice::Automatic;
    std::chrono::milliseconds pollingInterval{0};  ///< 0: long poll
    TokenProvider tokenProvider;
    std::function<std::chrono::milliseconds()> wallClock;  ///< since 1970; empty: the system's
    bool isSyncPausedAtStart = false;
    TransportFactory makeTransport;  ///< empty: real sockets
    /// What the app's thread keeps, with every `storeChanged` taken in; called there. Empty: it keeps nothing.
    BaseLookup baseOf;
    /// Off: a Welcome that says it is a test server ends the session before anything is pushed, with FAILED_PRECONDITION/POLICY_DENIED.
    bool isTestServerAllowed = false;
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

    /// Opens the store (errors of openHealed()), loads it, then starts syncing. Once. What was healed is in OpenedStore::recovery. `lock`
    /// is the store's, where the caller holds it already; it is let go when the store closes, or before a failure is told.
    void open(CipherDb::StoreKey key, std::shared_ptr<void> lock, std::function<void(Core::Result<OpenedStore>)> opened);
    void open(CipherDb::StoreKey key, std::function<void(Core::Result<OpenedStore>)> opened)
    {
        open(std::move(key), nullptr, std::move(opened));
    }
    /// Appends to the outbox: all of them or none. `durable` is called after the commit; writes that arrive while a commit runs share the
    /// next one.
    /// Counters run on from OpenedStore::lastCounter without a gap. A write that fails has taken no counter, and those already queued
    /// behind it fail too (FAILED_PRECONDITION/COUNTER_GAP): the writer goes on from the counter of the first failure.
    void write(std::vector<Core::MutationPtr> mutations, Done durable);
    /// Blocks until every write() so far has been answered, or the time has come, which gives false. What the engine's thread reports
    /// meanwhile is told from within; that may destroy this.
    bool waitForWrites(std::chrono::steady_clock::time_point until);
    /// Drops a quarantined mutation by its dot.
    void discardQuarantined(Core::Dot dot, Done done);
    /// Called once every write() so far has been answered.
    void whenWritten(Done done);
    /// Cuts the connection and stays offline / goes on; `done` is called when that is so.
    void setPaused(bool isPaused, Done done = {});
    /// What the system says of the network.
    void setReachable(bool isReachable);
    /// Tries at once, whatever the back-off: the network has changed, the app came back, a fresh token is there.
    void probe();
    /// Called when everything pending now has been settled by the server, and the device has read the log's end of this moment.
    void whenSynced(Done done);

Q_SIGNALS:
    void storeChanged(const Satchel::Sync::StoreChange &change);
    /// Damage was met while the store was open, and it was healed: this is what there is now, in place of everything before.
    void storeReplaced(Satchel::Sync::OpenedStore store);
    void statusChanged(const Satchel::Sync::EngineStatus &status);

protected:
    bool event(QEvent *event) override;

private:
    class Worker;
    struct Private;
    std::unique_ptr<Private> d;
};

}  // namespace Satchel::Sync
