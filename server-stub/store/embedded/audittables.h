// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "audit/hash.h"
#include "cipherdb/database.h"
#include "server-stub/store/embedded/userrows.h"
#include "wire/auditrecord.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace Satchel::Server {

/// The audit logs' rows: records, and complete nodes of their trees. Throws StoreFailure, as all of this folder. Writes belong in a
/// transaction, which is the caller's.
class AuditTables {
public:
    AuditTables(CipherDb::Database &database, const UserRows &rows)
        : m_database(database)
        , m_rows(rows)
    {
    }

    struct Log {
        std::int64_t id = 0;  ///< 0: none yet
        std::uint64_t size = 0;
    };
    [[nodiscard]] Log log(std::string_view tenant);
    /// DATA_LOSS/STORE_DAMAGED if it is not there.
    [[nodiscard]] Audit::Hash node(std::int64_t log, unsigned level, std::uint64_t index);

    /// When the record was made; 0 for a place that the log has not.
    [[nodiscard]] std::chrono::milliseconds timeOf(std::int64_t log, std::uint64_t place);
    /// The first place whose record was made then or later; the log's size if there is none.
    [[nodiscard]] std::uint64_t firstPlaceFrom(const Log &log, std::chrono::milliseconds time);

    /// At the end of its tenant's log; the place. What is about a user is sealed under that user's key. One look-up and one row for each
    /// node that becomes complete, and the record's. Times of a log never go back: a record that is made while the clock is behind the
    /// record before has that one's time.
    std::uint64_t append(Wire::AuditRecord record);
    /// Gives records from before schema 4 the column that they can be found by their outcome with.
    void fillCodes();
    /// Whose logs there are, in the order in which they were begun.
    [[nodiscard]] std::vector<std::string> tenants();
    /// A record in every log that names the tree it goes on from.
    void continueAll(std::uint64_t fromEpoch, std::uint64_t epoch, std::chrono::milliseconds now);

private:
    [[nodiscard]] Log makeLog(std::string_view tenant);
    void sealSubject(Wire::AuditRecord &record, std::uint64_t place) const;
    CipherDb::Database &m_database;
    const UserRows &m_rows;
};

}  // namespace Satchel::Server
