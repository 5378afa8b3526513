// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "auditledger.h"

#include "trace.h"

#include "audit/exportverifier.h"
#include "audit/openings.h"

#include <algorithm>
#include <set>

namespace Satchel::WorldCheck {

namespace {

const std::string tenant = "t";
const std::string revokeAction = "Devices/Revoke";

template <typename T>
T must(Core::Result<T> result)
{
    require(result.has_value(), "I10", result ? "" : "the audit log cannot be read: " + Core::describe(result.error()));
    return std::move(*result);
}

Audit::NodeSource nodesOf(Server::ReadView &view)
{
    return [&view](unsigned level, std::uint64_t index) { return view.auditNode(tenant, level, index); };
}

/// As an auditor does: with the log as it is exported, and nothing else.
void verifyExport(Server::Store &store, const std::vector<Server::AuditRow> &rows, const std::vector<Wire::AuditRecord> &records,
                  Server::ReadView &view)
{
    const Audit::Signer signer = must(Audit::Signer::make(std::string(Audit::signerName), std::string(32, 's')));
    Audit::ExportVerifier verifier({signer.verifierKey(), {}});
    must(verifier.take(Audit::headerLine({store.epoch(), tenant, signer.verifierKey()})).map([] { return 0; }));
    Audit::Openings openings;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!rows[i].opened.empty()) {
            openings.add(rows[i].place, rows[i].opened);
        }
        must(verifier.take(Audit::recordLine(rows[i].place, records[i], rows[i].stored, rows[i].opened)).map([] { return 0; }));
    }
    for (std::uint64_t i = 0; i < rows.size(); ++i) {
        const Audit::Hash leaf = must(view.auditNode(tenant, 0, i));
        must(verifier.take(Audit::leavesLine(i, std::span(&leaf, 1))).map([] { return 0; }));
    }
    const Audit::Checkpoint head{Audit::originOf(store.epoch(), tenant), rows.size(), must(Audit::rootOf(rows.size(), nodesOf(view)))};
    must(verifier.take(Audit::openingsLine(signer.signNote(openings.head(head.origin, head.size).toText()))).map([] { return 0; }));
    must(verifier.take(Audit::noteLine(signer.signNote(head.toText()))).map([] { return 0; }));
    must(verifier.finish());
}

}  // namespace

Wire::AuditRecord AuditLedger::begin(const std::string &action, const Core::UserId &user, std::optional<Core::DeviceId> device)
{
    Wire::AuditRecord record;
    record.tenant = tenant;
    record.action = action;
    record.requestId = "act " + std::to_string(m_acts.size());
    record.roles = {"admin"};
    record.personal.actor = "operator";
    record.personal.user = user.user;
    record.personal.device = device;
    m_acts[record.requestId].action = action;
    return record;
}

void AuditLedger::answered(const std::string &requestId)
{
    Act &act = m_acts.at(requestId);
    act.isAnswered = true;
    act.restores = m_restores;
}

void AuditLedger::check(Server::Store &store) const
{
    const auto view = must(store.reader());
    const std::uint64_t size = must(view->auditSize(tenant));
    const auto rows = must(view->auditRange(tenant, 0, size + 1));
    require(rows.size() == size, "I10", "the audit log has not as many records as it says");
    std::vector<Wire::AuditRecord> records;
    Counts counts;
    for (const Server::AuditRow &row : rows) {
        records.push_back(must(Audit::readRecord(row.stored, row.opened)));
        if (records.back().action != Wire::auditContinueAction) {
            ++counts[records.back().requestId];
        }
    }
    checkActs(counts);
    checkRevocations(*view, records);
    checkHeads(*view, store.epoch(), size);
    verifyExport(store, rows, records, *view);
}

void AuditLedger::checkActs(const Counts &counts) const
{
    for (const auto &[id, count] : counts) {
        require(m_acts.contains(id), "I10", "a record of what nobody did: " + id);
        require(count == 1, "I10", "an act has more than one record: " + id);
    }
    for (const auto &[id, act] : m_acts) {
        require(!act.isAnswered || act.restores != m_restores || counts.contains(id), "I10",
                "an act that was answered has no record: " + id + " " + act.action);
    }
}

/// A change and its record are there together or not at all, whatever became of the answer.
void AuditLedger::checkRevocations(Server::ReadView &view, const std::vector<Wire::AuditRecord> &records)
{
    std::set<std::pair<std::string, Core::DeviceId>> recorded;
    for (const Wire::AuditRecord &record : records) {
        if (record.action == revokeAction && !record.code && record.personal.device) {
            recorded.emplace(record.personal.user, *record.personal.device);
        }
    }
    std::set<std::pair<std::string, Core::DeviceId>> revoked;
    Server::UsersQuery query;
    query.tenant = tenant;
    for (const auto &summary : must(view.users(query))) {
        const auto user = must(view.user({tenant, summary.user}));
        for (const auto &device : user->devices) {
            if (device.isRevoked) {
                revoked.emplace(summary.user, device.id);
            }
        }
    }
    require(recorded == revoked, "I10",
            std::to_string(revoked.size()) + " devices are revoked, of " + std::to_string(recorded.size()) + " the audit log says so");
}

/// Those of this epoch: what a restore undid, heads of the one before may still have.
void AuditLedger::checkHeads(Server::ReadView &view, std::uint64_t epoch, std::uint64_t size) const
{
    for (const Head &head : m_heads) {
        if (head.epoch != epoch) {
            continue;
        }
        require(head.size <= size, "I10", "the audit log is shorter than a head that was handed out");
        require(must(Audit::rootOf(head.size, nodesOf(view))) == head.root, "I10",
                "the audit log does not go on from a head that was handed out, of size " + std::to_string(head.size));
    }
}

std::optional<AuditLedger::Head> auditHead(Server::Store &store)
{
    const auto view = store.reader();
    const auto size = view ? (*view)->auditSize(tenant) : Core::Result<std::uint64_t>(Core::failure(view.error()));
    if (!size) {
        return std::nullopt;
    }
    const auto root = Audit::rootOf(*size, nodesOf(**view));
    return root ? std::optional(AuditLedger::Head{store.epoch(), *size, *root}) : std::nullopt;
}

}  // namespace Satchel::WorldCheck
