// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: F5: what a device called durable, and what the server acknowledged as pushed, is there after a power cut, from the very first
// write on.
// Method: `satchel agent` and `satchel-server` with their stores on a file system on a loop device, shut down by ioctl in the middle of
// writing. Needs root and loop devices and says so where it has none. SATCHEL_POWER_CUTS sets the number of cuts of each, 250 in CI;
// SATCHEL_SEED replays.

#include "support/cuttabledisk.h"
#include "support/deviceprocess.h"
#include "support/eventwait.h"
#include "support/serverprocess.h"
#include "support/serverview.h"
#include "wire/codec.h"

#include <QDir>
#include <QFile>
#include <QRandomGenerator>
#include <QTest>
#include <QTimer>

#include <map>
#include <set>

using namespace Satchel;
using namespace Satchel::Test;

namespace {

/// Some longer than a page.
Core::Value valueOf(int number)
{
    return object(
        {{"n", number}, {"text", std::string(static_cast<std::size_t>(20 + number % 40 * 150 * (number % 5 == 0 ? 1 : 0)), 'x')}});
}

/// A device that pushes by polling and knows what was acknowledged.
class Pusher {
public:
    Pusher(QUrl server, QString token)
        : m_url(std::move(server))
        , m_token(std::move(token))
    {
        m_url.setPath(QStringLiteral("/v1/sync"));
        m_hello.device.id.bytes.fill(7);
        m_hello.device.name = "pusher";
    }

    /// Says Hello; the counter that the server has accepted through, or nothing if it does not welcome.
    std::optional<std::uint64_t> open()
    {
        m_hello.lastCounter = m_counter;
        m_hello.settledCounter = acknowledged;
        for (const Wire::ServerFrame &frame : exchange({{}, {m_hello}, {}})) {
            if (const auto *welcome = std::get_if<Wire::Welcome>(&frame)) {
                m_session = welcome->sessionId;
                m_hello.lease = welcome->lease;
                m_hello.policyVersion = welcome->policies ? welcome->policies->version() : m_hello.policyVersion;
                m_time = welcome->serverTime;
                m_counter = welcome->acceptedThrough;
                return m_counter;
            }
        }
        return std::nullopt;
    }

    /// Pushes one document; whether it was acknowledged.
    bool push()
    {
        Core::Mutation mutation;
        mutation.dot = {m_hello.device.id, ++m_counter};
        mutation.stamp = Core::Hlc::fromParts(static_cast<std::uint64_t>(m_time.count()), 0);
        mutation.document = {"rows", "row-" + std::to_string(m_counter)};
        const Core::Value value = valueOf(static_cast<int>(m_counter));
        for (const auto &[name, member] : *value.as<Core::Value::Map>()) {
            mutation.ops.push_back(Core::PutOp{name, member});
        }
        for (const Wire::ServerFrame &frame : exchange({m_session, {Wire::Push{m_counter, {mutation}}}, {}})) {
            if (const auto *pushed = std::get_if<Wire::Pushed>(&frame); pushed != nullptr && pushed->acceptedThrough == m_counter) {
                return true;
            }
        }
        return false;
    }

    [[nodiscard]] std::uint64_t counter() const { return m_counter; }
    std::uint64_t acknowledged = 0;

private:
    std::vector<Wire::ServerFrame> exchange(const Wire::SyncRequest &request) const
    {
        const std::string body = Wire::encode(request, Wire::Compression::None);
        const HttpAnswer answer = post(m_url, QByteArray::fromStdString(body), "application/x-protobuf", m_token);
        const auto response = Wire::decodeSyncResponse(answer.body.toStdString(), {});
        return answer.status == 200 && response ? response->frames : std::vector<Wire::ServerFrame>();
    }

    QUrl m_url;
    QString m_token;
    Wire::Hello m_hello;
    std::string m_session;
    std::chrono::milliseconds m_time{0};
    std::uint64_t m_counter = 0;
};

}  // namespace

class TestPowerCuts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void clientStore_keepsEveryDurableWrite();
    void server_keepsEveryAcknowledgedPush();

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<CuttableDisk> m_disk;
    QRandomGenerator m_random;
};

void TestPowerCuts::initTestCase()
{
    const quint32 seed =
        qEnvironmentVariableIsSet("SATCHEL_SEED") ? qEnvironmentVariable("SATCHEL_SEED").toUInt() : QRandomGenerator::global()->generate();
    qInfo("SATCHEL_SEED=%u", seed);
    m_random.seed(seed);
}

void TestPowerCuts::init()
{
    m_disk.reset();
    m_folder = std::make_unique<QTemporaryDir>();
    m_disk = std::make_unique<CuttableDisk>(m_folder->path());
    if (!m_disk->whyNot().isEmpty()) {
        QSKIP(qPrintable(m_disk->whyNot()));
    }
}

void TestPowerCuts::clientStore_keepsEveryDurableWrite()
{
    DeviceProcess::Options options;
    options.program = ServerProcess::program(QStringLiteral("satchel"));
    options.folder = m_folder->filePath(QStringLiteral("device"));
    options.name = QStringLiteral("device");
    options.user = QStringLiteral("anna");
    options.server = QUrl(QStringLiteral("http://127.0.0.1:9"));
    options.token = QStringLiteral("none");
    // The store alone is on the disk that fails: the app keeps the key.
    QVERIFY(QDir().mkpath(options.folder) && QFile::link(m_disk->path(), options.folder + QStringLiteral("/store")));
    DeviceProcess device(options);

    std::set<int> acknowledged;
    int issued = 0;
    const int rounds = CuttableDisk::rounds(25, 250);
    for (int round = 0; round < rounds; ++round) {
        QVERIFY2(device.start(), device.log().constData());
        const auto shown = device.exportAll();
        QVERIFY2(shown.has_value(), device.log().right(2000).constData());
        QVERIFY(shown.has_value());
        for (int number = 1; number <= issued; ++number) {
            const auto found = shown->find("rows/row-" + std::to_string(number));
            QVERIFY2(found != shown->end() || !acknowledged.contains(number),
                     qPrintable(QStringLiteral("cut %1: durable write %2 is lost").arg(round).arg(number)));
            QVERIFY(found == shown->end() || found->second == valueOf(number));
        }
        const std::size_t wanted = acknowledged.size() + static_cast<std::size_t>(m_random.bounded(1, 60));
        int inFlight = 0;
        bool isCut = false;
        while (acknowledged.size() < wanted) {
            for (; inFlight < 8; ++inFlight) {
                const int number = ++issued;
                device.send(
                    object({{"do", "set"}, {"collection", "rows"}, {"key", "row-" + std::to_string(number)}, {"value", valueOf(number)}}),
                    [&, number](const Core::Value &answer) {
                        --inFlight;
                        // A sync that runs into the shutdown may be answered well by the file system's dead journal; no answer leaves a
                        // machine without power.
                        if (!isCut && answer.find("ok") != nullptr && *answer.find("ok") == Core::Value(true)) {
                            acknowledged.insert(number);
                        }
                    });
            }
            QVERIFY2(waitUntil([&] { return inFlight < 8; }, 20000), device.log().constData());
        }
        isCut = m_disk->cutPower();
        if (!isCut) {
            QSKIP(qPrintable(m_disk->whyNot()));
        }
        device.kill();
        QVERIFY(m_disk->remount());
    }
    qInfo("%d cuts, %zu of %d writes acknowledged", rounds, acknowledged.size(), issued);
}

void TestPowerCuts::server_keepsEveryAcknowledgedPush()
{
    ServerProcess server;
    server.setDataFolder(m_disk->path() + QStringLiteral("/data"));
    QVERIFY2(server.start(), server.log().constData());
    Pusher pusher(server.url(), server.token(QStringLiteral("anna"), {QStringLiteral("user")}));
    const int rounds = CuttableDisk::rounds(25, 250);
    for (int round = 0; round <= rounds; ++round) {
        if (round > 0) {
            QVERIFY2(server.start(), server.log().constData());
        }
        // A token of before the cut still holds: the secret that signed it was durable.
        const auto accepted = pusher.open();
        QVERIFY2(accepted, server.log().constData());
        QVERIFY2(
            *accepted >= pusher.acknowledged,
            qPrintable(
                QStringLiteral("cut %1: accepted through %2, but %3 was acknowledged").arg(round).arg(*accepted).arg(pusher.acknowledged)));
        if (round == rounds) {
            break;
        }
        bool isCut = false;
        const std::uint64_t wanted = pusher.acknowledged + static_cast<std::uint64_t>(m_random.bounded(1, 30));
        while (pusher.push() && !isCut) {
            pusher.acknowledged = pusher.counter();
            if (pusher.acknowledged == wanted) {
                // While the next push is on its way.
                QTimer::singleShot(0, this, [&] { isCut = m_disk->cutPower(); });
            }
        }
        QVERIFY2(isCut, server.log().constData());
        server.kill();
        QVERIFY(m_disk->remount());
    }
    const auto documents =
        ServerView(server.url(), server.token(QStringLiteral("operator"), {QStringLiteral("support")})).documents("anna");
    QVERIFY(documents.has_value());
    QCOMPARE(documents->size(), pusher.counter());
    for (std::uint64_t number = 1; number <= pusher.counter(); ++number) {
        QVERIFY(documents->at("rows/row-" + std::to_string(number)) == valueOf(static_cast<int>(number)));
    }
    qInfo("%d cuts, %zu pushes acknowledged", rounds, static_cast<std::size_t>(pusher.acknowledged));
    server.kill();
}

QTEST_GUILESS_MAIN(TestPowerCuts)
#include "tst_powercuts.moc"
