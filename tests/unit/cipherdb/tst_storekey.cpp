// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// Goal: keys are what their bytes say, do not linger, and a passphrase always gives the same one.
// Method: known bytes, a moved-from key, and a pinned value: stores made by a passphrase must open with every later version.

#include "storefixture.h"

#include <QFile>

using namespace Satchel;
using namespace Satchel::CipherDb;
using namespace Satchel::CipherDb::Testing;

class TestStoreKey : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void random_twice_differs();
    void clone_equalsSource();
    void move_source_isWiped();
    void memory_isInNoCoreDump();
    void passphrase_sameInput_sameKey();
    void passphrase_pinnedValue_staysTheSame();
    void passphrase_badParameters_areRefused_data();
    void passphrase_badParameters_areRefused();
};

namespace {

QByteArray hexOf(const StoreKey &key)
{
    return QByteArray(reinterpret_cast<const char *>(key.bytes().data()), StoreKey::sizeBytes).toHex();
}

PassphraseParameters cheapParameters()
{
    PassphraseParameters parameters;
    for (std::size_t i = 0; i < parameters.salt.size(); ++i)
        parameters.salt[i] = static_cast<std::uint8_t>(i);
    parameters.operations = 2;
    parameters.memoryBytes = 1024 * 1024;
    return parameters;
}

}  // namespace

void TestStoreKey::random_twice_differs()
{
    QVERIFY(hexOf(StoreKey::random()) != hexOf(StoreKey::random()));
}

void TestStoreKey::clone_equalsSource()
{
    const StoreKey key = StoreKey::random();
    QCOMPARE(hexOf(key.clone()), hexOf(key));
}

void TestStoreKey::move_source_isWiped()
{
    StoreKey source = keyFrom(1);
    const StoreKey constructed(std::move(source));
    QCOMPARE(hexOf(constructed), hexOf(keyFrom(1)));
    QCOMPARE(hexOf(source), QByteArray(64, '0'));  // NOLINT(bugprone-use-after-move)
    StoreKey next = keyFrom(2);
    source = std::move(next);
    QCOMPARE(hexOf(source), hexOf(keyFrom(2)));
    QCOMPARE(hexOf(next), QByteArray(64, '0'));  // NOLINT(bugprone-use-after-move)
}

void TestStoreKey::memory_isInNoCoreDump()
{
    QFile maps(QStringLiteral("/proc/self/smaps"));
    if (!maps.open(QIODevice::ReadOnly)) {
        QSKIP("this system does not tell how memory is mapped");
    }
    const StoreKey key = StoreKey::random();
    const auto address = reinterpret_cast<quintptr>(key.bytes().data());
    bool isInside = false;
    QByteArray flags;
    for (const QByteArray &line : maps.readAll().split('\n')) {
        const QByteArray range = line.left(line.indexOf(' '));
        const qsizetype dash = range.indexOf('-');
        if (dash > 0) {
            isInside = range.left(dash).toULongLong(nullptr, 16) <= address && address < range.mid(dash + 1).toULongLong(nullptr, 16);
        } else if (isInside && line.startsWith("VmFlags:")) {
            flags = line;
        }
    }
    QVERIFY2(flags.contains(" dd"), flags.constData());
}

void TestStoreKey::passphrase_sameInput_sameKey()
{
    const auto parameters = cheapParameters();
    const auto one = keyFromPassphrase("correct horse", parameters);
    const auto two = keyFromPassphrase("correct horse", parameters);
    const auto other = keyFromPassphrase("correct horsf", parameters);
    auto salted = parameters;
    salted.salt[0] = 99;
    const auto otherSalt = keyFromPassphrase("correct horse", salted);
    VERIFY_OK(one);
    QCOMPARE(hexOf(*one), hexOf(*two));
    QVERIFY(hexOf(*one) != hexOf(*other));
    QVERIFY(hexOf(*one) != hexOf(*otherSalt));
}

void TestStoreKey::passphrase_pinnedValue_staysTheSame()
{
    const auto key = keyFromPassphrase("correct horse battery staple", cheapParameters());
    VERIFY_OK(key);
    QCOMPARE(hexOf(*key), QByteArray("58782fc96f06a6d7fcec4728099f6a788ee98a04f4cd8fa0a27af6db8b7a46b8"));
}

void TestStoreKey::passphrase_badParameters_areRefused_data()
{
    QTest::addColumn<QString>("passphrase");
    QTest::addColumn<quint64>("operations");
    QTest::addColumn<quint64>("memoryBytes");
    QTest::newRow("empty") << QString() << quint64{2} << quint64{1024 * 1024};
    QTest::newRow("no operations") << QStringLiteral("x") << quint64{0} << quint64{1024 * 1024};
    QTest::newRow("too many operations") << QStringLiteral("x") << quint64{1000} << quint64{1024 * 1024};
    QTest::newRow("no memory") << QStringLiteral("x") << quint64{2} << quint64{0};
    QTest::newRow("too much memory") << QStringLiteral("x") << quint64{2} << (quint64{1} << 40U);
}

void TestStoreKey::passphrase_badParameters_areRefused()
{
    QFETCH(QString, passphrase);
    QFETCH(quint64, operations);
    QFETCH(quint64, memoryBytes);
    auto parameters = cheapParameters();
    parameters.operations = operations;
    parameters.memoryBytes = memoryBytes;
    const auto key = keyFromPassphrase(passphrase.toStdString(), parameters);
    QVERIFY(!key);
    QCOMPARE(key.error().code, ErrorCode::InvalidArgument);
}

QTEST_GUILESS_MAIN(TestStoreKey)
#include "tst_storekey.moc"
