// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: what curl gets from the admin services: rows, pages, roles, tenants, errors.
// Method: HTTP calls with JSON and protobuf bodies against a server in this process that devices have filled.

#include "serverrig.h"

#include "wire/admincodec.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace Satchel;
using namespace Satchel::Test;
namespace Admin = Satchel::Wire::Admin;

class TestAdminCalls : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void usersList_json_pages();
    void usersList_protobuf_isTheSame();
    void usersGet_tellsDevicesAndCollections();
    void documents_listAndGet_showFields();
    void conflicts_openAndOverwritten_areListed();
    void pageToken_ofOtherTenantOrQuery_isRefused();
    void devicesRevoke_cutsOffAndStays();
    void devicesRevoke_refusals();
    void call_withRole_data();
    void call_withRole();
    void call_badInput_data();
    void call_badInput();

private:
    QJsonObject call(const QString &method, const QJsonObject &request, int status = 200, const std::string &tenant = "default");
    template <typename Response, typename Request>
    Core::Result<Response> callProto(const QString &method, const Request &request);

    QTemporaryDir m_folder;
    std::unique_ptr<ServerRig> m_rig;
    HttpCaller m_http;
};

namespace {

using Strings = std::vector<std::string>;

QString method(const char *name)
{
    return QStringLiteral("/satchel.v1.") + QString::fromLatin1(name);
}

}  // namespace

void TestAdminCalls::initTestCase()
{
    QFile file(m_folder.filePath(QStringLiteral("policies.json")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(R"({"version":1,"collections":{"manual":{"conflict":"manual"}}})");
    file.close();
    Server::ServerOptions options;
    options.policyFile = file.fileName().toStdString();
    m_rig = std::make_unique<ServerRig>(options);
    QCOMPARE(m_rig->start(), QString());
    for (const char *user : {"anna", "bert", "carl"}) {
        WebSocketDevice a(1);
        WebSocketDevice b(2);
        QVERIFY(a.open(m_rig->url(), m_rig->token(user)));
        QVERIFY(b.open(m_rig->url(), m_rig->token(user)));
        QVERIFY(a.push({a.put("manual", "k", {{"f", "base"}}), a.put("merged", "k", {{"f", "base"}})}));
        if (std::string(user) != "bert") {
            continue;
        }
        Core::Mutation left = a.put("manual", "k", {{"f", "left"}});
        Core::Mutation lost = a.put("merged", "k", {{"f", "lost"}});
        Core::Mutation right = b.put("manual", "k", {{"f", "right"}});
        Core::Mutation won = b.put("merged", "k", {{"f", "won"}});
        for (Core::Mutation *mutation : {&left, &lost, &right, &won}) {
            mutation->context.add(Core::Dot{a.id, 2});
        }
        QVERIFY(a.push({left, lost}));
        QVERIFY(b.push({right, won}));
    }
    WebSocketDevice stranger(1);
    QVERIFY(stranger.open(m_rig->url(), m_rig->token("anna", {"user"}, "other")));
    QVERIFY(stranger.push({stranger.put("secret", "k", {{"f", "v"}})}));
}

QJsonObject TestAdminCalls::call(const QString &path, const QJsonObject &request, int status, const std::string &tenant)
{
    const HttpResult result =
        m_http.post(m_rig->url(path), QJsonDocument(request).toJson(), "application/json", m_rig->token("op", {"support"}, tenant));
    if (result.status != status) {
        qWarning("%d: %s", result.status, result.body.constData());
    }
    return QJsonDocument::fromJson(result.body).object();
}

template <typename Response, typename Request>
Core::Result<Response> TestAdminCalls::callProto(const QString &path, const Request &request)
{
    const std::string body = Admin::encode(request, Admin::Format::Protobuf);
    const HttpResult result =
        m_http.post(m_rig->url(path), QByteArray::fromStdString(body), "application/proto", m_rig->token("op", {"support"}));
    if (result.status != 200) {
        return Core::failure(
            Admin::errorFromResponse(result.status, {result.body.constData(), static_cast<std::size_t>(result.body.size())}));
    }
    return Admin::decode<Response>({result.body.constData(), static_cast<std::size_t>(result.body.size())}, Admin::Format::Protobuf);
}

void TestAdminCalls::usersList_json_pages()
{
    QJsonObject request{{QStringLiteral("page"), QJsonObject{{QStringLiteral("size"), 2}}}};
    QJsonObject page = call(method("Users/List"), request);
    QCOMPARE(page.value(QStringLiteral("users")).toArray().size(), 2);
    QCOMPARE(page.value(QStringLiteral("users")).toArray().at(0).toObject().value(QStringLiteral("user")).toString(),
             QStringLiteral("anna"));
    const QString token = page.value(QStringLiteral("nextToken")).toString();
    QVERIFY(!token.isEmpty());
    request[QStringLiteral("page")] = QJsonObject{{QStringLiteral("size"), 2}, {QStringLiteral("token"), token}};
    page = call(method("Users/List"), request);
    QCOMPARE(page.value(QStringLiteral("users")).toArray().size(), 1);
    QVERIFY(page.value(QStringLiteral("nextToken")).toString().isEmpty());
}

void TestAdminCalls::usersList_protobuf_isTheSame()
{
    Admin::UsersListRequest request;
    request.onlyConflicted = true;
    const auto response = callProto<Admin::UsersListResponse>(method("Users/List"), request);
    QVERIFY(response);
    QCOMPARE(response->users.size(), std::size_t(1));
    QCOMPARE(response->users[0].user, std::string("bert"));
    QCOMPARE(response->users[0].openConflictCount, 1U);
    QCOMPARE(response->users[0].documentCount, 2U);
    QCOMPARE(response->users[0].head, 6U);
}

void TestAdminCalls::usersGet_tellsDevicesAndCollections()
{
    WebSocketDevice online(9);
    QVERIFY(online.open(m_rig->url(), m_rig->token("bert")));
    const auto response = callProto<Admin::UsersGetResponse>(method("Users/Get"), Admin::UsersGetRequest{"bert"});
    QVERIFY(response);
    QCOMPARE(response->devices.size(), std::size_t(3));
    QCOMPARE(response->devices[0].id, online.id);
    QVERIFY(response->devices[0].isOnline);
    QCOMPARE(response->collections.size(), std::size_t(2));
    QCOMPARE(response->collections[0].name, std::string("manual"));
    QCOMPARE(response->collections[0].openConflictCount, 1U);
    const auto missing = callProto<Admin::UsersGetResponse>(method("Users/Get"), Admin::UsersGetRequest{"nobody"});
    QVERIFY(!missing);
    QCOMPARE(missing.error().code, Core::ErrorCode::NotFound);
}

void TestAdminCalls::documents_listAndGet_showFields()
{
    const auto list = callProto<Admin::StateListDocumentsResponse>(method("State/ListDocuments"),
                                                                   Admin::StateListDocumentsRequest{"bert", {}, {}, {}, {}});
    QVERIFY(list);
    QCOMPARE(list->documents.size(), std::size_t(2));
    QCOMPARE(list->documents[0].collection, std::string("manual"));
    QCOMPARE(list->documents[0].conflictCount, 1U);
    const auto document =
        callProto<Admin::StateGetDocumentResponse>(method("State/GetDocument"), Admin::StateGetDocumentRequest{"bert", "manual", "k"});
    QVERIFY(document);
    QCOMPARE(document->rule, Core::ConflictRule::Manual);
    QCOMPARE(document->fields.size(), std::size_t(1));
    QVERIFY(document->fields[0].isConflicted);
    QCOMPARE(document->fields[0].siblings.size(), std::size_t(2));
    QVERIFY(document->fields[0].value == document->fields[0].siblings[0].value);
    QVERIFY(!document->fields[0].siblings[0].deviceName.empty());
    QVERIFY(document->fields[0].siblings[0].received.count() > 0);
    const auto missing =
        callProto<Admin::StateGetDocumentResponse>(method("State/GetDocument"), Admin::StateGetDocumentRequest{"bert", "manual", "no"});
    QCOMPARE(missing.error().code, Core::ErrorCode::NotFound);
}

void TestAdminCalls::conflicts_openAndOverwritten_areListed()
{
    Admin::ConflictsListRequest request;
    auto response = callProto<Admin::ConflictsListResponse>(method("Conflicts/List"), request);
    QVERIFY(response);
    QCOMPARE(response->conflicts.size(), std::size_t(1));
    QCOMPARE(response->conflicts[0].user, std::string("bert"));
    QCOMPARE(response->conflicts[0].siblings.size(), std::size_t(2));
    QVERIFY(response->conflicts[0].base == Core::Value("base"));
    request.kind = Admin::ConflictKind::Overwritten;
    request.user = "bert";
    response = callProto<Admin::ConflictsListResponse>(method("Conflicts/List"), request);
    QVERIFY(response);
    QCOMPARE(response->conflicts.size(), std::size_t(1));
    QCOMPARE(response->conflicts[0].collection, std::string("merged"));
    QVERIFY(response->conflicts[0].base == Core::Value("base"));
}

void TestAdminCalls::pageToken_ofOtherTenantOrQuery_isRefused()
{
    const QJsonObject small{{QStringLiteral("size"), 1}};
    const QString token = call(method("Users/List"), {{QStringLiteral("page"), small}}).value(QStringLiteral("nextToken")).toString();
    QVERIFY(!token.isEmpty());
    const QJsonObject page{{QStringLiteral("size"), 1}, {QStringLiteral("token"), token}};
    QJsonObject error = call(method("Users/List"), {{QStringLiteral("page"), page}}, 400, "other");
    QCOMPARE(error.value(QStringLiteral("code")).toString(), QStringLiteral("invalid_argument"));
    error = call(method("Users/List"), {{QStringLiteral("page"), page}, {QStringLiteral("search"), QStringLiteral("a")}}, 400);
    QCOMPARE(error.value(QStringLiteral("code")).toString(), QStringLiteral("invalid_argument"));
    // The other tenant's users are its own.
    const QJsonArray users = call(method("Users/List"), {}, 200, "other").value(QStringLiteral("users")).toArray();
    QCOMPARE(users.size(), 1);
}

void TestAdminCalls::devicesRevoke_cutsOffAndStays()
{
    WebSocketDevice lost(1);
    WebSocketDevice other(2);
    QVERIFY(lost.open(m_rig->url(), m_rig->token("dora")));
    QVERIFY(other.open(m_rig->url(), m_rig->token("dora")));
    QVERIFY(lost.push({lost.put("notes", "k", {{"f", "v"}})}));
    const QJsonObject request{
        {QStringLiteral("user"), QStringLiteral("dora")},
        {QStringLiteral("device"), QString::fromLatin1(QByteArray::fromStdString(std::string(lost.id.view())).toBase64())}};
    const QString admin = m_rig->token("op", {"admin"});
    const auto revoke = [&] {
        return m_http.post(m_rig->url(method("Devices/Revoke")), QJsonDocument(request).toJson(), "application/json", admin);
    };
    QCOMPARE(revoke().status, 200);
    const auto notice = lost.await<Wire::Notice>();
    QVERIFY(notice);
    QCOMPARE(notice->kind, Wire::NoticeKind::Revoked);
    QVERIFY(lost.awaitClosed());
    QVERIFY(lost.connectTo(m_rig->url(), m_rig->token("dora")));
    lost.send(lost.hello());
    const auto error = lost.await<Wire::SessionError>();
    QVERIFY(error);
    QCOMPARE(error->error.reason, Core::ErrorReason::DeviceRevoked);
    QVERIFY(other.isOpen());
    QVERIFY(other.push({other.put("notes", "other", {{"f", "v"}})}));
    const auto user = callProto<Admin::UsersGetResponse>(method("Users/Get"), Admin::UsersGetRequest{"dora"});
    QVERIFY(user);
    for (const Admin::DeviceSummary &device : user->devices) {
        QCOMPARE(device.isRevoked, device.id == lost.id);
    }
    const HttpResult again = revoke();
    QCOMPARE(again.status, 200);
    QVERIFY(QJsonDocument::fromJson(again.body).object().value(QStringLiteral("wasRevoked")).toBool());
}

void TestAdminCalls::devicesRevoke_refusals()
{
    const auto revoke = [this](const std::string &user, std::uint8_t device, const std::string &role,
                               const std::string &tenant = "default") {
        Admin::DevicesRevokeRequest request;
        request.user = user;
        request.device.bytes[0] = device;
        const std::string body = Admin::encode(request, Admin::Format::Protobuf);
        return m_http
            .post(m_rig->url(method("Devices/Revoke")), QByteArray::fromStdString(body), "application/proto",
                  m_rig->token("op", {role}, tenant))
            .status;
    };
    QCOMPARE(revoke("anna", 77, "support"), 403);
    QCOMPARE(revoke("anna", 77, "user"), 403);
    QCOMPARE(revoke("anna", 77, "admin"), 404);
    QCOMPARE(revoke("nobody", 77, "admin"), 404);
    QCOMPARE(revoke("bert", 77, "admin", "other"), 404);
    QCOMPARE(revoke("anna", 0, "admin"), 400);
    // A user that was only asked for is not made by it.
    QCOMPARE(callProto<Admin::UsersGetResponse>(method("Users/Get"), Admin::UsersGetRequest{"nobody"}).error().code,
             Core::ErrorCode::NotFound);
}

void TestAdminCalls::call_withRole_data()
{
    QTest::addColumn<QString>("role");
    QTest::addColumn<int>("status");
    QTest::newRow("support") << QStringLiteral("support") << 200;
    QTest::newRow("admin") << QStringLiteral("admin") << 200;
    QTest::newRow("user") << QStringLiteral("user") << 403;
    QTest::newRow("unknown") << QStringLiteral("*") << 403;
    QTest::newRow("no token") << QString() << 401;
}

void TestAdminCalls::call_withRole()
{
    QFETCH(QString, role);
    QFETCH(int, status);
    const QString token = role.isEmpty() ? QString() : m_rig->token("op", {role.toStdString()});
    QCOMPARE(m_http.post(m_rig->url(method("Users/List")), "{}", "application/json", token).status, status);
}

void TestAdminCalls::call_badInput_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("contentType");
    QTest::addColumn<int>("status");
    const QString list = method("Users/List");
    QTest::newRow("charset is fine") << list << QByteArray("{}") << QByteArray("application/json; charset=utf-8") << 200;
    QTest::newRow("no JSON") << list << QByteArray("{") << QByteArray("application/json") << 400;
    QTest::newRow("duplicate member") << list << QByteArray(R"({"search":"a","search":"b"})") << QByteArray("application/json") << 400;
    QTest::newRow("unknown member") << list << QByteArray(R"({"find":"a"})") << QByteArray("application/json") << 400;
    QTest::newRow("deep nesting") << list << QByteArray(100'000, '[') << QByteArray("application/json") << 429;
    QTest::newRow("page too large") << list << QByteArray(R"({"page":{"size":501}})") << QByteArray("application/json") << 400;
    QTest::newRow("other type") << list << QByteArray("{}") << QByteArray("text/plain") << 415;
    QTest::newRow("unknown method") << method("Users/Drop") << QByteArray("{}") << QByteArray("application/json") << 404;
    QTest::newRow("body too large") << list << QByteArray(1'200'000, ' ') << QByteArray("application/json") << 413;
}

void TestAdminCalls::call_badInput()
{
    QFETCH(QString, path);
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, contentType);
    QFETCH(int, status);
    const HttpResult result = m_http.post(m_rig->url(path), body, contentType, m_rig->token("op", {"support"}));
    QCOMPARE(result.status, status);
    if (status != 200) {
        QVERIFY(QJsonDocument::fromJson(result.body).object().contains(QStringLiteral("code")));
    }
}

QTEST_GUILESS_MAIN(TestAdminCalls)
#include "tst_admincalls.moc"
