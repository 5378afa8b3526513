// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: a backup that is made while the server is written to is of one point in time, whole, of no use to whoever has not both keys, and
// what is not whole is not restored.
// Method: a device that does not stop pushing while an operator asks for a backup; the backup restored elsewhere, its log folded and
// compared; bytes of it changed, files left out.

#include "serverrig.h"

#include "core/merge.h"
#include "server-stub/ops/backup/backup.h"
#include "server-stub/ops/backup/restore.h"
#include "server-stub/ops/keyfile.h"
#include "server-stub/sync/sessionrunner.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkRequest>
#include <QTemporaryDir>
#include <QTest>

#include <filesystem>

using namespace Satchel;
using namespace Satchel::Test;
namespace fs = std::filesystem;

namespace {

const std::string canary = "CANARY-4711";
const Core::UserId alice{"default", "alice"};

}  // namespace

class TestBackup : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void underLoad_isOfOnePointInTime();
    void withoutRoleOrFolder_isRefused();
    void stolen_showsNothing();
    void notWhole_isNotRestored_data();
    void notWhole_isNotRestored();
    void restore_overAStoreOrWithoutKeys_isRefused();

private:
    void start(bool hasFolder = true);
    [[nodiscard]] std::unique_ptr<QNetworkReply> ask(const std::string &role = "admin");
    /// Asks and waits; the backup's folder, empty if it was refused.
    [[nodiscard]] fs::path makeBackup(int *status = nullptr);
    [[nodiscard]] Core::Result<std::string> restore(const fs::path &from, const fs::path &to);
    [[nodiscard]] fs::path path(const char *name) const { return m_folder->filePath(QLatin1String(name)).toStdString(); }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<ServerRig> m_rig;
    std::unique_ptr<WebSocketDevice> m_device;
    QNetworkAccessManager m_network;
    Server::SystemRandom m_random;
    Server::SystemClock m_clock;
};

void TestBackup::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_device = std::make_unique<WebSocketDevice>(std::uint8_t{1});
}

void TestBackup::cleanup()
{
    m_device->close();
    if (m_rig) {
        QTRY_VERIFY(m_rig->server().sessionCount() == 0);
    }
    m_rig.reset();
}

void TestBackup::start(bool hasFolder)
{
    Server::ServerOptions options;
    options.dataFolder = path("data");
    if (hasFolder) {
        options.backupFolder = path("backups");
        options.backupKeyringFolder = path("keyring");
    }
    m_rig = std::make_unique<ServerRig>(std::move(options));
    QCOMPARE(m_rig->start(), QString());
    QVERIFY(m_device->open(m_rig->url(), m_rig->token()));
}

std::unique_ptr<QNetworkReply> TestBackup::ask(const std::string &role)
{
    QNetworkRequest request(m_rig->url(QStringLiteral("/satchel.v1.Backups/Create")));
    request.setHeader(QNetworkRequest::ContentTypeHeader, QStringLiteral("application/json"));
    request.setRawHeader("Authorization", "Bearer " + m_rig->token("op", {role}).toUtf8());
    return std::unique_ptr<QNetworkReply>(m_network.post(request, "{}"));
}

fs::path TestBackup::makeBackup(int *status)
{
    const auto reply = ask();
    if (!QTest::qWaitFor([&] { return reply->isFinished(); }, 20000)) {
        return {};
    }
    if (status != nullptr) {
        *status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    }
    const QString name = QJsonDocument::fromJson(reply->readAll()).object().value(QStringLiteral("name")).toString();
    return name.isEmpty() ? fs::path() : path("backups") / name.toStdString();
}

Core::Result<std::string> TestBackup::restore(const fs::path &from, const fs::path &to)
{
    return Server::restoreBackup({from, to, path("data") / "store.key", path("keyring") / "server.db.keys"}, m_clock, m_random);
}

void TestBackup::underLoad_isOfOnePointInTime()
{
    start();
    const auto key = [](int number) { return "k" + std::to_string(number % 50); };
    int pushed = 0;
    // More than the WAL holds before it is moved into the file.
    const std::string filler(4000, 'x');
    for (; pushed < 300; ++pushed) {
        QVERIFY(m_device->push({m_device->put("notes", key(pushed), {{"n", std::to_string(pushed) + filler}})}));
    }
    const int before = pushed;
    const auto reply = ask();
    while (!reply->isFinished()) {
        QVERIFY(m_device->push({m_device->put("notes", key(pushed), {{"n", std::to_string(pushed) + filler}})}));
        ++pushed;
        QVERIFY(pushed < 100'000);
    }
    QCOMPARE(reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(), 200);
    const QString name = QJsonDocument::fromJson(reply->readAll()).object().value(QStringLiteral("name")).toString();
    for (int i = 0; i < 50; ++i, ++pushed) {
        QVERIFY(m_device->push({m_device->put("notes", key(pushed), {{"n", "after" + filler}})}));
    }
    const auto report = restore(path("backups") / name.toStdString(), path("elsewhere"));
    QVERIFY2(report, report ? "" : report.error().detail.c_str());
    qInfo("%d pushes while it was made; %s", pushed - 50 - before, report->c_str());

    auto storeKey = Server::keyFromFile(path("data") / "store.key", path("elsewhere") / "server.db", m_random);
    QVERIFY(storeKey);
    auto store = Server::EmbeddedStore::open(path("elsewhere") / "server.db", std::move(*storeKey), m_random);
    QVERIFY2(store, store ? "" : store.error().detail.c_str());
    QVERIFY((*store)->epoch() != m_rig->server().services().store.epoch());
    auto view = (*store)->reader();
    const auto events = (*view)->userEvents(alice, 0, 1'000'000);
    QVERIFY(events);
    QVERIFY2(int(events->size()) >= before && int(events->size()) <= pushed - 50, QByteArray::number(int(events->size())).constData());
    std::map<Core::DocumentId, Core::Document> folded;
    std::uint64_t seq = 0;
    for (const Server::EventRow &event : *events) {
        QCOMPARE(event.seq, ++seq);
        Core::apply(folded[event.mutation.document], event.mutation, (*store)->policies()->of("notes"));
    }
    QCOMPARE(*(*view)->head(alice), seq);
    for (const auto &[id, state] : folded) {
        const auto stored = (*view)->document(alice, id);
        QVERIFY(stored && *stored);
        QCOMPARE((*stored)->document, state);
    }
}

void TestBackup::withoutRoleOrFolder_isRefused()
{
    start(false);
    for (const auto &[role, wanted] : {std::pair("support", 403), std::pair("admin", 400)}) {
        const auto reply = ask(role);
        QVERIFY(QTest::qWaitFor([&] { return reply->isFinished(); }, 10000));
        QCOMPARE(reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(), wanted);
    }
}

void TestBackup::stolen_showsNothing()
{
    start();
    QVERIFY(m_device->push({m_device->put("notes", "key-" + canary, {{"f", "VALUE-" + canary}})}));
    const fs::path backup = makeBackup();
    QVERIFY(!backup.empty());
    QDirIterator files(QString::fromStdString(backup.string()), QDir::Files | QDir::Hidden);
    QStringList names;
    while (files.hasNext()) {
        QFile file(files.next());
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY2(!file.readAll().contains(canary.c_str()), qPrintable(file.fileName()));
        names.append(QFileInfo(file).fileName());
    }
    names.sort();
    QCOMPARE(names, (QStringList{QStringLiteral("manifest.json"), QStringLiteral("server.db"), QStringLiteral("server.db-wal"),
                                 QStringLiteral("server.db.keycheck")}));
    // Not even with the store's key: the keyring is not in it.
    fs::copy(backup, path("thief"), fs::copy_options::recursive);
    auto key = Server::keyFromFile(path("data") / "store.key", path("thief") / "server.db", m_random);
    const auto opened = Server::EmbeddedStore::open(path("thief") / "server.db", std::move(*key), m_random);
    QVERIFY(!opened);
    QCOMPARE(opened.error().reason, Core::ErrorReason::KeyMissing);
}

void TestBackup::notWhole_isNotRestored_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<bool>("isRemoved");
    for (const char *name : {"server.db", "server.db-wal", "server.db.keycheck", "manifest.json"}) {
        QTest::addRow("%s missing", name) << QString::fromLatin1(name) << true;
        QTest::addRow("%s changed", name) << QString::fromLatin1(name) << false;
    }
}

void TestBackup::notWhole_isNotRestored()
{
    QFETCH(QString, file);
    QFETCH(bool, isRemoved);
    start();
    QVERIFY(m_device->push({m_device->put("notes", "k", {{"f", "v"}})}));
    const fs::path backup = makeBackup();
    QVERIFY(!backup.empty());
    QFile changed(QString::fromStdString((backup / file.toStdString()).string()));
    if (isRemoved) {
        QVERIFY(changed.remove());
    } else {
        QVERIFY(changed.open(QIODevice::ReadWrite));
        const qint64 middle = changed.size() / 2;
        changed.seek(middle);
        const char byte = changed.read(1).at(0);
        changed.seek(middle);
        changed.putChar(static_cast<char>(byte ^ 1));
        changed.close();
    }
    const auto report = restore(backup, path("elsewhere"));
    QVERIFY(!report);
    QVERIFY2(!fs::exists(path("elsewhere") / "server.db"), report.error().detail.c_str());
    QVERIFY(!fs::exists(path("elsewhere") / "server.db-wal"));
}

void TestBackup::restore_overAStoreOrWithoutKeys_isRefused()
{
    start();
    QVERIFY(m_device->push({m_device->put("notes", "k", {{"f", "v"}})}));
    const fs::path backup = makeBackup();
    const auto over = restore(backup, path("data"));
    QVERIFY(!over);
    QCOMPARE(over.error().code, Core::ErrorCode::FailedPrecondition);
    const auto keyless = Server::restoreBackup({backup, path("elsewhere"), path("no-key"), {}}, m_clock, m_random);
    QVERIFY(!keyless);
    QCOMPARE(keyless.error().reason, Core::ErrorReason::KeyMissing);
    const auto ringless = Server::restoreBackup({backup, path("elsewhere"), path("data") / "store.key", {}}, m_clock, m_random);
    QVERIFY(!ringless);
    QCOMPARE(ringless.error().reason, Core::ErrorReason::KeyMissing);
    QVERIFY(!fs::exists(path("elsewhere") / "server.db"));
    QVERIFY(restore(backup, path("elsewhere")));
}

QTEST_GUILESS_MAIN(TestBackup)
#include "tst_backup.moc"
