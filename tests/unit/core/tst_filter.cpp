// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// Goal: the filter line selects what its reference says, and a text that is no filter is refused at the column where it goes wrong.
// Method: tables of texts over a few rows with known members; tables of mistakes.

#include "core/filter.h"

#include <QTest>

using namespace Satchel::Core;
using std::chrono::milliseconds;

namespace {

// 2026-11-23T12:00:00Z
constexpr milliseconds now{1'795'435'200'000};
constexpr std::int64_t day = 86'400'000;

constexpr std::string_view outcomes[] = {"ok", "denied"};
constexpr std::int64_t outcomeNumbers[] = {0, 7};
constexpr FilterField fields[] = {{"user", FilterType::Text, "id", {}},
                                  {"conflicts", FilterType::Number, "open ones", {}},
                                  {"seen", FilterType::Time, "last contact", {}},
                                  {"revoked", FilterType::Flag, "may not sync", {}},
                                  {"outcome", FilterType::Name, "what came of it", outcomes, outcomeNumbers}};

struct Person {
    const char *user;
    std::int64_t conflicts;
    std::int64_t seen;
    bool isRevoked;
    std::int64_t outcome;
};

// Anna was seen a minute ago, Ben yesterday at noon, Änne on 2026-11-01 at midnight.
constexpr Person people[] = {{"anna", 0, now.count() - 60'000, false, 0},
                             {"ben*", 3, now.count() - day, true, 7},
                             {"\xC3\xA4nne (x)", 12, now.count() - 22 * day - day / 2, false, 7}};

QString selected(const Filter &filter)
{
    QString out;
    for (const Person &person : people) {
        FilterRow row;
        row.text = [&](std::size_t) { return std::string_view(person.user); };
        row.number = [&](std::size_t field) {
            const std::int64_t values[] = {0, person.conflicts, person.seen, person.isRevoked ? 1 : 0, person.outcome};
            return values[field];
        };
        row.freeTexts = {person.user};
        if (matches(filter, fields, row)) {
            out += QString::number(&person - people);
        }
    }
    return out;
}

}  // namespace

class TestFilter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void filter_selects_data();
    void filter_selects();
    void mistake_isToldWithItsPlace_data();
    void mistake_isToldWithItsPlace();
    void filter_tooLarge_isRefused();
};

void TestFilter::filter_selects_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("people");
    const auto row = [](const char *text, const char *expected) {
        QTest::newRow(text) << QByteArray(text) << QString(QLatin1String(expected));
    };
    row("", "012");
    row("  \t", "012");
    row("user:anna", "0");
    row("user=anna", "0");
    row("user!=anna", "12");
    row("user:an*", "0");
    row("user:*nn*", "02");
    row("user:*nna", "0");
    row("user!=*nn*", "1");
    row("user:\"ben*\"", "1");
    row("user:\"ben\"*", "1");
    row("user:\"\xC3\xA4nne (x)\"", "2");
    row("user<b", "0");
    row("user>=\"ben*\"", "12");
    row("nn", "02");
    row("\"(x)\"", "2");
    row("nn user:an*", "0");
    row("conflicts:3", "1");
    row("conflicts>0", "12");
    row("conflicts<=3", "01");
    row("conflicts:1..5", "1");
    row("conflicts:3..", "12");
    row("conflicts:..3", "01");
    row("conflicts!=3", "02");
    row("seen>-1h", "0");
    row("seen<-7d", "2");
    row("seen:-2w..-1h", "1");
    row("seen:2026-11-22", "1");
    row("seen!=2026-11-22", "02");
    row("seen:2026-11-01..2026-11-22", "12");
    row("seen>2026-11-22", "0");
    row("seen>=2026-11-22T12:00", "01");
    row("seen>2026-11-22T12:00:00", "0");
    row("seen:2026-11-22T12:00:00Z..2026-11-22T12:01", "1");
    row("seen<now", "012");
    row("revoked:yes", "1");
    row("revoked:no", "02");
    row("revoked!=no", "1");
    row("outcome:denied", "12");
    row("outcome!=denied", "0");
    row("outcome:denied conflicts>5", "2");
    row("outcome:denied AND conflicts>5", "2");
    row("conflicts:0 OR conflicts:12", "02");
    row("conflicts:0 OR conflicts:12 user:anna", "0");
    row("(conflicts:0 OR conflicts:12) outcome:denied", "2");
    row("NOT outcome:denied", "0");
    row("NOT (conflicts:0 OR conflicts:12)", "1");
    row("NOT NOT user:anna", "0");
    row("or", "");
}

void TestFilter::filter_selects()
{
    QFETCH(QByteArray, text);
    const auto filter = parseFilter(text.toStdString(), fields, now);
    QVERIFY2(filter.has_value(), filter ? "" : filter.error().message.c_str());
    QTEST(selected(*filter), "people");
}

void TestFilter::mistake_isToldWithItsPlace_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("column");
    QTest::addColumn<int>("length");
    QTest::addColumn<QString>("saying");
    const auto row = [](const char *text, int column, int length, const char *saying) {
        QTest::newRow(text) << QByteArray(text) << column << length << QString(QLatin1String(saying));
    };
    row("usr:anna", 1, 3, "there is no field usr; fields are user, conflicts, seen, revoked, outcome");
    row("user:anna usr:anna", 11, 3, "there is no field usr");
    row("\"\xC3\xA4\xC3\xA4\" usr:anna", 6, 3, "there is no field usr");
    row("conflicts>many", 11, 4, "conflicts is a whole number");
    row("conflicts:1..x", 11, 4, "no range of numbers");
    row("conflicts:9223372036854775808", 11, 19, "conflicts is a whole number");
    row("seen>yesterday", 6, 9, "a time is now, -7d");
    row("seen>2026-02-30", 6, 10, "a time is now");
    row("seen>-9999999999999d", 6, 15, "a time is now");
    row("seen>2026-01-01..now", 5, 1, "a range goes with : only");
    row("revoked:maybe", 9, 5, "revoked is yes or no");
    row("revoked>yes", 8, 1, "revoked takes : and != only");
    row("outcome:bad", 9, 3, "outcome is one of ok, denied");
    row("user<an*", 5, 1, "cannot be ordered");
    row("conflicts:1*", 11, 2, "* is for texts");
    row("user:", 5, 1, "a value is missing");
    row("user: anna", 5, 1, "a value is missing");
    row("user=>anna", 5, 2, "=> is no comparison");
    row(":anna", 1, 1, "the name of a field is missing");
    row("user:\"anna", 6, 5, "this quote is not closed");
    row("us*er", 4, 1, "a * stands before or behind a word");
    row("(user:anna", 1, 1, "this ( is not closed");
    row("user:anna)", 10, 1, "there is no ( for this )");
    row("()", 2, 1, "a condition is missing before )");
    row("user:anna OR", 13, 1, "a condition is missing here");
    row("OR user:anna", 1, 2, "a condition is missing before OR");
    row("NOT", 4, 1, "a condition is missing here");
    row("\"\"", 1, 2, "there is nothing to look for");
    row("user:\xFF", 1, 1, "must be UTF-8");
}

void TestFilter::mistake_isToldWithItsPlace()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, saying);
    const auto filter = parseFilter(text.toStdString(), fields, now);
    QVERIFY(!filter.has_value());
    const QString message = QString::fromStdString(filter.error().message);
    QVERIFY2(message.contains(saying), qPrintable(message));
    QTEST(static_cast<int>(filter.error().column), "column");
    QTEST(static_cast<int>(filter.error().length), "length");
    QVERIFY(toError(filter.error()).detail.starts_with("filter, column " + std::to_string(filter.error().column) + ": "));
}

void TestFilter::filter_tooLarge_isRefused()
{
    std::string many = "a";
    for (std::size_t i = 1; i < filterTermsMax; ++i) {
        many += " a";
    }
    QVERIFY(parseFilter(many, fields, now).has_value());
    const auto oneMore = parseFilter(many + " a", fields, now);
    QVERIFY(!oneMore && oneMore.error().column == many.size() + 2);
    const std::string deep(filterDepthMax, '(');
    const std::string undeep(filterDepthMax, ')');
    QVERIFY(!parseFilter(deep + "a" + undeep, fields, now).has_value());
    QVERIFY(parseFilter(deep.substr(1) + "a" + undeep.substr(1), fields, now).has_value());
    QVERIFY(!parseFilter(std::string(filterBytesMax + 1, 'a'), fields, now).has_value());
}

QTEST_APPLESS_MAIN(TestFilter)
#include "tst_filter.moc"
