// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/protobuf/protoreader.h"

namespace Satchel::Wire {

namespace {

using Check = ProtoReader::Check;

/// Which documents: what several requests have in common.
template <typename In, typename Out>
void readDocument(In &in, Out &out)
{
    out.user = std::move(*in.mutable_user());
    out.collection = std::move(*in.mutable_collection());
    out.key = std::move(*in.mutable_key());
}

}  // namespace

Check ProtoReader::read(Pb::HistoryPoint &in, Admin::HistoryPoint &out) const
{
    if (in.has_seq()) {
        out.seq = in.seq();
    }
    return in.has_time_ms() ? readTime(in.time_ms(), out.time.emplace()) : Check{};
}

Check ProtoReader::read(Pb::OpView &in, Admin::OpView &out) const
{
    out.field = std::move(*in.mutable_field());
    out.kind = Pb::OpKind_IsValid(in.kind()) ? static_cast<Admin::OpKind>(in.kind()) : Admin::OpKind::Unknown;
    out.delta = in.delta();
    out.isMasked = in.is_masked();
    return readOptional(in, out.value);
}

Check ProtoReader::read(Pb::LostValue &in, Admin::LostValue &out) const
{
    out.field = std::move(*in.mutable_field());
    out.wasConcurrent = in.was_concurrent();
    if (Check check = read(in.winner(), out.winner); !check) {
        return check;
    }
    return read(*in.mutable_sibling(), out.sibling);
}

Check ProtoReader::read(Pb::SeenWriter &in, Admin::SeenWriter &out) const
{
    out.counter = in.counter();
    out.deviceName = std::move(*in.mutable_device_name());
    return readDevice(in.device(), out.device);
}

Check ProtoReader::read(Pb::HistoryEvent &in, Admin::HistoryEvent &out) const
{
    out.seq = in.seq();
    out.collection = std::move(*in.mutable_collection());
    out.key = std::move(*in.mutable_key());
    out.deviceName = std::move(*in.mutable_device_name());
    out.isOperator = in.is_operator();
    out.isWholeDocument = in.is_whole_document();
    out.policyVersion = in.policy_version();
    if (in.has_dot()) {
        if (Check check = read(in.dot(), out.dot.emplace()); !check) {
            return check;
        }
    }
    if (Check check = readTime(in.written_ms(), out.written); !check) {
        return check;
    }
    if (Check check = readTime(in.settled_ms(), out.settled); !check) {
        return check;
    }
    if (Check check = readTime(in.received_ms(), out.received); !check) {
        return check;
    }
    if (Check check = readAll(*in.mutable_ops(), out.ops); !check) {
        return check;
    }
    return readAll(*in.mutable_lost(), out.lost);
}

Check ProtoReader::read(Pb::StateHistoryRequest &in, Admin::StateHistoryRequest &out) const
{
    readDocument(in, out);
    out.page = pageOf(*in.mutable_page());
    return {};
}

Check ProtoReader::read(Pb::StateHistoryResponse &in, Admin::StateHistoryResponse &out) const
{
    out.nextToken = std::move(*in.mutable_next_token());
    out.beginsAfterSeq = in.begins_after_seq();
    return readAll(*in.mutable_events(), out.events);
}

Check ProtoReader::read(Pb::DocumentView &in, Admin::DocumentView &out) const
{
    out.collection = std::move(*in.mutable_collection());
    out.key = std::move(*in.mutable_key());
    out.seq = in.seq();
    if (Check check = readTime(in.updated_ms(), out.updated); !check) {
        return check;
    }
    if (Check check = readEnum(in.rule(), out.rule); !check) {
        return check;
    }
    return readAll(*in.mutable_fields(), out.fields);
}

Check ProtoReader::read(Pb::StateAtRequest &in, Admin::StateAtRequest &out) const
{
    readDocument(in, out);
    out.page = pageOf(*in.mutable_page());
    return read(*in.mutable_at(), out.at);
}

Check ProtoReader::read(Pb::StateAtResponse &in, Admin::StateAtResponse &out) const
{
    out.seq = in.seq();
    out.nextToken = std::move(*in.mutable_next_token());
    return readAll(*in.mutable_documents(), out.documents);
}

Check ProtoReader::read(Pb::FieldChange &in, Admin::FieldChange &out) const
{
    readDocument(in, out);
    out.field = std::move(*in.mutable_field());
    out.kind = Pb::FieldChangeKind_IsValid(in.kind()) ? static_cast<Admin::FieldChangeKind>(in.kind()) : Admin::FieldChangeKind::Unknown;
    out.isMasked = in.is_masked();
    if (in.has_before()) {
        if (Check check = read(*in.mutable_before(), out.before.emplace()); !check) {
            return check;
        }
    }
    return in.has_after() ? read(*in.mutable_after(), out.after.emplace()) : Check{};
}

Check ProtoReader::read(Pb::StateDiffRequest &in, Admin::StateDiffRequest &out) const
{
    readDocument(in, out);
    out.page = pageOf(*in.mutable_page());
    if (Check check = read(*in.mutable_from(), out.from); !check) {
        return check;
    }
    return read(*in.mutable_to(), out.to);
}

Check ProtoReader::read(Pb::StateDiffResponse &in, Admin::StateDiffResponse &out) const
{
    out.fromSeq = in.from_seq();
    out.toSeq = in.to_seq();
    out.nextToken = std::move(*in.mutable_next_token());
    return readAll(*in.mutable_changes(), out.changes);
}

Check ProtoReader::read(Pb::StateExplainRequest &in, Admin::StateExplainRequest &out) const
{
    readDocument(in, out);
    out.field = std::move(*in.mutable_field());
    return {};
}

Check ProtoReader::read(Pb::ExplainedWrite &in, Admin::ExplainedWrite &out) const
{
    out.seq = in.seq();
    out.isOperator = in.is_operator();
    out.isShown = in.is_shown();
    if (Check check = read(*in.mutable_sibling(), out.sibling); !check) {
        return check;
    }
    if (Check check = readTime(in.claimed_ms(), out.claimed); !check) {
        return check;
    }
    if (Check check = readAll(*in.mutable_saw(), out.saw); !check) {
        return check;
    }
    return readAll(*in.mutable_overwrote(), out.overwrote);
}

Check ProtoReader::read(Pb::StateExplainResponse &in, Admin::StateExplainResponse &out) const
{
    if (Check check = readEnum(in.kind(), out.kind); !check) {
        return check;
    }
    if (Check check = readEnum(in.rule(), out.rule); !check) {
        return check;
    }
    out.isConflicted = in.is_conflicted();
    out.reason = Pb::WinnerReason_IsValid(in.reason()) ? static_cast<Admin::WinnerReason>(in.reason()) : Admin::WinnerReason::Nothing;
    out.isMasked = in.is_masked();
    if (Check check = readOptional(in, out.value); !check) {
        return check;
    }
    if (Check check = readAll(*in.mutable_writes(), out.writes); !check) {
        return check;
    }
    return readAll(*in.mutable_lost(), out.lost);
}

Check ProtoReader::read(Pb::OperatorWritten &in, Admin::OperatorWritten &out) const
{
    out.user = std::move(*in.mutable_user());
    out.firstSeq = in.first_seq();
    out.lastSeq = in.last_seq();
    return {};
}

Check ProtoReader::read(Pb::StateRestoreRequest &in, Admin::StateRestoreRequest &out) const
{
    readDocument(in, out);
    out.field = std::move(*in.mutable_field());
    out.isDryRun = in.dry_run();
    out.token = std::move(*in.mutable_token());
    return read(*in.mutable_to(), out.to);
}

Check ProtoReader::read(Pb::StateRestoreResponse &in, Admin::StateRestoreResponse &out) const
{
    out.seq = in.seq();
    out.token = std::move(*in.mutable_token());
    if (Check check = read(*in.mutable_written(), out.written); !check) {
        return check;
    }
    return readAll(*in.mutable_changes(), out.changes);
}

Check ProtoReader::read(Pb::StateUndoRequest &in, Admin::StateUndoRequest &out) const
{
    out.user = std::move(*in.mutable_user());
    out.firstSeq = in.first_seq();
    out.lastSeq = in.last_seq();
    out.isDryRun = in.dry_run();
    out.token = std::move(*in.mutable_token());
    return {};
}

Check ProtoReader::read(Pb::StateUndoResponse &in, Admin::StateUndoResponse &out) const
{
    out.token = std::move(*in.mutable_token());
    if (Check check = read(*in.mutable_written(), out.written); !check) {
        return check;
    }
    if (Check check = readAll(*in.mutable_kept(), out.kept); !check) {
        return check;
    }
    return readAll(*in.mutable_changes(), out.changes);
}

}  // namespace Satchel::Wire
