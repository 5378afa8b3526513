// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
//
// Goal: whatever the network does between real processes, sync goes on where it was and applies everything once.
// Method: device processes behind a proxy that cuts after so many bytes, goes silent, refuses upgrades, flaps; then compare everybody.

#include "support/rig.h"

#include <QDir>
#include <QDirIterator>
#include <QElapsedTimer>
#include <QFile>
#include <QTest>

#include <functional>
#include <optional>

using namespace Satchel;
using Test::object;

namespace {

Core::Value increment()
{
    return object({{"do", "increment"}, {"collection", "progress"}, {"key", "walk"}, {"field", "steps"}, {"delta", 1}});
}

Core::Value status(Test::DeviceProcess &device)
{
    return device.call(object({{"do", "status"}})).value_or(object({}));
}

std::int64_t pendingOf(Test::DeviceProcess &device)
{
    const Core::Value all = status(device);
    const auto *pending = all.find("pending") != nullptr ? all.find("pending")->as<std::int64_t>() : nullptr;
    return pending != nullptr ? *pending : -1;
}

std::int64_t steps(Test::DeviceProcess &device)
{
    const auto answer = device.call(object({{"do", "get"}, {"collection", "progress"}, {"key", "walk"}}));
    const Core::Value *value = answer ? answer->find("value") : nullptr;
    const Core::Value *field = value != nullptr ? value->find("steps") : nullptr;
    return field != nullptr ? *field->as<std::int64_t>() : -1;
}

bool writeRows(Test::DeviceProcess &device, int count)
{
    int answered = 0;
    for (int i = 0; i < count; ++i) {
        device.send(object({{"do", "set"},
                            {"collection", "rows"},
                            {"key", "row-" + std::to_string(i)},
                            {"value", object({{"text", std::string(100, static_cast<char>('a' + i % 26))}, {"n", i}})}}),
                    [&answered](const Core::Value &) { ++answered; });
    }
    return QTest::qWaitFor([&] { return answered == count; }, 60000);
}

bool copyFolder(const QString &from, const QString &to)
{
    QDirIterator files(from, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        const QString path = files.next();
        const QString target = QDir(to).filePath(QDir(from).relativeFilePath(path));
        if (!QDir().mkpath(QFileInfo(target).path()) || !QFile::copy(path, target)) {
            return false;
        }
    }
    return true;
}

}  // namespace

class TestBrokenLinks : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void answers_cutAtEveryLength_incrementsCountOnce_data() { addCarriers(); }
    void answers_cutAtEveryLength_incrementsCountOnce();
    void pushes_cutAtEveryLength_incrementsCountOnce_data() { addCarriers(); }
    void pushes_cutAtEveryLength_incrementsCountOnce();
    void answer_droppedAndDeviceKilled_isAppliedOnce();
    void upgrades_blocked_fallsBackToPollingAndReturns();
    void link_flapping_connectsWithinBoundsAndFinishes();
    void firstSync_interruptedOften_resumesWhereItWas();
    void store_copied_bothCopiesGoOnAndNothingIsDoubled();

private:
    /// Breaks the link after some bytes, more with every number; nothing: never again.
    using Cutter = std::function<void(Test::TcpProxy &link, std::optional<int> number)>;
    static void countOverCuts(const Cutter &cut);
    static void addCarriers();
};

void TestBrokenLinks::addCarriers()
{
    QTest::addColumn<QString>("carrier");
    QTest::newRow("WebSocket") << QStringLiteral("websocket");
    QTest::newRow("polling") << QStringLiteral("polling");
}

/// Increments as often as the link is cut, each time a little later, and counts at the end.
void TestBrokenLinks::countOverCuts(const Cutter &cut)
{
    QFETCH(QString, carrier);
    Test::Rig rig;
    QVERIFY2(rig.isReady(), rig.log().constData());
    Test::DeviceProcess &device = rig.addDevice(QStringLiteral("device"), {QStringLiteral("--carrier"), carrier});
    QVERIFY2(device.start(), rig.log().constData());
    QVERIFY2(rig.syncAll(), rig.log().constData());
    constexpr int cutCount = 150;
    for (int number = 0; number < cutCount; ++number) {
        cut(rig.link(0), number);
        QVERIFY2(device.succeeds(increment()), rig.log().constData());
        QVERIFY(device.succeeds(object({{"do", "probe"}})));
        if (number % 10 == 9) {
            cut(rig.link(0), std::nullopt);
            // Its back-off has grown to a minute; the network says that it is back.
            QVERIFY(device.succeeds(object({{"do", "probe"}})));
            QTRY_COMPARE_WITH_TIMEOUT(pendingOf(device), 0, 20000);
        }
    }
    cut(rig.link(0), std::nullopt);
    QVERIFY2(rig.syncAll(), rig.log().constData());
    QCOMPARE(steps(device), cutCount);
    QVERIFY2(rig.isEverywhereEqual(), rig.log().constData());
}

// F2, F19 towards the device: the server has committed, the answer does not arrive whole.
void TestBrokenLinks::answers_cutAtEveryLength_incrementsCountOnce()
{
    countOverCuts(
        [](Test::TcpProxy &link, std::optional<int> number) { link.cutAfterToClient(number ? 1 + *number * 5 : Test::TcpProxy::never); });
}

// F2, F19 towards the server: the push does not arrive whole.
void TestBrokenLinks::pushes_cutAtEveryLength_incrementsCountOnce()
{
    countOverCuts(
        [](Test::TcpProxy &link, std::optional<int> number) { link.cutAfterToServer(number ? 1 + *number * 7 : Test::TcpProxy::never); });
}

// F2: the server has applied the push, the device never hears of it and dies; it asks again when it lives again.
void TestBrokenLinks::answer_droppedAndDeviceKilled_isAppliedOnce()
{
    Test::Rig rig;
    QVERIFY2(rig.isReady(), rig.log().constData());
    Test::DeviceProcess &device = rig.addDevice(QStringLiteral("device"));
    QVERIFY2(device.start() && rig.syncAll(), rig.log().constData());
    const Test::ServerView view(rig.server().url(), rig.server().token(QStringLiteral("operator"), {QStringLiteral("support")}));
    const auto head = [&view] {
        const auto user = view.user("anna");
        return user ? user->user.head : 0;
    };
    constexpr int roundCount = 20;
    for (int round = 1; round <= roundCount; ++round) {
        const std::uint64_t before = head();
        rig.link(0).setSilentToClient(true);
        QVERIFY2(device.succeeds(increment()), rig.log().constData());
        QTRY_VERIFY_WITH_TIMEOUT(head() > before, 20000);
        QVERIFY(pendingOf(device) > 0);
        device.kill();
        rig.link(0).cutAll();
        rig.link(0).setSilentToClient(false);
        QVERIFY2(device.start() && rig.syncAll(), rig.log().constData());
        QCOMPARE(pendingOf(device), 0);
        QCOMPARE(steps(device), round);
        QCOMPARE(head(), before + 1);
    }
    QVERIFY2(rig.isEverywhereEqual(), rig.log().constData());
}

// F24
void TestBrokenLinks::upgrades_blocked_fallsBackToPollingAndReturns()
{
    Test::Rig rig;
    QVERIFY2(rig.isReady(), rig.log().constData());
    Test::DeviceProcess &device = rig.addDevice(QStringLiteral("device"));
    QVERIFY2(device.start() && rig.syncAll(), rig.log().constData());
    rig.link(0).setUpgradesBlocked(true);
    rig.link(0).cutAll();
    QVERIFY2(device.succeeds(increment()), rig.log().constData());
    QVERIFY2(rig.syncAll(), rig.log().constData());
    QCOMPARE(Test::textOf(status(device), "carrier"), "Polling");
    rig.link(0).setUpgradesBlocked(false);
    QVERIFY(device.succeeds(object({{"do", "probe"}})));
    QTRY_COMPARE_WITH_TIMEOUT(Test::textOf(status(device), "carrier"), "WebSocket", 20000);
    QVERIFY2(device.succeeds(increment()), rig.log().constData());
    QVERIFY2(rig.syncAll(), rig.log().constData());
    QCOMPARE(steps(device), 2);
}

// F23, shortened: the engine's own tests run ten minutes of it in virtual time.
void TestBrokenLinks::link_flapping_connectsWithinBoundsAndFinishes()
{
    Test::Rig rig;
    QVERIFY2(rig.isReady(), rig.log().constData());
    Test::DeviceProcess &device = rig.addDevice(QStringLiteral("device"));
    QVERIFY2(device.start(), rig.log().constData());
    QVERIFY2(rig.syncAll(), rig.log().constData());
    const int before = rig.link(0).connectionCount();
    constexpr int flapCount = 8;
    for (int flap = 0; flap < flapCount; ++flap) {
        QVERIFY2(device.succeeds(increment()), rig.log().constData());
        rig.link(0).cutAll();
        QTRY_VERIFY_WITH_TIMEOUT(rig.link(0).connectionCount() > before + flap, 70000);
    }
    QVERIFY2(rig.syncAll(), rig.log().constData());
    QCOMPARE(steps(device), flapCount);
    // An attempt may be a WebSocket upgrade, then polls: a handful of connections for each flap, not a storm.
    QVERIFY2(rig.link(0).connectionCount() - before <= flapCount * 6,
             QByteArray::number(rig.link(0).connectionCount() - before).constData());
}

// F25
void TestBrokenLinks::firstSync_interruptedOften_resumesWhereItWas()
{
    constexpr int rowCount = 10000;
    Test::Rig rig;
    QVERIFY2(rig.isReady(), rig.log().constData());
    Test::DeviceProcess &writer = rig.addDevice(QStringLiteral("writer"));
    QVERIFY2(writer.start() && writeRows(writer, rowCount), rig.log().constData());
    QVERIFY2(rig.syncAll(), rig.log().constData());

    Test::DeviceProcess &whole = rig.addDevice(QStringLiteral("whole"));
    QVERIFY2(whole.start() && whole.succeeds(object({{"do", "sync"}})), rig.log().constData());
    const qint64 wholeBytes = rig.link(1).bytesToClient();

    Test::DeviceProcess &interrupted = rig.addDevice(QStringLiteral("interrupted"));
    QVERIFY2(interrupted.start(), rig.log().constData());
    constexpr int cutCount = 6;
    int cuts = 0;
    while (cuts < cutCount && rig.link(2).bytesToClient() < wholeBytes * 9 / 10) {
        const qint64 before = rig.link(2).bytesToClient();
        QVERIFY(QTest::qWaitFor([&] { return rig.link(2).bytesToClient() - before > wholeBytes / 8; }, 30000));
        rig.server().kill();
        QVERIFY2(rig.server().start(rig.serverArguments()), rig.log().constData());
        QVERIFY(interrupted.succeeds(object({{"do", "probe"}})));
        ++cuts;
    }
    QVERIFY(writer.succeeds(object({{"do", "probe"}})) && whole.succeeds(object({{"do", "probe"}})));
    QVERIFY2(rig.syncAll(), rig.log().constData());
    QVERIFY2(rig.isEverywhereEqual(), rig.log().constData());
    const double ratio = static_cast<double>(rig.link(2).bytesToClient()) / static_cast<double>(wholeBytes);
    qInfo("%d cuts, %.2f of the bytes of an uninterrupted sync", cuts, ratio);
    QVERIFY(cuts >= 3);
    // What was on its way when the link was cut is sent again: at most the frames in flight, for each cut.
    QVERIFY2(ratio <= 1.0 + 0.1 * cuts, QByteArray::number(ratio).constData());
}

// F30
void TestBrokenLinks::store_copied_bothCopiesGoOnAndNothingIsDoubled()
{
    Test::Rig rig;
    QVERIFY2(rig.isReady(), rig.log().constData());
    Test::DeviceProcess &original = rig.addDevice(QStringLiteral("original"));
    QVERIFY2(original.start() && rig.syncAll(), rig.log().constData());
    QVERIFY2(original.succeeds(increment()), rig.log().constData());
    QVERIFY2(rig.syncAll(), rig.log().constData());
    rig.link(0).setDown();
    constexpr int sharedPending = 5;
    for (int i = 0; i < sharedPending; ++i) {
        QVERIFY2(original.succeeds(increment()), rig.log().constData());
    }
    QVERIFY(original.quit());
    QVERIFY(copyFolder(rig.folderOf(QStringLiteral("original")), rig.folderOf(QStringLiteral("copy"))));
    rig.link(0).setUp();
    Test::DeviceProcess &copy = rig.addDevice(QStringLiteral("copy"));
    QVERIFY2(original.start() && copy.start(), rig.log().constData());
    for (int i = 0; i < 10; ++i) {
        QVERIFY2(original.succeeds(increment()) && copy.succeeds(increment()), rig.log().constData());
    }
    QVERIFY2(rig.syncAll(), rig.log().constData());
    QCOMPARE(steps(original), 1 + sharedPending + 20);
    QVERIFY2(rig.isEverywhereEqual(), rig.log().constData());
    QVERIFY(Test::textOf(status(original), "device") != Test::textOf(status(copy), "device"));
}

QTEST_GUILESS_MAIN(TestBrokenLinks)
#include "tst_brokenlinks.moc"
