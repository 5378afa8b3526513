// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "documentbases.h"

#include "cipherdb/rowhash.h"
#include "wire/codec.h"

#include <functional>
#include <string>
#include <string_view>

namespace Satchel::Sync {
namespace {

using Named = std::pair<Core::DocumentId, Core::Document>;

std::uint64_t hashOf(std::string_view collection, std::string_view key, std::string_view base)
{
    std::string name(collection);
    name += '\0';
    name += key;
    return CipherDb::rowHash(name, base);
}

std::uint64_t hashOfName(std::int64_t id, std::string_view collection, std::string_view key)
{
    return hashOf(collection, key, std::to_string(id));
}

using Visit = std::function<void(const CipherDb::Statement &row)>;

Core::Result<void> eachRow(CipherDb::Statement &row, const Visit &visit)
{
    while (true) {
        auto hasRow = row.step();
        if (!hasRow) {
            return Core::failure(hasRow.error());
        }
        if (!*hasRow) {
            break;
        }
        visit(row);
    }
    row.reset();
    return {};
}

/// Rows of (collection, key, base); `visit` is shown each that is taken.
Core::Result<std::vector<Named>> collect(CipherDb::Statement &row, std::size_t bytesMax, const Visit &visit = {})
{
    std::vector<Named> found;
    std::size_t bytes = 0;
    while (true) {
        auto hasRow = row.step();
        if (!hasRow) {
            return Core::failure(hasRow.error());
        }
        if (!*hasRow) {
            break;
        }
        bytes += row.blob(2).size();
        if (!found.empty() && bytes > bytesMax) {
            break;
        }
        if (visit) {
            visit(row);
        }
        auto base = Wire::decodeStoredDocument(row.blob(2));
        if (!base) {
            row.reset();
            return Core::failure(base.error());
        }
        found.emplace_back(Core::DocumentId{std::string(row.blob(0)), std::string(row.blob(1))}, std::move(*base));
    }
    row.reset();
    return found;
}

}  // namespace

Core::Result<std::optional<Core::Document>> DocumentBases::read(const Core::DocumentId &id)
{
    auto select = m_database.prepared("SELECT base FROM documents WHERE collection = ? AND key = ?");
    if (!select) {
        return Core::failure(select.error());
    }
    (*select)->bindBlob(0, id.collection).bindBlob(1, id.key);
    auto hasRow = (*select)->step();
    if (!hasRow) {
        return Core::failure(hasRow.error());
    }
    if (!*hasRow) {
        (*select)->reset();
        m_hashes.insert_or_assign(id, 0);
        return std::optional<Core::Document>{};
    }
    if (m_seal) {
        m_hashes.insert_or_assign(id, hashOf(id.collection, id.key, (*select)->blob(0)));
    }
    auto base = Wire::decodeStoredDocument((*select)->blob(0));
    (*select)->reset();
    if (!base) {
        return Core::failure(base.error());
    }
    return std::optional<Core::Document>(std::move(*base));
}

Core::Result<void> DocumentBases::write(const Core::DocumentId &id, const Core::Document &base, std::uint64_t generation)
{
    auto upsert = m_database.prepared("INSERT INTO documents(collection, key, generation, base) VALUES(?, ?, ?, ?) "
                                      "ON CONFLICT(collection, key) DO UPDATE SET generation = excluded.generation, base = excluded.base");
    if (!upsert) {
        return Core::failure(upsert.error());
    }
    const std::string bytes = Wire::encode(base);
    if (m_seal) {
        const auto before = hashInTable(id);
        if (!before) {
            return Core::failure(before.error());
        }
        const std::uint64_t after = hashOf(id.collection, id.key, bytes);
        *m_seal += after - *before;
        m_isSealChanged = true;
        m_hashes.insert_or_assign(id, after);
    }
    (*upsert)->bindBlob(0, id.collection).bindBlob(1, id.key).bind(2, static_cast<std::int64_t>(generation)).bindBlob(3, bytes);
    return (*upsert)->run();
}

Core::Result<std::vector<Named>> DocumentBases::all(std::uint64_t &sum)
{
    auto select = m_database.prepared("SELECT collection, key, base, id FROM documents NOT INDEXED ORDER BY id");
    if (!select) {
        return Core::failure(select.error());
    }
    std::uint64_t names = 0;
    auto documents = collect(**select, SIZE_MAX, [&](const CipherDb::Statement &row) {
        sum += hashOf(row.blob(0), row.blob(1), row.blob(2));
        names += hashOfName(row.int64(3), row.blob(0), row.blob(1));
    });
    if (!documents) {
        return documents;
    }
    if (auto fits = checkIndex(names); !fits) {
        return Core::failure(fits.error());
    }
    return documents;
}

/// A page of the index that was put back in an older state passes its own check, and would hide documents, or make them twice.
Core::Result<void> DocumentBases::checkIndex(std::uint64_t names)
{
    auto select = m_database.prepared("SELECT id, collection, key FROM documents INDEXED BY documents_by_name");
    if (!select) {
        return Core::failure(select.error());
    }
    std::uint64_t sum = 0;
    const auto read =
        eachRow(**select, [&sum](const CipherDb::Statement &row) { sum += hashOfName(row.int64(0), row.blob(1), row.blob(2)); });
    if (!read) {
        return read;
    }
    if (sum != names) {
        return Core::failure(Core::makeError(Core::ErrorCode::DataLoss, Core::ErrorReason::StoreDamaged,
                                             "the index of documents does not fit to them", Core::Retry::AfterChange));
    }
    return {};
}

Core::Result<std::vector<Core::DocumentId>> DocumentBases::olderThan(std::uint64_t generation)
{
    auto select = m_database.prepared("SELECT collection, key FROM documents WHERE generation < ?");
    if (!select) {
        return Core::failure(select.error());
    }
    (*select)->bind(0, static_cast<std::int64_t>(generation));
    std::vector<Core::DocumentId> found;
    return eachRow(**select,
                   [&found](const CipherDb::Statement &row) { found.push_back({std::string(row.blob(0)), std::string(row.blob(1))}); })
        .map([&found] { return std::move(found); });
}

Core::Result<void> DocumentBases::dropOlderThan(std::uint64_t generation)
{
    if (m_seal) {
        auto select = m_database.prepared("SELECT collection, key, base FROM documents WHERE generation < ?");
        if (!select) {
            return Core::failure(select.error());
        }
        (*select)->bind(0, static_cast<std::int64_t>(generation));
        std::uint64_t sum = 0;
        const auto dropped =
            eachRow(**select, [&sum](const CipherDb::Statement &row) { sum += hashOf(row.blob(0), row.blob(1), row.blob(2)); });
        if (!dropped) {
            return dropped;
        }
        *m_seal -= sum;
        m_isSealChanged = true;
        m_hashes.clear();
    }
    auto statement = m_database.prepared("DELETE FROM documents WHERE generation < ?");
    if (!statement) {
        return Core::failure(statement.error());
    }
    (*statement)->bind(0, static_cast<std::int64_t>(generation));
    return (*statement)->run();
}

Core::Result<void> DocumentBases::markForRecovery(const Core::DocumentId &id)
{
    auto insert = m_database.prepared("INSERT OR IGNORE INTO recovery(collection, key) VALUES(?, ?)");
    if (!insert) {
        return Core::failure(insert.error());
    }
    (*insert)->bindBlob(0, id.collection).bindBlob(1, id.key);
    return (*insert)->run();
}

Core::Result<void> DocumentBases::markOlderForRecovery(std::uint64_t generation)
{
    auto insert =
        m_database.prepared("INSERT OR IGNORE INTO recovery(collection, key) SELECT collection, key FROM documents WHERE generation < ?");
    if (!insert) {
        return Core::failure(insert.error());
    }
    (*insert)->bind(0, static_cast<std::int64_t>(generation));
    return (*insert)->run();
}

Core::Result<std::uint64_t> DocumentBases::hashInTable(const Core::DocumentId &id)
{
    if (const auto known = m_hashes.find(id); known != m_hashes.end()) {
        return known->second;
    }
    return read(id).map([this, &id](const auto &) { return m_hashes.at(id); });
}

Core::Result<void> DocumentBases::loadSeal()
{
    m_seal.reset();
    m_isSealChanged = false;
    m_hashes.clear();
    auto select = m_database.prepared("SELECT documents FROM seal WHERE id = 1");
    if (!select) {
        return Core::failure(select.error());
    }
    auto hasRow = (*select)->step();
    if (!hasRow) {
        return Core::failure(hasRow.error());
    }
    if (*hasRow) {
        m_seal = static_cast<std::uint64_t>((*select)->int64(0));
    }
    (*select)->reset();
    return {};
}

Core::Result<void> DocumentBases::saveSeal()
{
    m_hashes.clear();
    if (!m_isSealChanged) {
        return {};
    }
    m_isSealChanged = false;
    auto upsert = m_database.prepared("INSERT OR REPLACE INTO seal(id, documents) VALUES(1, ?)");
    if (!upsert) {
        return Core::failure(upsert.error());
    }
    (*upsert)->bind(0, static_cast<std::int64_t>(*m_seal));
    return (*upsert)->run();
}

bool DocumentBases::isSealed(std::uint64_t sum)
{
    if (!m_seal) {
        m_seal = sum;
        m_isSealChanged = true;
    }
    return *m_seal == sum;
}

Core::Result<std::vector<Named>> DocumentBases::toRecover(std::size_t countMax, std::size_t bytesMax)
{
    auto select =
        m_database.prepared("SELECT documents.collection, documents.key, base FROM recovery JOIN documents USING(collection, key) "
                            "ORDER BY documents.collection, documents.key LIMIT ?");
    if (!select) {
        return Core::failure(select.error());
    }
    (*select)->bind(0, static_cast<std::int64_t>(countMax));
    return collect(**select, bytesMax);
}

Core::Result<void> DocumentBases::unmark(const Core::DocumentId &id)
{
    auto statement = m_database.prepared("DELETE FROM recovery WHERE collection = ? AND key = ?");
    if (!statement) {
        return Core::failure(statement.error());
    }
    (*statement)->bindBlob(0, id.collection).bindBlob(1, id.key);
    return (*statement)->run();
}

}  // namespace Satchel::Sync
