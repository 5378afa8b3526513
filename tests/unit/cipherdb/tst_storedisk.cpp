// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// Goal: a full, failing, read-only or suddenly powerless disk is a named error, never a lost acknowledged row.
// Method: a file size limit makes writes fail; small and read-only mounts where root can be had; a file system on a loop device is shut
// down by ioctl, which drops all that was not synced, as a power cut does.

#include "storefixture.h"

#include "support/cuttabledisk.h"
#include "support/disk/simulateddisk.h"

#include <QFile>
#include <QProcess>
#include <QRandomGenerator>

#include <csignal>
#include <set>

#include <sys/resource.h>
#include <unistd.h>

using namespace Satchel;
using namespace Satchel::CipherDb;
using namespace Satchel::CipherDb::Testing;

class TestStoreDisk : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void writeFails_isStorageIo_untilReopened();
    void diskFull_isStorageFull_storeStaysReadable();
    void diskFull_atCreation_isStorageFull();
    void readOnlyDisk_writerIsRefused_readerReads();
    void powerCut_keepsEveryAcknowledgedRow();
    void diskGone_inAnyRead_isStorageIo_notDamage();

private:
    std::optional<StoreFolder> m_folder;
};

namespace {

bool isRoot()
{
    return ::geteuid() == 0;
}

/// While it lives, no file of this process grows past the limit: a write beyond is an I/O error.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes)
    {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &m_before);
        const rlimit limit{bytes, m_before.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &m_before); }
    FileSizeLimit(const FileSizeLimit &) = delete;
    FileSizeLimit &operator=(const FileSizeLimit &) = delete;

private:
    rlimit m_before{};
};

QStringList tmpfs(const char *size)
{
    return {QStringLiteral("-t"), QStringLiteral("tmpfs"), QStringLiteral("-o"), QStringLiteral("size=") + QString::fromLatin1(size),
            QStringLiteral("tmpfs")};
}

}  // namespace

void TestStoreDisk::init()
{
    m_folder.emplace();
}

void TestStoreDisk::writeFails_isStorageIo_untilReopened()
{
    {
        auto database = m_folder->open();
        VERIFY_OK(makeEntryTable(*database));
        VERIFY_OK(commitEntries(*database, 1, 50, 0));
        {
            const FileSizeLimit limit(std::filesystem::file_size(m_folder->file("-wal")));
            // More than there is room for in the WAL as it is.
            VERIFY_FAILS(ErrorCode::Unavailable, ErrorReason::StorageIo, commitEntries(*database, 100, 2000, 1));
        }
        QVERIFY(database->isPoisoned());
        VERIFY_FAILS(ErrorCode::Unavailable, ErrorReason::StorageIo, commitEntries(*database, 3000, 1, 2));
        VERIFY_FAILS(ErrorCode::Unavailable, ErrorReason::StorageIo, readEntries(*database));
        VERIFY_FAILS(ErrorCode::Unavailable, ErrorReason::StorageIo, database->execute("SELECT 1"));
        VERIFY_FAILS(ErrorCode::Unavailable, ErrorReason::StorageIo, database->checkpoint());
        VERIFY_FAILS(ErrorCode::Unavailable, ErrorReason::StorageIo, Transaction::begin(*database));
    }
    auto database = m_folder->open();
    VERIFY_OK(database);
    QVERIFY(!database->isPoisoned());
    QCOMPARE(readEntries(*database)->size(), std::size_t{50});
    VERIFY_OK(commitEntries(*database, 300, 50, 3));
    VERIFY_OK(database->verify());
}

void TestStoreDisk::diskFull_isStorageFull_storeStaysReadable()
{
    if (!isRoot())
        QSKIP("a small file system cannot be mounted without root");
    Mount mount(m_folder->folder(), tmpfs("1m"));
    if (!mount.isMounted())
        QSKIP("a small file system cannot be mounted here");
    std::int64_t next = 1;
    {
        auto database = m_folder->open();
        VERIFY_OK(database);
        VERIFY_OK(makeEntryTable(*database));
        Core::Result<void> result;
        for (; result && next < 100000; next += 10)
            result = commitEntries(*database, next, 10, 0);
        VERIFY_FAILS(ErrorCode::ResourceExhausted, ErrorReason::StorageFull, result);
        QVERIFY(!database->isPoisoned());
        QCOMPARE(readEntries(*database)->size(), static_cast<std::size_t>(next - 11));
        // Still full: named again, still readable.
        VERIFY_FAILS(ErrorCode::ResourceExhausted, ErrorReason::StorageFull, commitEntries(*database, next, 100, 0));
        QCOMPARE(readEntries(*database)->size(), static_cast<std::size_t>(next - 11));
    }
    {
        auto reopened = m_folder->open();
        VERIFY_OK(reopened);
        QCOMPARE(readEntries(*reopened)->size(), static_cast<std::size_t>(next - 11));
        QCOMPARE(runProcess(QStringLiteral("mount"),
                            {QStringLiteral("-o"), QStringLiteral("remount,size=8m"), QString::fromStdString(m_folder->folder().string())})
                     .exitCode,
                 0);
        VERIFY_OK(commitEntries(*reopened, next, 100, 0));
        QCOMPARE(readEntries(*reopened)->size(), static_cast<std::size_t>(next + 89));
        VERIFY_OK(reopened->verify());
    }
    QVERIFY(mount.unmount());
}

void TestStoreDisk::diskFull_atCreation_isStorageFull()
{
    if (!isRoot())
        QSKIP("a small file system cannot be mounted without root");
    Mount mount(m_folder->folder(), tmpfs("96k"));
    if (!mount.isMounted())
        QSKIP("a small file system cannot be mounted here");
    // Whatever step the disk gives out at, the next try with room starts from there.
    for (int blocks = 1; blocks <= 23; ++blocks) {
        QFile ballast(QString::fromStdString((m_folder->folder() / "ballast").string()));
        QVERIFY(ballast.open(QIODevice::WriteOnly));
        ballast.write(QByteArray(blocks * 4096, 'x'));
        ballast.close();
        auto database = m_folder->open();
        if (!database)
            QVERIFY2(database.error().reason == ErrorReason::StorageFull || database.error().reason == ErrorReason::StorageIo,
                     Core::describe(database.error()).c_str());
        database = Core::failure(Core::Error());
        QVERIFY(ballast.remove());
        {
            auto again = m_folder->open();
            VERIFY_OK(again);
            VERIFY_OK(again->execute("CREATE TABLE IF NOT EXISTS t(a)").or_else([](const Core::Error &error) -> Core::Result<void> {
                return error.reason == ErrorReason::StorageFull ? Core::Result<void>() : Core::failure(error);
            }));
        }
        for (const auto &entry : std::filesystem::directory_iterator(m_folder->folder()))
            std::filesystem::remove(entry.path());
    }
    QVERIFY(mount.unmount());
}

void TestStoreDisk::readOnlyDisk_writerIsRefused_readerReads()
{
    if (!isRoot())
        QSKIP("a read-only file system cannot be mounted without root");
    Mount mount(m_folder->folder(), tmpfs("4m"));
    if (!mount.isMounted())
        QSKIP("a file system cannot be mounted here");
    {
        auto database = m_folder->open();
        VERIFY_OK(makeEntryTable(*database));
        VERIFY_OK(commitEntries(*database, 1, 50, 0));
    }
    const auto before = contentOf(m_folder->folder());
    QCOMPARE(runProcess(QStringLiteral("mount"),
                        {QStringLiteral("-o"), QStringLiteral("remount,ro"), QString::fromStdString(m_folder->folder().string())})
                 .exitCode,
             0);
    VERIFY_FAILS(ErrorCode::PermissionDenied, ErrorReason::StorageReadOnly, m_folder->open());
    {
        auto reader = m_folder->open(Role::Reader);
        VERIFY_OK(reader);
        QCOMPARE(readEntries(*reader)->size(), std::size_t{50});
        VERIFY_FAILS(ErrorCode::PermissionDenied, ErrorReason::StorageReadOnly, insertEntry(*reader, 1000, 0));
    }
    VERIFY_FAILS(ErrorCode::FailedPrecondition, ErrorReason::WrongKey, m_folder->open(Role::Reader, 1));
    QVERIFY(contentOf(m_folder->folder()) == before);
    QVERIFY(mount.unmount());
}

void TestStoreDisk::powerCut_keepsEveryAcknowledgedRow()
{
    Test::CuttableDisk disk(QString::fromStdString(m_folder->folder().string()));
    if (!disk.whyNot().isEmpty())
        QSKIP(qPrintable(disk.whyNot()));
    const quint32 seed =
        qEnvironmentVariableIsSet("SATCHEL_SEED") ? qEnvironmentVariableIntValue("SATCHEL_SEED") : QRandomGenerator::global()->generate();
    const int rounds = Test::CuttableDisk::rounds(30, 30);
    qInfo("SATCHEL_SEED=%u, %d power cuts", seed, rounds);
    QRandomGenerator random(seed);
    std::set<std::int64_t> acknowledged;
    const StoreFolder store(std::filesystem::path(disk.path().toStdString()));
    for (int round = 0; round < rounds; ++round) {
        const std::int64_t firstId = 1 + round * std::int64_t{1000000};
        const auto wanted = random.bounded(1, 120);
        QProcess child;
        child.start(childProgram(), {QStringLiteral("commit"), disk.path(), QString::number(firstId)});
        QByteArray output;
        while (output.count('\n') < wanted) {
            QVERIFY(child.waitForReadyRead());
            output += child.readAllStandardOutput();
        }
        if (!disk.cutPower())
            QSKIP(qPrintable(disk.whyNot()));
        QVERIFY(child.waitForFinished());
        const QByteArray end = output + child.readAllStandardOutput();
        // Whatever a dead disk still shows of the store.
        QVERIFY2(end.endsWith("\nSTORAGE_IO\n"), (end.right(60) + child.readAllStandardError()).constData());
        // Only what was promised before the cut counts: a sync that runs into the shutdown may be answered well by the file system's
        // dead journal, whereas no answer leaves a machine without power.
        for (const QByteArray &line : output.left(output.lastIndexOf('\n')).split('\n')) {
            if (!line.isEmpty())
                acknowledged.insert(line.toLongLong());
        }
        QVERIFY(disk.remount());
        auto database = store.open();
        VERIFY_OK(database);
        const auto entries = readEntries(*database);
        VERIFY_OK(entries);
        for (const std::int64_t id : acknowledged)
            QVERIFY2(entries->contains(id), ("acknowledged row " + std::to_string(id) + " is lost").c_str());
        VERIFY_OK(database->verify());
    }
}

// A read that a disk goes away under may give other bytes than the file's; a file system that is shut down has done so. Every statement
// has to read from the disk here, as it would of a large store.
void TestStoreDisk::diskGone_inAnyRead_isStorageIo_notDamage()
{
    Satchel::Testing::SimulatedDisk disk;
    const OpenOptions options{.path = "/store.db", .cacheKib = 64, .files = &disk};
    Satchel::Testing::SimulatedDisk::Image start;
    {
        auto database = Database::open(options, keyFrom(0));
        VERIFY_OK(makeEntryTable(*database));
        VERIFY_OK(commitEntries(*database, 1, 100, 0));
        VERIFY_OK(database->checkpoint());
        VERIFY_OK(commitEntries(*database, 101, 20, 1));
        start = disk.image();
    }
    const auto work = [&options]() -> Core::Result<void> {
        auto database = Database::open(options, keyFrom(0));
        if (!database)
            return Core::failure(database.error());
        return readEntries(*database)
            .and_then([&](const auto & /*entries*/) { return commitEntries(*database, 1000, 20, 2); })
            .and_then([&] { return database->verify(); });
    };
    int deaths = 0;
    for (bool isOver = false; !isOver; ++deaths) {
        disk.heal();
        disk.load(start);
        disk.fail(Satchel::Testing::DiskFault::ReadDying, deaths, false);
        const auto worked = work();
        isOver = !disk.isGone();
        if (isOver)
            VERIFY_OK(worked);
        else
            VERIFY_FAILS(ErrorCode::Unavailable, ErrorReason::StorageIo, worked);
    }
    QVERIFY2(deaths > 60, std::to_string(deaths).c_str());
}

QTEST_GUILESS_MAIN(TestStoreDisk)
#include "tst_storedisk.moc"
