// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: an app can show how sync stands, of all and of each collection, and go to the background and come back without losing time or
// data. Method: a server process and two clients in this process; a network that the test takes away by word.
#include "api/serveroptions.h"
#include "client/client_p.h"
#include "client/net/reachability.h"
#include "support/awaiting.h"

#include <Satchel/client.h>

#include <QSignalSpy>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace Satchel {

struct ClientAccess {
    static void setReachability(Client &client, std::unique_ptr<Sync::Reachability> reachability)
    {
        client.d->reachability = std::move(reachability);
    }
};

}  // namespace Satchel

using namespace Satchel;
using namespace Satchel::Test;

namespace {

const QString prefs = QStringLiteral("prefs");
const QString notes = QStringLiteral("notes");
const QString stats = QStringLiteral("stats");
const QString key = QStringLiteral("a");
const QString x = QStringLiteral("x");

class FakeReachability : public Sync::Reachability {
public:
    [[nodiscard]] bool isReachable() const override { return m_isReachable; }
    void set(bool isReachable)
    {
        m_isReachable = isReachable;
        Q_EMIT changed(isReachable);
    }

private:
    bool m_isReachable = true;
};

/// Where nobody listens.
QUrl freeUrl()
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    return QUrl(QStringLiteral("http://127.0.0.1:%1").arg(server.serverPort()));
}

}  // namespace

class TestClientStatus : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void status_tellsHowItStands_ofAllAndOfEachCollection();
    void suspend_sendsWhatFits_andStaysOfflineUntilResume();
    void suspend_serverGone_endsWithItsBudget();
    void suspend_resumedOrClosedMeanwhile_isCancelled();
    void network_back_isTriedAtOnce();

private:
    [[nodiscard]] ClientOptions options(const QString &device) const;

    ServerProcess m_server{ServerProcess::Storage::Ephemeral};
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_user;
    int m_userCount = 0;
    std::unique_ptr<Client> m_one;
    std::unique_ptr<Client> m_two;
};

void TestClientStatus::initTestCase()
{
    QVERIFY2(m_server.start(), m_server.log().constData());
}

void TestClientStatus::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_user = QStringLiteral("user%1").arg(++m_userCount);
    m_one = openClient(options(QStringLiteral("one")));
    m_two = openClient(options(QStringLiteral("two")));
    GOOD(m_one->whenSynced());
    GOOD(m_two->whenSynced());
}

void TestClientStatus::cleanup()
{
    m_one.reset();
    m_two.reset();
}

ClientOptions TestClientStatus::options(const QString &device) const
{
    return serverOptions(m_server, *m_folder, m_user, device);
}

void TestClientStatus::status_tellsHowItStands_ofAllAndOfEachCollection()
{
    SyncStatus *status = m_one->syncStatus();
    Collection *mine = m_one->collection(prefs);
    QVERIFY(status->isOnline());
    QVERIFY(!status->isSyncing());
    m_one->pause();
    QTRY_VERIFY(!status->isOnline());
    QSignalSpy counted(mine, &Collection::pendingCountChanged);
    GOOD(mine->set(key, {{x, 1}}));
    GOOD(mine->set(QStringLiteral("b"), {{x, 1}}));
    GOOD(m_one->collection(notes)->set(key, {{x, 1}}));
    QTRY_COMPARE(status->pendingCount(), 3);
    QCOMPARE(mine->property("pendingCount").toInt(), 2);
    QCOMPARE(m_one->collection(notes)->pendingCount(), 1);
    QCOMPARE(m_one->collection(stats)->pendingCount(), 0);
    QVERIFY(!counted.isEmpty());
    QVERIFY(!status->isSyncing());
    // Kept through closing and opening.
    m_one->close();
    GOOD(m_one->open());
    QCOMPARE(mine->pendingCount(), 2);
    QSignalSpy online(status, &SyncStatus::onlineChanged);
    QSignalSpy syncing(status, &SyncStatus::syncingChanged);
    m_one->resume();
    GOOD(m_one->whenSynced());
    QTRY_VERIFY(!status->property("syncing").toBool());
    QVERIFY(status->property("online").toBool());
    QCOMPARE(online.size(), 1);
    QVERIFY(syncing.size() >= 2);
    QCOMPARE(mine->pendingCount(), 0);
    QCOMPARE(m_one->collection(notes)->pendingCount(), 0);
}

void TestClientStatus::suspend_sendsWhatFits_andStaysOfflineUntilResume()
{
    for (int i = 0; i < 50; ++i) {
        static_cast<void>(m_one->collection(prefs)->set(QString::number(i), {{x, i}}));
    }
    const auto first = m_one->suspend(std::chrono::seconds(20));
    const auto second = m_one->suspend(std::chrono::seconds(20));
    GOOD(first);
    GOOD(second);
    QCOMPARE(m_one->syncStatus()->pendingCount(), 0);
    QVERIFY(m_one->syncStatus()->isPaused());
    QTRY_VERIFY(!m_one->syncStatus()->isOnline());
    GOOD(m_two->whenSynced());
    QCOMPARE(m_two->collection(prefs)->count(), 50);
    GOOD(m_one->collection(prefs)->set(key, {{x, 1}}));
    m_one->probe();
    GOOD(m_one->suspend());
    QCOMPARE(m_one->syncStatus()->pendingCount(), 1);
    m_one->resume();
    GOOD(m_one->whenSynced());
    QVERIFY(!m_one->syncStatus()->isPaused());
    QCOMPARE(m_one->syncStatus()->pendingCount(), 0);
    m_one->close();
    QCOMPARE(reasonOf(m_one->suspend()), Error::Reason::ClosedStore);
}

void TestClientStatus::suspend_serverGone_endsWithItsBudget()
{
    ClientOptions with = options(QStringLiteral("three"));
    with.serverUrl = freeUrl();
    const auto client = openClient(with);
    QFuture<Result<void>> written = client->collection(prefs)->set(key, {{x, 1}});
    GOOD(client->suspend(std::chrono::milliseconds(50)));
    QVERIFY(written.isFinished());
    QCOMPARE(client->syncStatus()->pendingCount(), 1);
    QVERIFY(client->syncStatus()->isPaused());
}

void TestClientStatus::suspend_resumedOrClosedMeanwhile_isCancelled()
{
    ClientOptions with = options(QStringLiteral("three"));
    with.serverUrl = freeUrl();
    const auto client = openClient(with);
    GOOD(client->collection(prefs)->set(key, {{x, 1}}));
    const auto resumed = client->suspend(std::chrono::hours(1));
    client->resume();
    QCOMPARE(waitFor(resumed).error().code(), Error::Code::Cancelled);
    QVERIFY(!client->syncStatus()->isPaused());
    const auto closed = client->suspend(std::chrono::hours(1));
    client->close();
    QCOMPARE(waitFor(closed).error().code(), Error::Code::Cancelled);
}

void TestClientStatus::network_back_isTriedAtOnce()
{
    auto made = std::make_unique<FakeReachability>();
    FakeReachability *network = made.get();
    int asked = 0;
    ClientOptions with = options(QStringLiteral("three"));
    with.tokenProvider = [&asked] {
        ++asked;
        return readyResult<QString>(
            failure(Error(Error::Code::Unauthenticated, Error::Reason::TokenMissing, {}, Error::Retry::AfterSignIn)));
    };
    const auto client = openClient(with, [&made](Client &each) { ClientAccess::setReachability(each, std::move(made)); });
    // Blocked until somebody probes.
    QTRY_VERIFY(client->syncStatus()->blockedReason());
    QCOMPARE(asked, 1);
    network->set(false);
    network->set(true);
    QTRY_COMPARE(asked, 2);
}

QTEST_GUILESS_MAIN(TestClientStatus)
#include "tst_clientstatus.moc"
