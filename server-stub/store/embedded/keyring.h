// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/database.h"
#include "core/ids.h"
#include "server-stub/ops/random.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace Satchel::Server {

/// Every user's own key, in a file of its own beside the store: what makes a user's content in the store, and in all copies of it,
/// unreadable is to destroy one row here. The file is a SQLCipher one, PATH.keys, under a secret that the store keeps. It names users by a
/// keyed hash, so that of a destroyed key that hash stays and no name. Throws StoreFailure, as all of this folder. Thread-safe.
class Keyring {
public:
    static constexpr std::size_t keyBytes = 32;
    using Key = std::array<std::uint8_t, keyBytes>;

    /// `secret`: 32 bytes, the store's. With Role::Writer the file is made if `isNew`; without, one that is not there is
    /// FAILED_PRECONDITION/KEY_MISSING, and one that another store's secret opens FAILED_PRECONDITION/WRONG_KEY. `random` outlives this.
    Keyring(std::filesystem::path store, std::string_view secret, CipherDb::Role role, bool isNew, Random &random,
            CipherDb::FileSystem *files);
    ~Keyring();
    Keyring(const Keyring &) = delete;
    Keyring &operator=(const Keyring &) = delete;

    [[nodiscard]] static std::filesystem::path pathOf(const std::filesystem::path &store);

    /// The user's key, made if there is none. A fresh one is durable after flush(), which must come before anything under it is.
    /// PERMISSION_DENIED/USER_GONE if it was destroyed.
    [[nodiscard]] Key keyFor(const Core::UserId &user);
    /// The user's key. PERMISSION_DENIED/USER_GONE if it was destroyed, FAILED_PRECONDITION/KEY_MISSING if there never was one: the file is
    /// older than the store.
    [[nodiscard]] Key known(const Core::UserId &user);
    /// The user's key if there is one; nothing if it was destroyed or never made.
    [[nodiscard]] std::optional<Key> find(const Core::UserId &user);
    /// Makes fresh keys durable.
    void flush();

    /// The name that stays of a user: HMAC-SHA-256 of tenant and user under a key derived from the secret.
    [[nodiscard]] std::string hashOf(const Core::UserId &user) const;
    [[nodiscard]] bool isErased(const Core::UserId &user);
    /// Destroys the key of the user with this hash for ever: afterwards neither the file nor its WAL has it. Good if it was done before.
    void destroy(std::string_view hash, std::chrono::milliseconds now);
    [[nodiscard]] std::uint64_t erasedCount();

    /// Opens the file again after an I/O error; before it every use of the file is refused.
    void ensureUsable();
    /// Moves everything into the main file.
    void checkpoint();
    /// Copies the file and its key-check record into the folder, in place of an older copy.
    void copyTo(const std::filesystem::path &folder);
    /// As CipherDb::Database::verify().
    void verify();

private:
    void open(bool isNew);
    [[nodiscard]] std::optional<Key> lookUp(const Core::UserId &user);
    [[nodiscard]] bool isErasedHash(std::string_view hash);
    void forgetCached();

    std::filesystem::path m_path;
    CipherDb::StoreKey m_secret;
    Key m_hashKey{};
    CipherDb::Role m_role;
    Random &m_random;
    CipherDb::FileSystem *m_files;
    std::mutex m_mutex;
    std::optional<CipherDb::Database> m_database;
    std::map<Core::UserId, Key> m_cached;
    std::map<Core::UserId, Key> m_fresh;  ///< not in the file yet
};

}  // namespace Satchel::Server
