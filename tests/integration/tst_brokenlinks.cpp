// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
//
// Goal: whatever the network does between real processes, sync goes on where it was and applies everything once.
// Method: device processes behind a proxy that cuts after so many bytes, goes silent, refuses upgrades, flaps; then compare everybody.

#include "support/rig.h"
#include "wire/codec.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QProcess>
#include <QTest>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <random>

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

/// Pushes that many documents to the server, by polling as one more device; false if one is not taken.
bool fill(const QUrl &server, const QString &token, int rowCount)
{
    constexpr int rowsInAPush = 1000;
    QUrl url = server;
    url.setPath(QStringLiteral("/v1/sync"));
    const auto exchange = [&](Wire::SyncRequest request) -> std::optional<Wire::SyncResponse> {
        const std::string body = Wire::encode(request, Wire::Compression::Zstd);
        const Test::HttpAnswer answer = Test::post(url, QByteArray::fromStdString(body), "application/x-protobuf", token);
        auto response = Wire::decodeSyncResponse({answer.body.constData(), static_cast<std::size_t>(answer.body.size())}, {});
        return answer.status == 200 && response ? std::optional(std::move(*response)) : std::nullopt;
    };
    Wire::Hello hello;
    hello.device.id.bytes.fill(7);
    hello.device.name = "filler";
    const auto welcomed = exchange({{}, {hello}, {}});
    const auto *welcome = welcomed && !welcomed->frames.empty() ? std::get_if<Wire::Welcome>(&welcomed->frames.front()) : nullptr;
    if (welcome == nullptr) {
        return false;
    }
    std::mt19937 random(1);
    for (int next = 0; next < rowCount;) {
        Wire::Push push;
        for (int i = 0; i < rowsInAPush && next < rowCount; ++i, ++next) {
            // Text that does not compress to nothing, as real text does not.
            std::string text(60, ' ');
            std::generate(text.begin(), text.end(), [&random] { return static_cast<char>('!' + random() % 90); });
            Core::Mutation mutation;
            mutation.dot = {hello.device.id, static_cast<std::uint64_t>(next) + 1};
            mutation.stamp = Core::Hlc::fromParts(static_cast<std::uint64_t>(welcome->serverTime.count()), 0);
            mutation.document = {"rows", "row-" + std::to_string(next)};
            mutation.ops.push_back(Core::PutOp{"text", Core::Value(text)});
            push.mutations.push_back(std::move(mutation));
        }
        push.pushId = static_cast<std::uint64_t>(next);
        const auto answered = exchange({welcome->sessionId, {std::move(push)}, {}});
        const bool isTaken = answered && std::any_of(answered->frames.begin(), answered->frames.end(), [&](const auto &frame) {
                                 const auto *pushed = std::get_if<Wire::Pushed>(&frame);
                                 return pushed != nullptr && pushed->acceptedThrough == static_cast<std::uint64_t>(next);
                             });
        if (!isTaken) {
            return false;
        }
    }
    return true;
}

/// All documents of a device that does not run, a line each.
QByteArray exported(const QString &folder)
{
    QProcess process;
    const QDir place(folder);
    process.start(Test::ServerProcess::program(QStringLiteral("satchel")),
                  {QStringLiteral("--offline"), QStringLiteral("--user"), QStringLiteral("anna"), QStringLiteral("--store"),
                   place.filePath(QStringLiteral("store")), QStringLiteral("--key-file"), place.filePath(QStringLiteral("key")),
                   QStringLiteral("export")});
    return process.waitForFinished(60000) && process.exitCode() == 0 ? process.readAllStandardOutput() : QByteArray();
}

/// Reads along what WebSockets bring to a client and counts how often each document comes.
class Arrivals {
public:
    void take(int connection, const QByteArray &bytes)
    {
        QByteArray &buffer = m_buffers[connection];
        buffer += bytes;
        if (buffer.startsWith("HTTP/")) {
            const qsizetype headEnd = buffer.indexOf("\r\n\r\n");
            if (headEnd < 0) {
                return;
            }
            buffer.remove(0, headEnd + 4);
        }
        while (takeFrame(buffer)) {}
    }
    [[nodiscard]] std::size_t different() const { return m_counts.size(); }
    [[nodiscard]] int all() const { return m_all; }

private:
    bool takeFrame(QByteArray &buffer)
    {
        const auto byteAt = [&buffer](qsizetype at) { return static_cast<quint8>(buffer.at(at)); };
        if (buffer.size() < 2) {
            return false;
        }
        const int lengthBytes = byteAt(1) == 127 ? 8 : byteAt(1) == 126 ? 2 : 0;
        if (buffer.size() < 2 + lengthBytes) {
            return false;
        }
        quint64 length = lengthBytes == 0 ? byteAt(1) : 0;
        for (int i = 0; i < lengthBytes; ++i) {
            length = length * 256 + byteAt(2 + i);
        }
        if (static_cast<quint64>(buffer.size()) < 2 + static_cast<quint64>(lengthBytes) + length) {
            return false;
        }
        const bool isBinary = (byteAt(0) & 0x0f) == 2;
        const std::string message = buffer.mid(2 + lengthBytes, static_cast<qsizetype>(length)).toStdString();
        buffer.remove(0, 2 + lengthBytes + static_cast<qsizetype>(length));
        const auto frame = isBinary ? Wire::decodeServerFrame(message, {}) : Core::Result<Wire::ServerFrame>(Wire::Probed{});
        Q_ASSERT(frame.has_value());
        if (const auto *changes = std::get_if<Wire::Changes>(&*frame)) {
            for (const Wire::DocumentDelta &delta : changes->documents) {
                ++m_counts[delta.id.key];
                ++m_all;
            }
        }
        return true;
    }

    std::map<int, QByteArray> m_buffers;
    std::map<std::string, int> m_counts;
    int m_all = 0;
};

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
    constexpr int rowCount = 100000;
    Test::Rig rig;
    QVERIFY2(rig.isReady(), rig.log().constData());
    QVERIFY(fill(rig.server().url(), rig.server().token(QStringLiteral("anna")), rowCount));

    Test::DeviceProcess &whole = rig.addDevice(QStringLiteral("whole"));
    QVERIFY2(whole.start() && whole.succeeds(object({{"do", "sync"}})), rig.log().constData());
    const qint64 wholeBytes = rig.link(0).bytesToClient();

    Test::DeviceProcess &interrupted =
        rig.addDevice(QStringLiteral("interrupted"), {QStringLiteral("--carrier"), QStringLiteral("websocket")});
    Arrivals arrivals;
    rig.link(1).setTapToClient([&arrivals](int connection, const QByteArray &bytes) { arrivals.take(connection, bytes); });
    QVERIFY2(interrupted.start(), rig.log().constData());
    constexpr int cutCount = 6;
    int cuts = 0;
    while (cuts < cutCount && rig.link(1).bytesToClient() < wholeBytes * 9 / 10) {
        const qint64 before = rig.link(1).bytesToClient();
        QVERIFY(QTest::qWaitFor([&] { return rig.link(1).bytesToClient() - before > wholeBytes / 8; }, 30000));
        rig.server().kill();
        QVERIFY2(rig.server().start(rig.serverArguments()), rig.log().constData());
        QVERIFY(interrupted.succeeds(object({{"do", "probe"}})));
        ++cuts;
    }
    QVERIFY(whole.succeeds(object({{"do", "probe"}})));
    QVERIFY2(rig.syncAll(), rig.log().constData());
    QVERIFY(whole.quit() && interrupted.quit());
    const QByteArray all = exported(rig.folderOf(QStringLiteral("whole")));
    QCOMPARE(all.count('\n'), rowCount);
    QVERIFY(all == exported(rig.folderOf(QStringLiteral("interrupted"))));
    const double ratio = static_cast<double>(rig.link(1).bytesToClient()) / static_cast<double>(wholeBytes);
    qInfo("%d cuts, %.3f of the bytes of an uninterrupted sync, %d documents for %zu", cuts, ratio, arrivals.all(), arrivals.different());
    QVERIFY(cuts >= 5);
    QVERIFY2(ratio <= 1.1, QByteArray::number(ratio).constData());
    QCOMPARE(arrivals.different(), std::size_t{rowCount});
    QVERIFY2(arrivals.all() <= rowCount + rowCount / 10, QByteArray::number(arrivals.all()).constData());
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
