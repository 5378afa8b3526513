// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "collapse.h"
#include "merge.h"
#include "sabotage.h"

#include <algorithm>

namespace Satchel::Core {

namespace {

/// One mutation on its way into one document, whose fields are all there already.
class Application {
public:
    Application(Document &doc, const Mutation &mutation, const Policy &policy)
        : m_doc(doc)
        , m_mutation(mutation)
        , m_policy(policy)
    {
    }

    void run(std::vector<Overwritten> &losers);

private:
    void makeFields();
    void dropEmptied();
    void run(const Op &op, FieldState &field);
    void write(FieldState &field, std::optional<Value> value);
    void remove(FieldState &field, const RemoveOp &op);
    void increment(FieldState &field, std::int64_t delta);
    void mark(FieldState &field, const CounterMark &mark);
    void add(FieldState &field, const Value &element);
    void discard(FieldState &field, const Value &element);

    void dropCovered(std::vector<Sibling> &siblings) const;
    void dropCovered(std::vector<Dot> &dots) const;

    Document &m_doc;
    const Mutation &m_mutation;
    const Policy &m_policy;
    bool m_hasEmptied = false;
};

std::vector<CounterEntry>::iterator placeOf(std::vector<CounterEntry> &entries, const DeviceId &device)
{
    return std::lower_bound(entries.begin(), entries.end(), device,
                            [](const CounterEntry &entry, const DeviceId &wanted) { return entry.device < wanted; });
}

std::vector<SetElement>::iterator placeOf(std::vector<SetElement> &elements, const Value &element)
{
    return std::lower_bound(elements.begin(), elements.end(), element,
                            [](const SetElement &present, const Value &wanted) { return present.element < wanted; });
}

bool hasName(const Document::Field &field, std::string_view name)
{
    return field.name == name;
}

void Application::dropCovered(std::vector<Sibling> &siblings) const
{
    std::erase_if(siblings, [this](const Sibling &sibling) { return m_mutation.context.covers(sibling.dot); });
}

void Application::dropCovered(std::vector<Dot> &dots) const
{
    std::erase_if(dots, [this](const Dot &dot) { return m_mutation.context.covers(dot); });
}

/// Makes the missing fields of many ops in one go: one by one, each would move all that follow it.
void Application::makeFields()
{
    const auto isOrdered = [](const Document::Field &a, const Document::Field &b) { return a.name < b.name; };
    const std::size_t before = m_doc.fields.size();
    for (const Op &op : m_mutation.ops) {
        const std::string &name = fieldOf(op);
        const auto end = m_doc.fields.begin() + static_cast<std::ptrdiff_t>(before);
        const auto it = std::lower_bound(m_doc.fields.begin(), end, name,
                                         [](const Document::Field &field, const std::string &wanted) { return field.name < wanted; });
        const bool isNew = it == end || !hasName(*it, name);
        // Ops that name a field twice (adds to a set) mostly follow each other.
        if (isNew && (m_doc.fields.size() == before || !hasName(m_doc.fields.back(), name)))
            m_doc.fields.push_back(Document::Field{name, {}});
    }
    const auto middle = m_doc.fields.begin() + static_cast<std::ptrdiff_t>(before);
    if (!std::is_sorted(middle, m_doc.fields.end(), isOrdered))
        std::sort(middle, m_doc.fields.end(), isOrdered);
    m_doc.fields.erase(std::unique(middle, m_doc.fields.end(), [](const auto &a, const auto &b) { return a.name == b.name; }),
                       m_doc.fields.end());
    std::inplace_merge(m_doc.fields.begin(), m_doc.fields.begin() + static_cast<std::ptrdiff_t>(before), m_doc.fields.end(), isOrdered);
}

/// Only what the mutation names: a document that also remembers other vanished fields keeps them.
void Application::dropEmptied()
{
    for (const Op &op : m_mutation.ops)
        m_doc.dropIfEmpty(fieldOf(op));
}

void Application::write(FieldState &field, std::optional<Value> value)
{
    std::vector<Sibling> &siblings = field.siblings;
    dropCovered(siblings);
    const auto place = std::lower_bound(siblings.begin(), siblings.end(), m_mutation.dot,
                                        [](const Sibling &sibling, const Dot &dot) { return sibling.dot < dot; });
    siblings.insert(place, Sibling{m_mutation.dot, m_mutation.stamp, std::move(value)});
}

void Application::mark(FieldState &field, const CounterMark &mark)
{
    const auto place = placeOf(field.counter, mark.dot.device);
    const bool isKnown = place != field.counter.end() && place->device == mark.dot.device;
    CounterMark seen = mark;
    if (mark.dot.device == m_mutation.dot.device) {
        // The writer has seen all of its own increments, and all of them that were accepted are here. Its own mark may also count
        // increments that were refused after it was made.
        if (!isKnown)
            return;
        seen.dot.counter = place->counter;
        seen.sum = place->sum;
    }
    CounterEntry &entry = isKnown ? *place : *field.counter.insert(place, CounterEntry{mark.dot.device, 0, 0, 0, 0});
    if (std::pair(entry.removedCounter, entry.removedSum) < std::pair(seen.dot.counter, seen.sum)) {
        entry.removedCounter = seen.dot.counter;
        entry.removedSum = seen.sum;
    }
}

void Application::remove(FieldState &field, const RemoveOp &op)
{
    if (m_policy.kindOf(op.field) == FieldKind::Register)
        write(field, std::nullopt);
    else
        dropCovered(field.siblings);
    for (const CounterMark &seen : op.observed)
        mark(field, seen);
    for (SetElement &element : field.elements)
        dropCovered(element.dots);
    std::erase_if(field.elements, [](const SetElement &element) { return element.dots.empty(); });
}

void Application::increment(FieldState &field, std::int64_t delta)
{
    auto place = placeOf(field.counter, m_mutation.dot.device);
    if (place == field.counter.end() || place->device != m_mutation.dot.device)
        place = field.counter.insert(place, CounterEntry{m_mutation.dot.device, 0, 0, 0, 0});
    place->counter = m_mutation.dot.counter;
    place->sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(place->sum) + static_cast<std::uint64_t>(delta));
}

void Application::add(FieldState &field, const Value &element)
{
    auto place = placeOf(field.elements, element);
    if (place == field.elements.end() || !(place->element == element))
        place = field.elements.insert(place, SetElement{element, {}});
    dropCovered(place->dots);
    place->dots.insert(std::upper_bound(place->dots.begin(), place->dots.end(), m_mutation.dot), m_mutation.dot);
}

void Application::discard(FieldState &field, const Value &element)
{
    const auto place = placeOf(field.elements, element);
    if (place == field.elements.end() || !(place->element == element))
        return;
    dropCovered(place->dots);
    if (place->dots.empty())
        field.elements.erase(place);
}

void Application::run(const Op &op, FieldState &field)
{
    if (const auto *put = std::get_if<PutOp>(&op))
        write(field, put->value);
    else if (const auto *removal = std::get_if<RemoveOp>(&op))
        remove(field, *removal);
    else if (const auto *step = std::get_if<IncrementOp>(&op))
        increment(field, step->delta);
    else if (const auto *addition = std::get_if<AddOp>(&op))
        add(field, addition->element);
    else
        discard(field, std::get<DiscardOp>(op).element);
}

void Application::run(std::vector<Overwritten> &losers)
{
    const bool isPerField = m_policy.conflict == ConflictRule::Merge;
    if (m_mutation.ops.size() > 1)
        makeFields();
    for (const Op &op : m_mutation.ops) {
        const std::string &name = fieldOf(op);
        FieldState &field = m_doc.at(name);
        run(op, field);
        if (isPerField && field.siblings.size() > 1 && m_policy.kindOf(name) == FieldKind::Register)
            collapseField(field, name, &losers);
        m_hasEmptied = m_hasEmptied || field.isEmpty();
    }
    if (m_policy.conflict == ConflictRule::LastWriter)
        collapseDocument(m_doc, &losers);
    else if (m_hasEmptied)
        dropEmptied();
}

}  // namespace

ApplyOutcome apply(Document &doc, const Mutation &mutation, const Policy &policy)
{
    if (doc.context.covers(mutation.dot) && !isSabotaged(Sabotage::SkipDotCheck))
        return {};
    ApplyOutcome outcome;
    outcome.wasApplied = true;
    Application(doc, mutation, policy).run(outcome.overwritten);
    // What the mutation had seen it replaced; only what it had not seen was overwritten.
    if (!outcome.overwritten.empty()) {
        std::erase_if(outcome.overwritten, [&mutation](const Overwritten &lost) {
            const Dot &other = lost.loser.dot == mutation.dot ? lost.winner.dot : lost.loser.dot;
            return mutation.context.covers(other);
        });
    }
    doc.context.add(mutation.dot);
    const WriteMark mark{mutation.stamp, mutation.dot};
    if (!doc.lastWrite || *doc.lastWrite < mark)
        doc.lastWrite = mark;
    return outcome;
}

}  // namespace Satchel::Core
