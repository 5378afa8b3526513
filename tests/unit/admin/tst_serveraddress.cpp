// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: an address is either whole and safe for a token, or refused with the reason. Method: rows of what people type.
#include "admin/serveraddress.h"

#include <QTest>

using namespace Satchel;

class TestServerAddress : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void address_parsed_data();
    void address_parsed();
    void address_refused_data();
    void address_refused();
    void path_isAddedToPrefix();
};

void TestServerAddress::address_parsed_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("url");
    QTest::addColumn<bool>("isLoopback");
    QTest::newRow("full") << QStringLiteral("https://satchel.example.org:8443") << QStringLiteral("https://satchel.example.org:8443")
                          << false;
    QTest::newRow("scheme is guessed") << QStringLiteral("satchel.example.org") << QStringLiteral("https://satchel.example.org") << false;
    QTest::newRow("loopback name") << QStringLiteral(" localhost:8080 ") << QStringLiteral("http://localhost:8080") << true;
    QTest::newRow("loopback number") << QStringLiteral("127.0.0.1:8080/") << QStringLiteral("http://127.0.0.1:8080") << true;
    QTest::newRow("loopback six") << QStringLiteral("http://[::1]:9000/prefix/") << QStringLiteral("http://[::1]:9000/prefix") << true;
}

void TestServerAddress::address_parsed()
{
    QFETCH(const QString, text);
    QFETCH(const QString, url);
    const auto address = Admin::ServerAddress::parse(text);
    QVERIFY(address);
    QCOMPARE(address->url().toString(), url);
    QTEST(address->isLoopback(), "isLoopback");
}

void TestServerAddress::address_refused_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("code");
    const auto invalid = static_cast<int>(Core::ErrorCode::InvalidArgument);
    const auto precondition = static_cast<int>(Core::ErrorCode::FailedPrecondition);
    QTest::newRow("empty") << QStringLiteral("  ") << invalid;
    QTest::newRow("no host") << QStringLiteral("https://") << invalid;
    QTest::newRow("file") << QStringLiteral("file:///etc/passwd") << invalid;
    QTest::newRow("script") << QStringLiteral("javascript://example.org") << invalid;
    QTest::newRow("bad port") << QStringLiteral("https://example.org:99999") << invalid;
    QTest::newRow("too long") << QStringLiteral("https://") + QString(3000, QLatin1Char('a')) << invalid;
    QTest::newRow("plain http") << QStringLiteral("http://example.org") << precondition;
    QTest::newRow("looks like loopback") << QStringLiteral("http://127.0.0.1.example.org") << precondition;
    QTest::newRow("localhost as user") << QStringLiteral("http://localhost@example.org") << precondition;
    QTest::newRow("password") << QStringLiteral("https://me:secret@example.org") << precondition;
    QTest::newRow("query") << QStringLiteral("https://example.org/?token=1") << precondition;
}

void TestServerAddress::address_refused()
{
    QFETCH(const QString, text);
    const auto address = Admin::ServerAddress::parse(text);
    QVERIFY(!address);
    QTEST(static_cast<int>(address.error().code), "code");
}

void TestServerAddress::path_isAddedToPrefix()
{
    const auto address = Admin::ServerAddress::parse(QStringLiteral("https://example.org/satchel/"));
    QVERIFY(address);
    QCOMPARE(address->at(QStringLiteral("/v1")).toString(), QStringLiteral("https://example.org/satchel/v1"));
}

QTEST_APPLESS_MAIN(TestServerAddress)
#include "tst_serveraddress.moc"
