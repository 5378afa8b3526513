// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/auditrecord.h"

#include "wire/protobuf/protoparse.h"
#include "wire/protobuf/protoreader.h"
#include "wire/protobuf/protowriter.h"

#include "satchel/v1/audit.pb.h"

namespace Satchel::Wire {

namespace {

constexpr std::size_t hashBytes = 32;
constexpr int recursionMax = 4;

std::string encodePersonal(const AuditPersonal &in)
{
    SmallArena arena;
    auto *out = arena.make<Pb::AuditPersonal>();
    out->set_actor(in.actor);
    out->set_user(in.user);
    out->set_collection(in.collection);
    out->set_key(in.key);
    if (in.device) {
        out->mutable_device()->assign(in.device->view());
    }
    out->set_reason(in.reason);
    out->set_client_address(in.clientAddress);
    return serialize(*out);
}

Core::Result<void> readPersonal(std::string_view bytes, AuditPersonal &out)
{
    SmallArena arena;
    auto *in = arena.make<Pb::AuditPersonal>();
    if (Core::Result<void> parsed = parse(bytes, recursionMax, *in); !parsed) {
        return parsed;
    }
    out.actor = std::move(*in->mutable_actor());
    out.user = std::move(*in->mutable_user());
    out.collection = std::move(*in->mutable_collection());
    out.key = std::move(*in->mutable_key());
    out.reason = std::move(*in->mutable_reason());
    out.clientAddress = std::move(*in->mutable_client_address());
    if (in->device().empty()) {
        return {};
    }
    return readDevice(in->device(), out.device.emplace());
}

Core::Result<void> readContinuation(Pb::AuditContinuation &in, AuditContinuation &out)
{
    if (in.root().size() != hashBytes) {
        return malformed("a root that is not 32 bytes");
    }
    out.fromEpoch = in.from_epoch();
    out.epoch = in.epoch();
    out.size = in.size();
    out.root = std::move(*in.mutable_root());
    return {};
}

Core::Result<void> readRecord(Pb::AuditRecord &in, AuditRecord &out)
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
    if (Core::Result<void> time = readTime(in.time_ms(), out.time); !time) {
        return time;
    }
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
        if (Core::Result<void> read = readContinuation(*in.mutable_continuation(), out.continuation.emplace()); !read) {
            return read;
        }
    }
    return readPersonal(in.personal(), out.personal);
}

}  // namespace

std::string encode(const AuditRecord &record)
{
    SmallArena arena;
    auto *out = arena.make<Pb::AuditRecord>();
    out->set_time_ms(unsignedOf(record.time));
    out->set_tenant(record.tenant);
    out->set_action(record.action);
    if (record.code) {
        out->set_code(static_cast<Pb::ErrorCode>(*record.code));
    }
    out->set_reason(static_cast<Pb::ErrorReason>(record.reason));
    out->set_request_id(record.requestId);
    out->set_request_sha256(record.requestSha256);
    for (const std::string &role : record.roles) {
        out->add_roles(role);
    }
    out->set_personal(encodePersonal(record.personal));
    if (record.continuation) {
        auto *continuation = out->mutable_continuation();
        continuation->set_from_epoch(record.continuation->fromEpoch);
        continuation->set_epoch(record.continuation->epoch);
        continuation->set_size(record.continuation->size);
        continuation->set_root(record.continuation->root);
    }
    return serialize(*out);
}

Core::Result<AuditRecord> decodeStoredAuditRecord(std::string_view bytes)
{
    SmallArena arena;
    auto *in = arena.make<Pb::AuditRecord>();
    AuditRecord record;
    Core::Result<void> result = parse(bytes, recursionMax, *in);
    if (result) {
        result = readRecord(*in, record);
    }
    if (!result) {
        return Core::failure(Core::makeError(Core::ErrorCode::DataLoss, Core::ErrorReason::StoreDamaged,
                                             "a stored AuditRecord does not decode: " + result.error().detail, Core::Retry::AfterChange));
    }
    return record;
}

}  // namespace Satchel::Wire
