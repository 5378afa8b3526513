// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "watch.h"

#include "audit/openings.h"
#include "server-stub/admin/page.h"

#include <tuple>

namespace Satchel::Server {

namespace {

constexpr std::chrono::milliseconds statsIntervalLeast{250};
/// Records of a message, and how far a watcher may be behind before it is brought forward.
constexpr std::size_t entriesAtOnce = 1'000;
constexpr std::uint64_t behindMax = 20'000;

bool isMatch(const Core::Filter &filter, const Wire::Admin::AuditEntry &entry)
{
    using Wire::Admin::AuditField;
    const Wire::AuditRecord &record = entry.record;
    Core::FilterRow row;
    row.text = [&record](std::size_t field) -> std::string_view {
        switch (static_cast<AuditField>(field)) {
        case AuditField::Actor:
            return record.personal.actor;
        case AuditField::Action:
            return record.action;
        default:
            return record.personal.user;
        }
    };
    row.number = [&](std::size_t field) {
        switch (static_cast<AuditField>(field)) {
        case AuditField::Time:
            return static_cast<std::int64_t>(record.time.count());
        case AuditField::Outcome:
            return record.code ? static_cast<std::int64_t>(*record.code) : std::int64_t{0};
        default:
            return static_cast<std::int64_t>(entry.index);
        }
    };
    row.freeTexts = {record.personal.actor, record.action, record.personal.user};
    return Core::matches(filter, Wire::Admin::auditFields(), row);
}

}  // namespace

Watch::Watch(const WatchContext &context, AdminCall call, std::string token)
    : m_context(context)
    , m_call(std::move(call))
    , m_token(std::move(token))
{
}

Core::Result<void> Watch::read(const std::string &message)
{
    auto request = Wire::Admin::decode<Wire::Admin::WatchRequest>(message, m_call.format);
    if (!request) {
        return Core::failure(std::move(request.error()));
    }
    m_request = std::move(*request);
    if (m_request.statsInterval.count() > 0 && m_request.statsInterval < statsIntervalLeast) {
        return Core::failure(Core::invalidArgument(Core::ErrorReason::LimitExceeded, "stats_interval_ms is 0 or at least 250"));
    }
    if (auto checked = check(m_call.caller); !checked) {
        return checked;
    }
    auto filter = filterOf(m_request.auditFilter, Wire::Admin::auditFields(), m_call);
    if (!filter) {
        return Core::failure(std::move(filter.error()));
    }
    m_filter = std::move(*filter);
    if (m_request.auditFrom > 0) {
        m_next = m_request.auditFrom;
    }
    return {};
}

Core::Result<void> Watch::check(const Identity &caller) const
{
    const Access access = m_context.admin.policies.current();
    const auto verdictOn = [&](Action action) {
        return access.decide(access.admitted(caller), action, AccessTarget(), AccessGrounds{m_call.hasReason, false}).verdict;
    };
    for (const auto &[isWanted, action, what] :
         {std::tuple(true, Action::ReadStats, "watching"), std::tuple(m_request.audit, Action::ReadAudit, "watching the audit log")}) {
        const Verdict verdict = isWanted ? verdictOn(action) : Verdict::Allowed;
        if (verdict == Verdict::ReasonNeeded) {
            return Core::failure(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::ReasonNeeded,
                                                 "say why, in the header Satchel-Reason", Core::Retry::AfterChange));
        }
        if (verdict != Verdict::Allowed) {
            const bool isByRole = access.policies().access.isBuiltIn;
            return Core::failure(Core::makeError(Core::ErrorCode::PermissionDenied,
                                                 isByRole ? Core::ErrorReason::RoleMissing : Core::ErrorReason::PolicyDenied,
                                                 isByRole ? std::string(what) + " needs the role " + rolesNeeded(action)
                                                          : "no rule of the policies allows " + std::string(what)));
        }
    }
    return {};
}

void Watch::begin(std::string message, Then then)
{
    auto isRead = read(message);
    Wire::AuditRecord record = m_call.record;
    if (!isRead) {
        record.code = isRead.error().code;
        record.reason = isRead.error().reason;
    }
    m_context.admin.pipeline.audit(std::move(record), [self = shared_from_this(), isRead = std::move(isRead),
                                                       then = std::move(then)](const Core::Result<void> &written) mutable {
        if (!written || !isRead) {
            then(Core::failure(!written ? written.error() : std::move(isRead.error())));
            return;
        }
        self->poll(std::move(then));
    });
}

void Watch::poll(Then then)
{
    // Expiry, a role that was taken away and revocation end a watch as they end a session.
    auto caller = m_context.tokens.verify(m_token, m_context.clock.now());
    if (!caller || caller->user != m_call.caller.user || caller->roles != m_call.record.roles) {
        then(Core::failure(!caller ? std::move(caller.error())
                                   : Core::makeError(Core::ErrorCode::PermissionDenied, Core::ErrorReason::RoleMissing,
                                                     "the caller's roles have changed; watch again")));
        return;
    }
    if (auto checked = check(*caller); !checked) {
        then(Core::failure(std::move(checked.error())));
        return;
    }
    m_context.readers.run([self = shared_from_this(), then = std::move(then)](Core::Result<ReadView *> view) {
        then(view ? self->events(**view) : Core::failure(std::move(view.error())));
    });
}

Core::Result<std::vector<std::string>> Watch::events(AdminView &view)
{
    std::vector<std::string> out;
    if (auto added = addStats(view, out); !added) {
        return Core::failure(std::move(added.error()));
    }
    if (auto added = addAudit(view, out); !added) {
        return Core::failure(std::move(added.error()));
    }
    return out;
}

Core::Result<void> Watch::addStats(AdminView &view, std::vector<std::string> &out)
{
    const std::chrono::milliseconds now = m_context.clock.now();
    if (m_request.statsInterval.count() == 0 || (m_statsAt && now - *m_statsAt < m_request.statsInterval && now >= *m_statsAt)) {
        return {};
    }
    m_statsAt = now;
    return m_context.stats.get(m_call.caller.user.tenant, now, view).map([&](Wire::Admin::StatsGetResponse &&stats) {
        out.push_back(Wire::Admin::encode(Wire::Admin::WatchEvent{std::move(stats)}, m_call.format));
    });
}

Core::Result<void> Watch::addAudit(AdminView &view, std::vector<std::string> &out)
{
    if (!m_request.audit) {
        return {};
    }
    const auto size = view.auditSize(m_call.caller.user.tenant);
    if (!size) {
        return Core::failure(size.error());
    }
    if (!m_next) {
        m_next = *size;
    }
    if (*m_next >= *size) {
        return {};
    }
    auto told = tail(view, *size);
    if (!told) {
        return Core::failure(std::move(told.error()));
    }
    if (!told->entries.empty() || told->dropped > 0) {
        out.push_back(Wire::Admin::encode(Wire::Admin::WatchEvent{std::move(*told)}, m_call.format));
    }
    return {};
}

Core::Result<Wire::Admin::AuditTail> Watch::tail(AdminView &view, std::uint64_t size)
{
    Wire::Admin::AuditTail out;
    if (size - *m_next > behindMax) {
        out.dropped = size - *m_next - entriesAtOnce;
        m_next = size - entriesAtOnce;
    }
    auto rows = view.auditRange(m_call.caller.user.tenant, *m_next, entriesAtOnce);
    if (!rows) {
        return Core::failure(std::move(rows.error()));
    }
    for (AuditRow &row : *rows) {
        auto record = Audit::readRecord(row.stored, row.opened);
        if (!record) {
            return Core::failure(std::move(record.error()));
        }
        Wire::Admin::AuditEntry entry{row.place, std::move(*record), std::move(row.stored), std::move(row.opened)};
        m_next = row.place + 1;
        if (isMatch(m_filter, entry)) {
            out.entries.push_back(std::move(entry));
        }
    }
    out.next = *m_next;
    return out;
}

}  // namespace Satchel::Server
