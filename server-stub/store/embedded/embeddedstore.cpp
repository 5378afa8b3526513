// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "embeddedstore.h"

#include "accesstables.h"
#include "audittables.h"
#include "embeddedreader.h"
#include "embeddedtransaction.h"
#include "erasures.h"
#include "rebuilder.h"
#include "schema.h"
#include "sql.h"

#include "wire/codec.h"

#include <cstring>

namespace Satchel::Server {

namespace {

constexpr int writerCacheKib = 64 * 1024;
constexpr int readerCacheKib = 16 * 1024;

void note(std::vector<std::string> differences, EmbeddedStore::ProjectionReport &report)
{
    ++report.userCount;
    if (report.differenceCount == 0 && !differences.empty()) {
        report.first = std::move(differences.front());
    }
    report.differenceCount += differences.size();
}

}  // namespace

EmbeddedStore::EmbeddedStore(std::filesystem::path path, CipherDb::StoreKey key, Random &random, CipherDb::FileSystem *files)
    : m_path(std::move(path))
    , m_key(std::move(key))
    , m_random(random)
    , m_files(files)
    , m_policies(std::make_shared<const Core::PolicySet>())
{
}

Core::Result<std::unique_ptr<EmbeddedStore>> EmbeddedStore::open(const std::filesystem::path &path, CipherDb::StoreKey key, Random &random,
                                                                 CipherDb::FileSystem *files)
{
    std::unique_ptr<EmbeddedStore> store(new EmbeddedStore(path, std::move(key), random, files));
    if (auto opened = store->openWriter(); !opened) {
        return Core::failure(std::move(opened.error()));
    }
    CipherDb::FileSystem &disk = files != nullptr ? *files : CipherDb::FileSystem::system();
    const auto size = disk.fileSize(disk.canonical(path));
    if (size && size->value_or(0) <= checkedAtStartBytesMax) {
        // A page that is met only after a week has had its backups overwritten by then.
        if (auto checked = store->m_writer->verifyPages(); !checked) {
            return Core::failure(std::move(checked.error()));
        }
    }
    auto loaded = guarded([&] { store->load(); });
    if (!loaded) {
        return Core::failure(std::move(loaded.error()));
    }
    return store;
}

Core::Result<void> EmbeddedStore::openWriter()
{
    CipherDb::OpenOptions options;
    options.path = m_path;
    options.role = CipherDb::Role::Writer;
    options.cacheKib = writerCacheKib;
    options.files = m_files;
    m_writer.reset();
    auto opened = CipherDb::Database::open(options, m_key);
    if (!opened) {
        return Core::failure(std::move(opened.error()));
    }
    m_writer.emplace(std::move(*opened));
    return CipherDb::migrate(*m_writer, embeddedSchema());
}

void EmbeddedStore::load()
{
    if (const auto bytes = meta("epoch")) {
        if (bytes->size() == sizeof m_epoch) {
            std::memcpy(&m_epoch, bytes->data(), sizeof m_epoch);
        }
    } else {
        m_epoch = writeFreshEpoch();
    }
    if (m_epoch == 0) {
        throw StoreFailure{Core::makeError(Core::ErrorCode::DataLoss, Core::ErrorReason::StoreDamaged, "the store's epoch cannot be read")};
    }
    openKeyring();
    CipherDb::Transaction transaction = must(CipherDb::Transaction::begin(*m_writer));
    AuditTables(*m_writer, *m_rows).fillCodes();
    must(transaction.commit());
    Query policies(*m_writer, "SELECT policies FROM policies WHERE tenant = x''");
    if (policies.next()) {
        m_policies = std::make_shared<const Core::PolicySet>(must(Wire::decodeStoredPolicies(policies.view())));
    }
}

void EmbeddedStore::openKeyring()
{
    constexpr std::string_view mark = "keyring";
    const std::string secretOfKeyring = must(secret("keyring"));
    // Where a crash came between file and mark the file holds no key that anything is sealed under, and is taken as it is.
    const bool isNew = !meta(mark);
    m_rows.emplace(std::make_shared<Keyring>(m_path, secretOfKeyring, CipherDb::Role::Writer, isNew, m_random, m_files), m_random);
    if (isNew) {
        setMeta(mark, "1");
    }
    must(finishErasures(*m_writer, m_rows->keyring()));
    eraseAgain(*m_writer, m_rows->keyring());
}

std::optional<std::string> EmbeddedStore::meta(std::string_view name)
{
    Query rows(*m_writer, "SELECT value FROM meta WHERE CAST(name AS BLOB) = ?");
    rows << name;
    return rows.next() ? std::optional(rows.bytes()) : std::nullopt;
}

void EmbeddedStore::setMeta(std::string_view name, std::string_view value)
{
    (Query(*m_writer, "INSERT OR REPLACE INTO meta (name, value) VALUES (CAST(? AS TEXT), ?)") << name << value).run();
}

std::uint64_t EmbeddedStore::writeFreshEpoch()
{
    std::uint64_t fresh = 0;
    while (fresh == 0 || fresh == m_epoch) {
        const std::string bytes = m_random.bytes(sizeof fresh);
        std::memcpy(&fresh, bytes.data(), sizeof fresh);
        fresh >>= 1U;
    }
    std::string bytes(sizeof fresh, '\0');
    std::memcpy(bytes.data(), &fresh, sizeof fresh);
    setMeta("epoch", bytes);
    return fresh;
}

Core::Result<void> EmbeddedStore::renewEpoch(std::chrono::milliseconds now)
{
    return guarded([&] {
        CipherDb::Transaction transaction = must(CipherDb::Transaction::begin(*m_writer));
        const std::uint64_t fresh = writeFreshEpoch();
        AuditTables(*m_writer, *m_rows).continueAll(m_epoch, fresh, now);
        must(transaction.commit());
        m_epoch = fresh;
    });
}

Core::Result<std::string> EmbeddedStore::secret(std::string_view purpose)
{
    return guarded([&] {
        const std::string name = "secret:" + std::string(purpose);
        if (auto known = meta(name)) {
            return std::move(*known);
        }
        std::string made = m_random.bytes(32);
        setMeta(name, made);
        return made;
    });
}

std::shared_ptr<const Core::PolicySet> EmbeddedStore::policies() const
{
    const std::lock_guard lock(m_policiesMutex);
    return m_policies;
}

Core::Result<void> EmbeddedStore::setPolicies(Core::PolicySet policies, PolicyVersion source)
{
    const auto kept = this->policies();
    auto newest = guarded([&] { return AccessTables(*m_writer).policyVersion(std::nullopt); });
    if (!newest) {
        return Core::failure(std::move(newest.error()));
    }
    const bool isTextKept = *newest && (*newest)->version == policies.version();
    const bool isSameText = source.text.empty() || !isTextKept || (*newest)->text == source.text;
    if (*kept == policies && isSameText && (isTextKept || source.text.empty())) {
        return {};
    }
    if (policies.version() < kept->version() || (policies.version() == kept->version() && !(*kept == policies && isSameText))) {
        return Core::failure(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::None,
                                             "the store has policies of version " + std::to_string(kept->version()) +
                                                 "; changed ones need a higher version than " + std::to_string(policies.version()),
                                             Core::Retry::AfterChange));
    }
    auto log = begin();
    if (!log) {
        return Core::failure(std::move(log.error()));
    }
    if (auto set = (*log)->setPolicies(std::move(policies), source); !set) {
        return set;
    }
    return (*log)->commit();
}

Core::Result<EmbeddedStore::ProjectionReport> EmbeddedStore::verifyProjections()
{
    return guarded([&] {
        const auto kept = policies();
        Rebuilder rebuilder(*m_writer, *m_rows, *kept, Rebuilder::Mode::Verify);
        ProjectionReport report;
        for (const Rebuilder::Owner &owner : rebuilder.owners()) {
            note(rebuilder.check(owner), report);
        }
        return report;
    });
}

Core::Result<EmbeddedStore::ProjectionReport> EmbeddedStore::rebuildProjections()
{
    return guarded([&] {
        const auto kept = policies();
        Rebuilder rebuilder(*m_writer, *m_rows, *kept, Rebuilder::Mode::Repair);
        ProjectionReport report;
        for (const Rebuilder::Owner &owner : rebuilder.owners()) {
            CipherDb::Transaction transaction = must(CipherDb::Transaction::begin(*m_writer));
            note(rebuilder.check(owner), report);
            m_rows->keyring().flush();
            must(transaction.commit());
        }
        return report;
    });
}

Core::Result<std::unique_ptr<WriteTransaction>> EmbeddedStore::begin()
{
    if (!m_writer || m_writer->isPoisoned()) {
        if (auto opened = openWriter(); !opened) {
            return Core::failure(std::move(opened.error()));
        }
    }
    auto usable =
        guarded([this] { m_rows->keyring().ensureUsable(); }).and_then([this] { return finishErasures(*m_writer, m_rows->keyring()); });
    if (!usable) {
        return Core::failure(std::move(usable.error()));
    }
    return EmbeddedTransaction::begin(*m_writer, *m_rows, policies(), [this](std::shared_ptr<const Core::PolicySet> set) {
        const std::lock_guard lock(m_policiesMutex);
        m_policies = std::move(set);
    });
}

Core::Result<std::unique_ptr<ReadView>> EmbeddedStore::reader()
{
    CipherDb::OpenOptions options;
    options.path = m_path;
    options.role = CipherDb::Role::Reader;
    options.createIfMissing = false;
    options.cacheKib = readerCacheKib;
    options.files = m_files;
    auto opened = CipherDb::Database::open(options, m_key);
    if (!opened) {
        return Core::failure(std::move(opened.error()));
    }
    return std::make_unique<EmbeddedReader>(std::move(*opened), *m_rows);
}

Core::Result<void> EmbeddedStore::checkpoint()
{
    if (!m_writer) {
        return {};
    }
    return m_writer->checkpoint().and_then([this] { return guarded([this] { m_rows->keyring().checkpoint(); }); });
}

Core::Result<void> EmbeddedStore::verify()
{
    if (!m_writer) {
        return {};
    }
    return m_writer->verify().and_then([this] { return guarded([this] { m_rows->keyring().verify(); }); });
}

}  // namespace Satchel::Server
