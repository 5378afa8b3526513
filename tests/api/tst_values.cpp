// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: values of Qt become values of a document and come back as they were, or are refused with the type and the place.
// Reasons of errors are explained in the documentation, each of them. Method: a table of every type that is taken and what it reads back
// as; a table of refusals; the naughty strings where they are present.
#include "client/values.h"

#include <Satchel/error.h>

#include <QCborArray>
#include <QCborMap>
#include <QDirIterator>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMap>
#include <QMetaEnum>
#include <QRegularExpression>
#include <QSet>
#include <QTest>
#include <QUrl>
#include <QUuid>

#include <cmath>
#include <limits>
#include <utility>

using namespace Satchel;

namespace {

constexpr qint64 int64Max = std::numeric_limits<qint64>::max();
constexpr qint64 int64Min = std::numeric_limits<qint64>::min();

QVariant nested(int depth)
{
    QVariant value = 1;
    for (int i = 0; i < depth; ++i) {
        value = QVariantList{value};
    }
    return value;
}

/// By reason's name: what the sources say of retrying wherever they make an error with it.
QMap<QString, QSet<QString>> retriesInSources()
{
    static const QRegularExpression call(QStringLiteral("\\b(makeError|unavailable|invalidArgument)\\s*\\("));
    static const QRegularExpression reason(QStringLiteral("ErrorReason::(\\w+)"));
    static const QRegularExpression retry(QStringLiteral("Retry::(\\w+)"));
    QMap<QString, QSet<QString>> retries;
    for (const char *folder : {SATCHEL_SOURCE_DIR "/sdk", SATCHEL_SOURCE_DIR "/server-stub"}) {
        for (QDirIterator files(QString::fromUtf8(folder), {QStringLiteral("*.cpp"), QStringLiteral("*.h")}, QDir::Files,
                                QDirIterator::Subdirectories);
             files.hasNext();) {
            QFile file(files.next());
            if (!file.open(QIODevice::ReadOnly)) {
                continue;
            }
            const QString source = QString::fromUtf8(file.readAll());
            for (auto calls = call.globalMatch(source); calls.hasNext();) {
                const auto found = calls.next();
                qsizetype end = found.capturedEnd();
                for (int depth = 1; depth > 0 && end < source.size(); ++end) {
                    depth += source.at(end) == u'(' ? 1 : source.at(end) == u')' ? -1 : 0;
                }
                const QString arguments = source.mid(found.capturedEnd(), end - found.capturedEnd());
                const auto said = retry.match(arguments);
                QString category = said.hasMatch() ? said.captured(1) : QStringLiteral("Never");
                category = found.captured(1) == u"unavailable" ? QStringLiteral("Later") : category;
                if (const auto named = reason.match(arguments); named.hasMatch()) {
                    retries[named.captured(1)].insert(category);
                }
            }
        }
    }
    return retries;
}

}  // namespace

class TestValues : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void value_roundTrip_isLossless_data();
    void value_roundTrip_isLossless();
    void value_unsupported_isRefusedWithPlace_data();
    void value_unsupported_isRefusedWithPlace();
    void value_doubleBits_areKept();
    void text_byteOrderMarks_areKept();
    void order_isThatOfUtf8Bytes();
    void text_naughtyStrings_roundTripAsKeyAndValue();
    void errors_eachReason_hasItsSectionWithTheRightRetry();
};

void TestValues::value_roundTrip_isLossless_data()
{
    QTest::addColumn<QVariant>("written");
    QTest::addColumn<QVariant>("read");
    const QVariant null = QVariant::fromValue(nullptr);
    const QDateTime utc = QDateTime::fromMSecsSinceEpoch(1700000000123).toUTC();

    QTest::newRow("invalid is null") << QVariant() << null;
    QTest::newRow("nullptr") << null << null;
    QTest::newRow("bool") << QVariant(true) << QVariant(true);
    QTest::newRow("int") << QVariant(-7) << QVariant(qlonglong(-7));
    QTest::newRow("short") << QVariant::fromValue(short(-7)) << QVariant(qlonglong(-7));
    QTest::newRow("uint") << QVariant(4294967295U) << QVariant(qlonglong(4294967295));
    QTest::newRow("greatest int64") << QVariant(qlonglong(int64Max)) << QVariant(qlonglong(int64Max));
    QTest::newRow("least int64") << QVariant(qlonglong(int64Min)) << QVariant(qlonglong(int64Min));
    QTest::newRow("ulonglong in range") << QVariant(qulonglong(int64Max)) << QVariant(qlonglong(int64Max));
    QTest::newRow("double") << QVariant(0.1) << QVariant(0.1);
    QTest::newRow("double that looks like an integer") << QVariant(1.0) << QVariant(1.0);
    QTest::newRow("float") << QVariant(0.5F) << QVariant(0.5);
    QTest::newRow("infinity") << QVariant(qInf()) << QVariant(qInf());
    QTest::newRow("text") << QVariant(QStringLiteral("grüße 😀")) << QVariant(QStringLiteral("grüße 😀"));
    QTest::newRow("null text is empty text") << QVariant(QString()) << QVariant(QStringLiteral(""));
    QTest::newRow("text with NUL") << QVariant(QString(QChar(0))) << QVariant(QString(QChar(0)));
    QTest::newRow("bytes") << QVariant(QByteArray("\0\xff", 2)) << QVariant(QByteArray("\0\xff", 2));
    QTest::newRow("time") << QVariant(utc) << QVariant(utc);
    QTest::newRow("time of another zone is the same moment") << QVariant(utc.toOffsetFromUtc(7200)) << QVariant(utc);
    QTest::newRow("time before 1970") << QVariant(QDateTime::fromMSecsSinceEpoch(-1).toUTC())
                                      << QVariant(QDateTime::fromMSecsSinceEpoch(-1).toUTC());
    QTest::newRow("list") << QVariant(QVariantList{1, QStringLiteral("a"), QVariantList{}})
                          << QVariant(QVariantList{qlonglong(1), QStringLiteral("a"), QVariantList{}});
    QTest::newRow("string list") << QVariant(QStringList{QStringLiteral("a"), QString()})
                                 << QVariant(QVariantList{QStringLiteral("a"), QStringLiteral("")});
    QTest::newRow("map") << QVariant(QVariantMap{{QStringLiteral("b"), 1}, {QString(), 2}})
                         << QVariant(QVariantMap{{QStringLiteral("b"), qlonglong(1)}, {QString(), qlonglong(2)}});
    QTest::newRow("hash") << QVariant(QVariantHash{{QStringLiteral("b"), 1}}) << QVariant(QVariantMap{{QStringLiteral("b"), qlonglong(1)}});
    QTest::newRow("json integer") << QVariant(QJsonValue(qint64(9007199254740993))) << QVariant(qlonglong(9007199254740993));
    QTest::newRow("json double") << QVariant(QJsonValue(0.25)) << QVariant(0.25);
    QTest::newRow("json null") << QVariant(QJsonValue(QJsonValue::Null)) << null;
    QTest::newRow("json object") << QVariant(QJsonObject{{QStringLiteral("a"), QJsonArray{true, qint64(int64Max)}}})
                                 << QVariant(QVariantMap{{QStringLiteral("a"), QVariantList{true, qlonglong(int64Max)}}});
    QTest::newRow("cbor integer") << QVariant::fromValue(QCborValue(qint64(int64Min))) << QVariant(qlonglong(int64Min));
    QTest::newRow("cbor whole double") << QVariant::fromValue(QCborValue(2.0)) << QVariant(2.0);
    QTest::newRow("cbor time") << QVariant::fromValue(QCborValue(utc)) << QVariant(utc);
    QTest::newRow("cbor map") << QVariant::fromValue(QCborMap{{QStringLiteral("a"), QCborArray{QByteArray("x"), nullptr}}})
                              << QVariant(QVariantMap{{QStringLiteral("a"), QVariantList{QByteArray("x"), null}}});
}

void TestValues::value_roundTrip_isLossless()
{
    QFETCH(QVariant, written);
    QFETCH(QVariant, read);
    const auto value = toValue(written);
    QVERIFY2(value, value ? "" : value.error().detail.c_str());
    const QVariant back = toVariant(*value);
    QCOMPARE(back.typeId(), read.typeId());
    QVERIFY(back == read || (back.typeId() == QMetaType::Nullptr && read.typeId() == QMetaType::Nullptr));
    QVERIFY(*toValue(back) == *value);
}

void TestValues::value_unsupported_isRefusedWithPlace_data()
{
    QTest::addColumn<QVariant>("written");
    QTest::addColumn<QString>("mention");
    QTest::addColumn<int>("reason");
    const int notRepresentable = int(Core::ErrorReason::NotRepresentable);
    const int invalidText = int(Core::ErrorReason::InvalidUtf8);
    const QString lone = QString(QChar(0xD800));

    QTest::newRow("url") << QVariant(QUrl(QStringLiteral("https://a"))) << QStringLiteral("QUrl") << notRepresentable;
    QTest::newRow("uuid in a map") << QVariant(QVariantMap{{QStringLiteral("id"), QUuid()}}) << QStringLiteral("QUuid at id")
                                   << notRepresentable;
    QTest::newRow("uuid in a list in a map") << QVariant(QVariantMap{
                                                    {QStringLiteral("a"), QVariantMap{{QStringLiteral("ids"), QVariantList{1, QUuid()}}}}})
                                             << QStringLiteral("at a.ids[1]") << notRepresentable;
    QTest::newRow("ulonglong out of range") << QVariant(std::numeric_limits<qulonglong>::max()) << QStringLiteral("64 bit")
                                            << notRepresentable;
    QTest::newRow("invalid time") << QVariant(QDateTime()) << QStringLiteral("invalid QDateTime") << notRepresentable;
    QTest::newRow("lone surrogate") << QVariant(lone) << QStringLiteral("lone surrogate") << invalidText;
    QTest::newRow("lone surrogate as name") << QVariant(QVariantMap{{lone, 1}}) << QStringLiteral("lone surrogate") << invalidText;
    QTest::newRow("lone surrogate in json") << QVariant(QJsonValue(lone)) << QStringLiteral("lone surrogate") << invalidText;
    QTest::newRow("json undefined") << QVariant(QJsonValue(QJsonValue::Undefined)) << QStringLiteral("Undefined") << notRepresentable;
    QTest::newRow("cbor undefined") << QVariant::fromValue(QCborValue()) << QStringLiteral("CBOR") << notRepresentable;
    QTest::newRow("cbor map with a number as key") << QVariant::fromValue(QCborMap{{1, 2}}) << QStringLiteral("key") << notRepresentable;
    QTest::newRow("cbor url") << QVariant::fromValue(QCborValue(QUrl(QStringLiteral("https://a")))) << QStringLiteral("CBOR")
                              << notRepresentable;
    QTest::newRow("too deep") << nested(1000) << QStringLiteral("deep") << int(Core::ErrorReason::LimitExceeded);
}

void TestValues::value_unsupported_isRefusedWithPlace()
{
    QFETCH(QVariant, written);
    QFETCH(QString, mention);
    QFETCH(int, reason);
    const auto value = toValue(written);
    QVERIFY(!value);
    QCOMPARE(value.error().code, Core::ErrorCode::InvalidArgument);
    QCOMPARE(int(value.error().reason), reason);
    QVERIFY2(QString::fromStdString(value.error().detail).contains(mention), value.error().detail.c_str());
}

void TestValues::value_doubleBits_areKept()
{
    const QVariant minusZero = toVariant(*toValue(QVariant(-0.0)));
    QVERIFY(std::signbit(minusZero.toDouble()));
    QVERIFY(qIsNaN(toVariant(*toValue(QVariant(qQNaN()))).toDouble()));
}

void TestValues::text_byteOrderMarks_areKept()
{
    const QString text = QString(QChar(0xFEFF)) + QChar(0xFEFF) + QStringLiteral("a") + QChar(0xFEFF);
    QCOMPARE(toVariant(*toValue(text)).toString(), text);
}

void TestValues::order_isThatOfUtf8Bytes()
{
    // Around every edge at which UTF-16 and UTF-8 may order differently, alone, as a prefix, and behind a common beginning.
    QStringList texts{QString()};
    for (const char32_t code : {0x0U, 0x41U, 0x7FU, 0x80U, 0x7FFU, 0xD7FFU, 0xE000U, 0xFFFFU, 0x10000U, 0x10FFFFU}) {
        const QString one = QString::fromUcs4(&code, 1);
        texts << one << one + QLatin1Char('a') << QLatin1Char('a') + one;
    }
    for (const QString &a : texts) {
        for (const QString &b : texts) {
            QCOMPARE(isBeforeInUtf8(a, b), a.toStdString() < b.toStdString());
        }
    }
}

void TestValues::text_naughtyStrings_roundTripAsKeyAndValue()
{
    QFile file(QStringLiteral(SATCHEL_SHARED_DIR "/data/naughty-strings.json"));
    if (!file.open(QIODevice::ReadOnly)) {
        QSKIP("the naughty strings are not present");
    }
    const QJsonArray strings = QJsonDocument::fromJson(file.readAll()).array();
    QVERIFY(strings.size() > 400);
    for (const QJsonValue &item : strings) {
        const QString text = item.toString();
        const auto fields = toFields({{text, text}});
        QVERIFY(fields);
        const QVariantMap back = toVariantMap(*fields);
        QCOMPARE(back.firstKey(), text);
        QCOMPARE(back.first().toString(), text);
    }
}

void TestValues::errors_eachReason_hasItsSectionWithTheRightRetry()
{
    QFile file(QStringLiteral(SATCHEL_SOURCE_DIR "/docs/errors.md"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    static const QRegularExpression section(QStringLiteral("\n## (SAT-\\d{4}) ([A-Z0-9_]+)\n\n\\*\\*Cause\\.\\*\\* .+\n"
                                                           "\\*\\*What to do\\.\\*\\* .+\n\\*\\*Retry\\.\\*\\* (.+)\\.(?=\n|$)"));
    const QString text = QString::fromUtf8(file.readAll());
    QMap<QString, std::pair<QString, QString>> sections;
    for (auto all = section.globalMatch(text); all.hasNext();) {
        const auto found = all.next();
        QVERIFY2(!sections.contains(found.captured(1)), qPrintable(found.captured(1)));
        sections.insert(found.captured(1), {found.captured(2), found.captured(3)});
    }
    QCOMPARE(sections.size(), text.count(QStringLiteral("\n## ")));
    const QMap<QString, QString> words{{QStringLiteral("never"), QStringLiteral("Never")},
                                       {QStringLiteral("later"), QStringLiteral("Later")},
                                       {QStringLiteral("after sign-in"), QStringLiteral("AfterSignIn")},
                                       {QStringLiteral("after change"), QStringLiteral("AfterChange")}};
    const QMap<QString, QSet<QString>> retries = retriesInSources();
    QVERIFY(retries.size() > 40);
    const auto reasons = QMetaEnum::fromType<Error::Reason>();
    for (int i = 0; i < reasons.keyCount(); ++i) {
        const Error error(Error::Code::Unknown, Error::Reason(reasons.value(i)), {});
        const auto [name, retry] = sections.take(error.id());
        QCOMPARE(name, error.reasonName());
        QSet<QString> told;
        for (const QString &word : retry.split(QStringLiteral(" or "))) {
            QVERIFY2(words.contains(word), qPrintable(error.id()));
            told.insert(words.value(word));
        }
        const QString key = QString::fromLatin1(reasons.key(i));
        if (retries.contains(key)) {
            QVERIFY2(told == retries.value(key), qPrintable(error.id() + QLatin1String(": ") + retry));
        }
    }
    QVERIFY2(sections.isEmpty(), qPrintable(sections.isEmpty() ? QString() : sections.firstKey()));
    QCOMPARE(Error(Error::Code::FailedPrecondition, Error::Reason::WrongKey, {}).id(), QStringLiteral("SAT-0030"));
}

QTEST_GUILESS_MAIN(TestValues)
#include "tst_values.moc"
