// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// Goal: states join as their mutations would have, deltas leave unnamed fields alone, expectations compare last writes.
// Method: two replicas by hand, each with something that the other lacks.

#include "builders.h"

#include <QTest>

using namespace Satchel::Core;
using namespace Satchel::Core::Testing;

namespace {

Document deltaOf(const Document &full, std::initializer_list<const char *> names)
{
    Document delta;
    delta.context = full.context;
    delta.lastWrite = full.lastWrite;
    for (const char *name : names) {
        const FieldState *state = full.find(name);
        delta.fields.push_back(Document::Field{name, state == nullptr ? FieldState() : *state});
    }
    return delta;
}

}  // namespace

class TestMerge : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void merge_bothSidesHaveNews_keepsBoth();
    void merge_droppedElsewhere_staysDropped();
    void merge_lastWriter_takesTheGreatestDocument();
    void merge_counters_takeTheLaterOfEachPart();
    void mergeDelta_emptyBase_takesIt();
    void mergeDelta_unnamedFields_stay();
    void mergeDelta_emptiedSet_isEmptied();
    void mergeDelta_baseKnowsMore_keepsItsOwn();
    void mergeDelta_lastWriter_dropsUnnamedFields();
    void mergeDelta_settledStamp_replacesTheWriters();
    void checkExpectation_comparesLastWrite();
};

void TestMerge::merge_bothSidesHaveNews_keepsBoth()
{
    const Policy policy = policyOf(ConflictRule::Manual);
    const Mutation base = mutation(dot(1, 1), 1, {}, {PutOp{"a", 0}, AddOp{"tags", "x"}});
    const Mutation left = mutation(dot(1, 2), 2, {dot(1, 1)}, {PutOp{"a", 1}, DiscardOp{"tags", "x"}, IncrementOp{"visits", 1}});
    const Mutation right =
        mutation(dot(2, 1), 3, {dot(1, 1)}, {PutOp{"a", 2}, PutOp{"b", 2}, AddOp{"tags", "y"}, IncrementOp{"visits", 2}});
    const Document joined = merge(applied({base, left}, policy), applied({base, right}, policy), policy);
    QVERIFY(joined == applied({base, left, right}, policy));
    QCOMPARE(joined.find("a")->siblings.size(), std::size_t(2));
    QVERIFY(shown(joined, "tags", policy) == Value(Value::List{"y"}));
    QVERIFY(shown(joined, "visits", policy) == Value(3));
}

void TestMerge::merge_droppedElsewhere_staysDropped()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    const Mutation put = mutation(dot(1, 1), 1, {}, {PutOp{"a", 0}});
    const Mutation over = mutation(dot(2, 1), 2, {dot(1, 1)}, {PutOp{"a", 1}});
    QVERIFY(merge(applied({put}, policy), applied({put, over}, policy), policy) == applied({put, over}, policy));
    QVERIFY(merge(applied({put, over}, policy), applied({put}, policy), policy) == applied({put, over}, policy));
    QVERIFY(merge({}, applied({put}, policy), policy) == applied({put}, policy));
}

void TestMerge::merge_lastWriter_takesTheGreatestDocument()
{
    const Policy policy = policyOf(ConflictRule::LastWriter);
    const Mutation left = mutation(dot(1, 1), 9, {}, {PutOp{"a", 1}});
    const Mutation right = mutation(dot(2, 1), 3, {}, {PutOp{"b", 2}});
    const Document joined = merge(applied({left}, policy), applied({right}, policy), policy);
    QVERIFY(joined == applied({right, left}, policy));
    QVERIFY(joined.find("b") == nullptr);
}

void TestMerge::merge_counters_takeTheLaterOfEachPart()
{
    Document a;
    a.context = seen({dot(1, 4), dot(2, 1)});
    a.at("visits").counter = {CounterEntry{device(1), 4, 10, 0, 0}};
    Document b;
    b.context = seen({dot(1, 2), dot(2, 2)});
    b.at("visits").counter = {CounterEntry{device(1), 2, 6, 2, 6}, CounterEntry{device(2), 2, 1, 0, 0}};
    const Policy policy = policyOf(ConflictRule::Merge);
    const std::vector<CounterEntry> expected = {CounterEntry{device(1), 4, 10, 2, 6}, CounterEntry{device(2), 2, 1, 0, 0}};
    QVERIFY(merge(a, b, policy).find("visits")->counter == expected);
    QVERIFY(merge(b, a, policy).find("visits")->counter == expected);
}

void TestMerge::mergeDelta_emptyBase_takesIt()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    const Document full = applied({mutation(dot(1, 1), 1, {}, {PutOp{"a", 0}, AddOp{"tags", "x"}})}, policy);
    Document base;
    mergeDelta(base, full, policy);
    QVERIFY(base == full);
}

void TestMerge::mergeDelta_unnamedFields_stay()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    const Mutation first = mutation(dot(1, 1), 1, {}, {PutOp{"a", 0}, PutOp{"c", 0}});
    const Mutation second = mutation(dot(2, 1), 2, {dot(1, 1)}, {PutOp{"b", 1}, PutOp{"c", 1}, PutOp{"d", 1}});
    const Document full = applied({first, second}, policy);
    Document base = applied({first}, policy);
    mergeDelta(base, deltaOf(full, {"b", "c", "d"}), policy);
    QVERIFY(base == full);
    mergeDelta(base, deltaOf(full, {}), policy);
    QVERIFY(base == full);
}

void TestMerge::mergeDelta_emptiedSet_isEmptied()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    const Mutation first = mutation(dot(1, 1), 1, {}, {AddOp{"tags", 0}, PutOp{"c", 0}});
    const Mutation second = mutation(dot(2, 1), 2, {dot(1, 1)}, {DiscardOp{"tags", 0}});
    const Document full = applied({first, second}, policy);
    Document base = applied({first}, policy);
    mergeDelta(base, deltaOf(full, {"tags"}), policy);
    QVERIFY(base == full);
    QVERIFY(base.find("tags") == nullptr);
    Document fresh;
    mergeDelta(fresh, deltaOf(full, {"c", "tags"}), policy);
    QVERIFY(fresh == full);
}

void TestMerge::mergeDelta_baseKnowsMore_keepsItsOwn()
{
    const Policy policy = policyOf(ConflictRule::Manual);
    const Mutation first = mutation(dot(1, 1), 1, {}, {PutOp{"a", 0}, AddOp{"tags", 1}});
    const Mutation own = mutation(dot(1, 2), 3, {dot(1, 1)}, {PutOp{"a", 1}, AddOp{"tags", 2}});
    const Mutation other = mutation(dot(2, 1), 2, {dot(1, 1)}, {PutOp{"a", 2}, DiscardOp{"tags", 1}});
    Document base = applied({first, own}, policy);
    mergeDelta(base, deltaOf(applied({first, other}, policy), {"a", "tags"}), policy);
    QVERIFY(base == applied({first, own, other}, policy));
}

void TestMerge::mergeDelta_lastWriter_dropsUnnamedFields()
{
    const Policy policy = policyOf(ConflictRule::LastWriter);
    const Mutation first = mutation(dot(1, 1), 1, {}, {PutOp{"a", 0}, PutOp{"c", 0}});
    const Mutation second = mutation(dot(2, 1), 2, {}, {PutOp{"b", 1}});
    const Document full = applied({first, second}, policy);
    Document base = applied({first}, policy);
    mergeDelta(base, deltaOf(full, {"b"}), policy);
    QVERIFY(base == full);
}

void TestMerge::mergeDelta_settledStamp_replacesTheWriters()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    Document base = applied({mutation(dot(1, 1), 900, {}, {PutOp{"a", 0}})}, policy);
    const Document settled = applied({mutation(dot(1, 1), 5, {}, {PutOp{"a", 0}})}, policy);
    mergeDelta(base, settled, policy);
    QVERIFY(base == settled);
}

void TestMerge::checkExpectation_comparesLastWrite()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    const Document doc = applied({mutation(dot(1, 1), 1, {}, {PutOp{"a", 0}})}, policy);
    Mutation m = mutation(dot(2, 1), 2, {dot(1, 1)}, {PutOp{"a", 1}});
    QVERIFY(checkExpectation(doc, m));
    m.expected = Expectation{dot(1, 1)};
    QVERIFY(checkExpectation(doc, m));
    QVERIFY(!checkExpectation({}, m));
    m.expected = Expectation{};
    QVERIFY(checkExpectation({}, m));
    const Result<void> stale = checkExpectation(doc, m);
    QVERIFY(stale.error().code == ErrorCode::Aborted && stale.error().reason == ErrorReason::ExpectationFailed);
    QVERIFY(stale.error().detail.find(device(1).toHex() + ":1") != std::string::npos);
    QVERIFY(stale.error().detail.find("no write") != std::string::npos);
}

QTEST_APPLESS_MAIN(TestMerge)
#include "tst_merge.moc"
