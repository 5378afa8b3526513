// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/protobuf/protowriter.h"

namespace Satchel::Wire {

static void write(const Admin::HistoryPoint &in, Pb::HistoryPoint *out)
{
    if (in.seq) {
        out->set_seq(*in.seq);
    } else if (in.time) {
        out->set_time_ms(unsignedOf(*in.time));
    }
}

static void write(const Admin::OpView &in, Pb::OpView *out)
{
    out->set_field(in.field);
    out->set_kind(static_cast<Pb::OpKind>(in.kind));
    if (in.value) {
        write(*in.value, out->mutable_value());
    }
    out->set_delta(in.delta);
    out->set_is_masked(in.isMasked);
}

static void write(const Admin::LostValue &in, Pb::LostValue *out)
{
    out->set_field(in.field);
    write(in.sibling, out->mutable_sibling());
    out->set_was_concurrent(in.wasConcurrent);
    write(in.winner, out->mutable_winner());
}

static void write(const Admin::SeenWriter &in, Pb::SeenWriter *out)
{
    out->mutable_device()->assign(in.device.view());
    out->set_counter(in.counter);
    out->set_device_name(in.deviceName);
}

static void write(const Admin::HistoryEvent &in, Pb::HistoryEvent *out);
static void write(const Admin::DocumentView &in, Pb::DocumentView *out);

template <typename In, typename Out>
static void writeAll(const std::vector<In> &in, google::protobuf::RepeatedPtrField<Out> *out)
{
    out->Reserve(static_cast<int>(in.size()));
    for (const In &item : in) {
        write(item, out->Add());
    }
}

static void write(const Admin::HistoryEvent &in, Pb::HistoryEvent *out)
{
    out->set_seq(in.seq);
    out->set_collection(in.collection);
    out->set_key(in.key);
    if (in.dot) {
        write(*in.dot, out->mutable_dot());
    }
    out->set_device_name(in.deviceName);
    out->set_is_operator(in.isOperator);
    out->set_written_ms(unsignedOf(in.written));
    out->set_settled_ms(unsignedOf(in.settled));
    out->set_received_ms(unsignedOf(in.received));
    out->set_is_whole_document(in.isWholeDocument);
    writeAll(in.ops, out->mutable_ops());
    writeAll(in.lost, out->mutable_lost());
    out->set_policy_version(in.policyVersion);
}

static void write(const Admin::DocumentView &in, Pb::DocumentView *out)
{
    out->set_collection(in.collection);
    out->set_key(in.key);
    out->set_seq(in.seq);
    out->set_updated_ms(unsignedOf(in.updated));
    writeAll(in.fields, out->mutable_fields());
    out->set_rule(protoOf(in.rule));
}

void write(const Admin::FieldChange &in, Pb::FieldChange *out)
{
    out->set_user(in.user);
    out->set_collection(in.collection);
    out->set_key(in.key);
    out->set_field(in.field);
    out->set_kind(static_cast<Pb::FieldChangeKind>(in.kind));
    if (in.before) {
        write(*in.before, out->mutable_before());
    }
    if (in.after) {
        write(*in.after, out->mutable_after());
    }
    out->set_is_masked(in.isMasked);
}

void write(const Admin::ExplainedWrite &in, Pb::ExplainedWrite *out)
{
    write(in.sibling, out->mutable_sibling());
    out->set_seq(in.seq);
    out->set_claimed_ms(unsignedOf(in.claimed));
    out->set_is_operator(in.isOperator);
    out->set_is_shown(in.isShown);
    writeAll(in.saw, out->mutable_saw());
    writeAll(in.overwrote, out->mutable_overwrote());
}

void write(const Admin::OperatorWritten &in, Pb::OperatorWritten *out)
{
    out->set_user(in.user);
    out->set_first_seq(in.firstSeq);
    out->set_last_seq(in.lastSeq);
}

void write(const Admin::StateHistoryRequest &in, Pb::StateHistoryRequest *out)
{
    out->set_user(in.user);
    out->set_collection(in.collection);
    out->set_key(in.key);
    write(in.page, out->mutable_page());
}

void write(const Admin::StateHistoryResponse &in, Pb::StateHistoryResponse *out)
{
    writeAll(in.events, out->mutable_events());
    out->set_next_token(in.nextToken);
    out->set_begins_after_seq(in.beginsAfterSeq);
}

void write(const Admin::StateAtRequest &in, Pb::StateAtRequest *out)
{
    out->set_user(in.user);
    out->set_collection(in.collection);
    out->set_key(in.key);
    write(in.at, out->mutable_at());
    write(in.page, out->mutable_page());
}

void write(const Admin::StateAtResponse &in, Pb::StateAtResponse *out)
{
    out->set_seq(in.seq);
    writeAll(in.documents, out->mutable_documents());
    out->set_next_token(in.nextToken);
}

void write(const Admin::StateDiffRequest &in, Pb::StateDiffRequest *out)
{
    out->set_user(in.user);
    out->set_collection(in.collection);
    out->set_key(in.key);
    write(in.from, out->mutable_from());
    write(in.to, out->mutable_to());
    write(in.page, out->mutable_page());
}

void write(const Admin::StateDiffResponse &in, Pb::StateDiffResponse *out)
{
    out->set_from_seq(in.fromSeq);
    out->set_to_seq(in.toSeq);
    writeAll(in.changes, out->mutable_changes());
    out->set_next_token(in.nextToken);
}

void write(const Admin::StateExplainRequest &in, Pb::StateExplainRequest *out)
{
    out->set_user(in.user);
    out->set_collection(in.collection);
    out->set_key(in.key);
    out->set_field(in.field);
}

void write(const Admin::StateExplainResponse &in, Pb::StateExplainResponse *out)
{
    out->set_kind(protoOf(in.kind));
    out->set_rule(protoOf(in.rule));
    if (in.value) {
        write(*in.value, out->mutable_value());
    }
    out->set_is_conflicted(in.isConflicted);
    out->set_reason(static_cast<Pb::WinnerReason>(in.reason));
    writeAll(in.writes, out->mutable_writes());
    writeAll(in.lost, out->mutable_lost());
    out->set_is_masked(in.isMasked);
}

void write(const Admin::StateRestoreRequest &in, Pb::StateRestoreRequest *out)
{
    out->set_user(in.user);
    out->set_collection(in.collection);
    out->set_key(in.key);
    out->set_field(in.field);
    write(in.to, out->mutable_to());
    out->set_dry_run(in.isDryRun);
    out->set_token(in.token);
}

void write(const Admin::StateRestoreResponse &in, Pb::StateRestoreResponse *out)
{
    out->set_seq(in.seq);
    writeAll(in.changes, out->mutable_changes());
    out->set_token(in.token);
    write(in.written, out->mutable_written());
}

void write(const Admin::StateUndoRequest &in, Pb::StateUndoRequest *out)
{
    out->set_user(in.user);
    out->set_first_seq(in.firstSeq);
    out->set_last_seq(in.lastSeq);
    out->set_dry_run(in.isDryRun);
    out->set_token(in.token);
}

void write(const Admin::StateUndoResponse &in, Pb::StateUndoResponse *out)
{
    writeAll(in.changes, out->mutable_changes());
    writeAll(in.kept, out->mutable_kept());
    out->set_token(in.token);
    write(in.written, out->mutable_written());
}

}  // namespace Satchel::Wire
