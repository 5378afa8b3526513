// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: a program that blocks until its writes are durable knows then how each of them went, without an event loop and from within a
// callback too.
// Method: real clients on the shared library; nothing here runs an event loop between a write and what is said about it.
#include "localoptions.h"
#include "support/awaiting.h"

#include <Satchel/client.h>

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <memory>

using namespace Satchel;
using namespace Satchel::Test;

class TestWaitForDurable : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void wait_afterWrites_theirFuturesHaveFinished();
    void wait_untilAPastTime_saysNo();
    void wait_closedClient_hasNothingToWaitFor();
    void wait_inACallback_hearsTheRestFirst();
    void wait_thatClosesTheClient_returns();

private:
    [[nodiscard]] QFuture<Result<void>> write(int number)
    {
        return m_client->collection(QStringLiteral("notes"))->set(QStringLiteral("key%1").arg(number), {{QStringLiteral("n"), number}});
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Client> m_client;
};

void TestWaitForDurable::init()
{
    m_client.reset();
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
    m_client = openClient(localOptions(*m_folder));
    QVERIFY(m_client);
}

void TestWaitForDurable::wait_afterWrites_theirFuturesHaveFinished()
{
    QList<QFuture<Result<void>>> writes;
    for (int round = 0; round < 20; ++round) {
        for (int i = 0; i < 50; ++i) {
            writes.append(write(i));
        }
        WriteBatch batch;
        batch.set(QStringLiteral("notes"), QStringLiteral("batch"), {{QStringLiteral("n"), round}});
        writes.append(m_client->write(std::move(batch)));
        QVERIFY(m_client->waitForDurable());
        for (const auto &written : writes) {
            QVERIFY(written.isFinished());
            QVERIFY(written.result().has_value());
        }
    }
    m_client.reset();
    m_client = openClient(localOptions(*m_folder));
    QCOMPARE(m_client->collection(QStringLiteral("notes"))->count(), 51);
}

void TestWaitForDurable::wait_untilAPastTime_saysNo()
{
    const auto written = write(1);
    QVERIFY(!m_client->waitForDurable(QDeadlineTimer(0)));
    QVERIFY(!written.isFinished());
    QVERIFY(m_client->waitForDurable(QDeadlineTimer(60'000)));
    QVERIFY(written.isFinished());
}

void TestWaitForDurable::wait_closedClient_hasNothingToWaitFor()
{
    const auto written = write(1);
    m_client->close();
    QVERIFY(m_client->waitForDurable());
    QVERIFY(written.isFinished());
}

void TestWaitForDurable::wait_inACallback_hearsTheRestFirst()
{
    bool haveAllFinished = false;
    QList<QFuture<Result<void>>> others;
    const auto first = write(0).then([&](const Result<void> &) {
        others.append(write(1000));
        QVERIFY(m_client->waitForDurable());
        haveAllFinished = std::ranges::all_of(others, [](const auto &other) { return other.isFinished(); });
    });
    for (int i = 1; i < 200; ++i) {
        others.append(write(i));
    }
    QVERIFY(m_client->waitForDurable());
    QVERIFY(first.isFinished());
    QVERIFY(haveAllFinished);
}

void TestWaitForDurable::wait_thatClosesTheClient_returns()
{
    const auto first = write(0).then([&](const Result<void> &) { m_client->close(); });
    const auto second = write(1);
    QVERIFY(m_client->waitForDurable());
    QVERIFY(!m_client->isOpen());
    QVERIFY(first.isFinished());
    QVERIFY(second.isFinished());
}

QTEST_GUILESS_MAIN(TestWaitForDurable)
#include "tst_waitfordurable.moc"
