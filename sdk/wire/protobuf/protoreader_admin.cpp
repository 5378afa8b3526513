// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/protobuf/protoreader.h"

#include <limits>

namespace Satchel::Wire {

namespace {

using Check = ProtoReader::Check;

Check readEnum(Pb::ConflictKind in, Admin::ConflictKind &out)
{
    if (!Pb::ConflictKind_IsValid(in)) {
        return malformed("unknown kind of conflict");
    }
    out = static_cast<Admin::ConflictKind>(in);
    return {};
}

}  // namespace

Admin::PageRequest pageOf(Pb::PageRequest &in)
{
    return Admin::PageRequest{in.size(), std::move(*in.mutable_token())};
}

Check ProtoReader::read(Pb::UsersListRequest &in, Admin::UsersListRequest &out) const
{
    out.search = std::move(*in.mutable_search());
    out.onlyConflicted = in.only_conflicted();
    out.filter = std::move(*in.mutable_filter());
    out.order = std::move(*in.mutable_order());
    out.page = pageOf(*in.mutable_page());
    return {};
}

Check ProtoReader::read(Pb::UserSummary &in, Admin::UserSummary &out) const
{
    out.user = std::move(*in.mutable_user());
    out.head = in.head();
    out.documentCount = in.document_count();
    out.deviceCount = in.device_count();
    out.openConflictCount = in.open_conflict_count();
    if (Check check = readTime(in.created_ms(), out.created); !check) {
        return check;
    }
    return readTime(in.last_seen_ms(), out.lastSeen);
}

Check ProtoReader::read(Pb::UsersListResponse &in, Admin::UsersListResponse &out) const
{
    out.nextToken = std::move(*in.mutable_next_token());
    return readAll(*in.mutable_users(), out.users);
}

Check ProtoReader::read(Pb::UsersGetRequest &in, Admin::UsersGetRequest &out) const
{
    out.user = std::move(*in.mutable_user());
    return {};
}

Check ProtoReader::read(Pb::DeviceSummary &in, Admin::DeviceSummary &out) const
{
    out.name = std::move(*in.mutable_name());
    out.platform = std::move(*in.mutable_platform());
    out.appVersion = std::move(*in.mutable_app_version());
    out.sdkVersion = std::move(*in.mutable_sdk_version());
    out.acknowledgedSeq = in.acknowledged_seq();
    out.acceptedThrough = in.accepted_through();
    out.isOnline = in.is_online();
    out.isRevoked = in.is_revoked();
    out.lag = in.lag();
    // A cause that is not known yet only informs.
    out.lagCause = Pb::LagCause_IsValid(in.lag_cause()) ? static_cast<Admin::LagCause>(in.lag_cause()) : Admin::LagCause::None;
    out.isWiped = in.is_wiped();
    if (in.refused_reason() < 0 || in.refused_reason() > std::numeric_limits<std::uint16_t>::max()) {
        return malformed("a reason that is none");
    }
    out.refusedReason = static_cast<Core::ErrorReason>(in.refused_reason());
    if (in.refused_code() != Pb::ERROR_CODE_UNSPECIFIED) {
        out.refusedCode =
            Pb::ErrorCode_IsValid(in.refused_code()) ? static_cast<Core::ErrorCode>(in.refused_code()) : Core::ErrorCode::Unknown;
    }
    if (Check check = readTime(in.token_expires_ms(), out.tokenExpires); !check) {
        return check;
    }
    if (Check check = readTime(in.refused_ms(), out.refused); !check) {
        return check;
    }
    if (Check check = readTime(in.last_seen_ms(), out.lastSeen); !check) {
        return check;
    }
    return readDevice(in.id(), out.id);
}

Check ProtoReader::read(Pb::CollectionSummary &in, Admin::CollectionSummary &out) const
{
    out.name = std::move(*in.mutable_name());
    out.documentCount = in.document_count();
    out.openConflictCount = in.open_conflict_count();
    return {};
}

Check ProtoReader::read(Pb::UsersGetResponse &in, Admin::UsersGetResponse &out) const
{
    if (Check check = read(*in.mutable_user(), out.user); !check) {
        return check;
    }
    if (Check check = readAll(*in.mutable_devices(), out.devices); !check) {
        return check;
    }
    return readAll(*in.mutable_collections(), out.collections);
}

Check ProtoReader::read(Pb::DevicesListRequest &in, Admin::DevicesListRequest &out) const
{
    out.filter = std::move(*in.mutable_filter());
    out.page = pageOf(*in.mutable_page());
    return {};
}

Check ProtoReader::read(Pb::UserDevice &in, Admin::UserDevice &out) const
{
    out.user = std::move(*in.mutable_user());
    return read(*in.mutable_device(), out.device);
}

Check ProtoReader::read(Pb::DevicesListResponse &in, Admin::DevicesListResponse &out) const
{
    out.nextToken = std::move(*in.mutable_next_token());
    return readAll(*in.mutable_devices(), out.devices);
}

Check ProtoReader::read(Pb::DevicesRevokeRequest &in, Admin::DevicesRevokeRequest &out) const
{
    out.user = std::move(*in.mutable_user());
    return readDevice(in.device(), out.device);
}

Check ProtoReader::read(Pb::DevicesRevokeResponse &in, Admin::DevicesRevokeResponse &out) const
{
    out.wasRevoked = in.was_revoked();
    return {};
}

Check ProtoReader::read(Pb::StateListDocumentsRequest &in, Admin::StateListDocumentsRequest &out) const
{
    out.user = std::move(*in.mutable_user());
    out.collection = std::move(*in.mutable_collection());
    out.search = std::move(*in.mutable_search());
    out.filter = std::move(*in.mutable_filter());
    out.page = pageOf(*in.mutable_page());
    return {};
}

Check ProtoReader::read(Pb::DocumentSummary &in, Admin::DocumentSummary &out) const
{
    out.collection = std::move(*in.mutable_collection());
    out.key = std::move(*in.mutable_key());
    out.seq = in.seq();
    out.fieldCount = in.field_count();
    out.conflictCount = in.conflict_count();
    out.stateBytes = in.state_bytes();
    return readTime(in.updated_ms(), out.updated);
}

Check ProtoReader::read(Pb::StateListDocumentsResponse &in, Admin::StateListDocumentsResponse &out) const
{
    out.nextToken = std::move(*in.mutable_next_token());
    return readAll(*in.mutable_documents(), out.documents);
}

Check ProtoReader::read(Pb::StateGetDocumentRequest &in, Admin::StateGetDocumentRequest &out) const
{
    out.user = std::move(*in.mutable_user());
    out.collection = std::move(*in.mutable_collection());
    out.key = std::move(*in.mutable_key());
    return {};
}

Check ProtoReader::read(Pb::SiblingView &in, Admin::SiblingView &out) const
{
    if (Check check = read(in.dot(), out.dot); !check) {
        return check;
    }
    if (in.has_value()) {
        if (Check check = read(*in.mutable_value(), out.value.emplace()); !check) {
            return check;
        }
    }
    out.deviceName = std::move(*in.mutable_device_name());
    out.isMasked = in.is_masked();
    if (Check check = readTime(in.written_ms(), out.written); !check) {
        return check;
    }
    return readTime(in.received_ms(), out.received);
}

Check ProtoReader::read(Pb::FieldView &in, Admin::FieldView &out) const
{
    out.name = std::move(*in.mutable_name());
    if (Check check = Wire::readEnum(in.kind(), out.kind); !check) {
        return check;
    }
    if (in.has_value()) {
        if (Check check = read(*in.mutable_value(), out.value.emplace()); !check) {
            return check;
        }
    }
    out.isConflicted = in.is_conflicted();
    out.isMasked = in.is_masked();
    return readAll(*in.mutable_siblings(), out.siblings);
}

Check ProtoReader::read(Pb::StateGetDocumentResponse &in, Admin::StateGetDocumentResponse &out) const
{
    if (Check check = read(*in.mutable_document(), out.document); !check) {
        return check;
    }
    if (Check check = Wire::readEnum(in.rule(), out.rule); !check) {
        return check;
    }
    return readAll(*in.mutable_fields(), out.fields);
}

Check ProtoReader::read(Pb::ConflictsListRequest &in, Admin::ConflictsListRequest &out) const
{
    out.user = std::move(*in.mutable_user());
    out.collection = std::move(*in.mutable_collection());
    out.filter = std::move(*in.mutable_filter());
    out.page = pageOf(*in.mutable_page());
    return readEnum(in.kind(), out.kind);
}

Check ProtoReader::read(Pb::Conflict &in, Admin::Conflict &out) const
{
    if (Check check = readEnum(in.kind(), out.kind); !check) {
        return check;
    }
    out.user = std::move(*in.mutable_user());
    out.collection = std::move(*in.mutable_collection());
    out.key = std::move(*in.mutable_key());
    out.field = std::move(*in.mutable_field());
    if (Check check = readAll(*in.mutable_siblings(), out.siblings); !check) {
        return check;
    }
    if (in.has_base()) {
        if (Check check = read(*in.mutable_base(), out.base.emplace()); !check) {
            return check;
        }
    }
    if (Check check = Wire::readEnum(in.rule(), out.rule); !check) {
        return check;
    }
    out.seq = in.seq();
    out.isMasked = in.is_masked();
    return readTime(in.detected_ms(), out.detected);
}

Check ProtoReader::read(Pb::ConflictsListResponse &in, Admin::ConflictsListResponse &out) const
{
    out.nextToken = std::move(*in.mutable_next_token());
    return readAll(*in.mutable_conflicts(), out.conflicts);
}

}  // namespace Satchel::Wire
