// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "storeopening.h"

#include "client/store/schema.h"

#include <utility>

namespace Satchel::Sync {

namespace {

using CipherDb::FileSystem;

/// The new store while it is filled; once it has the other name it is whole, and only has to take its place.
constexpr const char *unfinished = ".healing";
constexpr const char *finished = ".healed";
constexpr const char *damaged = ".damaged";
constexpr const char *wal = "-wal";
constexpr const char *index = "-shm";
constexpr const char *record = ".keycheck";

/// The steps from a damaged store to a healed one, on the files.
class Healing {
public:
    Healing(const LocalStore::Options &options, const CipherDb::StoreKey &key)
        : m_options(options)
        , m_key(key)
        , m_files(options.files != nullptr ? *options.files : FileSystem::system())
        , m_path(options.path.string())
    {
    }

    /// Puts a whole new store in its place, if an earlier healing has left one.
    [[nodiscard]] Core::Result<void> takePlace();
    [[nodiscard]] Core::Result<Recovery> heal(const CipherDb::Salvage &salvage);

private:
    [[nodiscard]] Core::Result<bool> exists(const std::string &path);
    [[nodiscard]] Core::Result<void> removeIfThere(const std::string &path);
    [[nodiscard]] Core::Result<void> removeAll(const std::string &path);
    [[nodiscard]] Core::Result<void> moveIfThere(const std::string &from, const std::string &to);

    const LocalStore::Options &m_options;
    const CipherDb::StoreKey &m_key;
    FileSystem &m_files;
    std::string m_path;
};

Core::Result<bool> Healing::exists(const std::string &path)
{
    return m_files.fileSize(path).map([](const auto &size) { return size.has_value(); });
}

Core::Result<void> Healing::removeIfThere(const std::string &path)
{
    const auto isThere = exists(path);
    if (!isThere) {
        return Core::failure(isThere.error());
    }
    return *isThere ? m_files.removeFile(path) : Core::Result<void>();
}

Core::Result<void> Healing::removeAll(const std::string &path)
{
    for (const char *suffix : {wal, index, record, ".lock", ""}) {
        if (auto removed = removeIfThere(path + suffix); !removed) {
            return removed;
        }
    }
    return {};
}

Core::Result<void> Healing::moveIfThere(const std::string &from, const std::string &to)
{
    const auto isThere = exists(from);
    if (!isThere) {
        return Core::failure(isThere.error());
    }
    return *isThere ? m_files.renameFile(from, to) : Core::Result<void>();
}

Core::Result<void> Healing::takePlace()
{
    const std::string whole = m_path + finished;
    const std::string aside = m_path + damaged;
    const auto isWaiting = exists(whole);
    if (!isWaiting || !*isWaiting) {
        return isWaiting ? Core::Result<void>() : Core::Result<void>(Core::failure(isWaiting.error()));
    }
    // The store's own file goes last on one side and comes last on the other: while either name is there, everything beside it is as well.
    const auto hasRecord = exists(whole + record);
    if (!hasRecord) {
        return Core::failure(hasRecord.error());
    }
    return moveIfThere(m_path + wal, aside + wal)
        .and_then([&] { return *hasRecord ? moveIfThere(m_path + record, aside + record) : Core::Result<void>(); })
        .and_then([&] { return moveIfThere(m_path, aside); })
        .and_then([&] { return removeIfThere(m_path + index); })
        .and_then([&] { return moveIfThere(whole + record, m_path + record); })
        .and_then([&] { return m_files.renameFile(whole, m_path); });
}

Core::Result<Recovery> Healing::heal(const CipherDb::Salvage &salvage)
{
    const auto &version = salvage.findings().schemaVersion;
    if (version && *version > storeMigrations().size()) {
        return Core::failure(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::SchemaTooNew,
                                             "the store is damaged, and of a newer program, which alone can heal it",
                                             Core::Retry::AfterChange));
    }
    SalvagedStore salvaged = SalvagedStore::from(salvage);
    if (salvaged.identity && salvaged.identity->user != m_options.user) {
        return Core::failure(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::None,
                                             "the store belongs to another user; a store is one user's", Core::Retry::AfterChange));
    }
    LocalStore::Options options = m_options;
    options.path = m_path + unfinished;
    auto recovery = removeAll(options.path.string())
                        .and_then([&] { return LocalStore::open(options, m_key); })
                        .and_then([&](std::unique_ptr<LocalStore> store) -> Core::Result<Recovery> {
                            auto taken = store->takeSalvaged(std::move(salvaged), salvage);
                            if (!taken) {
                                return taken;
                            }
                            // With an empty WAL the file alone is the store.
                            return store->checkpoint().map([&taken] { return std::move(*taken); });
                        });
    if (!recovery) {
        Core::ignore(removeAll(options.path.string()), "it was never in its place, and is made anew the next time");
        return recovery;
    }
    recovery->damagedStore = m_path + damaged;
    return removeAll(recovery->damagedStore)
        .and_then([&] { return moveIfThere(m_path + unfinished + record, m_path + finished + record); })
        .and_then([&] { return m_files.renameFile(m_path + unfinished, m_path + finished); })
        .and_then([&] { return takePlace(); })
        .map([&recovery] { return std::move(*recovery); });
}

Core::Result<OpenedLocalStore> openAndLoad(const LocalStore::Options &options, const CipherDb::StoreKey &key)
{
    OpenedLocalStore opened;
    auto store = LocalStore::open(options, key);
    if (!store) {
        return Core::failure(store.error());
    }
    opened.store = std::move(*store);
    auto content = opened.store->loadAll();
    if (!content) {
        return Core::failure(content.error());
    }
    opened.content = std::move(*content);
    return opened;
}

/// What is there can be read; where nothing is, the disk's own error says why nothing can be made.
Core::Result<OpenedLocalStore> openReadOnly(LocalStore::Options options, const CipherDb::StoreKey &key, const Core::Error &why)
{
    options.isReadOnly = true;
    options.lock.reset();
    auto opened = openAndLoad(options, key);
    if (!opened && opened.error().code == Core::ErrorCode::NotFound) {
        return Core::failure(why);
    }
    return opened;
}

}  // namespace

Core::Result<OpenedLocalStore> openHealed(LocalStore::Options options, const CipherDb::StoreKey &key, Suspicion suspicion)
{
    FileSystem &files = options.files != nullptr ? *options.files : FileSystem::system();
    options.path = files.canonical(options.path);
    if (!options.lock) {
        auto lock = files.acquireLock(options.path.string() + ".lock", CipherDb::LockMode::Exclusive);
        if (!lock && lock.error().reason == Core::ErrorReason::StorageReadOnly) {
            return openReadOnly(options, key, lock.error());
        }
        if (!lock) {
            return Core::failure(lock.error());
        }
        options.lock = std::move(*lock);
    }
    Healing healing(options, key);
    if (auto done = healing.takePlace(); !done) {
        return Core::failure(done.error());
    }
    auto opened = suspicion == Suspicion::DamageMet
                      ? Core::Result<OpenedLocalStore>(Core::failure(Core::makeError(
                            Core::ErrorCode::DataLoss, Core::ErrorReason::StoreDamaged, "the store was found damaged while it was open")))
                      : openAndLoad(options, key);
    const auto isReason = [&opened](Core::ErrorReason reason) { return !opened && opened.error().reason == reason; };
    if (isReason(Core::ErrorReason::StorageReadOnly)) {
        return openReadOnly(options, key, opened.error());
    }
    if (!isReason(Core::ErrorReason::StoreDamaged) && !isReason(Core::ErrorReason::StorageIo)) {
        return opened;
    }
    const auto salvage = CipherDb::Salvage::open(options.path, key, options.files);
    if (!salvage) {
        return opened;
    }
    if (isReason(Core::ErrorReason::StorageIo) && salvage->findings().unreadablePageCount == 0) {
        // The disk reads everything now: whatever it was has passed.
        return openAndLoad(options, key);
    }
    auto recovery = healing.heal(*salvage);
    if (!recovery) {
        Core::Error error = recovery.error();
        error.detail += " (while healing: " + salvage->findings().describe() + ")";
        return Core::failure(std::move(error));
    }
    opened = openAndLoad(options, key);
    if (opened) {
        opened->content.recovery = std::move(*recovery);
    }
    return opened;
}

}  // namespace Satchel::Sync
