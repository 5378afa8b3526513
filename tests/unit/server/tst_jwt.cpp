// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: a token is taken in one exact form and refused in every other.
// Method: a table of hand-made tokens, signed with the right key unless the row is about the key.

#include "server-stub/admin/pagetoken.h"
#include "server-stub/auth/devtoken.h"
#include "server-stub/auth/jwt.h"
#include "server-stub/ops/health.h"
#include "wire/admincodec.h"
#include "wire/json.h"

#include <QTest>

#include <openssl/crypto.h>

#include <vector>

using namespace Satchel;

class TestJwt : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void verify_issuedToken_givesIdentity();
    void verify_token_data();
    void verify_token();
    void verify_withoutToken_saysMissing();
    void verify_everyFlippedCharacter_isRefused();
    void t49_secretWrongAtAnyPlace_isComparedToItsEnd();
    void request_ofOtherMachine_isDenied_data();
    void request_ofOtherMachine_isDenied();
};

namespace {

const std::string key(32, 'k');
constexpr std::chrono::milliseconds now{1'800'000'000'000};
const std::string goodHeader = R"({"typ":"JWT","alg":"HS256"})";
const std::string goodClaims =
    R"({"iss":"satchel-dev","aud":"satchel","sub":"alice","tenant":"t","roles":["user"],"nbf":1799999990,"exp":1800003600})";

Server::JwtSettings settings()
{
    Server::JwtSettings out;
    out.key = key;
    return out;
}

/// How many bytes each comparison in constant time was asked for.
std::vector<std::size_t> compared;

std::string sign(const std::string &header, const std::string &claims, const std::string &with = key)
{
    const std::string text = Wire::base64Url(header) + "." + Wire::base64Url(claims);
    return text + "." + Wire::base64Url(Server::hmacSha256(with, text));
}

std::string replaced(std::string text, const std::string &what, const std::string &by)
{
    return text.replace(text.find(what), what.size(), by);
}

}  // namespace

/// Stands in front of OpenSSL's, and does the same.
int CRYPTO_memcmp(const void *a, const void *b, std::size_t size)
{
    compared.push_back(size);
    const auto *left = static_cast<const volatile unsigned char *>(a);
    const auto *right = static_cast<const volatile unsigned char *>(b);
    unsigned char difference = 0;
    for (std::size_t i = 0; i < size; ++i) {
        difference = static_cast<unsigned char>(difference | (left[i] ^ right[i]));
    }
    return difference;
}

void TestJwt::verify_issuedToken_givesIdentity()
{
    const Server::Identity identity{Core::UserId{"tenant", "zoë \"quoted\""}, {"user", "support"}, std::chrono::seconds(1'800'000'100)};
    const std::string token = Server::JwtIssuer(settings()).issue(identity, now);
    const auto verified = Server::JwtVerifier(settings()).verify(token, now);
    QVERIFY2(verified, verified ? "" : verified.error().detail.c_str());
    QVERIFY(*verified == identity);
}

void TestJwt::verify_token_data()
{
    using Core::ErrorReason;
    QTest::addColumn<QByteArray>("token");
    QTest::addColumn<int>("reason");
    const auto add = [](const char *name, const std::string &token, ErrorReason reason) {
        QTest::newRow(name) << QByteArray(token.data(), static_cast<qsizetype>(token.size())) << static_cast<int>(reason);
    };
    const auto claims = [](const std::string &what, const std::string &by) { return sign(goodHeader, replaced(goodClaims, what, by)); };
    const auto header = [](const std::string &json) { return sign(json, goodClaims); };
    const ErrorReason bad = ErrorReason::TokenInvalid;
    add("good", sign(goodHeader, goodClaims), ErrorReason::None);
    add("good, members in the other order", header(R"({"alg":"HS256","typ":"JWT"})"), ErrorReason::None);
    add("expired", claims("1800003600", "1799999000"), ErrorReason::TokenExpired);
    add("expired within leeway", claims("1800003600", "1799999950"), ErrorReason::None);
    add("expired at the end of leeway", claims("1800003600", "1799999940"), ErrorReason::TokenExpired);
    add("not yet valid", claims("1799999990", "1800000061"), bad);
    add("not yet valid within leeway", claims("1799999990", "1800000060"), ErrorReason::None);
    add("wrong issuer", claims("satchel-dev", "satchel-deV"), bad);
    add("wrong audience", claims("\"satchel\"", "\"other\""), bad);
    add("audience list", claims("\"satchel\"", "[\"other\",\"satchel\"]"), ErrorReason::None);
    add("audience list of others", claims("\"satchel\"", "[\"other\"]"), bad);
    add("audience list with a number", claims("\"satchel\"", "[\"satchel\",1]"), bad);
    add("no expiry", claims(",\"exp\":1800003600", ""), bad);
    add("expiry as text", claims("1800003600", "\"1800003600\""), bad);
    add("expiry as fraction", claims("1800003600", "1800003600.5"), bad);
    add("expiry negative", claims("1800003600", "-1"), bad);
    add("expiry beyond all bounds", claims("1800003600", "9223372036854775807"), bad);
    add("no subject", claims("\"sub\":\"alice\",", ""), bad);
    add("empty subject", claims("alice", ""), bad);
    add("subject with line break", claims("alice", "a\\nb"), bad);
    add("no tenant", claims("\"tenant\":\"t\",", ""), bad);
    add("no roles", claims("\"roles\":[\"user\"],", ""), bad);
    add("roles as words", claims("[\"user\"]", "\"user support\""), ErrorReason::None);
    add("role as number", claims("[\"user\"]", "[1]"), bad);
    add("duplicate claim", claims("\"sub\":\"alice\"", "\"sub\":\"bob\",\"sub\":\"alice\""), bad);
    add("wrong key", sign(goodHeader, goodClaims, std::string(32, 'x')), bad);
    add("alg none, signed", header(R"({"typ":"JWT","alg":"none"})"), bad);
    for (const char *alg : {"none", "None", "NONE", "nOnE", ""}) {
        const std::string json = R"({"typ":"JWT","alg":")" + std::string(alg) + R"("})";
        add(("unsigned, alg '" + std::string(alg) + "'").c_str(), Wire::base64Url(json) + "." + Wire::base64Url(goodClaims) + ".", bad);
    }
    add("alg missing", header(R"({"typ":"JWT"})"), bad);
    add("alg RS256", header(R"({"typ":"JWT","alg":"RS256"})"), bad);
    add("alg HS384", header(R"({"typ":"JWT","alg":"HS384"})"), bad);
    add("alg lower case", header(R"({"typ":"JWT","alg":"hs256"})"), bad);
    add("alg twice", header(R"({"typ":"JWT","alg":"none","alg":"HS256"})"), bad);
    add("typ missing", header(R"({"alg":"HS256"})"), bad);
    for (const char *extra : {"kid", "jwk", "jku", "x5u", "x5c", "crit", "zip", "cty"}) {
        add(("header with " + std::string(extra)).c_str(),
            header(R"({"typ":"JWT","alg":"HS256",")" + std::string(extra) + R"(":"../../dev/null"})"), bad);
    }
    add("header no object", header("[]"), bad);
    add("claims no object", sign(goodHeader, "[]"), bad);
    add("claims no JSON", sign(goodHeader, goodClaims + "}"), bad);
    add("padding", sign(goodHeader, goodClaims) + "=", bad);
    add("two parts", Wire::base64Url(goodHeader) + "." + Wire::base64Url(goodClaims), bad);
    add("four parts", sign(goodHeader, goodClaims) + ".", bad);
    add("five parts", "a.b.c.d.e", bad);
    add("dots only", "..", bad);
    add("leading space", " " + sign(goodHeader, goodClaims), bad);
    add("NUL inside", sign(goodHeader, goodClaims) + std::string(1, '\0'), bad);
    add("very long", sign(goodHeader, replaced(goodClaims, "alice", std::string(100'000, 'a'))), bad);
}

void TestJwt::verify_token()
{
    QFETCH(QByteArray, token);
    QFETCH(int, reason);
    const auto verified = Server::JwtVerifier(settings()).verify({token.constData(), static_cast<std::size_t>(token.size())}, now);
    QCOMPARE(verified.has_value(), reason == 0);
    if (!verified) {
        QCOMPARE(static_cast<int>(verified.error().reason), reason);
        QCOMPARE(verified.error().code, Core::ErrorCode::Unauthenticated);
        QVERIFY(verified.error().detail.find("alice") == std::string::npos);
    }
}

void TestJwt::verify_withoutToken_saysMissing()
{
    const auto verified = Server::JwtVerifier(settings()).verify({}, now);
    QVERIFY(!verified);
    QCOMPARE(verified.error().reason, Core::ErrorReason::TokenMissing);
}

void TestJwt::verify_everyFlippedCharacter_isRefused()
{
    const std::string good = sign(goodHeader, goodClaims);
    for (std::size_t i = 0; i < good.size(); ++i) {
        std::string changed = good;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        QVERIFY2(!Server::JwtVerifier(settings()).verify(changed, now), changed.c_str());
    }
}

// How long a refusal takes is as a comparison of all bytes takes, whichever is wrong, and what it says is the same.
void TestJwt::t49_secretWrongAtAnyPlace_isComparedToItsEnd()
{
    const auto wrongAt = [](std::string text, std::size_t place) {
        text[place] = static_cast<char>(text[place] ^ 1);
        return text;
    };
    const std::string text = Wire::base64Url(goodHeader) + "." + Wire::base64Url(goodClaims);
    const std::string signature = Server::hmacSha256(key, text);
    const Server::JwtVerifier verifier(settings());
    const auto errorOfToken = [&](std::size_t place) {
        return verifier.verify(text + "." + Wire::base64Url(wrongAt(signature, place)), now).error();
    };
    const Server::PageTokens pages("secret");
    const Server::PageTokens::Query query{};
    const std::string page = *Wire::fromBase64Url(pages.seal(query, {"place"}));
    const auto errorOfPage = [&](std::size_t place) { return pages.open(query, Wire::base64Url(wrongAt(page, place))).error(); };
    const auto errorOfMetrics = [&](std::size_t place) {
        Server::HttpRequest request;
        request.authorization = "Bearer " + wrongAt(key, place);
        const auto refused = Server::refuseMetrics(request, key);
        return Wire::Admin::errorFromResponse(refused ? refused->status : 0, refused ? refused->body : std::string());
    };
    const auto check = [](const char *what, const auto &errorOf, std::size_t size) {
        const Core::Error first = errorOf(0);
        for (const std::size_t place : {std::size_t{0}, size / 2, size - 1}) {
            compared.clear();
            QVERIFY2(errorOf(place) == first, what);
            QVERIFY2(compared == std::vector{size}, what);
        }
    };
    check("token", errorOfToken, signature.size());
    check("page token", errorOfPage, 16);
    check("metrics token", errorOfMetrics, key.size());
}

void TestJwt::request_ofOtherMachine_isDenied_data()
{
    QTest::addColumn<QString>("method");
    QTest::addColumn<bool>("isPeerLoopback");
    QTest::newRow("GET from elsewhere") << QStringLiteral("GET") << false;
    QTest::newRow("POST from elsewhere") << QStringLiteral("POST") << false;
    QTest::newRow("GET from here") << QStringLiteral("GET") << true;
    QTest::newRow("POST from here") << QStringLiteral("POST") << true;
}

void TestJwt::request_ofOtherMachine_isDenied()
{
    QFETCH(QString, method);
    QFETCH(bool, isPeerLoopback);
    const Server::SystemClock clock;
    const Server::DevTokenEndpoint endpoint(Server::JwtIssuer(settings()), clock, std::chrono::seconds(60));
    Server::HttpRequest request;
    request.method = method.toStdString();
    request.path = "/v1/dev/token";
    request.query = method == QStringLiteral("GET") ? "sub=alice" : "";
    request.body = method == QStringLiteral("POST") ? R"({"sub":"alice"})" : "";
    request.isPeerLoopback = isPeerLoopback;
    std::optional<Server::HttpResponse> response;
    endpoint.handle(request, [&response](Server::HttpResponse answer) { response = std::move(answer); });
    QVERIFY(response.has_value());
    QCOMPARE(response->status, isPeerLoopback ? 200 : 403);
    QCOMPARE(response->body.find("\"token\"") != std::string::npos, isPeerLoopback);
    QCOMPARE(response->body.find("permission_denied") != std::string::npos, !isPeerLoopback);
}

QTEST_GUILESS_MAIN(TestJwt)
#include "tst_jwt.moc"
