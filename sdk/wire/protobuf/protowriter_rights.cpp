// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/protobuf/protowriter.h"

namespace Satchel::Wire {

void write(const Admin::BackupsCreateRequest & /*in*/, Pb::BackupsCreateRequest * /*out*/) {}

void write(const Admin::BackupsCreateResponse &in, Pb::BackupsCreateResponse *out)
{
    out->set_name(in.name);
    out->set_size_bytes(in.sizeBytes);
    out->set_manifest(in.manifest);
}

void write(const Admin::UsersEraseRequest &in, Pb::UsersEraseRequest *out)
{
    out->set_user(in.user);
}

void write(const Admin::UsersEraseResponse &in, Pb::UsersEraseResponse *out)
{
    out->set_receipt(in.receipt);
    out->set_document_count(in.documentCount);
    out->set_event_count(in.eventCount);
    out->set_device_count(in.deviceCount);
}

void write(const Admin::UsersExportRequest &in, Pb::UsersExportRequest *out)
{
    out->set_user(in.user);
    out->set_token(in.token);
}

void write(const Admin::UsersExportResponse &in, Pb::UsersExportResponse *out)
{
    out->set_lines(in.lines);
    out->set_next_token(in.nextToken);
}

void write(const Admin::DevicesWipeRequest &in, Pb::DevicesWipeRequest *out)
{
    out->set_user(in.user);
    out->mutable_device()->assign(in.device.view());
}

void write(const Admin::DevicesWipeResponse &in, Pb::DevicesWipeResponse *out)
{
    out->set_was_wiped(in.wasWiped);
}

static void write(const Admin::Note &in, Pb::Note *out)
{
    out->set_id(in.id);
    out->set_author(in.author);
    out->set_created_ms(unsignedOf(in.created));
    out->set_text(in.text);
}

void write(const Admin::UsersNotesRequest &in, Pb::UsersNotesRequest *out)
{
    out->set_user(in.user);
    write(in.page, out->mutable_page());
}

void write(const Admin::UsersNotesResponse &in, Pb::UsersNotesResponse *out)
{
    for (const Admin::Note &note : in.notes) {
        write(note, out->add_notes());
    }
    out->set_next_token(in.nextToken);
}

void write(const Admin::UsersAddNoteRequest &in, Pb::UsersAddNoteRequest *out)
{
    out->set_user(in.user);
    out->set_text(in.text);
}

void write(const Admin::UsersAddNoteResponse &in, Pb::UsersAddNoteResponse *out)
{
    write(in.note, out->mutable_note());
}

void write(const Admin::UsersRemoveNoteRequest &in, Pb::UsersRemoveNoteRequest *out)
{
    out->set_user(in.user);
    out->set_id(in.id);
}

void write(const Admin::UsersRemoveNoteResponse & /*in*/, Pb::UsersRemoveNoteResponse * /*out*/) {}

}  // namespace Satchel::Wire
