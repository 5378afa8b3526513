// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/protobuf/protowriter.h"

namespace Satchel::Wire {

void write(const AuditPersonal &in, Pb::AuditPersonal *out)
{
    out->set_actor(in.actor);
    out->set_user(in.user);
    out->set_collection(in.collection);
    out->set_key(in.key);
    if (in.device) {
        out->mutable_device()->assign(in.device->view());
    }
    out->set_reason(in.reason);
    out->set_client_address(in.clientAddress);
}

void write(const AuditRecord &in, Pb::AuditSubject *out)
{
    out->set_user(in.personal.user);
    out->set_collection(in.personal.collection);
    out->set_key(in.personal.key);
    if (in.personal.device) {
        out->mutable_device()->assign(in.personal.device->view());
    }
    out->set_reason(in.personal.reason);
    out->set_request_sha256(in.requestSha256);
}

void write(const AuditRecord &in, Pb::AuditRecord *out)
{
    out->set_time_ms(unsignedOf(in.time));
    out->set_tenant(in.tenant);
    out->set_action(in.action);
    if (in.code) {
        out->set_code(static_cast<Pb::ErrorCode>(*in.code));
    }
    out->set_reason(static_cast<Pb::ErrorReason>(in.reason));
    out->set_request_id(in.requestId);
    out->set_request_sha256(in.requestSha256);
    for (const std::string &role : in.roles) {
        out->add_roles(role);
    }
    if (in.erasure) {
        auto *erasure = out->mutable_erasure();
        erasure->set_user_hash(in.erasure->userHash);
        erasure->set_document_count(in.erasure->documentCount);
        erasure->set_event_count(in.erasure->eventCount);
        erasure->set_device_count(in.erasure->deviceCount);
    }
    out->set_subject(in.subject);
    out->set_commitment(in.commitment);
    if (in.continuation) {
        auto *continuation = out->mutable_continuation();
        continuation->set_from_epoch(in.continuation->fromEpoch);
        continuation->set_epoch(in.continuation->epoch);
        continuation->set_size(in.continuation->size);
        continuation->set_root(in.continuation->root);
    }
    out->set_is_unmasked(in.isUnmasked);
    out->set_approval(in.approval);
}

void write(const Admin::AuditQueryRequest &in, Pb::AuditQueryRequest *out)
{
    out->set_actor(in.actor);
    out->set_action(in.action);
    out->set_user(in.user);
    out->set_from_ms(unsignedOf(in.from));
    out->set_to_ms(unsignedOf(in.to));
    out->set_filter(in.filter);
    out->mutable_page()->set_size(in.page.size);
    out->mutable_page()->set_token(in.page.token);
}

void write(const Admin::AuditEntry &in, Pb::AuditEntry *out)
{
    out->set_index(in.index);
    write(in.record, out->mutable_record());
    write(in.record.personal, out->mutable_personal());
    out->set_stored(in.stored);
    out->set_opened(in.opened);
}

void write(const Admin::AuditQueryResponse &in, Pb::AuditQueryResponse *out)
{
    for (const Admin::AuditEntry &entry : in.entries) {
        write(entry, out->add_entries());
    }
    out->set_next_token(in.nextToken);
}

void write(const Admin::AuditTreeHeadRequest & /*in*/, Pb::AuditTreeHeadRequest * /*out*/) {}

void write(const Admin::AuditTreeHeadResponse &in, Pb::AuditTreeHeadResponse *out)
{
    out->set_epoch(in.epoch);
    out->set_size(in.size);
    out->set_root(in.root);
    out->set_note(in.note);
    out->set_verifier_key(in.verifierKey);
}

void write(const Admin::AuditInclusionProofRequest &in, Pb::AuditInclusionProofRequest *out)
{
    out->set_index(in.index);
    out->set_size(in.size);
}

void write(const Admin::AuditInclusionProofResponse &in, Pb::AuditInclusionProofResponse *out)
{
    out->set_size(in.size);
    out->set_leaf(in.leaf);
    for (const std::string &hash : in.hashes) {
        out->add_hashes(hash);
    }
}

void write(const Admin::AuditConsistencyProofRequest &in, Pb::AuditConsistencyProofRequest *out)
{
    out->set_old_size(in.oldSize);
    out->set_size(in.size);
}

void write(const Admin::AuditConsistencyProofResponse &in, Pb::AuditConsistencyProofResponse *out)
{
    out->set_size(in.size);
    for (const std::string &hash : in.hashes) {
        out->add_hashes(hash);
    }
}

void write(const Admin::AuditExportRequest &in, Pb::AuditExportRequest *out)
{
    out->set_token(in.token);
}

void write(const Admin::AuditExportResponse &in, Pb::AuditExportResponse *out)
{
    out->set_lines(in.lines);
    out->set_next_token(in.nextToken);
}

}  // namespace Satchel::Wire
