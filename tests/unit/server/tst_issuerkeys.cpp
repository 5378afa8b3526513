// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: signatures by an issuer's published keys hold exactly when they should, and a key set says exactly what its keys are for.
// Method: the JOSE cookbook's and Wycheproof's vectors, every bit of a good signature flipped, hand-made key sets and files.

#include "server-stub/auth/issuerverifier.h"
#include "server-stub/auth/jwksfile.h"
#include "support/signingkey.h"
#include "wire/json.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace Satchel;
using Test::SigningKey;

class TestIssuerKeys : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cookbook_signature_data();
    void cookbook_signature();
    void cookbook_severalSignatures_areJudgedEachAlone();
    void cookbook_jsonSerialization_isRefused();
    void rfc7515_es256_holds();
    void wycheproof_ed25519_isJudgedAsStated();
    void signature_ofEveryAlgorithm_holdsUntouchedOnly_data();
    void signature_ofEveryAlgorithm_holdsUntouchedOnly();
    void ecdsa_derOrOtherLength_isRefused();
    void pss_andPkcs1_areNotTakenForEachOther();
    void keySet_data();
    void keySet();
    void keySet_ofMixedKeys_leavesOutWhatItCannotUse();
    void kid_missing_meansTheOnlyKey();
    void file_changed_isReadWhenAKeyIsMissing();
    void file_broken_keepsTheKeysReadBefore();
    void file_missing_isRefused();
};

namespace {

QJsonObject vectorOf(const QString &path)
{
    QFile file(QStringLiteral(SATCHEL_SHARED_DIR "/vectors/") + path);
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object() : QJsonObject();
}

/// The public part of a JWK, alone in a set.
std::string publicSet(QJsonObject jwk)
{
    for (const char *secret : {"d", "p", "q", "dp", "dq", "qi"}) {
        jwk.remove(QLatin1String(secret));
    }
    return Test::jwkSet({QJsonDocument(jwk).toJson(QJsonDocument::Compact).toStdString()});
}

Core::Result<void> check(const std::string &token, const std::string &keys)
{
    const auto set = Server::JwkSet::parse(keys);
    if (!set) {
        return Core::failure(set.error());
    }
    const auto jws = Server::parseCompactJws(token, 64 * 1024);
    return jws ? Server::checkSignature(*jws, *set) : Core::Result<void>(Core::failure(jws.error()));
}

std::string replaced(std::string text, const std::string &what, const std::string &by)
{
    return text.replace(text.find(what), what.size(), by);
}

const std::string plainClaims = R"({"a":1})";

class QuietLog {
public:
    [[nodiscard]] Server::Log &log() { return m_log; }
    std::string text;

private:
    Server::SystemClock m_clock;
    Server::Log m_log{m_clock, Server::LogLevel::Debug, [this](const std::string &line) { text += line; }};
};

void writeFile(const QString &path, const std::string &text)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text.data(), static_cast<qint64>(text.size())) >= 0);
}

}  // namespace

void TestIssuerKeys::cookbook_signature_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<bool>("isSupported");
    QTest::newRow("RS256") << QStringLiteral("rfc7520/jws/4_1.rsa_v15_signature.json") << true;
    QTest::newRow("Ed25519") << QStringLiteral("rfc7520/curve25519/jws.json") << true;
    QTest::newRow("PS384") << QStringLiteral("rfc7520/jws/4_2.rsa-pss_signature.json") << false;
    QTest::newRow("ES512") << QStringLiteral("rfc7520/jws/4_3.ecdsa_signature.json") << false;
    QTest::newRow("HS256") << QStringLiteral("rfc7520/jws/4_4.hmac-sha2_integrity_protection.json") << false;
    QTest::newRow("HS256, detached") << QStringLiteral("rfc7520/jws/4_5.signature_with_detached_content.json") << false;
}

void TestIssuerKeys::cookbook_signature()
{
    QFETCH(QString, path);
    QFETCH(bool, isSupported);
    const QJsonObject vector = vectorOf(path);
    if (vector.isEmpty()) {
        QSKIP("The shared folder with the JOSE cookbook is not beside the project.");
    }
    const QJsonObject key = vector[QStringLiteral("input")].toObject()[QStringLiteral("key")].toObject();
    const std::string token = vector[QStringLiteral("output")].toObject()[QStringLiteral("compact")].toString().toStdString();
    QVERIFY(!token.empty());
    const std::string keys = publicSet(key);
    const auto checked = check(token, keys);
    QCOMPARE(checked.has_value(), isSupported);
    if (!isSupported) {
        QVERIFY2(checked.error().detail.find("taken") != std::string::npos || checked.error().detail.find("alg") != std::string::npos,
                 checked.error().detail.c_str());
        return;
    }
    const std::size_t payload = token.find('.') + 1;
    for (const std::size_t at : {payload, payload + 20, token.rfind('.') + 1, token.size() - 3}) {
        std::string tampered = token;
        tampered[at] = tampered[at] == 'A' ? 'B' : 'A';
        QVERIFY(!check(tampered, keys));
    }
    // A key of another kind under the same kid.
    const SigningKey wrong(SigningKey::Kind::P256, key[QStringLiteral("kid")].toString().toStdString());
    QVERIFY(!check(token, Test::jwkSet({wrong.jwk()})));
}

void TestIssuerKeys::cookbook_severalSignatures_areJudgedEachAlone()
{
    const QJsonObject vector = vectorOf(QStringLiteral("rfc7520/jws/4_8.multiple_signatures.json"));
    if (vector.isEmpty()) {
        QSKIP("The shared folder with the JOSE cookbook is not beside the project.");
    }
    const QJsonObject json = vector[QStringLiteral("output")].toObject()[QStringLiteral("json")].toObject();
    const QJsonArray keys = vector[QStringLiteral("input")].toObject()[QStringLiteral("key")].toArray();
    const QJsonArray signatures = json[QStringLiteral("signatures")].toArray();
    const auto compact = [&](qsizetype i) {
        const QJsonObject one = signatures[i].toObject();
        return (one[QStringLiteral("protected")].toString() + u'.' + json[QStringLiteral("payload")].toString() + u'.' +
                one[QStringLiteral("signature")].toString())
            .toStdString();
    };
    const std::string rsa = publicSet(keys[0].toObject());
    QVERIFY(check(compact(0), rsa));
    QVERIFY(!check(compact(1), rsa));
    const auto hmac = check(compact(2), rsa);
    QVERIFY(!hmac);
    QVERIFY2(hmac.error().detail.find("RS256") != std::string::npos, hmac.error().detail.c_str());
}

void TestIssuerKeys::cookbook_jsonSerialization_isRefused()
{
    const QJsonObject vector = vectorOf(QStringLiteral("rfc7520/jws/4_1.rsa_v15_signature.json"));
    if (vector.isEmpty()) {
        QSKIP("The shared folder with the JOSE cookbook is not beside the project.");
    }
    const std::string keys = publicSet(vector[QStringLiteral("input")].toObject()[QStringLiteral("key")].toObject());
    for (const auto &form : {QStringLiteral("json"), QStringLiteral("json_flat")}) {
        const QByteArray token = QJsonDocument(vector[QStringLiteral("output")].toObject()[form].toObject()).toJson(QJsonDocument::Compact);
        const auto checked = check(token.toStdString(), keys);
        QVERIFY(!checked);
        QVERIFY(checked.error().detail.find("three parts") != std::string::npos);
    }
}

void TestIssuerKeys::rfc7515_es256_holds()
{
    const std::string keys =
        R"({"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})";
    const std::string token =
        "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
        "cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    QVERIFY(check(token, keys));
    QVERIFY(!check(replaced(token, "DtEh", "DtEi"), keys));
}

void TestIssuerKeys::wycheproof_ed25519_isJudgedAsStated()
{
    const QJsonObject vectors = vectorOf(QStringLiteral("ed25519/ed25519.json"));
    if (vectors.isEmpty()) {
        QSKIP("The shared folder with Wycheproof's vectors is not beside the project.");
    }
    int count = 0;
    for (const auto &group : vectors[QStringLiteral("testGroups")].toArray()) {
        const auto key =
            QByteArray::fromHex(group.toObject()[QStringLiteral("publicKey")].toObject()[QStringLiteral("pk")].toString().toLatin1());
        const auto made = Server::PublicKey::ed25519({key.constData(), static_cast<std::size_t>(key.size())});
        QVERIFY(made);
        for (const auto &entry : group.toObject()[QStringLiteral("tests")].toArray()) {
            const QJsonObject test = entry.toObject();
            const std::string text = QByteArray::fromHex(test[QStringLiteral("msg")].toString().toLatin1()).toStdString();
            const std::string signature = QByteArray::fromHex(test[QStringLiteral("sig")].toString().toLatin1()).toStdString();
            const bool isValid = test[QStringLiteral("result")].toString() == QStringLiteral("valid");
            QVERIFY2(made->verify(Server::SignatureAlgorithm::EdDsa, text, signature) == isValid,
                     qPrintable(QString::number(test[QStringLiteral("tcId")].toInt())));
            ++count;
        }
    }
    QVERIFY(count > 100);
}

void TestIssuerKeys::signature_ofEveryAlgorithm_holdsUntouchedOnly_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("algorithm");
    QTest::newRow("RS256") << static_cast<int>(SigningKey::Kind::Rsa) << QStringLiteral("RS256");
    QTest::newRow("PS256") << static_cast<int>(SigningKey::Kind::Rsa) << QStringLiteral("PS256");
    QTest::newRow("ES256") << static_cast<int>(SigningKey::Kind::P256) << QStringLiteral("ES256");
    QTest::newRow("EdDSA") << static_cast<int>(SigningKey::Kind::Ed25519) << QStringLiteral("EdDSA");
}

void TestIssuerKeys::signature_ofEveryAlgorithm_holdsUntouchedOnly()
{
    QFETCH(int, kind);
    QFETCH(QString, algorithm);
    const SigningKey key(static_cast<SigningKey::Kind>(kind));
    const auto set = Server::JwkSet::parse(Test::jwkSet({key.jwk()}));
    QVERIFY(set && set->only() != nullptr);
    const auto known = Server::algorithmNamed(algorithm.toStdString());
    QVERIFY(known);
    const std::string text = "what is signed";
    const std::string signature = key.signature(algorithm.toStdString(), text);
    const Server::PublicKey &publicKey = set->only()->key;
    QVERIFY(publicKey.verify(*known, text, signature));
    QVERIFY(!publicKey.verify(*known, text + ".", signature));
    QVERIFY(!publicKey.verify(*known, text, {}));
    QVERIFY(!publicKey.verify(*known, text, signature + std::string(1, '\0')));
    for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
        std::string flipped = signature;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
        QVERIFY(!publicKey.verify(*known, text, flipped));
    }
    for (const char *other : {"RS256", "PS256", "ES256", "EdDSA"}) {
        QCOMPARE(publicKey.verify(*Server::algorithmNamed(other), text, signature), algorithm == QLatin1String(other));
    }
}

void TestIssuerKeys::ecdsa_derOrOtherLength_isRefused()
{
    const SigningKey key(SigningKey::Kind::P256);
    const auto set = Server::JwkSet::parse(Test::jwkSet({key.jwk()}));
    const std::string text = "text";
    const std::string good = key.signature("ES256", text);
    const auto verify = [&set, &text](const std::string &signature) {
        return set->only()->key.verify(Server::SignatureAlgorithm::Es256, text, signature);
    };
    QVERIFY(verify(good));
    // r and s as numbers of the DER form, the same pair.
    const std::string der = "\x30\x44\x02\x20" + good.substr(0, 32) + "\x02\x20" + good.substr(32);
    QVERIFY(!verify(der));
    QVERIFY(!verify(good.substr(0, 63)));
    QVERIFY(!verify(std::string(1, '\0') + good));
    QVERIFY(!verify(std::string(64, '\0')));
}

void TestIssuerKeys::pss_andPkcs1_areNotTakenForEachOther()
{
    const SigningKey key(SigningKey::Kind::Rsa);
    const std::string keys = Test::jwkSet({key.jwk()});
    QVERIFY(check(key.sign("PS256", R"({"alg":"PS256"})", plainClaims), keys));
    QVERIFY(!check(key.sign("RS256", R"({"alg":"PS256"})", plainClaims), keys));
    QVERIFY(!check(key.sign("PS256", R"({"alg":"RS256"})", plainClaims), keys));
}

void TestIssuerKeys::keySet_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("refusal");
    const auto add = [](const char *name, const std::string &text, const char *refusal) {
        QTest::newRow(name) << QByteArray(text.data(), static_cast<qsizetype>(text.size())) << QByteArray(refusal);
    };
    const auto set = [](const std::string &jwk) { return Test::jwkSet({jwk}); };
    static const SigningKey rsa(SigningKey::Kind::Rsa, "r");
    static const SigningKey ec(SigningKey::Kind::P256, "e");
    add("RSA", set(rsa.jwk()), "");
    add("RSA for PS256", set(rsa.jwk(R"(,"alg":"PS256","use":"sig","key_ops":["verify"])")), "");
    add("empty text", "", "strict JSON");
    add("no keys", "{}", "object with");
    add("keys no list", R"({"keys":{}})", "object with");
    add("empty list", R"({"keys":[]})", "no usable key");
    add("key no object", R"({"keys":[1]})", "no usable key");
    add("member twice", set(replaced(rsa.jwk(), R"("kid":"r")", R"("kid":"r","kid":"s")")), "strict JSON");
    add("kid twice", Test::jwkSet({rsa.jwk(), replaced(ec.jwk(), R"("e")", R"("r")")}), "kid of another");
    add("private", set(rsa.jwk(R"(,"d":"AQAB")")), "private key");
    add("RSA of 1024 bits", set(SigningKey(SigningKey::Kind::Rsa, "w", 1024).jwk()), "2048");
    add("RSA with exponent 1", set(replaced(rsa.jwk(), R"("AQAB")", R"("AQ")")), "exponent");
    add("RSA with padding", set(replaced(rsa.jwk(), R"("AQAB")", R"("AQAB=")")), "exponent");
    add("for encryption", set(rsa.jwk(R"(,"use":"enc")")), "use or key_ops");
    add("for signing only", set(rsa.jwk(R"(,"key_ops":["sign"])")), "use or key_ops");
    add("alg of another kind", set(rsa.jwk(R"(,"alg":"ES256")")), "alg");
    add("alg HS256", set(rsa.jwk(R"(,"alg":"HS256")")), "alg");
    add("alg none", set(rsa.jwk(R"(,"alg":"none")")), "alg");
    add("symmetric", set(R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75","kid":"o"})"), "only RSA");
    add("P-384", set(replaced(ec.jwk(), "P-256", "P-384")), "only RSA");
    add("point of another length", set(replaced(ec.jwk(), R"("x":")", R"("x":"AAAA)")), "P-256");
    add("x and y swapped", set(replaced(replaced(replaced(ec.jwk(), R"("x":)", R"("z":)"), R"("y":)", R"("x":)"), R"("z":)", R"("y":)")),
        "curve");
    add("kid as path", set(replaced(rsa.jwk(), R"("r")", R"("../r")")), "kid");
    add("kid too long", set(replaced(rsa.jwk(), R"("r")", '"' + std::string(65, 'k') + '"')), "kid");
}

void TestIssuerKeys::keySet()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, refusal);
    const auto set = Server::JwkSet::parse(text.toStdString());
    QVERIFY2(set.has_value() == refusal.isEmpty(), set ? "it was taken" : set.error().detail.c_str());
    if (!set) {
        QVERIFY2(set.error().detail.find(refusal.toStdString()) != std::string::npos, set.error().detail.c_str());
        QCOMPARE(set.error().reason, Core::ErrorReason::MalformedInput);
    }
}

void TestIssuerKeys::keySet_ofMixedKeys_leavesOutWhatItCannotUse()
{
    const SigningKey rsa(SigningKey::Kind::Rsa, "r");
    const SigningKey ed(SigningKey::Kind::Ed25519, "d");
    const auto set = Server::JwkSet::parse(Test::jwkSet({rsa.jwk(R"(,"x5c":["certificates are passed over"],"alg":"RS256")"),
                                                         R"({"kty":"EC","crv":"P-521","x":"AA","y":"AA","kid":"big"})", ed.jwk()}));
    QVERIFY(set);
    QCOMPARE(set->size(), std::size_t(2));
    QCOMPARE(set->leftOut().size(), std::size_t(1));
    QVERIFY(set->leftOut().front().rfind("key 2: ", 0) == 0);
    QVERIFY(set->find("r") != nullptr && set->find("d") != nullptr);
    QVERIFY(set->find("big") == nullptr && set->find("R") == nullptr && set->find("") == nullptr);
    QVERIFY(set->find("r")->isFor(Server::SignatureAlgorithm::Rs256));
    QVERIFY(!set->find("r")->isFor(Server::SignatureAlgorithm::Ps256));
}

void TestIssuerKeys::kid_missing_meansTheOnlyKey()
{
    const SigningKey first(SigningKey::Kind::P256, "a");
    const SigningKey second(SigningKey::Kind::P256, "b");
    const std::string token = first.sign("ES256", R"({"alg":"ES256"})", plainClaims);
    QVERIFY(check(token, Test::jwkSet({first.jwk()})));
    QVERIFY(!check(token, Test::jwkSet({first.jwk(), second.jwk()})));
    const std::string named = first.sign("ES256", R"({"alg":"ES256","kid":"a"})", plainClaims);
    QVERIFY(check(named, Test::jwkSet({first.jwk(), second.jwk()})));
    QVERIFY(!check(named, Test::jwkSet({second.jwk()})));
}

void TestIssuerKeys::file_changed_isReadWhenAKeyIsMissing()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("keys.json"));
    writeFile(path, Test::jwkSet({SigningKey(SigningKey::Kind::P256, "old").jwk()}));
    QuietLog quiet;
    const auto source = Server::JwksFile::open(path.toStdString(), quiet.log());
    QVERIFY2(source, source ? "" : source.error().detail.c_str());
    QCOMPARE((*source)->renew({}), Server::KeySource::Renewal::Nothing);
    writeFile(path, Test::jwkSet({SigningKey(SigningKey::Kind::P256, "new").jwk(), SigningKey(SigningKey::Kind::P256, "newer").jwk()}));
    QVERIFY((*source)->keys()->find("old") != nullptr);
    QCOMPARE((*source)->renew({}), Server::KeySource::Renewal::Done);
    QVERIFY((*source)->keys()->find("old") == nullptr);
    QVERIFY((*source)->keys()->find("newer") != nullptr);
    QCOMPARE((*source)->renew({}), Server::KeySource::Renewal::Nothing);
}

void TestIssuerKeys::file_broken_keepsTheKeysReadBefore()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("keys.json"));
    writeFile(path, Test::jwkSet({SigningKey(SigningKey::Kind::P256, "old").jwk()}));
    QuietLog quiet;
    const auto source = Server::JwksFile::open(path.toStdString(), quiet.log());
    QVERIFY(source);
    writeFile(path, R"({"keys":[)");
    (*source)->reload();
    QVERIFY((*source)->keys()->find("old") != nullptr);
    QVERIFY(quiet.text.find("keys not read") != std::string::npos);
    QVERIFY(QFile::remove(path));
    (*source)->reload();
    QVERIFY((*source)->keys()->find("old") != nullptr);
    writeFile(path, Test::jwkSet({SigningKey(SigningKey::Kind::P256, "new").jwk()}));
    (*source)->reload();
    QVERIFY((*source)->keys()->find("new") != nullptr);
}

void TestIssuerKeys::file_missing_isRefused()
{
    QuietLog quiet;
    const auto source = Server::JwksFile::open("/nonexistent/keys.json", quiet.log());
    QVERIFY(!source);
    QVERIFY(source.error().detail.find("/nonexistent/keys.json") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestIssuerKeys)
#include "tst_issuerkeys.moc"
