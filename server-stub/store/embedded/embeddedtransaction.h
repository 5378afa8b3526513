// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/database.h"
#include "core/policy.h"
#include "server-stub/store/embedded/userrows.h"
#include "server-stub/store/store.h"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>

namespace Satchel::Server {

class DocumentLog;

/// Keeps every row that it has touched and writes each once, at commit.
class EmbeddedTransaction : public WriteTransaction {
public:
    /// Told of policies that the transaction has set, once they are durable.
    using PoliciesSet = std::function<void(std::shared_ptr<const Core::PolicySet>)>;

    [[nodiscard]] static Core::Result<std::unique_ptr<WriteTransaction>>
    begin(CipherDb::Database &database, const UserRows &rows, std::shared_ptr<const Core::PolicySet> policies, PoliciesSet policiesSet);

    [[nodiscard]] Core::Result<OwnerRow *> owner(const Core::UserId &user, std::chrono::milliseconds now) override;
    [[nodiscard]] Core::Result<DeviceRow *> addDevice(OwnerRow &owner, const Core::DeviceId &device) override;
    [[nodiscard]] Core::Result<DocumentRow *> document(OwnerRow &owner, const Core::DocumentId &id) override;
    [[nodiscard]] Core::Result<std::optional<Disposition>> disposition(const OwnerRow &owner, const DeviceRow &device,
                                                                       std::uint64_t counter) override;
    [[nodiscard]] Core::Result<bool> hasOrigin(const OwnerRow &owner, const Core::Origin &origin) override;
    [[nodiscard]] Core::Result<void> appendEvent(OwnerRow &owner, const DeviceRow &device, const EventRow &event) override;
    [[nodiscard]] Core::Result<void> appendUnapplied(const OwnerRow &owner, const DeviceRow &device, const UnappliedRow &row) override;
    [[nodiscard]] Core::Result<void> appendOverwritten(const OwnerRow &owner, const OverwrittenRow &row) override;
    [[nodiscard]] Core::Result<void> appendCheckpoint(const OwnerRow &owner, const DocumentRow &row, std::uint64_t previousSeq) override;
    [[nodiscard]] Core::Result<std::size_t> compact(OwnerRow &owner, const CompactionLimits &limits) override;
    [[nodiscard]] Core::Result<std::optional<ErasedUser>> erase(const Core::UserId &user, std::chrono::milliseconds now) override;
    [[nodiscard]] Core::Result<bool> isErased(const Core::UserId &user) override;
    [[nodiscard]] Core::Result<std::uint64_t> appendAudit(const Wire::AuditRecord &record) override;
    [[nodiscard]] std::shared_ptr<const Core::PolicySet> policies() const override { return m_setPolicies ? m_setPolicies : m_policies; }
    [[nodiscard]] Core::Result<void> setPolicies(Core::PolicySet policies, const PolicyVersion &source) override;
    [[nodiscard]] Core::Result<std::int64_t> grownBytes(const OwnerRow &owner) override;
    [[nodiscard]] Core::Result<std::optional<ApprovalRow>> approval(const std::string &tenant, const std::string &id) override;
    [[nodiscard]] Core::Result<std::optional<ApprovalRow>> openApproval(const ApprovalRow &like, std::chrono::milliseconds now) override;
    [[nodiscard]] Core::Result<void> putApproval(const ApprovalRow &row) override;
    [[nodiscard]] Core::Result<void> addNote(const OwnerRow &owner, const NoteRow &note) override;
    [[nodiscard]] Core::Result<std::optional<NoteRow>> note(const OwnerRow &owner, const std::string &id) override;
    [[nodiscard]] Core::Result<std::uint64_t> noteCount(const OwnerRow &owner) override;
    [[nodiscard]] Core::Result<void> removeNote(const OwnerRow &owner, const std::string &id) override;
    [[nodiscard]] Core::Result<void> commit() override;

private:
    struct Touched {
        OwnerRow *owner;
        DocumentRow row;
    };
    using OwnerDocuments = std::unordered_map<Core::DocumentId, Touched *>;

    EmbeddedTransaction(CipherDb::Database &database, const UserRows &rows, CipherDb::Transaction transaction,
                        std::shared_ptr<const Core::PolicySet> policies, PoliciesSet policiesSet);
    void loadOwner(OwnerRow &row);
    DocumentLog logOf(const OwnerRow &owner);
    void keepUnder(const Core::PolicySet &before, const Core::PolicySet &after);
    void forgetTouched(const Core::UserId &user);
    void deleteRows(std::int64_t owner, const Core::UserId &user);
    void writeDocument(Touched &touched);
    void writeConflicts(const OwnerRow &owner, const DocumentRow &row, const std::vector<std::string> &fields);
    void writeOwner(const OwnerRow &owner);
    void forgetSettled(const OwnerRow &owner, DeviceRow &device);
    void checkpointThrough(OwnerRow &owner, const std::vector<EventRow> &events, std::uint64_t through);

    CipherDb::Database &m_database;
    const UserRows &m_rows;
    CipherDb::Transaction m_transaction;
    std::shared_ptr<const Core::PolicySet> m_policies;
    std::shared_ptr<const Core::PolicySet> m_setPolicies;  ///< in force with the commit
    PoliciesSet m_policiesSet;
    std::map<Core::UserId, OwnerRow> m_owners;
    std::set<Core::UserId> m_erased;
    std::deque<Touched> m_touched;
    std::unordered_map<std::int64_t, OwnerDocuments> m_documents;
};

}  // namespace Satchel::Server
