// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// Goal: every connection has the pragmas that durability and secrecy rest on, and each state of the files has its own answer.
// Method: pragmas are read back; the files of a store are taken away, emptied and exchanged between openings.

#include "storefixture.h"

#include <iterator>
#include <set>

using namespace Satchel;
using namespace Satchel::CipherDb;
using namespace Satchel::CipherDb::Testing;

class TestDatabase : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void pragmas_arePinned_data();
    void pragmas_arePinned();
    void files_areForTheOwnerOnly();
    void open_missing_isNotFound_data();
    void open_missing_isNotFound();
    void open_twice_isLocked();
    void open_throughALink_isLocked();
    void open_afterMove_lockGoesAlong();
    void reader_write_isRefused();
    void reader_besideWriter_seesCommits();
    void reader_checkpoint_isRefused();
    void keycheck_states_data();
    void keycheck_states();
    void keycheck_missing_isMadeAgain();
    void keycheck_damaged_isMadeAgain();
    void store_emptyBesideRecord_isNew();
    void store_emptyBesideWal_isDamaged();
    void wal_pastItsLimit_isMovedByItself();
    void wal_ofSmallCommits_hasRoomForTheNext();
    void verify_goodStore_isOk();
    void errors_fourKinds_differ();

private:
    void makeStore();

    std::optional<StoreFolder> m_folder;
};

namespace {

std::string pragmaOf(Database &database, const std::string &name)
{
    auto statement = database.prepared("PRAGMA " + name);
    if (!statement || !(*statement)->step().value_or(false))
        return "no answer";
    std::string value((*statement)->text(0));
    (*statement)->reset();
    return value;
}

std::filesystem::perms modeOf(const std::filesystem::path &path)
{
    return std::filesystem::status(path).permissions();
}

}  // namespace

void TestDatabase::init()
{
    m_folder.emplace();
}

void TestDatabase::makeStore()
{
    auto database = m_folder->open();
    VERIFY_OK(database);
    VERIFY_OK(makeEntryTable(*database));
    VERIFY_OK(commitEntries(*database, 1, 10, 0));
}

void TestDatabase::pragmas_arePinned_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("writer");
    QTest::addColumn<QString>("reader");
    const auto add = [](const char *name, const char *writer, const char *reader) {
        QTest::newRow(name) << QString::fromLatin1(name) << QString::fromLatin1(writer) << QString::fromLatin1(reader);
    };
    add("journal_mode", "wal", "wal");
    add("synchronous", "2", "2");
    add("temp_store", "2", "2");
    add("foreign_keys", "1", "1");
    add("secure_delete", "2", "2");
    add("wal_autocheckpoint", "0", "0");
    add("query_only", "0", "1");
    add("fullfsync", "1", "1");
    add("checkpoint_fullfsync", "1", "1");
    add("cache_size", "-8192", "-8192");
    add("busy_timeout", "5000", "5000");
    add("trusted_schema", "0", "0");
    add("journal_size_limit", "16777216", "-1");
    add("cipher_page_size", "4096", "4096");
    add("cipher_use_hmac", "1", "1");
    add("cipher_hmac_algorithm", "HMAC_SHA512", "HMAC_SHA512");
    add("cipher_plaintext_header_size", "0", "0");
    add("cipher_memory_security", "0", "0");
}

void TestDatabase::pragmas_arePinned()
{
    QFETCH(QString, name);
    QFETCH(QString, writer);
    QFETCH(QString, reader);
    auto writing = m_folder->open();
    VERIFY_OK(writing);
    VERIFY_OK(makeEntryTable(*writing));
    auto reading = m_folder->open(Role::Reader);
    VERIFY_OK(reading);
    QCOMPARE(QString::fromStdString(pragmaOf(*writing, name.toStdString())), writer);
    QCOMPARE(QString::fromStdString(pragmaOf(*reading, name.toStdString())), reader);
}

void TestDatabase::files_areForTheOwnerOnly()
{
    auto database = m_folder->open();
    VERIFY_OK(database);
    VERIFY_OK(makeEntryTable(*database));
    for (const char *suffix : {"", "-wal", "-shm", ".lock", ".keycheck"})
        QCOMPARE(modeOf(m_folder->file(suffix)), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    std::size_t files = 0;
    for ([[maybe_unused]] const auto &entry : std::filesystem::directory_iterator(m_folder->folder()))
        ++files;
    QCOMPARE(files, std::size_t{5});
}

void TestDatabase::open_missing_isNotFound_data()
{
    QTest::addColumn<bool>("isReader");
    QTest::addColumn<bool>("hasFolder");
    QTest::newRow("writer that may not create") << false << true;
    QTest::newRow("reader") << true << true;
    QTest::newRow("no folder") << false << false;
}

void TestDatabase::open_missing_isNotFound()
{
    QFETCH(bool, isReader);
    QFETCH(bool, hasFolder);
    auto options = m_folder->options(isReader ? Role::Reader : Role::Writer);
    options.createIfMissing = !hasFolder;
    if (!hasFolder)
        options.path = m_folder->folder() / "nowhere" / "store.db";
    VERIFY_FAILS(ErrorCode::NotFound, ErrorReason::None, Database::open(options, keyFrom(0)));
    QVERIFY(std::filesystem::is_empty(m_folder->folder()));
}

void TestDatabase::open_twice_isLocked()
{
    {
        auto first = m_folder->open();
        VERIFY_OK(first);
        VERIFY_FAILS(ErrorCode::Unavailable, ErrorReason::StoreLocked, m_folder->open());
        VERIFY_OK(makeEntryTable(*first));
    }
    VERIFY_OK(m_folder->open());
}

void TestDatabase::open_throughALink_isLocked()
{
    makeStore();
    auto first = m_folder->open();
    auto options = m_folder->options();
    options.path = m_folder->folder() / "link.db";
    std::filesystem::create_symlink(m_folder->file(), options.path);
    VERIFY_FAILS(ErrorCode::Unavailable, ErrorReason::StoreLocked, Database::open(options, keyFrom(0)));
}

void TestDatabase::open_afterMove_lockGoesAlong()
{
    auto first = m_folder->open();
    VERIFY_OK(first);
    Database moved = std::move(*first);
    VERIFY_FAILS(ErrorCode::Unavailable, ErrorReason::StoreLocked, m_folder->open());
    VERIFY_OK(makeEntryTable(moved));
}

void TestDatabase::reader_write_isRefused()
{
    makeStore();
    auto reader = m_folder->open(Role::Reader);
    VERIFY_OK(reader);
    VERIFY_FAILS(ErrorCode::PermissionDenied, ErrorReason::StorageReadOnly, insertEntry(*reader, 1000, 0));
    QCOMPARE(readEntries(*reader)->size(), std::size_t{10});
}

void TestDatabase::reader_besideWriter_seesCommits()
{
    makeStore();
    auto writer = m_folder->open();
    auto reader = m_folder->open(Role::Reader);
    VERIFY_OK(reader);
    for (int i = 0; i < 20; ++i) {
        VERIFY_OK(commitEntries(*writer, 100 + i, 1, 0));
        QCOMPARE(readEntries(*reader)->size(), static_cast<std::size_t>(11 + i));
    }
}

void TestDatabase::reader_checkpoint_isRefused()
{
    makeStore();
    auto reader = m_folder->open(Role::Reader);
    VERIFY_FAILS(ErrorCode::FailedPrecondition, ErrorReason::None, reader->checkpoint());
    VERIFY_FAILS(ErrorCode::FailedPrecondition, ErrorReason::None, reader->verify());
}

void TestDatabase::keycheck_states_data()
{
    QTest::addColumn<QString>("record");
    QTest::addColumn<bool>("isPageGood");
    QTest::addColumn<int>("key");
    QTest::addColumn<int>("reason");
    const auto good = static_cast<int>(ErrorReason::None);
    const auto wrong = static_cast<int>(ErrorReason::WrongKey);
    const auto damage = static_cast<int>(ErrorReason::StoreDamaged);
    QTest::newRow("record, page, right key") << QStringLiteral("good") << true << 0 << good;
    QTest::newRow("record, page, wrong key") << QStringLiteral("good") << true << 1 << wrong;
    QTest::newRow("record, bad page, right key") << QStringLiteral("good") << false << 0 << damage;
    QTest::newRow("record, bad page, wrong key") << QStringLiteral("good") << false << 1 << wrong;
    QTest::newRow("no record, page, right key") << QStringLiteral("missing") << true << 0 << good;
    QTest::newRow("no record, page, wrong key") << QStringLiteral("missing") << true << 1 << wrong;
    QTest::newRow("no record, bad page, right key") << QStringLiteral("missing") << false << 0 << damage;
    QTest::newRow("no record, bad page, wrong key") << QStringLiteral("missing") << false << 1 << wrong;
    QTest::newRow("bad record, page, right key") << QStringLiteral("damaged") << true << 0 << good;
    QTest::newRow("bad record, page, wrong key") << QStringLiteral("damaged") << true << 1 << wrong;
    QTest::newRow("bad record, bad page, right key") << QStringLiteral("damaged") << false << 0 << damage;
    QTest::newRow("bad record, bad page, wrong key") << QStringLiteral("damaged") << false << 1 << wrong;
}

void TestDatabase::keycheck_states()
{
    QFETCH(QString, record);
    QFETCH(bool, isPageGood);
    QFETCH(int, key);
    QFETCH(int, reason);
    makeStore();
    if (record == QStringLiteral("missing"))
        std::filesystem::remove(m_folder->file(".keycheck"));
    if (record == QStringLiteral("damaged"))
        writeBytes(m_folder->file(".keycheck"), QByteArray(200, 'x'));
    if (!isPageGood) {
        QByteArray bytes = bytesOf(m_folder->file());
        bytes[100] = static_cast<char>(bytes[100] ^ 1);
        writeBytes(m_folder->file(), bytes);
    }
    const auto before = contentOf(m_folder->folder());
    {
        const auto database = m_folder->open(Role::Writer, static_cast<std::uint8_t>(key));
        QCOMPARE(database ? 0 : static_cast<int>(database.error().reason), reason);
        if (record == QStringLiteral("missing") && reason == static_cast<int>(ErrorReason::WrongKey))
            QVERIFY(database.error().detail.find("missing") != std::string::npos);
    }
    if (reason != 0)
        QVERIFY2(contentOf(m_folder->folder()) == before, "a refused store must be the same in every byte");
}

void TestDatabase::keycheck_missing_isMadeAgain()
{
    makeStore();
    std::filesystem::remove(m_folder->file(".keycheck"));
    VERIFY_OK(m_folder->open(Role::Reader));
    QVERIFY(!std::filesystem::exists(m_folder->file(".keycheck")));
    VERIFY_OK(m_folder->open());
    QVERIFY(std::filesystem::exists(m_folder->file(".keycheck")));
    VERIFY_FAILS(ErrorCode::FailedPrecondition, ErrorReason::WrongKey, m_folder->open(Role::Writer, 1));
    VERIFY_OK(m_folder->open());
}

void TestDatabase::keycheck_damaged_isMadeAgain()
{
    makeStore();
    const QByteArray record = bytesOf(m_folder->file(".keycheck"));
    for (qsizetype i = 0; i < record.size(); ++i) {
        QByteArray flipped = record;
        flipped[i] = static_cast<char>(flipped[i] ^ 0x10);
        writeBytes(m_folder->file(".keycheck"), flipped);
        VERIFY_FAILS(ErrorCode::FailedPrecondition, ErrorReason::WrongKey, m_folder->open(Role::Writer, 1));
        VERIFY_OK(m_folder->open());
        QVERIFY(bytesOf(m_folder->file(".keycheck")) != flipped);
    }
}

void TestDatabase::store_emptyBesideRecord_isNew()
{
    makeStore();
    for (const bool isThere : {true, false}) {
        std::filesystem::remove(m_folder->file());
        if (isThere)
            writeBytes(m_folder->file(), {});
        // Nothing was ever kept in it, so even another key may begin here.
        auto database = m_folder->open(Role::Writer, isThere ? 0 : 1);
        VERIFY_OK(database);
        QCOMPARE(*schemaVersion(*database), std::int64_t{0});
        VERIFY_OK(makeEntryTable(*database));
    }
    VERIFY_FAILS(ErrorCode::FailedPrecondition, ErrorReason::WrongKey, m_folder->open(Role::Writer, 0));
}

void TestDatabase::store_emptyBesideWal_isDamaged()
{
    auto database = m_folder->open();
    VERIFY_OK(makeEntryTable(*database));
    const StoreFolder snapshots;
    QVERIFY(copyFolder(m_folder->folder(), snapshots.folder() / "copy"));
    const StoreFolder cut(snapshots.folder() / "copy");
    writeBytes(cut.file(), {});
    const auto before = contentOf(cut.folder());
    VERIFY_FAILS(ErrorCode::DataLoss, ErrorReason::StoreDamaged, cut.open());
    QVERIFY(contentOf(cut.folder()) == before);
    std::filesystem::remove(cut.file());
    VERIFY_FAILS(ErrorCode::DataLoss, ErrorReason::StoreDamaged, cut.open());
    VERIFY_FAILS(ErrorCode::DataLoss, ErrorReason::StoreDamaged, cut.open(Role::Reader));
}

void TestDatabase::wal_pastItsLimit_isMovedByItself()
{
    auto database = m_folder->open();
    VERIFY_OK(makeEntryTable(*database));
    std::int64_t written = 0;
    for (std::int64_t id = 0; id < 40000; id += 400) {
        VERIFY_OK(commitEntries(*database, id, 400, 0));
        written += 400 * (120 + 9000 / 17);
    }
    QVERIFY(written > 20 * 1024 * 1024);
    QVERIFY(std::filesystem::file_size(m_folder->file("-wal")) < 7 * 1024 * 1024);
    QVERIFY(std::filesystem::file_size(m_folder->file()) > 15 * 1024 * 1024);
}

void TestDatabase::wal_ofSmallCommits_hasRoomForTheNext()
{
    auto database = m_folder->open();
    VERIFY_OK(makeEntryTable(*database));
    std::set<std::uintmax_t> sizes;
    constexpr int commits = 200;
    for (int id = 1; id <= commits; ++id) {
        VERIFY_OK(commitEntries(*database, id, 1, 0));
        sizes.insert(std::filesystem::file_size(m_folder->file("-wal")));
    }
    // It grows ahead of them, by little at first and never by more than 64 pages at once.
    QVERIFY2(sizes.size() > 2 && sizes.size() < commits / 10, std::to_string(sizes.size()).c_str());
    for (auto size = std::next(sizes.begin()); size != sizes.end(); ++size)
        QVERIFY(*size - *std::prev(size) <= (64 + 8) * 4120);
    // One that is large makes its own.
    const std::uintmax_t before = *sizes.rbegin();
    VERIFY_OK(commitEntries(*database, commits + 1, 1000, 0));
    QVERIFY(std::filesystem::file_size(m_folder->file("-wal")) > before);
    VERIFY_OK(database->verify());
    QCOMPARE(readEntries(*database)->size(), std::size_t{commits + 1000});
}

void TestDatabase::verify_goodStore_isOk()
{
    auto database = m_folder->open();
    VERIFY_OK(makeEntryTable(*database));
    VERIFY_OK(commitEntries(*database, 1, 300, 0));
    VERIFY_OK(database->verify());
}

void TestDatabase::errors_fourKinds_differ()
{
    makeStore();
    auto holder = m_folder->open();
    VERIFY_OK(holder);
    VERIFY_FAILS(ErrorCode::Unavailable, ErrorReason::StoreLocked, m_folder->open());
    VERIFY_OK(holder->execute("PRAGMA user_version = 5"));
    VERIFY_FAILS(ErrorCode::FailedPrecondition, ErrorReason::SchemaTooNew, migrate(*holder, {}));
    holder = Core::failure(Core::Error());
    VERIFY_FAILS(ErrorCode::FailedPrecondition, ErrorReason::WrongKey, m_folder->open(Role::Writer, 9));
    writeBytes(m_folder->file(), QByteArray(8192, 'x'));
    std::filesystem::remove(m_folder->file("-wal"));
    VERIFY_FAILS(ErrorCode::DataLoss, ErrorReason::StoreDamaged, m_folder->open());
}

QTEST_GUILESS_MAIN(TestDatabase)
#include "tst_database.moc"
