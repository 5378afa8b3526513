// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// Goal: the laws of docs/merge.md hold for every set of rules. Method: each law over 10,000 random histories a row (2 to 4 devices with
// skewed and backward clocks, partial knowledge), against the naive model of model.h. The line printed before a check replays it.

#include "check.h"
#include "core/canonical.h"
#include "core/merge.h"
#include "core/view.h"
#include "model.h"

#include <QTest>

#include <algorithm>

using namespace Satchel::Core;
using namespace Satchel::Core::Testing;

namespace {

using Script = std::vector<std::uint32_t>;

Rules currentRules()
{
    QFETCH(int, rules);
    return static_cast<Rules>(rules);
}

Document built(const History &history, WriteSet set, std::uint32_t dice = 0)
{
    Document doc;
    for (const std::size_t i : causalOrder(history, set, dice))
        (void)apply(doc, history.writes[i].mutation, history.policy);
    return doc;
}

/// A state as a delta from the beginning: it names every field that ever was.
Document withVanishedFields(Document doc)
{
    for (const char *name : {"color", "size", "tags", "visits"})
        (void)doc.at(name);
    return doc;
}

bool isIn(WriteSet set, std::size_t write)
{
    return (set >> write & 1U) != 0;
}

/// Two sets of the devices' knowledge and a third, which may be the same.
struct Three {
    Three(const History &history, std::uint32_t dice)
    {
        Digits digits(dice);
        const auto pick = [&] { return history.known[digits.take(static_cast<std::uint32_t>(history.known.size()))]; };
        a = pick();
        b = pick();
        c = pick();
    }
    WriteSet a, b, c;
};

}  // namespace

class TestLaws : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { prepareChecks(); }
    void histories_areValid_data() { addRulesRows(); }
    void histories_areValid();
    void apply_concurrent_commutes_data() { addRulesRows(); }
    void apply_concurrent_commutes();
    void apply_anyCausalOrder_isTheModel_data() { addRulesRows(); }
    void apply_anyCausalOrder_isTheModel();
    void applyAndMerge_again_changeNothing_data() { addRulesRows(); }
    void applyAndMerge_again_changeNothing();
    void merge_isCommutativeAndAssociative_data() { addRulesRows(); }
    void merge_isCommutativeAndAssociative();
    void merge_isTheUnionOfMutations_data() { addRulesRows(); }
    void merge_isTheUnionOfMutations();
    void canonicalBytes_equalIffStatesAre_data() { addRulesRows(); }
    void canonicalBytes_equalIffStatesAre();
    void shown_isNeverCausallyOverwritten_data() { addRulesRows(); }
    void shown_isNeverCausallyOverwritten();
    void overwritten_isTheModels_data() { addRulesRows(); }
    void overwritten_isTheModels();
    void counter_isTheSumOfItsIncrements();
    void set_additionWins();
    void strong_hasNoConflicts();
};

void TestLaws::histories_areValid()
{
    const Rules rules = currentRules();
    QVERIFY(holds("Generated mutations are valid", [rules](const Script &script, std::uint32_t) {
        const History history = makeHistory(rules, script);
        for (const Written &written : history.writes) {
            const Result<void> checked = validate(written.mutation, history.policy, Limits());
            require(checked.has_value(), checked ? "" : describe(checked.error()).c_str(), history);
            for (std::size_t i = 0; i < history.writes.size(); ++i) {
                if (isIn(written.past, i))
                    require(history.writes[i].mutation.stamp < written.mutation.stamp, "a stamp contradicts causality", history);
            }
        }
    }));
}

void TestLaws::apply_concurrent_commutes()
{
    const Rules rules = currentRules();
    QVERIFY(holds("Concurrent mutations commute", [rules](const Script &script, std::uint32_t dice) {
        const History history = makeHistory(rules, script);
        int pairsLeft = 4;
        for (std::size_t i = 0; i < history.writes.size() && pairsLeft > 0; ++i) {
            for (std::size_t k = i + 1; k < history.writes.size() && pairsLeft > 0; ++k) {
                const Written &a = history.writes[i];
                const Written &b = history.writes[k];
                const WriteSet base = a.past | b.past;
                if (isIn(base, i) || isIn(base, k))
                    continue;
                --pairsLeft;
                Document ab = built(history, base, dice);
                Document ba = ab;
                (void)apply(ab, a.mutation, history.policy);
                (void)apply(ab, b.mutation, history.policy);
                (void)apply(ba, b.mutation, history.policy);
                (void)apply(ba, a.mutation, history.policy);
                require(ab == ba, "two concurrent mutations do not commute", history);
            }
        }
    }));
}

void TestLaws::apply_anyCausalOrder_isTheModel()
{
    const Rules rules = currentRules();
    QVERIFY(holds("Any causal order gives the model's state", [rules](const Script &script, std::uint32_t dice) {
        const History history = makeHistory(rules, script);
        require(built(history, history.all(), dice) == modelState(history, history.all()), "the whole history", history);
        for (const WriteSet known : history.known)
            require(built(history, known, dice / 2) == modelState(history, known), "a device's part of the history", history);
    }));
}

void TestLaws::applyAndMerge_again_changeNothing()
{
    const Rules rules = currentRules();
    QVERIFY(holds("Apply and merge are idempotent", [rules](const Script &script, std::uint32_t dice) {
        const History history = makeHistory(rules, script);
        const Three sets(history, dice);
        const Document a = built(history, sets.a, dice);
        const Document b = built(history, sets.b, dice);
        Document again = a;
        for (std::size_t i = 0; i < history.writes.size(); ++i) {
            if (isIn(sets.a, i))
                require(!apply(again, history.writes[i].mutation, history.policy).wasApplied, "a known dot was applied", history);
        }
        require(again == a, "applying again changed the state", history);
        require(merge(a, a, history.policy) == a, "merging with itself changed the state", history);
        const Document ab = merge(a, b, history.policy);
        require(merge(ab, b, history.policy) == ab && merge(a, ab, history.policy) == ab, "merging again changed the state", history);
        require(merge(a, Document(), history.policy) == a && merge(Document(), a, history.policy) == a, "nothing is not neutral", history);
    }));
}

void TestLaws::merge_isCommutativeAndAssociative()
{
    const Rules rules = currentRules();
    QVERIFY(holds("Merge is commutative and associative", [rules](const Script &script, std::uint32_t dice) {
        const History history = makeHistory(rules, script);
        const Three sets(history, dice);
        const Policy &policy = history.policy;
        const Document a = built(history, sets.a);
        const Document b = built(history, sets.b);
        const Document c = built(history, sets.c);
        const Document ab = merge(a, b, policy);
        require(ab == merge(b, a, policy), "merge does not commute", history);
        require(merge(ab, c, policy) == merge(a, merge(b, c, policy), policy), "merge is not associative", history);
    }));
}

void TestLaws::merge_isTheUnionOfMutations()
{
    const Rules rules = currentRules();
    QVERIFY(holds("Merge equals applying the union", [rules](const Script &script, std::uint32_t dice) {
        const History history = makeHistory(rules, script);
        const Three sets(history, dice);
        const Document a = built(history, sets.a, dice);
        const Document b = built(history, sets.b, dice / 3);
        const Document joined = merge(a, b, history.policy);
        require(joined == built(history, sets.a | sets.b, dice / 5), "not what the union gives", history);
        require(joined == modelState(history, sets.a | sets.b), "not what the model gives", history);
        Document whole = a;
        mergeDelta(whole, withVanishedFields(b), history.policy);
        require(whole == joined, "a delta of all fields is not a merge", history);
    }));
}

void TestLaws::canonicalBytes_equalIffStatesAre()
{
    const Rules rules = currentRules();
    QVERIFY(holds("Equal states are equal bytes and only they", [rules](const Script &script, std::uint32_t dice) {
        const History history = makeHistory(rules, script);
        const Three sets(history, dice);
        const Document a = built(history, sets.a, dice);
        const std::string bytes = canonicalBytes(a);
        require(bytes == canonicalBytes(built(history, sets.a, dice / 7)), "two orders give two encodings", history);
        for (const WriteSet other : {sets.b, sets.c}) {
            const Document b = built(history, other);
            require((a == b) == (sets.a == other), "states are not equal exactly if their mutations are", history);
            require((bytes == canonicalBytes(b)) == (sets.a == other), "bytes are not equal exactly if states are", history);
        }
    }));
}

void TestLaws::shown_isNeverCausallyOverwritten()
{
    const Rules rules = currentRules();
    QVERIFY(holds("What is shown was not causally overwritten", [rules](const Script &script, std::uint32_t dice) {
        const History history = makeHistory(rules, script);
        const WriteSet set = Three(history, dice).a;
        const Document doc = built(history, set, dice);
        for (const Document::Field &field : doc.fields) {
            const Sibling *shown = provisional(field.state);
            for (std::size_t i = 0; shown != nullptr && i < history.writes.size(); ++i) {
                const Mutation &m = history.writes[i].mutation;
                const bool touches = std::any_of(m.ops.begin(), m.ops.end(), [&](const Op &op) { return fieldOf(op) == field.name; });
                require(!isIn(set, i) || !touches || !m.context.covers(shown->dot), "a covered value is shown", history);
            }
        }
    }));
}

void TestLaws::overwritten_isTheModels()
{
    const Rules rules = currentRules();
    QVERIFY(holds("Exactly the concurrent losers are reported", [rules](const Script &script, std::uint32_t dice) {
        const History history = makeHistory(rules, script);
        Document doc;
        WriteSet done = 0;
        for (const std::size_t i : causalOrder(history, history.all(), dice)) {
            std::vector<Overwritten> lost = apply(doc, history.writes[i].mutation, history.policy).overwritten;
            std::sort(lost.begin(), lost.end(), [](const Overwritten &a, const Overwritten &b) { return a.field < b.field; });
            require(lost == modelOverwritten(history, done, i), "not the losers of the model", history);
            done |= WriteSet{1} << i;
        }
    }));
}

void TestLaws::counter_isTheSumOfItsIncrements()
{
    QVERIFY(holds("A counter is the sum of its increments", [](const Script &script, std::uint32_t dice) {
        const History history = makeHistory(Rules::Merge, script);
        const Three sets(history, dice);
        const Document doc = merge(built(history, sets.a, dice), built(history, sets.b), history.policy);
        const FieldState *field = doc.find("visits");
        const std::optional<Value> shown = field == nullptr ? std::nullopt : shownValue(*field, FieldKind::Counter);
        const std::optional<std::int64_t> sum = modelCounter(history, sets.a | sets.b, "visits");
        require(shown == (sum ? std::optional(Value(*sum)) : std::nullopt), "another sum", history);
    }));
}

void TestLaws::set_additionWins()
{
    QVERIFY(holds("An addition wins over every removal that did not see it", [](const Script &script, std::uint32_t dice) {
        const History history = makeHistory(Rules::Manual, script);
        const Three sets(history, dice);
        const WriteSet all = sets.a | sets.b;
        const Document doc = merge(built(history, sets.a, dice), built(history, sets.b), history.policy);
        const FieldState *field = doc.find("tags");
        for (const Value &element : {Value(0), Value(1), Value("other")}) {
            bool isIncluded = false;
            for (std::size_t i = 0; i < history.writes.size(); ++i) {
                const std::vector<Op> &ops = history.writes[i].mutation.ops;
                if (!isIn(all, i) || std::find(ops.begin(), ops.end(), Op(AddOp{"tags", element})) == ops.end())
                    continue;
                bool isRemoved = false;
                for (std::size_t k = 0; k < history.writes.size(); ++k) {
                    const std::vector<Op> &later = history.writes[k].mutation.ops;
                    const bool removes = std::any_of(later.begin(), later.end(), [&](const Op &op) {
                        const auto *discard = std::get_if<DiscardOp>(&op);
                        return fieldOf(op) == "tags" &&
                               (std::holds_alternative<RemoveOp>(op) || (discard != nullptr && discard->element == element));
                    });
                    isRemoved = isRemoved || (isIn(all, k) && removes && isIn(history.writes[k].past, i));
                }
                isIncluded = isIncluded || !isRemoved;
            }
            const bool isShown = field != nullptr && std::any_of(field->elements.begin(), field->elements.end(),
                                                                 [&](const SetElement &present) { return present.element == element; });
            require(isShown == isIncluded, "an element is in or out against the rule", history);
        }
    }));
}

void TestLaws::strong_hasNoConflicts()
{
    QVERIFY(holds("A strong collection is one chain of writes", [](const Script &script, std::uint32_t dice) {
        const History history = makeHistory(Rules::Strong, script);
        Document server;
        for (const Written &written : history.writes) {
            require(checkExpectation(server, written.mutation).has_value(), "an expectation that holds was refused", history);
            require(apply(server, written.mutation, history.policy).overwritten.empty(), "something was overwritten", history);
            require(checkExpectation(server, written.mutation).has_value() == false, "an expectation held twice", history);
        }
        const WriteSet known = Three(history, dice).a;
        Mutation late;
        const Document stale = built(history, known);
        late.expected = Expectation{stale.lastWrite ? std::optional(stale.lastWrite->dot) : std::nullopt};
        require(checkExpectation(server, late).has_value() == (known == history.all()), "a stale expectation was taken", history);
    }));
}

QTEST_APPLESS_MAIN(TestLaws)
#include "tst_laws.moc"
