// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "localstore.h"

#include "client/store/schema.h"
#include "core/sabotage.h"

#include <algorithm>
#include <utility>

namespace Satchel::Sync {

namespace {

constexpr int cacheKib = 16 * 1024;

}  // namespace

LocalStore::LocalStore(Options options, CipherDb::Database database)
    : m_options(std::move(options))
    , m_database(std::move(database))
{
}

Core::Result<std::unique_ptr<LocalStore>> LocalStore::open(Options options, const CipherDb::StoreKey &key)
{
    return withMemory([&] { return make(std::move(options), key); });
}

Core::Result<std::unique_ptr<LocalStore>> LocalStore::make(Options options, const CipherDb::StoreKey &key)
{
    CipherDb::OpenOptions databaseOptions;
    databaseOptions.path = options.path;
    databaseOptions.cacheKib = cacheKib;
    databaseOptions.files = options.files;
    databaseOptions.lock = std::move(options.lock);
    databaseOptions.role = options.isReadOnly ? CipherDb::Role::Reader : CipherDb::Role::Writer;
    auto database = CipherDb::Database::open(databaseOptions, key);
    if (!database) {
        return Core::failure(database.error());
    }
    if (options.isReadOnly) {
        return makeReadOnly(std::move(options), std::move(*database));
    }
    if (auto done = CipherDb::migrate(*database, storeMigrations()); !done) {
        return Core::failure(done.error());
    }
    std::unique_ptr<LocalStore> store(new LocalStore(std::move(options), std::move(*database)));
    if (auto done = store->inTransaction([&store] { return store->load(); }); !done) {
        return Core::failure(done.error());
    }
    return store;
}

Core::Result<std::unique_ptr<LocalStore>> LocalStore::makeReadOnly(Options options, CipherDb::Database database)
{
    const auto version = CipherDb::schemaVersion(database);
    if (!version) {
        return Core::failure(version.error());
    }
    if (*version != static_cast<std::int64_t>(storeMigrations().size())) {
        return Core::failure(Core::makeError(Core::ErrorCode::PermissionDenied, Core::ErrorReason::StorageReadOnly,
                                             "the store cannot be written, and has a schema of another version", Core::Retry::AfterChange));
    }
    std::unique_ptr<LocalStore> store(new LocalStore(std::move(options), std::move(database)));
    return store->load().map([&store] { return std::move(store); });
}

Core::Result<void> LocalStore::load()
{
    return m_identity.load(m_options.user, m_options.freshDevice)
        .and_then([this] { return m_progress.load(); })
        .and_then([this] { return m_rules.load(); })
        .and_then([this] { return m_outbox.load(m_identity.settledThrough()); })
        .and_then([this] { return m_quarantine.load(); })
        .and_then([this] { return m_bases.loadSeal(); })
        .and_then([this] { return m_bases.toRecover(1, 0); })
        .map([this](const auto &documents) { m_hasRecoveries = !documents.empty(); });
}

Core::Result<void> LocalStore::reloadIfStale()
{
    if (!m_isStale) {
        return {};
    }
    auto loaded = withMemory([this] { return load(); });
    m_isStale = !loaded;
    return loaded;
}

void LocalStore::undone()
{
    // What the tables' classes hold in memory may be ahead of the tables now.
    m_isStale = true;
    Core::ignore(reloadIfStale(),
                 "the first failure is the one to report; a store that cannot be read answers the next call with its error");
}

Core::Result<void> LocalStore::beginGroup()
{
    auto transaction = withMemory([this] { return reloadIfStale().and_then([this] { return CipherDb::Transaction::begin(m_database); }); });
    if (!transaction) {
        return Core::failure(transaction.error());
    }
    m_group.emplace(std::move(*transaction));
    m_groupError.reset();
    return {};
}

Core::Result<void> LocalStore::endGroup()
{
    auto outcome = withMemory([this]() -> Core::Result<void> {
        return m_groupError ? Core::Result<void>(Core::failure(*std::exchange(m_groupError, std::nullopt)))
                            : m_bases.saveSeal().and_then([this] { return m_group->commit(); });
    });
    m_group.reset();
    if (!outcome && !Core::isSabotaged(Core::Sabotage::KeepUndoneState)) {
        undone();
    }
    return outcome;
}

Core::Result<void> LocalStore::runTransaction(const std::function<Core::Result<void>()> &work)
{
    if (m_group) {
        if (m_groupError) {
            return Core::failure(*m_groupError);
        }
        auto done = withMemory(work);
        if (!done) {
            m_groupError = done.error();
        }
        return done;
    }
    auto outcome = withMemory([this, &work]() -> Core::Result<void> {
        auto transaction = reloadIfStale().and_then([this] { return CipherDb::Transaction::begin(m_database); });
        if (!transaction) {
            return Core::failure(transaction.error());
        }
        return work().and_then([this] { return m_bases.saveSeal(); }).and_then([&transaction] { return transaction->commit(); });
    });
    if (!outcome) {
        undone();
    }
    return outcome;
}

Core::Result<OpenedStore> LocalStore::loadAll()
{
    return withMemory([this] { return reloadIfStale().and_then([this] { return readAll(); }); });
}

Core::Result<OpenedStore> LocalStore::readAll()
{
    OpenedStore opened;
    opened.device = m_identity.device();
    opened.lastCounter = lastCounter();
    opened.lastStamp = m_identity.greatestStamp();
    opened.policies = m_rules.policies();
    opened.limits = m_rules.limits();
    opened.cursor = m_progress.record().cursor;
    std::uint64_t sum = 0;
    auto documents = m_bases.all(sum);
    if (!documents) {
        return Core::failure(documents.error());
    }
    if (!m_bases.isSealed(sum)) {
        return Core::failure(Core::makeError(Core::ErrorCode::DataLoss, Core::ErrorReason::StoreDamaged,
                                             "documents are not as they were written last", Core::Retry::AfterChange));
    }
    auto pending = m_outbox.all();
    if (!pending) {
        return Core::failure(pending.error());
    }
    if (auto whole = checkPending(*pending); !whole) {
        return Core::failure(whole.error());
    }
    auto quarantine = m_quarantine.all();
    if (!quarantine) {
        return Core::failure(quarantine.error());
    }
    opened.documents = std::move(*documents);
    opened.pending = std::move(*pending);
    opened.quarantine = std::move(*quarantine);
    for (const Core::MutationPtr &mutation : opened.pending) {
        opened.lastStamp = std::max(opened.lastStamp, mutation->stamp);
    }
    for (const Quarantined &refused : opened.quarantine) {
        opened.lastStamp = std::max(opened.lastStamp, refused.mutation.stamp);
    }
    return opened;
}

/// A page that was put back in an older state passes its own check; that it does not fit to the others is found here.
Core::Result<void> LocalStore::checkPending(const std::vector<Core::MutationPtr> &pending) const
{
    std::uint64_t counter = m_identity.settledThrough();
    for (const Core::MutationPtr &mutation : pending) {
        if (mutation->dot != Core::Dot{m_identity.device(), ++counter}) {
            return Core::failure(Core::makeError(Core::ErrorCode::DataLoss, Core::ErrorReason::StoreDamaged,
                                                 "the pending mutations do not follow each other", Core::Retry::AfterChange));
        }
    }
    if (counter < m_outbox.lastCounter()) {
        return Core::failure(Core::makeError(Core::ErrorCode::DataLoss, Core::ErrorReason::StoreDamaged, "pending mutations are missing",
                                             Core::Retry::AfterChange));
    }
    return {};
}

void LocalStore::giveBackSpace()
{
    constexpr std::int64_t freePagesMin = 256;
    constexpr std::int64_t livePagesMax = 8192;
    const auto count = [this](const char *pragma) -> std::int64_t {
        auto statement = m_database.prepared(pragma);
        auto hasRow = statement ? (*statement)->step() : Core::Result<bool>(false);
        const std::int64_t value = hasRow && *hasRow ? (*statement)->int64(0) : 0;
        if (statement) {
            (*statement)->reset();
        }
        return value;
    };
    const std::int64_t freePages = count("PRAGMA freelist_count");
    const std::int64_t livePages = count("PRAGMA page_count") - freePages;
    if (!m_options.isReadOnly && freePages >= freePagesMin && freePages * 4 >= livePages && livePages <= livePagesMax) {
        Core::ignore(m_database.execute("VACUUM"), "the store is as good with its free pages");
    }
}

std::uint64_t LocalStore::lastCounter() const
{
    return std::max(m_identity.settledThrough(), m_outbox.lastCounter());
}

Core::Error LocalStore::gapError()
{
    return Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::CounterGap,
                           "a mutation's counter must be the store's last plus one, under the store's device");
}

Core::Result<void> LocalStore::appendOutbox(std::span<const Core::MutationPtr> mutations)
{
    if (auto fresh = reloadIfStale(); !fresh) {
        return fresh;
    }
    std::uint64_t expected = lastCounter() + 1;
    for (const Core::MutationPtr &mutation : mutations) {
        if (mutation->dot != Core::Dot{m_identity.device(), expected}) {
            return Core::failure(gapError());
        }
        expected += 1;
    }
    return inTransaction([this, mutations] { return m_outbox.append(mutations); });
}

Core::Result<void> LocalStore::discardQuarantined(const Core::Dot &dot)
{
    return inTransaction([this, &dot] { return m_quarantine.discard(dot); });
}

SyncStore::Facts LocalStore::facts() const
{
    Facts facts;
    facts.device = m_identity.device();
    facts.lastCounter = lastCounter();
    facts.settledThrough = m_identity.settledThrough();
    facts.pendingCount = m_outbox.size();
    facts.quarantineCount = m_quarantine.size();
    facts.cursor = m_progress.record().cursor;
    facts.lease = m_progress.record().lease;
    facts.policyVersion = m_rules.policies().version();
    facts.isInSnapshot = m_progress.isInSnapshot();
    facts.isEpochSnapshot = m_progress.record().snapshotReason == Wire::SnapshotReason::EpochChanged;
    facts.hasRecoveries = m_hasRecoveries;
    facts.lastSynced = m_progress.record().lastSynced;
    return facts;
}

Core::Result<void> LocalStore::keepLastSynced(std::chrono::milliseconds wallClock)
{
    return inTransaction([this, wallClock] {
        Progress::Record record = m_progress.record();
        record.lastSynced = wallClock;
        return m_progress.save(std::move(record));
    });
}

Core::Result<std::vector<Core::Mutation>> LocalStore::pendingAfter(std::uint64_t counter, std::size_t countMax, std::size_t bytesMax)
{
    return withMemory([&] { return reloadIfStale().and_then([&] { return m_outbox.after(counter, countMax, bytesMax); }); });
}

}  // namespace Satchel::Sync
