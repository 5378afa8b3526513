// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// Goal: what any released program left behind is opened by this one with nothing lost; what a newer one left behind is refused and not
// touched; a migration that is killed leaves the version before or the one after, whole.
// Method: golden stores of every schema compared with their texts; stores one version ahead, hashed before and after; a process that
// migrates real rows by two steps to come, or makes a new store, killed at each of its system calls.

#include "goldenstore.h"
#include "testschema.h"

#include "support/faults/syscallkill.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <array>

using namespace Satchel;
using Golden::Kind;

namespace {

const std::array<const Kind *, 2> kinds{&Golden::deviceKind(), &Golden::serverKind()};

QString goldenFile(const Kind &kind, std::size_t version, const char *suffix)
{
    return QStringLiteral(SATCHEL_SOURCE_DIR "/tests/data/golden/%1_v%2%3")
        .arg(QString::fromStdString(kind.name()))
        .arg(version)
        .arg(QLatin1String(suffix));
}

QByteArray bytesOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Hashes of all files but two that hold nothing: the lock, and the index that SQLite keeps beside a WAL that stays.
QMap<QString, QByteArray> hashesOf(const QString &folder)
{
    QMap<QString, QByteArray> hashes;
    for (const QString &name : QDir(folder).entryList(QDir::Files | QDir::Hidden)) {
        if (!name.endsWith(QStringLiteral(".lock")) && !name.endsWith(QStringLiteral("-shm"))) {
            hashes.insert(name, QCryptographicHash::hash(bytesOf(QDir(folder).filePath(name)), QCryptographicHash::Sha256).toHex());
        }
    }
    return hashes;
}

/// A copy of a golden store in a folder of its own.
class Copy {
public:
    Copy(const Kind &kind, std::size_t version)
        : m_isComplete(QFile::copy(goldenFile(kind, version, ".db"), file()) &&
                       QFile::copy(goldenFile(kind, version, ".db.keycheck"), file() + QStringLiteral(".keycheck")) &&
                       copyKeyring(kind, version) && QFile::setPermissions(file(), QFile::ReadOwner | QFile::WriteOwner))
    {
    }
    [[nodiscard]] bool isComplete() const { return m_isComplete; }
    [[nodiscard]] QString folder() const { return m_folder.path(); }
    [[nodiscard]] QString file() const { return m_folder.filePath(QStringLiteral("store.db")); }
    [[nodiscard]] std::filesystem::path path() const { return file().toStdString(); }
    [[nodiscard]] Core::Result<CipherDb::Database> open() const { return CipherDb::Database::open({.path = path()}, Golden::goldenKey()); }

private:
    /// A server's store has one since the fourth schema.
    [[nodiscard]] bool copyKeyring(const Kind &kind, std::size_t version) const
    {
        const QString keys = goldenFile(kind, version, ".db.keys");
        return !QFile::exists(keys) || (QFile::copy(keys, file() + QStringLiteral(".keys")) &&
                                        QFile::copy(keys + QStringLiteral(".keycheck"), file() + QStringLiteral(".keys.keycheck")) &&
                                        QFile::setPermissions(file() + QStringLiteral(".keys"), QFile::ReadOwner | QFile::WriteOwner));
    }

    QTemporaryDir m_folder;
    bool m_isComplete;
};

std::int64_t numberOf(CipherDb::Database &database, std::string_view sql)
{
    auto statement = database.prepared(sql);
    if (!statement || !(*statement)->step().value_or(false)) {
        return -1;
    }
    const std::int64_t number = (*statement)->int64(0);
    (*statement)->reset();
    return number;
}

#define VERIFY_OK(...)                                                                                                                     \
    do {                                                                                                                                   \
        const auto &verified = (__VA_ARGS__);                                                                                              \
        QVERIFY2(verified.has_value(), verified ? "" : Core::describe(verified.error()).c_str());                                          \
    } while (false)

}  // namespace

class TestGoldenStores : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everySchema_hasItsGoldenStore_data() { addKinds(); }
    void everySchema_hasItsGoldenStore();
    void golden_openedByThisProgram_holdsWhatItsTextSays_data() { addKinds(); }
    void golden_openedByThisProgram_holdsWhatItsTextSays();
    void newStore_ofThisProgram_saysTheSameAsTheGoldenOne_data() { addKinds(); }
    void newStore_ofThisProgram_saysTheSameAsTheGoldenOne();
    void newerStore_isRefusedAndUntouched_data();
    void newerStore_isRefusedAndUntouched();
    void migration_killedAtEveryCall_isOldOrNew();
    void creation_killedAtEveryCall_opensAfterwards();

private:
    static void addKinds();
    static void checkAfterKill(const Copy &copy, const QByteArray &text, QSet<std::int64_t> &versionsSeen);
};

void TestGoldenStores::addKinds()
{
    QTest::addColumn<const Kind *>("kind");
    QTest::addColumn<std::size_t>("version");
    for (const Kind *kind : kinds) {
        for (std::size_t version = 1; version <= kind->schema().size(); ++version) {
            QTest::addRow("%s v%zu", kind->name().c_str(), version) << kind << version;
        }
    }
}

void TestGoldenStores::everySchema_hasItsGoldenStore()
{
    QFETCH(const Kind *, kind);
    QFETCH(std::size_t, version);
    constexpr qint64 sizeBytesMax = 256 * 1024;
    for (const char *suffix : {".db", ".db.keycheck", ".txt"}) {
        const QFile file(goldenFile(*kind, version, suffix));
        QVERIFY2(file.exists(), qPrintable(QStringLiteral("the schema has risen: run make_golden and commit %1").arg(file.fileName())));
        QVERIFY(file.size() > 0 && file.size() <= sizeBytesMax);
    }
    const Copy copy(*kind, version);
    QVERIFY(copy.isComplete());
    auto database = copy.open();
    VERIFY_OK(database);
    QCOMPARE(*CipherDb::schemaVersion(*database), static_cast<std::int64_t>(version));
}

void TestGoldenStores::golden_openedByThisProgram_holdsWhatItsTextSays()
{
    QFETCH(const Kind *, kind);
    QFETCH(std::size_t, version);
    const Copy copy(*kind, version);
    QVERIFY(copy.isComplete());
    // Twice: what the first opening migrated, the second one finds.
    for (int opening = 0; opening < 2; ++opening) {
        const auto text = kind->dump(copy.path());
        VERIFY_OK(text);
        QCOMPARE(QByteArray::fromStdString(*text), bytesOf(goldenFile(*kind, version, ".txt")));
    }
    auto database = copy.open();
    VERIFY_OK(database);
    VERIFY_OK(database->verify());
    QCOMPARE(*CipherDb::schemaVersion(*database), static_cast<std::int64_t>(kind->schema().size()));
}

void TestGoldenStores::newStore_ofThisProgram_saysTheSameAsTheGoldenOne()
{
    QFETCH(const Kind *, kind);
    QFETCH(std::size_t, version);
    if (version != kind->schema().size()) {
        QSKIP("only this program's own schema can be made");
    }
    const QTemporaryDir folder;
    const std::filesystem::path path = folder.filePath(QStringLiteral("store.db")).toStdString();
    VERIFY_OK(kind->make(path));
    const auto text = kind->dump(path);
    VERIFY_OK(text);
    QCOMPARE(QByteArray::fromStdString(*text), bytesOf(goldenFile(*kind, version, ".txt")));
}

void TestGoldenStores::newerStore_isRefusedAndUntouched_data()
{
    QTest::addColumn<const Kind *>("kind");
    QTest::addColumn<bool>("hasWal");
    for (const Kind *kind : kinds) {
        QTest::addRow("%s", kind->name().c_str()) << kind << false;
        QTest::addRow("%s that was killed", kind->name().c_str()) << kind << true;
    }
}

void TestGoldenStores::newerStore_isRefusedAndUntouched()
{
    QFETCH(const Kind *, kind);
    QFETCH(bool, hasWal);
    const Copy made(*kind, kind->schema().size());
    const QTemporaryDir left;
    const QString file = left.filePath(QStringLiteral("store.db"));
    {
        auto database = made.open();
        VERIFY_OK(database);
        const auto steps = Golden::testSchema(*kind);
        VERIFY_OK(CipherDb::migrate(*database, std::span(steps).first(kind->schema().size() + 1)));
        if (hasWal) {
            // What a kill would leave: the files as they are now.
            for (const char *suffix : {"", "-wal", ".keycheck"}) {
                QVERIFY(QFile::copy(made.file() + QLatin1String(suffix), file + QLatin1String(suffix)));
            }
        }
    }
    if (!hasWal) {
        for (const char *suffix : {"", ".keycheck"}) {
            QVERIFY(QFile::copy(made.file() + QLatin1String(suffix), file + QLatin1String(suffix)));
        }
    }
    const auto before = hashesOf(left.path());
    QCOMPARE(before.contains(QStringLiteral("store.db-wal")), hasWal);
    for (int attempt = 0; attempt < 2; ++attempt) {
        const auto refused = kind->dump(file.toStdString());
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, Core::ErrorCode::FailedPrecondition);
        QCOMPARE(refused.error().reason, Core::ErrorReason::SchemaTooNew);
        QCOMPARE(hashesOf(left.path()), before);
    }
    auto database = CipherDb::Database::open({.path = file.toStdString()}, Golden::goldenKey());
    VERIFY_OK(database);
    QCOMPARE(numberOf(*database, "SELECT count(*) FROM to_come WHERE name = 'kept'"), 1);
}

/// The store is at a version between the product's and the newest, with that version's tables and all rows.
void TestGoldenStores::checkAfterKill(const Copy &copy, const QByteArray &text, QSet<std::int64_t> &versionsSeen)
{
    const auto oldest = static_cast<std::int64_t>(Golden::deviceKind().schema().size());
    const auto steps = Golden::testSchema(Golden::deviceKind());
    {
        auto database = copy.open();
        VERIFY_OK(database);
        const std::int64_t version = CipherDb::schemaVersion(*database).value_or(-1);
        versionsSeen.insert(version);
        QVERIFY(version >= oldest && version <= oldest + 2);
        QCOMPARE(numberOf(*database, "SELECT count(*) FROM sqlite_schema WHERE name = 'to_come'"), std::int64_t{version > oldest});
        QCOMPARE(numberOf(*database, "SELECT count(*) FROM sqlite_schema WHERE name = 'documents_by_name'"),
                 std::int64_t{version < oldest + 2});
        QCOMPARE(numberOf(*database, "SELECT count(*) FROM sqlite_schema WHERE name = 'copied'"), 0);
        if (version == oldest) {
            database = Core::failure(Core::Error{});
            const auto now = Golden::deviceKind().dump(copy.path());
            VERIFY_OK(now);
            QCOMPARE(QByteArray::fromStdString(*now), text);
        }
    }
    auto database = copy.open();
    VERIFY_OK(database);
    VERIFY_OK(CipherDb::migrate(*database, steps));
    QCOMPARE(numberOf(*database, "SELECT sum(to_come) FROM documents"), text.count("\ndocument ") * 7);
    VERIFY_OK(database->verify());
}

void TestGoldenStores::migration_killedAtEveryCall_isOldOrNew()
{
    const Kind &kind = Golden::deviceKind();
    const std::size_t oldest = kind.schema().size();
    const QByteArray text = bytesOf(goldenFile(kind, oldest, ".txt"));
    QSet<std::int64_t> versionsSeen;
    int calls = 0;
    for (bool isOver = false; !isOver; ++calls) {
        const Copy copy(kind, oldest);
        QVERIFY(copy.isComplete());
        const auto run = Test::runKilledAtCall({MAKE_GOLDEN, "migrate", copy.path().string(), std::to_string(oldest + 2)}, calls + 1);
        if (run.outcome == Test::KillOutcome::NotPermitted) {
            QSKIP("this machine does not let a process trace its child");
        }
        isOver = run.outcome == Test::KillOutcome::Ended;
        QVERIFY(!isOver || run.exitCode == 0);
        checkAfterKill(copy, text, versionsSeen);
        if (QTest::currentTestFailed()) {
            QFAIL(qPrintable(QStringLiteral("after a kill at call %1").arg(calls + 1)));
        }
    }
    qInfo("killed at %d calls", calls - 1);
    QCOMPARE(versionsSeen.size(), 3);
}

void TestGoldenStores::creation_killedAtEveryCall_opensAfterwards()
{
    const auto freshText = [](const QTemporaryDir &folder) {
        return Golden::deviceKind().dump(folder.filePath(QStringLiteral("store.db")).toStdString());
    };
    const QTemporaryDir whole;
    const auto expected = freshText(whole);
    VERIFY_OK(expected);
    int calls = 0;
    for (bool isOver = false; !isOver; ++calls) {
        const QTemporaryDir folder;
        const auto run = Test::runKilledAtCall({MAKE_GOLDEN, "open", folder.filePath(QStringLiteral("store.db")).toStdString()}, calls + 1);
        if (run.outcome == Test::KillOutcome::NotPermitted) {
            QSKIP("this machine does not let a process trace its child");
        }
        isOver = run.outcome == Test::KillOutcome::Ended;
        QVERIFY(!isOver || run.exitCode == 0);
        const auto text = freshText(folder);
        QVERIFY2(text, qPrintable(QStringLiteral("after a kill at call %1: %2")
                                      .arg(calls + 1)
                                      .arg(text ? QString() : QString::fromStdString(Core::describe(text.error())))));
        QCOMPARE(*text, *expected);
    }
    qInfo("killed at %d calls", calls - 1);
}

QTEST_GUILESS_MAIN(TestGoldenStores)
#include "tst_goldenstores.moc"
