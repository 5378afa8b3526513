// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// Goal: validate() takes what the protocol allows and names what it refuses. Method: one good mutation of every kind, then each rule broken
// alone.

#include "builders.h"

#include <QTest>

#include <functional>

using namespace Satchel::Core;
using namespace Satchel::Core::Testing;

namespace {

Value nested(int depth)
{
    Value value = 1;
    for (int level = 0; level < depth; ++level)
        value = Value(Value::List{value});
    return value;
}

Mutation good()
{
    return mutation(dot(1, 3), 10, {dot(1, 2), dot(2, 5)},
                    {PutOp{"theme", "dark"}, RemoveOp{"visits", {CounterMark{dot(1, 2), 4}, CounterMark{dot(2, 5), -1}}},
                     AddOp{"tags", "a"}, DiscardOp{"tags", "b"}});
}

using Change = std::function<void(Mutation &)>;

}  // namespace

Q_DECLARE_METATYPE(Change)
Q_DECLARE_METATYPE(Satchel::Core::ErrorReason)

class TestMutation : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void validate_goodOne_isTaken();
    void validate_brokenRule_isNamed_data();
    void validate_brokenRule_isNamed();
    void validate_limits_areExact();
    void validate_limit_isResourceExhausted();
    void validate_lastWriter_needsDocumentScope();
    void validate_strong_needsExpectation();
    void validate_policy_lastWriterHasRegistersOnly();
    void validateCollectionName_cases();
    void validateKey_cases();
    void policySet_unknownCollection_hasDefault();
    void policySets_ruleOrKindsDiffer_mergeOtherwise();
};

void TestMutation::validate_goodOne_isTaken()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    QVERIFY(validate(good(), policy, Limits()));
    Mutation m = good();
    m.ops = {IncrementOp{"visits", INT64_MIN}, PutOp{std::string("\0", 1), nested(32)}};
    m.document.key = std::string("\0/..\xf0\x9f\x98\x80", 8);
    m.context = {};
    m.origin = Origin{dot(4, 1), Hlc{3}};
    m.policyVersion = UINT64_MAX;
    QVERIFY(validate(m, policy, Limits()));
}

void TestMutation::validate_brokenRule_isNamed_data()
{
    QTest::addColumn<Change>("change");
    QTest::addColumn<ErrorReason>("reason");
    const auto row = [](const char *name, ErrorReason reason, Change change) { QTest::newRow(name) << std::move(change) << reason; };
    const auto ops = [](std::vector<Op> list) { return Change([list](Mutation &m) { m.ops = list; }); };
    using R = ErrorReason;
    row("collection", R::InvalidName, [](Mutation &m) { m.document.collection = "Prefs"; });
    row("no key", R::InvalidName, [](Mutation &m) { m.document.key.clear(); });
    row("key not UTF-8", R::InvalidUtf8, [](Mutation &m) { m.document.key = "\xff"; });
    row("counter 0", R::MalformedInput, [](Mutation &m) { m.dot.counter = 0; });
    row("null device", R::MalformedInput, [](Mutation &m) { m.dot.device = {}; });
    row("covers itself", R::MalformedInput, [](Mutation &m) { m.context.add(dot(1, 3)); });
    row("expectation", R::MalformedInput, [](Mutation &m) { m.expected = Expectation{}; });
    row("origin is itself", R::MalformedInput, [](Mutation &m) { m.origin = Origin{dot(1, 3), Hlc{1}}; });
    row("no ops", R::MalformedInput, ops({}));
    row("no field name", R::InvalidName, ops({PutOp{"", 1}}));
    row("field not UTF-8", R::InvalidUtf8, ops({PutOp{"\xed\xa0\x80", 1}}));
    row("value not UTF-8", R::InvalidUtf8, ops({PutOp{"a", Value(Value::List{"\xff"})}}));
    row("map key not UTF-8", R::InvalidUtf8, ops({PutOp{"a", Value::map({{"\xff", 1}}).value()}}));
    row("element not UTF-8", R::InvalidUtf8, ops({AddOp{"tags", "\xff"}}));
    row("put on counter", R::FieldKindMismatch, ops({PutOp{"visits", 1}}));
    row("put on set", R::FieldKindMismatch, ops({PutOp{"tags", 1}}));
    row("increment on register", R::FieldKindMismatch, ops({IncrementOp{"theme", 1}}));
    row("increment on set", R::FieldKindMismatch, ops({IncrementOp{"tags", 1}}));
    row("add on register", R::FieldKindMismatch, ops({AddOp{"theme", 1}}));
    row("discard on counter", R::FieldKindMismatch, ops({DiscardOp{"visits", 1}}));
    row("add a list", R::FieldKindMismatch, ops({AddOp{"tags", Value(Value::List{})}}));
    row("discard a map", R::FieldKindMismatch, ops({DiscardOp{"tags", Value::map({}).value()}}));
    row("marks on register", R::FieldKindMismatch, ops({RemoveOp{"theme", {CounterMark{dot(1, 2), 4}}}}));
    row("marks unsorted", R::MalformedInput, ops({RemoveOp{"visits", {CounterMark{dot(2, 5), 4}, CounterMark{dot(1, 2), 4}}}}));
    row("marks of one device", R::MalformedInput, ops({RemoveOp{"visits", {CounterMark{dot(2, 4), 4}, CounterMark{dot(2, 5), 4}}}}));
    row("mark not covered", R::MalformedInput, ops({RemoveOp{"visits", {CounterMark{dot(2, 6), 4}}}}));
    row("mark of none", R::MalformedInput, ops({RemoveOp{"visits", {CounterMark{dot(2, 0), 4}}}}));
    row("two puts", R::MalformedInput, ops({PutOp{"a", 1}, PutOp{"b", 1}, PutOp{"a", 1}}));
    row("put and remove", R::MalformedInput, ops({PutOp{"a", 1}, RemoveOp{"a", {}}}));
    row("remove and add", R::MalformedInput, ops({RemoveOp{"tags", {}}, AddOp{"tags", 1}}));
    row("element twice", R::MalformedInput, ops({AddOp{"tags", 1}, AddOp{"tags", 2}, DiscardOp{"tags", 1}}));
    row("too deep", R::LimitExceeded, ops({PutOp{"a", nested(33)}}));
    row("field name too long", R::LimitExceeded, ops({PutOp{std::string(513, 'f'), 1}}));
    row("key too long", R::LimitExceeded, [](Mutation &m) { m.document.key = std::string(513, 'k'); });
    row("collection too long", R::LimitExceeded, [](Mutation &m) { m.document.collection = std::string(65, 'c'); });
    row("mutation too large", R::LimitExceeded, ops({PutOp{"a", std::string(256 * 1024, 'x')}}));
}

void TestMutation::validate_brokenRule_isNamed()
{
    QFETCH(Change, change);
    QFETCH(ErrorReason, reason);
    Mutation m = good();
    change(m);
    const Result<void> checked = validate(m, policyOf(ConflictRule::Merge), Limits());
    QVERIFY(!checked);
    QVERIFY2(checked.error().reason == reason, describe(checked.error()).c_str());
}

void TestMutation::validate_limits_areExact()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    Limits limits;
    limits.fieldCountMax = 3;
    limits.contextEntriesMax = 2;
    Mutation m = good();
    m.ops = {PutOp{"a", 1}, PutOp{"b", 1}, AddOp{"tags", 1}, AddOp{"tags", 2}};
    QVERIFY(validate(m, policy, limits));
    m.ops.emplace_back(PutOp{"c", 1});
    QVERIFY(reasonOf(validate(m, policy, limits)) == ErrorReason::LimitExceeded);
    m.ops.pop_back();
    m.context.add(dot(9, 1));
    QVERIFY(reasonOf(validate(m, policy, limits)) == ErrorReason::LimitExceeded);
}

void TestMutation::validate_limit_isResourceExhausted()
{
    Mutation m = good();
    m.document.key = std::string(513, 'k');
    const Result<void> checked = validate(m, policyOf(ConflictRule::Merge), Limits());
    QVERIFY(checked.error().code == ErrorCode::ResourceExhausted);
    QVERIFY(checked.error().detail.find("keyBytesMax") != std::string::npos);
    QVERIFY(checked.error().detail.find("kkk") == std::string::npos);
}

void TestMutation::validate_lastWriter_needsDocumentScope()
{
    const Policy policy = policyOf(ConflictRule::LastWriter);
    Mutation m = mutation(dot(1, 1), 1, {}, {PutOp{"a", 1}});
    QVERIFY(reasonOf(validate(m, policy, Limits())) == ErrorReason::DocumentScopeRequired);
    m.scope = Scope::Document;
    QVERIFY(validate(m, policy, Limits()));
}

void TestMutation::validate_strong_needsExpectation()
{
    Policy policy = policyOf(ConflictRule::Merge);
    policy.consistency = Consistency::Strong;
    Mutation m = mutation(dot(1, 1), 1, {}, {PutOp{"a", 1}});
    QVERIFY(reasonOf(validate(m, policy, Limits())) == ErrorReason::MalformedInput);
    m.expected = Expectation{};
    QVERIFY(validate(m, policy, Limits()));
    m.expected = Expectation{dot(2, 0)};
    QVERIFY(reasonOf(validate(m, policy, Limits())) == ErrorReason::MalformedInput);
}

void TestMutation::validate_policy_lastWriterHasRegistersOnly()
{
    Policy policy = policyOf(ConflictRule::LastWriter);
    QVERIFY(validate(policy));
    policy.fieldKinds = {{"a", FieldKind::Register}, {"visits", FieldKind::Counter}};
    const Result<void> checked = validate(policy);
    QVERIFY(reasonOf(checked) == ErrorReason::FieldKindMismatch);
    QVERIFY(checked.error().detail.find("visits") != std::string::npos);
    policy.conflict = ConflictRule::Manual;
    QVERIFY(validate(policy));
}

void TestMutation::validateCollectionName_cases()
{
    const Limits limits;
    QVERIFY(validateCollectionName("a-z_0.9", limits));
    QVERIFY(validateCollectionName(std::string(64, 'c'), limits));
    for (const char *bad : {"", "A", "a b", "a/b", "\xc3\xa9", "a\n"})
        QVERIFY(reasonOf(validateCollectionName(bad, limits)) == ErrorReason::InvalidName);
}

void TestMutation::validateKey_cases()
{
    const Limits limits;
    QVERIFY(validateKey(std::string(512, 'k'), limits));
    QVERIFY(validateKey(std::string(3, '\0'), limits));
    QVERIFY(reasonOf(validateKey("", limits)) == ErrorReason::InvalidName);
    QVERIFY(reasonOf(validateKey("\xc3", limits)) == ErrorReason::InvalidUtf8);
}

void TestMutation::policySet_unknownCollection_hasDefault()
{
    PolicySet set;
    set.insert(policyOf(ConflictRule::Manual));
    QVERIFY(set.of("preferences").conflict == ConflictRule::Manual);
    QVERIFY(set.of("other").conflict == ConflictRule::Merge);
    QVERIFY(set.of("other").collection.empty());
    set.insert(policyOf(ConflictRule::Custom));
    QCOMPARE(set.all().size(), std::size_t(1));
    QVERIFY(set.of("preferences").conflict == ConflictRule::Custom);
    QVERIFY(set.of("preferences").kindOf("visits") == FieldKind::Counter);
    QVERIFY(set.of("preferences").kindOf("theme") == FieldKind::Register);
}

void TestMutation::policySets_ruleOrKindsDiffer_mergeOtherwise()
{
    PolicySet a;
    a.insert(policyOf(ConflictRule::Manual));
    PolicySet b = a;
    Policy policy = policyOf(ConflictRule::Manual);
    policy.sensitivity = Sensitivity::Restricted;
    policy.version = 7;
    b.insert(policy);
    b.setVersion(7);
    QVERIFY(areMergingAlike(a, b));
    policy.fieldKinds.emplace("more", FieldKind::Set);
    b.insert(policy);
    QVERIFY(!areMergingAlike(a, b));
    b.insert(policyOf(ConflictRule::Custom));
    QVERIFY(!areMergingAlike(a, b));
    // Not named is named with the default.
    QVERIFY(!areMergingAlike(a, {}) && !areMergingAlike({}, a));
    Policy plain;
    plain.collection = "plain";
    b = a;
    b.insert(plain);
    QVERIFY(areMergingAlike(a, b));
}

QTEST_APPLESS_MAIN(TestMutation)
#include "tst_mutation.moc"
