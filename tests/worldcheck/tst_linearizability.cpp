// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
//
// Goal: the checker of strong collections accepts exactly what a single register could have done.
// Method: hand-made histories of both verdicts.

#include "linearizability.h"

#include <QTest>

using namespace Satchel::WorldCheck;

namespace {

using Kind = Operation::Kind;
using Outcome = Operation::Outcome;

Operation read(std::int64_t from, std::int64_t to, std::int64_t value)
{
    return {Kind::Read, Outcome::Ok, from, to, 0, value};
}

Operation swap(std::int64_t from, std::int64_t to, std::int64_t expected, std::int64_t value, Outcome outcome = Outcome::Ok)
{
    return {Kind::Swap, outcome, from, outcome == Outcome::Unknown ? INT64_MAX : to, expected, value};
}

}  // namespace

Q_DECLARE_METATYPE(std::vector<Operation>)

class TestLinearizability : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void history_hasVerdict_data();
    void history_hasVerdict();
    void history_ofManyUnknowns_isDecided();
};

void TestLinearizability::history_hasVerdict_data()
{
    QTest::addColumn<std::vector<Operation>>("history");
    QTest::addColumn<bool>("isLinearizable");
    const auto row = [](const char *name, std::vector<Operation> history, bool isGood) {
        QTest::newRow(name) << std::move(history) << isGood;
    };

    row("empty", {}, true);
    row("read of the beginning", {read(1, 2, 0)}, true);
    row("read of what nobody wrote", {read(1, 2, 7)}, false);
    row("write then read", {swap(1, 2, 0, 5), read(3, 4, 5)}, true);
    row("stale read", {swap(1, 2, 0, 5), read(3, 4, 0)}, false);
    row("read beside a write sees the old", {swap(1, 5, 0, 5), read(2, 3, 0)}, true);
    row("read beside a write sees the new", {swap(1, 5, 0, 5), read(2, 3, 5)}, true);
    row("new then old", {swap(1, 9, 0, 5), read(2, 3, 5), read(4, 5, 0)}, false);
    row("both swaps from the same value", {swap(1, 4, 0, 5), swap(2, 5, 0, 6)}, false);
    row("one of two swaps fails", {swap(1, 4, 0, 5), swap(2, 5, 0, 6, Outcome::Failed)}, true);
    row("a swap fails without a reason", {swap(1, 2, 0, 5, Outcome::Failed)}, false);
    row("chain out of order of invocation", {swap(1, 9, 5, 6), swap(2, 8, 0, 5), read(10, 11, 6)}, true);
    row("lost update", {swap(1, 2, 0, 5), swap(3, 4, 5, 6), read(5, 6, 5)}, false);
    row("unknown took effect", {swap(1, 0, 0, 5, Outcome::Unknown), read(8, 9, 5)}, true);
    row("unknown did not", {swap(1, 0, 0, 5, Outcome::Unknown), read(8, 9, 0)}, true);
    row("unknown took effect late", {swap(1, 0, 0, 5, Outcome::Unknown), read(2, 3, 0), read(8, 9, 5)}, true);
    row("unknown was undone", {swap(1, 0, 0, 5, Outcome::Unknown), read(2, 3, 5), read(8, 9, 0)}, false);
    row("unknown before its invocation", {read(1, 2, 5), swap(3, 0, 0, 5, Outcome::Unknown)}, false);
    row("unknown makes a failure right", {swap(1, 0, 0, 5, Outcome::Unknown), swap(2, 3, 0, 6, Outcome::Failed)}, true);
    row("unknown cannot be both", {swap(1, 0, 0, 5, Outcome::Unknown), swap(2, 3, 0, 6), read(4, 5, 5)}, false);
    row("two unknown links", {swap(1, 0, 0, 5, Outcome::Unknown), swap(2, 0, 5, 6, Outcome::Unknown), read(8, 9, 6)}, true);
}

void TestLinearizability::history_hasVerdict()
{
    QFETCH(std::vector<Operation>, history);
    QFETCH(bool, isLinearizable);
    QCOMPARE(checkRegister(history) == Verdict::Linearizable, isLinearizable);
    std::reverse(history.begin(), history.end());
    QCOMPARE(checkRegister(history) == Verdict::Linearizable, isLinearizable);
}

void TestLinearizability::history_ofManyUnknowns_isDecided()
{
    std::vector<Operation> history;
    for (int i = 0; i < 40; ++i) {
        history.push_back(swap(i, 0, i, i + 1, Outcome::Unknown));
    }
    history.push_back(read(100, 101, 40));
    QCOMPARE(checkRegister(history), Verdict::Linearizable);
    history.push_back(read(102, 103, 7));
    QCOMPARE(checkRegister(history), Verdict::NotLinearizable);
}

QTEST_APPLESS_MAIN(TestLinearizability)
#include "tst_linearizability.moc"
