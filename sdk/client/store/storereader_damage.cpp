// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// A page that is bad ends a scan. What lies behind it is reached from the other end, and by the index; then each row is read by itself, so
// that only those that need the page are lost.

#include "storereader.h"

#include "client/store/quarantine.h"
#include "client/store/rules.h"
#include "wire/codec.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <tuple>

namespace Satchel::Sync {

namespace {

using TakeRow = std::function<Core::Result<void>(CipherDb::Statement &row)>;

/// Up to the end, or to the first row that cannot be read.
Core::Result<void> scan(CipherDb::Database &database, std::string_view sql, const TakeRow &take)
{
    auto select = database.prepared(sql);
    if (!select) {
        return Core::failure(select.error());
    }
    while (true) {
        auto hasRow = (*select)->step();
        auto taken = hasRow && *hasRow ? take(**select) : Core::Result<void>();
        if (!hasRow || !*hasRow || !taken) {
            (*select)->reset();
            return hasRow ? taken : Core::failure(hasRow.error());
        }
    }
}

/// The one row of a number.
Core::Result<void> readRow(CipherDb::Database &database, std::string_view sql, std::int64_t number, const TakeRow &take)
{
    auto select = database.prepared(sql);
    if (!select) {
        return Core::failure(select.error());
    }
    (*select)->bind(0, number);
    auto hasRow = (*select)->step();
    auto taken = hasRow && *hasRow ? take(**select) : Core::Result<void>();
    (*select)->reset();
    return hasRow ? taken : Core::failure(hasRow.error());
}

void note(StoreContents &contents, std::string what, const Core::Error &error)
{
    if (contents.faults.size() < StoreReader::faultsMax) {
        contents.faults.push_back({std::move(what), error});
    }
}

void noteFailure(StoreContents &contents, const char *what, const Core::Result<void> &outcome)
{
    if (!outcome) {
        note(contents, what, outcome.error());
    }
}

}  // namespace

StoreContents StoreReader::readPiecemeal()
{
    StoreContents contents;
    contents.schema = CipherDb::schemaVersion(m_database).value_or(0);
    noteFailure(contents, "identity", readIdentity(contents));
    Progress progress(m_database);
    noteFailure(contents, "progress", progress.read().map([](bool /*isKnown*/) {}));
    contents.progress = progress.record();
    Rules rules(m_database);
    noteFailure(contents, "policies and limits", rules.load());
    contents.policies = rules.policies();
    contents.limits = rules.limits();
    readDocumentsPiecemeal(contents);
    readOutboxPiecemeal(contents);
    readQuarantinePiecemeal(contents);
    noteFailure(contents, "recovery list", readRecovery(contents));
    return contents;
}

void StoreReader::readDocumentsPiecemeal(StoreContents &contents)
{
    std::set<std::int64_t> rows;
    std::map<std::int64_t, Core::DocumentId> names;
    const auto takeNumber = [&rows](CipherDb::Statement &row) -> Core::Result<void> {
        rows.insert(row.int64(0));
        return {};
    };
    const auto takeName = [&](CipherDb::Statement &row) -> Core::Result<void> {
        rows.insert(row.int64(0));
        names[row.int64(0)] = {std::string(row.blob(1)), std::string(row.blob(2))};
        return {};
    };
    for (const char *order : {"ORDER BY id", "ORDER BY id DESC"}) {
        Core::ignore(scan(m_database, std::string("SELECT id FROM documents NOT INDEXED ") + order, takeNumber),
                     "rows are read by themselves");
    }
    bool isIndexWhole = true;
    for (const char *order : {"ORDER BY collection, key", "ORDER BY collection DESC, key DESC"}) {
        const std::string sql = std::string("SELECT id, collection, key FROM documents INDEXED BY documents_by_name ") + order;
        const auto scanned = scan(m_database, sql, takeName);
        if (!scanned && isIndexWhole) {
            note(contents, "index of documents; some of them may not be named here", scanned.error());
            isIndexWhole = false;
        }
    }
    for (const std::int64_t number : rows) {
        const auto taken = readRow(m_database, "SELECT collection, key, base FROM documents WHERE id = ?", number,
                                   [&](CipherDb::Statement &row) -> Core::Result<void> {
                                       names[number] = {std::string(row.blob(0)), std::string(row.blob(1))};
                                       return Wire::decodeStoredDocument(row.blob(2)).map([&](Core::Document &&base) {
                                           contents.documents.emplace_back(names[number], std::move(base));
                                       });
                                   });
        if (!taken) {
            const auto name = names.find(number);
            note(contents, "document " + (name != names.end() ? name->second.collection + "/" + name->second.key : std::to_string(number)),
                 taken.error());
        }
    }
}

void StoreReader::readOutboxPiecemeal(StoreContents &contents)
{
    std::set<std::int64_t> rows;
    const auto takeNumber = [&rows](CipherDb::Statement &row) -> Core::Result<void> {
        rows.insert(row.int64(0));
        return {};
    };
    for (const char *order : {"ORDER BY last", "ORDER BY last DESC"}) {
        const auto scanned = scan(m_database, std::string("SELECT last FROM outbox ") + order, takeNumber);
        if (!scanned && order == std::string_view("ORDER BY last DESC")) {
            note(contents, "outbox", scanned.error());
        }
    }
    for (const std::int64_t last : rows) {
        const auto taken = readRow(m_database, "SELECT mutations FROM outbox WHERE last = ?", last, [&](CipherDb::Statement &row) {
            return Wire::decodeStoredBlock(row.blob(0)).map([&](std::vector<Wire::SizedMutation> &&block) {
                for (Wire::SizedMutation &sized : block) {
                    if (sized.mutation->dot.counter > contents.settledThrough) {
                        contents.pending.push_back(std::move(sized.mutation));
                    }
                }
            });
        });
        if (!taken) {
            note(contents, "outbox up to write " + std::to_string(last), taken.error());
        }
    }
}

void StoreReader::readQuarantinePiecemeal(StoreContents &contents)
{
    std::map<Core::Dot, Quarantined> found;
    const auto take = [&found](CipherDb::Statement &row) -> Core::Result<void> {
        return Quarantine::decode(row).map([&found](Quarantined &&refused) {
            const Core::Dot dot = refused.mutation.dot;
            found.emplace(dot, std::move(refused));
        });
    };
    for (const char *order : {"ORDER BY device, counter", "ORDER BY device DESC, counter DESC"}) {
        const std::string sql = std::string("SELECT mutation, code, reason, detail, retry, refused_ms FROM quarantine ") + order;
        const auto scanned = scan(m_database, sql, take);
        if (!scanned && order == std::string_view("ORDER BY device, counter")) {
            note(contents, "quarantine", scanned.error());
        }
    }
    for (auto &[dot, refused] : found) {
        contents.quarantine.push_back(std::move(refused));
    }
}

}  // namespace Satchel::Sync
