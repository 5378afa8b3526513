// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// Goal: every op does to a document what the protocol says, and a rule's losers are reported exactly when they were concurrent.
// Method: short histories by hand. The laws over random histories are in tests/property.

#include "builders.h"

#include <QTest>

using namespace Satchel::Core;
using namespace Satchel::Core::Testing;

class TestApply : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void apply_twice_changesNothing();
    void put_coveringAnother_replacesItWhateverItsStamp();
    void put_mergeRule_greaterStampWins();
    void put_equalStamps_greaterDotWins();
    void put_manualRule_keepsSiblings();
    void put_coveringSiblings_resolves();
    void put_coveringSomeSiblings_leavesSmallerConflict();
    void remove_concurrentWithPut_isASibling();
    void overwritten_newWriteLoses_isReported();
    void overwritten_lastWriter_reportsEveryField();
    void lastWriter_seenFieldNotNamed_isDroppedSilently();
    void increment_runningSums_addUp();
    void increment_overflow_wraps();
    void remove_counter_takesWhatItSaw();
    void remove_counter_countsOnlyAcceptedIncrementsOfItsWriter();
    void add_concurrentWithDiscard_wins();
    void add_again_replacesItsDots();
    void discard_lastElement_takesTheFieldAway();
    void remove_set_dropsCoveredElements();
    void put_onCounterKind_isKeptAside();
    void manyOps_unsortedNames_giveSortedFields();
    void lastWrite_isTheGreatest();
};

void TestApply::apply_twice_changesNothing()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    const Mutation m = mutation(dot(1, 1), 5, {}, {IncrementOp{"visits", 2}, PutOp{"theme", "dark"}});
    Document doc;
    QVERIFY(apply(doc, m, policy).wasApplied);
    const Document once = doc;
    QVERIFY(!apply(doc, m, policy).wasApplied);
    QVERIFY(doc == once);
}

void TestApply::put_coveringAnother_replacesItWhateverItsStamp()
{
    for (const ConflictRule rule : {ConflictRule::Merge, ConflictRule::Manual, ConflictRule::Custom, ConflictRule::LastWriter}) {
        const Policy policy = policyOf(rule);
        Document doc = applied({mutation(dot(1, 1), 900, {}, {PutOp{"theme", "dark"}})}, policy);
        const ApplyOutcome outcome = apply(doc, mutation(dot(2, 1), 5, {dot(1, 1)}, {PutOp{"theme", "light"}}), policy);
        QVERIFY(outcome.overwritten.empty());
        QVERIFY(shown(doc, "theme", policy) == Value("light"));
        QVERIFY(conflictedFields(doc, policy).empty());
    }
}

void TestApply::put_mergeRule_greaterStampWins()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    const Mutation older = mutation(dot(1, 1), 5, {}, {PutOp{"theme", "dark"}, PutOp{"size", 1}});
    const Mutation newer = mutation(dot(2, 1), 6, {}, {PutOp{"theme", "light"}});
    const Document doc = applied({older, newer}, policy);
    QVERIFY(doc == applied({newer, older}, policy));
    QVERIFY(shown(doc, "theme", policy) == Value("light"));
    QVERIFY(shown(doc, "size", policy) == Value(1));
}

void TestApply::put_equalStamps_greaterDotWins()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    const Mutation a = mutation(dot(1, 7), 5, {}, {PutOp{"theme", "dark"}});
    const Mutation b = mutation(dot(2, 1), 5, {}, {PutOp{"theme", "light"}});
    QVERIFY(shown(applied({a, b}, policy), "theme", policy) == Value("light"));
    QVERIFY(shown(applied({b, a}, policy), "theme", policy) == Value("light"));
}

void TestApply::put_manualRule_keepsSiblings()
{
    const Policy policy = policyOf(ConflictRule::Manual);
    Document doc = applied({mutation(dot(2, 1), 6, {}, {PutOp{"theme", "light"}})}, policy);
    const ApplyOutcome outcome = apply(doc, mutation(dot(1, 1), 5, {}, {PutOp{"theme", "dark"}}), policy);
    QVERIFY(outcome.overwritten.empty());
    QCOMPARE(doc.find("theme")->siblings.size(), std::size_t(2));
    QVERIFY(doc.find("theme")->siblings.front().dot == dot(1, 1));
    QVERIFY(shown(doc, "theme", policy) == Value("light"));
    QVERIFY(conflictedFields(doc, policy) == std::vector<std::string>{"theme"});
}

void TestApply::put_coveringSiblings_resolves()
{
    const Policy policy = policyOf(ConflictRule::Custom);
    const Document doc =
        applied({mutation(dot(1, 1), 5, {}, {PutOp{"theme", "dark"}}), mutation(dot(2, 1), 6, {}, {PutOp{"theme", "light"}}),
                 mutation(dot(1, 2), 7, {dot(1, 1), dot(2, 1)}, {PutOp{"theme", "grey"}})},
                policy);
    QVERIFY(conflictedFields(doc, policy).empty());
    QVERIFY(shown(doc, "theme", policy) == Value("grey"));
}

void TestApply::put_coveringSomeSiblings_leavesSmallerConflict()
{
    const Policy policy = policyOf(ConflictRule::Manual);
    const Document doc = applied(
        {mutation(dot(1, 1), 5, {}, {PutOp{"theme", "dark"}}), mutation(dot(2, 1), 6, {}, {PutOp{"theme", "light"}}),
         mutation(dot(3, 1), 4, {}, {PutOp{"theme", "blue"}}), mutation(dot(1, 2), 7, {dot(1, 1), dot(2, 1)}, {PutOp{"theme", "grey"}})},
        policy);
    QCOMPARE(doc.find("theme")->siblings.size(), std::size_t(2));
    QVERIFY(shown(doc, "theme", policy) == Value("grey"));
}

void TestApply::remove_concurrentWithPut_isASibling()
{
    const Policy policy = policyOf(ConflictRule::Manual);
    const Document doc =
        applied({mutation(dot(1, 1), 5, {}, {PutOp{"theme", "dark"}}), mutation(dot(1, 2), 8, {dot(1, 1)}, {RemoveOp{"theme", {}}}),
                 mutation(dot(2, 1), 7, {dot(1, 1)}, {PutOp{"theme", "light"}})},
                policy);
    QVERIFY(conflictedFields(doc, policy) == std::vector<std::string>{"theme"});
    QVERIFY(!shown(doc, "theme", policy));
    QVERIFY(!exists(doc, policy));
    const Policy merge = policyOf(ConflictRule::Merge);
    QVERIFY(!exists(applied({mutation(dot(1, 1), 8, {}, {RemoveOp{"theme", {}}}), mutation(dot(2, 1), 7, {}, {PutOp{"theme", 1}})}, merge),
                    merge));
}

void TestApply::overwritten_newWriteLoses_isReported()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    Document doc = applied({mutation(dot(1, 1), 9, {}, {PutOp{"theme", "dark"}})}, policy);
    const ApplyOutcome outcome = apply(doc, mutation(dot(2, 1), 5, {}, {PutOp{"theme", "light"}, PutOp{"size", 2}}), policy);
    const Overwritten lost{"theme", Sibling{dot(2, 1), Hlc{5}, Value("light")}, WriteMark{Hlc{9}, dot(1, 1)}};
    QVERIFY(outcome.overwritten == std::vector<Overwritten>{lost});
    QVERIFY(shown(doc, "size", policy) == Value(2));
}

void TestApply::overwritten_lastWriter_reportsEveryField()
{
    const Policy policy = policyOf(ConflictRule::LastWriter);
    Document doc = applied({mutation(dot(1, 1), 5, {}, {PutOp{"a", 1}, PutOp{"b", 2}})}, policy);
    const ApplyOutcome outcome = apply(doc, mutation(dot(2, 1), 6, {}, {PutOp{"b", 3}, PutOp{"c", 4}}), policy);
    QCOMPARE(outcome.overwritten.size(), std::size_t(2));
    QVERIFY(outcome.overwritten[0].field == "a" && outcome.overwritten[1].field == "b");
    QVERIFY(outcome.overwritten[0].loser.dot == dot(1, 1));
    QVERIFY(doc.find("a") == nullptr);
    QVERIFY(shown(doc, "b", policy) == Value(3) && shown(doc, "c", policy) == Value(4));
    const ApplyOutcome late = apply(doc, mutation(dot(3, 1), 2, {}, {PutOp{"d", 3}}), policy);
    QCOMPARE(late.overwritten.size(), std::size_t(1));
    QVERIFY(late.overwritten[0].loser.dot == dot(3, 1) && late.overwritten[0].winner.dot == dot(2, 1));
    QVERIFY(doc.find("d") == nullptr);
}

void TestApply::lastWriter_seenFieldNotNamed_isDroppedSilently()
{
    const Policy policy = policyOf(ConflictRule::LastWriter);
    Document doc = applied({mutation(dot(1, 1), 5, {}, {PutOp{"a", 1}, PutOp{"b", 2}})}, policy);
    const ApplyOutcome outcome = apply(doc, mutation(dot(1, 2), 6, {dot(1, 1)}, {PutOp{"b", 3}}), policy);
    QVERIFY(outcome.overwritten.empty());
    QVERIFY(doc.find("a") == nullptr);
}

void TestApply::increment_runningSums_addUp()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    const Document doc =
        applied({mutation(dot(1, 1), 5, {}, {IncrementOp{"visits", 5}}), mutation(dot(2, 1), 6, {}, {IncrementOp{"visits", -7}}),
                 mutation(dot(1, 4), 7, {dot(1, 1)}, {IncrementOp{"visits", 3}})},
                policy);
    QVERIFY(shown(doc, "visits", policy) == Value(1));
    QVERIFY(doc.find("visits")->counter.front() == (CounterEntry{device(1), 4, 8, 0, 0}));
}

void TestApply::increment_overflow_wraps()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    const Document doc = applied(
        {mutation(dot(1, 1), 5, {}, {IncrementOp{"visits", INT64_MAX}}), mutation(dot(1, 2), 6, {dot(1, 1)}, {IncrementOp{"visits", 1}})},
        policy);
    QVERIFY(shown(doc, "visits", policy) == Value(std::int64_t(INT64_MIN)));
}

void TestApply::remove_counter_takesWhatItSaw()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    const Mutation first = mutation(dot(1, 1), 5, {}, {IncrementOp{"visits", 5}});
    const Mutation unseen = mutation(dot(1, 2), 6, {dot(1, 1)}, {IncrementOp{"visits", 3}});
    const Mutation removal = mutation(dot(2, 1), 7, {dot(1, 1)}, {RemoveOp{"visits", {CounterMark{dot(1, 1), 5}}}});
    QVERIFY(!shown(applied({first, removal}, policy), "visits", policy));
    const Document doc = applied({first, removal, unseen}, policy);
    QVERIFY(doc == applied({first, unseen, removal}, policy));
    QVERIFY(shown(doc, "visits", policy) == Value(3));
}

void TestApply::remove_counter_countsOnlyAcceptedIncrementsOfItsWriter()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    // The increment (1, 2) of 100 was refused after the removal had counted it in.
    const Document doc = applied({mutation(dot(1, 1), 5, {}, {IncrementOp{"visits", 5}}),
                                  mutation(dot(1, 3), 7, {dot(1, 2)}, {RemoveOp{"visits", {CounterMark{dot(1, 2), 105}}}}),
                                  mutation(dot(1, 4), 8, {dot(1, 3)}, {IncrementOp{"visits", 1}})},
                                 policy);
    QVERIFY(shown(doc, "visits", policy) == Value(1));
}

void TestApply::add_concurrentWithDiscard_wins()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    const Mutation first = mutation(dot(1, 1), 5, {}, {AddOp{"tags", "x"}});
    const Mutation again = mutation(dot(1, 2), 6, {dot(1, 1)}, {AddOp{"tags", "x"}});
    const Mutation out = mutation(dot(2, 1), 90, {dot(1, 1)}, {DiscardOp{"tags", "x"}});
    const Document doc = applied({first, again, out}, policy);
    QVERIFY(doc == applied({first, out, again}, policy));
    QVERIFY(shown(doc, "tags", policy) == Value(Value::List{"x"}));
}

void TestApply::add_again_replacesItsDots()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    const Document doc =
        applied({mutation(dot(1, 1), 5, {}, {AddOp{"tags", "x"}}), mutation(dot(1, 2), 6, {dot(1, 1)}, {AddOp{"tags", "x"}}),
                 mutation(dot(2, 1), 6, {}, {AddOp{"tags", "x"}, AddOp{"tags", 7}})},
                policy);
    const std::vector<SetElement> elements = {{Value(7), {dot(2, 1)}}, {Value("x"), {dot(1, 2), dot(2, 1)}}};
    QVERIFY(doc.find("tags")->elements == elements);
    QVERIFY(shown(doc, "tags", policy) == Value(Value::List{7, "x"}));
}

void TestApply::discard_lastElement_takesTheFieldAway()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    const Document doc =
        applied({mutation(dot(1, 1), 5, {}, {AddOp{"tags", "x"}}), mutation(dot(1, 2), 6, {dot(1, 1)}, {DiscardOp{"tags", "x"}})}, policy);
    QVERIFY(doc.fields.empty());
    QVERIFY(!exists(doc, policy));
    // A document that remembers another vanished field (a server's) keeps its name.
    Document tracked;
    (void)tracked.at("gone");
    (void)apply(tracked, mutation(dot(1, 1), 5, {}, {DiscardOp{"tags", "x"}}), policy);
    QVERIFY(tracked.find("gone") != nullptr && tracked.find("tags") == nullptr);
}

void TestApply::remove_set_dropsCoveredElements()
{
    const Policy policy = policyOf(ConflictRule::Manual);
    const Document doc =
        applied({mutation(dot(1, 1), 5, {}, {AddOp{"tags", "x"}, AddOp{"tags", "y"}}), mutation(dot(2, 1), 5, {}, {AddOp{"tags", "y"}}),
                 mutation(dot(1, 2), 6, {dot(1, 1)}, {RemoveOp{"tags", {}}})},
                policy);
    QVERIFY(shown(doc, "tags", policy) == Value(Value::List{"y"}));
    QVERIFY(doc.find("tags")->siblings.empty());
}

void TestApply::put_onCounterKind_isKeptAside()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    const Document doc =
        applied({mutation(dot(1, 1), 5, {}, {PutOp{"visits", "old"}}), mutation(dot(2, 1), 6, {}, {IncrementOp{"visits", 2}})}, policy);
    QVERIFY(shown(doc, "visits", policy) == Value(2));
    QVERIFY(shownValue(*doc.find("visits"), FieldKind::Register) == Value("old"));
    // Whatever the field was before its kind changed, removals and late writes of it commute.
    const Mutation removal = mutation(dot(3, 1), 7, {dot(1, 1), dot(2, 1)}, {RemoveOp{"visits", {CounterMark{dot(2, 1), 2}}}});
    const Mutation late = mutation(dot(4, 1), 1, {}, {PutOp{"visits", "late"}});
    Document removedFirst = doc;
    (void)apply(removedFirst, removal, policy);
    QVERIFY(removedFirst.find("visits")->siblings.empty());
    (void)apply(removedFirst, late, policy);
    Document removedLast = doc;
    (void)apply(removedLast, late, policy);
    (void)apply(removedLast, removal, policy);
    QVERIFY(removedFirst == removedLast);
}

void TestApply::manyOps_unsortedNames_giveSortedFields()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    std::vector<Op> ops;
    for (int i = 0; i < 300; ++i)
        ops.emplace_back(PutOp{"f" + std::to_string((i * 7919) % 300), i});
    ops.emplace_back(AddOp{"tags", 1});
    ops.emplace_back(PutOp{"a", 1});
    ops.emplace_back(AddOp{"tags", 2});
    Document doc = applied({mutation(dot(2, 1), 1, {}, {PutOp{"f150", 0}, PutOp{"zz", 0}})}, policy);
    (void)apply(doc, mutation(dot(1, 1), 5, {dot(2, 1)}, ops), policy);
    QCOMPARE(doc.fields.size(), std::size_t(303));
    for (std::size_t i = 1; i < doc.fields.size(); ++i)
        QVERIFY(doc.fields[i - 1].name < doc.fields[i].name);
    QVERIFY(shown(doc, "f0", policy) == Value(0));
    QVERIFY(shown(doc, "tags", policy) == Value(Value::List{1, 2}));
}

void TestApply::lastWrite_isTheGreatest()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    const Document doc =
        applied({mutation(dot(1, 1), 9, {}, {PutOp{"a", 1}}), mutation(dot(2, 1), 5, {}, {IncrementOp{"visits", 1}})}, policy);
    QVERIFY(doc.lastWrite == (WriteMark{Hlc{9}, dot(1, 1)}));
}

QTEST_APPLESS_MAIN(TestApply)
#include "tst_apply.moc"
