// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: a device that comes back after more than a year, whose user's history has been cut off meanwhile, ends with the same documents as
// the others: what was deleted stays deleted, what it wrote offline arrives, and a concurrent write is settled by the collection's rule.
// Method: two real devices and a real server in one process; the clocks are turned, and the log is compacted under the device that is away.
#include "testing/twodevices.h"

#include "server-stub/sync/compactor.h"
#include "server-stub/sync/sessionrunner.h"

#include <QTest>

using namespace Satchel;
using namespace std::chrono_literals;
using Testing::TwoDevices;

namespace {

const QByteArray policies = R"({"version": 1, "collections": {"settings": {"conflict": "last_writer"}}})";
const QString f = QStringLiteral("f");
const QString g = QStringLiteral("g");

}  // namespace

class TestLongAbsence : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void away_historyIsCutOff_comesBackEqual_data();
    void away_historyIsCutOff_comesBackEqual();

private:
    void write(Client &client, const QString &collection, const QString &key, const QVariantMap &fields)
    {
        QVERIFY(TwoDevices::await(client.collection(collection)->set(key, fields)));
    }
    void update(Client &client, const QString &collection, const QString &key, const QVariantMap &fields)
    {
        QVERIFY(TwoDevices::await(client.collection(collection)->update(key, fields)));
    }
    void remove(Client &client, const QString &collection, const QString &key)
    {
        QVERIFY(TwoDevices::await(client.collection(collection)->remove(key)));
    }
    void passTime(std::chrono::hours time)
    {
        for (Testing::FakeClock *clock : {&m_devices->clock, &m_devices->clockA, &m_devices->clockB}) {
            clock->advance(time);
        }
    }
    [[nodiscard]] std::size_t compact();

    std::unique_ptr<TwoDevices> m_devices;
};

void TestLongAbsence::init()
{
    m_devices.reset();
    m_devices = std::make_unique<TwoDevices>(policies, [this](ClientOptions &options, const QString & /*device*/) {
        options.tokenProvider = [this, user = options.user, first = options.tokenProvider] {
            return m_devices ? readyResult<QString>(m_devices->server.token(user)) : first();
        };
    });
}

std::size_t TestLongAbsence::compact()
{
    Server::SessionServices &services = m_devices->server.services();
    const auto report = Server::Compactor(services.store, services.pipeline, m_devices->clock, {}).pass();
    return report ? report->eventCount : 0;
}

void TestLongAbsence::away_historyIsCutOff_comesBackEqual_data()
{
    QTest::addColumn<QString>("collection");
    QTest::newRow("merge") << QStringLiteral("notes");
    QTest::newRow("last writer") << QStringLiteral("settings");
}

void TestLongAbsence::away_historyIsCutOff_comesBackEqual()
{
    QFETCH(QString, collection);
    const QStringList keys{QStringLiteral("kept"), QStringLiteral("gone"), QStringLiteral("gone, then edited"),
                           QStringLiteral("edited, then gone"), QStringLiteral("changed")};
    for (const QString &key : keys) {
        write(*m_devices->a, collection, key, {{f, 1}, {g, 1}});
    }
    QVERIFY(m_devices->sync());
    m_devices->linkB().setUp(false);

    // Offline, before the other device deletes it: the later removal wins.
    passTime(1h);
    update(*m_devices->b, collection, keys[3], {{f, 2}});
    passTime(1h);
    for (int i = 1; i <= 3; ++i) {
        remove(*m_devices->a, collection, keys[i]);
    }
    write(*m_devices->a, collection, keys[4], {{f, 3}, {g, 3}});
    write(*m_devices->a, collection, QStringLiteral("new"), {{f, 1}});
    QVERIFY(TwoDevices::await(m_devices->a->whenSynced()));
    // And after it: the later edit wins.
    passTime(1h);
    update(*m_devices->b, collection, keys[2], {{f, 4}});
    write(*m_devices->b, collection, QStringLiteral("offline"), {{f, 5}});

    // More than a year later the other device comes again, and says with its Hello what it has heard of.
    m_devices->linkA().setUp(false);
    passTime(24h * 400);
    m_devices->linkA().setUp(true);
    m_devices->a->probe();
    update(*m_devices->a, collection, keys[0], {{f, 6}});
    QVERIFY(TwoDevices::await(m_devices->a->whenSynced()));
    QCOMPARE(compact(), std::size_t(10));

    m_devices->linkB().setUp(true);
    m_devices->b->probe();
    QVERIFY(m_devices->sync());
    QVERIFY(m_devices->isEqual());
    const Collection *onB = m_devices->b->collection(collection);
    QVERIFY(!onB->contains(keys[1]));
    QVERIFY(!onB->contains(keys[3]));
    QCOMPARE(onB->value(keys[2], f).toInt(), 4);
    QCOMPARE(onB->value(keys[0], f).toInt(), 6);
    QCOMPARE(onB->value(keys[4], f).toInt(), 3);
    QCOMPARE(onB->value(QStringLiteral("new"), f).toInt(), 1);
    QCOMPARE(m_devices->a->collection(collection)->value(QStringLiteral("offline"), f).toInt(), 5);
    QVERIFY(m_devices->b->quarantined().isEmpty());
}

QTEST_GUILESS_MAIN(TestLongAbsence)
#include "tst_longabsence.moc"
