// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: heads are signed so that other programs of the format read them, and nobody's signature passes for another's.
// Method: the format's own example byte for byte, published signature vectors, and every byte of a note changed.
#include "audit/signednote.h"
#include "wire/json.h"

#include <nlohmann/json.hpp>

#include <QtTest/QtTest>

#include <fstream>

using namespace Satchel;
using namespace Satchel::Audit;
using Json = nlohmann::json;

namespace {

// From the documentation of golang.org/x/mod/sumdb/note, where the format comes from.
const std::string exampleKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const std::string exampleSeed = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const std::string exampleText = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const std::string exampleNote =
    exampleText +
    "\n\xE2\x80\x94 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

Signer signerOf(char letter)
{
    return *Signer::make(std::string(signerName), std::string(32, letter));
}

Checkpoint head()
{
    return {originOf(7, "t"), 42, leafHash("root")};
}

}  // namespace

class tst_SignedNote : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void signature_publishedVectors_areJudgedAsTheySay();
    void note_ofTheFormatsExample_isTheSameByteForByte();
    void key_asText_isReadBack();
    void key_mistyped_isRefused_data();
    void key_mistyped_isRefused();
    void checkpoint_signed_isOpened();
    void checkpoint_ofAnotherKey_isRefused();
    void checkpoint_withAnyByteChanged_isRefused();
    void checkpoint_withMoreSignatures_isOpenedByEither();
    void checkpoint_ofAnotherForm_isRefused_data();
    void checkpoint_ofAnotherForm_isRefused();
    void origin_ofAnyTenant_isOneLine();
    void signer_ofBadSeedOrName_isRefused();
};

void tst_SignedNote::signature_publishedVectors_areJudgedAsTheySay()
{
    std::ifstream file(SATCHEL_SHARED_DIR "/vectors/ed25519/ed25519.json");
    if (!file) {
        QSKIP("the published vectors are not on this machine");
    }
    const auto bytes = [](const Json &hex) { return QByteArray::fromHex(QByteArray::fromStdString(hex.get<std::string>())).toStdString(); };
    int count = 0;
    const Json vectors = Json::parse(file);
    for (const Json &group : vectors["testGroups"]) {
        const auto key = hashFrom(bytes(group["publicKey"]["pk"]));
        for (const Json &test : group["tests"]) {
            const bool isGood = key && verifySignature(bytes(test["msg"]), bytes(test["sig"]), *key);
            QVERIFY2(isGood == (test["result"] == "valid"), qPrintable(QString::number(test["tcId"].get<int>())));
            ++count;
        }
    }
    QVERIFY(count > 100);
    qInfo("%d vectors", count);
}

void tst_SignedNote::note_ofTheFormatsExample_isTheSameByteForByte()
{
    const auto signer = Signer::make("PeterNeumann", Wire::fromBase64(exampleSeed)->substr(1));
    QCOMPARE(signer->verifierKey().toText(), exampleKey);
    QCOMPARE(signer->signNote(exampleText), exampleNote);
    // Its signature is good, so that the text is looked at, which is no checkpoint.
    QCOMPARE(openCheckpoint(exampleNote, *VerifierKey::fromText(exampleKey)).error().code, Core::ErrorCode::InvalidArgument);
}

void tst_SignedNote::key_asText_isReadBack()
{
    const VerifierKey key = signerOf('s').verifierKey();
    QCOMPARE(*VerifierKey::fromText(key.toText()), key);
    QCOMPARE(VerifierKey::fromText(exampleKey)->name, std::string("PeterNeumann"));
}

void tst_SignedNote::key_mistyped_isRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("no key") << QByteArray("name+c74f20a3");
    QTest::newRow("no name") << QByteArray("+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
    QTest::newRow("another name") << QByteArray("PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
    QTest::newRow("another hash") << QByteArray("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
    QTest::newRow("hash in capitals") << QByteArray("PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
    QTest::newRow("another key") << QByteArray("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TV");
    QTest::newRow("another algorithm") << QByteArray("PeterNeumann+c74f20a3+AhpcAQcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
    QTest::newRow("white space behind") << QByteArray::fromStdString(exampleKey + " ");
}

void tst_SignedNote::key_mistyped_isRefused()
{
    QFETCH(QByteArray, text);
    const auto key = VerifierKey::fromText(text.toStdString());
    QVERIFY(!key);
    QCOMPARE(key.error().reason, Core::ErrorReason::MalformedInput);
}

void tst_SignedNote::checkpoint_signed_isOpened()
{
    const Signer signer = signerOf('s');
    const std::string note = signer.signNote(head().toText());
    QCOMPARE(*openCheckpoint(note, signer.verifierKey()), head());
    QCOMPARE(*readCheckpoint(note), head());
    QVERIFY(note.starts_with("satchel-audit/7/t\n42\n"));
}

void tst_SignedNote::checkpoint_ofAnotherKey_isRefused()
{
    const std::string note = signerOf('s').signNote(head().toText());
    QCOMPARE(openCheckpoint(note, signerOf('r').verifierKey()).error().code, Core::ErrorCode::Unauthenticated);
    VerifierKey renamed = signerOf('s').verifierKey();
    renamed.name = "other";
    QCOMPARE(openCheckpoint(note, renamed).error().code, Core::ErrorCode::Unauthenticated);
}

void tst_SignedNote::checkpoint_withAnyByteChanged_isRefused()
{
    const Signer signer = signerOf('s');
    const std::string note = signer.signNote(head().toText());
    for (std::size_t i = 0; i < note.size(); ++i) {
        for (int bit = 0; bit < 8; ++bit) {
            std::string changed = note;
            changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
            QVERIFY2(!openCheckpoint(changed, signer.verifierKey()), qPrintable(QString::number(i)));
        }
        QVERIFY(!openCheckpoint(std::string_view(note).substr(0, i), signer.verifierKey()));
    }
}

void tst_SignedNote::checkpoint_withMoreSignatures_isOpenedByEither()
{
    const std::string text = head().toText();
    const std::string first = signerOf('s').signNote(text);
    const std::string second = signerOf('r').signNote(text);
    const std::string both = first + second.substr(text.size() + 1);
    QCOMPARE(*openCheckpoint(both, signerOf('s').verifierKey()), head());
    QCOMPARE(*openCheckpoint(both, signerOf('r').verifierKey()), head());
}

void tst_SignedNote::checkpoint_ofAnotherForm_isRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    const std::string root = Wire::base64(viewOf(leafHash("root")));
    const auto row = [](const char *name, const std::string &text) { QTest::newRow(name) << QByteArray::fromStdString(text); };
    row("no origin", "\n42\n" + root + "\n");
    row("no size", "origin\n\n" + root + "\n");
    row("size with a sign", "origin\n+42\n" + root + "\n");
    row("size with a zero ahead", "origin\n042\n" + root + "\n");
    row("size over 64 bits", "origin\n18446744073709551616\n" + root + "\n");
    row("short root", "origin\n42\n" + Wire::base64("short") + "\n");
    row("root in base64url", "origin\n42\n" + Wire::base64Url(viewOf(leafHash("root"))) + "\n");
    row("lines that mean nothing here", "origin\n42\n" + root + "\nmore\n");
    row("two lines", "origin\n42\n");
}

void tst_SignedNote::checkpoint_ofAnotherForm_isRefused()
{
    QFETCH(QByteArray, text);
    const Signer signer = signerOf('s');
    const auto opened = openCheckpoint(signer.signNote(text.toStdString()), signer.verifierKey());
    QVERIFY(!opened);
    QCOMPARE(opened.error().reason, Core::ErrorReason::MalformedInput);
}

void tst_SignedNote::origin_ofAnyTenant_isOneLine()
{
    QCOMPARE(originOf(1, ""), std::string("satchel-audit/1/"));
    QCOMPARE(originOf(12, "acme-2.eu"), std::string("satchel-audit/12/acme-2.eu"));
    QCOMPARE(originOf(12, "a b\n/%\xC3\xA9"), std::string("satchel-audit/12/a%20b%0A%2F%25%C3%A9"));
}

void tst_SignedNote::signer_ofBadSeedOrName_isRefused()
{
    QVERIFY(!Signer::make("name", "short"));
    QVERIFY(!Signer::make("", std::string(32, 's')));
    QVERIFY(!Signer::make("a+b", std::string(32, 's')));
    QVERIFY(!Signer::make("a b", std::string(32, 's')));
}

QTEST_APPLESS_MAIN(tst_SignedNote)
#include "tst_signednote.moc"
