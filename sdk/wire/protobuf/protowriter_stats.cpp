// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/protobuf/protowriter.h"

namespace Satchel::Wire {

namespace {

void write(const Admin::ServerStats &in, Pb::ServerStats *out)
{
    out->set_version(in.version);
    out->set_epoch(in.epoch);
    out->set_time_ms(unsignedOf(in.time));
    out->set_uptime_ms(unsignedOf(in.uptime));
    out->set_session_count(in.sessionCount);
    out->set_push_count(in.pushCount);
    out->set_accepted_count(in.acceptedCount);
    for (const Admin::RefusalCount &refusal : in.refusals) {
        auto *one = out->add_refusals();
        one->set_reason(static_cast<Pb::ErrorReason>(refusal.reason));
        one->set_count(refusal.count);
    }
}

void write(const Admin::TenantStats &in, Pb::TenantStats *out)
{
    out->set_counted_ms(unsignedOf(in.counted));
    out->set_user_count(in.userCount);
    out->set_document_count(in.documentCount);
    for (const Admin::ConflictAge &age : in.conflicts) {
        auto *one = out->add_conflicts();
        one->set_below_ms(unsignedOf(age.below));
        one->set_count(age.count);
    }
    out->set_audit_record_count(in.auditRecordCount);
}

void write(const Admin::AuditTail &in, Pb::AuditTail *out)
{
    for (const Admin::AuditEntry &entry : in.entries) {
        Wire::write(entry, out->add_entries());
    }
    out->set_dropped(in.dropped);
    out->set_next(in.next);
}

}  // namespace

void write(const Admin::StatsGetRequest & /*in*/, Pb::StatsGetRequest * /*out*/) {}

void write(const Admin::StatsGetResponse &in, Pb::StatsGetResponse *out)
{
    write(in.server, out->mutable_server());
    write(in.tenant, out->mutable_tenant());
}

void write(const Admin::WatchRequest &in, Pb::WatchRequest *out)
{
    out->set_stats_interval_ms(static_cast<std::uint32_t>(unsignedOf(in.statsInterval)));
    out->set_audit(in.audit);
    out->set_audit_filter(in.auditFilter);
    out->set_audit_from(in.auditFrom);
}

void write(const Admin::WatchEvent &in, Pb::WatchEvent *out)
{
    if (const auto *stats = std::get_if<Admin::StatsGetResponse>(&in.event)) {
        write(*stats, out->mutable_stats());
    } else {
        write(std::get<Admin::AuditTail>(in.event), out->mutable_audit());
    }
}

}  // namespace Satchel::Wire
