// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "progress.h"

#include <utility>

namespace Satchel::Sync {

void Progress::Record::readAgain()
{
    cursor.seq = 0;
    if (cursor.epoch != 0 && snapshotReason == Wire::SnapshotReason::None) {
        snapshotReason = Wire::SnapshotReason::NewDevice;
        snapshotHead = 0;
    }
}

Core::Result<void> Progress::load()
{
    const auto known = read();
    if (!known) {
        return Core::failure(known.error());
    }
    return *known ? Core::Result<void>() : m_database.execute("INSERT INTO progress VALUES(1, 0, 0, x'', 1, 0, 0, 0)");
}

Core::Result<bool> Progress::read()
{
    auto select = m_database.prepared(
        "SELECT epoch, seq, lease, generation, snapshot_reason, snapshot_head, last_synced_ms FROM progress WHERE id = 1");
    if (!select) {
        return Core::failure(select.error());
    }
    CipherDb::Statement &row = **select;
    auto hasRow = row.step();
    if (!hasRow) {
        return Core::failure(hasRow.error());
    }
    if (!*hasRow) {
        row.reset();
        m_record = {};
        return false;
    }
    m_record.cursor = {static_cast<std::uint64_t>(row.int64(0)), static_cast<std::uint64_t>(row.int64(1))};
    m_record.lease = std::string(row.blob(2));
    m_record.generation = static_cast<std::uint64_t>(row.int64(3));
    m_record.snapshotReason = static_cast<Wire::SnapshotReason>(row.int64(4));
    m_record.snapshotHead = static_cast<std::uint64_t>(row.int64(5));
    m_record.lastSynced = std::chrono::milliseconds(row.int64(6));
    row.reset();
    return true;
}

Core::Result<void> Progress::save(Record record)
{
    m_record = std::move(record);
    auto update =
        m_database.prepared("UPDATE progress SET epoch = ?, seq = ?, lease = ?, generation = ?, snapshot_reason = ?, snapshot_head = ?, "
                            "last_synced_ms = ? WHERE id = 1");
    if (!update) {
        return Core::failure(update.error());
    }
    (*update)->bind(0, static_cast<std::int64_t>(m_record.cursor.epoch)).bind(1, static_cast<std::int64_t>(m_record.cursor.seq));
    (*update)->bindBlob(2, m_record.lease).bind(3, static_cast<std::int64_t>(m_record.generation));
    (*update)->bind(4, static_cast<std::int64_t>(m_record.snapshotReason)).bind(5, static_cast<std::int64_t>(m_record.snapshotHead));
    (*update)->bind(6, static_cast<std::int64_t>(m_record.lastSynced.count()));
    return (*update)->run();
}

}  // namespace Satchel::Sync
