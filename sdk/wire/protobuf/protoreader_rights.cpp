// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/protobuf/protoreader.h"

namespace Satchel::Wire {

using Check = ProtoReader::Check;

Check ProtoReader::read(Pb::BackupsCreateRequest & /*in*/, Admin::BackupsCreateRequest & /*out*/) const
{
    return {};
}

Check ProtoReader::read(Pb::BackupsCreateResponse &in, Admin::BackupsCreateResponse &out) const
{
    out.name = std::move(*in.mutable_name());
    out.sizeBytes = in.size_bytes();
    out.manifest = std::move(*in.mutable_manifest());
    return {};
}

Check ProtoReader::read(Pb::UsersEraseRequest &in, Admin::UsersEraseRequest &out) const
{
    out.user = std::move(*in.mutable_user());
    return {};
}

Check ProtoReader::read(Pb::UsersEraseResponse &in, Admin::UsersEraseResponse &out) const
{
    out.receipt = std::move(*in.mutable_receipt());
    out.documentCount = in.document_count();
    out.eventCount = in.event_count();
    out.deviceCount = in.device_count();
    return {};
}

Check ProtoReader::read(Pb::UsersExportRequest &in, Admin::UsersExportRequest &out) const
{
    out.user = std::move(*in.mutable_user());
    out.token = std::move(*in.mutable_token());
    return {};
}

Check ProtoReader::read(Pb::UsersExportResponse &in, Admin::UsersExportResponse &out) const
{
    out.lines = std::move(*in.mutable_lines());
    out.nextToken = std::move(*in.mutable_next_token());
    return {};
}

Check ProtoReader::read(Pb::DevicesWipeRequest &in, Admin::DevicesWipeRequest &out) const
{
    out.user = std::move(*in.mutable_user());
    return readDevice(in.device(), out.device);
}

Check ProtoReader::read(Pb::DevicesWipeResponse &in, Admin::DevicesWipeResponse &out) const
{
    out.wasWiped = in.was_wiped();
    return {};
}

Check ProtoReader::read(Pb::Note &in, Admin::Note &out) const
{
    out.id = std::move(*in.mutable_id());
    out.author = std::move(*in.mutable_author());
    out.text = std::move(*in.mutable_text());
    return readTime(in.created_ms(), out.created);
}

Check ProtoReader::read(Pb::UsersNotesRequest &in, Admin::UsersNotesRequest &out) const
{
    out.user = std::move(*in.mutable_user());
    out.page = pageOf(*in.mutable_page());
    return {};
}

Check ProtoReader::read(Pb::UsersNotesResponse &in, Admin::UsersNotesResponse &out) const
{
    out.nextToken = std::move(*in.mutable_next_token());
    return readAll(*in.mutable_notes(), out.notes);
}

Check ProtoReader::read(Pb::UsersAddNoteRequest &in, Admin::UsersAddNoteRequest &out) const
{
    out.user = std::move(*in.mutable_user());
    out.text = std::move(*in.mutable_text());
    return {};
}

Check ProtoReader::read(Pb::UsersAddNoteResponse &in, Admin::UsersAddNoteResponse &out) const
{
    return read(*in.mutable_note(), out.note);
}

Check ProtoReader::read(Pb::UsersRemoveNoteRequest &in, Admin::UsersRemoveNoteRequest &out) const
{
    out.user = std::move(*in.mutable_user());
    out.id = std::move(*in.mutable_id());
    return {};
}

Check ProtoReader::read(Pb::UsersRemoveNoteResponse & /*in*/, Admin::UsersRemoveNoteResponse & /*out*/) const
{
    return {};
}

}  // namespace Satchel::Wire
