// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: of an erased user nothing is left but a receipt, in the server's files, in what operators see and in backups of before; the user's
// devices are told at once or at their next contact, and the audit log verifies as before.
// Method: a server on a folder, real sessions and calls, planted canaries; the store's pages decrypted and searched; older copies put back.

#include "serverrig.h"

#include "audit/exportverifier.h"
#include "cipherdb/pagecodec.h"
#include "wire/json.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkRequest>
#include <QTemporaryDir>
#include <QTest>

#include <filesystem>

using namespace Satchel;
using namespace Satchel::Test;

namespace {

const std::string canary = "CANARY-4711";
constexpr int documentCount = 12;
const std::string anna = "anna-" + canary;

struct Answer {
    int status = 0;
    QJsonObject body;
};

/// A call of an operator; the reason is a header of it.
Answer call(const ServerRig &rig, const QString &method, const QJsonObject &body, const std::string &role, const QByteArray &reason = {})
{
    QNetworkAccessManager network;
    QNetworkRequest request(rig.url(QStringLiteral("/satchel.v1.") + method));
    request.setHeader(QNetworkRequest::ContentTypeHeader, QStringLiteral("application/json"));
    request.setRawHeader("Authorization", "Bearer " + rig.token("op", {role}).toUtf8());
    if (!reason.isEmpty()) {
        request.setRawHeader("Satchel-Reason", reason);
    }
    const std::unique_ptr<QNetworkReply> reply(network.post(request, QJsonDocument(body).toJson()));
    if (!QTest::qWaitFor([&] { return reply->isFinished(); }, 10000)) {
        return {};
    }
    return {reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(), QJsonDocument::fromJson(reply->readAll()).object()};
}

QJsonObject userBody(const std::string &user)
{
    return {{QStringLiteral("user"), QString::fromStdString(user)}};
}

}  // namespace

class TestErasure : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup()
    {
        if (m_rig) {
            stop();
        }
    }
    void erase_withoutReasonOrRole_isRefused();
    void erased_user_isNowhereInTheFiles();
    void erased_devices_areTold();
    void erased_log_verifies();
    void olderBackup_doesNotBringTheUserBack();
    void export_hasEverything_andItsManifestVerifies();
    void export_token_isBoundToItsUser();
    void device_refused_saysSoInItsSummary();
    void device_whoseTokenExpired_saysSoInItsSummary();

private:
    [[nodiscard]] ServerRig *start();
    /// Without waiting for sessions that nobody answers for any more.
    void stop();
    void fill(ServerRig &rig);
    /// How many pages of the store have it, decrypted; what is in the WAL counts as one more.
    [[nodiscard]] int pagesWith(const std::filesystem::path &folder, const std::string &text) const;
    [[nodiscard]] std::filesystem::path path() const { return m_folder->path().toStdString(); }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<ServerRig> m_rig;
    std::unique_ptr<WebSocketDevice> m_device;
    std::unique_ptr<WebSocketDevice> m_other;
};

void TestErasure::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_device = std::make_unique<WebSocketDevice>(std::uint8_t{1});
    m_other = std::make_unique<WebSocketDevice>(std::uint8_t{2});
}

ServerRig *TestErasure::start()
{
    Server::ServerOptions options;
    options.dataFolder = path();
    m_rig = std::make_unique<ServerRig>(std::move(options));
    const QString failed = m_rig->start();
    if (!failed.isEmpty()) {
        qFatal("%s", qPrintable(failed));
    }
    return m_rig.get();
}

void TestErasure::stop()
{
    for (const auto &device : {m_device.get(), m_other.get()}) {
        device->close();
    }
    QTRY_VERIFY(m_rig->server().sessionCount() == 0);
    m_rig.reset();
}

void TestErasure::fill(ServerRig &rig)
{
    QVERIFY(m_device->open(rig.url(), rig.token(anna)));
    QVERIFY(m_other->open(rig.url(), rig.token("bob")));
    for (int i = 0; i < documentCount; ++i) {
        const std::string number = std::to_string(i);
        QVERIFY(m_device->push({m_device->put("notes", "key " + canary + number, {{"field", "VALUE-" + canary + number}})}));
        QVERIFY(m_other->push({m_other->put("notes", "k" + number, {{"field", "of bob " + number}})}));
    }
    QCOMPARE(call(rig, QStringLiteral("Users/Get"), userBody(anna), "support", "ticket of " + QByteArray::fromStdString(anna)).status, 200);
    QCOMPARE(call(rig, QStringLiteral("Users/Get"), userBody("bob"), "support").status, 200);
    QJsonObject note = userBody(anna);
    note.insert(QStringLiteral("text"), QString::fromStdString("NOTE-" + canary));
    QCOMPARE(call(rig, QStringLiteral("Users/AddNote"), note, "support").status, 200);
}

int TestErasure::pagesWith(const std::filesystem::path &folder, const std::string &text) const
{
    QFile keyFile(QString::fromStdString((path() / "store.key").string()));
    if (!keyFile.open(QIODevice::ReadOnly)) {
        return -1;
    }
    std::array<std::uint8_t, 32> bytes{};
    const QByteArray raw = QByteArray::fromHex(keyFile.readAll().trimmed());
    std::copy(raw.begin(), raw.end(), reinterpret_cast<char *>(bytes.data()));
    QFile file(QString::fromStdString((folder / "server.db").string()));
    if (!file.open(QIODevice::ReadOnly)) {
        return -1;
    }
    const QByteArray all = file.readAll();
    const std::string_view view(all.constData(), std::size_t(all.size()));
    const CipherDb::PageCodec codec(CipherDb::StoreKey(bytes), CipherDb::PageCodec::saltOf(view.substr(0, 16)));
    int found = QFileInfo(file.fileName() + QStringLiteral("-wal")).size() > 0 ? 1 : 0;
    for (std::size_t at = 0; at < view.size(); at += CipherDb::PageCodec::pageBytes) {
        const auto page =
            codec.decrypted(view.substr(at, CipherDb::PageCodec::pageBytes), std::uint32_t(at / CipherDb::PageCodec::pageBytes + 1));
        found += !page || page->find(text) != std::string::npos ? 1 : 0;
    }
    return found;
}

void TestErasure::erase_withoutReasonOrRole_isRefused()
{
    ServerRig *rig = start();
    fill(*rig);
    const Answer unexplained = call(*rig, QStringLiteral("Users/Erase"), userBody(anna), "admin");
    QCOMPARE(unexplained.status, 400);
    QCOMPARE(unexplained.body.value(QStringLiteral("code")).toString(), QStringLiteral("failed_precondition"));
    QVERIFY2(QJsonDocument(unexplained.body).toJson().contains("REASON_NEEDED"), QJsonDocument(unexplained.body).toJson().constData());
    QCOMPARE(call(*rig, QStringLiteral("Users/Erase"), userBody(anna), "support", "asked for").status, 403);
    QCOMPARE(call(*rig, QStringLiteral("Users/Erase"), userBody("nobody"), "admin", "asked for").status, 404);
    QCOMPARE(call(*rig, QStringLiteral("Users/Get"), userBody(anna), "support").status, 200);
}

void TestErasure::erased_user_isNowhereInTheFiles()
{
    ServerRig *rig = start();
    fill(*rig);
    const Answer answer = call(*rig, QStringLiteral("Users/Erase"), userBody(anna), "admin", "asked for in writing");
    QCOMPARE(answer.status, 200);
    QCOMPARE(answer.body.value(QStringLiteral("documentCount")).toString(), QString::number(documentCount));
    QVERIFY(answer.body.value(QStringLiteral("receipt")).toString().startsWith(QStringLiteral("satchel-erasure\n")));
    QCOMPARE(call(*rig, QStringLiteral("Users/Get"), userBody(anna), "support").status, 404);
    QCOMPARE(call(*rig, QStringLiteral("Users/Erase"), userBody(anna), "admin", "again").status, 404);
    QCOMPARE(call(*rig, QStringLiteral("Users/Get"), userBody("bob"), "support").status, 200);
    stop();
    QCOMPARE(pagesWith(path(), canary), 0);
    QVERIFY(pagesWith(path(), "bob") > 0);
    rig = start();
    QCOMPARE(call(*rig, QStringLiteral("Users/Get"), userBody(anna), "support").status, 404);
}

void TestErasure::erased_devices_areTold()
{
    ServerRig *rig = start();
    fill(*rig);
    WebSocketDevice away(std::uint8_t{3});
    QVERIFY(away.open(rig->url(), rig->token(anna)));
    away.close();
    QCOMPARE(call(*rig, QStringLiteral("Users/Erase"), userBody(anna), "admin", "asked for").status, 200);
    const auto notice = m_device->await<Wire::Notice>();
    QVERIFY(notice);
    QCOMPARE(notice->kind, Wire::NoticeKind::Wipe);
    QVERIFY(m_device->awaitClosed());
    // Late: with a token that is still good.
    WebSocketDevice back(std::uint8_t{3});
    QVERIFY(back.connectTo(rig->url(), rig->token(anna)));
    back.send(back.hello());
    const auto refused = back.await<Wire::SessionError>();
    QVERIFY(refused);
    QCOMPARE(refused->error.reason, Core::ErrorReason::UserGone);
    QCOMPARE(refused->error.code, Core::ErrorCode::PermissionDenied);
    // Others are not held up.
    QVERIFY(m_other->push({m_other->put("notes", "after", {{"field", "x"}})}));
}

void TestErasure::erased_log_verifies()
{
    ServerRig *rig = start();
    fill(*rig);
    const auto lines = [&] {
        std::string all;
        QJsonObject request;
        do {
            const Answer part = call(*rig, QStringLiteral("Audit/Export"), request, "auditor");
            all += part.body.value(QStringLiteral("lines")).toString().toStdString();
            request = {{QStringLiteral("token"), part.body.value(QStringLiteral("nextToken"))}};
        } while (!request.value(QStringLiteral("token")).toString().isEmpty());
        return all;
    };
    const auto verified = [](const std::string &all, const std::string &against) {
        Audit::ExportVerifier verifier({std::nullopt, against});
        for (std::size_t begin = 0, end = 0; (end = all.find('\n', begin)) != std::string::npos; begin = end + 1) {
            if (auto taken = verifier.take(std::string_view(all).substr(begin, end - begin)); !taken) {
                return Core::Result<Audit::Verdict>(Core::failure(std::move(taken.error())));
            }
        }
        return verifier.finish();
    };
    const std::string before = lines();
    QVERIFY(before.find(anna) != std::string::npos);
    const std::string head =
        call(*rig, QStringLiteral("Audit/TreeHead"), {}, "auditor").body.value(QStringLiteral("note")).toString().toStdString();
    QCOMPARE(call(*rig, QStringLiteral("Users/Erase"), userBody(anna), "admin", "asked for").status, 200);
    QCOMPARE(call(*rig, QStringLiteral("Users/Get"), userBody(anna), "support").status, 404);
    const std::string after = lines();
    QCOMPARE(after.find(canary), std::string::npos);
    QVERIFY(after.find("\"erasedUser\":") != std::string::npos);
    QVERIFY(after.find("\"reason\":\"asked for\"") != std::string::npos);
    const auto verdict = verified(after, head);
    QVERIFY2(verdict, verdict ? "" : verdict.error().detail.c_str());
    QCOMPARE(verdict->erasedCount, std::uint64_t{3});
    QVERIFY(verified(before, {}));
    const Answer query = call(*rig, QStringLiteral("Audit/Query"), userBody(anna), "auditor");
    QCOMPARE(query.body.value(QStringLiteral("entries")).toArray().size(), 0);
}

void TestErasure::olderBackup_doesNotBringTheUserBack()
{
    namespace fs = std::filesystem;
    const fs::path backup = path() / "backup";
    ServerRig *rig = start();
    fill(*rig);
    stop();
    fs::create_directory(backup);
    for (const char *name : {"server.db", "server.db.keycheck"}) {
        fs::copy_file(path() / name, backup / name);
    }
    rig = start();
    QCOMPARE(call(*rig, QStringLiteral("Users/Erase"), userBody(anna), "admin", "asked for").status, 200);
    stop();
    // The copy has the user's name and the names of documents, and no value.
    QVERIFY(pagesWith(backup, anna) > 0);
    QCOMPARE(pagesWith(backup, "VALUE-" + canary), 0);
    for (const char *name : {"server.db", "server.db.keycheck"}) {
        fs::copy_file(backup / name, path() / name, fs::copy_options::overwrite_existing);
    }
    rig = start();
    QCOMPARE(call(*rig, QStringLiteral("Users/Get"), userBody(anna), "support").status, 404);
    QCOMPARE(call(*rig, QStringLiteral("Users/Get"), userBody("bob"), "support").status, 200);
    WebSocketDevice back(std::uint8_t{4});
    QVERIFY(back.connectTo(rig->url(), rig->token(anna)));
    back.send(back.hello());
    QCOMPARE(back.await<Wire::SessionError>().value_or(Wire::SessionError{}).error.reason, Core::ErrorReason::UserGone);
    stop();
    QCOMPARE(pagesWith(path(), anna), 0);
}

void TestErasure::export_hasEverything_andItsManifestVerifies()
{
    ServerRig *rig = start();
    fill(*rig);
    WebSocketDevice second(std::uint8_t{9});
    QVERIFY(second.open(rig->url(), rig->token(anna)));
    // Written without knowing of the other's: one overwrites the other.
    QVERIFY(second.push({second.put("notes", "key " + canary + "0", {{"field", "later"}})}));
    QCOMPARE(call(*rig, QStringLiteral("Users/Export"), userBody(anna), "auditor").status, 403);
    std::string all;
    QJsonObject request = userBody(anna);
    do {
        const Answer part = call(*rig, QStringLiteral("Users/Export"), request, "admin", "asked for in writing");
        QCOMPARE(part.status, 200);
        all += part.body.value(QStringLiteral("lines")).toString().toStdString();
        request.insert(QStringLiteral("token"), part.body.value(QStringLiteral("nextToken")));
    } while (!request.value(QStringLiteral("token")).toString().isEmpty());
    QMap<QString, int> counts;
    Audit::Hash digest{};
    std::uint64_t lineCount = 0;
    std::string note;
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = all.find('\n', begin)) != std::string::npos; begin = end + 1) {
        const std::string line = all.substr(begin, end - begin);
        const auto parsed = Wire::valueFromJson(line);
        QVERIFY2(parsed, line.c_str());
        if (const Core::Value *found = parsed->find("note")) {
            note = *found->as<std::string>();
            continue;
        }
        digest = Audit::sha256(std::string(Audit::viewOf(digest)) + std::string(Audit::viewOf(Audit::sha256(line))));
        ++lineCount;
        for (const char *kind : {"satchelUserExport", "profile", "document", "event", "overwritten", "audit", "operatorNote"}) {
            counts[QLatin1String(kind)] += parsed->find(kind) != nullptr ? 1 : 0;
        }
    }
    QCOMPARE(counts.value(QStringLiteral("satchelUserExport")), 1);
    QCOMPARE(counts.value(QStringLiteral("profile")), 1);
    QCOMPARE(counts.value(QStringLiteral("document")), documentCount);
    QCOMPARE(counts.value(QStringLiteral("event")), documentCount + 1);
    QCOMPARE(counts.value(QStringLiteral("overwritten")), 1);
    QVERIFY(counts.value(QStringLiteral("audit")) >= 2);
    QCOMPARE(counts.value(QStringLiteral("operatorNote")), 1);
    QVERIFY(all.find("\"NOTE-" + canary + "\"") != std::string::npos);
    for (int i = 0; i < documentCount; ++i) {
        QVERIFY2(all.find("\"VALUE-" + canary + std::to_string(i) + "\"") != std::string::npos, std::to_string(i).c_str());
    }
    QVERIFY(all.find("of bob") == std::string::npos);
    const auto key = Audit::VerifierKey::fromText(
        call(*rig, QStringLiteral("Audit/TreeHead"), {}, "auditor").body.value(QStringLiteral("verifierKey")).toString().toStdString());
    QVERIFY(key);
    const auto manifest = Audit::openCheckpoint(note, *key);
    QVERIFY2(manifest, manifest ? "" : manifest.error().detail.c_str());
    QCOMPARE(manifest->size, lineCount);
    QCOMPARE(manifest->root, digest);
}

void TestErasure::export_token_isBoundToItsUser()
{
    ServerRig *rig = start();
    fill(*rig);
    QJsonObject request = userBody(anna);
    const Answer part = call(*rig, QStringLiteral("Users/Export"), request, "admin", "asked for");
    request = userBody("bob");
    request.insert(QStringLiteral("token"), part.body.value(QStringLiteral("nextToken")));
    QCOMPARE(call(*rig, QStringLiteral("Users/Export"), request, "admin", "asked for").status, 400);
    QCOMPARE(call(*rig, QStringLiteral("Users/Export"), userBody("nobody"), "admin", "asked for").status, 404);
}

void TestErasure::device_refused_saysSoInItsSummary()
{
    ServerRig *rig = start();
    fill(*rig);
    const auto deviceOfBob = [&] {
        return call(*rig, QStringLiteral("Users/Get"), userBody("bob"), "support")
            .body.value(QStringLiteral("devices"))
            .toArray()
            .first()
            .toObject();
    };
    QTRY_VERIFY(!deviceOfBob().contains(QStringLiteral("lagCause")));
    // A copy of its store, with a lease of long ago.
    rig->clock.advance(std::chrono::seconds(5));
    WebSocketDevice copy(std::uint8_t{2});
    copy.lease = "stolen";
    QVERIFY(copy.connectTo(rig->url(), rig->token("bob")));
    copy.send(copy.hello());
    QVERIFY(copy.await<Wire::SessionError>());
    QCOMPARE(deviceOfBob().value(QStringLiteral("lagCause")).toString(), QStringLiteral("LAG_CAUSE_REFUSED"));
    QCOMPARE(deviceOfBob().value(QStringLiteral("refusedReason")).toString(), QStringLiteral("ERROR_REASON_DEVICE_CLONED"));
    QCOMPARE(deviceOfBob().value(QStringLiteral("refusedCode")).toString(), QStringLiteral("ERROR_CODE_FAILED_PRECONDITION"));
    // A push that leaves a gap ends the session, and is told as well.
    rig->clock.advance(std::chrono::seconds(5));
    QVERIFY(m_other->push({m_other->put("notes", "k", {{"field", "fine"}})}));
    QTRY_VERIFY(!deviceOfBob().contains(QStringLiteral("lagCause")));
    rig->clock.advance(std::chrono::seconds(5));
    static_cast<void>(m_other->put("notes", "k", {{"field", "left out"}}));
    m_other->send(Wire::Push{1, {m_other->put("notes", "k", {{"field", "behind a gap"}})}});
    QVERIFY(m_other->await<Wire::SessionError>());
    QCOMPARE(deviceOfBob().value(QStringLiteral("lagCause")).toString(), QStringLiteral("LAG_CAUSE_REFUSED"));
    QCOMPARE(deviceOfBob().value(QStringLiteral("refusedReason")).toString(), QStringLiteral("ERROR_REASON_COUNTER_GAP"));
    const QJsonObject device{{QStringLiteral("user"), QStringLiteral("bob")},
                             {QStringLiteral("device"), deviceOfBob().value(QStringLiteral("id"))}};
    QCOMPARE(call(*rig, QStringLiteral("Devices/Wipe"), device, "admin").status, 200);
    QCOMPARE(deviceOfBob().value(QStringLiteral("lagCause")).toString(), QStringLiteral("LAG_CAUSE_WIPED"));
    WebSocketDevice fresh(std::uint8_t{77});
    QVERIFY(fresh.open(rig->url(), rig->token("bob")));
}

void TestErasure::device_whoseTokenExpired_saysSoInItsSummary()
{
    ServerRig *rig = start();
    const auto causeOfOther = [&] {
        const QJsonObject bob = call(*rig, QStringLiteral("Users/Get"), userBody("bob"), "support").body;
        for (const QJsonValue &device : bob.value(QStringLiteral("devices")).toArray()) {
            // The writer has read what it wrote.
            if (device.toObject().contains(QStringLiteral("lag"))) {
                return device.toObject().value(QStringLiteral("lagCause")).toString();
            }
        }
        return QStringLiteral("nobody lags");
    };
    QVERIFY(m_other->open(rig->url(), rig->token("bob")));
    // A fresh token for the session that there is.
    rig->clock.advance(std::chrono::minutes(50));
    m_other->send(Wire::Reauth{rig->token("bob").toStdString()});
    QVERIFY(m_other->await<Wire::Reauthed>());
    m_other->close();
    QTRY_VERIFY(rig->server().sessionCount() == 0);
    WebSocketDevice writer(std::uint8_t{9});
    QVERIFY(writer.open(rig->url(), rig->token("bob")));
    QVERIFY(writer.push({writer.put("notes", "k", {{"field", "new"}})}));
    rig->clock.advance(std::chrono::minutes(50));
    QTRY_COMPARE(causeOfOther(), QStringLiteral("LAG_CAUSE_NEVER_SYNCED"));
    rig->clock.advance(std::chrono::minutes(11));
    QTRY_COMPARE(causeOfOther(), QStringLiteral("LAG_CAUSE_TOKEN_EXPIRED"));
}

QTEST_GUILESS_MAIN(TestErasure)
#include "tst_erasure.moc"
