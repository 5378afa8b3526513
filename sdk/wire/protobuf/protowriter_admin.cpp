// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/protobuf/protowriter.h"

namespace Satchel::Wire {

static void write(const Admin::UserSummary &in, Pb::UserSummary *out)
{
    out->set_user(in.user);
    out->set_head(in.head);
    out->set_document_count(in.documentCount);
    out->set_device_count(in.deviceCount);
    out->set_open_conflict_count(in.openConflictCount);
    out->set_created_ms(unsignedOf(in.created));
    out->set_last_seen_ms(unsignedOf(in.lastSeen));
}

static void write(const Admin::DeviceSummary &in, Pb::DeviceSummary *out)
{
    out->mutable_id()->assign(in.id.view());
    out->set_name(in.name);
    out->set_platform(in.platform);
    out->set_app_version(in.appVersion);
    out->set_sdk_version(in.sdkVersion);
    out->set_last_seen_ms(unsignedOf(in.lastSeen));
    out->set_acknowledged_seq(in.acknowledgedSeq);
    out->set_accepted_through(in.acceptedThrough);
    out->set_is_online(in.isOnline);
    out->set_is_revoked(in.isRevoked);
    out->set_lag(in.lag);
    out->set_lag_cause(static_cast<Pb::LagCause>(in.lagCause));
    out->set_refused_ms(unsignedOf(in.refused));
    out->set_refused_reason(static_cast<Pb::ErrorReason>(in.refusedReason));
    out->set_is_wiped(in.isWiped);
    out->set_refused_code(in.refusedCode ? static_cast<Pb::ErrorCode>(*in.refusedCode) : Pb::ERROR_CODE_UNSPECIFIED);
    out->set_token_expires_ms(unsignedOf(in.tokenExpires));
}

static void write(const Admin::UserDevice &in, Pb::UserDevice *out)
{
    out->set_user(in.user);
    write(in.device, out->mutable_device());
}

static void write(const Admin::CollectionSummary &in, Pb::CollectionSummary *out)
{
    out->set_name(in.name);
    out->set_document_count(in.documentCount);
    out->set_open_conflict_count(in.openConflictCount);
}

static void write(const Admin::DocumentSummary &in, Pb::DocumentSummary *out)
{
    out->set_collection(in.collection);
    out->set_key(in.key);
    out->set_seq(in.seq);
    out->set_field_count(in.fieldCount);
    out->set_conflict_count(in.conflictCount);
    out->set_updated_ms(unsignedOf(in.updated));
    out->set_state_bytes(in.stateBytes);
}

template <typename In, typename Out>
static void writeAll(const std::vector<In> &in, google::protobuf::RepeatedPtrField<Out> *out)
{
    out->Reserve(static_cast<int>(in.size()));
    for (const In &item : in) {
        write(item, out->Add());
    }
}

void write(const Admin::PageRequest &in, Pb::PageRequest *out)
{
    out->set_size(in.size);
    out->set_token(in.token);
}

void write(const Admin::SiblingView &in, Pb::SiblingView *out)
{
    write(in.dot, out->mutable_dot());
    if (in.value) {
        write(*in.value, out->mutable_value());
    }
    out->set_device_name(in.deviceName);
    out->set_written_ms(unsignedOf(in.written));
    out->set_received_ms(unsignedOf(in.received));
    out->set_is_masked(in.isMasked);
}

void write(const Admin::FieldView &in, Pb::FieldView *out)
{
    out->set_name(in.name);
    out->set_kind(protoOf(in.kind));
    if (in.value) {
        write(*in.value, out->mutable_value());
    }
    out->set_is_conflicted(in.isConflicted);
    writeAll(in.siblings, out->mutable_siblings());
    out->set_is_masked(in.isMasked);
}

void write(const Admin::Conflict &in, Pb::Conflict *out)
{
    out->set_kind(static_cast<Pb::ConflictKind>(in.kind));
    out->set_user(in.user);
    out->set_collection(in.collection);
    out->set_key(in.key);
    out->set_field(in.field);
    writeAll(in.siblings, out->mutable_siblings());
    if (in.base) {
        write(*in.base, out->mutable_base());
    }
    out->set_rule(protoOf(in.rule));
    out->set_detected_ms(unsignedOf(in.detected));
    out->set_seq(in.seq);
    out->set_is_masked(in.isMasked);
}

void write(const Admin::UsersListRequest &in, Pb::UsersListRequest *out)
{
    out->set_search(in.search);
    out->set_only_conflicted(in.onlyConflicted);
    out->set_filter(in.filter);
    out->set_order(in.order);
    write(in.page, out->mutable_page());
}

void write(const Admin::UsersListResponse &in, Pb::UsersListResponse *out)
{
    writeAll(in.users, out->mutable_users());
    out->set_next_token(in.nextToken);
}

void write(const Admin::UsersGetRequest &in, Pb::UsersGetRequest *out)
{
    out->set_user(in.user);
}

void write(const Admin::UsersGetResponse &in, Pb::UsersGetResponse *out)
{
    write(in.user, out->mutable_user());
    writeAll(in.devices, out->mutable_devices());
    writeAll(in.collections, out->mutable_collections());
}

void write(const Admin::DevicesListRequest &in, Pb::DevicesListRequest *out)
{
    out->set_filter(in.filter);
    write(in.page, out->mutable_page());
}

void write(const Admin::DevicesListResponse &in, Pb::DevicesListResponse *out)
{
    writeAll(in.devices, out->mutable_devices());
    out->set_next_token(in.nextToken);
}

void write(const Admin::DevicesRevokeRequest &in, Pb::DevicesRevokeRequest *out)
{
    out->set_user(in.user);
    out->mutable_device()->assign(in.device.view());
}

void write(const Admin::DevicesRevokeResponse &in, Pb::DevicesRevokeResponse *out)
{
    out->set_was_revoked(in.wasRevoked);
}

void write(const Admin::StateListDocumentsRequest &in, Pb::StateListDocumentsRequest *out)
{
    out->set_user(in.user);
    out->set_collection(in.collection);
    out->set_search(in.search);
    out->set_filter(in.filter);
    write(in.page, out->mutable_page());
}

void write(const Admin::StateListDocumentsResponse &in, Pb::StateListDocumentsResponse *out)
{
    writeAll(in.documents, out->mutable_documents());
    out->set_next_token(in.nextToken);
}

void write(const Admin::StateGetDocumentRequest &in, Pb::StateGetDocumentRequest *out)
{
    out->set_user(in.user);
    out->set_collection(in.collection);
    out->set_key(in.key);
}

void write(const Admin::StateGetDocumentResponse &in, Pb::StateGetDocumentResponse *out)
{
    write(in.document, out->mutable_document());
    writeAll(in.fields, out->mutable_fields());
    out->set_rule(protoOf(in.rule));
}

void write(const Admin::ConflictsListRequest &in, Pb::ConflictsListRequest *out)
{
    out->set_kind(static_cast<Pb::ConflictKind>(in.kind));
    out->set_user(in.user);
    out->set_collection(in.collection);
    out->set_filter(in.filter);
    write(in.page, out->mutable_page());
}

void write(const Admin::ConflictsListResponse &in, Pb::ConflictsListResponse *out)
{
    writeAll(in.conflicts, out->mutable_conflicts());
    out->set_next_token(in.nextToken);
}

}  // namespace Satchel::Wire
