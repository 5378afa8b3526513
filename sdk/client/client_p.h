// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/storekey.h"
#include "client/live/livestate.h"
#include "client/net/reachability.h"
#include "client/query/indexes.h"
#include "client/resolving.h"
#include "client/session/engine.h"
#include "client/vault/keyvault.h"

#include <Satchel/client.h>

#include <QHash>
#include <QPromise>
#include <QTimer>

#include <memory>
#include <optional>
#include <vector>

namespace Satchel {

/// Puts LiveState and Engine together behind the public Client. Of the client's thread.
class ClientPrivate : public QObject, private Live::Journal {
public:
    ClientPrivate(Client *client, ClientOptions clientOptions);
    ~ClientPrivate() override;

    enum class Phase { Closed, Opening, Open, Destroying, Rekeying };

    QFuture<Result<void>> open();
    void close();
    QFuture<Result<void>> signOut(Client::SignOut how, std::chrono::milliseconds sendTimeout);
    QFuture<Result<void>> changeKey(const StoreKeySource &newKey);
    QFuture<Result<QString>> moveStoreAside();
    void setPaused(bool isPaused);
    QFuture<Result<void>> suspend(std::chrono::milliseconds budget);
    void resume();
    [[nodiscard]] Explanation why(const QString &collection, const QString &key);
    QFuture<Result<void>> whenSynced();
    Collection *collection(const QString &name);
    QFuture<Result<void>> write(WriteBatch batch);
    [[nodiscard]] QList<Conflict> conflicts(const QString &collection) const;
    QFuture<Result<void>> resolve(const QString &collection, const QString &key, const QString &field,
                                  const std::optional<QVariant> &value);

    Client *q;
    ClientOptions options;
    /// Why the options cannot be used, if they cannot.
    std::optional<Core::Error> optionsError;
    Phase phase = Phase::Closed;
    Live::LiveState live;
    std::unique_ptr<Queries::Indexes> indexes;
    Resolving resolving;
    SyncStatus *status;
    std::unique_ptr<Sync::Engine> engine;
    /// Tests bring their own; empty: real sockets.
    Sync::TransportFactory transportFactory;
    /// Tests bring their own; else made when a server is opened that is not on this machine.
    std::unique_ptr<Sync::Reachability> reachability;
    /// Tests bring their own.
    std::shared_ptr<Vault::Keychain> keychain;
    /// How long open() waits for a key: people have to find a password.
    std::chrono::milliseconds keyTimeout = std::chrono::minutes(2);

private:
    /// A sign-out that waits until everything has been sent.
    struct Sending {
        QTimer deadline;
        Live::Done done;
    };

    struct Suspending {
        quint64 id = 0;
        QTimer deadline;
        std::vector<Live::Done> done;
        bool isDurable = false;
        bool isTimeUp = false;
        bool isCutting = false;
    };

    void write(std::vector<Core::MutationPtr> mutations, Live::Done durable) override;
    void discardQuarantined(Core::Dot dot, Live::Done done) override;

    [[nodiscard]] Core::Result<void> makeFolder() const;
    [[nodiscard]] Sync::EngineOptions engineOptions();
    void openStore(Core::Result<Vault::Access> access);
    void takeStore(Sync::OpenedStore store);
    void loadStore(Sync::OpenedStore store);
    void replaceStore(Sync::OpenedStore store);
    void failOpening(const Core::Error &error);
    void limitOpening();
    /// After a change of the key, which may have failed.
    void reopen(Core::Result<void> changed, Live::Done done);
    void sendAll(std::chrono::milliseconds timeout, Live::Done done);
    /// Destroys the account if nothing is left to send.
    void probeSending();
    void endSending(Core::Result<void> outcome);
    /// Cuts the connection once there is nothing left to wait for.
    void goOnSuspending();
    void endSuspending(const Core::Result<void> &outcome);
    void showPaused(bool isPaused);
    void watchNetwork();
    void destroy(Vault::Order order, Live::Done done);
    void forget();
    /// The server's order to destroy what this device has of the account.
    void obeyWipe(const Core::Error &reason);
    [[nodiscard]] QList<QuarantinedWrite> unsentWrites(const Core::Error &reason) const;
    void askForToken(std::function<void(Core::Result<std::string>)> answer);
    void takeStatus(const Sync::EngineStatus &engineStatus);
    void resetStatus();
    void updateCounts();
    void updateCollectionCounts();
    void updateOnline();
    void setBlockedReason(const std::optional<Error> &reason);

    std::unique_ptr<QPromise<Result<void>>> m_opening;
    /// Counts openings: what an earlier one still has under way is told apart by it.
    quint64 m_generation = 0;
    std::unique_ptr<Sending> m_sending;
    std::unique_ptr<Suspending> m_suspending;
    quint64 m_suspensions = 0;
    QHash<QString, Collection *> m_collections;
};

[[nodiscard]] QuarantinedWrite fromCore(const Sync::Quarantined &item);
/// Nothing if `id` does not name a write.
[[nodiscard]] std::optional<Core::Dot> dotOf(const QString &id);

}  // namespace Satchel
