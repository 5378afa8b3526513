// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/protobuf/protoreader.h"

namespace Satchel::Wire {

namespace {

using Check = ProtoReader::Check;

/// Which field: what several requests have in common.
template <typename In, typename Out>
void readField(In &in, Out &out)
{
    out.user = std::move(*in.mutable_user());
    out.collection = std::move(*in.mutable_collection());
    out.key = std::move(*in.mutable_key());
    out.field = std::move(*in.mutable_field());
}

Check readDots(const ProtoReader &reader, const google::protobuf::RepeatedPtrField<Pb::Dot> &in, std::vector<Core::Dot> &out)
{
    for (const Pb::Dot &dot : in) {
        if (Check check = reader.read(dot, out.emplace_back()); !check) {
            return check;
        }
    }
    return {};
}

}  // namespace

Check ProtoReader::read(Pb::ConflictsGetRequest &in, Admin::ConflictsGetRequest &out) const
{
    readField(in, out);
    return {};
}

Check ProtoReader::read(Pb::ConflictsGetResponse &in, Admin::ConflictsGetResponse &out) const
{
    if (Check check = read(*in.mutable_conflict(), out.conflict); !check) {
        return check;
    }
    return readAll(*in.mutable_writes(), out.writes);
}

Check ProtoReader::read(Pb::ConflictChoice &in, Admin::ConflictChoice &out) const
{
    switch (in.choice_case()) {
    case Pb::ConflictChoice::kSibling:
        return read(in.sibling(), out.emplace<Core::Dot>());
    case Pb::ConflictChoice::kValue:
        return read(*in.mutable_value(), out.emplace<Core::Value>());
    case Pb::ConflictChoice::kRemove:
        if (!in.remove()) {
            return malformed("a choice of no kind");
        }
        out = Admin::RemoveChoice{};
        return {};
    case Pb::ConflictChoice::CHOICE_NOT_SET:
        break;
    }
    return {};
}

Check ProtoReader::read(Pb::ConflictsResolveRequest &in, Admin::ConflictsResolveRequest &out) const
{
    readField(in, out);
    if (Check check = readDots(*this, in.siblings(), out.siblings); !check) {
        return check;
    }
    return read(*in.mutable_choice(), out.choice);
}

Check ProtoReader::read(Pb::ConflictsResolveResponse &in, Admin::ConflictsResolveResponse &out) const
{
    out.isOpen = in.is_open();
    if (Check check = read(*in.mutable_written(), out.written); !check) {
        return check;
    }
    return readAll(*in.mutable_siblings(), out.siblings);
}

Check ProtoReader::read(Pb::ConflictFilter &in, Admin::ConflictFilter &out) const
{
    out.user = std::move(*in.mutable_user());
    out.collection = std::move(*in.mutable_collection());
    out.filter = std::move(*in.mutable_filter());
    return {};
}

Check ProtoReader::read(Pb::ConflictsResolveManyRequest &in, Admin::ConflictsResolveManyRequest &out) const
{
    if (!Pb::BulkChoice_IsValid(in.choice())) {
        return malformed("unknown choice");
    }
    out.choice = static_cast<Admin::BulkChoice>(in.choice());
    out.isDryRun = in.dry_run();
    out.token = std::move(*in.mutable_token());
    if (!in.device().empty()) {
        if (Check check = readDevice(in.device(), out.device.emplace()); !check) {
            return check;
        }
    }
    if (Check check = readOptional(in, out.value); !check) {
        return check;
    }
    return read(*in.mutable_filter(), out.filter);
}

Check ProtoReader::read(Pb::BulkConflict &in, Admin::BulkConflict &out) const
{
    out.isSkipped = in.is_skipped();
    out.refusal = std::move(*in.mutable_refusal());
    if (Check check = read(*in.mutable_change(), out.change); !check) {
        return check;
    }
    if (Check check = readDots(*this, in.siblings(), out.siblings); !check) {
        return check;
    }
    return read(*in.mutable_written(), out.written);
}

Check ProtoReader::read(Pb::ConflictsResolveManyResponse &in, Admin::ConflictsResolveManyResponse &out) const
{
    out.matchedCount = in.matched_count();
    out.resolvedCount = in.resolved_count();
    out.skippedCount = in.skipped_count();
    out.token = std::move(*in.mutable_token());
    return readAll(*in.mutable_conflicts(), out.conflicts);
}

Check ProtoReader::read(Pb::ConflictsBringBackRequest &in, Admin::ConflictsBringBackRequest &out) const
{
    readField(in, out);
    out.seq = in.seq();
    return read(in.loser(), out.loser);
}

Check ProtoReader::read(Pb::ConflictsBringBackResponse &in, Admin::ConflictsBringBackResponse &out) const
{
    if (Check check = read(*in.mutable_change(), out.change); !check) {
        return check;
    }
    return read(*in.mutable_written(), out.written);
}

Check ProtoReader::read(Pb::DevicesRevokeManyRequest &in, Admin::DevicesRevokeManyRequest &out) const
{
    out.isDryRun = in.dry_run();
    out.token = std::move(*in.mutable_token());
    out.filter = std::move(*in.mutable_filter());
    return {};
}

Check ProtoReader::read(Pb::BulkDevice &in, Admin::BulkDevice &out) const
{
    out.user = std::move(*in.mutable_user());
    out.name = std::move(*in.mutable_name());
    out.wasRevoked = in.was_revoked();
    if (Check check = readTime(in.last_seen_ms(), out.lastSeen); !check) {
        return check;
    }
    return readDevice(in.device(), out.device);
}

Check ProtoReader::read(Pb::DevicesRevokeManyResponse &in, Admin::DevicesRevokeManyResponse &out) const
{
    out.revokedCount = in.revoked_count();
    out.token = std::move(*in.mutable_token());
    return readAll(*in.mutable_devices(), out.devices);
}

}  // namespace Satchel::Wire
