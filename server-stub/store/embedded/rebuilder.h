// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/database.h"
#include "core/policy.h"
#include "server-stub/store/embedded/userrows.h"
#include "server-stub/store/rows.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace Satchel::Server {

/// Makes what follows from the log anew, and compares it with what the tables have: documents with their counts and conflicts, what rules
/// have overwritten, origins, the counts and the head of each user, the counters of devices (docs/decisions/0017). Throws StoreFailure.
class Rebuilder {
public:
    enum class Mode : std::uint8_t { Verify, Repair };

    /// All must outlive this.
    Rebuilder(CipherDb::Database &database, const UserRows &rows, const Core::PolicySet &policies, Mode mode)
        : m_database(database)
        , m_rows(rows)
        , m_policies(policies)
        , m_mode(mode)
    {
    }

    struct Owner {
        std::int64_t id = 0;
        Core::UserId user;
    };
    [[nodiscard]] std::vector<Owner> owners();
    /// One user, within the caller's transaction. What differs, as sentences; with Mode::Repair it is as the log has it afterwards.
    [[nodiscard]] std::vector<std::string> check(const Owner &owner);

private:
    struct Folded {
        DocumentRow row;
        std::uint64_t baseSeq = 0;  ///< what follows from events begins behind it
        std::vector<OverwrittenRow> overwritten;
    };
    struct OwnerCounts {
        std::uint64_t head = 0;
        std::uint64_t documents = 0;
        std::uint64_t conflicts = 0;
        std::uint64_t origins = 0;
        std::uint64_t compacted = 0;
        std::uint64_t bytes = 0;
        friend bool operator==(const OwnerCounts &, const OwnerCounts &) = default;
    };

    void differs(const Core::DocumentId &id, const std::string &what);
    [[nodiscard]] OwnerCounts storedCounts();
    void fold(std::uint64_t compacted);
    void foldStates();
    void checkDocument(Folded &folded, OwnerCounts &counts);
    void checkConflicts(const Folded &folded, const std::vector<std::string> &conflicted);
    void checkOverwritten(const Folded &folded);
    void dropStrangers();
    void checkOrigin(const EventRow &event);
    void checkCounts(const OwnerCounts &stored, OwnerCounts folded);
    void checkDevices();
    [[nodiscard]] bool isRepairing() const { return m_mode == Mode::Repair; }

    CipherDb::Database &m_database;
    const UserRows &m_rows;
    const Core::PolicySet &m_policies;
    Mode m_mode;
    Owner m_owner;
    std::map<Core::DocumentId, Folded> m_documents;
    std::uint64_t m_lastSeq = 0;
    std::vector<std::string> m_differences;
};

}  // namespace Satchel::Server
