// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: every list takes the filter line, says where it is wrong, pages through exactly what it selects, and ends when nobody waits for it.
// Method: HTTP calls against a server in this process with users that were written straight into its store.

#include "serverrig.h"

#include "server-stub/sync/sessionrunner.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpSocket>
#include <QTest>

using namespace Satchel;
using namespace Satchel::Test;

class TestAdminLists : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void filter_wrong_namesTheColumn_data();
    void filter_wrong_namesTheColumn();
    void users_filteredAndOrdered_pageThroughExactlyThose();
    void devices_list_tellsWhoIsOnline();
    void documents_filtered();
    void audit_filteredByOutcomeAndTime();
    void pageToken_ofAnotherFilterOrOrder_isRefused();
    void query_whoseCallerHasGone_ends();

private:
    QJsonObject call(const QString &method, const QJsonObject &request, int status = 200);

    std::unique_ptr<ServerRig> m_rig;
    HttpCaller m_http;
};

namespace {

constexpr int userCount = 30'000;

QString pathOf(const QString &method)
{
    return QStringLiteral("/satchel.v1.") + method;
}

QStringList texts(const QJsonArray &rows, const QString &member)
{
    QStringList out;
    for (const QJsonValue &row : rows) {
        out.append(row[member].toString());
    }
    return out;
}

}  // namespace

QJsonObject TestAdminLists::call(const QString &method, const QJsonObject &request, int status)
{
    const HttpResult result =
        m_http.post(m_rig->url(pathOf(method)), QJsonDocument(request).toJson(), "application/json", m_rig->token("op", {"admin"}));
    if (result.status != status) {
        qWarning("%s: %d %s", qPrintable(method), result.status, result.body.constData());
        return {};
    }
    return QJsonDocument::fromJson(result.body).object();
}

void TestAdminLists::initTestCase()
{
    m_rig = std::make_unique<ServerRig>();
    QCOMPARE(m_rig->start(), QString());
    auto log = m_rig->server().services().store.begin();
    QVERIFY(log);
    for (int i = 0; i < userCount; ++i) {
        const auto owner =
            (*log)->owner(Core::UserId{"default", "u" + std::to_string(100'000 + i)}, std::chrono::milliseconds(1000 + i % 7));
        QVERIFY(owner);
    }
    QVERIFY((*log)->commit());
    WebSocketDevice device(1);
    QVERIFY(device.open(m_rig->url(), m_rig->token("anna")));
    QVERIFY(device.push({device.put("notes", "one", {{"f", "v"}}), device.put("notes", "two", {{"f", "v"}, {"g", "v"}}),
                         device.put("settings", "one", {{"f", "v"}})}));
}

void TestAdminLists::filter_wrong_namesTheColumn_data()
{
    QTest::addColumn<QString>("method");
    for (const char *method : {"Users/List", "Devices/List", "State/ListDocuments", "Conflicts/List", "Audit/Query"}) {
        QTest::newRow(method) << QString::fromLatin1(method);
    }
}

void TestAdminLists::filter_wrong_namesTheColumn()
{
    QFETCH(QString, method);
    const QJsonObject told = call(method, {{QStringLiteral("filter"), QStringLiteral("(some text) nosuch:1")}}, 400);
    QCOMPARE(told[QStringLiteral("code")].toString(), QStringLiteral("invalid_argument"));
    const QString message = told[QStringLiteral("message")].toString();
    QVERIFY2(message.startsWith(QStringLiteral("filter, column 13: there is no field nosuch; fields are ")), qPrintable(message));
}

void TestAdminLists::users_filteredAndOrdered_pageThroughExactlyThose()
{
    QStringList seen;
    QString next;
    do {
        const QJsonObject page =
            call(QStringLiteral("Users/List"),
                 {{QStringLiteral("filter"), QStringLiteral("user:u1000* NOT user:*7")},
                  {QStringLiteral("order"), QStringLiteral("-created")},
                  {QStringLiteral("page"), QJsonObject{{QStringLiteral("size"), 40}, {QStringLiteral("token"), next}}}});
        seen += texts(page[QStringLiteral("users")].toArray(), QStringLiteral("user"));
        next = page[QStringLiteral("nextToken")].toString();
    } while (!next.isEmpty());
    QCOMPARE(seen.size(), 90);
    const auto created = [](const QString &user) { return (user.mid(1).toInt() - 100'000) % 7; };
    for (qsizetype i = 1; i < seen.size(); ++i) {
        QVERIFY(std::pair(created(seen[i]), seen[i]) < std::pair(created(seen[i - 1]), seen[i - 1]));
    }
    QCOMPARE(
        call(QStringLiteral("Users/List"), {{QStringLiteral("order"), QStringLiteral("size")}}, 400)[QStringLiteral("message")].toString(),
        QStringLiteral("order is one of user, seen, created, documents, conflicts, events, or one with a - before it"));
}

void TestAdminLists::devices_list_tellsWhoIsOnline()
{
    WebSocketDevice device(7);
    QVERIFY(device.open(m_rig->url(), m_rig->token("anna")));
    const QJsonArray rows =
        call(QStringLiteral("Devices/List"), {{QStringLiteral("filter"), QStringLiteral("user:anna lag>=0")}})[QStringLiteral("devices")]
            .toArray();
    QCOMPARE(texts(rows, QStringLiteral("user")), (QStringList{QStringLiteral("anna"), QStringLiteral("anna")}));
    QVERIFY(!rows[0][QStringLiteral("device")][QStringLiteral("isOnline")].toBool());
    QVERIFY(rows[1][QStringLiteral("device")][QStringLiteral("isOnline")].toBool());
}

void TestAdminLists::documents_filtered()
{
    const auto keys = [this](const char *filter) {
        return texts(call(QStringLiteral("State/ListDocuments"),
                          {{QStringLiteral("user"), QStringLiteral("anna")},
                           {QStringLiteral("filter"), QString::fromLatin1(filter)}})[QStringLiteral("documents")]
                         .toArray(),
                     QStringLiteral("key"));
    };
    QCOMPARE(keys("collection:notes"), (QStringList{QStringLiteral("one"), QStringLiteral("two")}));
    QCOMPARE(keys("fields>1"), (QStringList{QStringLiteral("two")}));
    QCOMPARE(keys("one -1"), QStringList());
    QCOMPARE(keys("updated>-1h bytes>10 tw"), (QStringList{QStringLiteral("two")}));
}

void TestAdminLists::audit_filteredByOutcomeAndTime()
{
    call(QStringLiteral("Users/Get"), {{QStringLiteral("user"), QStringLiteral("nobody")}}, 404);
    const auto count = [this](const char *filter) {
        return call(QStringLiteral("Audit/Query"), {{QStringLiteral("filter"), QString::fromLatin1(filter)}})[QStringLiteral("entries")]
            .toArray()
            .size();
    };
    QCOMPARE(count("outcome:not_found"), 1);
    QCOMPARE(count("outcome!=ok action:Users/Get user:nobody time>-1h"), 1);
    QCOMPARE(count("outcome:not_found time<-1h"), 0);
    QCOMPARE(count("outcome:not_found action:Users/List"), 0);
}

void TestAdminLists::pageToken_ofAnotherFilterOrOrder_isRefused()
{
    const QJsonObject page{{QStringLiteral("size"), 1}};
    const QString token = call(QStringLiteral("Users/List"), {{QStringLiteral("filter"), QStringLiteral("user:u1*")},
                                                              {QStringLiteral("page"), page}})[QStringLiteral("nextToken")]
                              .toString();
    QVERIFY(!token.isEmpty());
    const QJsonObject next{{QStringLiteral("size"), 1}, {QStringLiteral("token"), token}};
    call(QStringLiteral("Users/List"), {{QStringLiteral("filter"), QStringLiteral("user:u1*")}, {QStringLiteral("page"), next}});
    QVERIFY(
        !call(QStringLiteral("Users/List"), {{QStringLiteral("filter"), QStringLiteral("user:u*")}, {QStringLiteral("page"), next}}, 400)
             .isEmpty());
    QVERIFY(!call(QStringLiteral("Users/List"),
                  {{QStringLiteral("filter"), QStringLiteral("user:u1*")},
                   {QStringLiteral("order"), QStringLiteral("-user")},
                   {QStringLiteral("page"), next}},
                  400)
                 .isEmpty());
    QVERIFY(!call(QStringLiteral("Devices/List"), {{QStringLiteral("page"), next}}, 400).isEmpty());
}

void TestAdminLists::query_whoseCallerHasGone_ends()
{
    // Looks for sixty texts in every one of the users: far longer than it takes to hang up.
    QString filter;
    for (int i = 0; i < 60; ++i) {
        filter += (i == 0 ? QStringLiteral("user:*nowhere") : QStringLiteral(" OR user:*nowhere")) + QString::number(i) + u'*';
    }
    const QByteArray body = QJsonDocument(QJsonObject{{QStringLiteral("filter"), filter}}).toJson(QJsonDocument::Compact);
    QTcpSocket socket;
    socket.connectToHost(QStringLiteral("127.0.0.1"), static_cast<quint16>(m_rig->url().port()));
    QVERIFY(socket.waitForConnected());
    socket.write("POST /satchel.v1.Users/List HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Request-Id: hung-up\r\n"
                 "Authorization: Bearer " +
                 m_rig->token("op", {"admin"}).toLatin1() + "\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body);
    QVERIFY(socket.waitForBytesWritten());
    socket.abort();
    QTRY_COMPARE(call(QStringLiteral("Audit/Query"),
                      {{QStringLiteral("filter"), QStringLiteral("outcome:cancelled action:Users/List")}})[QStringLiteral("entries")]
                     .toArray()
                     .size(),
                 1);
}

QTEST_GUILESS_MAIN(TestAdminLists)
#include "tst_adminlists.moc"
