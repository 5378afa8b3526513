// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// Goal: `satchel inspect` shows what is in a store, changes nothing, is right beside a writing app, and on damaged stores shows what is
// left. Method: the golden store, closed or killed, every file hashed around every verb; a device process that writes all the while; a byte
// flipped in each page; a newer schema; wrong, missing and typed keys.

#include "cliprocess.h"

#include "golden/goldenstore.h"
#include "golden/testschema.h"
#include "support/deviceprocess.h"

#include <QCryptographicHash>
#include <QDir>
#include <QTest>

using namespace Satchel;
using Test::Cli;
using Test::CliRun;
using Test::list;
using Test::object;

namespace {

constexpr qint64 pageBytes = 4096;

/// The golden device store and its key, as somebody would send them to support.
class Box {
public:
    Box()
    {
        const QString golden =
            QStringLiteral(SATCHEL_SOURCE_DIR "/tests/data/golden/device_v%1.db").arg(Golden::deviceKind().schema().size());
        m_isComplete =
            QFile::copy(golden, store()) && QFile::copy(golden + QStringLiteral(".keycheck"), store() + QStringLiteral(".keycheck"));
        QFile::setPermissions(store(), QFile::ReadOwner | QFile::WriteOwner);
        const auto key = Golden::goldenKey();
        const QByteArray bytes(reinterpret_cast<const char *>(key.bytes().data()), qsizetype(key.bytes().size()));
        QFile file(store() + QStringLiteral(".key"));
        m_isComplete = m_isComplete && file.open(QIODevice::WriteOnly) && file.write(bytes.toHex() + '\n') == 65;
    }

    [[nodiscard]] bool isComplete() const { return m_isComplete; }
    [[nodiscard]] QString folder() const { return m_folder.path(); }
    [[nodiscard]] QString store() const { return m_folder.filePath(QStringLiteral("a.satchel")); }
    [[nodiscard]] Core::Result<CipherDb::Database> open() const
    {
        return CipherDb::Database::open({.path = store().toStdString()}, Golden::goldenKey());
    }
    [[nodiscard]] CliRun inspect(const QStringList &arguments) const
    {
        return Cli().run(QStringList{QStringLiteral("inspect"), store()} + arguments);
    }
    [[nodiscard]] QMap<QString, QByteArray> hashes() const
    {
        QMap<QString, QByteArray> found;
        for (const QString &name : QDir(folder()).entryList(QDir::Files | QDir::Hidden)) {
            QFile file(m_folder.filePath(name));
            if (file.open(QIODevice::ReadOnly)) {
                found.insert(name, QCryptographicHash::hash(file.readAll(), QCryptographicHash::Sha256).toHex());
            }
        }
        return found;
    }

private:
    QTemporaryDir m_folder;
    bool m_isComplete = false;
};

const QList<QStringList> everyVerb{{},
                                   list({"ls"}),
                                   list({"ls", "notes"}),
                                   list({"cat", "preferences", "editor"}),
                                   list({"pending"}),
                                   list({"quarantine"}),
                                   list({"check"}),
                                   list({"export"})};

void flipByte(const QString &path, qint64 offset)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadWrite) && file.seek(offset));
    const QByteArray byte = file.read(1);
    QVERIFY(file.seek(offset) && file.write(QByteArray(1, char(byte[0] ^ 0x10))) == 1);
}

QMap<QString, QVariantMap> byName(const CliRun &run)
{
    QMap<QString, QVariantMap> found;
    for (const QVariantMap &record : run.records()) {
        found.insert(record.value(QStringLiteral("collection")).toString() + u'/' + record.value(QStringLiteral("key")).toString(), record);
    }
    return found;
}

}  // namespace

class TestInspect : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void verbs_onGoldenStore_showWhatIsInIt();
    void verbs_onClosedOrKilledStore_changeNothing_data();
    void verbs_onClosedOrKilledStore_changeNothing();
    void besideWritingApp_bothAreRight();
    void damagedPage_isNamedAndTheRestIsShown();
    void newerSchema_isTooNew();
    void keys_wrongMissingOrTyped_areToldApart();
    void help_leadsWithExamples();
};

void TestInspect::verbs_onGoldenStore_showWhatIsInIt()
{
    const Box box;
    QVERIFY(box.isComplete());
    const CliRun summary = box.inspect(list({"--json"}));
    QCOMPARE(summary.exitCode, 0);
    QCOMPARE(summary.records().first().value(QStringLiteral("user")).toString(), QStringLiteral("anna@example.com"));
    QCOMPARE(summary.records().first().value(QStringLiteral("pending")).toInt(), 4);
    QCOMPARE(summary.records().first().value(QStringLiteral("quarantined")).toInt(), 1);
    QCOMPARE(summary.records().first().value(QStringLiteral("epoch")).toInt(), 12);

    const auto listed = byName(box.inspect(list({"ls", "--json"})));
    QCOMPARE(listed.value(QStringLiteral("drafts/letter")).value(QStringLiteral("conflicts")).toList(),
             QVariantList{QStringLiteral("text")});
    QCOMPARE(listed.value(QStringLiteral("notes/n1")).value(QStringLiteral("pending")).toInt(), 1);
    QVERIFY(listed.contains(QStringLiteral("wallet/coins")));
    QVERIFY(box.inspect(list({"ls"})).out.contains("drafts/letter  in conflict\n"));

    const CliRun note = box.inspect(list({"cat", "notes", "n1", "--json"}));
    const QVariantMap record = note.records().first();
    QCOMPARE(record.value(QStringLiteral("value")).toMap().value(QStringLiteral("i")).toString(), QStringLiteral("pending"));
    QCOMPARE(record.value(QStringLiteral("server")).toMap().value(QStringLiteral("i")).toInt(), 1);
    QCOMPARE(record.value(QStringLiteral("pending")).toList().size(), 1);
    QCOMPARE(box.inspect(list({"cat", "notes", "none"})).exitCode, 1);
    QCOMPARE(box.inspect(list({"cat", "progress", "walk"})).out, QByteArray("{\"badges\":[7,1.5],\"xp\":8}\n"));

    QCOMPARE(box.inspect(list({"pending", "--json"})).records().size(), 4);
    QVERIFY(box.inspect(list({"pending"})).out.contains("4  session/window  replace: put x, remove y\n"));
    const CliRun refused = box.inspect(list({"quarantine", "--json"}));
    QCOMPARE(refused.records().first().value(QStringLiteral("error")).toMap().value(QStringLiteral("reason")).toString(),
             QStringLiteral("FIELD_KIND_MISMATCH"));
    QCOMPARE(box.inspect(list({"check"})).out, QByteArray("good\n"));
    QCOMPARE(byName(box.inspect(list({"export", "--json"}))).keys(), listed.keys());
    // A folder with one store is as good as its file.
    QCOMPARE(Cli().run(list({"inspect"}) + QStringList{box.folder(), QStringLiteral("check")}).out, QByteArray("good\n"));
    QCOMPARE(box.inspect(list({"cat"})).exitCode, 2);
    QCOMPARE(box.inspect(list({"dance"})).exitCode, 2);
}

void TestInspect::verbs_onClosedOrKilledStore_changeNothing_data()
{
    QTest::addColumn<QStringList>("left");
    QTest::newRow("closed") << QStringList();
    QTest::newRow("killed") << list({"-wal", "-shm", ".lock"});
    QTest::newRow("killed and copied without index") << list({"-wal"});
}

void TestInspect::verbs_onClosedOrKilledStore_changeNothing()
{
    QFETCH(QStringList, left);
    const Box made;
    const Box box;
    QVERIFY(made.isComplete() && box.isComplete());
    if (!left.isEmpty()) {
        auto database = made.open();
        QVERIFY(database &&
                database->execute("UPDATE documents SET key = CAST('renamed in the WAL' AS BLOB) WHERE key = CAST('n2' AS BLOB)"));
        for (const QString &suffix : left) {
            QVERIFY(QFile::copy(made.store() + suffix, box.store() + suffix));
        }
    }
    const auto before = box.hashes();
    for (const QStringList &verb : everyVerb) {
        const CliRun run = box.inspect(verb);
        QVERIFY2(run.exitCode == 0, run.err.constData());
        QCOMPARE(box.hashes(), before);
    }
    const bool isRenamed = byName(box.inspect(list({"ls", "--json"}))).contains(QStringLiteral("notes/renamed in the WAL"));
    QCOMPARE(isRenamed, !left.isEmpty());
}

void TestInspect::besideWritingApp_bothAreRight()
{
    QTemporaryDir folder;
    Test::DeviceProcess device({Test::ServerProcess::program(QStringLiteral("satchel")), folder.path(), QStringLiteral("laptop"),
                                QStringLiteral("anna"), QStringLiteral("default"), QUrl(), QString(), list({"--offline"})});
    QVERIFY2(device.start(), device.log().constData());
    const QString store = folder.filePath(QStringLiteral("store"));
    QCOMPARE(QDir(store).entryList({QStringLiteral("*.satchel")}).size(), 1);
    int issued = 0;
    int durable = 0;
    const std::function<void()> writeNext = [&] {
        const std::string key = "n" + std::to_string(issued++);
        const auto value = object({{"i", issued}, {"text", std::string(3000, 'x')}});
        device.send(object({{"do", "set"}, {"collection", "notes"}, {"key", key}, {"value", value}}), [&](const Core::Value &answer) {
            durable += answer.find("ok") != nullptr ? 1 : 0;
            writeNext();
        });
    };
    writeNext();
    QTRY_VERIFY(durable > 20);
    int highestSeen = 0;
    for (int i = 0; i < 25; ++i) {
        const int before = durable;
        // In its own event loop, so that the device goes on meanwhile.
        QProcess process;
        Cli().prepare(process, list({"inspect"}) + QStringList{store, QStringLiteral("export"), QStringLiteral("--json"),
                                                               QStringLiteral("--key-file"), folder.filePath(QStringLiteral("key"))});
        process.start();
        QTRY_COMPARE_WITH_TIMEOUT(process.state(), QProcess::NotRunning, 20000);
        const CliRun run{process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
        QVERIFY2(run.exitCode == 0, run.err.constData());
        const auto found = byName(run);
        // One moment: what was durable before is there, and the writes that are there have no hole.
        QVERIFY(found.size() >= before);
        for (int n = 0; n < found.size(); ++n) {
            QVERIFY(found.contains(QStringLiteral("notes/n%1").arg(n)));
        }
        highestSeen = std::max(highestSeen, int(found.size()));
    }
    QVERIFY(highestSeen > 20);
    const CliRun checked = Cli().run(list({"inspect"}) + QStringList{store, QStringLiteral("check"), QStringLiteral("--key-file"),
                                                                     folder.filePath(QStringLiteral("key"))});
    QVERIFY2(checked.exitCode == 0, checked.err.constData());
    const int written = durable;
    const auto shown = device.exportAll();
    QVERIFY(shown && int(shown->size()) >= written);
    qInfo("%d documents written meanwhile", written);
    device.kill();
}

void TestInspect::damagedPage_isNamedAndTheRestIsShown()
{
    const Box whole;
    QVERIFY(whole.isComplete());
    const auto expected = byName(whole.inspect(list({"export", "--json"})));
    const qint64 pages = QFileInfo(whole.store()).size() / pageBytes;
    int shownWithDamage = 0;
    for (qint64 page = 1; page <= pages; ++page) {
        const Box box;
        flipByte(box.store(), (page - 1) * pageBytes + 1000);
        const auto before = box.hashes();
        const CliRun checked = box.inspect(list({"check"}));
        QCOMPARE(checked.exitCode, 1);
        QVERIFY2(!checked.err.contains("ERROR"), checked.err.constData());
        QVERIFY2(checked.err.contains("page " + QByteArray::number(page)), checked.err.constData());
        const CliRun run = box.inspect(list({"export", "--json"}));
        const auto found = byName(run);
        for (auto it = found.cbegin(); it != found.cend(); ++it) {
            // What has lost its base is named, and without policies or outbox a document is shown differently; all else is as it was.
            const bool isExplained = run.err.contains(it.key().toUtf8()) || run.err.contains("outbox") || run.err.contains("policies");
            QVERIFY2(isExplained || it.value() == expected.value(it.key()),
                     qPrintable(QStringLiteral("page %1: %2").arg(page).arg(it.key())));
        }
        for (auto it = expected.cbegin(); it != expected.cend(); ++it) {
            QVERIFY2(found.contains(it.key()) || run.exitCode == 1, qPrintable(it.key()));
        }
        shownWithDamage += run.exitCode == 1 ? int(found.size()) : 0;
        QVERIFY2(page > 1 || found == expected, "the first page holds no document");
        QCOMPARE(box.inspect(list({"--json"})).records().value(0).value(QStringLiteral("schema")).isNull(), page == 1);
        QCOMPARE(box.hashes(), before);
    }
    QVERIFY(shownWithDamage > 40);
}

void TestInspect::newerSchema_isTooNew()
{
    const Box box;
    {
        auto database = box.open();
        const auto steps = Golden::testSchema(Golden::deviceKind());
        QVERIFY(database && CipherDb::migrate(*database, steps));
    }
    const auto before = box.hashes();
    for (const QStringList &verb : everyVerb) {
        const CliRun run = box.inspect(verb + list({"--json"}));
        QCOMPARE(run.exitCode, 1);
        QCOMPARE(run.error().value(QStringLiteral("reason")).toString(), QStringLiteral("SCHEMA_TOO_NEW"));
        QCOMPARE(box.hashes(), before);
    }
}

void TestInspect::keys_wrongMissingOrTyped_areToldApart()
{
    const Box box;
    const Cli other;
    const QString wrong = other.file(QStringLiteral("wrong"), QByteArray(64, 'a'));
    const QString noKey = other.file(QStringLiteral("none"), "not a key");
    const auto reason = [&box](const QStringList &arguments) {
        return box.inspect(arguments + list({"--json"})).error().value(QStringLiteral("reason")).toString();
    };
    const auto before = box.hashes();
    QCOMPARE(reason({QStringLiteral("--key-file"), wrong}), QStringLiteral("WRONG_KEY"));
    QCOMPARE(reason({QStringLiteral("--key-file"), noKey}), QStringLiteral("KEY_MISSING"));
    QCOMPARE(reason({QStringLiteral("--key-file"), box.folder() + QStringLiteral("/nowhere")}), QStringLiteral("KEY_MISSING"));
    QCOMPARE(reason({QStringLiteral("--passphrase-file"), noKey}), QStringLiteral("KEY_MISSING"));
    QCOMPARE(box.hashes(), before);

    QTemporaryDir folder;
    const Cli cli({QStringLiteral("--store"), folder.path(), QStringLiteral("--offline"), QStringLiteral("--passphrase-file"),
                   other.file(QStringLiteral("passphrase"), "correct horse\n")});
    QCOMPARE(cli.run(list({"put", "notes", "a", "{\"b\":1}"})).exitCode, 0);
    const QStringList inspect{QStringLiteral("inspect"), folder.path(),       QStringLiteral("cat"),
                              QStringLiteral("notes"),   QStringLiteral("a"), QStringLiteral("--passphrase-file"),
                              QStringLiteral("-")};
    QCOMPARE(Cli().run(inspect, "correct horse\n").out, QByteArray("{\"b\":1}\n"));
    QVERIFY(Cli().run(inspect, "battery staple\n").err.contains("not the store's key"));
}

void TestInspect::help_leadsWithExamples()
{
    const CliRun help = Cli().run(list({"inspect", "--help"}));
    QCOMPARE(help.exitCode, 0);
    QVERIFY(help.out.indexOf("Examples:") > 0 && help.out.indexOf("Examples:") < help.out.indexOf("Verbs:"));
    for (const char *verb : {"ls", "cat", "pending", "quarantine", "check", "export"}) {
        QVERIFY(help.out.contains(QByteArray("\n  ") + verb));
    }
}

QTEST_GUILESS_MAIN(TestInspect)
#include "tst_inspect.moc"
