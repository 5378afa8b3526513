// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// Goal: the key-check record says Right, Wrong or Damaged, and never Right for another key nor Wrong because of a flipped bit.
// Method: every bit of a record is flipped, every length is tried, many keys are compared.

#include "keycheck.h"
#include "storefixture.h"

using namespace Satchel;
using namespace Satchel::CipherDb;
using namespace Satchel::CipherDb::Testing;

class TestKeyCheck : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void record_sameKey_isRight();
    void record_otherKey_isWrong();
    void record_madeTwice_differs();
    void record_anyBitFlipped_isDamaged();
    void record_anyOtherLength_isDamaged();
};

void TestKeyCheck::record_sameKey_isRight()
{
    QCOMPARE(makeKeyCheck(keyFrom(7)).size(), keyCheckSizeBytes);
    QCOMPARE(compareKeyCheck(makeKeyCheck(keyFrom(7)), keyFrom(7)), KeyCheck::Right);
}

void TestKeyCheck::record_otherKey_isWrong()
{
    const std::string record = makeKeyCheck(keyFrom(7));
    for (int first = 0; first < 256; ++first) {
        if (first != 7)
            QCOMPARE(compareKeyCheck(record, keyFrom(static_cast<std::uint8_t>(first))), KeyCheck::Wrong);
    }
}

void TestKeyCheck::record_madeTwice_differs()
{
    QVERIFY(makeKeyCheck(keyFrom(7)) != makeKeyCheck(keyFrom(7)));
}

void TestKeyCheck::record_anyBitFlipped_isDamaged()
{
    const std::string record = makeKeyCheck(keyFrom(7));
    for (std::size_t bit = 0; bit < record.size() * 8; ++bit) {
        std::string flipped = record;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
        QCOMPARE(compareKeyCheck(flipped, keyFrom(7)), KeyCheck::Damaged);
    }
}

void TestKeyCheck::record_anyOtherLength_isDamaged()
{
    const std::string record = makeKeyCheck(keyFrom(7));
    for (std::size_t size = 0; size < record.size(); ++size)
        QCOMPARE(compareKeyCheck(record.substr(0, size), keyFrom(7)), KeyCheck::Damaged);
    QCOMPARE(compareKeyCheck(record + '\0', keyFrom(7)), KeyCheck::Damaged);
}

QTEST_GUILESS_MAIN(TestKeyCheck)
#include "tst_keycheck.moc"
