// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: what needs four eyes happens once, as it was approved, by the one who asked; policies change only from the version that was seen.
// Method: calls of the admin endpoint over a store on a simulated disk, with a clock that the test moves.

#include "adminservice.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Satchel;
using namespace Satchel::Server;
using namespace std::chrono_literals;

namespace {

const std::string foureyes = R"({"version":1,"collections":{},"approval_hours":24,"access":[)"
                             R"({"name":"revoke","roles":["admin"],"actions":["devices"],"reason":true,"approval":true},)"
                             R"({"name":"rest","roles":["admin","support"],"actions":["browse","approve"]}]})";
const std::string revocation = R"({"user":"anna","device":"AwMDAwMDAwMDAwMDAwMDAw=="})";

QJsonObject objectOf(const HttpResponse &response)
{
    return QJsonDocument::fromJson(QByteArray::fromStdString(response.body)).object();
}

HttpRequest asked(const std::string &token, const std::string &approval = {}, const std::string &body = revocation)
{
    HttpRequest request = requestOf("Devices/Revoke", token, body);
    request.reason = "stolen";
    request.approval = approval;
    return request;
}

/// A tenant with a user, one of whose devices is to be revoked.
class FourEyes {
public:
    FourEyes()
        : service(foureyes)
    {
        Core::DeviceId device;
        device.bytes.fill(3);
        service.makeDevice({"t", "anna"}, device);
    }
    /// Asks, and gives the id of the request.
    [[nodiscard]] std::string ask()
    {
        if (!is(service.call(asked("t/ann/admin")), "APPROVAL_NEEDED")) {
            return {};
        }
        return service.records("t").back().approval;
    }
    [[nodiscard]] HttpResponse decide(const std::string &method, const std::string &id, const std::string &token = "t/bob/support")
    {
        return service.call(requestOf("Approvals/" + method, token, R"({"id":")" + id + R"("})"));
    }
    [[nodiscard]] static bool is(const HttpResponse &response, const std::string &reason)
    {
        return response.status != 200 && response.body.find(reason) != std::string::npos;
    }
    Service service;
};

}  // namespace

class TestApprovals : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void call_approved_runsOnce();
    void call_undecidedOrRejected_doesNotRun();
    void call_changed_isNotWhatWasApproved();
    void approval_expired_isWorthNothing();
    void requester_withAnyToken_cannotApprove();
    void request_ofAnotherTenant_isUnknown();
    void request_askedTwice_isOne();
    void policies_putAndRead_keepTheirHistory();
    void policies_dryRun_saysWhatChanges();
    void policies_ofAnotherVersionOrTenant_areRefused();
};

void TestApprovals::call_approved_runsOnce()
{
    FourEyes rig;
    // Without a reason nothing is even asked.
    QVERIFY(FourEyes::is(rig.service.call(requestOf("Devices/Revoke", "t/ann/admin", revocation)), "REASON_NEEDED"));
    const std::string id = rig.ask();
    QCOMPARE(id.size(), std::size_t{32});
    const QJsonObject list = objectOf(rig.service.call(requestOf("Approvals/List", "t/bob/support", R"({"onlyPending":true})")));
    QCOMPARE(list.value(QStringLiteral("approvals")).toArray().size(), 1);
    const QJsonObject shown = list.value(QStringLiteral("approvals")).toArray().at(0).toObject();
    QCOMPARE(shown.value(QStringLiteral("id")).toString().toStdString(), id);
    QCOMPARE(shown.value(QStringLiteral("requester")).toString(), QStringLiteral("ann"));
    QCOMPARE(shown.value(QStringLiteral("action")).toString(), QStringLiteral("Devices/Revoke"));
    QCOMPARE(shown.value(QStringLiteral("user")).toString(), QStringLiteral("anna"));
    QCOMPARE(shown.value(QStringLiteral("reason")).toString(), QStringLiteral("stolen"));
    QCOMPARE(rig.decide("Approve", id).status, 200);
    QCOMPARE(rig.service.call(asked("t/ann/admin", id)).status, 200);
    QVERIFY(FourEyes::is(rig.service.call(asked("t/ann/admin", id)), "APPROVAL_NEEDED"));
    QVERIFY(FourEyes::is(rig.decide("Approve", id), "failed_precondition"));
    const auto records = rig.service.records("t");
    QCOMPARE(records.size(), std::size_t{7});
    QCOMPARE(records[1].reason, Core::ErrorReason::ApprovalNeeded);
    QCOMPARE(records[3].action, std::string("Approvals/Approve"));
    QCOMPARE(records[3].approval, id);
    QCOMPARE(records[3].personal.actor, std::string("bob"));
    QCOMPARE(records[3].personal.user, std::string("anna"));
    QCOMPARE(records[4].approval, id);
    QVERIFY(!records[4].code);
    QVERIFY(records[5].code.has_value() && records[6].code.has_value());
}

void TestApprovals::call_undecidedOrRejected_doesNotRun()
{
    FourEyes rig;
    const std::string id = rig.ask();
    QVERIFY(FourEyes::is(rig.service.call(asked("t/ann/admin", id)), "nobody has approved"));
    QCOMPARE(rig.decide("Reject", id).status, 200);
    QVERIFY(FourEyes::is(rig.service.call(asked("t/ann/admin", id)), "rejected"));
    QVERIFY(FourEyes::is(rig.decide("Approve", id), "failed_precondition"));
    QVERIFY(FourEyes::is(rig.service.call(asked("t/ann/admin", "00000000000000000000000000000000")), "no such approval"));
}

void TestApprovals::call_changed_isNotWhatWasApproved()
{
    FourEyes rig;
    const std::string id = rig.ask();
    QCOMPARE(rig.decide("Approve", id).status, 200);
    QVERIFY(
        FourEyes::is(rig.service.call(asked("t/ann/admin", id, R"({"user":"anna","device":"BAQEBAQEBAQEBAQEBAQEBA=="})")), "another call"));
    QVERIFY(FourEyes::is(rig.service.call(asked("t/ann/admin", id, revocation + " ")), "another call"));
    QVERIFY(FourEyes::is(rig.service.call(asked("t/sue/admin", id)), "no such approval"));
    QCOMPARE(rig.service.call(asked("t/ann/admin", id)).status, 200);
}

void TestApprovals::approval_expired_isWorthNothing()
{
    FourEyes rig;
    const std::string id = rig.ask();
    QCOMPARE(rig.decide("Approve", id).status, 200);
    rig.service.clock.advance(25h);
    QVERIFY(FourEyes::is(rig.service.call(asked("t/ann/admin", id)), "expired"));
    const std::string next = rig.ask();
    QVERIFY(next != id);
    rig.service.clock.advance(25h);
    QVERIFY(FourEyes::is(rig.decide("Approve", next), "expired"));
}

void TestApprovals::requester_withAnyToken_cannotApprove()
{
    FourEyes rig;
    const std::string id = rig.ask();
    for (const char *token : {"t/ann/admin", "t/ann/support", "t/ann/support,admin@team=blue"}) {
        const HttpResponse refused = rig.decide("Approve", id, token);
        QCOMPARE(refused.status, 403);
        QVERIFY(FourEyes::is(refused, "POLICY_DENIED"));
        QCOMPARE(rig.decide("Reject", id, token).status, 403);
    }
    QVERIFY(FourEyes::is(rig.service.call(asked("t/ann/admin", id)), "nobody has approved"));
    QCOMPARE(rig.decide("Approve", id, "t/bob/auditor").status, 403);
}

void TestApprovals::request_ofAnotherTenant_isUnknown()
{
    FourEyes rig;
    const std::string id = rig.ask();
    const HttpResponse foreign = rig.decide("Approve", id, "o/bob/support");
    const HttpResponse unknown = rig.decide("Approve", "00000000000000000000000000000000", "o/bob/support");
    QCOMPARE(foreign.status, 404);
    QCOMPARE(foreign.body, unknown.body);
    QCOMPARE(objectOf(rig.service.call(requestOf("Approvals/List", "o/bob/support"))).value(QStringLiteral("approvals")).toArray().size(),
             0);
    QVERIFY(FourEyes::is(rig.service.call(asked("o/ann/admin", id)), "no such approval"));
}

void TestApprovals::request_askedTwice_isOne()
{
    FourEyes rig;
    const std::string id = rig.ask();
    QCOMPARE(rig.ask(), id);
    QVERIFY(FourEyes::is(rig.service.call(asked("t/sue/admin")), "APPROVAL_NEEDED"));
    QVERIFY(rig.service.records("t").back().approval != id);
}

void TestApprovals::policies_putAndRead_keepTheirHistory()
{
    Service service;
    const std::string first = R"({"version":1,"collections":{"notes":{"conflict":"manual"}}})";
    const auto put = [&service](const std::string &text, int expected, const std::string &token = "t/ann/admin") {
        QJsonObject body{{QStringLiteral("text"), QString::fromStdString(text)},
                         {QStringLiteral("expectedVersion"), QString::number(expected)}};
        return service.call(requestOf("Policies/Put", token, QJsonDocument(body).toJson().toStdString()));
    };
    QCOMPARE(put(first, 0).status, 200);
    QCOMPARE(service.store().policies()->of("notes").conflict, Core::ConflictRule::Manual);
    QCOMPARE(put(R"({"version":2,"collections":{}})", 1).status, 200);
    QCOMPARE(put(R"({"version":3,"collections":{}})", 0).status, 400);
    QCOMPARE(put(R"({"version":3,"collections":{}})", 2, "t/ann/support").status, 403);
    const HttpResponse wrong = put("{\"version\":3,\n\"collections\":{\"n\":{\"conflict\":1}}}", 2);
    QCOMPARE(wrong.status, 400);
    QVERIFY(wrong.body.find("line 2, column 32: collections.n.conflict") != std::string::npos);
    const QJsonObject now = objectOf(service.call(requestOf("Policies/Get", "t/bob/support")));
    QCOMPARE(now.value(QStringLiteral("version")).toString(), QStringLiteral("2"));
    const QJsonObject old = objectOf(service.call(requestOf("Policies/Get", "t/bob/support", R"({"version":"1"})")));
    QCOMPARE(old.value(QStringLiteral("text")).toString().toStdString(), first);
    QCOMPARE(old.value(QStringLiteral("author")).toString(), QStringLiteral("ann"));
    const QJsonArray versions =
        objectOf(service.call(requestOf("Policies/History", "t/bob/auditor"))).value(QStringLiteral("versions")).toArray();
    QCOMPARE(versions.size(), 2);
    QCOMPARE(versions.at(0).toObject().value(QStringLiteral("version")).toString(), QStringLiteral("2"));
    QCOMPARE(service.call(requestOf("Policies/Get", "t/bob/support", R"({"version":"9"})")).status, 404);
    // One record each, those of changes with the changes.
    QCOMPARE(service.records("t").size(), std::size_t{9});
}

void TestApprovals::policies_dryRun_saysWhatChanges()
{
    Service service(R"({"version":1,"collections":{"same":{"conflict":"manual"},"notes":{}}})");
    Core::DeviceId device;
    device.bytes.fill(3);
    const Core::UserId user{"t", "anna"};
    service.makeDevice(user, device);
    std::vector<Core::Mutation> writes;
    for (std::uint64_t i = 1; i <= 3; ++i) {
        Core::Mutation write;
        write.dot = {device, i};
        write.stamp = Core::Hlc::fromParts(1'700'000'000'000 + i, 0);
        write.document = {i < 3 ? "notes" : "same", "k" + std::to_string(i)};
        write.ops = {Core::PutOp{"f", Core::Value("v")}};
        writes.push_back(write);
    }
    QVERIFY(service.push(user, writes));
    const HttpResponse dry = service.call(requestOf(
        "Policies/Put", "t/ann/admin",
        R"({"expectedVersion":"1","dryRun":true,"text":"{\"version\":2,\"collections\":{\"same\":{\"conflict\":\"manual\"},\"notes\":{\"conflict\":\"manual\"}}}"})"));
    QCOMPARE(dry.status, 200);
    const QJsonArray changes = objectOf(dry).value(QStringLiteral("changes")).toArray();
    QCOMPARE(changes.size(), 1);
    QCOMPARE(changes.at(0).toObject().value(QStringLiteral("collection")).toString(), QStringLiteral("notes"));
    QCOMPARE(changes.at(0).toObject().value(QStringLiteral("documentCount")).toString(), QStringLiteral("2"));
    QVERIFY(changes.at(0).toObject().value(QStringLiteral("isMergedOtherwise")).toBool());
    QVERIFY(!objectOf(dry).value(QStringLiteral("isAccessChanged")).toBool());
    QCOMPARE(service.store().policies()->version(), 1U);
}

void TestApprovals::policies_ofAnotherVersionOrTenant_areRefused()
{
    Service service;
    const std::string body = R"({"text":"{\"version\":1,\"collections\":{}}"})";
    for (const char *method : {"Policies/Get", "Policies/Put", "Policies/History"}) {
        QCOMPARE(service.call(requestOf(method, "o/ann/admin", method == std::string("Policies/Put") ? body : "{}")).status, 403);
    }
    QCOMPARE(service.call(requestOf("Policies/Put", "t/ann/admin", body)).status, 200);
    QCOMPARE(service.call(requestOf("Policies/Put", "t/ann/admin", body)).status, 400);
}

QTEST_GUILESS_MAIN(TestApprovals)
#include "tst_approvals.moc"
