// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "wire/protobuf/protowriter.h"

#include <google/protobuf/repeated_ptr_field.h>

/// Generated messages into domain values.
namespace Satchel::Wire {

/// Moves strings out of the message it reads, so a message is read once. Whatever it lets through keeps the invariants of the domain's
/// types: sorted, no duplicates, no zero counters, no null devices, nesting within the limits.
class ProtoReader {
public:
    using Check = Core::Result<void>;

    explicit ProtoReader(const Core::Limits &limits);

    Check read(Pb::Value &in, Core::Value &out) const { return readValue(in, out, 0); }
    Check read(const Pb::Dot &in, Core::Dot &out) const;
    Check read(const Pb::VersionVector &in, Core::VersionVector &out) const;
    Check read(Pb::Mutation &in, Core::Mutation &out) const;
    /// `fieldSeqs` may be null.
    Check read(Pb::DocumentState &in, Core::Document &out, std::vector<std::uint64_t> *fieldSeqs) const;
    Check read(Pb::PolicySet &in, Core::PolicySet &out) const;
    Check read(Pb::Error &in, Core::Error &out) const;

    Check read(Pb::ClientFrame &in, ClientFrame &out) const;
    Check read(Pb::ServerFrame &in, ServerFrame &out) const;
    Check read(Pb::SyncRequest &in, SyncRequest &out) const;
    Check read(Pb::SyncResponse &in, SyncResponse &out) const;

    Check read(Pb::UsersListRequest &in, Admin::UsersListRequest &out) const;
    Check read(Pb::UsersListResponse &in, Admin::UsersListResponse &out) const;
    Check read(Pb::UsersGetRequest &in, Admin::UsersGetRequest &out) const;
    Check read(Pb::UsersGetResponse &in, Admin::UsersGetResponse &out) const;
    Check read(Pb::DevicesListRequest &in, Admin::DevicesListRequest &out) const;
    Check read(Pb::DevicesListResponse &in, Admin::DevicesListResponse &out) const;
    Check read(Pb::DevicesRevokeRequest &in, Admin::DevicesRevokeRequest &out) const;
    Check read(Pb::DevicesRevokeResponse &in, Admin::DevicesRevokeResponse &out) const;
    Check read(Pb::StateListDocumentsRequest &in, Admin::StateListDocumentsRequest &out) const;
    Check read(Pb::StateListDocumentsResponse &in, Admin::StateListDocumentsResponse &out) const;
    Check read(Pb::StateGetDocumentRequest &in, Admin::StateGetDocumentRequest &out) const;
    Check read(Pb::StateGetDocumentResponse &in, Admin::StateGetDocumentResponse &out) const;
    Check read(Pb::ConflictsListRequest &in, Admin::ConflictsListRequest &out) const;
    Check read(Pb::ConflictsListResponse &in, Admin::ConflictsListResponse &out) const;
    Check read(Pb::StateHistoryRequest &in, Admin::StateHistoryRequest &out) const;
    Check read(Pb::StateHistoryResponse &in, Admin::StateHistoryResponse &out) const;
    Check read(Pb::StateAtRequest &in, Admin::StateAtRequest &out) const;
    Check read(Pb::StateAtResponse &in, Admin::StateAtResponse &out) const;
    Check read(Pb::StateDiffRequest &in, Admin::StateDiffRequest &out) const;
    Check read(Pb::StateDiffResponse &in, Admin::StateDiffResponse &out) const;
    Check read(Pb::StateExplainRequest &in, Admin::StateExplainRequest &out) const;
    Check read(Pb::StateExplainResponse &in, Admin::StateExplainResponse &out) const;
    Check read(Pb::StateRestoreRequest &in, Admin::StateRestoreRequest &out) const;
    Check read(Pb::StateRestoreResponse &in, Admin::StateRestoreResponse &out) const;
    Check read(Pb::StateUndoRequest &in, Admin::StateUndoRequest &out) const;
    Check read(Pb::StateUndoResponse &in, Admin::StateUndoResponse &out) const;
    Check read(Pb::ConflictsGetRequest &in, Admin::ConflictsGetRequest &out) const;
    Check read(Pb::ConflictsGetResponse &in, Admin::ConflictsGetResponse &out) const;
    Check read(Pb::ConflictsResolveRequest &in, Admin::ConflictsResolveRequest &out) const;
    Check read(Pb::ConflictsResolveResponse &in, Admin::ConflictsResolveResponse &out) const;
    Check read(Pb::ConflictsResolveManyRequest &in, Admin::ConflictsResolveManyRequest &out) const;
    Check read(Pb::ConflictsResolveManyResponse &in, Admin::ConflictsResolveManyResponse &out) const;
    Check read(Pb::ConflictsBringBackRequest &in, Admin::ConflictsBringBackRequest &out) const;
    Check read(Pb::ConflictsBringBackResponse &in, Admin::ConflictsBringBackResponse &out) const;
    Check read(Pb::DevicesRevokeManyRequest &in, Admin::DevicesRevokeManyRequest &out) const;
    Check read(Pb::DevicesRevokeManyResponse &in, Admin::DevicesRevokeManyResponse &out) const;
    Check read(Pb::StatsGetRequest &in, Admin::StatsGetRequest &out) const;
    Check read(Pb::StatsGetResponse &in, Admin::StatsGetResponse &out) const;
    Check read(Pb::WatchRequest &in, Admin::WatchRequest &out) const;
    Check read(Pb::WatchEvent &in, Admin::WatchEvent &out) const;
    Check read(Pb::AuditQueryRequest &in, Admin::AuditQueryRequest &out) const;
    Check read(Pb::AuditQueryResponse &in, Admin::AuditQueryResponse &out) const;
    Check read(Pb::AuditTreeHeadRequest &in, Admin::AuditTreeHeadRequest &out) const;
    Check read(Pb::AuditTreeHeadResponse &in, Admin::AuditTreeHeadResponse &out) const;
    Check read(Pb::AuditInclusionProofRequest &in, Admin::AuditInclusionProofRequest &out) const;
    Check read(Pb::AuditInclusionProofResponse &in, Admin::AuditInclusionProofResponse &out) const;
    Check read(Pb::AuditConsistencyProofRequest &in, Admin::AuditConsistencyProofRequest &out) const;
    Check read(Pb::AuditConsistencyProofResponse &in, Admin::AuditConsistencyProofResponse &out) const;
    Check read(Pb::AuditExportRequest &in, Admin::AuditExportRequest &out) const;
    Check read(Pb::AuditExportResponse &in, Admin::AuditExportResponse &out) const;

    /// All but `personal`.
    Check read(Pb::AuditRecord &in, AuditRecord &out) const;
    Check read(Pb::AuditPersonal &in, AuditPersonal &out) const;
    Check read(Pb::AuditSubject &in, AuditRecord &out) const;
    Check read(Pb::BackupsCreateRequest &in, Admin::BackupsCreateRequest &out) const;
    Check read(Pb::BackupsCreateResponse &in, Admin::BackupsCreateResponse &out) const;
    Check read(Pb::UsersEraseRequest &in, Admin::UsersEraseRequest &out) const;
    Check read(Pb::UsersEraseResponse &in, Admin::UsersEraseResponse &out) const;
    Check read(Pb::UsersExportRequest &in, Admin::UsersExportRequest &out) const;
    Check read(Pb::UsersExportResponse &in, Admin::UsersExportResponse &out) const;
    Check read(Pb::DevicesWipeRequest &in, Admin::DevicesWipeRequest &out) const;
    Check read(Pb::DevicesWipeResponse &in, Admin::DevicesWipeResponse &out) const;
    Check read(Pb::Note &in, Admin::Note &out) const;
    Check read(Pb::UsersNotesRequest &in, Admin::UsersNotesRequest &out) const;
    Check read(Pb::UsersNotesResponse &in, Admin::UsersNotesResponse &out) const;
    Check read(Pb::UsersAddNoteRequest &in, Admin::UsersAddNoteRequest &out) const;
    Check read(Pb::UsersAddNoteResponse &in, Admin::UsersAddNoteResponse &out) const;
    Check read(Pb::UsersRemoveNoteRequest &in, Admin::UsersRemoveNoteRequest &out) const;
    Check read(Pb::UsersRemoveNoteResponse &in, Admin::UsersRemoveNoteResponse &out) const;

private:
    Check readValue(Pb::Value &in, Core::Value &out, int depth) const;
    Check readList(Pb::ValueList &in, Core::Value &out, int depth) const;
    Check readMap(Pb::ValueMap &in, Core::Value &out, int depth) const;
    Check read(Pb::Op &in, Core::Op &out) const;
    Check read(Pb::RemoveOp &in, Core::RemoveOp &out) const;
    Check read(Pb::FieldState &in, Core::FieldState &out) const;
    Check read(Pb::Sibling &in, Core::Sibling &out) const;
    Check read(const Pb::CounterEntry &in, Core::CounterEntry &out) const;
    Check read(Pb::SetElement &in, Core::SetElement &out) const;
    Check read(Pb::Policy &in, Core::Policy &out) const;

    Check read(Pb::Hello &in, Hello &out) const;
    Check read(Pb::Push &in, Push &out) const;
    Check read(Pb::Reauth &in, Reauth &out) const;
    Check read(Pb::Recover &in, Recover &out) const;
    Check read(Pb::DocumentDelta &in, DocumentDelta &out) const;
    Check read(Pb::Welcome &in, Welcome &out) const;
    Check read(Pb::Settled &in, Settled &out) const;
    Check read(Pb::Pushed &in, Pushed &out) const;
    Check read(Pb::Changes &in, Changes &out) const;
    Check read(Pb::Notice &in, Notice &out) const;
    Check read(Pb::Recovered &in, Recovered &out) const;
    Check read(Pb::RecoverRefusal &in, RecoverRefusal &out) const;

    Check read(Pb::UserSummary &in, Admin::UserSummary &out) const;
    Check read(Pb::ServerStats &in, Admin::ServerStats &out) const;
    Check read(Pb::TenantStats &in, Admin::TenantStats &out) const;
    Check read(Pb::UserDevice &in, Admin::UserDevice &out) const;
    Check read(Pb::DeviceSummary &in, Admin::DeviceSummary &out) const;
    Check read(Pb::CollectionSummary &in, Admin::CollectionSummary &out) const;
    Check read(Pb::DocumentSummary &in, Admin::DocumentSummary &out) const;
    Check read(Pb::SiblingView &in, Admin::SiblingView &out) const;
    Check read(Pb::FieldView &in, Admin::FieldView &out) const;
    Check read(Pb::Conflict &in, Admin::Conflict &out) const;
    Check read(Pb::HistoryPoint &in, Admin::HistoryPoint &out) const;
    Check read(Pb::OpView &in, Admin::OpView &out) const;
    Check read(Pb::LostValue &in, Admin::LostValue &out) const;
    Check read(Pb::SeenWriter &in, Admin::SeenWriter &out) const;
    Check read(Pb::HistoryEvent &in, Admin::HistoryEvent &out) const;
    Check read(Pb::DocumentView &in, Admin::DocumentView &out) const;
    Check read(Pb::FieldChange &in, Admin::FieldChange &out) const;
    Check read(Pb::ExplainedWrite &in, Admin::ExplainedWrite &out) const;
    Check read(Pb::OperatorWritten &in, Admin::OperatorWritten &out) const;
    Check read(Pb::ConflictChoice &in, Admin::ConflictChoice &out) const;
    Check read(Pb::ConflictFilter &in, Admin::ConflictFilter &out) const;
    Check read(Pb::BulkConflict &in, Admin::BulkConflict &out) const;
    Check read(Pb::BulkDevice &in, Admin::BulkDevice &out) const;
    Check read(Pb::AuditEntry &in, Admin::AuditEntry &out) const;

    /// Nothing for a value that is absent.
    template <typename In>
    Check readOptional(In &in, std::optional<Core::Value> &out) const
    {
        return in.has_value() ? read(*in.mutable_value(), out.emplace()) : Check{};
    }

    template <typename In, typename Out>
    Check readAll(google::protobuf::RepeatedPtrField<In> &in, std::vector<Out> &out) const
    {
        out.reserve(static_cast<std::size_t>(in.size()));
        for (In &item : in) {
            if (Check check = read(item, out.emplace_back()); !check) {
                return check;
            }
        }
        return {};
    }

    Core::Limits m_limits;
    int m_nestingMax;
};

[[nodiscard]] tl::unexpected<Core::Error> malformed(std::string_view what);
[[nodiscard]] tl::unexpected<Core::Error> tooMuch(std::string_view what);

/// Exactly 16 bytes, not all zero.
[[nodiscard]] Core::Result<void> readDevice(std::string_view in, Core::DeviceId &out);
/// A time that no arithmetic downstream can overflow with: at most 48 bits, like the clock's.
[[nodiscard]] Core::Result<void> readTime(std::uint64_t in, std::chrono::milliseconds &out);
/// The same for seconds, which stay below what overflows as milliseconds.
[[nodiscard]] Core::Result<void> readSeconds(std::uint64_t in, std::chrono::seconds &out);
[[nodiscard]] Core::Result<void> readEnum(Pb::FieldKind in, Core::FieldKind &out);
[[nodiscard]] Core::Result<void> readEnum(Pb::ConflictRule in, Core::ConflictRule &out);
[[nodiscard]] Admin::PageRequest pageOf(Pb::PageRequest &in);

}  // namespace Satchel::Wire
