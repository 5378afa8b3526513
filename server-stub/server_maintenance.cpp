// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "server_p.h"

#include "server-stub/admin/auditexporter.h"
#include "server-stub/ops/backup/backup.h"
#include "server-stub/ops/backup/restore.h"
#include "server-stub/ops/keyfile.h"

#include <future>
#include <mutex>
#include <system_error>

namespace Satchel::Server {

Core::Result<void> Server::Private::openExistingStore()
{
    std::error_code ignored;
    if (options.dataFolder.empty() || !std::filesystem::exists(options.dataFolder / storeName, ignored)) {
        return Core::failure(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::None,
                                             "there is no store in the data folder", Core::Retry::AfterChange));
    }
    return openStore();
}

Core::Result<void> Server::renewEpoch()
{
    return d->openExistingStore().and_then([this] { return d->store->renewEpoch(d->clock.now()); }).and_then([this] {
        return d->store->checkpoint();
    });
}

Core::Result<CompactionReport> Server::compact()
{
    if (auto opened = d->openExistingStore(); !opened) {
        return Core::failure(std::move(opened.error()));
    }
    if (auto loaded = d->loadPolicies(); !loaded) {
        return Core::failure(std::move(loaded.error()));
    }
    d->makePipeline();
    auto report = d->compactor->pass();
    d->pipeline->stop();
    if (auto moved = d->store->checkpoint(); report && !moved) {
        return Core::failure(std::move(moved.error()));
    }
    return report;
}

Core::Result<void> Server::check()
{
    return d->openExistingStore().and_then([this] { return d->store->verify(); });
}

Core::Result<std::size_t> Server::verify()
{
    auto report = d->openExistingStore().and_then([this] { return d->store->verifyProjections(); });
    if (!report) {
        return Core::failure(std::move(report.error()));
    }
    if (report->differenceCount > 0) {
        return Core::failure(Core::makeError(Core::ErrorCode::DataLoss, Core::ErrorReason::None,
                                             std::to_string(report->differenceCount) +
                                                 " differences from the log, which `rebuild` mends; the first: " + report->first,
                                             Core::Retry::AfterChange));
    }
    return report->userCount;
}

Core::Result<std::size_t> Server::rebuild()
{
    auto report = d->openExistingStore().and_then([this] { return d->store->rebuildProjections(); });
    if (auto moved = report ? d->store->checkpoint() : Core::Result<void>(); !moved) {
        return Core::failure(std::move(moved.error()));
    }
    return report ? Core::Result<std::size_t>(report->differenceCount) : Core::failure(std::move(report.error()));
}

Core::Result<std::string> Server::auditKey()
{
    return d->openExistingStore().and_then([this] { return d->makeAuditSigner(); }).map([this] {
        return d->auditSigner->verifierKey().toText();
    });
}

Core::Result<void> Server::exportAudit(const std::string &tenant, const std::function<void(const std::string &lines)> &write)
{
    auto view = auditKey().and_then([this](const std::string &) { return d->store->reader(); });
    if (!view) {
        return Core::failure(std::move(view.error()));
    }
    const AuditExporter exporter(*d->auditSigner, d->store->epoch());
    std::string lines;
    auto place = exporter.begin(tenant, **view, lines);
    Core::Result<void> done = place ? Core::Result<void>() : Core::failure(std::move(place.error()));
    for (bool isWhole = false; done && !isWhole;) {
        done = exporter.addPart(tenant, **view, *place, lines);
        isWhole = place->isWhole();
        write(lines);
        lines.clear();
    }
    return done;
}

Core::Result<Wire::Admin::BackupsCreateResponse> Server::Private::backup()
{
    const std::unique_lock only(backupMutex, std::try_to_lock);
    if (!only) {
        return Core::failure(
            Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::None, "a backup is being made", Core::Retry::Later));
    }
    const WhileNobodyWrites whileNobodyWrites = [this](const std::function<Core::Result<void>()> &step) -> Core::Result<void> {
        if (!pipeline) {
            return step();
        }
        std::promise<Core::Result<void>> done;
        if (!pipeline->between([&] { done.set_value(step()); })) {
            return Core::failure(Core::unavailable(Core::ErrorReason::ShuttingDown, "the server is going down"));
        }
        return done.get_future().get();
    };
    return makeBackup(*store, *auditSigner, {options.backupFolder, options.backupKeyringFolder}, clock.now(), whileNobodyWrites)
        .map([](const BackupReport &report) {
            return Wire::Admin::BackupsCreateResponse{report.name, report.sizeBytes, report.manifest.toJson()};
        });
}

Core::Result<Wire::Admin::BackupsCreateResponse> Server::backup()
{
    if (d->isRunning) {
        return d->backup();
    }
    return d->openExistingStore().and_then([this] { return d->makeAuditSigner(); }).and_then([this] { return d->backup(); });
}

Core::Result<std::string> Server::restore(const std::filesystem::path &from, const std::filesystem::path &keyring)
{
    return restoreBackup({from, d->options.dataFolder, d->keyFile(), keyring}, d->clock, d->random);
}

Core::Result<void> Server::changeStoreKey(const std::filesystem::path &newKeyFile)
{
    const std::filesystem::path file = d->options.dataFolder / storeName;
    return newKeyFile.empty() ? rotateKey(d->keyFile(), file, d->random) : changeKey(d->keyFile(), newKeyFile, file, d->random);
}

}  // namespace Satchel::Server
