// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: every call of an operator leaves exactly one record, whatever becomes of it; what cannot be recorded shows nothing.
// Method: the admin endpoint over a store on a simulated disk, each registered command in turn.

#include "adminservice.h"

#include "audit/hash.h"
#include "audit/openings.h"

#include <QTest>

using namespace Satchel;
using namespace Satchel::Server;
using namespace std::chrono_literals;

namespace {

Core::DeviceId device()
{
    Core::DeviceId id;
    id.bytes.fill(3);
    return id;
}

/// A revocation of device(): protobuf JSON has bytes in base64.
const std::string revocation = R"({"user":"anna","device":"AwMDAwMDAwMDAwMDAwMDAw=="})";
const std::string adminToken = "t/op/admin,support,auditor";

std::string headerOf(const HttpResponse &response, const std::string &name)
{
    for (const auto &[known, value] : response.headers) {
        if (known == name) {
            return value;
        }
    }
    return {};
}

}  // namespace

class TestAdminAudit : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void call_ofAnyCommand_leavesOneRecord_data();
    void call_ofAnyCommand_leavesOneRecord();
    void call_refused_leavesOneRecord_data();
    void call_refused_leavesOneRecord();
    void calls_withoutToken_inAFlood_leaveTwoRecords();
    void refusedCalls_areCountedByAddressAndMinute();
    void call_ofReadCommand_namesItsTarget();
    void revocation_done_isRecordedWithReason();
    void record_ofHugeRequest_isBounded();
    void requestId_ofCaller_isKeptIfItMayBeLogged();
    void call_thatCannotBeRecorded_showsNothing();
};

void TestAdminAudit::call_ofAnyCommand_leavesOneRecord_data()
{
    QTest::addColumn<QString>("method");
    QTest::addColumn<QString>("token");
    const Service service;
    for (const auto &command : service.admin->commands()) {
        const QString name = QString::fromUtf8(command->name().data(), static_cast<qsizetype>(command->name().size()));
        for (const char *token : {"t/op/admin,support,auditor", "t/op/user", ""}) {
            QTest::addRow("%s by %s", qPrintable(name), token) << name << QString::fromLatin1(token);
        }
    }
}

/// The body may or may not be what the command takes: a record is left whatever comes of it.
void TestAdminAudit::call_ofAnyCommand_leavesOneRecord()
{
    QFETCH(QString, method);
    QFETCH(QString, token);
    Service service;
    service.makeDevice({"t", "anna"}, device());
    const bool isKnown = !token.isEmpty();
    for (const std::string &body : {std::string("{}"), std::string(R"({"user":"anna"})"), revocation, std::string("nonsense")}) {
        const std::size_t before = service.records(isKnown ? "t" : "").size();
        HttpRequest request = requestOf(method.toStdString(), token.toStdString(), body);
        // Calls without a token are counted together by address.
        request.peerAddress = "192.0.2." + std::to_string(before);
        const HttpResponse response = service.call(request);
        QVERIFY(response.status != 200 || token.contains(QStringLiteral("admin")));
        const auto records = service.records(isKnown ? "t" : "");
        QCOMPARE(records.size(), before + 1);
        const Wire::AuditRecord &record = records.back();
        QCOMPARE(QString::fromStdString(record.action), method);
        QCOMPARE(record.code.has_value(), response.status != 200);
        QCOMPARE(record.requestId, headerOf(response, "X-Request-Id"));
        QVERIFY(!record.requestId.empty());
        QCOMPARE(record.requestSha256, std::string(Audit::viewOf(Audit::sha256(body))));
        QCOMPARE(record.personal.actor, std::string(isKnown ? "op" : ""));
        QCOMPARE(record.personal.clientAddress, request.peerAddress);
        QCOMPARE(service.records(isKnown ? "" : "t").size(), std::size_t{0});
    }
}

void TestAdminAudit::call_refused_leavesOneRecord_data()
{
    QTest::addColumn<QByteArray>("token");
    QTest::addColumn<QByteArray>("contentType");
    QTest::addColumn<QByteArray>("reason");
    QTest::addColumn<int>("status");
    QTest::addColumn<int>("recorded");
    using Core::ErrorReason;
    QTest::newRow("no token") << QByteArray() << QByteArray("application/json") << QByteArray() << 401 << int(ErrorReason::TokenMissing);
    QTest::newRow("bad token") << QByteArray("bad") << QByteArray("application/json") << QByteArray() << 401
                               << int(ErrorReason::TokenInvalid);
    QTest::newRow("role missing") << QByteArray("t/op/user") << QByteArray("application/json") << QByteArray() << 403
                                  << int(ErrorReason::RoleMissing);
    QTest::newRow("media type") << QByteArray("t/op/support") << QByteArray("text/html") << QByteArray() << 415
                                << int(ErrorReason::UnsupportedMediaType);
    QTest::newRow("reason is no text") << QByteArray("t/op/support") << QByteArray("application/json") << QByteArray("\xff") << 400
                                       << int(ErrorReason::InvalidUtf8);
}

void TestAdminAudit::call_refused_leavesOneRecord()
{
    QFETCH(QByteArray, token);
    QFETCH(QByteArray, contentType);
    QFETCH(QByteArray, reason);
    QFETCH(int, status);
    QFETCH(int, recorded);
    Service service;
    HttpRequest request = requestOf("Users/List", token.toStdString());
    request.contentType = contentType.toStdString();
    request.reason = reason.toStdString();
    QCOMPARE(service.call(request).status, status);
    const auto records = service.records(token.startsWith("t/") ? "t" : "");
    QCOMPARE(records.size(), std::size_t{1});
    QVERIFY(records[0].code.has_value());
    QCOMPARE(int(records[0].reason), recorded);
    QVERIFY(records[0].personal.reason.empty());
}

void TestAdminAudit::calls_withoutToken_inAFlood_leaveTwoRecords()
{
    Service service;
    for (int i = 0; i < 100; ++i) {
        QCOMPARE(service.call(requestOf("Users/List", i % 2 == 0 ? "" : "bad")).status, 401);
    }
    QCOMPARE(service.records("").size(), std::size_t{1});
    service.admin->flush();
    QTRY_COMPARE(service.records("").size(), std::size_t{2});
    const auto record = service.records("")[1];
    QCOMPARE(record.action, std::string("Calls/Refused"));
    QCOMPARE(record.code, std::optional(Core::ErrorCode::Unauthenticated));
    QCOMPARE(record.personal.reason, std::string("99 more within a minute"));
}

void TestAdminAudit::refusedCalls_areCountedByAddressAndMinute()
{
    RefusedCalls calls;
    QVERIFY(calls.take("a", 1000ms).isToBeRecorded);
    QVERIFY(!calls.take("a", 2000ms).isToBeRecorded);
    QVERIFY(calls.take("b", 2000ms).isToBeRecorded);
    QVERIFY(calls.take("b", 60'999ms).summaries.empty());
    const auto next = calls.take("a", 61'000ms);
    QVERIFY(next.isToBeRecorded);
    QCOMPARE(next.summaries.size(), std::size_t{1});
    QCOMPARE(next.summaries[0].personal.clientAddress, std::string("a"));
    QCOMPARE(next.summaries[0].personal.reason, std::string("1 more within a minute"));
    QCOMPARE(calls.flush().size(), std::size_t{1});
    std::size_t recorded = 0;
    for (std::size_t i = 0; i < 3 * RefusedCalls::addressesMax; ++i) {
        recorded += calls.take("address " + std::to_string(i), 100'000ms).isToBeRecorded ? 1 : 0;
    }
    QCOMPARE(recorded, RefusedCalls::addressesMax + 1);
    QCOMPARE(calls.flush().size(), std::size_t{1});
}

void TestAdminAudit::call_ofReadCommand_namesItsTarget()
{
    Service service;
    service.makeDevice({"t", "anna"}, device());
    QCOMPARE(service.call(requestOf("Users/Get", "t/op/support", R"({"user":"anna"})")).status, 200);
    QCOMPARE(service.call(requestOf("State/GetDocument", "t/op/support", R"({"user":"anna","collection":"notes","key":"k"})")).status, 404);
    const auto records = service.records("t");
    QCOMPARE(records.size(), std::size_t{2});
    QCOMPARE(records[0].personal.user, std::string("anna"));
    QVERIFY(!records[0].code);
    QVERIFY(records[0].roles == std::vector<std::string>{"support"});
    QCOMPARE(records[1].personal.collection, std::string("notes"));
    QCOMPARE(records[1].personal.key, std::string("k"));
    QCOMPARE(records[1].code, std::optional(Core::ErrorCode::NotFound));
    QVERIFY(records[0].time.count() > 0);
    QVERIFY(records[0].time <= records[1].time);
}

void TestAdminAudit::revocation_done_isRecordedWithReason()
{
    Service service;
    service.makeDevice({"t", "anna"}, device());
    HttpRequest request = requestOf("Devices/Revoke", adminToken, revocation);
    request.reason = "lost in a train";
    QCOMPARE(service.call(request).status, 200);
    QCOMPARE(service.call(request).status, 200);
    QCOMPARE(service.call(requestOf("Devices/Revoke", "t/op/support", revocation)).status, 403);
    QCOMPARE(service.call(requestOf("Devices/Revoke", adminToken, R"({"user":"nobody","device":"AwMDAwMDAwMDAwMDAwMDAw=="})")).status, 404);
    const auto records = service.records("t");
    QCOMPARE(records.size(), std::size_t{4});
    QVERIFY(!records[0].code && !records[1].code);
    QCOMPARE(records[0].personal.user, std::string("anna"));
    QVERIFY(records[0].personal.device == device());
    QCOMPARE(records[0].personal.reason, std::string("lost in a train"));
    QCOMPARE(records[2].reason, Core::ErrorReason::RoleMissing);
    QCOMPARE(records[3].code, std::optional(Core::ErrorCode::NotFound));
}

void TestAdminAudit::record_ofHugeRequest_isBounded()
{
    Service service;
    std::string user;
    while (user.size() < 100'000) {
        user += "\xC3\xA9";
    }
    QCOMPARE(service.call(requestOf("Users/Get", adminToken, R"({"user":")" + user + R"("})")).status, 404);
    const auto records = service.records("t");
    QCOMPARE(records.size(), std::size_t{1});
    QVERIFY(records[0].personal.user.size() < 1100);
    QVERIFY(records[0].personal.user.ends_with("\xC3\xA9\xE2\x80\xA6"));
}

void TestAdminAudit::requestId_ofCaller_isKeptIfItMayBeLogged()
{
    QCOMPARE(loggableId("a-B_9.z"), std::string("a-B_9.z"));
    QCOMPARE(loggableId("a b"), std::string());
    QCOMPARE(loggableId("a\n"), std::string());
    QCOMPARE(loggableId(std::string(65, 'a')), std::string());
    Service service;
    HttpRequest request = requestOf("Users/List", adminToken);
    request.requestId = "mine";
    QCOMPARE(headerOf(service.call(request), "X-Request-Id"), std::string("mine"));
    QCOMPARE(service.records("t").at(0).requestId, std::string("mine"));
}

void TestAdminAudit::call_thatCannotBeRecorded_showsNothing()
{
    Service service;
    service.makeDevice({"t", "anna"}, device());
    // Read once, so that the disk need not be read for it again.
    QCOMPARE(service.call(requestOf("Users/List", adminToken)).status, 200);
    service.disk.fail(Testing::DiskFault::WriteIo, 0, true);
    const HttpResponse refused = service.call(requestOf("Users/List", adminToken));
    QCOMPARE(refused.status, 503);
    QVERIFY(refused.body.find("anna") == std::string::npos);
    QVERIFY(refused.body.find("could not be recorded") != std::string::npos);
    service.disk.heal();
    QCOMPARE(service.call(requestOf("Users/List", adminToken)).status, 200);
    QCOMPARE(service.records("t").size(), std::size_t{2});
}

QTEST_GUILESS_MAIN(TestAdminAudit)
#include "tst_adminaudit.moc"
