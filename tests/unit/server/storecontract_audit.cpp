// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "storecontract.h"

#include "audit/merkle.h"
#include "audit/openings.h"

#include <QTest>

namespace Satchel::Test {

namespace {

using namespace Server;

Wire::AuditRecord recordOf(const std::string &tenant, int number)
{
    Wire::AuditRecord record;
    record.time = std::chrono::milliseconds(1'800'000'000'000 + number);
    record.tenant = tenant;
    record.action = number % 2 == 0 ? "Users/List" : "Users/Get";
    record.personal.actor = "operator " + std::to_string(number % 3);
    record.personal.user = number % 2 == 0 ? "" : "user " + std::to_string(number % 5);
    record.requestId = std::to_string(number);
    return record;
}

/// Empty, or what went wrong.
QString appendAll(Store &store, const std::vector<Wire::AuditRecord> &records, bool isCommitted = true)
{
    auto log = store.begin();
    if (!log) {
        return QString::fromStdString(log.error().detail);
    }
    for (const Wire::AuditRecord &record : records) {
        if (auto appended = (*log)->appendAudit(record); !appended) {
            return QString::fromStdString(appended.error().detail);
        }
    }
    if (isCommitted) {
        if (auto committed = (*log)->commit(); !committed) {
            return QString::fromStdString(committed.error().detail);
        }
    }
    return {};
}

Audit::NodeSource nodesOf(ReadView &view, const std::string &tenant)
{
    return [&view, tenant](unsigned level, std::uint64_t index) { return view.auditNode(tenant, level, index); };
}

/// Root over the records as they are stored.
Audit::Hash rootOfRecords(ReadView &view, const std::string &tenant, std::size_t size)
{
    Audit::Growing tree;
    const auto rows = view.auditRange(tenant, 0, size);
    for (const AuditRow &row : *rows) {
        tree.append(Audit::leafHash(row.stored));
    }
    return tree.root();
}

std::vector<std::uint64_t> placesOf(const std::vector<AuditRow> &rows)
{
    std::vector<std::uint64_t> places;
    for (const AuditRow &row : rows) {
        places.push_back(row.place);
    }
    return places;
}

}  // namespace

void StoreContract::audit_appended_growsOneLogForEachTenant()
{
    std::vector<Wire::AuditRecord> records;
    for (int i = 0; i < 13; ++i) {
        records.push_back(recordOf("grown", i));
        if (i % 3 == 0) {
            records.push_back(recordOf("grown too", i));
        }
    }
    QCOMPARE(appendAll(store(), records), QString());
    QCOMPARE(appendAll(store(), {recordOf("grown", 13)}), QString());
    auto view = store().reader();
    QCOMPARE(*(*view)->auditSize("grown"), 14U);
    QCOMPARE(*(*view)->auditSize("grown too"), 5U);
    QCOMPARE(*(*view)->auditSize("never heard of"), 0U);
    const auto rows = (*view)->auditRange("grown", 0, 100);
    QCOMPARE(rows->size(), std::size_t{14});
    for (std::size_t i = 0; i < rows->size(); ++i) {
        QCOMPARE((*rows)[i].place, i);
        QVERIFY(*Audit::readRecord((*rows)[i].stored, (*rows)[i].opened) == recordOf("grown", static_cast<int>(i)));
    }
    for (std::uint64_t size = 0; size <= 14; ++size) {
        QCOMPARE(*Audit::rootOf(size, nodesOf(**view, "grown")), rootOfRecords(**view, "grown", size));
    }
}

void StoreContract::audit_uncommitted_leavesNothing()
{
    QCOMPARE(appendAll(store(), {recordOf("undone", 1)}, false), QString());
    QCOMPARE(*(*store().reader())->auditSize("undone"), 0U);
    QCOMPARE(appendAll(store(), {recordOf("undone", 2)}), QString());
    QCOMPARE(*(*store().reader())->auditSize("undone"), 1U);
    QCOMPARE(placesOf(*(*store().reader())->auditRange("undone", 0, 10)), std::vector<std::uint64_t>{0});
}

void StoreContract::audit_nodeThatIsNotThere_isDataLoss()
{
    QCOMPARE(appendAll(store(), {recordOf("short", 1)}), QString());
    const auto missing = (*store().reader())->auditNode("short", 1, 0);
    QVERIFY(!missing);
    QCOMPARE(missing.error().reason, Core::ErrorReason::StoreDamaged);
}

void StoreContract::audit_query_filtersAndPages()
{
    std::vector<Wire::AuditRecord> records;
    for (int i = 0; i < 30; ++i) {
        records.push_back(recordOf("asked", i));
    }
    QCOMPARE(appendAll(store(), records), QString());
    auto view = store().reader();
    using Places = std::vector<std::uint64_t>;
    AuditQuery query;
    query.tenant = "asked";
    query.rowsMax = 3;
    QCOMPARE(placesOf(*(*view)->auditRecords(query)), (Places{29, 28, 27}));
    query.before = 2;
    QCOMPARE(placesOf(*(*view)->auditRecords(query)), (Places{1, 0}));
    query.before = UINT64_MAX;
    query.action = "Users/Get";
    QCOMPARE(placesOf(*(*view)->auditRecords(query)), (Places{29, 27, 25}));
    query.actor = "operator 1";
    QCOMPARE(placesOf(*(*view)->auditRecords(query)), (Places{25, 19, 13}));
    query.user = "user 3";
    QCOMPARE(placesOf(*(*view)->auditRecords(query)), (Places{13}));
    query = {};
    query.tenant = "asked";
    query.from = recordOf("asked", 4).time;
    query.to = recordOf("asked", 6).time;
    QCOMPARE(placesOf(*(*view)->auditRecords(query)), (Places{5, 4}));
    query = {};
    query.tenant = "another";
    QVERIFY((*view)->auditRecords(query)->empty());
    QCOMPARE(placesOf(*(*view)->auditRange("asked", 28, 10)), (Places{28, 29}));
}

void StoreContract::audit_proofs_verifyAfterReopen()
{
    std::vector<Wire::AuditRecord> records;
    for (int i = 0; i < 21; ++i) {
        records.push_back(recordOf("proven", i));
    }
    QCOMPARE(appendAll(store(), records), QString());
    const Audit::Hash before = *Audit::rootOf(21, nodesOf(**store().reader(), "proven"));
    reopen();
    QCOMPARE(appendAll(store(), {recordOf("proven", 21), recordOf("proven", 22)}), QString());
    auto view = store().reader();
    const auto nodes = nodesOf(**view, "proven");
    const Audit::Hash root = *Audit::rootOf(23, nodes);
    QVERIFY(Audit::verifyConsistency(21, 23, before, root, *Audit::consistencyProof(21, 23, nodes)));
    const AuditRow row = (*view)->auditRange("proven", 9, 1)->at(0);
    QVERIFY(Audit::verifyInclusion(9, 23, Audit::leafHash(row.stored), *Audit::inclusionProof(9, 23, nodes), root));
}

void StoreContract::audit_epochRenewed_saysFromWhichTreeItGoesOn()
{
    QCOMPARE(appendAll(store(), {recordOf("restored", 1), recordOf("restored", 2), recordOf("restored", 3)}), QString());
    const std::uint64_t before = store().epoch();
    const Audit::Hash root = *Audit::rootOf(3, nodesOf(**store().reader(), "restored"));
    const std::chrono::milliseconds restoredAt = recordOf("restored", 77).time;
    QVERIFY(store().renewEpoch(restoredAt));
    QVERIFY(store().epoch() != before);
    const std::uint64_t renewed = store().epoch();
    reopen();
    QCOMPARE(store().epoch(), renewed);
    auto view = store().reader();
    QCOMPARE(*(*view)->auditSize("restored"), 4U);
    const auto record = Wire::decodeStoredAuditRecord((*view)->auditRange("restored", 3, 1)->at(0).stored);
    QCOMPARE(record->action, std::string(Wire::auditContinueAction));
    QCOMPARE(record->time, restoredAt);
    QVERIFY(record->continuation == (Wire::AuditContinuation{before, renewed, 3, std::string(Audit::viewOf(root))}));
    QCOMPARE(*(*view)->auditSize("never heard of"), 0U);
}

}  // namespace Satchel::Test
