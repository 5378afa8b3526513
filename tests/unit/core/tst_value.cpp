// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// Goal: values are equal by type and bits, totally ordered, and text is UTF-8 to the letter of RFC 3629; errors have stable names.
// Method: pairs that look alike; every border of the UTF-8 table.

#include "builders.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace Satchel::Core;
using namespace Satchel::Core::Testing;

class TestValue : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void equality_isByTypeAndBits();
    void order_isTotal();
    void map_unsorted_isSorted();
    void map_doubleKey_isRefused();
    void find_inMap();
    void depth_counts();
    void sizeBytes_isNotLessThanPayload();
    void isUtf8_data();
    void isUtf8();
    void error_names();
};

void TestValue::equality_isByTypeAndBits()
{
    QVERIFY(Value(1) != Value(1.0));
    QVERIFY(Value(0.0) != Value(-0.0));
    QVERIFY(Value(std::nan("1")) == Value(-std::nan("2")));
    QVERIFY(Value("a") != Value(Bytes{"a"}));
    QVERIFY(Value(Timestamp{5}) != Value(5));
    QVERIFY(Value() == Value());
    QVERIFY(Value(false) != Value());
    QVERIFY(Value(Value::List{1, 2.0}) == Value(Value::List{1, 2.0}));
    QVERIFY(Value(Value::List{1, 2.0}) != Value(Value::List{1, 2}));
    QVERIFY(Value("a").type() == Value::Type::String);
    QVERIFY(Value::map({{"k", 1}}).value() == Value::map({{"k", 1}}).value());
    QVERIFY(Value::map({{"k", 1}}).value() != Value::map({{"l", 1}}).value());
}

void TestValue::order_isTotal()
{
    const std::vector<Value> ordered = {Value(),
                                        Value(false),
                                        Value(true),
                                        Value(std::numeric_limits<std::int64_t>::min()),
                                        Value(0),
                                        Value(-std::numeric_limits<double>::infinity()),
                                        Value(-0.0),
                                        Value(0.0),
                                        Value(std::numeric_limits<double>::infinity()),
                                        Value(std::nan("")),
                                        Value(""),
                                        Value(std::string(1, '\0')),
                                        Value("a"),
                                        Value("\xc3\xa9"),
                                        Value(Bytes{"a"}),
                                        Value(Timestamp{-1}),
                                        Value(Value::List{}),
                                        Value(Value::List{1}),
                                        Value(Value::List{1, 1}),
                                        Value(Value::List{2}),
                                        Value::map({}).value(),
                                        Value::map({{"a", 1}}).value(),
                                        Value::map({{"a", 2}}).value(),
                                        Value::map({{"b", 1}}).value()};
    for (std::size_t i = 0; i < ordered.size(); ++i) {
        for (std::size_t k = 0; k < ordered.size(); ++k) {
            QCOMPARE(ordered[i] < ordered[k], i < k);
            QCOMPARE(ordered[i] == ordered[k], i == k);
        }
    }
}

void TestValue::map_unsorted_isSorted()
{
    QVERIFY(Value::map({{"b", 1}, {"a", 2}}).value() == Value::map({{"a", 2}, {"b", 1}}).value());
}

void TestValue::map_doubleKey_isRefused()
{
    QVERIFY(reasonOf(Value::map({{"a", 1}, {"b", 1}, {"a", 2}})) == ErrorReason::MalformedInput);
}

void TestValue::find_inMap()
{
    const Value map = Value::map({{"b", 1}, {"a", 2}, {"", 3}}).value();
    QVERIFY(*map.find("a") == Value(2));
    QVERIFY(*map.find("") == Value(3));
    QVERIFY(map.find("c") == nullptr);
    QVERIFY(Value(1).find("a") == nullptr);
}

void TestValue::depth_counts()
{
    QCOMPARE(Value(1).depth(), 0);
    QCOMPARE(Value(Value::List{}).depth(), 1);
    QCOMPARE(Value(Value::List{1, Value(Value::List{Value::map({{"k", Value(Value::List{})}}).value()})}).depth(), 4);
}

void TestValue::sizeBytes_isNotLessThanPayload()
{
    QVERIFY(Value(std::string(1000, 'x')).sizeBytes() >= 1000);
    QVERIFY(Value(Bytes{std::string(1000, 'x')}).sizeBytes() >= 1000);
    QVERIFY(Value::map({{std::string(500, 'k'), Value(std::string(500, 'x'))}}).value().sizeBytes() >= 1000);
    QVERIFY(Value(Value::List(1000)).sizeBytes() >= 1000);
}

void TestValue::isUtf8_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("isGood");
    QTest::newRow("empty") << QByteArray() << true;
    QTest::newRow("nul") << QByteArray(1, '\0') << true;
    QTest::newRow("long ascii") << QByteArray(100, 'a') << true;
    QTest::newRow("two bytes") << QByteArray("\xc2\x80\xdf\xbf") << true;
    QTest::newRow("three bytes") << QByteArray("\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf") << true;
    QTest::newRow("four bytes") << QByteArray("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf") << true;
    QTest::newRow("after eight ascii") << QByteArray("12345678\xc3\xa9") << true;
    QTest::newRow("lone continuation") << QByteArray("\x80") << false;
    QTest::newRow("overlong slash") << QByteArray("\xc0\xaf") << false;
    QTest::newRow("overlong C1") << QByteArray("\xc1\xbf") << false;
    QTest::newRow("overlong three") << QByteArray("\xe0\x9f\xbf") << false;
    QTest::newRow("overlong four") << QByteArray("\xf0\x8f\xbf\xbf") << false;
    QTest::newRow("first surrogate") << QByteArray("\xed\xa0\x80") << false;
    QTest::newRow("last surrogate") << QByteArray("\xed\xbf\xbf") << false;
    QTest::newRow("above 10FFFF") << QByteArray("\xf4\x90\x80\x80") << false;
    QTest::newRow("F5") << QByteArray("\xf5\x80\x80\x80") << false;
    QTest::newRow("FF") << QByteArray("\xff") << false;
    QTest::newRow("cut two") << QByteArray("\xc3") << false;
    QTest::newRow("cut three") << QByteArray("\xe2\x82") << false;
    QTest::newRow("cut four") << QByteArray("\xf0\x9f\x98") << false;
    QTest::newRow("broken after eight ascii") << QByteArray("12345678\xc3(") << false;
    QTest::newRow("broken tail") << QByteArray("\xf0\x9f\x98(") << false;
}

void TestValue::isUtf8()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, isGood);
    QCOMPARE(Satchel::Core::isUtf8(text.toStdString()), isGood);
}

void TestValue::error_names()
{
    QVERIFY(codeName(ErrorCode::InvalidArgument) == "invalid_argument");
    QVERIFY(codeName(ErrorCode::ResourceExhausted) == "resource_exhausted");
    QVERIFY(codeName(ErrorCode::Unauthenticated) == "unauthenticated");
    // As the Connect protocol spells it, whose error bodies carry this name.
    QVERIFY(codeName(ErrorCode::Cancelled) == "canceled");
    QVERIFY(codeName(static_cast<ErrorCode>(99)) == "unknown");
    QVERIFY(reasonName(ErrorReason::WrongKey) == "WRONG_KEY");
    QVERIFY(reasonName(ErrorReason::TokenOfAnotherUser) == "TOKEN_OF_ANOTHER_USER");
    QVERIFY(reasonName(static_cast<ErrorReason>(9999)) == "NONE");
    QVERIFY(describe(invalidArgument(ErrorReason::LimitExceeded, "why")) == "invalid_argument/LIMIT_EXCEEDED: why");
    QVERIFY(describe(makeError(ErrorCode::Internal, ErrorReason::None, {})) == "internal/NONE");
    const Error busy = unavailable(ErrorReason::Overloaded, "busy", std::chrono::milliseconds(50));
    QVERIFY(busy.retry == Retry::Later && busy.retryAfter == std::chrono::milliseconds(50));
}

QTEST_APPLESS_MAIN(TestValue)
#include "tst_value.moc"
