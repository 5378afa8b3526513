// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: threats T15 to T18, T21 and T22: a token that is forged, that brings its own key, or that another reader would read differently, is
// refused, without being quoted.
// Method: an issuer of our own, and attackers who lack its key. docs/identity.md says which test answers which threat; what a token claims
// is for tst_tokenclaims.

#include "tokenissuer.h"

#include "server-stub/auth/bearertokens.h"
#include "server-stub/ops/keyfile.h"
#include "wire/json.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace Satchel;
using namespace Satchel::Test;
using Core::ErrorReason;

class TestTokenThreats : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void good_token_givesIdentity();
    void t15_unsignedInAnySpelling_isRefused();
    void t16_publicKeyAsHmacSecret_isRefused();
    void t17_kidInjection_isRefusedAndTouchesNothing();
    void t17_kidUnknown_asksForNewKeysWithoutTellingIt();
    void t18_headerThatChangesTheMeaning_isRefused_data();
    void t18_headerThatChangesTheMeaning_isRefused();
    void t21_weakSecret_isRefused_data();
    void t21_weakSecret_isRefused();
    void t22_lenientEncoding_isRefused();
    void t22_jsonThatParsersReadDifferently_isRefused();
    void t22_everyFlippedCharacter_isRefused();
};

namespace {

std::string hmacToken(const std::string &header, const std::string &claims, const std::string &secret)
{
    const std::string text = Wire::base64Url(header) + "." + Wire::base64Url(claims);
    return text + "." + Wire::base64Url(Server::hmacSha256(secret, text));
}

std::string quoted(const std::string &text)
{
    return Wire::jsonFromValue(Core::Value(text));
}

}  // namespace

void TestTokenThreats::good_token_givesIdentity()
{
    const auto verified = issuer().verifier.verify(issuer().sign(goodHeader, goodClaims), now);
    QVERIFY2(verified, verified ? "" : verified.error().detail.c_str());
    QVERIFY((*verified == Server::Identity{Core::UserId{"t", "alice"}, {"user"}, std::chrono::seconds(1'800'003'600)}));
    for (const char *header : {R"({"alg":"ES256","kid":"k1"})", R"({"alg":"ES256","kid":"k1","typ":"JWT"})",
                               R"({"typ":"application/at+jwt","x5t":"abc","x5t#S256":"def","kid":"k1","alg":"ES256"})"}) {
        QCOMPARE(issuer().verify(issuer().sign(header, goodClaims)), ErrorReason::None);
    }
}

void TestTokenThreats::t15_unsignedInAnySpelling_isRefused()
{
    std::vector<std::string> spellings{"", " none", "none ", "none\\u0000", "NoNE\\t", "n\\u006fne", "es256", "ES256 ", "null", "false"};
    for (int bits = 0; bits < 16; ++bits) {
        std::string none = "none";
        for (std::size_t i = 0; i < none.size(); ++i) {
            none[i] = static_cast<char>((bits >> i & 1) != 0 ? none[i] - 'a' + 'A' : none[i]);
        }
        spellings.push_back(none);
    }
    std::vector<std::string> headers{R"({"kid":"k1"})", R"({"alg":null,"kid":"k1"})", R"({"alg":["ES256"],"kid":"k1"})",
                                     R"({"alg":0,"kid":"k1"})"};
    for (const std::string &spelling : spellings) {
        headers.push_back(R"({"alg":")" + spelling + R"(","kid":"k1"})");
        headers.push_back(R"({"alg":")" + spelling + R"("})");
    }
    for (const std::string &header : headers) {
        const std::string unsignedToken = Wire::base64Url(header) + "." + Wire::base64Url(goodClaims) + ".";
        QVERIFY2(issuer().verify(unsignedToken) == ErrorReason::TokenInvalid, header.c_str());
        QVERIFY2(issuer().verify(issuer().sign(header, goodClaims)) == ErrorReason::TokenInvalid, header.c_str());
    }
}

void TestTokenThreats::t16_publicKeyAsHmacSecret_isRefused()
{
    const SigningKey rsa(SigningKey::Kind::Rsa, "k1");
    const std::string modulus = rsa.jwk().substr(rsa.jwk().find("\"n\":\"") + 5, 342);
    FixedKeys keys(Test::jwkSet({rsa.jwk()}));
    const Server::IssuerVerifier alone(keys, rules());
    const std::string honest = rsa.sign("RS256", R"({"alg":"RS256","kid":"k1"})", goodClaims);
    QVERIFY(alone.verify(honest, now));
    QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("keys.json")));
    const std::string text = Test::jwkSet({rsa.jwk()});
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text.data(), static_cast<qint64>(text.size())) > 0);
    file.close();
    Server::IdentityOptions options;
    options.jwksFile = file.fileName().toStdString();
    options.claims = rules();
    options.isDevelopmentWanted = true;
    Server::JwtSettings development;
    development.key = "0123456789abcdefghijklmnopqrstuv";
    const Server::SystemClock clock;
    Server::Log log(clock, Server::LogLevel::Off, [](const std::string &) {});
    const auto both = Server::BearerTokens::make(options, development, log);
    QVERIFY(both);
    const std::string claimsOfDevelopment = replaced(goodClaims, "https://id.example", "satchel-dev");
    for (const std::string &secret : {rsa.publicPem(), rsa.publicPem().substr(0, rsa.publicPem().size() - 1), rsa.jwk(), text, modulus,
                                      *Wire::fromBase64Url(modulus), std::string()}) {
        for (const char *header :
             {R"({"alg":"HS256","kid":"k1"})", R"({"alg":"HS256","typ":"JWT"})", R"({"typ":"JWT","alg":"RS256","kid":"k1"})"}) {
            for (const std::string &claims : {goodClaims, claimsOfDevelopment}) {
                const std::string token = hmacToken(header, claims, secret);
                QVERIFY(!alone.verify(token, now));
                QVERIFY(!(*both)->verify(token, now));
            }
        }
    }
    // And the development secret's tokens are not the issuer's.
    const std::string header = R"({"alg":"HS256","typ":"JWT"})";
    QVERIFY(!(*both)->verify(hmacToken(header, goodClaims, development.key), now));
    QVERIFY((*both)->verify(hmacToken(header, claimsOfDevelopment, development.key), now));
    QVERIFY((*both)->verify(honest, now));
}

void TestTokenThreats::t17_kidInjection_isRefusedAndTouchesNothing()
{
    const std::vector<std::string> payloads{"",
                                            "../../../../dev/null",
                                            "/dev/null",
                                            "/proc/self/environ",
                                            "..\\..\\windows\\win.ini",
                                            "k1/../k1",
                                            "./k1",
                                            "file:///dev/null",
                                            "http://127.0.0.1:1/k1",
                                            "https://evil.example/jwks.json",
                                            "//evil.example/k",
                                            "ftp://evil.example",
                                            "k1?x=1",
                                            "k1#k1",
                                            "k1%00",
                                            "k1%2e",
                                            "' OR '1'='1",
                                            "k1' OR 1=1 --",
                                            "k1'; DROP TABLE keys; --",
                                            "x' UNION SELECT 'key",
                                            "k1\"",
                                            "k1`id`",
                                            "$(id)",
                                            "|id",
                                            "; id",
                                            "&& id",
                                            "k1\n",
                                            "\r\nSet-Cookie: a=b",
                                            " k1",
                                            "k1 ",
                                            "\tk1",
                                            std::string("k1\0", 3),
                                            std::string("\0k1", 3),
                                            "k1\x01",
                                            "k\xC3\xA9",
                                            "\xE2\x80\xAEk1",
                                            "{\"kid\":\"k1\"}",
                                            "${jndi:ldap://evil.example/a}",
                                            "{{7*7}}",
                                            "<k1>",
                                            "k1,k2",
                                            "k1*",
                                            "k1;k1",
                                            "%s%s%n",
                                            std::string(65, 'k'),
                                            std::string(5000, 'k')};
    QVERIFY(payloads.size() >= 40);
    issuer().keys.renewals = 0;
    for (const std::string &kid : payloads) {
        const std::string header = R"({"alg":"ES256","kid":)" + quoted(kid) + "}";
        QVERIFY2(issuer().verify(issuer().sign(header, goodClaims)) == ErrorReason::TokenInvalid, kid.c_str());
    }
    const std::string huge = R"({"alg":"ES256","kid":")" + std::string(1'000'000, 'k') + "\"}";
    QCOMPARE(issuer().verify(issuer().sign(huge, goodClaims)), ErrorReason::TokenInvalid);
    for (const char *kid : {"1", "null", "true", R"(["k1"])", R"({"k1":1})"}) {
        const std::string header = R"({"alg":"ES256","kid":)" + std::string(kid) + "}";
        QCOMPARE(issuer().verify(issuer().sign(header, goodClaims)), ErrorReason::TokenInvalid);
    }
    // Nothing was looked for: neither file nor provider was asked.
    QCOMPARE(issuer().keys.renewals, 0);
}

void TestTokenThreats::t17_kidUnknown_asksForNewKeysWithoutTellingIt()
{
    issuer().keys.renewals = 0;
    for (const char *kid : {"k2", "K1", "k", "k11", "..", "."}) {
        const std::string header = R"({"alg":"ES256","kid":")" + std::string(kid) + "\"}";
        QCOMPARE(issuer().verify(issuer().sign(header, goodClaims)), ErrorReason::TokenInvalid);
    }
    QCOMPARE(issuer().keys.renewals, 6);
}

void TestTokenThreats::t18_headerThatChangesTheMeaning_isRefused_data()
{
    QTest::addColumn<QByteArray>("member");
    const SigningKey attacker(SigningKey::Kind::P256);
    for (const std::string &member :
         {R"("jwk":)" + attacker.jwk(), std::string(R"("jku":"https://evil.example/jwks.json")"),
          std::string(R"("x5u":"https://evil.example/c.pem")"), std::string(R"("x5c":["MIIB"])"), std::string(R"("crit":["exp"])"),
          std::string(R"("crit":[])"), std::string(R"("crit":["b64"],"b64":false)"), std::string(R"("b64":false)"),
          std::string(R"("b64":true)"), std::string(R"("zip":"DEF")"), std::string(R"("cty":"JWT")"), std::string(R"("enc":"A128GCM")"),
          std::string(R"("epk":{})"), std::string(R"("p2c":2147483647)"), std::string(R"("url":"https://evil.example")"),
          std::string(R"("JWK":{})"), std::string(R"("$bytes":"AA")"), std::string(R"("":"")")}) {
        QTest::newRow(member.substr(0, 24).c_str()) << QByteArray(member.data(), static_cast<qsizetype>(member.size()));
    }
}

void TestTokenThreats::t18_headerThatChangesTheMeaning_isRefused()
{
    QFETCH(QByteArray, member);
    const std::string header = R"({"alg":"ES256","kid":"k1",)" + member.toStdString() + "}";
    QCOMPARE(issuer().verify(issuer().sign(header, goodClaims)), ErrorReason::TokenInvalid);
    // Signed by the attacker whose key the header may bring along.
    QCOMPARE(issuer().verify(SigningKey(SigningKey::Kind::P256).sign("ES256", header, goodClaims)), ErrorReason::TokenInvalid);
}

void TestTokenThreats::t21_weakSecret_isRefused_data()
{
    QTest::addColumn<QByteArray>("secret");
    QTest::addColumn<bool>("isTaken");
    for (const char *secret :
         {"", "secret", "your-256-bit-secret", "0123456789abcdef0123456789abcde", "a-string-secret-at-least-256-bits-long",
          "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
          "super-secret-jwt-token-with-at-least-32-characters-long", "your-super-secret-jwt-token-with-at-least-32-characters-long",
          "                                                                ", "ssssssssssssssssssssssssssssssss",
          "passwordpasswordpasswordpassword", "00000000000000000000000000000000"}) {
        QTest::newRow(("secret: " + std::string(secret)).c_str()) << QByteArray(secret) << false;
    }
    QTest::newRow("hexadecimal of 32 random bytes")
        << QByteArray("8f3a1c5be0947d26a1f0c3d2b4e59687109f8e7d6c5b4a392817f6e5d4c3b2a1") << true;
}

void TestTokenThreats::t21_weakSecret_isRefused()
{
    QFETCH(QByteArray, secret);
    QFETCH(bool, isTaken);
    QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("secret")));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(secret) == secret.size());
    file.close();
    const auto read = Server::secretFromFile(file.fileName().toStdString());
    QVERIFY2(read.has_value() == isTaken, read ? "it was taken" : read.error().detail.c_str());
}

void TestTokenThreats::t22_lenientEncoding_isRefused()
{
    const std::string good = issuer().sign(goodHeader, goodClaims);
    const std::size_t first = good.find('.');
    const std::size_t second = good.rfind('.');
    const std::string header = good.substr(0, first);
    const std::string claims = good.substr(first + 1, second - first - 1);
    const std::string signature = good.substr(second + 1);
    QCOMPARE(issuer().verify(header + "." + claims + "." + signature), ErrorReason::None);
    for (const std::string &noise : {std::string("="), std::string("=="), std::string(" "), std::string("\n"), std::string("\r\n"),
                                     std::string("\t"), std::string(1, '\0'), std::string("+"), std::string("/"), std::string("."),
                                     std::string("\xEF\xBB\xBF"), std::string("%3D"), std::string("~")}) {
        for (const std::string &token : {header + noise + "." + claims + "." + signature, noise + header + "." + claims + "." + signature,
                                         header + "." + claims + noise + "." + signature, header + "." + noise + claims + "." + signature,
                                         header + "." + claims + "." + signature + noise, header + "." + claims + "." + noise + signature,
                                         header + "." + claims.substr(0, 8) + noise + claims.substr(8) + "." + signature}) {
            QCOMPARE(issuer().verify(token), ErrorReason::TokenInvalid);
        }
    }
    // The last letter of a signature of 64 bytes has four bits that stand for nothing: another letter there decodes the same elsewhere.
    const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const std::size_t last = alphabet.find(signature.back());
    for (std::size_t bits = 1; bits < 16; ++bits) {
        QCOMPARE(issuer().verify(good.substr(0, good.size() - 1) + alphabet[last ^ bits]), ErrorReason::TokenInvalid);
    }
    // Signed by the issuer itself, but over parts that only a lenient reader takes.
    for (const std::string &text :
         {header + "=." + claims, header + "." + claims + "=", " " + header + "." + claims, header + "\n." + claims}) {
        QCOMPARE(issuer().verify(text + "." + Wire::base64Url(issuer().key.signature("ES256", text))), ErrorReason::TokenInvalid);
    }
}

void TestTokenThreats::t22_jsonThatParsersReadDifferently_isRefused()
{
    for (const char *header : {R"({"alg":"none","alg":"ES256","kid":"k1"})", R"({"alg":"ES256","alg":"none","kid":"k1"})",
                               R"({"alg":"ES256","\u0061lg":"none","kid":"k1"})", R"({"alg":"ES256","kid":"k1","kid":"k2"})",
                               R"({"alg":"ES256","kid":"k1"}{})", R"({"alg":"ES256","kid":"k1",})", R"({'alg':'ES256','kid':'k1'})",
                               R"({"alg":"ES256","kid":"k1"/**/})", "\xEF\xBB\xBF{\"alg\":\"ES256\",\"kid\":\"k1\"}",
                               R"([{"alg":"ES256","kid":"k1"}])", R"("ES256")", "", R"({alg:"ES256",kid:"k1"})"}) {
        QVERIFY2(issuer().verify(issuer().sign(header, goodClaims)) == ErrorReason::TokenInvalid, header);
    }
    for (const char *name : {"iss", "aud", "sub", "tenant", "roles", "exp", "iat"}) {
        const std::string twice = replaced(goodClaims, "{", "{\"" + std::string(name) + "\":null,");
        QVERIFY2(issuer().verify(issuer().sign(goodHeader, twice)) == ErrorReason::TokenInvalid, name);
    }
    QFile file(QStringLiteral(SATCHEL_SHARED_DIR "/data/json-parsing.jsonl"));
    if (!file.open(QIODevice::ReadOnly)) {
        QSKIP("The shared folder with JSON texts is not beside the project.");
    }
    int refused = 0;
    while (!file.atEnd()) {
        const QJsonObject line = QJsonDocument::fromJson(file.readLine()).object();
        if (line[QStringLiteral("expect")].toString() != QStringLiteral("reject")) {
            continue;
        }
        const std::string text = QByteArray::fromBase64(line[QStringLiteral("base64")].toString().toLatin1()).toStdString();
        if (text.size() > 4000) {
            continue;
        }
        // As the header, as the claims, and in their midst.
        QCOMPARE(issuer().verify(issuer().sign(text, goodClaims)), ErrorReason::TokenInvalid);
        QCOMPARE(issuer().verify(issuer().sign(goodHeader, text)), ErrorReason::TokenInvalid);
        QVERIFY2(issuer().verify(issuer().sign(goodHeader, replaced(goodClaims, "{", "{\"x\":" + text + ","))) == ErrorReason::TokenInvalid,
                 qPrintable(line[QStringLiteral("name")].toString()));
        ++refused;
    }
    QVERIFY(refused > 150);
}

void TestTokenThreats::t22_everyFlippedCharacter_isRefused()
{
    const std::string good = issuer().sign(goodHeader, goodClaims);
    for (std::size_t i = 0; i < good.size(); ++i) {
        std::string changed = good;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        QCOMPARE(issuer().verify(changed), ErrorReason::TokenInvalid);
    }
}

QTEST_GUILESS_MAIN(TestTokenThreats)
#include "tst_tokenthreats.moc"
