// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/protobuf/protoreader.h"

namespace Satchel::Wire {

using Check = ProtoReader::Check;

Check ProtoReader::read(Pb::StatsGetRequest & /*in*/, Admin::StatsGetRequest & /*out*/) const
{
    return {};
}

Check ProtoReader::read(Pb::ServerStats &in, Admin::ServerStats &out) const
{
    out.version = std::move(*in.mutable_version());
    out.epoch = in.epoch();
    out.sessionCount = in.session_count();
    out.pushCount = in.push_count();
    out.acceptedCount = in.accepted_count();
    for (const Pb::RefusalCount &refusal : in.refusals()) {
        out.refusals.push_back({static_cast<Core::ErrorReason>(refusal.reason()), refusal.count()});
    }
    if (Check check = readTime(in.time_ms(), out.time); !check) {
        return check;
    }
    return readTime(in.uptime_ms(), out.uptime);
}

Check ProtoReader::read(Pb::TenantStats &in, Admin::TenantStats &out) const
{
    out.userCount = in.user_count();
    out.documentCount = in.document_count();
    out.auditRecordCount = in.audit_record_count();
    for (const Pb::ConflictAge &age : in.conflicts()) {
        Admin::ConflictAge &one = out.conflicts.emplace_back();
        one.count = age.count();
        if (Check check = readTime(age.below_ms(), one.below); !check) {
            return check;
        }
    }
    return readTime(in.counted_ms(), out.counted);
}

Check ProtoReader::read(Pb::StatsGetResponse &in, Admin::StatsGetResponse &out) const
{
    if (Check check = read(*in.mutable_server(), out.server); !check) {
        return check;
    }
    return read(*in.mutable_tenant(), out.tenant);
}

Check ProtoReader::read(Pb::WatchRequest &in, Admin::WatchRequest &out) const
{
    out.statsInterval = std::chrono::milliseconds(in.stats_interval_ms());
    out.audit = in.audit();
    out.auditFilter = std::move(*in.mutable_audit_filter());
    out.auditFrom = in.audit_from();
    return {};
}

Check ProtoReader::read(Pb::WatchEvent &in, Admin::WatchEvent &out) const
{
    if (in.has_stats()) {
        return read(*in.mutable_stats(), out.event.emplace<Admin::StatsGetResponse>());
    }
    auto &tail = out.event.emplace<Admin::AuditTail>();
    tail.dropped = in.audit().dropped();
    tail.next = in.audit().next();
    return readAll(*in.mutable_audit()->mutable_entries(), tail.entries);
}

}  // namespace Satchel::Wire
