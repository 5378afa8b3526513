// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
//
// Goal: what was acknowledged after a backup was made comes back to the restored server from the devices, once, and so does what they wrote
// meanwhile.
// Method: a server process and two device processes; a backup is made, more is written, and the backup restored under a new
// epoch, or nothing at all; links are cut on the way. Then server and devices must show the same, and counters be exact.

#include "support/eventwait.h"
#include "support/rig.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTest>

#include <algorithm>

using namespace Satchel;
using Test::object;

namespace {

enum class Restored { Backup, Nothing };
enum class Trouble { None, Cuts, LatePhone, Kill, Twice };

/// A command of satchel-server on the rig's store.
bool command(Test::Rig &rig, const QStringList &arguments)
{
    QProcess process;
    process.start(Test::ServerProcess::program(QStringLiteral("satchel-server")), arguments + rig.server().storeArguments());
    const bool isGood = process.waitForFinished(20000) && process.exitCode() == 0;
    if (!isGood) {
        qWarning("%s", process.readAllStandardError().constData());
    }
    return isGood;
}

/// The store is lost; its keyring is not.
bool putBack(Test::Rig &rig, const QString &backups)
{
    for (const char *name : {"server.db", "server.db-wal", "server.db-shm", "server.db.keycheck"}) {
        QFile::remove(rig.server().dataFolder() + QLatin1Char('/') + QLatin1String(name));
    }
    const QStringList made = QDir(backups).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    return made.size() == 1 &&
           command(rig, {QStringLiteral("restore"), QStringLiteral("--from"), backups + QLatin1Char('/') + made.first()});
}

bool write(Test::DeviceProcess &device, const std::string &key, const char *field, Core::Value value)
{
    return device.succeeds(
        object({{"do", "update"}, {"collection", "prefs"}, {"key", key}, {"value", object({{field, std::move(value)}})}}));
}

bool step(Test::DeviceProcess &device, const std::string &key, int by)
{
    return device.succeeds(object({{"do", "increment"}, {"collection", "progress"}, {"key", key}, {"field", "steps"}, {"delta", by}}));
}

/// A round of writes on both devices, of shared documents and own ones. Which fields are counters they know from the server, so that they
/// must have synced before.
bool writeRound(Test::Rig &rig, int round)
{
    bool isDone = true;
    for (std::size_t device = 0; device < 2; ++device) {
        const char *field = device == 0 ? "a" : "b";
        for (int i = 0; i < 20; ++i) {
            isDone = isDone && step(rig.device(device), "shared", 1) && step(rig.device(device), field, round) &&
                     write(rig.device(device), "shared" + std::to_string(i % 5), field, Core::Value(100 * round + i)) &&
                     write(rig.device(device), field + std::to_string(round) + std::to_string(i), "n", Core::Value(i));
        }
    }
    return isDone;
}

bool isDone(Test::DeviceProcess &device)
{
    const auto status = device.call(object({{"do", "status"}}));
    return status && status->find("pending") != nullptr && *status->find("pending") == Core::Value(0);
}

/// Both devices connect anew; one link is cut after so many bytes to the server, the other after so many to the device.
bool cutOnTheWay(Test::Rig &rig, qint64 bytes)
{
    for (std::size_t device = 0; device < 2; ++device) {
        Test::TcpProxy &link = rig.link(device);
        const int before = link.connectionCount();
        link.cutAll();
        link.cutAfterToServer(device == 0 ? bytes : Test::TcpProxy::never);
        link.cutAfterToClient(device == 0 ? Test::TcpProxy::never : bytes);
        const bool isOver = Test::waitUntil(
            [&] {
                Core::ignore(rig.device(device).call(object({{"do", "probe"}})), "only shortens the back-off");
                return link.connectionCount() > before + 1 || isDone(rig.device(device));
            },
            20000);
        link.cutAfterToServer(Test::TcpProxy::never);
        link.cutAfterToClient(Test::TcpProxy::never);
        if (!isOver) {
            return false;
        }
    }
    return true;
}

}  // namespace

class TestRestore : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void restoredServer_getsBackWhatWasAcknowledged_data();
    void restoredServer_getsBackWhatWasAcknowledged();
    void quietDevice_afterItsOwnWrites_isNotBehind();
    void newEpoch_withoutAStore_saysSo();
};

void TestRestore::restoredServer_getsBackWhatWasAcknowledged_data()
{
    QTest::addColumn<Restored>("restored");
    QTest::addColumn<Trouble>("trouble");
    QTest::newRow("backup") << Restored::Backup << Trouble::None;
    QTest::newRow("backup, links cut on the way") << Restored::Backup << Trouble::Cuts;
    QTest::newRow("backup, one device comes later") << Restored::Backup << Trouble::LatePhone;
    QTest::newRow("backup, a device is killed") << Restored::Backup << Trouble::Kill;
    QTest::newRow("backup, restored twice") << Restored::Backup << Trouble::Twice;
    QTest::newRow("empty server") << Restored::Nothing << Trouble::None;
    QTest::newRow("empty server, links cut on the way") << Restored::Nothing << Trouble::Cuts;
}

void TestRestore::restoredServer_getsBackWhatWasAcknowledged()
{
    QFETCH(Restored, restored);
    QFETCH(Trouble, trouble);
    QTemporaryDir folder;
    const QString backup = folder.filePath(QStringLiteral("backup"));
    QFile secret(folder.filePath(QStringLiteral("secret")));
    QVERIFY(secret.open(QIODevice::WriteOnly) && secret.write("6d1f0b9c3e5a7248c1d4f6e8a0b2937516") == 34);
    secret.close();
    Test::Rig rig;
    QVERIFY2(rig.isReady(), rig.log().constData());
    // Tokens outlive the store.
    const QStringList arguments = rig.serverArguments() + QStringList{QStringLiteral("--dev-secret-file"), secret.fileName()};
    QCOMPARE(rig.server().stop(), 0);
    QVERIFY2(rig.server().start(arguments), rig.log().constData());
    rig.addDevice(QStringLiteral("laptop"));
    rig.addDevice(QStringLiteral("phone"));
    QVERIFY2(rig.device(0).start() && rig.device(1).start() && rig.syncAll(), rig.log().constData());

    QVERIFY2(writeRound(rig, 1), rig.log().constData());
    QVERIFY2(rig.syncAll(), rig.log().constData());
    QCOMPARE(rig.server().stop(), 0);
    QVERIFY(command(rig, {QStringLiteral("backup"), QStringLiteral("--backup-folder"), backup}));
    QVERIFY2(rig.server().start(arguments), rig.log().constData());
    QVERIFY(writeRound(rig, 2));
    QVERIFY2(rig.syncAll(), rig.log().constData());
    QVERIFY(write(rig.device(0), "shared0", "a", Core::Value("the last of all")));
    QVERIFY2(rig.device(0).succeeds(object({{"do", "sync"}})), rig.log().constData());
    int rounds = 2;
    for (int restore = 0; restore < (trouble == Trouble::Twice ? 2 : 1); ++restore) {
        QCOMPARE(rig.server().stop(), 0);
        QVERIFY(writeRound(rig, ++rounds));
        if (restored == Restored::Backup) {
            QVERIFY(putBack(rig, backup));
        } else {
            QVERIFY(QDir(rig.server().dataFolder()).removeRecursively());
        }
        if (trouble == Trouble::LatePhone) {
            rig.link(1).setDown();
        }
        QVERIFY2(rig.server().start(arguments), rig.log().constData());
        if (trouble == Trouble::Cuts) {
            for (qint64 bytes = 400; bytes < 40'000; bytes = bytes * 3 / 2) {
                QVERIFY2(cutOnTheWay(rig, bytes), rig.log().constData());
            }
        } else if (trouble == Trouble::LatePhone) {
            QVERIFY2(rig.device(0).succeeds(object({{"do", "sync"}})), rig.log().constData());
            rig.link(1).setUp();
        } else if (trouble == Trouble::Kill) {
            rig.device(0).kill();
            QVERIFY2(rig.device(0).start(), rig.log().constData());
        }
        for (std::size_t device = 0; device < 2; ++device) {
            Core::ignore(rig.device(device).call(object({{"do", "probe"}})), "only shortens the back-off");
        }
        QVERIFY2(rig.syncAll(), rig.log().constData());
    }

    QVERIFY2(rig.isEverywhereEqual(), rig.log().constData());
    const auto shown = rig.device(1).exportAll();
    QVERIFY(shown.has_value());
    QCOMPARE(*shown->at("progress/shared").find("steps"), Core::Value(2 * 20 * rounds));
    QCOMPARE(*shown->at("progress/a").find("steps"), Core::Value(20 * rounds * (rounds + 1) / 2));
    QCOMPARE(*shown->at("progress/b").find("steps"), Core::Value(20 * rounds * (rounds + 1) / 2));
    for (int round = 1; round <= rounds; ++round) {
        for (int i = 0; i < 20; ++i) {
            QVERIFY(shown->contains("prefs/a" + std::to_string(round) + std::to_string(i)));
            QVERIFY(shown->contains("prefs/b" + std::to_string(round) + std::to_string(i)));
        }
    }
    QCOMPARE(*shown->at("prefs/shared1").find("b"), Core::Value(100 * rounds + 16));
}

void TestRestore::quietDevice_afterItsOwnWrites_isNotBehind()
{
    Test::Rig rig;
    QVERIFY2(rig.isReady(), rig.log().constData());
    rig.addDevice(QStringLiteral("laptop"));
    rig.addDevice(QStringLiteral("phone"));
    QVERIFY2(rig.device(0).start() && rig.device(1).start() && rig.syncAll(), rig.log().constData());
    QVERIFY2(writeRound(rig, 1), rig.log().constData());
    QVERIFY2(rig.syncAll(), rig.log().constData());
    QVERIFY(step(rig.device(0), "a", 1));
    QVERIFY2(rig.syncAll(), rig.log().constData());
    const Test::ServerView view(rig.server().url(), rig.server().token(QStringLiteral("operator"), {QStringLiteral("support")}));
    const auto areBothUpToDate = [&view] {
        const auto user = view.user("anna");
        return user && user->devices.size() == 2 && std::ranges::all_of(user->devices, [&user](const Wire::Admin::DeviceSummary &device) {
                   return device.acknowledgedSeq == user->user.head;
               });
    };
    QTRY_VERIFY_WITH_TIMEOUT(areBothUpToDate(), 10000);
}

void TestRestore::newEpoch_withoutAStore_saysSo()
{
    QTemporaryDir folder;
    QProcess process;
    process.start(Test::ServerProcess::program(QStringLiteral("satchel-server")),
                  {QStringLiteral("new-epoch"), QStringLiteral("--data"), folder.path()});
    QVERIFY(process.waitForFinished(20000));
    QCOMPARE(process.exitCode(), 3);
    QVERIFY(process.readAllStandardError().contains("no store"));
    QVERIFY(QDir(folder.path()).isEmpty());
}

QTEST_GUILESS_MAIN(TestRestore)
#include "tst_restore.moc"
