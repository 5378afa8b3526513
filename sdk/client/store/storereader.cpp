// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "storereader.h"

#include "client/store/documentbases.h"
#include "client/store/identity.h"
#include "client/store/outbox.h"
#include "client/store/quarantine.h"
#include "client/store/rules.h"
#include "client/store/salvagedstore.h"
#include "client/store/schema.h"
#include "core/merge.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <system_error>

namespace Satchel::Sync {

namespace {

constexpr int attemptsMax = 3;
/// The schema that brought the seal. Other than that, all up to now can be read alike.
constexpr std::int64_t sealedSince = 2;

/// By which a change of files that nobody should have touched is seen.
struct Fingerprint {
    std::uintmax_t storeBytes = 0;
    std::uintmax_t walBytes = 0;
    std::filesystem::file_time_type storeTime;
    std::filesystem::file_time_type walTime;
    friend bool operator==(const Fingerprint &, const Fingerprint &) = default;

    [[nodiscard]] static Fingerprint of(const std::filesystem::path &path)
    {
        const std::filesystem::path wal = path.string() + "-wal";
        std::error_code error;
        Fingerprint made;
        made.storeBytes = std::filesystem::file_size(path, error);
        made.storeTime = std::filesystem::last_write_time(path, error);
        made.walBytes = std::filesystem::file_size(wal, error);
        made.walTime = std::filesystem::last_write_time(wal, error);
        return made;
    }
};

/// Does the work again if the files changed under it although they were not in use when it began: it may have met two states then.
/// Beside a writer SQLite sees to it that a reader meets one.
template <typename T>
Core::Result<T> whileUnchanged(const std::filesystem::path &path, const std::function<Core::Result<T>(bool &isInUse)> &work)
{
    for (int attempt = 0; attempt < attemptsMax; ++attempt) {
        const Fingerprint before = Fingerprint::of(path);
        bool isInUse = false;
        auto outcome = work(isInUse);
        if ((outcome && isInUse) || Fingerprint::of(path) == before) {
            return outcome;
        }
    }
    return Core::failure(Core::makeError(Core::ErrorCode::Unavailable, Core::ErrorReason::None,
                                         "the store was opened or changed by somebody while it was read; try again", Core::Retry::Later));
}

Core::Error notReadable(const char *detail)
{
    return Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::None, detail, Core::Retry::AfterChange);
}

Core::Result<void> checkSchema(std::int64_t version)
{
    const auto newest = static_cast<std::int64_t>(storeMigrations().size());
    if (version > newest || version < 0) {
        return Core::failure(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::SchemaTooNew,
                                             "the store has version " + std::to_string(version) + ", this program knows " +
                                                 std::to_string(newest) + "; use the newer program",
                                             Core::Retry::AfterChange));
    }
    if (version == 0) {
        return Core::failure(notReadable("the store was made but never filled"));
    }
    return {};
}

}  // namespace

Core::Document StoreContents::current(const Core::DocumentId &id) const
{
    Core::Document document;
    const auto base = std::ranges::find(documents, id, &std::pair<Core::DocumentId, Core::Document>::first);
    if (base != documents.end()) {
        document = base->second;
    }
    std::map<Core::DocumentId, Core::Document> one{{id, std::move(document)}};
    applyPending(one, [&id](const Core::DocumentId &other) { return other == id; });
    return std::move(one.begin()->second);
}

void StoreContents::applyPending(std::map<Core::DocumentId, Core::Document> &shown,
                                 const std::function<bool(const Core::DocumentId &id)> &isAsked) const
{
    for (const Core::MutationPtr &mutation : pending) {
        if (isAsked(mutation->document)) {
            Core::apply(shown[mutation->document], *mutation, policies.of(mutation->document.collection));
        }
    }
}

std::vector<Core::DocumentId> StoreContents::names() const
{
    std::vector<Core::DocumentId> found;
    for (const auto &[id, base] : documents) {
        found.push_back(id);
    }
    for (const Core::MutationPtr &mutation : pending) {
        found.push_back(mutation->document);
    }
    std::ranges::sort(found);
    const auto doubles = std::ranges::unique(found);
    found.erase(doubles.begin(), doubles.end());
    return found;
}

Core::Result<StoreReader> StoreReader::open(const std::filesystem::path &path, const CipherDb::StoreKey &key)
{
    CipherDb::OpenOptions options;
    options.path = path;
    options.role = CipherDb::Role::Inspector;
    options.createIfMissing = false;
    return CipherDb::Database::open(options, key).and_then([](CipherDb::Database &&database) -> Core::Result<StoreReader> {
        StoreReader reader(std::move(database));
        return CipherDb::schemaVersion(reader.m_database).and_then(checkSchema).map([&] { return std::move(reader); });
    });
}

Core::Result<StoreContents> StoreReader::read(const std::filesystem::path &path, const CipherDb::StoreKey &key)
{
    const auto work = [&](bool &isInUse) -> Core::Result<StoreContents> {
        auto reader = open(path, key);
        if (!reader && reader.error().reason == Core::ErrorReason::StoreDamaged) {
            return readSalvaged(path, key, reader.error());
        }
        if (!reader) {
            return Core::failure(std::move(reader.error()));
        }
        auto contents = reader->readWhole();
        const bool isDamaged = !contents && contents.error().code == Core::ErrorCode::DataLoss;
        if (!contents && !isDamaged) {
            return contents;
        }
        if (isDamaged) {
            contents = reader->readPiecemeal();
            auto pages = reader->badPages();
            if (pages) {
                contents->faults.insert(contents->faults.end(), pages->begin(), pages->end());
            }
        }
        isInUse = reader->m_database.isBesideWriter();
        contents->isInUse = isInUse;
        return contents;
    };
    return whileUnchanged<StoreContents>(path, work);
}

Core::Result<StoreContents> StoreReader::readSalvaged(const std::filesystem::path &path, const CipherDb::StoreKey &key,
                                                      const Core::Error &damage)
{
    auto salvage = CipherDb::Salvage::open(path, key);
    if (!salvage) {
        return Core::failure(std::move(salvage.error()));
    }
    const CipherDb::DamageFindings &findings = salvage->findings();
    if (auto known = findings.schemaVersion ? checkSchema(*findings.schemaVersion) : Core::Result<void>(); !known) {
        return Core::failure(std::move(known.error()));
    }
    SalvagedStore left = SalvagedStore::from(*salvage);
    StoreContents contents;
    contents.schema = findings.schemaVersion.value_or(0);
    if (left.identity) {
        contents.user = left.identity->user;
        contents.device = left.identity->device;
        contents.greatestStamp = left.identity->greatestStamp;
    }
    contents.settledThrough = left.settledThrough;
    contents.progress = left.progress.value_or(Progress::Record{});
    contents.policies = left.policies.value_or(Core::PolicySet{});
    contents.limits = Rules::limitsFrom(left.limits);
    std::map<Core::DocumentId, Core::Document> documents;
    auto read = forEachSalvagedDocument(*salvage, [&](Core::DocumentId id, Core::Document base, std::uint64_t) -> Core::Result<void> {
        Core::Document &known = documents[id];
        known = Core::merge(known, base, contents.policies.of(id.collection));
        return {};
    });
    contents.documents.assign(documents.begin(), documents.end());
    for (const auto &[counter, mutation] : left.pending) {
        contents.pending.push_back(mutation);
    }
    contents.quarantine = std::move(left.quarantine);
    contents.recovery.assign(left.toRecover.begin(), left.toRecover.end());

    if (!read) {
        contents.faults.push_back({"documents", std::move(read.error())});
    }
    for (const std::uint32_t page : findings.badPages) {
        contents.faults.push_back(
            {"page " + std::to_string(page),
             Core::makeError(Core::ErrorCode::DataLoss, Core::ErrorReason::StoreDamaged, "fails its check", Core::Retry::AfterChange)});
    }
    if (findings.badPages.empty()) {
        contents.faults.push_back({"store", damage});
    }
    return contents;
}

Core::Result<std::vector<StoreFault>> StoreReader::check(const std::filesystem::path &path, const CipherDb::StoreKey &key)
{
    auto contents = read(path, key);
    if (!contents || !contents->faults.empty()) {
        return std::move(contents).map([](StoreContents &&found) { return std::move(found.faults); });
    }
    const auto work = [&](bool &isInUse) {
        return open(path, key).and_then([&isInUse](StoreReader &&reader) {
            isInUse = reader.m_database.isBesideWriter();
            return reader.badPages();
        });
    };
    return whileUnchanged<std::vector<StoreFault>>(path, work);
}

Core::Result<std::vector<StoreFault>> StoreReader::badPages()
{
    auto lines = m_database.damage(faultsMax);
    if (lines && !lines->empty() && m_database.isBesideWriter()) {
        // A page that the writer was writing just then is good the next time.
        auto again = m_database.damage(faultsMax);
        if (!again) {
            return Core::failure(std::move(again.error()));
        }
        std::erase_if(*lines, [&again](const std::string &line) { return std::ranges::find(*again, line) == again->end(); });
    }
    if (!lines) {
        return Core::failure(std::move(lines.error()));
    }
    std::vector<StoreFault> faults;
    for (std::string &line : *lines) {
        const std::size_t word = line.find("page ");
        const std::string page =
            word == std::string::npos ? std::string() : line.substr(word, line.find_first_not_of("0123456789", word + 5) - word);
        faults.push_back({page.size() > 5 ? page : "structure", Core::makeError(Core::ErrorCode::DataLoss, Core::ErrorReason::StoreDamaged,
                                                                                std::move(line), Core::Retry::AfterChange)});
    }
    return faults;
}

Core::Result<void> StoreReader::readIdentity(StoreContents &contents)
{
    Identity identity(m_database);
    return identity.read(contents.user).map([&](bool /*isKnown*/) {
        contents.device = identity.device();
        contents.settledThrough = identity.settledThrough();
        contents.greatestStamp = identity.greatestStamp();
    });
}

Core::Result<void> StoreReader::readFacts(StoreContents &contents)
{
    Progress progress(m_database);
    Rules rules(m_database);
    return CipherDb::schemaVersion(m_database)
        .map([&](std::int64_t version) { contents.schema = version; })
        .and_then([&] { return readIdentity(contents); })
        .and_then([&] { return progress.read(); })
        .map([&](bool /*isKnown*/) { contents.progress = progress.record(); })
        .and_then([&] { return rules.load(); })
        .map([&] {
            contents.policies = rules.policies();
            contents.limits = rules.limits();
        });
}

Core::Result<void> StoreReader::readRecovery(StoreContents &contents)
{
    auto select = m_database.prepared("SELECT collection, key FROM recovery ORDER BY collection, key");
    if (!select) {
        return Core::failure(select.error());
    }
    while (true) {
        auto hasRow = (*select)->step();
        if (!hasRow) {
            return Core::failure(hasRow.error());
        }
        if (!*hasRow) {
            (*select)->reset();
            return {};
        }
        contents.recovery.push_back({std::string((*select)->blob(0)), std::string((*select)->blob(1))});
    }
}

Core::Result<StoreContents> StoreReader::readWhole()
{
    StoreContents contents;
    std::uint64_t sum = 0;
    DocumentBases bases(m_database);
    Outbox outbox(m_database);
    Quarantine quarantine(m_database);
    if (auto begun = m_database.execute("BEGIN"); !begun) {
        return Core::failure(begun.error());
    }
    auto outcome = readFacts(contents)
                       .and_then([&] { return bases.all(sum); })
                       .map([&](auto &&documents) { contents.documents = std::move(documents); })
                       .and_then([&] { return contents.schema >= sealedSince ? bases.loadSeal() : Core::Result<void>(); })
                       .and_then([&] { return outbox.load(contents.settledThrough); })
                       .and_then([&] { return outbox.all(); })
                       .map([&](auto &&pending) { contents.pending = std::move(pending); })
                       .and_then([&] { return quarantine.all(); })
                       .map([&](auto &&refused) { contents.quarantine = std::move(refused); })
                       .and_then([&] { return readRecovery(contents); });
    Core::ignore(m_database.execute("ROLLBACK"), "nothing was changed");
    if (!outcome) {
        return Core::failure(outcome.error());
    }
    if (contents.schema >= sealedSince && !bases.isSealed(sum)) {
        contents.faults.push_back({"documents", Core::makeError(Core::ErrorCode::DataLoss, Core::ErrorReason::StoreDamaged,
                                                                "the rows do not add up to the seal: a page was put back in an older state",
                                                                Core::Retry::AfterChange)});
    }
    return contents;
}

}  // namespace Satchel::Sync
