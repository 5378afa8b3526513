// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "audit/hash.h"
#include "core/filter.h"
#include "core/result.h"
#include "server-stub/store/accessrows.h"
#include "server-stub/store/historyview.h"
#include "server-stub/store/noterows.h"
#include "server-stub/store/rows.h"
#include "wire/adminmessages.h"
#include "wire/listfields.h"
#include "wire/statsmessages.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace Satchel::Server {

/// How users are ordered; those who are equal in it, and all by default, by id.
enum class UserOrder : std::uint8_t { User, Seen, Created, Documents, Conflicts, Events };

/// Seek paging: rows after `after` in the list's own order, at most `rowsMax`.
struct UsersQuery {
    std::string tenant;
    std::string search;
    bool isOnlyConflicted = false;
    std::string afterUser;
    std::size_t rowsMax = 100;
    Core::Filter filter;  ///< of Wire::Admin::userFields()
    UserOrder order = UserOrder::User;
    bool isDescending = false;
    std::int64_t afterNumber = 0;  ///< what `afterUser` has in the order's field
};

struct DevicesQuery {
    std::string tenant;
    Core::Filter filter;  ///< of Wire::Admin::deviceFields()
    std::string afterUser;
    std::string afterDevice;  ///< bytes; empty: the first page
    std::size_t rowsMax = 100;
};

struct DocumentsQuery {
    Core::UserId user;
    std::string collection;
    std::string search;
    std::optional<Core::DocumentId> after;
    std::size_t rowsMax = 100;
    Core::Filter filter;  ///< of Wire::Admin::documentFields()
};

struct ConflictsQuery {
    std::string tenant;
    std::string user;           ///< empty: all
    std::string collection;     ///< empty: all
    std::int64_t beforeId = 0;  ///< 0: from the newest
    std::size_t rowsMax = 100;
    Core::Filter filter;  ///< of Wire::Admin::conflictFields()
};

struct StoredDocument {
    Wire::Admin::DocumentSummary summary;
    Core::Document document;
};

/// An open conflict (siblings are in `document`) or an overwritten sibling (`document` holds winner and loser as one field).
struct ConflictRow {
    std::int64_t id = 0;
    std::string user;
    Core::DocumentId document;
    std::string field;
    std::uint64_t seq = 0;
    std::chrono::milliseconds detected{0};
    std::vector<Core::Sibling> siblings;  ///< the winning or provisional one first
};

/// Where a dot came from, as far as the log still knows.
struct WriteOrigin {
    std::string deviceName;
    std::chrono::milliseconds received{0};
};

/// Filters that are empty take everything.
struct AuditQuery {
    std::string tenant;
    std::string actor;
    std::string action;
    std::string user;
    std::optional<std::chrono::milliseconds> from;  ///< not before
    std::optional<std::chrono::milliseconds> to;    ///< before
    std::uint64_t before = UINT64_MAX;              ///< places below, newest first
    std::size_t rowsMax = 100;
    Core::Filter filter;  ///< of Wire::Admin::auditFields()
};

struct AuditRow {
    std::uint64_t place = 0;
    std::string stored;  ///< Audit::readRecord reads both
    std::string opened;  ///< what is sealed in it; empty if there is nothing, or its user was erased
};

/// What operators may ask. The messages of the admin protocol are the rows where they fit.
class AdminView : public HistoryView {
public:
    /// Asked often while a query runs, on its thread: once it says true, the query ends with CANCELLED. Empty: never.
    virtual void setInterruption(std::function<bool()> isWanted) = 0;

    [[nodiscard]] virtual Core::Result<std::vector<Wire::Admin::UserSummary>> users(const UsersQuery &query) = 0;
    /// What of a tenant has to be counted row by row; `counted` and the size of the audit log are not filled in.
    [[nodiscard]] virtual Core::Result<Wire::Admin::TenantStats> tenantStats(const std::string &tenant, std::chrono::milliseconds now) = 0;
    /// By user and id of the device. Whether one is online is not known to the store.
    [[nodiscard]] virtual Core::Result<std::vector<Wire::Admin::UserDevice>> devices(const DevicesQuery &query) = 0;
    [[nodiscard]] virtual Core::Result<std::optional<Wire::Admin::UsersGetResponse>> user(const Core::UserId &user) = 0;
    [[nodiscard]] virtual Core::Result<std::vector<Wire::Admin::DocumentSummary>> documents(const DocumentsQuery &query) = 0;
    [[nodiscard]] virtual Core::Result<std::optional<StoredDocument>> document(const Core::UserId &user, const Core::DocumentId &id) = 0;
    [[nodiscard]] virtual Core::Result<WriteOrigin> writeOrigin(const Core::UserId &user, const Core::Dot &dot) = 0;
    [[nodiscard]] virtual Core::Result<std::vector<ConflictRow>> openConflicts(const ConflictsQuery &query) = 0;
    [[nodiscard]] virtual Core::Result<std::vector<ConflictRow>> overwritten(const ConflictsQuery &query) = 0;
    /// Newest value of the field that every one of these writes had seen; nothing if there was none or the log is too short.
    [[nodiscard]] virtual Core::Result<std::optional<Core::Value>> base(const Core::UserId &user, const Core::DocumentId &id,
                                                                        const std::string &field, const std::vector<Core::Dot> &writes) = 0;

    /// What the user's own tokens said of it last, as textOf(Attributes) writes it; empty for a user that is not known.
    [[nodiscard]] virtual Core::Result<std::string> userAttributes(const Core::UserId &user) = 0;
    /// The newest policies that were read from a text, or those of a version; nothing if there are none.
    [[nodiscard]] virtual Core::Result<std::optional<PolicyVersion>> policyVersion(std::optional<std::uint64_t> version) = 0;
    /// Newest first, below `before`, without their texts.
    [[nodiscard]] virtual Core::Result<std::vector<PolicyVersion>> policyVersions(std::uint64_t before, std::size_t rowsMax) = 0;
    /// Documents that exist of all users, by collection. Reads every row.
    [[nodiscard]] virtual Core::Result<std::map<std::string, std::uint64_t>> documentCounts() = 0;
    [[nodiscard]] virtual Core::Result<std::vector<ApprovalRow>> approvals(const ApprovalsQuery &query) = 0;
    [[nodiscard]] virtual Core::Result<std::vector<NoteRow>> notes(const NotesQuery &query) = 0;
    /// Events of the user that are still in the log, behind `after`, oldest first.
    [[nodiscard]] virtual Core::Result<std::vector<EventRow>> userEvents(const Core::UserId &user, std::uint64_t after,
                                                                         std::size_t rowsMax) = 0;

    /// Records of the tenant's audit log; 0 for a tenant that has none.
    [[nodiscard]] virtual Core::Result<std::uint64_t> auditSize(const std::string &tenant) = 0;
    /// A complete node of its tree. DATA_LOSS/STORE_DAMAGED for one that should be there and is not.
    [[nodiscard]] virtual Core::Result<Audit::Hash> auditNode(const std::string &tenant, unsigned level, std::uint64_t index) = 0;
    [[nodiscard]] virtual Core::Result<std::vector<AuditRow>> auditRecords(const AuditQuery &query) = 0;
    /// Places [first, first + rowsMax), oldest first.
    [[nodiscard]] virtual Core::Result<std::vector<AuditRow>> auditRange(const std::string &tenant, std::uint64_t first,
                                                                         std::size_t rowsMax) = 0;
};

}  // namespace Satchel::Server
