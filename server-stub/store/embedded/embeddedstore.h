// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/database.h"
#include "server-stub/ops/random.h"
#include "server-stub/store/embedded/userrows.h"
#include "server-stub/store/store.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace Satchel::Server {

/// The default store: one SQLCipher file, one writing connection, any number of readers; beside it the keyring, whose keys users' content
/// is sealed under.
/// begin(), secret(), setPolicies() and checkpoint() belong to one thread at a time.
class EmbeddedStore : public Store {
public:
    /// A store up to this size has all its pages checked when it is opened: half a second at most.
    static constexpr std::uint64_t checkedAtStartBytesMax = 256ULL * 1024 * 1024;

    /// Opens or makes the store; errors of CipherDb::Database::open and migrate, and of Keyring: one that is lost or another store's is
    /// named, and never made anew beside a store that had one. `files` as in CipherDb::OpenOptions.
    [[nodiscard]] static Core::Result<std::unique_ptr<EmbeddedStore>> open(const std::filesystem::path &path, CipherDb::StoreKey key,
                                                                           Random &random, CipherDb::FileSystem *files = nullptr);

    [[nodiscard]] std::uint64_t epoch() const override { return m_epoch; }
    [[nodiscard]] Core::Result<void> renewEpoch(std::chrono::milliseconds now) override;
    [[nodiscard]] Core::Result<std::string> secret(std::string_view purpose) override;
    [[nodiscard]] std::shared_ptr<const Core::PolicySet> policies() const override;
    [[nodiscard]] Core::Result<void> setPolicies(Core::PolicySet policies, PolicyVersion source = {}) override;
    [[nodiscard]] Core::Result<std::unique_ptr<WriteTransaction>> begin() override;
    [[nodiscard]] Core::Result<std::unique_ptr<ReadView>> reader() override;
    [[nodiscard]] Core::Result<void> checkpoint() override;
    [[nodiscard]] const std::filesystem::path &path() const { return m_path; }
    /// Keeps SQLite, as long as it lives, from moving into the main file what is not in the WAL as well, and from beginning the WAL anew.
    /// Thread-safe.
    [[nodiscard]] Core::Result<std::shared_ptr<void>> pin();
    /// Gives the bytes of the file with this suffix from an offset on, a piece at a time and none at the end, which is where it ended when
    /// this was called; nothing if there is no such file. Thread-safe.
    using Pieces = std::function<Core::Result<std::string>(std::uint64_t offset)>;
    [[nodiscard]] Core::Result<std::optional<Pieces>> rawPieces(const std::string &suffix);
    /// The keyring as it is now, into a folder, in place of an older copy.
    [[nodiscard]] Core::Result<void> copyKeyring(const std::filesystem::path &folder);
    /// Whose audit logs there are. On the thread of begin().
    [[nodiscard]] Core::Result<std::vector<std::string>> auditTenants();
    [[nodiscard]] Core::Result<std::uint64_t> ownerCount();
    /// Every page's check, and how they fit together. DATA_LOSS/STORE_DAMAGED names the first page.
    [[nodiscard]] Core::Result<void> verify();

    /// What of the rows that follow from the log differs from it.
    struct ProjectionReport {
        std::size_t userCount = 0;
        std::size_t differenceCount = 0;
        std::string first;  ///< names the user and the document
    };
    /// Compares, user by user. No transaction is open meanwhile.
    [[nodiscard]] Core::Result<ProjectionReport> verifyProjections();
    /// Makes them anew, a transaction for each user; where it was cut short, it is done again. What differed before.
    [[nodiscard]] Core::Result<ProjectionReport> rebuildProjections();

private:
    EmbeddedStore(std::filesystem::path path, CipherDb::StoreKey key, Random &random, CipherDb::FileSystem *files);
    Core::Result<void> openWriter();
    void load();
    void openKeyring();
    [[nodiscard]] std::optional<std::string> meta(std::string_view name);
    void setMeta(std::string_view name, std::string_view value);
    [[nodiscard]] std::uint64_t writeFreshEpoch();

    std::filesystem::path m_path;
    CipherDb::StoreKey m_key;
    Random &m_random;
    CipherDb::FileSystem *m_files;
    std::optional<CipherDb::Database> m_writer;
    std::optional<UserRows> m_rows;
    std::uint64_t m_epoch = 0;
    mutable std::mutex m_policiesMutex;
    std::shared_ptr<const Core::PolicySet> m_policies;
};

}  // namespace Satchel::Server
