// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/error.h>
#include <Satchel/satchelglobal.h>

#include <QtCore/QDateTime>
#include <QtCore/QObject>

#include <memory>
#include <optional>

namespace Satchel {

class ClientPrivate;

/// How sync stands, for showing it and for waiting on it. Owned by the Client, of the client's thread, valid as long as it.
/// Signals come when a value differs from the last one signalled, at most once a turn of the event loop.
class SATCHEL_EXPORT SyncStatus : public QObject {
    Q_OBJECT
    Q_PROPERTY(State state READ state NOTIFY stateChanged)
    Q_PROPERTY(Carrier carrier READ carrier NOTIFY carrierChanged)
    Q_PROPERTY(bool online READ isOnline NOTIFY onlineChanged)
    Q_PROPERTY(bool syncing READ isSyncing NOTIFY syncingChanged)
    Q_PROPERTY(int pendingCount READ pendingCount NOTIFY pendingCountChanged)
    Q_PROPERTY(int quarantineCount READ quarantineCount NOTIFY quarantineCountChanged)
    Q_PROPERTY(QDateTime lastSynced READ lastSynced NOTIFY lastSyncedChanged)
    Q_PROPERTY(QString blockedMessage READ blockedMessage NOTIFY blockedReasonChanged)
    Q_PROPERTY(bool paused READ isPaused NOTIFY pausedChanged)

public:
    enum class State {
        Offline,  ///< no connection: paused, no server set, blocked, or waiting to try again
        Connecting,
        CatchingUp,  ///< connected and reading what has changed since the last time
        Live,        ///< changes come and go as they are made
        Degraded,    ///< tries end with an error again and again: see blockedReason(); it goes on trying
    };
    Q_ENUM(State)

    enum class Carrier { None, WebSocket, Polling };
    Q_ENUM(Carrier)

    ~SyncStatus() override;

    [[nodiscard]] State state() const;
    [[nodiscard]] Carrier carrier() const;
    /// There is a session with the server: catching up, live, or with a server that takes no writes now.
    [[nodiscard]] bool isOnline() const;
    /// Something is on its way: the device catches up, or is live and has writes that the server has not answered. Never while offline,
    /// however much is pending.
    [[nodiscard]] bool isSyncing() const;
    /// Writes of this device that the server has not answered yet. They are durable here and survive a restart.
    [[nodiscard]] int pendingCount() const;
    /// Refused writes that wait for a decision; see Client::quarantined().
    [[nodiscard]] int quarantineCount() const;
    /// When this device last had nothing pending and nothing to read, also before a restart; invalid: never.
    [[nodiscard]] QDateTime lastSynced() const;
    /// Why it is not Live, where that is known; nothing while it is, or while it only connects.
    [[nodiscard]] std::optional<Error> blockedReason() const;
    /// blockedReason()'s message, or empty.
    [[nodiscard]] QString blockedMessage() const;
    /// By Client::pause() or Client::suspend(), until Client::resume().
    [[nodiscard]] bool isPaused() const;

Q_SIGNALS:
    void stateChanged();
    void carrierChanged();
    void onlineChanged();
    void syncingChanged();
    void pendingCountChanged();
    void quarantineCountChanged();
    void lastSyncedChanged();
    void blockedReasonChanged();
    void pausedChanged();

private:
    friend class ClientPrivate;
    explicit SyncStatus(QObject *parent);
    struct Private;
    std::unique_ptr<Private> d;
};

}  // namespace Satchel
