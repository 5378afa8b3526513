// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/policy.h"
#include "core/result.h"
#include "server-stub/store/adminview.h"
#include "server-stub/store/rows.h"
#include "wire/auditrecord.h"

#include <memory>

namespace Satchel::Server {

/// One atomic step of the log: events, documents and heads of any number of users. Belongs to the thread that began it.
/// Rows that it hands out stay valid until it ends; a row whose `isChanged` is set is written at commit. Destroyed without commit: rolled
/// back. An error of any method means that the transaction cannot be committed any more.
class WriteTransaction {
public:
    virtual ~WriteTransaction() = default;

    /// The user's row with all devices; made if there is none. PERMISSION_DENIED/USER_GONE for one that was erased: ask isErased() first
    /// where others share the transaction.
    [[nodiscard]] virtual Core::Result<OwnerRow *> owner(const Core::UserId &user, std::chrono::milliseconds now) = 0;
    [[nodiscard]] virtual Core::Result<DeviceRow *> addDevice(OwnerRow &owner, const Core::DeviceId &device) = 0;
    /// The document's row; an empty one with seq 0 if it was never written.
    [[nodiscard]] virtual Core::Result<DocumentRow *> document(OwnerRow &owner, const Core::DocumentId &id) = 0;

    /// What became of a processed mutation; nothing if the log does not have it.
    [[nodiscard]] virtual Core::Result<std::optional<Disposition>> disposition(const OwnerRow &owner, const DeviceRow &device,
                                                                               std::uint64_t counter) = 0;
    /// Whether an accepted event carries this origin.
    [[nodiscard]] virtual Core::Result<bool> hasOrigin(const OwnerRow &owner, const Core::Origin &origin) = 0;

    [[nodiscard]] virtual Core::Result<void> appendEvent(OwnerRow &owner, const DeviceRow &device, const EventRow &event) = 0;
    [[nodiscard]] virtual Core::Result<void> appendUnapplied(const OwnerRow &owner, const DeviceRow &device, const UnappliedRow &row) = 0;
    [[nodiscard]] virtual Core::Result<void> appendOverwritten(const OwnerRow &owner, const OverwrittenRow &row) = 0;

    /// Keeps the row as it is now: a state that the events do not give. `previousSeq`: that of the row before. As long as the log itself.
    [[nodiscard]] virtual Core::Result<void> appendCheckpoint(const OwnerRow &owner, const DocumentRow &row, std::uint64_t previousSeq) = 0;

    /// Replaces the oldest events, up to the first beyond the limits, by the states that their documents had then; with them goes what
    /// they overwrote. How many. An event stays for disposition() until its device has heard of it, and so does a refusal.
    [[nodiscard]] virtual Core::Result<std::size_t> compact(OwnerRow &owner, const CompactionLimits &limits) = 0;
    /// Takes away all that is kept of the user, and marks the key as to be destroyed: commit() does that once the rest is durable, or, if
    /// it is cut short, whoever opens the store next. From here on owner() refuses the user. Nothing for a user who was never heard of, or
    /// was erased before.
    [[nodiscard]] virtual Core::Result<std::optional<ErasedUser>> erase(const Core::UserId &user, std::chrono::milliseconds now) = 0;
    [[nodiscard]] virtual Core::Result<bool> isErased(const Core::UserId &user) = 0;
    /// At the end of its tenant's log, with its tree; the place, from 0, without a gap.
    [[nodiscard]] virtual Core::Result<std::uint64_t> appendAudit(const Wire::AuditRecord &record) = 0;

    /// In force when this transaction began, or as it has set them.
    [[nodiscard]] virtual std::shared_ptr<const Core::PolicySet> policies() const = 0;
    /// In force with the commit. The version is higher than those before, or the same with the same policies.
    [[nodiscard]] virtual Core::Result<void> setPolicies(Core::PolicySet policies, const PolicyVersion &source) = 0;
    /// Bytes by which this transaction makes the owner's documents take more room than before, exactly.
    [[nodiscard]] virtual Core::Result<std::int64_t> grownBytes(const OwnerRow &owner) = 0;

    [[nodiscard]] virtual Core::Result<std::optional<ApprovalRow>> approval(const std::string &tenant, const std::string &id) = 0;
    /// The newest of the requester for exactly this call that is pending or approved, and not expired at `now`.
    [[nodiscard]] virtual Core::Result<std::optional<ApprovalRow>> openApproval(const ApprovalRow &like, std::chrono::milliseconds now) = 0;
    /// Adds it, or replaces the one of its tenant and id.
    [[nodiscard]] virtual Core::Result<void> putApproval(const ApprovalRow &row) = 0;

    /// Under an id that the owner has no note of.
    [[nodiscard]] virtual Core::Result<void> addNote(const OwnerRow &owner, const NoteRow &note) = 0;
    [[nodiscard]] virtual Core::Result<std::optional<NoteRow>> note(const OwnerRow &owner, const std::string &id) = 0;
    [[nodiscard]] virtual Core::Result<std::uint64_t> noteCount(const OwnerRow &owner) = 0;
    [[nodiscard]] virtual Core::Result<void> removeNote(const OwnerRow &owner, const std::string &id) = 0;

    /// Durable when it returns.
    [[nodiscard]] virtual Core::Result<void> commit() = 0;
};

/// Reads committed state; every call sees one point in time. Belongs to one thread at a time.
class ReadView : public AdminView {
public:
    /// False after an error of the disk: another view must be taken.
    [[nodiscard]] virtual bool isUsable() const { return true; }
    /// End of the user's log; 0 for a user that is not known.
    [[nodiscard]] virtual Core::Result<std::uint64_t> head(const Core::UserId &user) = 0;
    /// PERMISSION_DENIED/DEVICE_REVOKED for a device that was: a session that outlived its revocation ends here at the latest.
    [[nodiscard]] virtual Core::Result<DeltaPage> deltas(const DeltaQuery &query) = 0;
    [[nodiscard]] virtual Core::Result<std::vector<CompactableUser>> compactable(const CompactableQuery &query) = 0;
    [[nodiscard]] virtual Core::Result<std::vector<UnchangedDocument>> unchanged(const UnchangedQuery &query) = 0;
};

/// Everything that the server keeps. The back ends pass one contract suite (tests/unit/server/storecontract.h).
class Store {
public:
    virtual ~Store() = default;

    /// Random, never 0; changes when a backup is restored. Constant while open. Thread-safe.
    [[nodiscard]] virtual std::uint64_t epoch() const = 0;
    /// Another epoch, after a restore from a backup; before any session begins. Every audit log says so in a record that names the tree it
    /// goes on from, in the same transaction.
    [[nodiscard]] virtual Core::Result<void> renewEpoch(std::chrono::milliseconds now) = 0;
    /// A secret of 32 bytes by its purpose, made on first use.
    [[nodiscard]] virtual Core::Result<std::string> secret(std::string_view purpose) = 0;

    /// In force: of the newest transaction that set some. Thread-safe.
    [[nodiscard]] virtual std::shared_ptr<const Core::PolicySet> policies() const = 0;
    /// Keeps the policies and what they were read from. FAILED_PRECONDITION if the version is lower than the kept one's, or equal with
    /// other content.
    [[nodiscard]] virtual Core::Result<void> setPolicies(Core::PolicySet policies, PolicyVersion source = {}) = 0;

    /// One at a time. Reopens the connection after an I/O error.
    [[nodiscard]] virtual Core::Result<std::unique_ptr<WriteTransaction>> begin() = 0;
    /// A connection of its own. Thread-safe.
    [[nodiscard]] virtual Core::Result<std::unique_ptr<ReadView>> reader() = 0;
    /// Moves everything into the main file; at shutdown.
    [[nodiscard]] virtual Core::Result<void> checkpoint() = 0;
};

}  // namespace Satchel::Server
