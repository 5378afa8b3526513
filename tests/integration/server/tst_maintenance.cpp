// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: the commands `verify` and `rebuild` say and do what they promise on a store's files, and the program killed at any of its calls
// that change a file, while it rebuilds, makes a backup or takes a batch (F4), leaves a store that opens and has all that was
// acknowledged, and no backup that is restored with less.
// Method: the real program, killed by its tracer at the n-th system call of a kind; what it leaves is opened, verified and restored here.

#include "serverrig.h"

#include "server-stub/ops/backup/restore.h"
#include "server-stub/ops/keyfile.h"
#include "server-stub/store/embedded/embeddedstore.h"
#include "support/faults/killedprocess.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <filesystem>

using namespace Satchel;
using namespace Satchel::Test;
namespace fs = std::filesystem;

namespace {

const Core::UserId alice{"default", "alice"};

struct CommandRun {
    int exitCode = -1;
    QByteArray out;
    QByteArray err;
};

}  // namespace

class TestMaintenance : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void verifyAndRebuild_asCommands_sayWhatTheyFound();
    void rebuild_killed_isFinishedByTheNext_data() { addKinds(); }
    void rebuild_killed_isFinishedByTheNext();
    void backup_serverKilledMeanwhile_isWholeOrNone_data() { addKinds(); }
    void backup_serverKilledMeanwhile_isWholeOrNone();
    void f4_killedInABatch_tookAllOfItOrNothing_data() { addKinds(); }
    void f4_killedInABatch_tookAllOfItOrNothing();

private:
    /// Why nothing is killed here; empty if it can be.
    static QString whyNot()
    {
#ifdef SATCHEL_IS_SANITIZED
        return QStringLiteral("a killed program tells a sanitizer nothing, and hundreds of them take it minutes to start");
#else
        return KilledProcess::whyNot();
#endif
    }
    using Store = std::unique_ptr<Server::EmbeddedStore>;
    static void addKinds();
    /// Every so many calls a kill: of the kind that there are most of not each, unless SATCHEL_THOROUGH is set.
    static int stride(FileChange kind, int otherwise)
    {
        return kind != FileChange::WriteAt || qEnvironmentVariableIsSet("SATCHEL_THOROUGH") ? 1 : otherwise;
    }
    [[nodiscard]] QStringList command(const char *name, const fs::path &data) const;
    [[nodiscard]] CommandRun run(const char *name, const fs::path &data) const;
    [[nodiscard]] fs::path path(const char *name) const { return m_folder->filePath(QLatin1String(name)).toStdString(); }
    /// A fresh copy of the filled store under this name.
    [[nodiscard]] fs::path copy(const char *name) const;
    [[nodiscard]] Store open(const fs::path &data);
    /// Takes documents and counts away, so that every user has something to mend.
    void damage(const fs::path &data);
    /// What is wrong with a store after a kill; `events`: how many of alice's it may have.
    [[nodiscard]] QString complaintOf(const fs::path &data, const std::vector<std::uint64_t> &events, bool isDamaged = false);
    /// What is wrong with backups that a kill left; `events`: how many of alice's a whole one has.
    [[nodiscard]] QString complaintOfBackups(const fs::path &backups, const fs::path &data, std::uint64_t events, int &wholeCount);

    /// A server that dies at the n-th call of a kind.
    struct Doomed {
        QProcess process;
        QUrl url;
        bool isUp = false;
    };
    void start(Doomed &server, const fs::path &data, FileChange kind, int number, const QStringList &more = {});
    [[nodiscard]] static bool hasEnded(QProcess &process)
    {
        return process.state() == QProcess::NotRunning || process.waitForFinished(20'000);
    }
    /// Kills it if it still runs.
    static void end(Doomed &server);

    QTemporaryDir m_filled;
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_token;
    std::uint64_t m_filledEvents = 0;
    Server::SystemRandom m_random;
    Server::SystemClock m_clock;
};

void TestMaintenance::addKinds()
{
    QTest::addColumn<FileChange>("kind");
    for (const auto &[kind, name] : KilledProcess::fileChanges()) {
        if (kind != FileChange::Link) {
            QTest::newRow(name) << kind;
        }
    }
}

void TestMaintenance::initTestCase()
{
    Server::ServerOptions options;
    options.dataFolder = m_filled.path().toStdString();
    ServerRig rig(std::move(options));
    QCOMPARE(rig.start(), QString());
    for (const char *user : {"alice", "bob", "carol"}) {
        WebSocketDevice device(1);
        QVERIFY(device.open(rig.url(), rig.token(user)));
        QVERIFY(device.push({device.put("notes", "a", {{"f", "1"}}), device.put("notes", "b", {{"f", "2"}})}));
        QVERIFY(device.push({device.put("notes", "a", {{"f", "3"}})}));
    }
    m_filledEvents = 3;
    m_token = rig.token();
}

void TestMaintenance::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

QStringList TestMaintenance::command(const char *name, const fs::path &data) const
{
    return {QString::fromLatin1(name), QStringLiteral("--data"), QString::fromStdString(data.string())};
}

CommandRun TestMaintenance::run(const char *name, const fs::path &data) const
{
    QProcess process;
    process.start(QStringLiteral(SATCHEL_SERVER_PROGRAM), command(name, data));
    const bool hasEnded = process.waitForFinished(20'000);
    return {hasEnded ? process.exitCode() : -1, process.readAllStandardOutput(), process.readAllStandardError()};
}

fs::path TestMaintenance::copy(const char *name) const
{
    fs::remove_all(path(name));
    fs::copy(m_filled.path().toStdString(), path(name), fs::copy_options::recursive);
    return path(name);
}

TestMaintenance::Store TestMaintenance::open(const fs::path &data)
{
    auto key = Server::keyFromFile(data / "store.key", data / "server.db", m_random);
    auto store = key ? Server::EmbeddedStore::open(data / "server.db", std::move(*key), m_random)
                     : Core::Result<Store>(Core::failure(std::move(key.error())));
    if (!store) {
        qWarning("%s", store.error().detail.c_str());
        return nullptr;
    }
    return std::move(*store);
}

void TestMaintenance::damage(const fs::path &data)
{
    auto key = Server::keyFromFile(data / "store.key", data / "server.db", m_random);
    QVERIFY(key);
    auto database = CipherDb::Database::open({.path = data / "server.db"}, *key);
    QVERIFY(database);
    QVERIFY(database->execute("DELETE FROM documents WHERE key = x'62'; UPDATE owners SET documents = 9").has_value());
}

QString TestMaintenance::complaintOf(const fs::path &data, const std::vector<std::uint64_t> &events, bool isDamaged)
{
    const Store store = open(data);
    if (!store) {
        return QStringLiteral("the store does not open");
    }
    const auto stored = (*store->reader())->userEvents(alice, 0, 1'000'000);
    if (!stored || std::find(events.begin(), events.end(), stored->size()) == events.end()) {
        return QStringLiteral("the store has %1 events").arg(stored ? static_cast<qlonglong>(stored->size()) : -1);
    }
    const auto report = store->verifyProjections();
    if (!report || (!isDamaged && report->differenceCount > 0)) {
        return QStringLiteral("the store is not as its log: ") + QString::fromStdString(report ? report->first : report.error().detail);
    }
    return {};
}

void TestMaintenance::verifyAndRebuild_asCommands_sayWhatTheyFound()
{
    const fs::path data = copy("data");
    CommandRun done = run("verify", data);
    QVERIFY2(done.exitCode == 0, done.err.constData());
    QCOMPARE(done.out, QByteArray("all is as the log of 3 users has it\n"));
    damage(data);
    done = run("verify", data);
    QCOMPARE(done.exitCode, 3);
    // A document and the counts of each of three users; the first is named, and what to do.
    QVERIFY2(done.err.contains("6 differences from the log, which `rebuild` mends; the first: default/alice notes/b: there is no row"),
             done.err.constData());
    QCOMPARE(done.out, QByteArray());
    done = run("rebuild", data);
    QVERIFY2(done.exitCode == 0, done.err.constData());
    QCOMPARE(done.out, QByteArray("6 differences were mended\n"));
    QCOMPARE(run("verify", data).exitCode, 0);
    QCOMPARE(run("rebuild", data).out, QByteArray("0 differences were mended\n"));
    QCOMPARE(complaintOf(data, {m_filledEvents}), QString());
    for (const char *name : {"verify", "rebuild"}) {
        done = run(name, path("nowhere"));
        QCOMPARE(done.exitCode, 3);
        QVERIFY2(done.err.contains("there is no store in the data folder"), done.err.constData());
    }
}

void TestMaintenance::rebuild_killed_isFinishedByTheNext()
{
    if (const QString why = whyNot(); !why.isEmpty()) {
        QSKIP(qPrintable(why));
    }
    QFETCH(FileChange, kind);
    const fs::path damaged = copy("damaged");
    damage(damaged);
    int kills = 0;
    for (int number = 1;; number += stride(kind, 5)) {
        const fs::path data = path("data");
        fs::remove_all(data);
        fs::copy(damaged, data, fs::copy_options::recursive);
        const auto result = KilledProcess::run({.call = number, .counted = {kind}}, [&](QProcess &process) {
            process.setProgram(QStringLiteral(SATCHEL_SERVER_PROGRAM));
            process.setArguments(command("rebuild", data));
        });
        QVERIFY2(result.failure.isEmpty(), qPrintable(result.failure));
        if (!result.wasKilled) {
            break;
        }
        ++kills;
        const QString left = complaintOf(data, {m_filledEvents}, true);
        QVERIFY2(left.isEmpty(), qPrintable(QStringLiteral("call number %1: %2").arg(number).arg(left)));
        const auto mended = open(data)->rebuildProjections();
        QVERIFY2(mended && mended->differenceCount <= 6, mended ? "" : mended.error().detail.c_str());
        const QString after = complaintOf(data, {m_filledEvents});
        QVERIFY2(after.isEmpty(), qPrintable(QStringLiteral("call number %1: %2").arg(number).arg(after)));
    }
    QVERIFY(kills > 0 || kind == FileChange::Rename || kind == FileChange::Sync);
    qInfo("%d kills", kills);
}

void TestMaintenance::start(Doomed &server, const fs::path &data, FileChange kind, int number, const QStringList &more)
{
    server.process.setProgram(QStringLiteral(SATCHEL_SERVER_PROGRAM));
    server.process.setArguments(QStringList{QStringLiteral("--data"), QString::fromStdString(data.string())} + more);
    KilledProcess::arm(server.process, {.call = number, .counted = {kind}});
    server.process.start();
    server.isUp = server.process.waitForReadyRead(20'000);
    server.url = QUrl(QString::fromUtf8(server.process.readLine().trimmed()));
}

void TestMaintenance::end(Doomed &server)
{
    if (server.process.state() != QProcess::NotRunning) {
        server.process.kill();
    }
    QVERIFY(hasEnded(server.process));
}

QString TestMaintenance::complaintOfBackups(const fs::path &backups, const fs::path &data, std::uint64_t events, int &wholeCount)
{
    std::error_code none;
    for (const auto &entry : fs::directory_iterator(backups, none)) {
        fs::remove_all(path("restored"));
        const auto report = Server::restoreBackup({entry.path(), path("restored"), data / "store.key", path("keyring") / "server.db.keys"},
                                                  m_clock, m_random);
        const bool isNamedWhole = entry.path().extension() != ".part";
        if (!report && isNamedWhole) {
            return QStringLiteral("a backup that is named as one is not restored: ") + QString::fromStdString(report.error().detail);
        }
        if (!report) {
            if (fs::exists(path("restored") / "server.db")) {
                return QStringLiteral("half a backup leaves a store behind");
            }
            continue;
        }
        ++wholeCount;
        fs::copy(data / "store.key", path("restored") / "store.key", fs::copy_options::skip_existing);
        if (const QString complaint = complaintOf(path("restored"), {events}); !complaint.isEmpty()) {
            return QStringLiteral("a restored backup: ") + complaint;
        }
    }
    return {};
}

// The server is killed at its start as well: what it leaves then must open, too.
void TestMaintenance::backup_serverKilledMeanwhile_isWholeOrNone()
{
    if (const QString why = whyNot(); !why.isEmpty()) {
        QSKIP(qPrintable(why));
    }
    QFETCH(FileChange, kind);
    const fs::path data = copy("data");
    const QStringList folders{QStringLiteral("--backup-folder"), QString::fromStdString(path("backups").string()),
                              QStringLiteral("--backup-keyring-folder"), QString::fromStdString(path("keyring").string())};
    fs::create_directories(path("keyring"));
    fs::copy(data / "server.db.keys", path("keyring") / "server.db.keys");
    fs::copy(data / "server.db.keys.keycheck", path("keyring") / "server.db.keys.keycheck");
    int killsMeanwhile = 0;
    int wholeCount = 0;
    bool isAnswered = false;
    for (int number = 1; !isAnswered; number += stride(kind, 5)) {
        QVERIFY(number < 5000);
        Doomed server;
        start(server, data, kind, number, folders);
        if (server.isUp) {
            QUrl url = server.url;
            url.setPath(QStringLiteral("/v1/dev/token"));
            HttpCaller http;
            const QByteArray body = http.post(url, R"({"sub":"op","roles":["admin"]})", "application/json").body;
            const qsizetype begin = body.indexOf("\"token\":\"") + 9;
            url.setPath(QStringLiteral("/satchel.v1.Backups/Create"));
            isAnswered =
                http.post(url, "{}", "application/json", QString::fromUtf8(body.mid(begin, body.indexOf('"', begin) - begin))).status ==
                200;
            killsMeanwhile += isAnswered ? 0 : 1;
        }
        end(server);
        const QString store = complaintOf(data, {m_filledEvents});
        QVERIFY2(store.isEmpty(), qPrintable(QStringLiteral("call number %1: %2").arg(number).arg(store)));
        const QString left = complaintOfBackups(path("backups"), data, m_filledEvents, wholeCount);
        QVERIFY2(left.isEmpty(), qPrintable(QStringLiteral("call number %1: %2").arg(number).arg(left)));
        if (!isAnswered) {
            fs::remove_all(path("backups"));
        }
    }
    QVERIFY(wholeCount > 0);
    QVERIFY(killsMeanwhile > 0 || kind == FileChange::Unlink);
    qInfo("%d kills between the request and its answer", killsMeanwhile);
}

void TestMaintenance::f4_killedInABatch_tookAllOfItOrNothing()
{
    if (const QString why = whyNot(); !why.isEmpty()) {
        QSKIP(qPrintable(why));
    }
    QFETCH(FileChange, kind);
    constexpr std::uint64_t batch = 100;
    const fs::path data = copy("data");
    int kills = 0;
    for (int number = 1;; number += stride(kind, 8)) {
        QVERIFY(number < 5000);
        Doomed server;
        start(server, data, kind, number);
        bool isAnswered = false;
        bool isSent = false;
        WebSocketDevice device(2);
        if (server.isUp && device.open(server.url, m_token)) {
            std::vector<Core::Mutation> made;
            for (std::uint64_t i = 0; i < batch; ++i) {
                made.push_back(device.put("notes", "k" + std::to_string(i), {{"f", std::string(300, 'x')}}));
            }
            isSent = true;
            isAnswered = device.push(std::move(made)).has_value();
        }
        kills += isSent && !isAnswered ? 1 : 0;
        end(server);
        const std::uint64_t whole = m_filledEvents + batch;
        const QString complaint = complaintOf(data, isAnswered ? std::vector{whole}
                                                    : isSent   ? std::vector{m_filledEvents, whole}
                                                               : std::vector{m_filledEvents});
        QVERIFY2(complaint.isEmpty(), qPrintable(QStringLiteral("call number %1: %2").arg(number).arg(complaint)));
        if (isAnswered) {
            break;
        }
        static_cast<void>(copy("data"));
    }
    QVERIFY(kills > 0 || (kind != FileChange::WriteAt && kind != FileChange::SyncData));
    qInfo("%d kills between the push and its answer", kills);
}

QTEST_GUILESS_MAIN(TestMaintenance)
#include "tst_maintenance.moc"
