// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "restore.h"

#include "audit/exportlines.h"
#include "cipherdb/storefiles.h"
#include "server-stub/ops/backup/backup.h"
#include "server-stub/ops/keyfile.h"

#include <algorithm>
#include <array>
#include <system_error>

namespace Satchel::Server {

namespace fs = std::filesystem;

namespace {

constexpr const char *storeName = "server.db";
constexpr std::size_t manifestBytesMax = std::size_t{16} << 20U;

tl::unexpected<Core::Error> notWhole(const std::string &why)
{
    return Core::failure(Core::makeError(Core::ErrorCode::DataLoss, Core::ErrorReason::StoreDamaged, "the backup is not whole: " + why,
                                         Core::Retry::AfterChange));
}

tl::unexpected<Core::Error> refused(Core::ErrorReason reason, const std::string &why)
{
    return Core::failure(Core::makeError(Core::ErrorCode::FailedPrecondition, reason, why, Core::Retry::AfterChange));
}

Core::Result<BackupManifest> manifestIn(const fs::path &folder)
{
    const auto text = CipherDb::readSmallFile(folder / BackupManifest::fileName, manifestBytesMax);
    if (!text) {
        return Core::failure(text.error());
    }
    if (!*text) {
        return notWhole("it has no manifest, so it was never finished");
    }
    auto manifest = BackupManifest::fromJson(**text);
    if (manifest && std::ranges::none_of(manifest->files, [](const auto &file) { return file.name == storeName; })) {
        return notWhole("its manifest names no store");
    }
    return manifest;
}

bool isThere(const fs::path &path)
{
    std::error_code ignored;
    return fs::exists(path, ignored);
}

Core::Result<void> checkPlace(const RestoreRequest &request, const fs::path &store)
{
    for (const char *suffix : {"", "-wal", ".keycheck"}) {
        if (isThere(store.string() + suffix)) {
            return refused(Core::ErrorReason::None,
                           "there is a store in the data folder already; move it away first, but leave its keyring");
        }
    }
    if (!isThere(request.keyFile)) {
        return refused(Core::ErrorReason::KeyMissing, "the key of the store is needed, as it was when the backup was made: put it at " +
                                                          request.keyFile.string() + " or name it by --key-file");
    }
    if (!isThere(Keyring::pathOf(store)) && request.keyring.empty()) {
        return refused(Core::ErrorReason::KeyMissing, "the keyring is needed, its newest copy: put " +
                                                          Keyring::pathOf(store).filename().string() +
                                                          " into the data folder, or name it by --keyring");
    }
    return {};
}

/// Copies under names that no server opens, and gives the files their own when all are there.
Core::Result<void> copyIn(const RestoreRequest &request, const BackupManifest &manifest, std::vector<fs::path> &made)
{
    for (const BackupManifest::File &file : manifest.files) {
        const fs::path to = request.data / (file.name + ".restoring");
        made.push_back(to);
        std::error_code ignored;
        fs::remove(to, ignored);
        auto copied = copyHashed(request.from / file.name, to);
        if (!copied) {
            return notWhole(copied.error().detail);
        }
        if (copied->sizeBytes != file.sizeBytes || copied->sha256 != file.sha256) {
            return notWhole(file.name + " is not what was backed up");
        }
    }
    // The store itself last: without it there is none.
    for (const bool isStore : {false, true}) {
        for (const BackupManifest::File &file : manifest.files) {
            if ((file.name == storeName) == isStore) {
                const fs::path to = request.data / file.name;
                made.push_back(to);
                if (auto moved = CipherDb::renameFile(request.data / (file.name + ".restoring"), to); !moved) {
                    return moved;
                }
            }
        }
    }
    return {};
}

Core::Result<void> copyKeyringIn(const RestoreRequest &request, const fs::path &store)
{
    if (request.keyring.empty() || isThere(Keyring::pathOf(store))) {
        return {};
    }
    for (const char *suffix : {"", ".keycheck"}) {
        const auto copied = copyHashed(request.keyring.string() + suffix, Keyring::pathOf(store).string() + suffix);
        if (!copied) {
            return Core::failure(copied.error());
        }
    }
    return {};
}

Core::Result<void> checkHeads(EmbeddedStore &store, const BackupManifest &manifest)
{
    return store.secret("audit-signing")
        .and_then([](const std::string &seed) { return Audit::Signer::make(std::string(Audit::signerName), seed); })
        .and_then([&](Audit::Signer &&signer) { return auditHeadsOf(store, signer, manifest.epoch); })
        .and_then([&](const std::vector<std::string> &notes) -> Core::Result<void> {
            return notes == manifest.auditNotes ? Core::Result<void>() : notWhole("its audit logs are not those that the manifest signs");
        });
}

Core::Result<std::string> openAndCheck(const RestoreRequest &request, const BackupManifest &manifest, const fs::path &path,
                                       const Clock &clock, Random &random)
{
    auto key = keyFromFile(request.keyFile, path, random);
    if (!key) {
        return Core::failure(std::move(key.error()));
    }
    auto opened = EmbeddedStore::open(path, std::move(*key), random);
    if (!opened) {
        return Core::failure(std::move(opened.error()));
    }
    EmbeddedStore &store = **opened;
    if (store.epoch() != manifest.epoch) {
        return notWhole("the store is of another epoch than the manifest says");
    }
    const auto checked = store.verify()
                             .and_then([&] { return checkHeads(store, manifest); })
                             .and_then([&] { return store.renewEpoch(clock.now()); })
                             .and_then([&] { return store.checkpoint(); });
    if (!checked) {
        return Core::failure(checked.error());
    }
    return "restored the backup of " + Audit::timeText(manifest.made) + ": " + std::to_string(store.ownerCount().value_or(0)) + " users, " +
           std::to_string(manifest.auditNotes.size()) +
           " audit logs as they were signed; users who were erased since are not back. Epoch " + std::to_string(store.epoch()) +
           ": devices bring back what the backup lacks";
}

}  // namespace

Core::Result<std::string> restoreBackup(const RestoreRequest &request, const Clock &clock, Random &random)
{
    const fs::path store = request.data / storeName;
    const auto manifest = manifestIn(request.from);
    if (!manifest) {
        return Core::failure(manifest.error());
    }
    std::error_code error;
    fs::create_directories(request.data, error);
    if (auto possible = checkPlace(request, store); !possible) {
        return Core::failure(std::move(possible.error()));
    }
    std::vector<fs::path> made;
    auto done = copyIn(request, *manifest, made).and_then([&] { return copyKeyringIn(request, store); }).and_then([&] {
        return openAndCheck(request, *manifest, store, clock, random);
    });
    if (!done) {
        made.push_back(store.string() + "-wal");
        made.push_back(store.string() + "-shm");
        for (const fs::path &path : made) {
            fs::remove(path, error);
        }
    }
    return done;
}

}  // namespace Satchel::Server
