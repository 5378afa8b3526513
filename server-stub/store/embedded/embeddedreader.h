// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/database.h"
#include "server-stub/store/embedded/userrows.h"
#include "server-stub/store/store.h"

#include <functional>
#include <vector>

namespace Satchel::Server {

class Query;

class EmbeddedReader : public ReadView {
public:
    EmbeddedReader(CipherDb::Database database, UserRows rows)
        : m_database(std::move(database))
        , m_rows(std::move(rows))
    {
    }

    [[nodiscard]] bool isUsable() const override { return !m_database.isPoisoned(); }
    [[nodiscard]] Core::Result<std::uint64_t> head(const Core::UserId &user) override;
    [[nodiscard]] Core::Result<DeltaPage> deltas(const DeltaQuery &query) override;
    [[nodiscard]] Core::Result<std::vector<CompactableUser>> compactable(const CompactableQuery &query) override;
    [[nodiscard]] Core::Result<std::vector<UnchangedDocument>> unchanged(const UnchangedQuery &query) override;

    void setInterruption(std::function<bool()> isWanted) override { m_database.setInterruption(std::move(isWanted)); }
    [[nodiscard]] Core::Result<std::vector<Wire::Admin::UserSummary>> users(const UsersQuery &query) override;
    [[nodiscard]] Core::Result<Wire::Admin::TenantStats> tenantStats(const std::string &tenant, std::chrono::milliseconds now) override;
    [[nodiscard]] Core::Result<std::vector<Wire::Admin::UserDevice>> devices(const DevicesQuery &query) override;
    [[nodiscard]] Core::Result<std::optional<Wire::Admin::UsersGetResponse>> user(const Core::UserId &user) override;
    [[nodiscard]] Core::Result<std::vector<Wire::Admin::DocumentSummary>> documents(const DocumentsQuery &query) override;
    [[nodiscard]] Core::Result<std::optional<StoredDocument>> document(const Core::UserId &user, const Core::DocumentId &id) override;
    [[nodiscard]] Core::Result<WriteOrigin> writeOrigin(const Core::UserId &user, const Core::Dot &dot) override;
    [[nodiscard]] Core::Result<std::vector<ConflictRow>> openConflicts(const ConflictsQuery &query) override;
    [[nodiscard]] Core::Result<std::vector<ConflictRow>> overwritten(const ConflictsQuery &query) override;
    [[nodiscard]] Core::Result<std::optional<Core::Value>> base(const Core::UserId &user, const Core::DocumentId &id,
                                                                const std::string &field, const std::vector<Core::Dot> &writes) override;
    [[nodiscard]] Core::Result<LogExtent> logExtent(const Core::UserId &user) override;
    [[nodiscard]] Core::Result<std::uint64_t> seqAt(const Core::UserId &user, std::chrono::milliseconds time) override;
    [[nodiscard]] Core::Result<std::vector<LoggedEvent>> events(const EventsQuery &query) override;
    [[nodiscard]] Core::Result<std::optional<EventRow>> event(const Core::UserId &user, const Core::Dot &dot) override;
    [[nodiscard]] Core::Result<DocumentRow> documentAt(const Core::UserId &user, const Core::DocumentId &id, std::uint64_t seq,
                                                       const Core::PolicySet &policies) override;
    [[nodiscard]] Core::Result<DocumentsAtPage> documentsAt(const DocumentsAtQuery &query, const Core::PolicySet &policies) override;
    [[nodiscard]] Core::Result<std::optional<ConflictMark>> conflictMark(const Core::UserId &user, const Core::DocumentId &id,
                                                                         const std::string &field) override;
    [[nodiscard]] Core::Result<std::vector<OverwrittenRow>> overwrittenOf(const Core::UserId &user, const Core::DocumentId &id,
                                                                          const std::string &field, std::size_t rowsMax) override;
    [[nodiscard]] Core::Result<std::map<Core::DeviceId, WriterNote>> writers(const Core::UserId &user) override;
    [[nodiscard]] Core::Result<std::string> userAttributes(const Core::UserId &user) override;
    [[nodiscard]] Core::Result<std::optional<PolicyVersion>> policyVersion(std::optional<std::uint64_t> version) override;
    [[nodiscard]] Core::Result<std::vector<PolicyVersion>> policyVersions(std::uint64_t before, std::size_t rowsMax) override;
    [[nodiscard]] Core::Result<std::map<std::string, std::uint64_t>> documentCounts() override;
    [[nodiscard]] Core::Result<std::vector<ApprovalRow>> approvals(const ApprovalsQuery &query) override;
    [[nodiscard]] Core::Result<std::vector<NoteRow>> notes(const NotesQuery &query) override;
    [[nodiscard]] Core::Result<std::vector<EventRow>> userEvents(const Core::UserId &user, std::uint64_t after,
                                                                 std::size_t rowsMax) override;
    [[nodiscard]] Core::Result<std::uint64_t> auditSize(const std::string &tenant) override;
    [[nodiscard]] Core::Result<Audit::Hash> auditNode(const std::string &tenant, unsigned level, std::uint64_t index) override;
    [[nodiscard]] Core::Result<std::vector<AuditRow>> auditRecords(const AuditQuery &query) override;
    [[nodiscard]] Core::Result<std::vector<AuditRow>> auditRange(const std::string &tenant, std::uint64_t first,
                                                                 std::size_t rowsMax) override;

private:
    struct OwnerHead {
        std::int64_t id = 0;
        std::uint64_t head = 0;
    };
    struct Log {
        std::int64_t owner = 0;
        LogExtent extent;
    };
    Log logOf(const Core::UserId &user);
    std::vector<LoggedEvent> eventsOfUser(const EventsQuery &query, const Log &log);
    std::vector<LoggedEvent> eventsOfDocument(const EventsQuery &query, const Log &log);
    OwnerHead ownerHead(const Core::UserId &user);
    void refuseRevoked(std::int64_t owner, const Core::DeviceId &device);
    std::optional<StoredDocument> storedDocument(std::int64_t owner, const Core::UserId &user, const Core::DocumentId &id);
    /// One page of the rows that conflicts and overwritten values have in common. `source` names the further columns and the table `c`;
    /// `addSiblings` reads those columns.
    std::vector<ConflictRow> conflictPage(const ConflictsQuery &query, const char *source,
                                          const std::function<void(ConflictRow &row, Query &rows)> &addSiblings);
    DeltaPage readDeltas(const DeltaQuery &query);

    CipherDb::Database m_database;
    UserRows m_rows;
};

}  // namespace Satchel::Server
