// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: a device killed at any moment of making a key and store, or of destroying them, comes up again by itself, and never with a store
// whose key is lost. Method: a small app is killed at its n-th call that changes a file's name or makes one durable, for
// n = 1, 2, ... until it lives to its end; then it is started as usual.
#include "support/faults/killedprocess.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QProcessEnvironment>
#include <QTemporaryDir>
#include <QTest>

#include <optional>

using namespace Satchel::Test;

namespace {

constexpr int killsMax = 100;

struct Device {
    QTemporaryDir folder;

    /// What the app prints, nothing if it was killed at the n-th such call; 0: not to be killed.
    [[nodiscard]] std::optional<QByteArray> run(const char *what, int killAt = 0) const
    {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.remove(QStringLiteral("QT_FATAL_WARNINGS"));  // a key in a file is warned of
        environment.insert(QStringLiteral("KEY_FILE"), folder.filePath(QStringLiteral("key")));
        process.setProcessEnvironment(environment);
        if (killAt > 0) {
            KilledProcess::arm(
                process, {.call = killAt,
                          .counted = {FileChange::Link, FileChange::Rename, FileChange::Unlink, FileChange::Sync, FileChange::SyncData}});
        }
        process.start(QCoreApplication::applicationDirPath() + QStringLiteral("/keychain_probe"),
                      {folder.filePath(QStringLiteral("stores")), QStringLiteral("anna"), QLatin1String(what)});
        if (!process.waitForFinished(60000)) {
            process.kill();
            process.waitForFinished();
            return QByteArray("hangs");
        }
        const QByteArray printed = process.readAllStandardOutput().trimmed();
        return printed.isEmpty() ? std::nullopt : std::optional(printed);
    }
};

}  // namespace

class TestKeyKills : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void killedWhileMaking_nextStartGoesOn();
    void killedWhileDestroying_nextStartBeginsAnew();
    void killedWhileChangingTheKey_nextStartHasEverything();
};

void TestKeyKills::initTestCase()
{
    const QString whyNot = KilledProcess::whyNot();
    if (!whyNot.isEmpty()) {
        QSKIP(qPrintable(whyNot));
    }
}

void TestKeyKills::killedWhileMaking_nextStartGoesOn()
{
    int killCount = 0;
    for (int killAt = 1; killAt < killsMax; ++killAt) {
        const Device device;
        const auto first = device.run("write", killAt);
        QCOMPARE(device.run("write").value_or("killed"), QByteArray("good milk"));
        QCOMPARE(device.run("read").value_or("killed"), QByteArray("good milk"));
        if (first) {
            QCOMPARE(*first, QByteArray("good milk"));
            // What is printed before closing; one more kill falls into that.
            break;
        }
        ++killCount;
    }
    QVERIFY2(killCount >= 5 && killCount < killsMax - 1, QByteArray::number(killCount).constData());
}

void TestKeyKills::killedWhileDestroying_nextStartBeginsAnew()
{
    int killCount = 0;
    for (int killAt = 1; killAt < killsMax; ++killAt) {
        const Device device;
        QCOMPARE(device.run("write").value_or("killed"), QByteArray("good milk"));
        const auto destroyed = device.run("destroy", killAt);
        const QByteArray after = device.run("read").value_or("killed");
        if (destroyed) {
            QCOMPARE(*destroyed, QByteArray("good"));
            QCOMPARE(after, QByteArray("good"));
            break;
        }
        // Nothing had begun, or all of it was ended: no store without its key in between.
        QVERIFY2(after == "good" || (killAt == 1 && after == "good milk"), after.constData());
        ++killCount;
    }
    QVERIFY2(killCount >= 5 && killCount < killsMax - 1, QByteArray::number(killCount).constData());
}

void TestKeyKills::killedWhileChangingTheKey_nextStartHasEverything()
{
    const auto keyOf = [](const Device &device) {
        QFile file(device.folder.filePath(QStringLiteral("key")));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    int killCount = 0;
    int changeCount = 0;
    for (int killAt = 1; killAt < killsMax; ++killAt) {
        const Device device;
        QCOMPARE(device.run("write").value_or("killed"), QByteArray("good milk"));
        const QByteArray before = keyOf(device);
        const auto changed = device.run("rekey", killAt);
        QCOMPARE(device.run("read").value_or("killed"), QByteArray("good milk"));
        QCOMPARE(QDir(device.folder.path()).entryList({QStringLiteral("*.next")}), QStringList());
        changeCount += keyOf(device) != before ? 1 : 0;
        if (changed) {
            QCOMPARE(*changed, QByteArray("good"));
            break;
        }
        ++killCount;
    }
    QVERIFY2(killCount >= 8 && killCount < killsMax - 1, QByteArray::number(killCount).constData());
    qInfo("%d kills, %d of them before the change", killCount, killCount + 1 - changeCount);
    QVERIFY2(changeCount > 1 && changeCount < killCount, QByteArray::number(changeCount).constData());
}

QTEST_GUILESS_MAIN(TestKeyKills)
#include "tst_keykills.moc"
