// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// Goal: version vectors stay canonical (sorted, no zero) whatever the order of additions, and compare as the partial order of causality.
// Method: small vectors by hand; ids too, which are the vectors' keys.

#include "builders.h"

#include <QTest>

using namespace Satchel::Core;
using namespace Satchel::Core::Testing;

class TestVersionVector : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void add_anyOrder_isCanonical();
    void add_lowerOrZero_changesNothing();
    void covers_boundary();
    void compare_allFourOutcomes();
    void join_isPointwiseMaximum();
    void coversAll_largerOther_isFalse();
    void deviceId_hex_roundTrips();
    void deviceId_malformed_isRefused_data();
    void deviceId_malformed_isRefused();
    void deviceId_bytes_areExactlySixteen();
};

void TestVersionVector::add_anyOrder_isCanonical()
{
    QVERIFY(seen({dot(3, 1), dot(1, 4), dot(2, 2)}) == seen({dot(1, 4), dot(2, 2), dot(3, 1)}));
    QCOMPARE(seen({dot(3, 1), dot(1, 4)}).entries().front().counter, std::uint64_t(4));
}

void TestVersionVector::add_lowerOrZero_changesNothing()
{
    VersionVector vector = seen({dot(1, 4)});
    vector.add(dot(1, 3));
    vector.add(dot(2, 0));
    QVERIFY(vector == seen({dot(1, 4)}));
}

void TestVersionVector::covers_boundary()
{
    const VersionVector vector = seen({dot(1, 4)});
    QVERIFY(vector.covers(dot(1, 4)));
    QVERIFY(!vector.covers(dot(1, 5)));
    QVERIFY(!vector.covers(dot(2, 1)));
    QCOMPARE(vector.counterOf(device(2)), std::uint64_t(0));
}

void TestVersionVector::compare_allFourOutcomes()
{
    const VersionVector a = seen({dot(1, 2), dot(2, 1)});
    const VersionVector less = seen({dot(1, 1), dot(2, 1)});
    const VersionVector aside = seen({dot(1, 1), dot(3, 1)});
    QVERIFY(compare(a, a) == std::partial_ordering::equivalent);
    QVERIFY(compare(less, a) == std::partial_ordering::less);
    QVERIFY(compare(a, less) == std::partial_ordering::greater);
    QVERIFY(compare(a, aside) == std::partial_ordering::unordered);
    QVERIFY(compare(VersionVector(), a) == std::partial_ordering::less);
}

void TestVersionVector::join_isPointwiseMaximum()
{
    VersionVector a = seen({dot(1, 2), dot(3, 9)});
    a.join(seen({dot(1, 5), dot(2, 1), dot(4, 1)}));
    QVERIFY(a == seen({dot(1, 5), dot(2, 1), dot(3, 9), dot(4, 1)}));
    VersionVector none;
    none.join(a);
    QVERIFY(none == a);
    a.join(VersionVector());
    QVERIFY(none == a);
}

void TestVersionVector::coversAll_largerOther_isFalse()
{
    QVERIFY(!seen({dot(1, 9)}).coversAll(seen({dot(1, 1), dot(2, 1)})));
    QVERIFY(seen({dot(1, 1), dot(2, 1), dot(3, 1)}).coversAll(seen({dot(2, 1)})));
    QVERIFY(!seen({dot(1, 1), dot(3, 1)}).coversAll(seen({dot(2, 1)})));
}

void TestVersionVector::deviceId_hex_roundTrips()
{
    const DeviceId id = device(0xAB);
    QCOMPARE(QByteArray::fromStdString(id.toHex()), QByteArray("000000000000000000000000000000ab"));
    QVERIFY(DeviceId::fromHex(id.toHex()) == id);
}

void TestVersionVector::deviceId_malformed_isRefused_data()
{
    QTest::addColumn<QByteArray>("hex");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("short") << QByteArray(31, '1');
    QTest::newRow("long") << QByteArray(33, '1');
    QTest::newRow("upper case") << QByteArray(32, 'A');
    QTest::newRow("not hexadecimal") << QByteArray(32, 'g');
    QTest::newRow("null id") << QByteArray(32, '0');
}

void TestVersionVector::deviceId_malformed_isRefused()
{
    QFETCH(QByteArray, hex);
    QVERIFY(reasonOf(DeviceId::fromHex(hex.toStdString())) == ErrorReason::MalformedInput);
}

void TestVersionVector::deviceId_bytes_areExactlySixteen()
{
    QVERIFY(DeviceId::fromBytes(device(7).view()) == device(7));
    QVERIFY(!DeviceId::fromBytes(std::string(15, 'x')));
    QVERIFY(!DeviceId::fromBytes(std::string(17, 'x')));
    QVERIFY(!DeviceId::fromBytes(std::string(16, '\0')));
}

QTEST_APPLESS_MAIN(TestVersionVector)
#include "tst_versionvector.moc"
