// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: every endpoint that the server has answers every kind of caller as one table says, and none is missing from the table (T25).
// Method: a whole server on loopback tells its endpoints; each is called as nobody, with tokens that are worth nothing, and as each role.

#include "serverrig.h"
#include "support/eventwait.h"

#include "server-stub/auth/action.h"
#include "server-stub/auth/jwt.h"

#include <QTemporaryDir>
#include <QTest>
#include <QWebSocketHandshakeOptions>

#include <algorithm>
#include <map>

using namespace Satchel;
using namespace Satchel::Test;
using Server::Action;

namespace {

/// Who may call it: anybody, users' devices, or operators who may do the action.
struct Guard {
    enum class Kind { Anybody, Devices, Operators } kind = Kind::Operators;
    Action action = Action::BrowseUsers;
};

const std::map<std::string, Action> &commandActions()
{
    static const std::map<std::string, Action> actions = {{"Users/List", Action::BrowseUsers},
                                                          {"Users/Get", Action::BrowseUsers},
                                                          {"Devices/List", Action::BrowseUsers},
                                                          {"Devices/Revoke", Action::ManageDevices},
                                                          {"Devices/Wipe", Action::ManageDevices},
                                                          {"Users/Erase", Action::EraseUser},
                                                          {"Users/Export", Action::ExportUser},
                                                          {"Users/Notes", Action::Notes},
                                                          {"Users/AddNote", Action::Notes},
                                                          {"Users/RemoveNote", Action::Notes},
                                                          {"State/ListDocuments", Action::ReadState},
                                                          {"State/GetDocument", Action::ReadState},
                                                          {"Conflicts/List", Action::ReadState},
                                                          {"Audit/Query", Action::ReadAudit},
                                                          {"Audit/TreeHead", Action::ReadAudit},
                                                          {"Audit/InclusionProof", Action::ReadAudit},
                                                          {"Audit/ConsistencyProof", Action::ReadAudit},
                                                          {"Audit/Export", Action::ReadAudit},
                                                          {"Policies/Get", Action::ReadPolicies},
                                                          {"Policies/History", Action::ReadPolicies},
                                                          {"Policies/Put", Action::WritePolicies},
                                                          {"Approvals/List", Action::Approve},
                                                          {"Approvals/Approve", Action::Approve},
                                                          {"Approvals/Reject", Action::Approve},
                                                          {"Stats/Get", Action::ReadStats},
                                                          {"Backups/Create", Action::Operate},
                                                          {"Conflicts/BringBack", Action::ResolveConflicts},
                                                          {"Conflicts/Get", Action::ReadState},
                                                          {"Conflicts/Resolve", Action::ResolveConflicts},
                                                          {"Conflicts/ResolveMany", Action::ResolveConflicts},
                                                          {"Devices/RevokeMany", Action::ManageDevices},
                                                          {"State/At", Action::ReadHistory},
                                                          {"State/Diff", Action::ReadHistory},
                                                          {"State/Explain", Action::ReadHistory},
                                                          {"State/History", Action::ReadHistory},
                                                          {"State/Restore", Action::RestoreState},
                                                          {"State/Undo", Action::RestoreState}};
    return actions;
}

std::optional<Guard> guardOf(const std::string &endpoint)
{
    constexpr std::string_view service = "POST /satchel.v1.";
    if (endpoint.starts_with(service)) {
        const auto known = commandActions().find(endpoint.substr(service.size()));
        return known != commandActions().end() ? std::optional(Guard{Guard::Kind::Operators, known->second}) : std::nullopt;
    }
    if (endpoint == "POST /v1/sync") {
        return Guard{Guard::Kind::Devices, {}};
    }
    for (const char *open : {"GET /healthz", "GET /readyz", "GET /metrics", "GET /v1/dev/token", "POST /v1/dev/token"}) {
        if (endpoint == open) {
            return Guard{Guard::Kind::Anybody, {}};
        }
    }
    return std::nullopt;
}

}  // namespace

class TestAccessMatrix : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void endpoint_byCaller_data();
    void endpoint_byCaller();
    void webSocket_byCaller();
    void t49_whoMayNotAsk_cannotTellWhoIsKnown();

private:
    struct Caller {
        QByteArray name;
        QString token;
        std::string role;  ///< empty: the token is worth nothing
    };
    [[nodiscard]] std::vector<Caller> callers() const;
    [[nodiscard]] HttpResult call(const std::string &endpoint, const QString &token);

    QTemporaryDir m_folder;
    std::unique_ptr<ServerRig> m_rig;
    HttpCaller m_http;
    Server::JwtSettings m_settings;
};

void TestAccessMatrix::initTestCase()
{
    Server::SystemRandom random;
    m_settings.key = Server::toHex(random.bytes(32));
    QFile secret(m_folder.filePath(QStringLiteral("secret")));
    QVERIFY(secret.open(QIODevice::WriteOnly));
    secret.write(QByteArray::fromStdString(m_settings.key));
    secret.close();
    secret.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    Server::ServerOptions options;
    options.devSecretFile = m_folder.filePath(QStringLiteral("secret")).toStdString();
    m_rig = std::make_unique<ServerRig>(std::move(options));
    QCOMPARE(m_rig->start(), QString());
}

std::vector<TestAccessMatrix::Caller> TestAccessMatrix::callers() const
{
    const auto now = m_rig->clock.now();
    const auto token = [&](const Server::JwtSettings &settings, std::vector<std::string> roles, std::chrono::seconds lifetime) {
        Server::Identity identity{
            {"default", "op"}, std::move(roles), std::chrono::duration_cast<std::chrono::seconds>(now) + lifetime, {}};
        return QString::fromStdString(Server::JwtIssuer(settings).issue(identity, now));
    };
    const std::vector<std::string> all = {"user", "support", "auditor", "admin", "qa"};
    constexpr std::chrono::seconds hour{3600};
    Server::JwtSettings otherAudience = m_settings;
    otherAudience.audience = "another";
    Server::JwtSettings otherIssuer = m_settings;
    otherIssuer.issuer = "another";
    Server::JwtSettings otherKey = m_settings;
    otherKey.key = std::string(40, 'x');
    std::vector<Caller> out = {{"no token", {}, {}},
                               {"garbage", QStringLiteral("garbage"), {}},
                               {"expired", token(m_settings, all, -hour), {}},
                               {"other audience", token(otherAudience, all, hour), {}},
                               {"other issuer", token(otherIssuer, all, hour), {}},
                               {"other key", token(otherKey, all, hour), {}},
                               {"no role", token(m_settings, {}, hour), "none"},
                               {"unknown role", token(m_settings, {"*"}, hour), "*"}};
    for (const std::string &role : all) {
        out.push_back({QByteArray::fromStdString(role), token(m_settings, {role}, hour), role});
    }
    return out;
}

HttpResult TestAccessMatrix::call(const std::string &endpoint, const QString &token)
{
    const std::size_t space = endpoint.find(' ');
    const QUrl url = m_rig->url(QString::fromStdString(endpoint.substr(space + 1)));
    if (endpoint.substr(0, space) == "GET") {
        return m_http.get(url, token);
    }
    if (endpoint == "POST /v1/sync") {
        // What is no frame is refused as that, whoever sends it.
        Wire::SyncRequest request;
        request.frames.push_back(WebSocketDevice(200).hello());
        const std::string body = Wire::encode(request, Wire::Compression::None);
        return m_http.post(url, QByteArray::fromStdString(body), "application/x-protobuf", token);
    }
    return m_http.post(url, "{}", "application/json", token);
}

void TestAccessMatrix::endpoint_byCaller_data()
{
    QTest::addColumn<QByteArray>("endpoint");
    for (const std::string &endpoint : m_rig->server().endpoints()) {
        QTest::newRow(endpoint.c_str()) << QByteArray::fromStdString(endpoint);
    }
}

void TestAccessMatrix::endpoint_byCaller()
{
    QFETCH(QByteArray, endpoint);
    const auto guard = guardOf(endpoint.toStdString());
    QVERIFY2(guard, "the endpoint is not in the table of this test");
    for (const Caller &caller : callers()) {
        const int status = call(endpoint.toStdString(), caller.token).status;
        const std::string what = endpoint.toStdString() + " as " + caller.name.toStdString() + ": " + std::to_string(status);
        if (guard->kind == Guard::Kind::Anybody) {
            QVERIFY2(status != 401 && status != 403 && status != 0, what.c_str());
            continue;
        }
        if (caller.role.empty()) {
            QVERIFY2(status == 401, what.c_str());
            continue;
        }
        const auto roles = Server::rolesOf(guard->action);
        const bool isAllowed =
            guard->kind == Guard::Kind::Devices ? caller.role == "user" : std::find(roles.begin(), roles.end(), caller.role) != roles.end();
        QVERIFY2(isAllowed ? status != 401 && status != 403 && status != 0 : status == 403, what.c_str());
    }
}

void TestAccessMatrix::webSocket_byCaller()
{
    std::uint8_t number = 1;
    for (const Caller &caller : callers()) {
        WebSocketDevice device(number++);
        QCOMPARE(device.connectTo(m_rig->url(), caller.token), caller.role == "user");
        const auto roles = Server::rolesOf(Action::ReadStats);
        QWebSocketHandshakeOptions options;
        options.setSubprotocols({QStringLiteral("satchel.watch.v1")});
        QUrl url = m_rig->url(QStringLiteral("/v1/admin/watch"));
        url.setScheme(QStringLiteral("ws"));
        QNetworkRequest request(url);
        request.setRawHeader("Authorization", "Bearer " + caller.token.toUtf8());
        QWebSocket watcher;
        watcher.open(request, options);
        QVERIFY(waitUntil(
            [&] { return watcher.state() == QAbstractSocket::ConnectedState || watcher.state() == QAbstractSocket::UnconnectedState; }));
        QCOMPARE(watcher.state() == QAbstractSocket::ConnectedState, std::find(roles.begin(), roles.end(), caller.role) != roles.end());
    }
}

void TestAccessMatrix::t49_whoMayNotAsk_cannotTellWhoIsKnown()
{
    WebSocketDevice device(201);
    QVERIFY(device.open(m_rig->url(), m_rig->token("alice")));
    QVERIFY(device.push({device.put("notes", "k", {{"f", "x"}})}));
    int answers = 0;
    for (const std::string &endpoint : m_rig->server().endpoints()) {
        const auto guard = guardOf(endpoint);
        if (!guard || guard->kind != Guard::Kind::Operators) {
            continue;
        }
        const auto roles = Server::rolesOf(guard->action);
        for (const Caller &caller : callers()) {
            if (std::find(roles.begin(), roles.end(), caller.role) != roles.end()) {
                continue;
            }
            const auto ask = [&](const char *user) {
                const QByteArray body = QByteArray(R"({"user":")") + user + R"(","collection":"notes","key":"k"})";
                return m_http.post(m_rig->url(QString::fromStdString(endpoint.substr(5))), body, "application/json", caller.token);
            };
            const HttpResult known = ask("alice");
            const HttpResult unknown = ask("nobod");
            QVERIFY2(known.status == unknown.status && known.contentType == unknown.contentType && known.body == unknown.body,
                     (endpoint + ": " + known.body.toStdString() + unknown.body.toStdString()).c_str());
            ++answers;
        }
    }
    QVERIFY(answers > 100);
    // Neither does a token that somebody else has signed tell.
    Server::JwtSettings otherKey = m_settings;
    otherKey.key = std::string(40, 'x');
    const auto now = m_rig->clock.now();
    const auto sync = [&](const char *user) {
        const Server::Identity identity{
            {"default", user}, {"user"}, std::chrono::duration_cast<std::chrono::seconds>(now) + std::chrono::seconds(60), {}};
        return call("POST /v1/sync", QString::fromStdString(Server::JwtIssuer(otherKey).issue(identity, now)));
    };
    const HttpResult known = sync("alice");
    QCOMPARE(known.status, 401);
    QCOMPARE(known.body, sync("nobod").body);
}

QTEST_GUILESS_MAIN(TestAccessMatrix)
#include "tst_accessmatrix.moc"
