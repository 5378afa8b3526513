// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// Goal: canonical bytes are deterministic CBOR (RFC 8949, 4.2.1), the same for equal states and different for different ones.
// Method: the RFC's own examples; Qt's CBOR reader as an independent decoder, and its writer, which has the same short forms, as a judge.

#include "builders.h"
#include "core/canonical.h"

#include <QCborMap>
#include <QCborStreamReader>
#include <QCborValue>
#include <QTest>

#include <bit>
#include <cmath>
#include <limits>

using namespace Satchel::Core;
using namespace Satchel::Core::Testing;

namespace {

QByteArray bytesOf(const Value &value)
{
    return QByteArray::fromStdString(canonicalBytes(value));
}

QByteArray hexOf(const Value &value)
{
    return bytesOf(value).toHex();
}

QCborValue decoded(const QByteArray &bytes)
{
    QCborParserError error;
    const QCborValue value = QCborValue::fromCbor(bytes, &error);
    if (error.error != QCborError::NoError || error.offset != bytes.size())
        return QCborValue(QCborValue::Invalid);
    return value;
}

}  // namespace

Q_DECLARE_METATYPE(Satchel::Core::Value)

class TestCanonical : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void value_matchesTheStandard_data();
    void value_matchesTheStandard();
    void double_everyWidth_roundTrips();
    void value_independentDecoder_agrees();
    void document_layout();
    void document_differentParts_differ();
};

void TestCanonical::value_matchesTheStandard_data()
{
    QTest::addColumn<Value>("value");
    QTest::addColumn<QByteArray>("hex");
    const auto row = [](const char *hex, Value value) { QTest::newRow(hex) << std::move(value) << QByteArray(hex); };
    row("00", 0);
    row("17", 23);
    row("1818", 24);
    row("18ff", 255);
    row("190100", 256);
    row("1a000f4240", 1000000);
    row("1b000000e8d4a51000", Value(std::int64_t(1000000000000)));
    row("1b7fffffffffffffff", Value(std::int64_t(INT64_MAX)));
    row("20", -1);
    row("3863", -100);
    row("3903e7", -1000);
    row("3b7fffffffffffffff", Value(std::int64_t(INT64_MIN)));
    row("f90000", 0.0);
    row("f98000", -0.0);
    row("f93c00", 1.0);
    row("fb3ff199999999999a", 1.1);
    row("f97bff", 65504.0);
    row("fa47c35000", 100000.0);
    row("fa7f7fffff", 3.4028234663852886e+38);
    row("fb7e37e43c8800759c", 1.0e+300);
    row("f90001", 5.960464477539063e-8);
    row("f90400", 0.00006103515625);
    row("f9c400", -4.0);
    row("fbc010666666666666", -4.1);
    row("f97c00", std::numeric_limits<double>::infinity());
    row("f9fc00", -std::numeric_limits<double>::infinity());
    row("f97e00", std::nan("7"));
    row("f4", false);
    row("f5", true);
    row("f6", Value());
    row("4401020304", Bytes{"\x01\x02\x03\x04"});
    row("6161", "a");
    row("62c3bc", "\xc3\xbc");
    row("60", "");
    row("80", Value(Value::List{}));
    row("8301820203820405", Value(Value::List{1, Value(Value::List{2, 3}), Value(Value::List{4, 5})}));
    row("a0", Value::map({}).value());
    row("a26161016162820203", Value::map({{"b", Value(Value::List{2, 3})}, {"a", 1}}).value());
    row("a36001617a0262616103", Value::map({{"aa", 3}, {"z", 2}, {"", 1}}).value());
    row("d903e9a201002200", Timestamp{0});
    row("d903e9a201012205", Timestamp{1005});
    row("d903e9a20120221903e7", Timestamp{-1});
}

void TestCanonical::value_matchesTheStandard()
{
    QFETCH(Value, value);
    QFETCH(QByteArray, hex);
    QCOMPARE(hexOf(value), hex);
}

void TestCanonical::double_everyWidth_roundTrips()
{
    const auto check = [](double value) {
        const QByteArray bytes = bytesOf(value);
        QCborStreamReader reader(bytes);
        double read = 0;
        if (reader.isFloat16())
            read = static_cast<double>(static_cast<float>(reader.toFloat16()));
        else if (reader.isFloat())
            read = static_cast<double>(reader.toFloat());
        else
            read = reader.toDouble();
        QCOMPARE(std::bit_cast<std::uint64_t>(read), std::bit_cast<std::uint64_t>(value));
    };
    // Every half-precision number, which must come out in two bytes, and its neighbours in the wider forms, which must not.
    for (unsigned half = 0; half <= 0xFFFFU; ++half) {
        const auto bits = static_cast<std::uint16_t>(half);
        const auto exact = static_cast<double>(static_cast<float>(std::bit_cast<qfloat16>(bits)));
        if (std::isnan(exact))
            continue;
        check(exact);
        QCOMPARE(bytesOf(exact).size(), 3);
        if (std::isinf(exact) || exact == 0.0)
            continue;
        const double nextSingle = static_cast<double>(std::nextafter(static_cast<float>(exact), 1e30F));
        check(nextSingle);
        QCOMPARE(bytesOf(nextSingle).size(), 5);
        check(std::nextafter(exact, 1e300));
        QCOMPARE(bytesOf(std::nextafter(exact, 1e300)).size(), 9);
    }
    check(std::numeric_limits<double>::denorm_min());
    check(static_cast<double>(std::numeric_limits<float>::denorm_min()));
    check(std::numeric_limits<double>::max());
}

void TestCanonical::value_independentDecoder_agrees()
{
    const Value value = Value::map({{"list", Value(Value::List{1, -1.5, "x", Value()})},
                                    {"bytes", Bytes{std::string("\0\xff", 2)}},
                                    {"big", Value(std::int64_t(INT64_MIN))},
                                    {std::string("n\0l", 3), true}})
                            .value();
    const QCborValue read = decoded(bytesOf(value));
    QVERIFY(read.isMap());
    const QCborMap map = read.toMap();
    QCOMPARE(map.size(), 4);
    QCOMPARE(map[QLatin1String("list")].toArray(), (QCborArray{1, -1.5, QLatin1String("x"), nullptr}));
    QCOMPARE(map[QLatin1String("bytes")].toByteArray(), QByteArray("\0\xff", 2));
    QCOMPARE(map[QLatin1String("big")].toInteger(), std::numeric_limits<qint64>::min());
    QCOMPARE(map[QString::fromLatin1("n\0l", 3)].toBool(), true);
}

void TestCanonical::document_layout()
{
    const Policy policy = policyOf(ConflictRule::Manual);
    const Document doc = applied({mutation(dot(1, 1), 300, {}, {PutOp{"theme", "dark"}, IncrementOp{"visits", -2}, AddOp{"tags", 7}}),
                                  mutation(dot(2, 1), 200, {}, {RemoveOp{"theme", {}}})},
                                 policy);
    const auto id = [](unsigned number) { return QByteArray::fromStdString(std::string(device(number).view())); };
    const QCborMap fields{
        {QLatin1String("tags"), QCborMap{{3, QCborArray{QCborArray{7, QCborArray{id(1), 1}}}}}},
        {QLatin1String("theme"), QCborMap{{1, QCborArray{QCborArray{id(1), 1, 300, QLatin1String("dark")}, QCborArray{id(2), 1, 200}}}}},
        {QLatin1String("visits"), QCborMap{{2, QCborArray{QCborArray{id(1), 1, -2, 0, 0}}}}},
    };
    const QCborMap expected{{1, QCborMap{{id(1), 1}, {id(2), 1}}}, {2, QCborArray{id(1), 1, 300}}, {3, fields}};
    const QByteArray bytes = QByteArray::fromStdString(canonicalBytes(doc));
    QCOMPARE(decoded(bytes), QCborValue(expected));
    // Maps were built in canonical order above, so the independent writer gives the same bytes.
    QCOMPARE(bytes, QCborValue(expected).toCbor());
    QCOMPARE(QByteArray::fromStdString(canonicalBytes(Document())).toHex(), QByteArray("a201a003a0"));
}

void TestCanonical::document_differentParts_differ()
{
    const Policy policy = policyOf(ConflictRule::Manual);
    const auto bytes = [&policy](const Mutation &m) { return canonicalBytes(applied({m}, policy)); };
    const std::string plain = bytes(mutation(dot(1, 1), 5, {}, {PutOp{"a", 1}}));
    QVERIFY(plain == bytes(mutation(dot(1, 1), 5, {}, {PutOp{"a", 1}})));
    QVERIFY(plain != bytes(mutation(dot(1, 1), 6, {}, {PutOp{"a", 1}})));
    QVERIFY(plain != bytes(mutation(dot(1, 2), 5, {}, {PutOp{"a", 1}})));
    QVERIFY(plain != bytes(mutation(dot(2, 1), 5, {}, {PutOp{"a", 1}})));
    QVERIFY(plain != bytes(mutation(dot(1, 1), 5, {}, {PutOp{"a", 1.0}})));
    QVERIFY(plain != bytes(mutation(dot(1, 1), 5, {}, {PutOp{"b", 1}})));
    QVERIFY(plain != bytes(mutation(dot(1, 1), 5, {}, {RemoveOp{"a", {}}})));
    QVERIFY(bytes(mutation(dot(1, 1), 5, {}, {PutOp{"a", Value()}})) != bytes(mutation(dot(1, 1), 5, {}, {RemoveOp{"a", {}}})));
}

QTEST_APPLESS_MAIN(TestCanonical)
#include "tst_canonical.moc"
