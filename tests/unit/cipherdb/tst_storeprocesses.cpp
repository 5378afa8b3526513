// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// Goal: one process has the store at a time, and what it has acknowledged survives its death at any moment.
// Method: child processes hold, hammer and commit; the parent kills them after a random number of acknowledgements and counts the rows.

#include "storefixture.h"

#include <QProcess>
#include <QRandomGenerator>
#include <QSet>

using namespace Satchel;
using namespace Satchel::CipherDb;
using namespace Satchel::CipherDb::Testing;

class TestStoreProcesses : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void secondProcess_writer_isRefused();
    void secondProcess_afterTheFirstIsKilled_opens();
    void twoProcesses_hammering_loseNothing();
    void killed_whileCommitting_keepsEveryAcknowledgedRow();

private:
    [[nodiscard]] QString path() const { return QString::fromStdString(m_folder->folder().string()); }

    std::optional<StoreFolder> m_folder;
};

namespace {

QSet<qint64> idsIn(const QByteArray &output)
{
    QSet<qint64> ids;
    // A line that the kill cut short acknowledges nothing.
    const qsizetype end = output.lastIndexOf('\n');
    for (const QByteArray &line : output.left(end < 0 ? 0 : end).split('\n')) {
        if (!line.isEmpty())
            ids.insert(line.toLongLong());
    }
    return ids;
}

}  // namespace

void TestStoreProcesses::init()
{
    m_folder.emplace();
}

void TestStoreProcesses::secondProcess_writer_isRefused()
{
    auto database = m_folder->open();
    VERIFY_OK(database);
    const auto refused = runChild({QStringLiteral("commit"), path(), QStringLiteral("1")});
    QCOMPARE(refused.exitCode, 1);
    QCOMPARE(refused.output, QByteArray("STORE_LOCKED\n"));
    VERIFY_OK(makeEntryTable(*database));
}

void TestStoreProcesses::secondProcess_afterTheFirstIsKilled_opens()
{
    QProcess holder;
    holder.start(childProgram(), {QStringLiteral("hold"), path()});
    QVERIFY(holder.waitForReadyRead());
    VERIFY_FAILS(ErrorCode::Unavailable, ErrorReason::StoreLocked, m_folder->open());
    holder.kill();
    QVERIFY(holder.waitForFinished());
    VERIFY_OK(m_folder->open());
}

void TestStoreProcesses::twoProcesses_hammering_loseNothing()
{
    constexpr int rounds = 120;
    QProcess first;
    QProcess second;
    first.start(childProgram(), {QStringLiteral("hammer"), path(), QStringLiteral("1"), QString::number(rounds)});
    second.start(childProgram(), {QStringLiteral("hammer"), path(), QStringLiteral("100000"), QString::number(rounds)});
    QVERIFY(first.waitForFinished(60000));
    QVERIFY(second.waitForFinished(60000));
    QCOMPARE(first.exitCode(), 0);
    QCOMPARE(second.exitCode(), 0);
    auto database = m_folder->open();
    VERIFY_OK(database);
    const auto entries = readEntries(*database);
    VERIFY_OK(entries);
    QCOMPARE(entries->size(), std::size_t{2 * rounds});
    VERIFY_OK(database->verify());
}

void TestStoreProcesses::killed_whileCommitting_keepsEveryAcknowledgedRow()
{
    const quint32 seed =
        qEnvironmentVariableIsSet("SATCHEL_SEED") ? qEnvironmentVariableIntValue("SATCHEL_SEED") : QRandomGenerator::global()->generate();
    qInfo("SATCHEL_SEED=%u", seed);
    QRandomGenerator random(seed);
    QSet<qint64> acknowledged;
    for (int round = 0; round < 60; ++round) {
        const qint64 firstId = 1 + round * qint64{1000000};
        const auto wanted = random.bounded(1, 150);
        QProcess child;
        child.start(childProgram(), {QStringLiteral("commit"), path(), QString::number(firstId)});
        QByteArray output;
        while (output.count('\n') < wanted) {
            QVERIFY(child.waitForReadyRead());
            output += child.readAllStandardOutput();
        }
        child.kill();
        QVERIFY(child.waitForFinished());
        acknowledged.unite(idsIn(output + child.readAllStandardOutput()));

        auto database = m_folder->open();
        VERIFY_OK(database);
        const auto entries = readEntries(*database);
        VERIFY_OK(entries);
        for (const qint64 id : std::as_const(acknowledged))
            QVERIFY2(entries->contains(id), "an acknowledged row is lost");
        // At most one commit a round was on its way when the kill came.
        QVERIFY(static_cast<qsizetype>(entries->size()) <= acknowledged.size() + round + 1);
    }
    auto database = m_folder->open();
    VERIFY_OK(database->verify());
}

QTEST_GUILESS_MAIN(TestStoreProcesses)
#include "tst_storeprocesses.moc"
