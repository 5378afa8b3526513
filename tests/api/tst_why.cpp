// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: Client::why() names the cause that is seeded, and says who wrote what. Method: causes that two devices and a server can be brought
// to are made for real, on a network that the test holds in its hand; the server's other refusals and hindrances are given to explain().
#include "client/why/explaining.h"
#include "testing/twodevices.h"

#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace Satchel;
using Cause = Explanation::Cause;
using Testing::TwoDevices;

Q_DECLARE_METATYPE(Satchel::Core::ErrorReason)

namespace {

const QString notes = QStringLiteral("notes");
const QString key = QStringLiteral("k1");
const QString text = QStringLiteral("text");

const QByteArray policies = R"({
  "version": 1,
  "collections": {
    "drafts": {"conflict": "manual"},
    "progress": {"fields": {"xp": "counter"}},
    "wallet": {"consistency": "strong"}
  },
  "quotas": {"documents": 3}
})";

/// The shape of a write that explain() is given as refused.
Sync::Quarantined refusal(Core::ErrorReason reason)
{
    Sync::Quarantined item;
    item.mutation.document = {"notes", "k1"};
    item.reason = Core::makeError(Core::ErrorCode::PermissionDenied, reason, "no");
    return item;
}

}  // namespace

class TestWhy : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void neverSeen();
    void inSync_namesThisDevice();
    void writtenElsewhere_namesTheWriterOfEachField();
    void removed_saysByWhom();
    void inConflict_saysWhatToDo();
    void sending();
    void waitsForConnection_showsWhatTheServerHas();
    void waitsForResume();
    void waitsForSignIn_andLocalOnly();
    void refusedByQuota_andRetriedWhenThereIsRoom();
    void refusedByExpectation();
    void refusedBySchema();
    void refusals_areNamedByReason_data();
    void refusals_areNamedByReason();
    void hindrances_areNamedByReason_data();
    void hindrances_areNamedByReason();
    void words_tellTheAppWhatToDo();

private:
    static void put(Client &client, const QString &collection, const QString &document, const QVariantMap &fields)
    {
        const auto written = client.collection(collection)->update(document, fields, {WriteOptions::WhenOffline::Queue});
        ignore(written, "what is refused is what the tests look for");
    }
};

void TestWhy::neverSeen()
{
    TwoDevices two;
    const Explanation why = two.a->why(notes, key);
    QCOMPARE(why.cause, Cause::NeverSeen);
    QVERIFY(!why.onServer && why.fields.isEmpty() && !why.error);
}

void TestWhy::inSync_namesThisDevice()
{
    TwoDevices two;
    put(*two.a, notes, key, {{text, QStringLiteral("hello")}});
    QVERIFY(two.sync());
    const Explanation why = two.a->why(notes, key);
    QCOMPARE(why.cause, Cause::InSync);
    QCOMPARE(why.onServer->value(text).toString(), QStringLiteral("hello"));
    QCOMPARE(why.fields.size(), 1);
    QCOMPARE(why.fields[0].deviceId, two.a->deviceId());
    QVERIFY(why.fields[0].isThisDevice && !why.fields[0].isPending);
    QVERIFY(why.nextStep.isEmpty());
}

void TestWhy::writtenElsewhere_namesTheWriterOfEachField()
{
    TwoDevices two;
    put(*two.a, notes, key, {{text, QStringLiteral("a's")}, {QStringLiteral("title"), QStringLiteral("t")}});
    QVERIFY(two.sync());
    two.clockB.advance(std::chrono::minutes(1));
    put(*two.b, notes, key, {{text, QStringLiteral("b's")}});
    QVERIFY(two.sync());
    const Explanation why = two.a->why(notes, key);
    QCOMPARE(why.cause, Cause::WrittenElsewhere);
    QCOMPARE(why.fields[0].name, text);
    QCOMPARE(why.fields[0].deviceId, two.b->deviceId());
    QCOMPARE(why.fields[0].value.toString(), QStringLiteral("b's"));
    QVERIFY(why.fields[0].writtenAt > why.fields[1].writtenAt);
    QVERIFY(why.fields[1].isThisDevice);
}

void TestWhy::removed_saysByWhom()
{
    TwoDevices two;
    put(*two.a, notes, key, {{text, QStringLiteral("x")}});
    QVERIFY(two.sync());
    ignore(two.b->collection(notes)->remove(key), "sync() waits for it");
    QVERIFY(two.sync());
    QCOMPARE(two.a->why(notes, key).cause, Cause::RemovedElsewhere);
    QCOMPARE(two.b->why(notes, key).cause, Cause::RemovedHere);
    QVERIFY(!two.a->why(notes, key).onServer);
}

void TestWhy::inConflict_saysWhatToDo()
{
    TwoDevices two(policies);
    const QString drafts = QStringLiteral("drafts");
    two.linkA().setUp(false);
    two.linkB().setUp(false);
    put(*two.a, drafts, key, {{text, QStringLiteral("a's")}});
    put(*two.b, drafts, key, {{text, QStringLiteral("b's")}});
    two.linkA().setUp(true);
    two.linkB().setUp(true);
    QVERIFY(two.sync());
    const Explanation why = two.a->why(drafts, key);
    QCOMPARE(why.cause, Cause::InConflict);
    QCOMPARE(why.policy.conflictRule, ConflictRule::Manual);
    QVERIFY(why.fields[0].isInConflict);
    QVERIFY(why.nextStep.contains(QStringLiteral("resolve")));
}

void TestWhy::sending()
{
    TwoDevices two;
    put(*two.a, notes, key, {{text, QStringLiteral("x")}});
    const Explanation why = two.a->why(notes, key);
    QCOMPARE(why.cause, Cause::Sending);
    QCOMPARE(why.pendingCount, 1);
    QVERIFY(why.fields[0].isPending);
}

void TestWhy::waitsForConnection_showsWhatTheServerHas()
{
    TwoDevices two;
    put(*two.a, notes, key, {{text, QStringLiteral("before")}});
    QVERIFY(two.sync());
    two.linkA().setUp(false);
    QTRY_VERIFY(two.a->syncStatus()->state() != SyncStatus::State::Live);
    put(*two.a, notes, key, {{text, QStringLiteral("after")}});
    const Explanation why = two.a->why(notes, key);
    QCOMPARE(why.cause, Cause::WaitsForConnection);
    QCOMPARE(why.onServer->value(text).toString(), QStringLiteral("before"));
    QCOMPARE(why.fields[0].value.toString(), QStringLiteral("after"));
}

void TestWhy::waitsForResume()
{
    TwoDevices two;
    two.a->pause();
    put(*two.a, notes, key, {{text, QStringLiteral("x")}});
    QCOMPARE(two.a->why(notes, key).cause, Cause::WaitsForResume);
    two.a->resume();
    QVERIFY(two.sync());
    QCOMPARE(two.a->why(notes, key).cause, Cause::InSync);
}

void TestWhy::waitsForSignIn_andLocalOnly()
{
    const Testing::FakeClock clock;
    const Testing::InProcessServer server(clock);
    for (const bool hasServer : {true, false}) {
        const QTemporaryDir folder;
        ClientOptions options;
        options.user = QStringLiteral("anna");
        options.storeFolder = folder.path();
        options.key = StoreKeySource::raw(QByteArray(32, 'k'));
        options.serverUrl = hasServer ? server.url() : QUrl();
        Client client(options);
        QVERIFY(TwoDevices::await(client.open()));
        put(client, notes, key, {{text, QStringLiteral("x")}});
        QTRY_COMPARE(client.why(notes, key).cause, hasServer ? Cause::WaitsForSignIn : Cause::LocalOnly);
        QCOMPARE(client.why(notes, key).error.has_value(), hasServer);
    }
}

void TestWhy::refusedByQuota_andRetriedWhenThereIsRoom()
{
    TwoDevices two(policies);
    for (int i = 0; i < 4; ++i) {
        put(*two.a, notes, QStringLiteral("k%1").arg(i), {{text, QStringLiteral("x")}});
    }
    QTRY_COMPARE(two.a->quarantined().size(), 1);
    const QString refused = two.a->quarantined().constFirst().key;
    const Explanation why = two.a->why(notes, refused);
    QCOMPARE(why.cause, Cause::RefusedByQuota);
    QCOMPARE(why.refused, two.a->quarantined());
    QCOMPARE(why.error->reason(), Error::Reason::QuotaExceeded);

    ignore(two.a->collection(notes)->remove(QStringLiteral("k0")), "sync() waits for it");
    QVERIFY(two.sync());
    QVERIFY(TwoDevices::await(two.a->retryQuarantined(why.refused[0].id)));
    QVERIFY(two.sync());
    QCOMPARE(two.a->why(notes, refused).cause, Cause::InSync);
}

void TestWhy::refusedByExpectation()
{
    TwoDevices two(policies);
    const QString wallet = QStringLiteral("wallet");
    put(*two.a, wallet, key, {{QStringLiteral("coins"), 1}});
    QVERIFY(two.sync());
    two.linkA().setUp(false);
    put(*two.a, wallet, key, {{QStringLiteral("coins"), 2}});
    put(*two.b, wallet, key, {{QStringLiteral("coins"), 3}});
    QVERIFY(TwoDevices::await(two.b->whenSynced()));
    two.linkA().setUp(true);
    QVERIFY(two.sync());
    const Explanation why = two.a->why(wallet, key);
    QCOMPARE(why.cause, Cause::RefusedByExpectation);
    QCOMPARE(why.policy.consistency, Consistency::Strong);
    QCOMPARE(why.onServer->value(QStringLiteral("coins")).toInt(), 3);
}

void TestWhy::refusedBySchema()
{
    // The device has heard of the counter only after it wrote a register.
    const Testing::FakeClock clock;
    const Testing::InProcessServer server(clock, policies);
    const QTemporaryDir folder;
    ClientOptions options;
    options.user = QStringLiteral("anna");
    options.storeFolder = folder.path();
    options.key = StoreKeySource::raw(QByteArray(32, 'k'));
    options.serverUrl = server.url();
    options.tokenProvider = [token = server.token(options.user)] { return readyResult<QString>(token); };
    options.isPausedAtStart = true;
    Client client(options);
    QVERIFY(TwoDevices::await(client.open()));
    const QString progress = QStringLiteral("progress");
    put(client, progress, key, {{QStringLiteral("xp"), 5}});
    client.resume();
    QTRY_COMPARE_WITH_TIMEOUT(client.why(progress, key).cause, Cause::RefusedBySchema, 20'000);
}

void TestWhy::refusals_areNamedByReason_data()
{
    QTest::addColumn<Core::ErrorReason>("reason");
    QTest::addColumn<Cause>("cause");
    QTest::newRow("policy") << Core::ErrorReason::PolicyDenied << Cause::RefusedByRule;
    QTest::newRow("role") << Core::ErrorReason::RoleMissing << Cause::RefusedByRule;
    QTest::newRow("quota") << Core::ErrorReason::QuotaExceeded << Cause::RefusedByQuota;
    QTest::newRow("limit") << Core::ErrorReason::LimitExceeded << Cause::RefusedByQuota;
    QTest::newRow("too old") << Core::ErrorReason::HistoryExpired << Cause::RefusedByClock;
    QTest::newRow("kind") << Core::ErrorReason::FieldKindMismatch << Cause::RefusedBySchema;
    QTest::newRow("another wrote first") << Core::ErrorReason::ExpectationFailed << Cause::RefusedByExpectation;
    QTest::newRow("unknown to this version") << Core::ErrorReason(9999) << Cause::RefusedOtherwise;
}

void TestWhy::refusals_areNamedByReason()
{
    QFETCH(Core::ErrorReason, reason);
    const Sync::Quarantined item = refusal(reason);
    WhyFacts facts;
    facts.refused = {&item};
    facts.hasServer = true;
    QTEST(explain(facts).cause, "cause");
    QCOMPARE(explain(facts).error->message(), QStringLiteral("no"));
}

void TestWhy::hindrances_areNamedByReason_data()
{
    QTest::addColumn<Core::ErrorReason>("reason");
    QTest::addColumn<int>("retry");
    QTest::addColumn<Cause>("cause");
    const auto later = int(Core::Retry::Later);
    QTest::newRow("no token") << Core::ErrorReason::TokenMissing << int(Core::Retry::AfterSignIn) << Cause::WaitsForSignIn;
    QTest::newRow("expired") << Core::ErrorReason::TokenExpired << int(Core::Retry::AfterSignIn) << Cause::WaitsForSignIn;
    QTest::newRow("another user's") << Core::ErrorReason::TokenOfAnotherUser << int(Core::Retry::AfterChange) << Cause::WaitsForSignIn;
    QTest::newRow("read-only") << Core::ErrorReason::ServerReadOnly << later << Cause::WaitsForServer;
    QTest::newRow("overloaded") << Core::ErrorReason::Overloaded << later << Cause::WaitsForServer;
    QTest::newRow("no network") << Core::ErrorReason::NetworkUnreachable << later << Cause::WaitsForConnection;
    QTest::newRow("something new, passing") << Core::ErrorReason(9999) << later << Cause::WaitsForServer;
    QTest::newRow("too old an app") << Core::ErrorReason::ProtocolVersion << int(Core::Retry::Never) << Cause::BlockedForGood;
    QTest::newRow("revoked") << Core::ErrorReason::DeviceRevoked << int(Core::Retry::AfterChange) << Cause::BlockedForGood;
}

void TestWhy::hindrances_areNamedByReason()
{
    QFETCH(Core::ErrorReason, reason);
    QFETCH(int, retry);
    Live::Shelf shelf;
    Live::Entry entry;
    entry.shelf = &shelf;
    entry.pending.push_back(std::make_shared<const Core::Mutation>());
    WhyFacts facts;
    facts.entry = &entry;
    facts.hasServer = true;
    facts.blockedReason = Core::makeError(Core::ErrorCode::Unavailable, reason, "no", static_cast<Core::Retry>(retry));
    QTEST(explain(facts).cause, "cause");
    facts.isPaused = true;
    QCOMPARE(explain(facts).cause, Cause::WaitsForResume);
}

void TestWhy::words_tellTheAppWhatToDo()
{
    const Sync::Quarantined item = refusal(Core::ErrorReason::QuotaExceeded);
    WhyFacts facts;
    facts.refused = {&item};
    QVERIFY(!explain(facts).summary.isEmpty());
    QVERIFY(explain(facts).nextStep.contains(QStringLiteral("retryQuarantined")));
    QVERIFY(!explain({}).summary.isEmpty());
}

QTEST_GUILESS_MAIN(TestWhy)
#include "tst_why.moc"
