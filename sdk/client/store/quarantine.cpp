// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "quarantine.h"

#include "wire/codec.h"

namespace Satchel::Sync {

Core::Result<void> Quarantine::load()
{
    auto statement = m_database.prepared("SELECT count(*) FROM quarantine");
    if (!statement) {
        return Core::failure(statement.error());
    }
    if (auto row = (*statement)->step(); !row) {
        return Core::failure(row.error());
    }
    m_size = static_cast<std::uint64_t>((*statement)->int64(0));
    (*statement)->reset();
    return {};
}

Core::Result<void> Quarantine::add(const Quarantined &refused)
{
    auto statement =
        m_database.prepared("INSERT OR IGNORE INTO quarantine(device, counter, mutation, code, reason, detail, retry, refused_ms) "
                            "VALUES(?, ?, ?, ?, ?, ?, ?, ?)");
    if (!statement) {
        return Core::failure(statement.error());
    }
    const Core::Dot &dot = refused.mutation.dot;
    const std::string bytes = Wire::encode(refused.mutation);
    (*statement)->bindBlob(0, dot.device.view()).bind(1, static_cast<std::int64_t>(dot.counter)).bindBlob(2, bytes);
    (*statement)->bind(3, static_cast<std::int64_t>(refused.reason.code)).bind(4, static_cast<std::int64_t>(refused.reason.reason));
    (*statement)->bindBlob(5, refused.reason.detail).bind(6, static_cast<std::int64_t>(refused.reason.retry));
    (*statement)->bind(7, static_cast<std::int64_t>(refused.refusedAt.count()));
    if (auto done = (*statement)->run(); !done) {
        return done;
    }
    m_size += static_cast<std::uint64_t>(m_database.changes());
    return {};
}

Core::Result<void> Quarantine::discard(const Core::Dot &dot)
{
    auto statement = m_database.prepared("DELETE FROM quarantine WHERE device = ? AND counter = ?");
    if (!statement) {
        return Core::failure(statement.error());
    }
    (*statement)->bindBlob(0, dot.device.view()).bind(1, static_cast<std::int64_t>(dot.counter));
    if (auto done = (*statement)->run(); !done) {
        return done;
    }
    if (m_database.changes() == 0) {
        return Core::failure(Core::makeError(Core::ErrorCode::NotFound, Core::ErrorReason::None, "no refused mutation has this dot"));
    }
    m_size -= 1;
    return {};
}

Core::Result<Quarantined> Quarantine::decode(const CipherDb::Statement &row)
{
    auto mutation = Wire::decodeStoredMutation(row.blob(0));
    if (!mutation) {
        return Core::failure(mutation.error());
    }
    Quarantined refused;
    refused.mutation = std::move(*mutation);
    refused.reason.code = static_cast<Core::ErrorCode>(row.int64(1));
    refused.reason.reason = static_cast<Core::ErrorReason>(row.int64(2));
    refused.reason.detail = std::string(row.blob(3));
    refused.reason.retry = static_cast<Core::Retry>(row.int64(4));
    refused.refusedAt = std::chrono::milliseconds(row.int64(5));
    return refused;
}

Core::Result<std::vector<Quarantined>> Quarantine::all()
{
    auto statement = m_database.prepared(
        "SELECT mutation, code, reason, detail, retry, refused_ms FROM quarantine ORDER BY refused_ms, device, counter");
    if (!statement) {
        return Core::failure(statement.error());
    }
    std::vector<Quarantined> found;
    CipherDb::Statement &row = **statement;
    while (true) {
        auto hasRow = row.step();
        if (!hasRow) {
            return Core::failure(hasRow.error());
        }
        if (!*hasRow) {
            break;
        }
        auto refused = decode(row);
        if (!refused) {
            row.reset();
            return Core::failure(refused.error());
        }
        found.push_back(std::move(*refused));
    }
    row.reset();
    return found;
}

}  // namespace Satchel::Sync
