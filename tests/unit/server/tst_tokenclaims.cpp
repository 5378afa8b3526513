// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: threats T19 and T20: a token is taken only for what it was made for, and for as long; whom it is for is found where the operator
// says. Method: an issuer of our own that signs every claim that could be misread. docs/identity.md says which test answers which threat.

#include "tokenissuer.h"

#include <QTest>

#include <array>

using namespace Satchel;
using namespace Satchel::Test;
using Core::ErrorReason;

class TestTokenClaims : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void t19_tokenOfOtherPurpose_isTakenByItsOwnVerifierOnly();
    void t19_tokenOfOtherKind_isRefused_data();
    void t19_tokenOfOtherKind_isRefused();
    void t20_times_areIntegersWithinLeeway_data();
    void t20_times_areIntegersWithinLeeway();
    void claims_underOtherNames_areFound();
    void claims_missing_areNamed();
};

void TestTokenClaims::t19_tokenOfOtherPurpose_isTakenByItsOwnVerifierOnly()
{
    // Five purposes, each with a key, an issuer and an audience; two of them share all but one of these with the first.
    struct Purpose {
        std::string issuer, audience;
        SigningKey key;
    };
    const SigningKey shared(SigningKey::Kind::Ed25519, "k1");
    const std::array<Purpose, 5> purposes{Purpose{"https://id.example", "satchel", shared},
                                          Purpose{"https://id.example", "satchel-admin", shared},
                                          Purpose{"https://id.example/", "satchel", shared},
                                          Purpose{"https://id.example", "satchel", SigningKey(SigningKey::Kind::Ed25519, "k1")},
                                          Purpose{"https://other.example", "other", SigningKey(SigningKey::Kind::Ed25519, "k2")}};
    for (std::size_t from = 0; from < purposes.size(); ++from) {
        const std::string kid = from == 4 ? "k2" : "k1";
        const std::string claims = R"({"iss":")" + purposes.at(from).issuer + R"(","aud":")" + purposes.at(from).audience +
                                   R"(","sub":"alice","tenant":"t","roles":["user"],"iat":1799999990,"exp":1800003600})";
        const std::string token = purposes.at(from).key.sign("EdDSA", R"({"alg":"EdDSA","kid":")" + kid + "\"}", claims);
        for (std::size_t to = 0; to < purposes.size(); ++to) {
            FixedKeys keys(Test::jwkSet({purposes.at(to).key.jwk()}));
            Server::ClaimRules wanted = rules();
            wanted.issuer = purposes.at(to).issuer;
            wanted.audience = purposes.at(to).audience;
            QCOMPARE(Server::IssuerVerifier(keys, wanted).verify(token, now).has_value(), from == to);
        }
    }
}

void TestTokenClaims::t19_tokenOfOtherKind_isRefused_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<QByteArray>("claims");
    const auto add = [](const char *name, const std::string &header, const std::string &claims) {
        QTest::newRow(name) << QByteArray::fromStdString(header) << QByteArray::fromStdString(claims);
    };
    const auto claiming = [](const std::string &member) { return replaced(goodClaims, "{", "{" + member + ","); };
    for (const char *type : {"logout+jwt", "dpop+jwt", "refresh+jwt", "id+jwt", "secevent+jwt", "JWE", "JOSE", "JWT+x", ""}) {
        add(("typ " + std::string(type)).c_str(), replaced(goodHeader, "at+jwt", type), goodClaims);
    }
    add("identity token by nonce", goodHeader, claiming(R"("nonce":"n")"));
    add("identity token by at_hash", goodHeader, claiming(R"("at_hash":"h")"));
    add("identity token by c_hash", goodHeader, claiming(R"("c_hash":"h")"));
    add("identity token by typ", goodHeader, claiming(R"("typ":"ID")"));
    add("identity token by token_use", goodHeader, claiming(R"("token_use":"id")"));
    add("refresh token by typ", goodHeader, claiming(R"("typ":"Refresh")"));
    add("offline token by typ", goodHeader, claiming(R"("typ":"Offline")"));
    add("logout token by events", goodHeader, claiming(R"("events":{"http://schemas.openid.net/event/backchannel-logout":{}})"));
    add("bound token by cnf", goodHeader, claiming(R"("cnf":{"jkt":"h"})"));
    add("no iss", goodHeader, replaced(goodClaims, R"("iss":"https://id.example",)", ""));
    add("iss as list", goodHeader, replaced(goodClaims, R"("https://id.example")", R"(["https://id.example"])"));
    add("iss twice", goodHeader, claiming(R"("iss":"https://id.example")"));
    add("iss in other case", goodHeader, replaced(goodClaims, "https://id.example", "https://ID.example"));
    add("no aud", goodHeader, replaced(goodClaims, R"("aud":["satchel","other"],)", ""));
    add("aud of another", goodHeader, replaced(goodClaims, R"(["satchel","other"])", R"("satchel2")"));
    add("aud as prefix", goodHeader, replaced(goodClaims, R"(["satchel","other"])", R"("satche")"));
    add("aud as words", goodHeader, replaced(goodClaims, R"(["satchel","other"])", R"("satchel other")"));
    add("aud as object", goodHeader, replaced(goodClaims, R"(["satchel","other"])", R"({"satchel":true})"));
    add("aud empty", goodHeader, replaced(goodClaims, R"(["satchel","other"])", "[]"));
}

void TestTokenClaims::t19_tokenOfOtherKind_isRefused()
{
    QFETCH(QByteArray, header);
    QFETCH(QByteArray, claims);
    QCOMPARE(issuer().verify(issuer().sign(header.toStdString(), claims.toStdString())), ErrorReason::TokenInvalid);
}

void TestTokenClaims::t20_times_areIntegersWithinLeeway_data()
{
    QTest::addColumn<QByteArray>("times");
    QTest::addColumn<int>("reason");
    const auto add = [](const char *times, ErrorReason reason) { QTest::newRow(times) << QByteArray(times) << static_cast<int>(reason); };
    add(R"("iat":1800000000,"exp":1800000001)", ErrorReason::None);
    add(R"("iat":1799990000,"exp":1799999941)", ErrorReason::None);
    add(R"("iat":1799990000,"exp":1799999940)", ErrorReason::TokenExpired);
    add(R"("iat":0,"exp":0)", ErrorReason::TokenExpired);
    add(R"("iat":1800000060,"exp":1800003600)", ErrorReason::None);
    add(R"("iat":1800000061,"exp":1800003600)", ErrorReason::TokenInvalid);
    add(R"("iat":1800000000,"nbf":1800000060,"exp":1800003600)", ErrorReason::None);
    add(R"("iat":1800000000,"nbf":1800000061,"exp":1800003600)", ErrorReason::TokenInvalid);
    for (const char *number : {"1800003600.0",
                               "1.8000036e9",
                               "18000036e2",
                               R"("1800003600")",
                               "1e400",
                               "-1e400",
                               "-1",
                               "-0",
                               "9007199254740993",
                               "9223372036854775807",
                               "9223372036854775808",
                               "18446744073709551616",
                               "null",
                               "true",
                               "[1800003600]",
                               "{}",
                               R"({"$timestamp":1800003600})",
                               "01800003600",
                               "+1800003600",
                               "0x6B49D200",
                               "NaN",
                               "Infinity"}) {
        QTest::newRow(("exp " + std::string(number)).c_str())
            << QByteArray(R"("iat":1800000000,"exp":)") + number << static_cast<int>(ErrorReason::TokenInvalid);
        QTest::newRow(("nbf " + std::string(number)).c_str())
            << QByteArray(R"("iat":1800000000,"exp":1800003600,"nbf":)") + number << static_cast<int>(ErrorReason::TokenInvalid);
        QTest::newRow(("iat " + std::string(number)).c_str())
            << QByteArray(R"("exp":1800003600,"iat":)") + number << static_cast<int>(ErrorReason::TokenInvalid);
    }
    add(R"("iat":1800000000)", ErrorReason::TokenInvalid);
    add(R"("exp":1800003600)", ErrorReason::TokenInvalid);
}

void TestTokenClaims::t20_times_areIntegersWithinLeeway()
{
    QFETCH(QByteArray, times);
    QFETCH(int, reason);
    const std::string claims = replaced(goodClaims, R"("iat":1799999990,"exp":1800003600)", times.toStdString());
    QCOMPARE(static_cast<int>(issuer().verify(issuer().sign(goodHeader, claims))), reason);
}

void TestTokenClaims::claims_underOtherNames_areFound()
{
    const std::string claims =
        R"({"iss":"https://id.example","aud":"satchel","sub":"1","email":"alice","realm_access":{"roles":["user","support"]},)"
        R"("https://satchel/tenant":"acme","a/b":{"~":"deep"},"scope":"user  openid","iat":1799999990,"exp":1800003600})";
    const auto verify = [&claims](const Server::ClaimRules &wanted) {
        return Server::IssuerVerifier(issuer().keys, wanted).verify(issuer().sign(goodHeader, claims), now);
    };
    Server::ClaimRules wanted = rules();
    wanted.userClaim = "email";
    wanted.tenantClaim = "https://satchel/tenant";
    wanted.rolesClaim = "/realm_access/roles";
    const auto keycloak = verify(wanted);
    QVERIFY2(keycloak, keycloak ? "" : keycloak.error().detail.c_str());
    QVERIFY((keycloak->user == Core::UserId{"acme", "alice"}));
    QVERIFY((keycloak->roles == std::vector<std::string>{"user", "support"}));
    wanted.tenantClaim = "/a~1b/~0";
    wanted.rolesClaim = "scope";
    const auto scoped = verify(wanted);
    QVERIFY(scoped);
    QCOMPARE(scoped->user.tenant, std::string("deep"));
    QVERIFY((scoped->roles == std::vector<std::string>{"user", "openid"}));
    wanted.tenant = "only";
    wanted.rolesClaim = "groups";
    wanted.defaultRole = "user";
    const auto fixed = verify(wanted);
    QVERIFY(fixed);
    QCOMPARE(fixed->user.tenant, std::string("only"));
    QVERIFY((fixed->roles == std::vector<std::string>{"user"}));
    wanted.rolesClaim = "/realm_access/roles/0";
    wanted.defaultRole.clear();
    QVERIFY(!verify(wanted));
}

void TestTokenClaims::claims_missing_areNamed()
{
    const auto detailWithout = [](const std::string &member) {
        const auto verified = issuer().verifier.verify(issuer().sign(goodHeader, replaced(goodClaims, member, "")), now);
        return verified ? std::string() : verified.error().detail;
    };
    QVERIFY(detailWithout("\"sub\":\"alice\",").find("claim sub") != std::string::npos);
    QVERIFY(detailWithout("\"tenant\":\"t\",").find("claim tenant") != std::string::npos);
    QVERIFY(detailWithout("\"roles\":[\"user\"],").find("claim roles") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestTokenClaims)
#include "tst_tokenclaims.moc"
