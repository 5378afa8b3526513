// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: two devices of a user agree through a real server, and the app learns of all that happens: conflicts, refusals, decisions, reasons.
// Method: a server process and two clients in this process, each on a store of its own; pausing a client is its being offline.
#include "api/serveroptions.h"
#include "support/awaiting.h"

#include <Satchel/client.h>

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace Satchel;
using namespace Satchel::Test;

namespace {

const QString prefs = QStringLiteral("prefs");
const QString notes = QStringLiteral("notes");
const QString stats = QStringLiteral("stats");
const QString wallet = QStringLiteral("wallet");
const QString key = QStringLiteral("a");
const QString x = QStringLiteral("x");
const QString y = QStringLiteral("y");

const char *policies = R"({"version": 1, "collections": {
    "notes": {"conflict": "manual"},
    "stats": {"fields": {"hits": "counter"}},
    "wallet": {"consistency": "strong"}}})";

}  // namespace

class TestClientSync : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void write_reachesOtherDevice_data();
    void write_reachesOtherDevice();
    void edits_ofDifferentFieldsOffline_bothHold();
    void removal_reachesOtherDevice();
    void counters_ofBothDevices_addUp();
    void conflict_isSeenOnBothAndResolvedOnce();
    void refusal_isTakenBackAndQuarantined();
    void strong_firstWriterWins();
    void token_missing_blocksSyncOnly();
    void token_ofAnotherUser_mixesNothing();
    void lostKey_storeMovedAside_getsTheServersState();
    void whenSynced_finishesWhenClosed();
    void close_keepsPendingForNextTime();
    void lastSynced_isKnownAfterReopening();

private:
    [[nodiscard]] ClientOptions options(const QString &device) const;
    void settle();

    ServerProcess m_server{ServerProcess::Storage::Ephemeral};
    QTemporaryDir m_shared;
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_user;
    int m_userCount = 0;
    std::unique_ptr<Client> m_one;
    std::unique_ptr<Client> m_two;
};

void TestClientSync::initTestCase()
{
    QFile file(m_shared.filePath(QStringLiteral("policies.json")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(policies);
    file.close();
    QVERIFY2(m_server.start({QStringLiteral("--policies"), file.fileName()}), m_server.log().constData());
}

void TestClientSync::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_user = QStringLiteral("user%1").arg(++m_userCount);
    m_one = openClient(options(QStringLiteral("one")));
    m_two = openClient(options(QStringLiteral("two")));
    settle();
}

void TestClientSync::cleanup()
{
    m_one.reset();
    m_two.reset();
}

ClientOptions TestClientSync::options(const QString &device) const
{
    return serverOptions(m_server, *m_folder, m_user, device);
}

/// Everything of each device reaches the other.
void TestClientSync::settle()
{
    GOOD(m_one->whenSynced());
    GOOD(m_two->whenSynced());
    GOOD(m_one->whenSynced());
}

void TestClientSync::write_reachesOtherDevice_data()
{
    QTest::addColumn<int>("carriers");
    QTest::newRow("WebSocket") << int(Carriers::WebSocketOnly);
    QTest::newRow("polling") << int(Carriers::PollingOnly);
}

void TestClientSync::write_reachesOtherDevice()
{
    QFETCH(int, carriers);
    m_two.reset();
    ClientOptions with = options(QStringLiteral("two"));
    with.carriers = Carriers(carriers);
    m_two = openClient(with);
    GOOD(m_two->whenSynced());
    QCOMPARE(m_two->syncStatus()->carrier(),
             Carriers(carriers) == Carriers::PollingOnly ? SyncStatus::Carrier::Polling : SyncStatus::Carrier::WebSocket);
    QSignalSpy spy(m_two->collection(prefs), &Collection::documentChanged);
    const QVariantMap document{{x, qlonglong(1)}, {y, QVariantList{QByteArray("b"), true}}};
    GOOD(m_one->collection(prefs)->set(key, document));
    QTRY_COMPARE(spy.size(), 1);
    QCOMPARE(spy.first().first().toString(), key);
    QCOMPARE(m_two->collection(prefs)->get(key), document);
    GOOD(m_one->whenSynced());
    QCOMPARE(m_one->syncStatus()->pendingCount(), 0);
    QCOMPARE(m_one->syncStatus()->state(), SyncStatus::State::Live);
    QVERIFY(!m_one->collection(prefs)->isPending(key));
    QVERIFY(m_one->syncStatus()->lastSynced().isValid());
}

void TestClientSync::edits_ofDifferentFieldsOffline_bothHold()
{
    m_one->pause();
    m_two->pause();
    QTRY_COMPARE(m_one->syncStatus()->state(), SyncStatus::State::Offline);
    GOOD(m_one->collection(prefs)->update(key, {{x, 1}}));
    GOOD(m_two->collection(prefs)->update(key, {{y, 2}}));
    m_one->resume();
    m_two->resume();
    settle();
    const QVariantMap both{{x, qlonglong(1)}, {y, qlonglong(2)}};
    QCOMPARE(m_one->collection(prefs)->get(key), both);
    QCOMPARE(m_two->collection(prefs)->get(key), both);
}

void TestClientSync::removal_reachesOtherDevice()
{
    GOOD(m_one->collection(prefs)->set(key, {{x, 1}}));
    settle();
    QVERIFY(m_two->collection(prefs)->contains(key));
    GOOD(m_two->collection(prefs)->remove(key));
    settle();
    QVERIFY(!m_one->collection(prefs)->contains(key));
    QVERIFY(m_one->collectionNames().isEmpty());
}

void TestClientSync::counters_ofBothDevices_addUp()
{
    m_two->pause();
    for (int i = 0; i < 50; ++i) {
        GOOD(m_one->collection(stats)->increment(key, QStringLiteral("hits")));
        GOOD(m_two->collection(stats)->increment(key, QStringLiteral("hits"), 2));
    }
    m_two->resume();
    settle();
    QCOMPARE(m_one->collection(stats)->value(key, QStringLiteral("hits")).toInt(), 150);
    QCOMPARE(m_two->collection(stats)->value(key, QStringLiteral("hits")).toInt(), 150);
}

void TestClientSync::conflict_isSeenOnBothAndResolvedOnce()
{
    QSignalSpy spy(m_one.get(), &Client::conflictsChanged);
    m_two->pause();
    GOOD(m_one->collection(notes)->set(key, {{x, QStringLiteral("one")}}));
    GOOD(m_two->collection(notes)->set(key, {{x, QStringLiteral("two")}}));
    m_two->resume();
    settle();
    QCOMPARE(m_one->conflicts().size(), 1);
    QCOMPARE(m_two->conflicts().size(), 1);
    QVERIFY(!spy.isEmpty());
    const Conflict conflict = m_one->conflicts(notes).first();
    QCOMPARE(conflict.key, key);
    QCOMPARE(conflict.field, x);
    QCOMPARE(conflict.candidates.size(), 2);
    QVERIFY(conflict.candidates[0].isProvisional && !conflict.candidates[1].isProvisional);
    QCOMPARE(conflict.candidates[0].value, m_one->collection(notes)->value(key, x));
    QCOMPARE(conflict.candidates[0].isThisDevice, conflict.candidates[0].deviceId == m_one->deviceId());
    QVERIFY(conflict.candidates[0].writtenAt >= conflict.candidates[1].writtenAt);
    QVERIFY(m_one->conflicts(prefs).isEmpty());

    GOOD(m_two->resolve(notes, key, x, QVariant(QStringLiteral("both"))));
    QVERIFY(m_two->conflicts().isEmpty());
    settle();
    QVERIFY(m_one->conflicts().isEmpty());
    QCOMPARE(m_one->collection(notes)->value(key, x).toString(), QStringLiteral("both"));
}

void TestClientSync::refusal_isTakenBackAndQuarantined()
{
    m_two.reset();
    ClientOptions with = options(QStringLiteral("three"));
    with.isPausedAtStart = true;
    // The app believes in a counter of which the server's policies do not know.
    with.policies = {CollectionPolicy{prefs, {}, {}, {{x, FieldKind::Counter}}}};
    m_two = openClient(with);
    QSignalSpy refused(m_two.get(), &Client::writeRefused);
    QSignalSpy changed(m_two->collection(prefs), &Collection::changed);
    GOOD(m_two->collection(prefs)->increment(key, x, 5));
    GOOD(m_two->collection(prefs)->update(QStringLiteral("b"), {{y, 1}}));
    QCOMPARE(m_two->collection(prefs)->value(key, x).toInt(), 5);
    m_two->resume();
    QTRY_COMPARE(refused.size(), 1);
    QVERIFY(!m_two->collection(prefs)->contains(key));
    settle();
    QVERIFY(m_one->collection(prefs)->contains(QStringLiteral("b")));
    QCOMPARE(m_two->syncStatus()->quarantineCount(), 1);
    QCOMPARE(m_two->collection(prefs)->quarantineCount(), 1);
    QCOMPARE(m_two->collection(notes)->quarantineCount(), 0);
    const QuarantinedWrite write = m_two->quarantined().first();
    QCOMPARE(write.key, key);
    QCOMPARE(write.error.reason(), Error::Reason::FieldKindMismatch);
    QCOMPARE(write.changes.size(), 1);
    QCOMPARE(write.changes.first().kind, FieldChange::Kind::Increment);
    QCOMPARE(write.changes.first().value.toInt(), 5);

    // The policies have arrived, so trying again fails on the spot, and the write stays.
    QVERIFY(!waitFor(m_two->retryQuarantined(write.id)));
    QCOMPARE(m_two->quarantined().size(), 1);
    m_two.reset();
    m_two = openClient(with);
    QCOMPARE(m_two->quarantined().size(), 1);
    QCOMPARE(m_two->quarantined().first(), write);
    GOOD(m_two->discardQuarantined(write.id));
    QCOMPARE(m_two->syncStatus()->quarantineCount(), 0);
    m_two.reset();
    m_two = openClient(with);
    QVERIFY(m_two->quarantined().isEmpty());
}

void TestClientSync::strong_firstWriterWins()
{
    GOOD(m_one->collection(wallet)->set(key, {{x, 1}}));
    settle();
    QCOMPARE(m_two->collection(wallet)->value(key, x).toInt(), 1);
    m_two->pause();
    QTRY_COMPARE(m_two->syncStatus()->state(), SyncStatus::State::Offline);
    const Result<void> offline = waitFor(m_two->collection(wallet)->set(key, {{x, 2}}));
    QVERIFY(!offline && offline.error().reason() == Error::Reason::OfflineStrongWrite);
    const QFuture<Result<void>> queued = m_two->collection(wallet)->set(key, {{x, 3}}, WriteOptions{WriteOptions::WhenOffline::Queue});
    GOOD(m_one->collection(wallet)->set(key, {{x, 4}}));
    m_two->resume();
    const Result<void> late = waitFor(queued);
    QVERIFY(!late);
    QCOMPARE(late.error().code(), Error::Code::Aborted);
    QCOMPARE(late.error().reason(), Error::Reason::ExpectationFailed);
    settle();
    QCOMPARE(m_two->collection(wallet)->value(key, x).toInt(), 4);
    const QString id = m_two->quarantined().first().id;
    GOOD(m_two->retryQuarantined(id));
    settle();
    QCOMPARE(m_one->collection(wallet)->value(key, x).toInt(), 3);
    QVERIFY(m_two->quarantined().isEmpty());
}

void TestClientSync::token_missing_blocksSyncOnly()
{
    m_two.reset();
    ClientOptions with = options(QStringLiteral("three"));
    bool hasToken = false;
    with.tokenProvider = [&hasToken, token = m_server.token(m_user)] {
        return readyResult<QString>(hasToken ? Result<QString>(token)
                                             : Result<QString>(failure(Error(Error::Code::Unauthenticated, Error::Reason::TokenMissing,
                                                                             QStringLiteral("signed out")))));
    };
    m_two = openClient(with);
    QTRY_VERIFY(m_two->syncStatus()->blockedReason());
    QCOMPARE(m_two->syncStatus()->blockedReason()->reason(), Error::Reason::TokenMissing);
    GOOD(m_two->collection(prefs)->set(key, {{x, 1}}));
    hasToken = true;
    m_two->probe();
    settle();
    QVERIFY(!m_two->syncStatus()->blockedReason());
    QVERIFY(m_one->collection(prefs)->contains(key));
}

void TestClientSync::token_ofAnotherUser_mixesNothing()
{
    GOOD(m_one->collection(prefs)->set(key, {{x, QStringLiteral("of the first user")}}));
    settle();
    ClientOptions with = options(QStringLiteral("other"));
    with.user = QStringLiteral("somebody else");
    QString token = m_server.token(m_user);
    with.tokenProvider = [&token] { return readyResult<QString>(token); };
    const auto other = openClient(with);
    GOOD(other->collection(prefs)->set(QStringLiteral("own"), {{x, QStringLiteral("of somebody else")}}));
    QTRY_VERIFY(other->syncStatus()->blockedReason());
    QTRY_COMPARE(other->syncStatus()->blockedReason()->reason(), Error::Reason::TokenOfAnotherUser);
    QCOMPARE(other->collection(prefs)->keys(), QStringList{QStringLiteral("own")});
    settle();
    QVERIFY(!m_one->collection(prefs)->contains(QStringLiteral("own")));
    token = m_server.token(with.user);
    other->probe();
    GOOD(other->whenSynced());
    QVERIFY(!other->syncStatus()->blockedReason());
    QCOMPARE(other->collection(prefs)->keys(), QStringList{QStringLiteral("own")});
}

void TestClientSync::lostKey_storeMovedAside_getsTheServersState()
{
    GOOD(m_two->collection(prefs)->set(key, {{x, QStringLiteral("kept by the server")}}));
    settle();
    const QString path = m_two->storePath();
    m_two.reset();
    ClientOptions with = options(QStringLiteral("two"));
    with.key = StoreKeySource::raw(QByteArray(32, 'w'));
    m_two = std::make_unique<Client>(with);
    QCOMPARE(waitFor(m_two->open()).error().reason(), Error::Reason::WrongKey);
    const Result<QString> aside = m_two->moveStoreAside().result();
    QVERIFY(aside && QFile::exists(*aside) && !QFile::exists(path));
    GOOD(m_two->open());
    GOOD(m_two->whenSynced());
    QCOMPARE(m_two->collection(prefs)->value(key, x).toString(), QStringLiteral("kept by the server"));
    QVERIFY(QFile::exists(*aside));
}

void TestClientSync::whenSynced_finishesWhenClosed()
{
    m_two->pause();
    ignore(m_two->collection(prefs)->set(key, {{x, 1}}), "the closing is what is tested");
    const QFuture<Result<void>> synced = m_two->whenSynced();
    m_two->close();
    const Result<void> result = waitFor(synced);
    QVERIFY(!result);
    QCOMPARE(result.error().reason(), Error::Reason::ClosedStore);
}

void TestClientSync::close_keepsPendingForNextTime()
{
    m_two->pause();
    GOOD(m_two->collection(prefs)->set(key, {{x, 1}}));
    m_two.reset();
    m_two = openClient(options(QStringLiteral("two")));
    QVERIFY(m_two->collection(prefs)->contains(key));
    settle();
    QVERIFY(m_one->collection(prefs)->contains(key));
    QCOMPARE(m_two->syncStatus()->pendingCount(), 0);
}

void TestClientSync::lastSynced_isKnownAfterReopening()
{
    GOOD(m_one->whenSynced());
    const QDateTime before = m_one->syncStatus()->lastSynced();
    QVERIFY(before.isValid());
    m_one.reset();
    ClientOptions with = options(QStringLiteral("one"));
    with.isPausedAtStart = true;
    m_one = openClient(with);
    QTRY_VERIFY(m_one->syncStatus()->lastSynced().isValid());
    QVERIFY(m_one->syncStatus()->lastSynced() >= before);
    QCOMPARE(m_one->syncStatus()->state(), SyncStatus::State::Offline);
}

QTEST_GUILESS_MAIN(TestClientSync)
#include "tst_clientsync.moc"
