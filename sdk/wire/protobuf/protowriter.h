// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/mutation.h"
#include "wire/adminmessages.h"
#include "wire/auditrecord.h"
#include "wire/codec.h"
#include "wire/resolvemessages.h"
#include "wire/rightsmessages.h"
#include "wire/statsmessages.h"

#include "satchel/v1/admin.pb.h"
#include "satchel/v1/audit.pb.h"
#include "satchel/v1/error.pb.h"
#include "satchel/v1/history.pb.h"
#include "satchel/v1/rights.pb.h"
#include "satchel/v1/state.pb.h"
#include "satchel/v1/stats.pb.h"
#include "satchel/v1/sync.pb.h"
#include "satchel/v1/value.pb.h"
#include "satchel/v1/views.pb.h"

/// Domain values into generated messages, which must be new.
namespace Satchel::Wire {

namespace Pb = ::satchel::v1;

void write(const Core::Value &in, Pb::Value *out);
void write(const Core::Dot &in, Pb::Dot *out);
void write(const Core::VersionVector &in, Pb::VersionVector *out);
void write(const Core::Mutation &in, Pb::Mutation *out);
/// `fieldSeqs`: none, or one for each field.
void write(const Core::Document &in, const std::vector<std::uint64_t> *fieldSeqs, Pb::DocumentState *out);
void write(const Core::PolicySet &in, Pb::PolicySet *out);
void write(const Core::Error &in, Pb::Error *out);

void write(const ClientFrame &in, Pb::ClientFrame *out);
void write(const ServerFrame &in, Pb::ServerFrame *out);
void write(const SyncRequest &in, Pb::SyncRequest *out);
void write(const SyncResponse &in, Pb::SyncResponse *out);

void write(const Admin::UsersListRequest &in, Pb::UsersListRequest *out);
void write(const Admin::UsersListResponse &in, Pb::UsersListResponse *out);
void write(const Admin::UsersGetRequest &in, Pb::UsersGetRequest *out);
void write(const Admin::UsersGetResponse &in, Pb::UsersGetResponse *out);
void write(const Admin::DevicesListRequest &in, Pb::DevicesListRequest *out);
void write(const Admin::DevicesListResponse &in, Pb::DevicesListResponse *out);
void write(const Admin::DevicesRevokeRequest &in, Pb::DevicesRevokeRequest *out);
void write(const Admin::DevicesRevokeResponse &in, Pb::DevicesRevokeResponse *out);
void write(const Admin::StateListDocumentsRequest &in, Pb::StateListDocumentsRequest *out);
void write(const Admin::StateListDocumentsResponse &in, Pb::StateListDocumentsResponse *out);
void write(const Admin::StateGetDocumentRequest &in, Pb::StateGetDocumentRequest *out);
void write(const Admin::StateGetDocumentResponse &in, Pb::StateGetDocumentResponse *out);
void write(const Admin::ConflictsListRequest &in, Pb::ConflictsListRequest *out);
void write(const Admin::ConflictsListResponse &in, Pb::ConflictsListResponse *out);
void write(const Admin::PageRequest &in, Pb::PageRequest *out);
void write(const Admin::SiblingView &in, Pb::SiblingView *out);
void write(const Admin::FieldView &in, Pb::FieldView *out);
void write(const Admin::Conflict &in, Pb::Conflict *out);
void write(const Admin::FieldChange &in, Pb::FieldChange *out);
void write(const Admin::ExplainedWrite &in, Pb::ExplainedWrite *out);
void write(const Admin::OperatorWritten &in, Pb::OperatorWritten *out);
void write(const Admin::StateHistoryRequest &in, Pb::StateHistoryRequest *out);
void write(const Admin::StateHistoryResponse &in, Pb::StateHistoryResponse *out);
void write(const Admin::StateAtRequest &in, Pb::StateAtRequest *out);
void write(const Admin::StateAtResponse &in, Pb::StateAtResponse *out);
void write(const Admin::StateDiffRequest &in, Pb::StateDiffRequest *out);
void write(const Admin::StateDiffResponse &in, Pb::StateDiffResponse *out);
void write(const Admin::StateExplainRequest &in, Pb::StateExplainRequest *out);
void write(const Admin::StateExplainResponse &in, Pb::StateExplainResponse *out);
void write(const Admin::StateRestoreRequest &in, Pb::StateRestoreRequest *out);
void write(const Admin::StateRestoreResponse &in, Pb::StateRestoreResponse *out);
void write(const Admin::StateUndoRequest &in, Pb::StateUndoRequest *out);
void write(const Admin::StateUndoResponse &in, Pb::StateUndoResponse *out);
void write(const Admin::ConflictsGetRequest &in, Pb::ConflictsGetRequest *out);
void write(const Admin::ConflictsGetResponse &in, Pb::ConflictsGetResponse *out);
void write(const Admin::ConflictsResolveRequest &in, Pb::ConflictsResolveRequest *out);
void write(const Admin::ConflictsResolveResponse &in, Pb::ConflictsResolveResponse *out);
void write(const Admin::ConflictsResolveManyRequest &in, Pb::ConflictsResolveManyRequest *out);
void write(const Admin::ConflictsResolveManyResponse &in, Pb::ConflictsResolveManyResponse *out);
void write(const Admin::ConflictsBringBackRequest &in, Pb::ConflictsBringBackRequest *out);
void write(const Admin::ConflictsBringBackResponse &in, Pb::ConflictsBringBackResponse *out);
void write(const Admin::DevicesRevokeManyRequest &in, Pb::DevicesRevokeManyRequest *out);
void write(const Admin::DevicesRevokeManyResponse &in, Pb::DevicesRevokeManyResponse *out);
void write(const Admin::StatsGetRequest &in, Pb::StatsGetRequest *out);
void write(const Admin::StatsGetResponse &in, Pb::StatsGetResponse *out);
void write(const Admin::WatchRequest &in, Pb::WatchRequest *out);
void write(const Admin::WatchEvent &in, Pb::WatchEvent *out);
void write(const Admin::AuditEntry &in, Pb::AuditEntry *out);
void write(const Admin::AuditQueryRequest &in, Pb::AuditQueryRequest *out);
void write(const Admin::AuditQueryResponse &in, Pb::AuditQueryResponse *out);
void write(const Admin::AuditTreeHeadRequest &in, Pb::AuditTreeHeadRequest *out);
void write(const Admin::AuditTreeHeadResponse &in, Pb::AuditTreeHeadResponse *out);
void write(const Admin::AuditInclusionProofRequest &in, Pb::AuditInclusionProofRequest *out);
void write(const Admin::AuditInclusionProofResponse &in, Pb::AuditInclusionProofResponse *out);
void write(const Admin::AuditConsistencyProofRequest &in, Pb::AuditConsistencyProofRequest *out);
void write(const Admin::AuditConsistencyProofResponse &in, Pb::AuditConsistencyProofResponse *out);
void write(const Admin::AuditExportRequest &in, Pb::AuditExportRequest *out);
void write(const Admin::AuditExportResponse &in, Pb::AuditExportResponse *out);

/// All but `personal`.
void write(const AuditRecord &in, Pb::AuditRecord *out);
void write(const AuditPersonal &in, Pb::AuditPersonal *out);
void write(const AuditRecord &in, Pb::AuditSubject *out);
void write(const Admin::BackupsCreateRequest &in, Pb::BackupsCreateRequest *out);
void write(const Admin::BackupsCreateResponse &in, Pb::BackupsCreateResponse *out);
void write(const Admin::UsersEraseRequest &in, Pb::UsersEraseRequest *out);
void write(const Admin::UsersEraseResponse &in, Pb::UsersEraseResponse *out);
void write(const Admin::UsersExportRequest &in, Pb::UsersExportRequest *out);
void write(const Admin::UsersExportResponse &in, Pb::UsersExportResponse *out);
void write(const Admin::DevicesWipeRequest &in, Pb::DevicesWipeRequest *out);
void write(const Admin::DevicesWipeResponse &in, Pb::DevicesWipeResponse *out);
void write(const Admin::UsersNotesRequest &in, Pb::UsersNotesRequest *out);
void write(const Admin::UsersNotesResponse &in, Pb::UsersNotesResponse *out);
void write(const Admin::UsersAddNoteRequest &in, Pb::UsersAddNoteRequest *out);
void write(const Admin::UsersAddNoteResponse &in, Pb::UsersAddNoteResponse *out);
void write(const Admin::UsersRemoveNoteRequest &in, Pb::UsersRemoveNoteRequest *out);
void write(const Admin::UsersRemoveNoteResponse &in, Pb::UsersRemoveNoteResponse *out);

[[nodiscard]] Pb::FieldKind protoOf(Core::FieldKind kind);
[[nodiscard]] Pb::ConflictRule protoOf(Core::ConflictRule rule);

/// A length of time or a time as the wire has it: never negative.
[[nodiscard]] std::uint64_t unsignedOf(std::chrono::milliseconds time);
/// The same for seconds; what is longer than a reader takes becomes the longest.
[[nodiscard]] std::uint64_t unsignedSecondsOf(std::chrono::seconds time);
/// The same in 32 bits; what is longer becomes the longest.
[[nodiscard]] std::uint32_t unsigned32Of(std::uint64_t number);

}  // namespace Satchel::Wire
