// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// Goal: a transaction is all or nothing, also when SQLite gives it up by itself in the middle of a batch.
// Method: commit, destroy, move, nest; a store that may not grow stands in for a full disk.

#include "storefixture.h"

using namespace Satchel;
using namespace Satchel::CipherDb;
using namespace Satchel::CipherDb::Testing;

class TestTransaction : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void commit_rows_areThereAfterReopening();
    void destroyed_uncommitted_rollsBack();
    void moved_targetOwns_sourceIsOver();
    void nested_isRefused();
    void commit_twice_isRefused();
    void readerAtWork_doesNotStopTheWriter();
    void rolledBackBySqlite_restOfTheBatch_isRefused();
    void storeFull_isStorageFull_andRecovers();

private:
    void reopen();
    [[nodiscard]] std::size_t count();

    std::optional<StoreFolder> m_folder;
    std::optional<Database> m_database;
};

void TestTransaction::reopen()
{
    m_database.reset();
    auto database = m_folder->open();
    VERIFY_OK(database);
    m_database.emplace(std::move(*database));
}

void TestTransaction::init()
{
    m_database.reset();
    m_folder.emplace();
    reopen();
    VERIFY_OK(makeEntryTable(*m_database));
}

std::size_t TestTransaction::count()
{
    const auto entries = readEntries(*m_database);
    return entries ? entries->size() : std::size_t{999999};
}

void TestTransaction::commit_rows_areThereAfterReopening()
{
    VERIFY_OK(commitEntries(*m_database, 1, 100, 0));
    reopen();
    QCOMPARE(count(), std::size_t{100});
}

void TestTransaction::destroyed_uncommitted_rollsBack()
{
    {
        auto transaction = Transaction::begin(*m_database);
        VERIFY_OK(transaction);
        VERIFY_OK(insertEntry(*m_database, 1, 0));
    }
    QCOMPARE(count(), std::size_t{0});
    VERIFY_OK(commitEntries(*m_database, 1, 1, 0));
}

void TestTransaction::moved_targetOwns_sourceIsOver()
{
    auto transaction = Transaction::begin(*m_database);
    {
        const Transaction inner(std::move(*transaction));
        VERIFY_OK(insertEntry(*m_database, 1, 0));
    }
    QCOMPARE(count(), std::size_t{0});
    VERIFY_FAILS(ErrorCode::FailedPrecondition, ErrorReason::None, transaction->commit());
    VERIFY_OK(commitEntries(*m_database, 1, 1, 0));
    QCOMPARE(count(), std::size_t{1});
}

void TestTransaction::nested_isRefused()
{
    auto outer = Transaction::begin(*m_database);
    VERIFY_OK(insertEntry(*m_database, 1, 0));
    VERIFY_FAILS(ErrorCode::FailedPrecondition, ErrorReason::None, Transaction::begin(*m_database));
    VERIFY_OK(outer->commit());
    QCOMPARE(count(), std::size_t{1});
}

void TestTransaction::commit_twice_isRefused()
{
    auto transaction = Transaction::begin(*m_database);
    VERIFY_OK(transaction->commit());
    VERIFY_FAILS(ErrorCode::FailedPrecondition, ErrorReason::None, transaction->commit());
}

void TestTransaction::readerAtWork_doesNotStopTheWriter()
{
    VERIFY_OK(commitEntries(*m_database, 1, 10, 0));
    auto reader = m_folder->open(Role::Reader);
    VERIFY_OK(reader);
    auto select = reader->prepared("SELECT id FROM entry ORDER BY id");
    VERIFY_OK((*select)->step());
    VERIFY_OK(commitEntries(*m_database, 100, 10, 0));
    // The reader keeps the state it began with; what the checkpoint cannot move stays in the WAL.
    VERIFY_FAILS(ErrorCode::Unavailable, ErrorReason::StoreLocked, m_database->checkpoint());
    int rows = 1;
    while ((*select)->step().value_or(false))
        ++rows;
    QCOMPARE(rows, 10);
    VERIFY_OK(m_database->checkpoint());
    QCOMPARE(std::filesystem::file_size(m_folder->file("-wal")), std::uintmax_t{0});
    QCOMPARE(readEntries(*reader)->size(), std::size_t{20});
}

void TestTransaction::rolledBackBySqlite_restOfTheBatch_isRefused()
{
    {
        auto transaction = Transaction::begin(*m_database);
        VERIFY_OK(insertEntry(*m_database, 1, 0));
        QVERIFY(!m_database->execute("INSERT OR ROLLBACK INTO entry(id) VALUES(1)"));
        VERIFY_FAILS(ErrorCode::Aborted, ErrorReason::None, insertEntry(*m_database, 2, 0));
        VERIFY_FAILS(ErrorCode::Aborted, ErrorReason::None, transaction->commit());
    }
    QCOMPARE(count(), std::size_t{0});
    VERIFY_OK(commitEntries(*m_database, 1, 1, 0));
}

void TestTransaction::storeFull_isStorageFull_andRecovers()
{
    VERIFY_OK(commitEntries(*m_database, 1, 50, 0));
    VERIFY_OK(m_database->execute("PRAGMA max_page_count = 40"));
    Core::Result<void> result;
    std::int64_t next = 100;
    for (; result && next < 10000; next += 10)
        result = commitEntries(*m_database, next, 10, 0);
    VERIFY_FAILS(ErrorCode::ResourceExhausted, ErrorReason::StorageFull, result);
    const std::size_t kept = count();
    QCOMPARE(kept, static_cast<std::size_t>(50 + next - 110));
    VERIFY_OK(m_database->execute("PRAGMA max_page_count = 100000"));
    VERIFY_OK(commitEntries(*m_database, next, 10, 0));
    reopen();
    QCOMPARE(count(), kept + 10);
    VERIFY_OK(m_database->verify());
}

QTEST_GUILESS_MAIN(TestTransaction)
#include "tst_transaction.moc"
