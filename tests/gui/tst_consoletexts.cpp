// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: what the console says in words is right, and text of unknown origin is shown as what it is. Method: rows of input and sentence.
#include "gui/fakebackend.h"
#include "gui/guimain.h"

#include "app/adminbackend.h"
#include "app/commandline.h"
#include "tools/state/provenance.h"
#include "tools/users/health.h"
#include "tools/users/usersmodel.h"
#include "widgets/errortext.h"
#include "widgets/timetext.h"
#include "widgets/valuetext.h"
#include "widgets/visibletext.h"

#include <QApplication>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <limits>

using namespace Satchel;
using namespace Satchel::Console;
using namespace std::chrono_literals;
using Core::Value;

namespace {

/// Contrast of two colours as WCAG 2 defines it.
double contrast(const QColor &a, const QColor &b)
{
    const auto channel = [](double c) { return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    const auto luminance = [&](const QColor &c) {
        return 0.2126 * channel(c.redF()) + 0.7152 * channel(c.greenF()) + 0.0722 * channel(c.blueF());
    };
    const double x = luminance(a);
    const double y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

}  // namespace

class TestConsoleTexts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void visibleLine_data();
    void visibleLine();
    void toolTip_isNeverMarkup();
    void relativeTimes_data();
    void relativeTimes();
    void values_data();
    void values();
    void health_data();
    void health();
    void choice_saysWhoAndWhy();
    void errors_sayWhatToDo();
    void initials_data();
    void initials();
    void themes_haveReadableContrast();
    void commandLine_isChecked();
    void claims_areRead();
};

void TestConsoleTexts::visibleLine_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("shown");
    QTest::newRow("plain") << QStringLiteral("Ada Lovelace") << QStringLiteral("Ada Lovelace");
    QTest::newRow("markup") << QStringLiteral("<b>x</b>") << QStringLiteral("<b>x</b>");
    QTest::newRow("lines") << QStringLiteral("a\nb\tc") << QStringLiteral("a↵b⇥c");
    QTest::newRow("zero") << QString(QChar(0)) << QStringLiteral("⟨0000⟩");
    QTest::newRow("right to left override") << QString(u'a' + QString(QChar(0x202e)) + u'b') << QStringLiteral("a⟨202E⟩b");
    QTest::newRow("zero width") << QString(QStringLiteral("a") + QChar(0x200b) + u'b') << QStringLiteral("a⟨200B⟩b");
    QTest::newRow("lone surrogate") << QString(QChar(0xd800)) << QStringLiteral("⟨D800⟩");
    QTest::newRow("emoji") << QStringLiteral("👩‍💻") << QStringLiteral("👩⟨200D⟩💻");
    QTest::newRow("arabic") << QStringLiteral("مرحبا") << QStringLiteral("مرحبا");
    QTest::newRow("long") << QString(500, u'x') << QString(400, u'x') + QStringLiteral("…");
}

void TestConsoleTexts::visibleLine()
{
    QFETCH(const QString, text);
    QTEST(Console::visibleLine(text), "shown");
}

void TestConsoleTexts::toolTip_isNeverMarkup()
{
    const QString tip = plainToolTip(QStringLiteral("<img src=http://example.org/x.png>"));
    QVERIFY(!tip.contains(QStringLiteral("<img")));
    QVERIFY(tip.contains(QStringLiteral("&lt;img")));
    QVERIFY(plainToolTip({}).isEmpty());
}

void TestConsoleTexts::relativeTimes_data()
{
    QTest::addColumn<qint64>("ago");
    QTest::addColumn<QString>("text");
    const auto row = [](const char *name, std::chrono::milliseconds ago, const char *text) {
        QTest::newRow(name) << qint64(ago.count()) << QString::fromUtf8(text);
    };
    row("now", 2s, "just now");
    row("seconds", 42s, "42 s ago");
    row("minutes", 59min + 59s, "59 min ago");
    row("hours", 47h, "47 h ago");
    row("days", 48h, "2 days ago");
    row("date", std::chrono::days(40), "15 Oct 2026");
    row("never", Test::fakeNow, "never");
    row("ahead", -10min, "in 10 min");
}

void TestConsoleTexts::relativeTimes()
{
    QFETCH(const qint64, ago);
    QTEST(relativeTime(Test::fakeNow - std::chrono::milliseconds(ago), Test::fakeNow), "text");
}

void TestConsoleTexts::values_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *name, const std::optional<Value> &value, const char *text) {
        QTest::newRow(name) << valueLine(value) << QString::fromUtf8(text);
    };
    row("removed", std::nullopt, "removed");
    row("null", Value(), "null");
    row("yes", Value(true), "true");
    row("whole number", Value(std::int64_t{9'007'199'254'740'993}), "9007199254740993");
    row("number that is whole", Value(1.0), "1.0");
    row("number", Value(0.1), "0.1");
    row("not a number", Value(std::nan("")), "NaN");
    row("infinite", Value(-std::numeric_limits<double>::infinity()), "-∞");
    row("number as text", Value("1"), "\"1\"");
    row("list", Value(Value::List{Value(1), Value(2)}), "list of 2");
    row("map", *Value::map({}), "empty map");
    row("bytes", Value(Core::Bytes{"\x01\x02"}), "2 bytes  01 02");
    row("time", Value(Core::Timestamp{Test::fakeNow.count()}), "Tue 24 Nov 2026, 14:02:11.000 UTC");
}

void TestConsoleTexts::values()
{
    QFETCH(const QString, line);
    QTEST(line, "expected");
    const Value nested = *Value::map({{"a", Value(Value::List{Value(1), Value("two")})}, {"b", *Value::map({})}});
    QCOMPARE(valueBlock(nested), QStringLiteral("{\n  \"a\": [\n    1,\n    \"two\"\n  ],\n  \"b\": {}\n}"));
    QVERIFY(valueBlock(Value(std::string(300'000, 'x'))).size() < 70'000);
}

void TestConsoleTexts::health_data()
{
    QTest::addColumn<QString>("sentence");
    QTest::addColumn<int>("tone");
    QTest::addColumn<QString>("expected");
    QTest::addColumn<int>("expectedTone");
    const auto row = [](const char *name, const Wire::Admin::UsersGetResponse &user, Tone tone, const char *text) {
        const Health health = healthOf(user, Test::fakeNow);
        QTest::newRow(name) << health.sentence << static_cast<int>(health.tone) << QString::fromUtf8(text) << static_cast<int>(tone);
    };
    Wire::Admin::UsersGetResponse user;
    row("no device", user, Tone::Warning, "No device has synced yet.");
    Wire::Admin::DeviceSummary device;
    device.name = "Pixel 8";
    device.lastSeen = Test::fakeNow - 5min;
    device.acknowledgedSeq = 10;
    user.user.head = 10;
    user.devices = {device};
    row("one in sync", user, Tone::Good, "Pixel 8 is in sync; last contact 5 min ago.");
    user.devices.push_back(device);
    row("two in sync", user, Tone::Good, "Both devices are in sync; last contact 5 min ago.");
    user.devices[1].acknowledgedSeq = 9;
    row("one behind", user, Tone::Warning, "Pixel 8 is 1 change behind; it last synced 5 min ago.");
    user.devices[1].isOnline = true;
    row("catching up", user, Tone::Good, "Pixel 8 is online and catching up, 1 change to go.");
    user.devices[1].isOnline = false;
    user.devices[1].lastSeen = Test::fakeNow - std::chrono::days(20);
    row("silent", user, Tone::Danger, "Pixel 8 is 1 change behind and has been silent since 20 days ago.");
    user.devices[1].isRevoked = true;
    user.user.openConflictCount = 1;
    row("conflict", user, Tone::Warning, "Pixel 8 is in sync; last contact 5 min ago. 1 conflict waits for a decision.");
    user.devices[0].isRevoked = true;
    user.user.openConflictCount = 0;
    row("all revoked", user, Tone::Warning, "Every device is revoked, so nothing syncs.");
}

void TestConsoleTexts::health()
{
    QFETCH(const QString, sentence);
    QFETCH(const int, tone);
    QTEST(sentence, "expected");
    QTEST(tone, "expectedTone");
}

void TestConsoleTexts::choice_saysWhoAndWhy()
{
    Wire::Admin::SiblingView a;
    a.deviceName = "Phone";
    a.written = Test::fakeNow;
    a.received = Test::fakeNow + 3s;
    Wire::Admin::SiblingView b = a;
    b.deviceName = "Laptop";
    b.written = Test::fakeNow - 2s;
    QVERIFY(choiceSentence(Core::ConflictRule::Merge, {a, b})
                .startsWith(QStringLiteral("A won: Phone wrote 2 s after Laptop, by their clocks.")));
    b.written = a.written;
    QVERIFY(choiceSentence(Core::ConflictRule::Manual, {a, b}).contains(QStringLiteral("at the same time")));
    QCOMPARE(delayText(a), QStringLiteral("3 s later"));
    a.received = Test::fakeNow - 90s;
    QCOMPARE(delayText(a), QStringLiteral("writer's clock 1 min ahead"));
    a.received = 0ms;
    QCOMPARE(delayText(a), QStringLiteral("no longer in the log"));
}

void TestConsoleTexts::errors_sayWhatToDo()
{
    using Kind = ErrorText::Kind;
    for (int code = 1; code <= 16; ++code) {
        const ErrorText text = describeError(Core::makeError(static_cast<Core::ErrorCode>(code), Core::ErrorReason::None, "<b>detail</b>"));
        QVERIFY(!text.title.isEmpty());
        QVERIFY(!text.hint.isEmpty());
        QVERIFY(text.technical.contains(QStringLiteral("<b>detail</b>")));
    }
    QCOMPARE(describeError(Core::makeError(Core::ErrorCode::PermissionDenied, Core::ErrorReason::RoleMissing, {})).kind, Kind::Refused);
    QCOMPARE(describeError(Core::makeError(Core::ErrorCode::Unauthenticated, Core::ErrorReason::TokenExpired, {})).kind, Kind::SignedOut);
    QCOMPARE(describeError(Core::unavailable(Core::ErrorReason::NotSatchelServer, {})).kind, Kind::Unreachable);
    QCOMPARE(describeError(Core::makeError(Core::ErrorCode::DeadlineExceeded, Core::ErrorReason::NetworkTimeout, {})).kind,
             Kind::Unreachable);
}

void TestConsoleTexts::initials_data()
{
    QTest::addColumn<QString>("user");
    QTest::addColumn<QString>("expected");
    QTest::newRow("two words") << QStringLiteral("ada.lovelace@example.org") << QStringLiteral("AL");
    QTest::newRow("one word") << QStringLiteral("bob") << QStringLiteral("B");
    QTest::newRow("number") << QStringLiteral("user-42@x") << QStringLiteral("U4");
    QTest::newRow("nothing") << QStringLiteral("!!") << QStringLiteral("?");
}

void TestConsoleTexts::initials()
{
    QFETCH(const QString, user);
    QTEST(initialsOf(user), "expected");
}

void TestConsoleTexts::themes_haveReadableContrast()
{
    for (const Tokens *tokens : {&Tokens::light(), &Tokens::dark()}) {
        for (const QColor &background : {tokens->window, tokens->surface, tokens->raised, tokens->accentSoft, tokens->hover}) {
            QVERIFY2(contrast(tokens->text, background) >= 7.0, qPrintable(background.name()));
            QVERIFY2(contrast(tokens->muted, background) >= 4.5, qPrintable(background.name()));
        }
        for (const Tone tone : {Tone::Muted, Tone::Accent, Tone::Good, Tone::Warning, Tone::Danger}) {
            QVERIFY2(contrast(tokens->ink(tone), tokens->fill(tone)) >= 4.5, qPrintable(tokens->ink(tone).name()));
            QVERIFY2(contrast(tokens->ink(tone), tokens->surface) >= 4.5, qPrintable(tokens->ink(tone).name()));
        }
        QVERIFY(contrast(tokens->onAccent, tokens->accent) >= 4.5);
        QVERIFY(contrast(tokens->railText, tokens->rail) >= 4.5);
        QVERIFY(contrast(tokens->railActiveText, tokens->railActive) >= 4.5);
    }
}

void TestConsoleTexts::commandLine_isChecked()
{
    const auto parse = [](QStringList arguments) {
        arguments.prepend(QStringLiteral("satchel-console"));
        return parseCommandLine(arguments);
    };
    const auto good = parse({QStringLiteral("--server"), QStringLiteral("localhost:8080"), QStringLiteral("--dev-token"),
                             QStringLiteral("--tool"), QStringLiteral("conflicts")});
    QVERIFY(good && good->connection);
    QCOMPARE(good->connection->tenant, QStringLiteral("default"));
    QCOMPARE(good->tool, QStringLiteral("conflicts"));
    QVERIFY(!parse({QStringLiteral("--server"), QStringLiteral("localhost:8080")}));
    QVERIFY(!parse({QStringLiteral("--dev-token")}));
    QVERIFY(!parse({QStringLiteral("--server"), QStringLiteral("http://example.org"), QStringLiteral("--dev-token")}));
    QVERIFY(!parse({QStringLiteral("--nonsense")}));
    QVERIFY(parse({}) && !parse({})->connection);
    QVERIFY(parse({QStringLiteral("--help")})->printed.contains(QStringLiteral("--screenshot")));
    QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("token")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(" a.b.c\n");
    file.close();
    const auto withFile =
        parse({QStringLiteral("--server"), QStringLiteral("https://example.org"), QStringLiteral("--token-file"), file.fileName()});
    QVERIFY(withFile && withFile->connection);
    QCOMPARE(withFile->connection->token, QByteArray("a.b.c"));
    QVERIFY(!parse({QStringLiteral("--server"), QStringLiteral("https://example.org"), QStringLiteral("--token-file"),
                    folder.filePath(QStringLiteral("none"))}));
}

void TestConsoleTexts::claims_areRead()
{
    const QByteArray payload =
        QByteArray(R"({"sub":"grace","tenant":"navy"})").toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
    const SignedIn who = readClaims("h." + payload + ".s");
    QCOMPARE(who.operatorId, QStringLiteral("grace"));
    QCOMPARE(who.tenant, QStringLiteral("navy"));
    QVERIFY(readClaims("nonsense").operatorId.isEmpty());
    QVERIFY(readClaims("a.!!.c").operatorId.isEmpty());
}

int main(int argc, char **argv)
{
    return Test::guiMain<TestConsoleTexts>(argc, argv);
}
#include "tst_consoletexts.moc"
