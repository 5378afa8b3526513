// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/accesscodec.h"

#include "wire/protobuf/protojson.h"
#include "wire/protobuf/protoparse.h"
#include "wire/protobuf/protowriter.h"

#include "satchel/v1/access.pb.h"

namespace Satchel::Wire::Admin {

namespace {

constexpr int recursionMax = 8;

std::string encoded(const google::protobuf::Message &message, Format format)
{
    return format == Format::Protobuf ? serialize(message) : protoToJson(message);
}

template <typename Proto, typename Message, typename Read>
Core::Result<Message> decoded(std::string_view body, Format format, Read read)
{
    if (body.size() > requestBytesMax) {
        return Core::failure(
            Core::makeError(Core::ErrorCode::ResourceExhausted, Core::ErrorReason::LimitExceeded, "the body is over the limit"));
    }
    SmallArena arena;
    auto *proto = arena.make<Proto>();
    auto parsed = format == Format::Protobuf ? parse(body, recursionMax, *proto) : protoFromJson(body, recursionMax, *proto);
    if (!parsed) {
        return Core::failure(std::move(parsed.error()));
    }
    Message message;
    read(*proto, message);
    return message;
}

void write(const Approval &in, Pb::Approval *out)
{
    out->set_id(in.id);
    out->set_requester(in.requester);
    out->set_action(in.action);
    out->set_request_sha256(in.requestSha256);
    out->set_user(in.user);
    out->set_collection(in.collection);
    out->set_key(in.key);
    out->set_reason(in.reason);
    out->set_created_ms(unsignedOf(in.created));
    out->set_expires_ms(unsignedOf(in.expires));
    out->set_state(static_cast<Pb::ApprovalState>(in.state));
    out->set_decider(in.decider);
    out->set_decided_ms(unsignedOf(in.decided));
    out->set_decision_reason(in.decisionReason);
}

}  // namespace

std::string encode(const PoliciesGetResponse &message, Format format)
{
    SmallArena arena;
    auto *out = arena.make<Pb::PoliciesGetResponse>();
    out->set_version(message.version);
    out->set_text(message.text);
    out->set_time_ms(unsignedOf(message.time));
    out->set_author(message.author);
    out->set_is_file(message.isFile);
    return encoded(*out, format);
}

std::string encode(const PoliciesPutResponse &message, Format format)
{
    SmallArena arena;
    auto *out = arena.make<Pb::PoliciesPutResponse>();
    out->set_version(message.version);
    out->set_is_access_changed(message.isAccessChanged);
    for (const PoliciesChange &change : message.changes) {
        auto *one = out->add_changes();
        one->set_collection(change.collection);
        one->set_document_count(change.documentCount);
        one->set_is_merged_otherwise(change.isMergedOtherwise);
        one->set_is_otherwise_changed(change.isOtherwiseChanged);
    }
    return encoded(*out, format);
}

std::string encode(const PoliciesHistoryResponse &message, Format format)
{
    SmallArena arena;
    auto *out = arena.make<Pb::PoliciesHistoryResponse>();
    for (const PoliciesVersion &version : message.versions) {
        auto *one = out->add_versions();
        one->set_version(version.version);
        one->set_time_ms(unsignedOf(version.time));
        one->set_author(version.author);
    }
    return encoded(*out, format);
}

std::string encode(const ApprovalsListResponse &message, Format format)
{
    SmallArena arena;
    auto *out = arena.make<Pb::ApprovalsListResponse>();
    for (const Approval &approval : message.approvals) {
        write(approval, out->add_approvals());
    }
    out->set_next_token(message.nextToken);
    return encoded(*out, format);
}

std::string encode(const ApprovalsApproveResponse &message, Format format)
{
    SmallArena arena;
    auto *out = arena.make<Pb::ApprovalsApproveResponse>();
    write(message.approval, out->mutable_approval());
    return encoded(*out, format);
}

std::string encode(const ApprovalsRejectResponse &message, Format format)
{
    SmallArena arena;
    auto *out = arena.make<Pb::ApprovalsRejectResponse>();
    write(message.approval, out->mutable_approval());
    return encoded(*out, format);
}

template <>
Core::Result<PoliciesGetRequest> decode(std::string_view body, Format format)
{
    return decoded<Pb::PoliciesGetRequest, PoliciesGetRequest>(body, format, [](const auto &in, auto &out) { out.version = in.version(); });
}

template <>
Core::Result<PoliciesPutRequest> decode(std::string_view body, Format format)
{
    return decoded<Pb::PoliciesPutRequest, PoliciesPutRequest>(
        body, format, [](const auto &in, auto &out) { out = {in.text(), in.expected_version(), in.dry_run()}; });
}

template <>
Core::Result<PoliciesHistoryRequest> decode(std::string_view body, Format format)
{
    return decoded<Pb::PoliciesHistoryRequest, PoliciesHistoryRequest>(
        body, format, [](const auto &in, auto &out) { out = {in.before_version(), in.size()}; });
}

template <>
Core::Result<ApprovalsListRequest> decode(std::string_view body, Format format)
{
    return decoded<Pb::ApprovalsListRequest, ApprovalsListRequest>(
        body, format, [](const auto &in, auto &out) { out = {in.only_pending(), {in.size(), in.token()}}; });
}

template <>
Core::Result<ApprovalsApproveRequest> decode(std::string_view body, Format format)
{
    return decoded<Pb::ApprovalsApproveRequest, ApprovalsApproveRequest>(body, format, [](const auto &in, auto &out) { out.id = in.id(); });
}

template <>
Core::Result<ApprovalsRejectRequest> decode(std::string_view body, Format format)
{
    return decoded<Pb::ApprovalsRejectRequest, ApprovalsRejectRequest>(body, format, [](const auto &in, auto &out) { out.id = in.id(); });
}

}  // namespace Satchel::Wire::Admin
