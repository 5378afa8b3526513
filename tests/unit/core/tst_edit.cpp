// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// Goal: replace, erase and whole-document edits name exactly the fields that their writer saw. Method: documents with every kind of field.

#include "builders.h"
#include "core/edit.h"

#include <QTest>

using namespace Satchel::Core;
using namespace Satchel::Core::Testing;

class TestEdit : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void replace_putsAllAndRemovesTheRest();
    void replace_kindMismatch_isRefused();
    void replace_doubleField_isRefused();
    void erase_namesShownFieldsOfEveryKind();
    void erase_openConflictThatShowsNothing_isSettled();
    void erase_nothingShown_isEmpty();
    void remove_counter_marksWhatIsNotRemovedYet();
    void wholeDocument_changesTheView();
    void wholeDocument_otherOps_areRefused();
};

void TestEdit::replace_putsAllAndRemovesTheRest()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    const Document doc =
        applied({mutation(dot(1, 1), 1, {}, {PutOp{"a", 1}, PutOp{"b", 1}, AddOp{"tags", 1}, RemoveOp{"gone", {}}})}, policy);
    const std::vector<Op> expected = {RemoveOp{"b", {}}, RemoveOp{"tags", {}}, PutOp{"a", 1}, PutOp{"c", 2}};
    QVERIFY(replaceOps(doc, policy, {{"c", 2}, {"a", 1}}) == expected);
}

void TestEdit::replace_kindMismatch_isRefused()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    QVERIFY(reasonOf(replaceOps({}, policy, {{"visits", 2}})) == ErrorReason::FieldKindMismatch);
    QVERIFY(reasonOf(replaceOps({}, policy, {{"tags", 2}})) == ErrorReason::FieldKindMismatch);
}

void TestEdit::replace_doubleField_isRefused()
{
    QVERIFY(reasonOf(replaceOps({}, policyOf(ConflictRule::Merge), {{"a", 2}, {"b", 1}, {"a", 3}})) == ErrorReason::MalformedInput);
}

void TestEdit::erase_namesShownFieldsOfEveryKind()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    Document doc = applied({mutation(dot(1, 1), 1, {}, {PutOp{"a", Value()}, AddOp{"tags", 1}, IncrementOp{"visits", 4}}),
                            mutation(dot(2, 1), 1, {}, {IncrementOp{"visits", 3}})},
                           policy);
    const std::vector<Op> expected = {RemoveOp{"a", {}}, RemoveOp{"tags", {}},
                                      RemoveOp{"visits", {CounterMark{dot(1, 1), 4}, CounterMark{dot(2, 1), 3}}}};
    QVERIFY(eraseOps(doc, policy) == expected);
    Mutation erase = mutation(dot(2, 2), 5, {dot(1, 1), dot(2, 1)}, eraseOps(doc, policy));
    erase.scope = Scope::Document;
    QVERIFY(validate(erase, policy, Limits()));
    QVERIFY(exists(doc, policy));
    QVERIFY(apply(doc, erase, policy).wasApplied);
    QVERIFY(!exists(doc, policy));
    QVERIFY(shownFields(doc, policy).empty());
}

void TestEdit::erase_openConflictThatShowsNothing_isSettled()
{
    const Policy policy = policyOf(ConflictRule::Manual);
    const Document doc = applied({mutation(dot(1, 1), 9, {}, {RemoveOp{"a", {}}}), mutation(dot(2, 1), 1, {}, {PutOp{"a", 3}})}, policy);
    QVERIFY(eraseOps(doc, policy) == (std::vector<Op>{RemoveOp{"a", {}}}));
}

void TestEdit::erase_nothingShown_isEmpty()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    QVERIFY(eraseOps({}, policy).empty());
    QVERIFY(eraseOps(applied({mutation(dot(1, 1), 9, {}, {RemoveOp{"a", {}}})}, policy), policy).empty());
}

void TestEdit::remove_counter_marksWhatIsNotRemovedYet()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    Document doc;
    doc.at("visits").counter = {CounterEntry{device(1), 3, 7, 3, 7}, CounterEntry{device(2), 5, 2, 4, 1}};
    QVERIFY(removeOp(doc, policy, "visits") == (RemoveOp{"visits", {CounterMark{dot(2, 5), 2}}}));
    QVERIFY(removeOp(doc, policy, "absent") == (RemoveOp{"absent", {}}));
}

void TestEdit::wholeDocument_changesTheView()
{
    const Policy policy = policyOf(ConflictRule::LastWriter);
    const Document doc = applied({mutation(dot(1, 1), 1, {}, {PutOp{"a", 1}, PutOp{"b", 1}, PutOp{"c", 1}})}, policy);
    const Result<std::vector<Op>> ops = wholeDocumentOps(doc, policy, {PutOp{"b", 2}, RemoveOp{"c", {}}, PutOp{"0", 3}});
    const std::vector<Op> expected = {RemoveOp{"c", {}}, PutOp{"0", 3}, PutOp{"a", 1}, PutOp{"b", 2}};
    QVERIFY(ops == expected);
}

void TestEdit::wholeDocument_otherOps_areRefused()
{
    const Policy policy = policyOf(ConflictRule::LastWriter);
    QVERIFY(reasonOf(wholeDocumentOps({}, policy, {IncrementOp{"a", 1}})) == ErrorReason::FieldKindMismatch);
    QVERIFY(reasonOf(wholeDocumentOps({}, policy, {AddOp{"a", 1}})) == ErrorReason::FieldKindMismatch);
}

QTEST_APPLESS_MAIN(TestEdit)
#include "tst_edit.moc"
