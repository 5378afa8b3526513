// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: bad peers of every kind cost the server little and devices nothing (T27, T28, T30, T35 to T39, F21, F27), and hostile texts go
// where text goes and nowhere else (T44, T45, T51). Method: many raw sockets against a real server process whose memory is measured while a
// device syncs; floods and hostile texts against a server in this process. SATCHEL_THOROUGH makes it 1,000 peers of each kind.

#include "bench/processusage.h"
#include "serverrig.h"
#include "support/eventwait.h"
#include "support/serverprocess.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpSocket>
#include <QTest>

#include <algorithm>
#include <limits>
#include <optional>
#include <random>

using namespace Satchel;
using namespace Satchel::Test;

namespace {

bool isThorough()
{
    return qEnvironmentVariableIsSet("SATCHEL_THOROUGH");
}

QByteArray upgradeOf(const QString &token)
{
    return "GET /v1/sync HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: satchel.v1\r\nAuthorization: Bearer " +
           token.toUtf8() + "\r\n\r\n";
}

/// A frame of a client, masked with zeros.
QByteArray frameOf(char first, const QByteArray &payload)
{
    QByteArray bytes(1, first);
    if (payload.size() < 126) {
        bytes += static_cast<char>(0x80 | payload.size());
    } else {
        bytes += '\xfe';
        bytes += static_cast<char>(payload.size() >> 8);
        bytes += static_cast<char>(payload.size() & 0xff);
    }
    return bytes + QByteArray(4, '\0') + payload;
}

QByteArray helloFrame(std::uint8_t device)
{
    return frameOf('\x82',
                   QByteArray::fromStdString(Wire::encode(Wire::ClientFrame(WebSocketDevice(device).hello()), Wire::Compression::None)));
}

/// An envelope whose zstd frame holds that many zeros.
QByteArray bombOf(std::size_t bytes)
{
    Wire::Push push;
    Core::Mutation mutation;
    mutation.dot.counter = 1;
    mutation.document = {"notes", "k"};
    mutation.ops.push_back(Core::PutOp{"f", Core::Value(std::string(bytes, '\0'))});
    push.mutations.push_back(std::move(mutation));
    return QByteArray::fromStdString(Wire::encode(Wire::ClientFrame(push), Wire::Compression::Zstd));
}

/// The error that a session has ended with, from all that its WebSocket said behind the answer to the upgrade.
std::optional<Core::Error> endOf(const QByteArray &bytes)
{
    qsizetype at = bytes.indexOf("\r\n\r\n") + 4;
    const auto number = [&](qsizetype from, int count) {
        quint64 value = 0;
        for (qsizetype i = from; i < from + count; ++i) {
            value = value << 8 | static_cast<quint8>(bytes[i]);
        }
        return value;
    };
    while (at >= 4 && at + 10 <= bytes.size()) {
        const auto length = static_cast<quint8>(bytes[at + 1]);
        const qsizetype head = length < 126 ? 2 : length == 126 ? 4 : 10;
        const quint64 size = length < 126 ? length : number(at + 2, length == 126 ? 2 : 8);
        if (bytes.size() - at - head < static_cast<qsizetype>(size)) {
            break;
        }
        const std::string_view message(bytes.constData() + at + head, size);
        const bool isShort = bytes[at] == '\x82' && size < 1024;
        const auto frame = isShort ? Wire::decodeServerFrame(message, Core::Limits{}) : Core::Result<Wire::ServerFrame>();
        if (const auto *end = frame ? std::get_if<Wire::SessionError>(&*frame) : nullptr) {
            return end->error;
        }
        at += head + static_cast<qsizetype>(size);
    }
    return std::nullopt;
}

QStringList naughtyStrings()
{
    QFile file(QStringLiteral(SATCHEL_SHARED_DIR "/data/naughty-strings.json"));
    QStringList out{
        QStringLiteral("'; DROP TABLE users; --"),    QStringLiteral("../../etc/passwd"), QStringLiteral("..\\..\\x"),
        QStringLiteral("a\r\n{\"level\":\"error\"}"), QStringLiteral("\x1b[31mred"),      QString(QChar(0)) + QStringLiteral("x")};
    if (file.open(QIODevice::ReadOnly)) {
        for (const QJsonValue &value : QJsonDocument::fromJson(file.readAll()).array()) {
            out.append(value.toString());
        }
    }
    return out;
}

}  // namespace

class TestAbuse : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { m_server.reset(); }
    void peers_ofAnyBadKind_costLittle_data();
    void peers_ofAnyBadKind_costLittle();
    void flood_ofAnOpenSession_isCut_data();
    void flood_ofAnOpenSession_isCut();
    void message_thatNeverEnds_isCut();
    void f20_peerThatIsGoneWithoutAWord_isCut();
    void f27_deviceThatDoesNotRead_holdsNobodyUp();
    void f27_manyThatDoNotRead_areToldToComeBackLater();
    void t28_contextOfOthers_isRefused_data();
    void t28_contextOfOthers_isRefused();
    void t27_unknownMembers_changeNothing();
    void t36_compressionOfTheWebSocket_isNotTaken();
    void t44_t45_t51_naughtyStrings_areTextEverywhere();

private:
    [[nodiscard]] static bool connectTo(QTcpSocket &socket, const QUrl &server)
    {
        socket.connectToHost(QStringLiteral("127.0.0.1"), static_cast<quint16>(server.port()));
        return socket.waitForConnected(5000);
    }
    /// Frames go behind the answer to the upgrade.
    [[nodiscard]] static bool upgrade(QTcpSocket &socket, const QUrl &server, const QString &token)
    {
        if (!connectTo(socket, server)) {
            return false;
        }
        socket.write(upgradeOf(token));
        return socket.waitForReadyRead(5000) && socket.readAll().startsWith("HTTP/1.1 101");
    }
    std::unique_ptr<ServerProcess> m_server;
    HttpCaller m_http;
};

void TestAbuse::initTestCase()
{
    m_server = std::make_unique<ServerProcess>(ServerProcess::Storage::Ephemeral);
    QVERIFY2(m_server->start({QStringLiteral("--connections-per-address"), QStringLiteral("0")}), m_server->log().constData());
}

void TestAbuse::peers_ofAnyBadKind_costLittle_data()
{
    QTest::addColumn<bool>("isUpgraded");
    QTest::addColumn<QByteArray>("bytes");
    const QByteArray post = "POST /v1/sync HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-protobuf\r\n";
    const auto row = [](const char *name, bool isUpgraded, const QByteArray &bytes) { QTest::newRow(name) << isUpgraded << bytes; };
    row("T39 idle", false, {});
    row("T39 slow head", false, "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ");
    row("T39 slow body", false, post + "Content-Length: 4000\r\n\r\nabc");
    row("T35 large head", false, "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + QByteArray(32 * 1024, 'x'));
    row("T35 large body without a token", false, post + "Content-Length: 1000000\r\n\r\n" + QByteArray(64 * 1024, 'x'));
    row("T35 chunks without a token", false, post + "Transfer-Encoding: chunked\r\n\r\n10000\r\n" + QByteArray(0x10000, 'x'));
    row("idle after the upgrade", true, {});
    row("T35 frame of 2^40 bytes", true,
        "\x82\xff" + QByteArray::fromHex("0000010000000000") + QByteArray(4, '\0') + QByteArray(8192, 'x'));
    row("T35 first message of 64 KiB", true, frameOf('\x82', QByteArray(0xffff, 'x')));
    row("T38 fragments of a byte", true, frameOf('\x02', "x") + frameOf('\0', "x").repeated(4000));
    row("T38 empty fragments", true, frameOf('\x02', "x") + frameOf('\0', {}).repeated(4000));
    row("T38 pings", true, frameOf('\x89', {}).repeated(4000));
    row("T36 bomb", true, frameOf('\x82', bombOf(std::size_t{7} * 1024 * 1024)));
    row("T37 a million of nothing", true,
        frameOf('\x82', QByteArray::fromHex("0aff1f12fc1f") + QByteArray::fromHex("1200").repeated(2046)));
}

void TestAbuse::peers_ofAnyBadKind_costLittle()
{
    QFETCH(bool, isUpgraded);
    QFETCH(QByteArray, bytes);
    const int count = isThorough() ? 1000 : 60;
    if (Bench::raiseFileLimit() < 2 * count + 100) {
        QSKIP("this system lets a process open too few files");
    }
    WebSocketDevice honest(1);
    QVERIFY(honest.open(m_server->url(), m_server->token(QStringLiteral("anna") + QString::fromLatin1(QTest::currentDataTag()))));
    QVERIFY(honest.push({honest.put("notes", "before", {{"f", "x"}})}));
    const qint64 before = Bench::residentBytes(m_server->processId());
    const QString token = m_server->token(QStringLiteral("mallory"));
    std::vector<std::unique_ptr<QTcpSocket>> peers;
    for (int i = 0; i < count; ++i) {
        peers.push_back(std::make_unique<QTcpSocket>());
        peers.back()->setReadBufferSize(1024);
        QVERIFY(isUpgraded ? upgrade(*peers.back(), m_server->url(), token) : connectTo(*peers.back(), m_server->url()));
        peers.back()->write(bytes);
        peers.back()->flush();
        if (i % 20 == 0) {
            QVERIFY(honest.push({honest.put("notes", "during" + std::to_string(i), {{"f", "x"}})}));
        }
    }
    QVERIFY(honest.push({honest.put("notes", "after", {{"f", "x"}})}));
    QCOMPARE(m_http.get(QUrl(m_server->url().toString() + QStringLiteral("/readyz"))).status, 200);
    const qint64 grown = Bench::residentBytes(m_server->processId()) - before;
    const qint64 allowed = qint64(24) * 1024 * 1024 + count * qint64(48) * 1024;
    QVERIFY2(grown <= allowed, qPrintable(QStringLiteral("%1 KiB for %2 peers").arg(grown / 1024).arg(count)));
}

void TestAbuse::flood_ofAnOpenSession_isCut_data()
{
    QTest::addColumn<QByteArray>("once");
    QTest::addColumn<QByteArray>("again");
    QTest::newRow("T38 200,000 fragments of a byte") << frameOf('\x02', "x") << frameOf('\0', "x");
    QTest::newRow("T38 empty fragments") << frameOf('\x02', "x") << frameOf('\0', {});
    QTest::newRow("T38 pings") << QByteArray() << frameOf('\x89', {});
    QTest::newRow("T38 pings within a message") << frameOf('\x02', "x") << frameOf('\x89', "ping");
}

void TestAbuse::flood_ofAnOpenSession_isCut()
{
    QFETCH(QByteArray, once);
    QFETCH(QByteArray, again);
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    QTcpSocket socket;
    QVERIFY(upgrade(socket, rig.url(), rig.token()));
    socket.write(helloFrame(7));
    QTRY_COMPARE(rig.server().sessionCount(), std::size_t(1));
    socket.write(once);
    const QByteArray thousand = again.repeated(1000);
    for (int sent = 0; sent < 1000 && socket.state() == QAbstractSocket::ConnectedState; ++sent) {
        socket.write(thousand);
        if (!waitUntil([&socket] { return socket.bytesToWrite() == 0 || socket.state() != QAbstractSocket::ConnectedState; })) {
            break;
        }
        if (socket.isOpen()) {
            socket.readAll();
        }
    }
    QTRY_COMPARE(rig.server().sessionCount(), std::size_t(0));
    QTRY_VERIFY(socket.state() != QAbstractSocket::ConnectedState);
}

// F21: the first byte of a message came, and then one now and then.
void TestAbuse::message_thatNeverEnds_isCut()
{
    Server::ServerOptions options;
    options.net.bodyTimeout = std::chrono::milliseconds(200);
    ServerRig rig(options);
    QCOMPARE(rig.start(), QString());
    QTcpSocket socket;
    QVERIFY(upgrade(socket, rig.url(), rig.token()));
    socket.write(helloFrame(7));
    QTRY_COMPARE(rig.server().sessionCount(), std::size_t(1));
    socket.write(frameOf('\x02', "x"));
    QTRY_COMPARE(rig.server().sessionCount(), std::size_t(0));
}

// A half-open connection: nothing comes any more, the pongs neither.
void TestAbuse::f20_peerThatIsGoneWithoutAWord_isCut()
{
    Server::ServerOptions options;
    options.net.webSocketTimeout = std::chrono::milliseconds(400);
    ServerRig rig(options);
    QCOMPARE(rig.start(), QString());
    QTcpSocket socket;
    QVERIFY(upgrade(socket, rig.url(), rig.token()));
    socket.write(helloFrame(7));
    QTRY_COMPARE(rig.server().sessionCount(), std::size_t(1));
    QTRY_COMPARE(rig.server().sessionCount(), std::size_t(0));
    QTRY_COMPARE(rig.server().connectionCount(), std::size_t(0));
}

void TestAbuse::f27_deviceThatDoesNotRead_holdsNobodyUp()
{
    const QString token = m_server->token(QStringLiteral("anna"));
    WebSocketDevice writer(1);
    WebSocketDevice reader(2);
    QVERIFY(writer.open(m_server->url(), token));
    QVERIFY(reader.open(m_server->url(), token));
    // The same documents again and again, so that the store is as large before as behind.
    const auto write = [&](int pushes) {
        std::size_t seen = 0;
        for (int i = 0; i < pushes; ++i) {
            const auto changed = writer.put("notes", "k" + std::to_string(i % 20), {{"f", std::string(100'000, 'x')}});
            const auto pushed = writer.push({changed});
            const auto changes = pushed ? reader.await<Wire::Changes>() : std::nullopt;
            if (!changes) {
                return std::size_t{0};
            }
            seen += changes->documents.size();
            reader.send(Wire::Ack{{reader.welcome->epoch, changes->to}});
        }
        return seen;
    };
    const int pushes = isThorough() ? 300 : 40;
    QVERIFY(write(pushes) > 0);
    QTcpSocket slow;
    slow.setReadBufferSize(1024);
    QVERIFY(upgrade(slow, m_server->url(), token));
    slow.write(helloFrame(7));
    QVERIFY(slow.waitForReadyRead(5000));
    const qint64 before = Bench::residentBytes(m_server->processId());
    QVERIFY(write(pushes) >= static_cast<std::size_t>(pushes) - 8);
    const qint64 grown = Bench::residentBytes(m_server->processId()) - before;
    QVERIFY2(grown < qint64(20) * 1024 * 1024, qPrintable(QString::number(grown)));
}

// Each is far within its own bound; together they are not.
void TestAbuse::f27_manyThatDoNotRead_areToldToComeBackLater()
{
    constexpr std::size_t backlogBytesMax = std::size_t{4} * 1024 * 1024;
    Server::ServerOptions options;
    options.net.backlogBytesMax = backlogBytesMax;
    // More than what the system holds of a connection.
    options.session.changesInFlightMax = 64;
    ServerRig rig(options);
    QCOMPARE(rig.start(), QString());
    const auto metric = [&](const QByteArray &name) {
        const QByteArray page = m_http.get(rig.url(QStringLiteral("/metrics"))).body;
        const qsizetype at = page.indexOf("\nsatchel_" + name + ' ') + name.size() + 10;
        return page.mid(at, page.indexOf('\n', at) - at).toULongLong();
    };
    WebSocketDevice honest(1);
    QVERIFY(honest.open(rig.url(), rig.token()));
    std::minstd_rand random(1);
    for (int i = 0; i < 40; ++i) {
        // What no compression makes small.
        std::string text(200'000, ' ');
        std::generate(text.begin(), text.end(), [&] { return static_cast<char>('0' + random() % 64); });
        QVERIFY(honest.push({honest.put("notes", "k" + std::to_string(i), {{"f", text}})}));
    }
    std::vector<std::unique_ptr<QTcpSocket>> slow;
    for (std::uint8_t i = 0; i < 8; ++i) {
        slow.push_back(std::make_unique<QTcpSocket>());
        slow.back()->setReadBufferSize(1024);
        QVERIFY(connectTo(*slow.back(), rig.url()));
        slow.back()->write(upgradeOf(rig.token()) + helloFrame(static_cast<std::uint8_t>(10 + i)));
        slow.back()->flush();
    }
    // Each has 6,000,000 bytes before it, compressed, of which the system holds half.
    QTRY_VERIFY(metric("slow_readers_cut_total") >= 5);
    QVERIFY(metric("backlog_bytes") <= backlogBytesMax + slow.size() * 300'000);
    QVERIFY(honest.push({honest.put("notes", "after", {{"f", "x"}})}));
    // Who reads now reads why, and when to come back.
    int told = 0;
    for (const auto &socket : slow) {
        socket->setReadBufferSize(0);
        QByteArray bytes;
        const auto readAll = [&] {
            bytes += socket->readAll();
            return socket->state() == QAbstractSocket::UnconnectedState || endOf(bytes).has_value();
        };
        if (waitUntil(readAll, 500) && endOf(bytes)) {
            QCOMPARE(endOf(bytes)->code, Core::ErrorCode::Unavailable);
            QCOMPARE(endOf(bytes)->reason, Core::ErrorReason::Overloaded);
            QVERIFY(endOf(bytes)->retryAfter > std::chrono::milliseconds(0));
            ++told;
        }
    }
    QVERIFY(told > 0);
    // Who does not read any more does not keep the server's memory either.
    slow.clear();
    QTRY_COMPARE(metric("backlog_bytes"), 0ULL);
    QVERIFY(honest.isOpen());
}

void TestAbuse::t28_contextOfOthers_isRefused_data()
{
    QTest::addColumn<int>("devices");
    QTest::addColumn<quint64>("counter");
    QTest::newRow("another device's next") << 1 << quint64(1);
    QTest::newRow("a huge counter") << 1 << std::numeric_limits<quint64>::max();
    QTest::newRow("10,000 devices") << 10'000 << quint64(1);
}

void TestAbuse::t28_contextOfOthers_isRefused()
{
    QFETCH(int, devices);
    QFETCH(quint64, counter);
    TwoOnAServer both;
    QCOMPARE(both.start(), QString());
    Core::Mutation mutation = both.a.put("notes", "k", {{"f", "x"}});
    for (int i = 0; i < devices; ++i) {
        Core::DeviceId other{};
        other.bytes[1] = static_cast<std::uint8_t>(i >> 8);
        other.bytes[2] = static_cast<std::uint8_t>(i);
        mutation.context.add({other, counter});
    }
    both.a.send(Wire::Push{1, {mutation}});
    const auto answer = both.a.next();
    QVERIFY(answer);
    const auto *pushed = std::get_if<Wire::Pushed>(&*answer);
    const auto *ended = std::get_if<Wire::SessionError>(&*answer);
    QVERIFY(ended != nullptr || (pushed != nullptr && !pushed->settled.empty() && pushed->settled.front().refusal));
    // A dot of another device is none of this one's.
    WebSocketDevice c(3);
    QVERIFY(c.open(both.rig.url(), both.rig.token()));
    Core::Mutation stolen = c.put("notes", "k", {{"f", "x"}});
    stolen.dot.device = both.b.id;
    c.send(Wire::Push{1, {stolen}});
    const auto refused = c.next();
    QVERIFY(refused);
    const auto *outcome = std::get_if<Wire::Pushed>(&*refused);
    QVERIFY(outcome == nullptr || (!outcome->settled.empty() && outcome->settled.front().refusal));
    WebSocketDevice fresh(4);
    QVERIFY(fresh.open(both.rig.url(), both.rig.token()));
    QCOMPARE(fresh.welcome->head, 0U);
}

// What only the server says (seq, owner, time, role) is no member of what a device sends; what is not known is passed over.
void TestAbuse::t27_unknownMembers_changeNothing()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.open(rig.url(), rig.token()));
    const auto mutation = device.put("notes", "k", {{"f", "x"}});
    std::string frame = Wire::encode(Wire::ClientFrame(Wire::Push{1, {mutation}}), Wire::Compression::None);
    // Behind the frame in its envelope: fields 100 to 115 of every wire type, and "owner" as a text.
    frame += std::string("\xa2\x06\x05owner\xa8\x06\x07\xb1\x06\x01\x02\x03\x04\x05\x06\x07\x08\xbd\x06\x01\x02\x03\x04", 27);
    device.sendBytes(QByteArray::fromStdString(frame));
    QVERIFY(device.await<Wire::Pushed>());
    const QUrl list = rig.url(QStringLiteral("/satchel.v1.Users/List"));
    const QString support = rig.token("op", {"support"});
    for (const char *body : {R"({"tenant":"other"})", R"({"role":"admin"})", R"({"owner":"bob"})"}) {
        QCOMPARE(m_http.post(list, body, "application/json", support).status, 400);
    }
    QVERIFY(m_http.post(list, "{}", "application/json", rig.token("op", {"support"}, "other")).body.indexOf("alice") < 0);
}

void TestAbuse::t36_compressionOfTheWebSocket_isNotTaken()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    QByteArray upgrade = upgradeOf(rig.token());
    upgrade.insert(upgrade.size() - 2, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n");
    const QByteArray answer = HttpCaller::exchange(rig.url(), upgrade, 500);
    QVERIFY(answer.startsWith("HTTP/1.1 101"));
    QVERIFY(!answer.toLower().contains("sec-websocket-extensions"));
}

void TestAbuse::t44_t45_t51_naughtyStrings_areTextEverywhere()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.open(rig.url(), rig.token()));
    QVERIFY(device.push({device.put("notes", "k", {{"f", "x"}})}));
    const QString support = rig.token("op", {"support"});
    const auto call = [this, &rig, &support](const char *method, const QJsonObject &request) {
        return m_http
            .post(rig.url(QString::fromLatin1(method)), QJsonDocument(request).toJson(QJsonDocument::Compact), "application/json", support)
            .status;
    };
    const QStringList texts = naughtyStrings();
    const qsizetype step = isThorough() ? 1 : 25;
    for (qsizetype i = 0; i < texts.size(); i += i < 6 ? 1 : step) {
        const QString &text = texts[i];
        QVERIFY2(QList<int>({200, 400}).contains(call("/satchel.v1.Users/List", {{QStringLiteral("search"), text}})), qPrintable(text));
        QVERIFY2(QList<int>({200, 400, 404}).contains(call("/satchel.v1.Users/Get", {{QStringLiteral("user"), text}})), qPrintable(text));
        QVERIFY2(QList<int>({200, 400, 404})
                     .contains(call("/satchel.v1.State/GetDocument", {{QStringLiteral("user"), QStringLiteral("alice")},
                                                                      {QStringLiteral("collection"), text},
                                                                      {QStringLiteral("key"), text}})),
                 qPrintable(text));
        const QByteArray raw = text.toUtf8().left(1000);
        static_cast<void>(
            HttpCaller::exchange(rig.url(), "GET /" + raw.toPercentEncoding("'\"();<>{}") +
                                                " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Request-Id: x\r\n\r\n"));
    }
    // The store is what it was, and each line of the log is one object with the members that this program writes.
    QCOMPARE(call("/satchel.v1.State/GetDocument", {{QStringLiteral("user"), QStringLiteral("alice")},
                                                    {QStringLiteral("collection"), QStringLiteral("notes")},
                                                    {QStringLiteral("key"), QStringLiteral("k")}}),
             200);
    for (const QByteArray &line : rig.log().split('\n')) {
        QVERIFY2(line.isEmpty() || QJsonDocument::fromJson(line).object().contains(QStringLiteral("event")), line.constData());
        QVERIFY(std::all_of(line.begin(), line.end(), [](char letter) { return letter >= ' ' && letter < 127; }));
    }
}

QTEST_GUILESS_MAIN(TestAbuse)
#include "tst_abuse.moc"
