// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// Goal: from a damaged store every row is read that does not lie on what is lost, wherever the damage is: first page, salt, inner pages,
// the WAL; damage is named by page or frame, and a damaged WAL is not taken for one that ends. Method: bytes are flipped in every page and
// frame of a real store, its end is cut off; what is found is compared with what was written.

#include "storefixture.h"

#include "cipherdb/salvage.h"

#include <set>

using namespace Satchel;
using namespace Satchel::CipherDb;
using namespace Satchel::CipherDb::Testing;

class TestSalvage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void whole_givesEveryRow_andNoDamage();
    void page_flipped_losesItsOwnRowsOnly();
    void salt_flippedOrLost_losesNothing();
    void store_cut_givesWhatIsLeft();
    void wal_flipped_isFound_andGivesWhatFollows();
    void wal_tornEnd_isNoDamage();
    void wal_alone_givesWhatItHas();
    void key_wrong_isWrongKey();
    void record_damagedWithFirstPage_isDamage_notWrongKey();
    void deletedRows_doNotComeBack();

private:
    struct Found {
        std::set<std::int64_t> ids;
        DamageFindings damage;
        std::uint64_t broken = 0;
    };
    void put(const QByteArray &store, const QByteArray &wal = {});
    [[nodiscard]] Found salvaged(std::uint8_t keyNumber = 0);

    static constexpr int rowCount = 300;
    std::optional<StoreFolder> m_work;
    SavedStore m_saved;
};

namespace {

constexpr qsizetype frameBytes = 4096 + 24;

}  // namespace

void TestSalvage::initTestCase()
{
    m_work.emplace();
    auto saved = SavedStore::make(rowCount, 10, 1);
    VERIFY_OK(saved);
    m_saved = std::move(*saved);
    QVERIFY(m_saved.wal.size() > 10 * frameBytes);
}

void TestSalvage::put(const QByteArray &store, const QByteArray &wal)
{
    putFiles(*m_work, store, wal, m_saved.record);
}

TestSalvage::Found TestSalvage::salvaged(std::uint8_t keyNumber)
{
    Found found;
    auto salvage = Salvage::open(m_work->file(), keyFrom(keyNumber));
    if (!salvage) {
        qWarning("%s", Core::describe(salvage.error()).c_str());
        return found;
    }
    found.damage = salvage->findings();
    found.broken = salvage
                       ->rows([&found](const SalvagedRow &row) {
                           // entry(id, body, part); the index has (part, id).
                           if (row.rowid != 0 && row.cells.size() == 3) {
                               if (row.cells[1].bytes == bodyOf(row.rowid)) {
                                   found.ids.insert(row.rowid);
                               } else {
                                   qWarning("row %lld is another one", static_cast<long long>(row.rowid));
                               }
                           }
                       })
                       .broken;
    return found;
}

void TestSalvage::whole_givesEveryRow_andNoDamage()
{
    put(m_saved.store);
    Found found = salvaged();
    QVERIFY(!found.damage.isAny());
    QCOMPARE(found.ids.size(), std::size_t{rowCount});
    put(m_saved.store, m_saved.wal);
    found = salvaged();
    QVERIFY(!found.damage.isAny());
    QCOMPARE(found.ids.size(), std::size_t{rowCount + 10});
    QCOMPARE(found.broken, std::uint64_t{0});
}

void TestSalvage::page_flipped_losesItsOwnRowsOnly()
{
    std::size_t lost = 0;
    for (qsizetype page = 0; page < m_saved.store.size() / 4096; ++page) {
        put(flipped(m_saved.store, page * 4096 + 1000));
        const Found found = salvaged();
        QCOMPARE(found.damage.badPages, std::vector<std::uint32_t>{static_cast<std::uint32_t>(page + 1)});
        QVERIFY2(found.ids.size() + 80 >= rowCount, std::to_string(found.ids.size()).c_str());
        lost += rowCount - found.ids.size();
    }
    // Rows on leaves count once, those with overflow pages once for each page.
    QVERIFY(lost >= rowCount && lost <= std::size_t{rowCount} * 4);
}

void TestSalvage::salt_flippedOrLost_losesNothing()
{
    for (qsizetype at = 0; at < 16; ++at) {
        put(flipped(m_saved.store, at));
        const Found found = salvaged();
        QCOMPARE(found.ids.size(), std::size_t{rowCount});
    }
    // The key-check record has it as well.
    QByteArray lost = m_saved.store;
    lost.replace(0, 512, QByteArray(512, '\0'));
    put(lost);
    QCOMPARE(salvaged().ids.size(), std::size_t{rowCount});
    QCOMPARE(salvaged().damage.badPages, std::vector<std::uint32_t>{1});
}

void TestSalvage::store_cut_givesWhatIsLeft()
{
    std::size_t before = rowCount;
    for (qsizetype size = m_saved.store.size() - 1; size >= 4096; size -= 2999) {
        put(m_saved.store.first(size));
        const Found found = salvaged();
        QVERIFY(found.damage.isAny());
        QCOMPARE(found.damage.pageCount, static_cast<std::uint32_t>(m_saved.store.size() / 4096));
        QVERIFY(found.ids.size() <= before);
        before = found.ids.size();
        auto database = m_work->open();
        QVERIFY(!database || !database->verify());
    }
}

void TestSalvage::wal_flipped_isFound_andGivesWhatFollows()
{
    const qsizetype frames = (m_saved.wal.size() - 32) / frameBytes;
    for (qsizetype frame = 0; frame < frames - 4; ++frame) {
        for (const qsizetype offset : {0, 5, 9, 17, 23, 24, 2000, 4100}) {
            put(m_saved.store, flipped(m_saved.wal, 32 + frame * frameBytes + offset));
            const auto before = contentOf(m_work->folder());
            auto opened = m_work->open();
            VERIFY_FAILS(ErrorCode::DataLoss, ErrorReason::StoreDamaged, opened);
            QVERIFY2(opened.error().detail.find("frame " + std::to_string(frame + 1) + " ") != std::string::npos,
                     opened.error().detail.c_str());
            QVERIFY(bytesOf(m_work->file("-wal")) == before.at("store.db-wal"));
            const Found found = salvaged();
            QCOMPARE(found.damage.walFrame, static_cast<std::uint64_t>(frame + 1));
            QVERIFY2(found.ids.size() >= rowCount + 9, std::to_string(found.ids.size()).c_str());
        }
    }
    for (qsizetype at = 0; at < 32; ++at) {
        put(m_saved.store, flipped(m_saved.wal, at));
        VERIFY_FAILS(ErrorCode::DataLoss, ErrorReason::StoreDamaged, m_work->open());
        QCOMPARE(salvaged().ids.size(), std::size_t{rowCount + 10});
    }
}

void TestSalvage::wal_tornEnd_isNoDamage()
{
    for (qsizetype size = m_saved.wal.size(); size > 0; size -= 1500) {
        put(m_saved.store, m_saved.wal.first(size));
        QVERIFY(!salvaged().damage.isWalDamaged);
        VERIFY_OK(m_work->open());
    }
    // The last transaction cannot be told from one that the power cut short.
    put(m_saved.store, flipped(m_saved.wal, m_saved.wal.size() - 100));
    QVERIFY(!salvaged().damage.isWalDamaged);
    VERIFY_OK(m_work->open());
}

void TestSalvage::wal_alone_givesWhatItHas()
{
    put(QByteArray(), m_saved.wal);
    VERIFY_FAILS(ErrorCode::DataLoss, ErrorReason::StoreDamaged, m_work->open());
    QVERIFY(salvaged().ids.size() >= 10);
}

void TestSalvage::key_wrong_isWrongKey()
{
    put(m_saved.store, m_saved.wal);
    VERIFY_FAILS(ErrorCode::FailedPrecondition, ErrorReason::WrongKey, Salvage::open(m_work->file(), keyFrom(1)));
}

void TestSalvage::record_damagedWithFirstPage_isDamage_notWrongKey()
{
    for (const QByteArray &record : {flipped(m_saved.record, 30), m_saved.record.first(20), QByteArray()}) {
        putFiles(*m_work, flipped(m_saved.store, 700), {}, record);
        VERIFY_FAILS(ErrorCode::DataLoss, ErrorReason::StoreDamaged, m_work->open());
        VERIFY_FAILS(ErrorCode::FailedPrecondition, ErrorReason::WrongKey, m_work->open(Role::Writer, 1));
    }
}

void TestSalvage::deletedRows_doNotComeBack()
{
    put(m_saved.store);
    {
        auto database = m_work->open();
        VERIFY_OK(database);
        VERIFY_OK(database->execute("DELETE FROM entry WHERE id > 10"));
    }
    QCOMPARE(salvaged().ids.size(), std::size_t{10});
}

QTEST_GUILESS_MAIN(TestSalvage)
#include "tst_salvage.moc"
