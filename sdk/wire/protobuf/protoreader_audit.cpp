// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/protobuf/protoreader.h"

#include <limits>

namespace Satchel::Wire {

using Check = ProtoReader::Check;

namespace {

constexpr std::size_t hashBytes = 32;

Check readHash(std::string &in, std::string &out)
{
    if (in.size() != hashBytes) {
        return malformed("a hash that is not 32 bytes");
    }
    out = std::move(in);
    return {};
}

Check readHashes(google::protobuf::RepeatedPtrField<std::string> &in, std::vector<std::string> &out)
{
    for (std::string &hash : in) {
        if (Check check = readHash(hash, out.emplace_back()); !check) {
            return check;
        }
    }
    return {};
}

}  // namespace

Check ProtoReader::read(Pb::AuditPersonal &in, AuditPersonal &out) const
{
    out.actor = std::move(*in.mutable_actor());
    out.user = std::move(*in.mutable_user());
    out.collection = std::move(*in.mutable_collection());
    out.key = std::move(*in.mutable_key());
    out.reason = std::move(*in.mutable_reason());
    out.clientAddress = std::move(*in.mutable_client_address());
    return in.device().empty() ? Check() : readDevice(in.device(), out.device.emplace());
}

Check ProtoReader::read(Pb::AuditSubject &in, AuditRecord &out) const
{
    if (in.salt().size() != hashBytes || in.user().empty()) {
        return malformed("what is about a user without salt or user");
    }
    if (!in.request_sha256().empty() && in.request_sha256().size() != hashBytes) {
        return malformed("a hash of a request that is not 32 bytes");
    }
    out.personal.user = std::move(*in.mutable_user());
    out.personal.collection = std::move(*in.mutable_collection());
    out.personal.key = std::move(*in.mutable_key());
    out.personal.reason = std::move(*in.mutable_reason());
    out.requestSha256 = std::move(*in.mutable_request_sha256());
    return in.device().empty() ? Check() : readDevice(in.device(), out.personal.device.emplace());
}

Check ProtoReader::read(Pb::AuditRecord &in, AuditRecord &out) const
{
    if (in.action().empty()) {
        return malformed("a record without an action");
    }
    if (!in.request_sha256().empty() && in.request_sha256().size() != hashBytes) {
        return malformed("a hash of a request that is not 32 bytes");
    }
    if (!Pb::ErrorCode_IsValid(in.code()) || in.reason() < 0 || in.reason() > std::numeric_limits<std::uint16_t>::max()) {
        return malformed("an unknown outcome");
    }
    if (in.subject().empty() ? !in.commitment().empty() : in.commitment().size() != hashBytes) {
        return malformed("a commitment that is not 32 bytes, or to nothing");
    }
    if (in.has_erasure()) {
        Pb::AuditErasure &erasure = *in.mutable_erasure();
        out.erasure = AuditErasure{{}, erasure.document_count(), erasure.event_count(), erasure.device_count()};
        if (Check check = readHash(*erasure.mutable_user_hash(), out.erasure->userHash); !check) {
            return check;
        }
    }
    out.subject = std::move(*in.mutable_subject());
    out.commitment = std::move(*in.mutable_commitment());
    out.tenant = std::move(*in.mutable_tenant());
    out.action = std::move(*in.mutable_action());
    if (in.code() != Pb::ERROR_CODE_UNSPECIFIED) {
        out.code = static_cast<Core::ErrorCode>(in.code());
    }
    out.reason = static_cast<Core::ErrorReason>(in.reason());
    out.requestId = std::move(*in.mutable_request_id());
    out.requestSha256 = std::move(*in.mutable_request_sha256());
    for (std::string &role : *in.mutable_roles()) {
        out.roles.push_back(std::move(role));
    }
    if (in.has_continuation()) {
        Pb::AuditContinuation &continuation = *in.mutable_continuation();
        out.continuation = AuditContinuation{continuation.from_epoch(), continuation.epoch(), continuation.size(), {}};
        if (Check check = readHash(*continuation.mutable_root(), out.continuation->root); !check) {
            return check;
        }
    }
    out.isUnmasked = in.is_unmasked();
    out.approval = std::move(*in.mutable_approval());
    return readTime(in.time_ms(), out.time);
}

Check ProtoReader::read(Pb::AuditEntry &in, Admin::AuditEntry &out) const
{
    out.index = in.index();
    out.stored = std::move(*in.mutable_stored());
    out.opened = std::move(*in.mutable_opened());
    if (Check check = read(*in.mutable_record(), out.record); !check) {
        return check;
    }
    return read(*in.mutable_personal(), out.record.personal);
}

Check ProtoReader::read(Pb::AuditQueryRequest &in, Admin::AuditQueryRequest &out) const
{
    out.actor = std::move(*in.mutable_actor());
    out.action = std::move(*in.mutable_action());
    out.user = std::move(*in.mutable_user());
    out.filter = std::move(*in.mutable_filter());
    out.page = {in.page().size(), std::move(*in.mutable_page()->mutable_token())};
    if (Check check = readTime(in.from_ms(), out.from); !check) {
        return check;
    }
    return readTime(in.to_ms(), out.to);
}

Check ProtoReader::read(Pb::AuditQueryResponse &in, Admin::AuditQueryResponse &out) const
{
    out.nextToken = std::move(*in.mutable_next_token());
    return readAll(*in.mutable_entries(), out.entries);
}

Check ProtoReader::read(Pb::AuditTreeHeadRequest & /*in*/, Admin::AuditTreeHeadRequest & /*out*/) const
{
    return {};
}

Check ProtoReader::read(Pb::AuditTreeHeadResponse &in, Admin::AuditTreeHeadResponse &out) const
{
    out.epoch = in.epoch();
    out.size = in.size();
    out.note = std::move(*in.mutable_note());
    out.verifierKey = std::move(*in.mutable_verifier_key());
    return readHash(*in.mutable_root(), out.root);
}

Check ProtoReader::read(Pb::AuditInclusionProofRequest &in, Admin::AuditInclusionProofRequest &out) const
{
    out.index = in.index();
    out.size = in.size();
    return {};
}

Check ProtoReader::read(Pb::AuditInclusionProofResponse &in, Admin::AuditInclusionProofResponse &out) const
{
    out.size = in.size();
    if (Check check = readHash(*in.mutable_leaf(), out.leaf); !check) {
        return check;
    }
    return readHashes(*in.mutable_hashes(), out.hashes);
}

Check ProtoReader::read(Pb::AuditConsistencyProofRequest &in, Admin::AuditConsistencyProofRequest &out) const
{
    out.oldSize = in.old_size();
    out.size = in.size();
    return {};
}

Check ProtoReader::read(Pb::AuditConsistencyProofResponse &in, Admin::AuditConsistencyProofResponse &out) const
{
    out.size = in.size();
    return readHashes(*in.mutable_hashes(), out.hashes);
}

Check ProtoReader::read(Pb::AuditExportRequest &in, Admin::AuditExportRequest &out) const
{
    out.token = std::move(*in.mutable_token());
    return {};
}

Check ProtoReader::read(Pb::AuditExportResponse &in, Admin::AuditExportResponse &out) const
{
    out.lines = std::move(*in.mutable_lines());
    out.nextToken = std::move(*in.mutable_next_token());
    return {};
}

}  // namespace Satchel::Wire
