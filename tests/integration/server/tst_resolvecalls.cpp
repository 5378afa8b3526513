// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: an operator ends conflicts as a device would: for what was seen and no more, to be seen by all devices, on the record.
// Method: devices that write concurrently to a server in this process, and calls of the admin services.

#include "admincaller.h"

#include "server-stub/sync/operatorwrites.h"
#include "wire/resolvemessages.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Satchel;
using namespace Satchel::Test;
namespace Admin = Satchel::Wire::Admin;

class TestResolveCalls : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void get_ofConflict_tellsBaseAndSides();
    void get_ofNoConflict_isNotFound();
    void resolve_allSiblings_endsItForEveryDevice();
    void resolve_someSiblings_leavesItOpen();
    void resolve_siblingsGone_isAborted();
    void resolve_withoutSiblingsOrChoice_isRefused();
    void hello_underAnOperatorsId_isRefused();

private:
    /// The siblings of the field "f" of the note "k", as an operator sees them.
    [[nodiscard]] std::vector<Core::Dot> siblings();
    [[nodiscard]] Core::Result<Admin::ConflictsResolveResponse> resolve(std::vector<Core::Dot> seen, Admin::ConflictChoice choice);
    [[nodiscard]] std::size_t recordsOf(const char *action);

    QTemporaryDir m_folder;
    std::unique_ptr<ServerRig> m_rig;
    std::unique_ptr<AdminCaller> m_admin;
    std::unique_ptr<WebSocketDevice> m_a;
    std::unique_ptr<WebSocketDevice> m_b;
};

void TestResolveCalls::init()
{
    QFile file(m_folder.filePath(QStringLiteral("policies.json")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(R"({"version":1,"collections":{"notes":{"conflict":"manual"}}})");
    file.close();
    Server::ServerOptions options;
    options.policyFile = file.fileName().toStdString();
    m_a.reset();
    m_b.reset();
    m_rig = std::make_unique<ServerRig>(options);
    QCOMPARE(m_rig->start(), QString());
    m_admin = std::make_unique<AdminCaller>(*m_rig);
    m_a = std::make_unique<WebSocketDevice>(std::uint8_t(1));
    m_b = std::make_unique<WebSocketDevice>(std::uint8_t(2));
    QVERIFY(m_a->open(m_rig->url(), m_rig->token()));
    QVERIFY(m_b->open(m_rig->url(), m_rig->token()));
    QVERIFY(m_a->push({m_a->put("notes", "k", {{"f", "base"}})}));
    Core::Mutation left = m_a->put("notes", "k", {{"f", "left"}});
    Core::Mutation right = m_b->put("notes", "k", {{"f", "right"}});
    left.context.add({m_a->id, 1});
    right.context.add({m_a->id, 1});
    QVERIFY(m_a->push({left}));
    QVERIFY(m_b->push({right}));
}

std::vector<Core::Dot> TestResolveCalls::siblings()
{
    const auto got = m_admin->call<Admin::ConflictsGetResponse>("Conflicts/Get", Admin::ConflictsGetRequest{"alice", "notes", "k", "f"});
    std::vector<Core::Dot> dots;
    for (std::size_t i = 0; got && i < got->writes.size(); ++i) {
        dots.push_back(got->writes[i].sibling.dot);
    }
    return dots;
}

Core::Result<Admin::ConflictsResolveResponse> TestResolveCalls::resolve(std::vector<Core::Dot> seen, Admin::ConflictChoice choice)
{
    return m_admin->call<Admin::ConflictsResolveResponse>(
        "Conflicts/Resolve", Admin::ConflictsResolveRequest{"alice", "notes", "k", "f", std::move(seen), std::move(choice)});
}

std::size_t TestResolveCalls::recordsOf(const char *action)
{
    Admin::AuditQueryRequest request;
    request.action = action;
    const auto records = m_admin->call<Admin::AuditQueryResponse>("Audit/Query", request);
    return records ? records->entries.size() : SIZE_MAX;
}

void TestResolveCalls::get_ofConflict_tellsBaseAndSides()
{
    const auto got = m_admin->call<Admin::ConflictsGetResponse>("Conflicts/Get", Admin::ConflictsGetRequest{"alice", "notes", "k", "f"});
    QVERIFY2(got, got ? "" : Core::describe(got.error()).c_str());
    QVERIFY(got->conflict.base == Core::Value("base"));
    QCOMPARE(got->conflict.seq, std::uint64_t(3));
    QVERIFY(got->conflict.detected.count() > 0);
    QCOMPARE(got->writes.size(), std::size_t(2));
    QVERIFY(got->writes[0].isShown && !got->writes[1].isShown);
    for (const Admin::ExplainedWrite &write : got->writes) {
        const bool isLeft = write.sibling.dot == Core::Dot{m_a->id, 2};
        QVERIFY(write.sibling.value == Core::Value(isLeft ? "left" : "right"));
        QCOMPARE(write.sibling.deviceName, std::string(isLeft ? "device 1" : "device 2"));
        QCOMPARE(write.seq, std::uint64_t(isLeft ? 2 : 3));
        QVERIFY(write.claimed.count() > 0 && write.sibling.written.count() > 0 && write.sibling.received.count() > 0);
        QCOMPARE(write.saw.size(), std::size_t(1));
        QVERIFY(write.saw[0].device == m_a->id && write.saw[0].counter == 1 && write.saw[0].deviceName == "device 1");
        // The base was there when the first of them came; the second, which had seen it, found it gone already.
        QCOMPARE(write.overwrote.size(), std::size_t(isLeft ? 1 : 0));
    }
}

void TestResolveCalls::get_ofNoConflict_isNotFound()
{
    for (const Admin::ConflictsGetRequest &request :
         {Admin::ConflictsGetRequest{"alice", "notes", "k", "g"}, Admin::ConflictsGetRequest{"nobody", "notes", "k", "f"}}) {
        const auto got = m_admin->call<Admin::ConflictsGetResponse>("Conflicts/Get", request);
        QVERIFY(!got);
        QCOMPARE(got.error().code, Core::ErrorCode::NotFound);
    }
}

void TestResolveCalls::resolve_allSiblings_endsItForEveryDevice()
{
    const auto done = resolve(siblings(), Core::Dot{m_a->id, 2});
    QVERIFY2(done, done ? "" : Core::describe(done.error()).c_str());
    QVERIFY(!done->isOpen);
    QCOMPARE(done->written, (Admin::OperatorWritten{"alice", 4, 4}));
    QCOMPARE(done->siblings.size(), std::size_t(1));
    QCOMPARE(done->siblings[0].deviceName, std::string("op:op"));
    QVERIFY(done->siblings[0].value == Core::Value("left"));
    QCOMPARE(recordsOf("Conflicts/Resolve"), std::size_t(1));

    const Core::Dot dot{Server::operatorDevice("default", "op"), 1};
    for (WebSocketDevice *device : {m_a.get(), m_b.get()}) {
        bool isSeen = false;
        while (!isSeen) {
            const auto changes = device->await<Wire::Changes>();
            QVERIFY(changes);
            for (const Wire::DocumentDelta &delta : changes->documents) {
                isSeen = isSeen || delta.state.context.covers(dot);
            }
        }
    }
    const auto user = m_admin->call<Admin::UsersGetResponse>("Users/Get", Admin::UsersGetRequest{"alice"});
    QVERIFY(user);
    QCOMPARE(user->user.openConflictCount, 0U);
    QCOMPARE(user->devices.size(), std::size_t(3));
}

void TestResolveCalls::resolve_someSiblings_leavesItOpen()
{
    const auto done = resolve({{m_a->id, 2}}, Core::Value("middle"));
    QVERIFY2(done, done ? "" : Core::describe(done.error()).c_str());
    QVERIFY(done->isOpen);
    QCOMPARE(done->siblings.size(), std::size_t(2));
    const std::vector<Core::Dot> left = siblings();
    QVERIFY(std::ranges::find(left, Core::Dot{m_b->id, 1}) != left.end());
    QVERIFY(std::ranges::find(left, Core::Dot{m_a->id, 2}) == left.end());
}

void TestResolveCalls::resolve_siblingsGone_isAborted()
{
    const std::vector<Core::Dot> seen = siblings();
    QVERIFY(resolve(seen, Core::Value("first")));
    const auto again = resolve(seen, Core::Value("second"));
    QVERIFY(!again);
    QCOMPARE(again.error().code, Core::ErrorCode::Aborted);
    QVERIFY2(again.error().detail.find(Server::operatorDevice("default", "op").toHex() + ":1") != std::string::npos,
             again.error().detail.c_str());
    QCOMPARE(recordsOf("Conflicts/Resolve"), std::size_t(2));
}

void TestResolveCalls::resolve_withoutSiblingsOrChoice_isRefused()
{
    for (const auto &refused : {resolve({}, Core::Value("x")), resolve(siblings(), {}), resolve(siblings(), Core::Dot{m_a->id, 9})}) {
        QVERIFY(!refused);
        QVERIFY(refused.error().code == Core::ErrorCode::InvalidArgument || refused.error().code == Core::ErrorCode::Aborted);
    }
    QCOMPARE(recordsOf("Conflicts/Resolve"), std::size_t(3));
}

void TestResolveCalls::hello_underAnOperatorsId_isRefused()
{
    QVERIFY(resolve(siblings(), Core::Value("x")));
    WebSocketDevice thief(std::uint8_t(9));
    thief.id = Server::operatorDevice("default", "op");
    QVERIFY(thief.connectTo(m_rig->url(), m_rig->token()));
    thief.send(thief.hello());
    const auto refused = thief.await<Wire::SessionError>();
    QVERIFY(refused);
    QCOMPARE(refused->error.reason, Core::ErrorReason::DeviceCloned);
}

QTEST_GUILESS_MAIN(TestResolveCalls)
#include "tst_resolvecalls.moc"
