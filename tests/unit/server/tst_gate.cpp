// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: what stands at the server's gate does what it says: heads of requests that two readers could read in two ways (T40), traces by the
// letter of W3C, rates, load, readiness, metrics and their documentation.
// Method: tables over the parts, without a server.

#include "server-stub/net/requesthead.h"
#include "server-stub/ops/gatekeeper.h"
#include "server-stub/ops/health.h"
#include "server-stub/ops/metricspage.h"
#include "server-stub/ops/trace.h"

#include <QFile>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

using namespace Satchel;
using namespace Satchel::Server;
using namespace std::chrono_literals;

class TestGate : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void head_data();
    void head();
    void traceparent_data();
    void traceparent();
    void rate_isKept_andSaysWhenToComeBack();
    void rate_ofManyNames_staysBounded();
    void rate_greaterThanTheBurst_isPaidForAfterwards();
    void load_f28_shedsByPriority_data();
    void load_f28_shedsByPriority();
    void write_isRefusedWithTheTimeToWait();
    void connections_ofOneAddress_areCounted();
    void readiness_namesItsCauses_data();
    void readiness_namesItsCauses();
    void metrics_andTheirDocumentation_nameTheSame();
    void metrics_page_isWellFormed();
};

void TestGate::head_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::addColumn<bool>("isTaken");
    const auto row = [](const char *name, const QByteArray &head, bool isTaken) { QTest::newRow(name) << head << isTaken; };
    const QByteArray get = "GET / HTTP/1.1\r\nHost: a\r\n";
    const QByteArray post = "POST / HTTP/1.1\r\nHost: a\r\n";
    row("plain", get + "\r\n", true);
    row("1.0 without host", "GET / HTTP/1.0\r\n\r\n", true);
    row("empty value", get + "X:\r\n\r\n", true);
    row("white space around the value", get + "X: \t a b \t\r\n\r\n", true);
    row("bytes beyond ASCII in a value", get + "X: \xc3\xa9\r\n\r\n", true);
    row("length", post + "Content-Length: 4\r\n\r\n", true);
    row("chunked", post + "Transfer-Encoding: Chunked\r\n\r\n", true);
    row("T40 CL.TE", post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n", false);
    row("T40 TE.CL", post + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n", false);
    row("T40 TE.TE", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n", false);
    row("T40 TE list", post + "Transfer-Encoding: gzip, chunked\r\n\r\n", false);
    row("T40 TE xchunked", post + "Transfer-Encoding: xchunked\r\n\r\n", false);
    row("T40 TE with a tab",
        post + "Transfer-Encoding:\x0b"
               "chunked\r\n\r\n",
        false);
    row("T40 TE in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", false);
    row("T40 length twice, the same", post + "Content-Length: 4\r\nContent-Length: 4\r\n\r\n", false);
    row("T40 length list", post + "Content-Length: 4, 4\r\n\r\n", false);
    row("T40 length signed", post + "Content-Length: +4\r\n\r\n", false);
    row("T40 length hex", post + "Content-Length: 0x4\r\n\r\n", false);
    row("T40 length empty", post + "Content-Length:\r\n\r\n", false);
    row("T40 length huge", post + "Content-Length: 99999999999999999999\r\n\r\n", false);
    row("T40 space before colon", post + "Content-Length : 4\r\n\r\n", false);
    row("T40 tab before colon", post + "Content-Length\t: 4\r\n\r\n", false);
    row("T40 obs-fold", post + "X: a\r\n Content-Length: 4\r\n\r\n", false);
    row("T40 obs-fold with a tab", post + "X: a\r\n\tb\r\n\r\n", false);
    row("T40 fold before the first header", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", false);
    row("T40 bare LF in the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", false);
    row("T40 bare LF in a header", get + "X: a\nContent-Length: 4\r\n\r\n", false);
    row("T40 bare LF at the end", get + "\n", false);
    row("T40 bare CR", get + "X: a\rContent-Length: 4\r\n\r\n", false);
    row("T40 CR CR LF", get + "X: a\r\r\n\r\n", false);
    row("T40 NUL in a value", get + QByteArray("X: a\0b\r\n\r\n", 10), false);
    row("T40 no colon", get + "X\r\n\r\n", false);
    row("T40 empty name", get + ": a\r\n\r\n", false);
    row("T40 name with a bracket", get + "X[]: a\r\n\r\n", false);
    row("T40 host twice", get + "Host: b\r\n\r\n", false);
    row("T40 no host", "GET / HTTP/1.1\r\n\r\n", false);
    row("T40 host with user", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", false);
    row("T40 host list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", false);
    row("absolute target", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", false);
    row("space in target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", false);
    row("control in target", "GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", false);
    row("version 2", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", false);
    row("version lower case", "GET / http/1.1\r\nHost: a\r\n\r\n", false);
    row("version 1.10", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", false);
    row("two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", false);
    row("0.9", "GET /\r\n", false);
    row("empty line first", "\r\n" + get + "\r\n", false);
}

void TestGate::head()
{
    QFETCH(QByteArray, head);
    QFETCH(bool, isTaken);
    const std::string text = head.toStdString();
    const HeadProgress whole = readHead(text + "POST /next");
    QCOMPARE(whole.end.has_value(), isTaken);
    QCOMPARE(whole.mistake == nullptr, isTaken);
    QVERIFY(!isTaken || *whole.end == text.size());
    // In pieces: nothing is taken before the end, and what is wrong does not become right.
    bool isWrong = false;
    for (std::size_t size = 0; size <= text.size(); ++size) {
        const HeadProgress part = readHead(std::string_view(text).substr(0, size));
        QCOMPARE(part.end.has_value(), isTaken && size == text.size());
        QVERIFY(!isTaken || part.mistake == nullptr);
        QVERIFY(!isWrong || part.mistake != nullptr);
        isWrong = part.mistake != nullptr;
    }
    QCOMPARE(isWrong, !isTaken);
}

void TestGate::traceparent_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<bool>("isTaken");
    const QByteArray trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    const QByteArray parent = "00f067aa0ba902b7";
    const auto row = [](const char *name, const QByteArray &header, bool isTaken) { QTest::newRow(name) << header << isTaken; };
    row("the recommendation's", "00-" + trace + '-' + parent + "-01", true);
    row("unknown flags", "00-" + trace + '-' + parent + "-ff", true);
    row("later version", "cc-" + trace + '-' + parent + "-01", true);
    row("later version with more", "cc-" + trace + '-' + parent + "-01-what-follows", true);
    row("later version run on", "cc-" + trace + '-' + parent + "-01x", false);
    row("version 00 with more", "00-" + trace + '-' + parent + "-01-x", false);
    row("version ff", "ff-" + trace + '-' + parent + "-01", false);
    row("version no hex", "0x-" + trace + '-' + parent + "-01", false);
    row("upper case", "00-" + trace.toUpper() + '-' + parent + "-01", false);
    row("trace of zeros", "00-" + QByteArray(32, '0') + '-' + parent + "-01", false);
    row("parent of zeros", "00-" + trace + '-' + QByteArray(16, '0') + "-01", false);
    row("short", "00-" + trace.chopped(1) + '-' + parent + "-01", false);
    row("no hex", "00-" + trace.chopped(1) + "g-" + parent + "-01", false);
    row("flags no hex", "00-" + trace + '-' + parent + "-0g", false);
    row("spaces", " 00-" + trace + '-' + parent + "-01", false);
    row("empty", "", false);
    row("only dashes", QByteArray(55, '-'), false);
}

void TestGate::traceparent()
{
    QFETCH(QByteArray, header);
    QFETCH(bool, isTaken);
    const auto trace = TraceContext::parse(header.toStdString());
    QCOMPARE(trace.has_value(), isTaken);
    if (trace) {
        SystemRandom random;
        const TraceContext child = trace->child(random);
        QCOMPARE(child.traceId, header.mid(3, 32).toStdString());
        QVERIFY(child.parentId != trace->parentId);
        QCOMPARE(TraceContext::parse(child.header()), std::optional(child));
    }
}

void TestGate::rate_isKept_andSaysWhenToComeBack()
{
    RateLimiter limiter(Rate{10, 20});
    const RateLimiter::Time begin{};
    for (int i = 0; i < 20; ++i) {
        QVERIFY(!limiter.take("a", 1, begin));
    }
    QCOMPARE(limiter.take("a", 1, begin), std::optional(100ms));
    QVERIFY(!limiter.take("b", 1, begin));
    QCOMPARE(limiter.take("a", 5, begin + 100ms), std::optional(400ms));
    QVERIFY(!limiter.take("a", 1, begin + 100ms));
    QVERIFY(limiter.take("a", 1, begin + 100ms));
    QVERIFY(!limiter.take("a", 20, begin + 1h));
    QVERIFY(limiter.take("a", 1, begin + 1h));
    QVERIFY(!RateLimiter(Rate{}).take("a", 1e9, begin));
}

void TestGate::rate_ofManyNames_staysBounded()
{
    RateLimiter limiter(Rate{1, 2});
    const RateLimiter::Time begin{};
    QVERIFY(!limiter.take("spent", 2, begin));
    for (std::size_t i = 0; i < 3 * RateLimiter::bucketsMax; ++i) {
        static_cast<void>(limiter.take("name " + std::to_string(i), 1, begin));
        QVERIFY(limiter.size() <= RateLimiter::bucketsMax);
    }
    // The flood of names has not bought anybody a fresh bucket.
    QVERIFY(limiter.take("spent", 1, begin));
}

void TestGate::rate_greaterThanTheBurst_isPaidForAfterwards()
{
    RateLimiter limiter(Rate{10, 20});
    const RateLimiter::Time begin{};
    QVERIFY(!limiter.take("a", 100, begin));
    QVERIFY(limiter.take("a", 1, begin + 5s));
    QVERIFY(!limiter.take("a", 1, begin + 9s));
}

void TestGate::load_f28_shedsByPriority_data()
{
    QTest::addColumn<double>("pressure");
    QTest::addColumn<QByteArray>("shed");
    QTest::newRow("idle") << 0.0 << QByteArray();
    QTest::newRow("busy") << 0.49 << QByteArray();
    QTest::newRow("admin first") << 0.5 << QByteArray("admin");
    QTest::newRow("then pulls") << 0.7 << QByteArray("admin pull");
    QTest::newRow("then pushes") << 0.9 << QByteArray("admin pull push");
    QTest::newRow("then sessions, never health") << 50.0 << QByteArray("admin pull push auth");
}

void TestGate::load_f28_shedsByPriority()
{
    QFETCH(double, pressure);
    QFETCH(QByteArray, shed);
    Metrics metrics;
    Load load(metrics);
    load.add([] { return 0.0; });
    load.add([pressure] { return pressure; });
    QByteArray found;
    for (const auto &[work, name] : {std::pair(Work::Admin, "admin"), std::pair(Work::Pull, "pull"), std::pair(Work::Push, "push"),
                                     std::pair(Work::Auth, "auth"), std::pair(Work::Health, "health")}) {
        if (const auto error = load.turnAway(work)) {
            found += (found.isEmpty() ? "" : " ") + QByteArray(name);
            QCOMPARE(error->reason, Core::ErrorReason::Overloaded);
            QVERIFY(error->retryAfter >= 1s && error->retryAfter <= 10s);
            QCOMPARE(metrics.shed.value(work), 1U);
        }
    }
    QCOMPARE(found, shed);
}

void TestGate::write_isRefusedWithTheTimeToWait()
{
    Metrics metrics;
    GateSettings settings;
    settings.mutationsPerUser = 1;
    settings.mutationsPerTenant = 2;
    Gatekeeper gate(settings, metrics);
    QVERIFY(!gate.refuseWrite({"t", "a"}, 10));
    QCOMPARE(gate.refuseWrite({"t", "a"}, 1)->reason, Core::ErrorReason::Overloaded);
    QVERIFY(!gate.refuseWrite({"t", "b"}, 10));
    QCOMPARE(gate.refuseWrite({"t", "c"}, 1)->detail, std::string("the tenant writes more than it may"));
    QVERIFY(!gate.refuseWrite({"u", "a"}, 1));
    QCOMPARE(metrics.rateLimited.value(LimitScope::User), 1U);
    QCOMPARE(metrics.rateLimited.value(LimitScope::Tenant), 1U);
    gate.setReadOnly(true);
    const auto refused = gate.refuseWrite({"u", "z"}, 1);
    QCOMPARE(refused->reason, Core::ErrorReason::ServerReadOnly);
    QCOMPARE(refused->code, Core::ErrorCode::Unavailable);
    QVERIFY(refused->retryAfter > 0ms);
}

void TestGate::connections_ofOneAddress_areCounted()
{
    Metrics metrics;
    GateSettings settings;
    settings.connectionsPerAddress = 2;
    Gatekeeper gate(settings, metrics);
    QVERIFY(gate.addConnection("a") && gate.addConnection("a"));
    QVERIFY(!gate.addConnection("a"));
    QVERIFY(gate.addConnection("b"));
    gate.removeConnection("a");
    QVERIFY(gate.addConnection("a"));
    QVERIFY(!gate.addConnection("a"));
}

void TestGate::readiness_namesItsCauses_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<Readiness>("readiness");
    QTest::addColumn<QByteArray>("said");
    Readiness one;
    QTest::newRow("ready") << 200 << one << QByteArray(R"({"status":"ready","causes":[]})");
    one.storeError = Core::unavailable(Core::ErrorReason::StorageIo, "a \"disk\"");
    QTest::newRow("store") << 503 << one
                           << QByteArray(
                                  R"({"status":"unready","causes":[{"cause":"store","detail":"unavailable/STORAGE_IO: a \"disk\""}]})");
    one = {};
    one.hasTokenKeys = false;
    QTest::newRow("token keys") << 503 << one << QByteArray(R"("cause":"token_keys")");
    one = {};
    one.isDraining = true;
    QTest::newRow("draining") << 503 << one << QByteArray(R"("cause":"draining")");
    one = {};
    one.isOverloaded = true;
    QTest::newRow("overload") << 503 << one << QByteArray(R"("cause":"overload")");
    one = {};
    one.isReadOnly = true;
    QTest::newRow("read-only") << 200 << one << QByteArray(R"({"status":"read_only","causes":[{"cause":"read_only")");
    one.isDraining = true;
    QTest::newRow("two") << 503 << one << QByteArray(R"("},{"cause":"read_only")");
}

void TestGate::readiness_namesItsCauses()
{
    QFETCH(int, status);
    QFETCH(Readiness, readiness);
    QFETCH(QByteArray, said);
    const HttpResponse response = readinessResponse(readiness);
    QCOMPARE(response.status, status);
    QVERIFY2(response.body.find(said.toStdString()) != std::string::npos, response.body.c_str());
}

void TestGate::metrics_andTheirDocumentation_nameTheSame()
{
    QSet<QString> exposed;
    const QString page = QString::fromStdString(metricsPage({}, {}));
    for (const QString &line : page.split(u'\n')) {
        const auto match = QRegularExpression(QStringLiteral("^# TYPE (\\S+) ")).match(line);
        if (match.hasMatch()) {
            exposed.insert(match.captured(1));
        }
    }
    QFile file(QStringLiteral(SATCHEL_SOURCE_DIR "/docs/metrics.md"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QSet<QString> documented;
    for (const QString &line : QString::fromUtf8(file.readAll()).split(u'\n')) {
        const auto match = QRegularExpression(QStringLiteral("^\\| `(satchel_[a-z_]+)")).match(line);
        if (match.hasMatch()) {
            documented.insert(match.captured(1));
        }
    }
    QVERIFY(exposed.size() > 20);
    QCOMPARE(QStringList((exposed - documented).values()).join(u' '), QString());
    QCOMPARE(QStringList((documented - exposed).values()).join(u' '), QString());
}

void TestGate::metrics_page_isWellFormed()
{
    Metrics metrics;
    metrics.mutationsRefused.of(Core::ErrorReason::QuotaExceeded).add(3);
    metrics.adminCalls.of(Core::ErrorCode::PermissionDenied).add(2);
    metrics.commitTime.observe(3ms);
    metrics.commitTime.observe(20s);
    Gauges gauges;
    gauges.storeBytes = 4096;
    const QString page = QString::fromStdString(metricsPage(metrics, gauges));
    static const QRegularExpression sample(
        QStringLiteral("^satchel_[a-z_]+(\\{[a-z]+=\"[A-Za-z0-9_.+]+\"\\})? [0-9]+(\\.[0-9]+)?(e[+-][0-9]+)?$"));
    for (const QString &line : page.split(u'\n', Qt::SkipEmptyParts)) {
        QVERIFY2(line.startsWith(u'#') || sample.match(line).hasMatch(), qPrintable(line));
    }
    for (const char *line : {"satchel_mutations_refused_total{reason=\"QUOTA_EXCEEDED\"} 3", "satchel_store_bytes 4096",
                             "satchel_admin_calls_total{outcome=\"permission_denied\"} 2", "satchel_commit_seconds_bucket{le=\"0.0025\"} 0",
                             "satchel_commit_seconds_bucket{le=\"0.005\"} 1", "satchel_commit_seconds_bucket{le=\"5\"} 1",
                             "satchel_commit_seconds_bucket{le=\"+Inf\"} 2", "satchel_commit_seconds_count 2"}) {
        QVERIFY2(page.contains(QLatin1Char('\n') + QString::fromLatin1(line) + QLatin1Char('\n')), line);
    }
}

QTEST_GUILESS_MAIN(TestGate)
#include "tst_gate.moc"
