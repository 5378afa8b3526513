// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "backup.h"

#include "audit/exportlines.h"
#include "audit/merkle.h"
#include "cipherdb/storefiles.h"

#include <algorithm>
#include <system_error>

namespace Satchel::Server {

namespace fs = std::filesystem;

namespace {

/// 2026-11-23T204500.123Z: sorts by time, and every file system takes it.
std::string nameOf(std::chrono::milliseconds now)
{
    std::string name = Audit::timeText(now);
    std::erase(name, ':');
    return "backup-" + name;
}

Core::Result<void> makeFolder(const fs::path &folder)
{
    std::error_code error;
    fs::create_directories(folder, error);
    if (!error) {
        fs::permissions(folder, fs::perms::owner_all, error);
    }
    if (error) {
        return Core::failure(Core::makeError(Core::ErrorCode::PermissionDenied, Core::ErrorReason::StorageReadOnly,
                                             "the folder of the backup cannot be made: " + error.message(), Core::Retry::AfterChange));
    }
    return {};
}

/// One of the store's files, read through SQLite's own layer: closing it otherwise would drop the store's locks.
Core::Result<void> copyFile(EmbeddedStore &store, const std::string &suffix, const fs::path &folder, BackupManifest &manifest)
{
    const fs::path from = store.path().string() + suffix;
    auto reader = store.rawPieces(suffix);
    if (!reader) {
        return Core::failure(std::move(reader.error()));
    }
    if (!*reader) {
        return {};
    }
    auto copied = copyHashed(folder / from.filename(), **reader);
    if (!copied) {
        return Core::failure(std::move(copied.error()));
    }
    manifest.files.push_back(std::move(*copied));
    return {};
}

Core::Result<void> copyAll(EmbeddedStore &store, const Audit::Signer &signer, const fs::path &folder, BackupManifest &manifest,
                           const WhileNobodyWrites &whileNobodyWrites)
{
    const auto pinned = store.pin();
    if (!pinned) {
        return Core::failure(pinned.error());
    }
    return copyFile(store, "", folder, manifest)
        .and_then([&] { return copyFile(store, ".keycheck", folder, manifest); })
        .and_then([&] {
            return whileNobodyWrites([&] {
                manifest.epoch = store.epoch();
                return copyFile(store, "-wal", folder, manifest)
                    .and_then([&] { return auditHeadsOf(store, signer, store.epoch()); })
                    .map([&](std::vector<std::string> &&notes) { manifest.auditNotes = std::move(notes); });
            });
        })
        .and_then([&] { return CipherDb::writeFileAtomically(folder / BackupManifest::fileName, manifest.toJson()); });
}

}  // namespace

Core::Result<std::vector<std::string>> auditHeadsOf(EmbeddedStore &store, const Audit::Signer &signer, std::uint64_t epoch)
{
    auto view = store.reader();
    if (!view) {
        return Core::failure(std::move(view.error()));
    }
    const auto tenants = store.auditTenants();
    if (!tenants) {
        return Core::failure(tenants.error());
    }
    std::vector<std::string> notes;
    for (const std::string &tenant : *tenants) {
        const auto size = (*view)->auditSize(tenant);
        if (!size) {
            return Core::failure(size.error());
        }
        const auto root =
            Audit::rootOf(*size, [&](unsigned level, std::uint64_t index) { return (*view)->auditNode(tenant, level, index); });
        if (!root) {
            return Core::failure(root.error());
        }
        notes.push_back(signer.signNote(Audit::Checkpoint{Audit::originOf(epoch, tenant), *size, *root}.toText()));
    }
    return notes;
}

Core::Result<BackupReport> makeBackup(EmbeddedStore &store, const Audit::Signer &signer, const BackupSettings &settings,
                                      std::chrono::milliseconds now, const WhileNobodyWrites &whileNobodyWrites)
{
    if (settings.folder.empty()) {
        return Core::failure(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::None,
                                             "the server has no folder for backups; start it with --backup-folder",
                                             Core::Retry::AfterChange));
    }
    BackupReport report;
    report.name = nameOf(now);
    report.manifest.made = now;
    const fs::path folder = settings.folder / (report.name + ".part");
    std::error_code error;
    if (fs::exists(settings.folder / report.name, error) || fs::exists(folder, error)) {
        return Core::failure(Core::makeError(Core::ErrorCode::AlreadyExists, Core::ErrorReason::None, "there is a backup of this moment"));
    }
    auto done = makeFolder(folder).and_then([&] { return copyAll(store, signer, folder, report.manifest, whileNobodyWrites); });
    if (done && !settings.keyringFolder.empty()) {
        done = makeFolder(settings.keyringFolder).and_then([&] { return store.copyKeyring(settings.keyringFolder); });
    }
    if (done) {
        done = CipherDb::renameFile(folder, settings.folder / report.name);
    }
    if (!done) {
        fs::remove_all(folder, error);
        return Core::failure(std::move(done.error()));
    }
    for (const BackupManifest::File &file : report.manifest.files) {
        report.sizeBytes += file.sizeBytes;
    }
    return report;
}

}  // namespace Satchel::Server
