// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/conflict.h>
#include <Satchel/policy.h>
#include <Satchel/result.h>
#include <Satchel/satchelglobal.h>

#include <QtCore/QByteArray>
#include <QtCore/QFuture>
#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QUrl>

#include <chrono>
#include <functional>
#include <variant>

namespace Satchel {

/// Where the 256-bit key of the encrypted store comes from. The store is never opened, or made, without one, and a key is never made over a
/// store that exists. What each answers when the key cannot be had is in docs/keys.md; every such error leaves store and key as they are.
class SATCHEL_EXPORT StoreKeySource {
public:
    /// An entry of the operating system's keychain; see keychain().
    struct Keychain {
        QString service;
    };
    /// A file with the key in it; see keyFile().
    struct KeyFile {
        QString path;
    };
    using Source = std::variant<std::monostate, QByteArray, QString, Keychain, KeyFile>;

    /// No key: open() answers INVALID_ARGUMENT.
    StoreKeySource() = default;
    /// Exactly 32 bytes that the app keeps safe (keychain, secure element). Losing them loses what was not synced. The bytes are shared
    /// with the app's QByteArray as long as the options live, so wiping them is the app's.
    [[nodiscard]] static StoreKeySource raw(const QByteArray &key);
    /// Argon2id (RFC 9106; 64 MiB, 3 passes) of the passphrase's UTF-8. The salt is made with the store and kept beside it in
    /// `<store>.kdf`; without that file an existing store answers FAILED_PRECONDITION/KEY_MISSING. Deriving takes about 0.2 s, off the
    /// caller's thread.
    [[nodiscard]] static StoreKeySource passphrase(const QString &passphrase);
    /// A random key, made with the store and kept in the operating system's keychain (on Linux the secret service: GNOME Keyring, KWallet,
    /// KeePassXC), one entry per (tenant, user). `service` names the app's entries; empty: organization and application name of
    /// QCoreApplication. An app with several store folders gives each its own. The user may be asked to unlock the keychain, while open()
    /// waits, two minutes at most. UNAVAILABLE: KEYCHAIN_UNAVAILABLE (there is none on this machine), KEYCHAIN_LOCKED, KEYCHAIN_NOT_READY;
    /// FAILED_PRECONDITION/KEY_MISSING: the store exists, its entry does not; DATA_LOSS/KEY_DAMAGED: the entry is not a key.
    [[nodiscard]] static StoreKeySource keychain(const QString &service = {});
    /// A random key, made with the store and kept in this file with mode 0600: for machines without a keychain. Any program of the same
    /// user can read it, and a copy of the disk holds both store and key, so each open logs a warning. One file per (tenant, user).
    /// PERMISSION_DENIED/KEY_FILE_UNSAFE: group or others have rights to it, it is another user's, or a link;
    /// FAILED_PRECONDITION/KEY_MISSING: the store exists, the file does not; DATA_LOSS/KEY_DAMAGED: it is not 64 hexadecimal digits and a
    /// line feed.
    [[nodiscard]] static StoreKeySource keyFile(const QString &path);

    /// Library use.
    [[nodiscard]] const Source &source() const { return m_source; }

private:
    Source m_source;
};

/// Asked for a bearer token (the JWT alone, no "Bearer") when sync needs one: at the start, before expiry, after a 401. Called on the
/// client's thread, never twice at a time. A failed future or an Error pauses sync with that reason; the local data stays usable.
/// Client::probe() asks again.
using TokenProvider = std::function<QFuture<Result<QString>>()>;

/// Which way to the server may be taken.
enum class Carriers {
    Automatic,  ///< WebSocket; polling where that does not get through, and back again
    WebSocketOnly,
    PollingOnly,
};

/// All that a Client is made from. Members that are not set have the defaults seen here.
struct ClientOptions {
    /// https://host[:port]; http only to this machine (loopback). Empty: the client stays local. Anything else: INVALID_ARGUMENT.
    QUrl serverUrl;
    /// The app's world on the server, 1...64 bytes of [a-z0-9_.-].
    QString tenant = QStringLiteral("default");
    /// Owner of the state: the `sub` of the tokens. Required, at most 256 bytes of UTF-8. One store and one key per (tenant, user).
    QString user;
    StoreKeySource key;
    /// Empty with a server set: sync is paused with TOKEN_MISSING.
    TokenProvider tokenProvider;

    /// Folder of the stores, made if missing, readable by its owner only. Empty: "satchel" in QStandardPaths::AppDataLocation.
    QString storeFolder;
    /// What people see in a list of devices. Empty: the machine's host name.
    QString deviceName;
    /// Of the app, for support staff. Empty: QCoreApplication::applicationVersion().
    QString appVersion;
    Carriers carriers = Carriers::Automatic;
    /// With polling: time from one poll to the next; 0: long polls, so that changes arrive at once.
    std::chrono::milliseconds pollingInterval{0};
    /// Starts with sync paused; see Client::resume().
    bool isPausedAtStart = false;
    /// Whether a server in test mode, whose faults are made on purpose, may be synced with. Keep it off in what is shipped.
    bool allowTestServer = false;
    /// What collections are until the server's own policies have arrived for the first time; from then on the server's hold.
    QList<CollectionPolicy> policies;
    /// Kept in memory beside the documents, at about 150 bytes a document and index, from opening on.
    QList<CollectionIndex> indexes;
    /// By collection: what resolves its conflicts, where its rule is Custom. A collection without one is as if its rule were Manual.
    QHash<QString, ConflictResolver> resolvers;
    /// Milliseconds since 1970 UTC, for tests. Empty: the system's clock. It only orders concurrent writes; a wrong clock loses nothing.
    std::function<std::chrono::milliseconds()> wallClock;
};

}  // namespace Satchel
