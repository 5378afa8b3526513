// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/clientoptions.h>
#include <Satchel/collection.h>
#include <Satchel/conflict.h>
#include <Satchel/explanation.h>
#include <Satchel/quarantine.h>
#include <Satchel/recovery.h>
#include <Satchel/result.h>
#include <Satchel/satchelglobal.h>
#include <Satchel/syncstatus.h>
#include <Satchel/writebatch.h>

#include <QtCore/QDeadlineTimer>
#include <QtCore/QFuture>
#include <QtCore/QObject>

#include <chrono>
#include <memory>
#include <optional>

namespace Satchel {

class ClientPrivate;

/// A user's state on this device: an encrypted store that can be read and written at any time, and that keeps itself in step with the
/// server.
///
///     Satchel::ClientOptions options;
///     options.serverUrl = QUrl(QStringLiteral("https://sync.example.com"));
///     options.user = QStringLiteral("alice");
///     options.key = Satchel::StoreKeySource::keychain();
///     options.tokenProvider = [] { return fetchToken(); };
///     Satchel::Client client(options);
///     client.open().then(&client, [&](Satchel::Result<void> opened) { ... client.collection(QStringLiteral("preferences"))->get(...) ...
///     });
///
/// Threads: everything is called, and every signal and future arrives, on the thread that made the client, which needs a running event
/// loop. Disk and network are on a thread of the client's own.
///
/// Lifetime: owns its collections and its status. The destructor makes what was written durable, cuts the connection, and waits for both;
/// so does close(). One process at a time may have a (tenant, user) open.
class SATCHEL_EXPORT Client : public QObject {
    Q_OBJECT
    Q_PROPERTY(bool open READ isOpen NOTIFY openChanged)
    Q_PROPERTY(Satchel::SyncStatus *syncStatus READ syncStatus CONSTANT)

public:
    /// Touches neither disk nor network.
    explicit Client(ClientOptions options, QObject *parent = nullptr);
    ~Client() override;

    /// Opens the store, making it if there is none, and reads it: from then on all reads and writes work. Needs no network; sync starts by
    /// itself.
    ///
    /// The errors of StoreKeySource; INVALID_ARGUMENT (an option is wrong, which the message names), FAILED_PRECONDITION: WRONG_KEY,
    /// KEY_MISSING, SCHEMA_TOO_NEW; UNAVAILABLE: STORE_LOCKED (another process), STORAGE_IO; PERMISSION_DENIED/STORAGE_READ_ONLY,
    /// RESOURCE_EXHAUSTED/STORAGE_FULL, DATA_LOSS/STORE_DAMAGED (nothing of it can be read, or the new file cannot be made: the message
    /// says which). A failed open changes nothing on disk that was there, and may be tried again. Opening twice: FAILED_PRECONDITION.
    ///
    /// A damaged store is healed: see storeRecovered().
    [[nodiscard]] QFuture<Result<void>> open();
    [[nodiscard]] bool isOpen() const;
    /// Makes what was written durable and closes; blocks until it is done (a disk write or two). Unanswered futures finish with CANCELLED.
    /// Reads go on answering with what was shown last; open() may be called again.
    void close();

    /// How an account leaves this device.
    enum class SignOut {
        KeepSealed,       ///< closes; key and encrypted store stay, with what is pending, for when the user comes back
        SendThenDestroy,  ///< sends what is pending, and only if all of it was taken destroys key and store
        Destroy,          ///< destroys key and store, whatever is pending
    };
    Q_ENUM(SignOut)
    /// Signs the user out. For the next one close() this client, or let it sign out, and make another.
    ///
    /// Destroying closes the client, removes the key first (keychain entry, key file, the passphrase's salt; a raw key is the app's to
    /// destroy), then the store and all files beside it, and forgets what was shown; cut short by a crash, the next open() goes on with it
    /// and begins anew. Any copy of the store is unreadable from then on, as far as no copy of the key was made. Destroy works on a closed
    /// client too, and is how a store whose key is lost is given up.
    ///
    /// SendThenDestroy needs an open client, which stays open and whole unless it answers good: DEADLINE_EXCEEDED (not all was taken within
    /// `sendTimeout`; SyncStatus::pendingCount() is what is left), FAILED_PRECONDITION (no server, or refused writes in quarantine()).
    /// Else the errors of StoreKeySource and of files, after which key and store are as they were unless the message is of files:
    /// call it again. STORE_LOCKED while another process has the store; CANCELLED when closed meanwhile.
    [[nodiscard]] QFuture<Result<void>> signOut(SignOut how, std::chrono::milliseconds sendTimeout = std::chrono::seconds(30));

    /// Puts the store under another key: the user has another passphrase, the app moves to the keychain, or a key is to be renewed, for
    /// which `newKey` names the same keychain entry or key file again. From then on open() takes `newKey`.
    ///
    /// An open client closes and opens again: reads go on answering with what was shown, writes meanwhile fail. Every page is written anew
    /// in a second file, so it takes a while and the store's size in free space. The new key is kept safe first, the old one (keychain
    /// entry, key file, salt; a raw key is the app's) goes last. A crash in between leaves the store whole under one of both: with one
    /// entry or key file for both, open() finds out which; else, if it answers WRONG_KEY or KEY_MISSING, the other source opens it.
    ///
    /// The errors of StoreKeySource and open(), for either key; FAILED_PRECONDITION if there is no store yet; UNAVAILABLE/STORE_LOCKED
    /// while anybody else has the store open, for reading too; DATA_LOSS/STORE_DAMAGED if a page is bad. After an error the store is as it
    /// was.
    [[nodiscard]] QFuture<Result<void>> changeKey(const StoreKeySource &newKey);

    /// Puts a store that open() refuses out of the way, for good or until its key is found: WRONG_KEY, KEY_MISSING, a store of another
    /// user's. It stays as it is, encrypted, under the name that this gives, until the account is destroyed on this device; the next open()
    /// makes a new store, which the server fills. What was pending in the old one is not sent. NOT_FOUND without a store,
    /// FAILED_PRECONDITION while this client is open, STORE_LOCKED while another process has it.
    [[nodiscard]] QFuture<Result<QString>> moveStoreAside();

    /// 32 hexadecimal digits, made with the store; empty before it is open.
    [[nodiscard]] QString deviceId() const;
    [[nodiscard]] QString tenant() const;
    [[nodiscard]] QString user() const;
    /// The store's file, whether or not it exists yet.
    [[nodiscard]] QString storePath() const;

    /// The collection of this name; the same object each time, never null, valid as long as the client. A name that the rules do not allow
    /// gives a collection that is empty and refuses writes with INVALID_ARGUMENT/INVALID_NAME.
    [[nodiscard]] Collection *collection(const QString &name);
    /// Names of the collections that have documents, sorted.
    [[nodiscard]] QStringList collectionNames() const;

    /// Makes the writes of a batch, in order. Finishes when all are durable; with an error nothing was written: the first reason against
    /// one of them, which the message numbers, or what Collection's writes answer. Documents of strong collections are refused
    /// (FAILED_PRECONDITION), since each of their writes is decided by itself.
    [[nodiscard]] QFuture<Result<void>> write(WriteBatch batch);
    /// Blocks until all writes made so far are on the disk or have failed, which their futures tell; false if the time was up before. For
    /// programs without an event loop, and for moments at which nothing may be lost. Other futures and signals may arrive meanwhile. A
    /// write to a strong collection is kept safe by then, but its future goes on waiting for the server.
    bool waitForDurable(QDeadlineTimer deadline = QDeadlineTimer::Forever);

    // -- sync

    [[nodiscard]] SyncStatus *syncStatus() const;
    /// Cuts the connection and stays offline until resume(). Reading and writing go on.
    void pause();
    /// For an app that goes to the background, where it may be frozen or ended at any time: makes what was written by now durable, sends of
    /// what is pending as much as fits into `budget`, trying at once whatever the back-off, then closes the connection and stays offline
    /// until resume(). Finishes good once all that is done, sent or not: SyncStatus::pendingCount() is what is left, which survives a
    /// restart. The disk is waited for even beyond the budget. Writes that the disk refuses say so in their own futures. On a paused
    /// client, or one without a server, nothing is sent. A call while another is under way: both finish when the one with less time left
    /// does. FAILED_PRECONDITION/CLOSED_STORE on a client that is not open; CANCELLED when resume() or close() comes before the end.
    [[nodiscard]] QFuture<Result<void>> suspend(std::chrono::milliseconds budget = std::chrono::seconds(5));
    /// Ends pause() and suspend(), whichever were called and however often: connects at once, whatever the back-off. On a client that was
    /// not paused it does as probe(). An app whose user had paused before it was suspended calls it when the user says so.
    void resume();
    /// Tries at once, whatever the back-off: the app came to the front, there is a fresh token. A network that comes back is noticed
    /// without it where QNetworkInformation has a backend; while that says that there is none, tries are rare.
    void probe();
    /// Finishes when all that is written by now has been answered by the server, and all that it had by now has been read. Waits as long as
    /// that takes: bound it with a timer of your own. FAILED_PRECONDITION without a server set; CANCELLED/CLOSED_STORE when the client
    /// closes.
    [[nodiscard]] QFuture<Result<void>> whenSynced();

    /// Why the document is as it is: what is pending and what it waits for, what was refused and why, what the server has, who wrote each
    /// field, and what to do next. Works offline, and on a closed client.
    [[nodiscard]] Explanation why(const QString &collection, const QString &key) const;

    // -- conflicts: collections with the rules Manual and Custom

    /// All open conflicts, or those of one collection; sorted by collection, key and field. Without those that a resolver of
    /// ClientOptions::resolvers is about to be asked for.
    [[nodiscard]] QList<Conflict> conflicts(const QString &collection = {}) const;
    /// Ends a conflict by writing `value`, or by removing the field if there is none: all candidates seen by this device are replaced,
    /// everywhere. One written meanwhile elsewhere survives, and the conflict stays open, smaller. NOT_FOUND if the field is not in
    /// conflict; else as Collection's writes.
    [[nodiscard]] QFuture<Result<void>> resolve(const QString &collection, const QString &key, const QString &field,
                                                const std::optional<QVariant> &value);

    // -- quarantine: writes that the server refused

    [[nodiscard]] QList<QuarantinedWrite> quarantined() const;
    /// Makes the write again, as a new one on what is shown now, and drops the old one. NOT_FOUND if there is none of this id.
    [[nodiscard]] QFuture<Result<void>> retryQuarantined(const QString &id);
    /// Drops it for good. NOT_FOUND if there is none of this id.
    [[nodiscard]] QFuture<Result<void>> discardQuarantined(const QString &id);

Q_SIGNALS:
    void openChanged();
    /// The list that conflicts() gives is another one.
    void conflictsChanged();
    /// The store was damaged and has been healed, on opening (before open() finishes) or later: what could be read is there at once, the
    /// server sends the rest, and the device goes on under a new deviceId(). No file needs to be deleted.
    void storeRecovered(const Satchel::RecoveryReport &report);
    /// The server refused a write: it was taken back from view, before this signal, and kept.
    void writeRefused(const Satchel::QuarantinedWrite &write);
    /// The server revoked this device (SyncStatus::blockedReason() was DEVICE_REVOKED) or ordered it to destroy what it has of the user
    /// (USER_GONE): the client has closed and done as signOut(SignOut::Destroy). `lost` is what no server has of it, pending writes first,
    /// then the quarantine, each with that reason; it is in memory only, for as long as the app keeps it.
    void wiped(const QList<Satchel::QuarantinedWrite> &lost);
    /// As wiped(), but it could not be done: the client has closed, key and store are there. The next open() destroys them before anything
    /// is read, or fails for the same reason.
    void wipeFailed(const Satchel::Error &error);

private:
    friend struct ClientAccess;
    std::unique_ptr<ClientPrivate> d;
};

}  // namespace Satchel
