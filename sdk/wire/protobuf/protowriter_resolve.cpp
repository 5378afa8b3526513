// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/protobuf/protowriter.h"

namespace Satchel::Wire {

static void write(const Admin::ConflictChoice &in, Pb::ConflictChoice *out)
{
    if (const auto *sibling = std::get_if<Core::Dot>(&in)) {
        write(*sibling, out->mutable_sibling());
    } else if (const auto *value = std::get_if<Core::Value>(&in)) {
        write(*value, out->mutable_value());
    } else if (std::holds_alternative<Admin::RemoveChoice>(in)) {
        out->set_remove(true);
    }
}

static void write(const Admin::ConflictFilter &in, Pb::ConflictFilter *out)
{
    out->set_user(in.user);
    out->set_collection(in.collection);
    out->set_filter(in.filter);
}

static void write(const Admin::BulkDevice &in, Pb::BulkDevice *out)
{
    out->set_user(in.user);
    out->mutable_device()->assign(in.device.view());
    out->set_name(in.name);
    out->set_last_seen_ms(unsignedOf(in.lastSeen));
    out->set_was_revoked(in.wasRevoked);
}

static void write(const Admin::BulkConflict &in, Pb::BulkConflict *out);

template <typename In, typename Out>
static void writeAll(const std::vector<In> &in, google::protobuf::RepeatedPtrField<Out> *out)
{
    out->Reserve(static_cast<int>(in.size()));
    for (const In &item : in) {
        write(item, out->Add());
    }
}

static void write(const Admin::BulkConflict &in, Pb::BulkConflict *out)
{
    write(in.change, out->mutable_change());
    writeAll(in.siblings, out->mutable_siblings());
    out->set_is_skipped(in.isSkipped);
    out->set_refusal(in.refusal);
    write(in.written, out->mutable_written());
}

void write(const Admin::ConflictsGetRequest &in, Pb::ConflictsGetRequest *out)
{
    out->set_user(in.user);
    out->set_collection(in.collection);
    out->set_key(in.key);
    out->set_field(in.field);
}

void write(const Admin::ConflictsGetResponse &in, Pb::ConflictsGetResponse *out)
{
    write(in.conflict, out->mutable_conflict());
    writeAll(in.writes, out->mutable_writes());
}

void write(const Admin::ConflictsResolveRequest &in, Pb::ConflictsResolveRequest *out)
{
    out->set_user(in.user);
    out->set_collection(in.collection);
    out->set_key(in.key);
    out->set_field(in.field);
    writeAll(in.siblings, out->mutable_siblings());
    write(in.choice, out->mutable_choice());
}

void write(const Admin::ConflictsResolveResponse &in, Pb::ConflictsResolveResponse *out)
{
    write(in.written, out->mutable_written());
    out->set_is_open(in.isOpen);
    writeAll(in.siblings, out->mutable_siblings());
}

void write(const Admin::ConflictsResolveManyRequest &in, Pb::ConflictsResolveManyRequest *out)
{
    write(in.filter, out->mutable_filter());
    out->set_choice(static_cast<Pb::BulkChoice>(in.choice));
    if (in.device) {
        out->mutable_device()->assign(in.device->view());
    }
    if (in.value) {
        write(*in.value, out->mutable_value());
    }
    out->set_dry_run(in.isDryRun);
    out->set_token(in.token);
}

void write(const Admin::ConflictsResolveManyResponse &in, Pb::ConflictsResolveManyResponse *out)
{
    out->set_matched_count(in.matchedCount);
    out->set_resolved_count(in.resolvedCount);
    out->set_skipped_count(in.skippedCount);
    writeAll(in.conflicts, out->mutable_conflicts());
    out->set_token(in.token);
}

void write(const Admin::ConflictsBringBackRequest &in, Pb::ConflictsBringBackRequest *out)
{
    out->set_user(in.user);
    out->set_collection(in.collection);
    out->set_key(in.key);
    out->set_field(in.field);
    out->set_seq(in.seq);
    write(in.loser, out->mutable_loser());
}

void write(const Admin::ConflictsBringBackResponse &in, Pb::ConflictsBringBackResponse *out)
{
    write(in.change, out->mutable_change());
    write(in.written, out->mutable_written());
}

void write(const Admin::DevicesRevokeManyRequest &in, Pb::DevicesRevokeManyRequest *out)
{
    out->set_filter(in.filter);
    out->set_dry_run(in.isDryRun);
    out->set_token(in.token);
}

void write(const Admin::DevicesRevokeManyResponse &in, Pb::DevicesRevokeManyResponse *out)
{
    writeAll(in.devices, out->mutable_devices());
    out->set_revoked_count(in.revokedCount);
    out->set_token(in.token);
}

}  // namespace Satchel::Wire
