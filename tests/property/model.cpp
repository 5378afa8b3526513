// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "model.h"

#include <algorithm>
#include <map>
#include <set>

namespace Satchel::Core::Testing {

namespace {

/// One op of one mutation of the set.
struct Done {
    std::size_t write;
    const Op *op;
};

std::int64_t plus(std::int64_t a, std::int64_t b)
{
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

bool contains(WriteSet set, std::size_t write)
{
    return (set >> write & 1U) != 0;
}

class Model {
public:
    Model(const History &history, WriteSet set)
        : m_history(history)
        , m_set(set)
    {
    }

    [[nodiscard]] std::map<std::string, std::vector<Done>> opsByField() const;
    [[nodiscard]] bool hasSeen(std::size_t later, std::size_t earlier) const { return contains(m_history.writes[later].past, earlier); }
    [[nodiscard]] std::vector<Sibling> siblings(const std::vector<Done> &ops) const;
    [[nodiscard]] std::vector<CounterEntry> counter(const std::vector<Done> &ops) const;
    [[nodiscard]] std::vector<SetElement> elements(const std::vector<Done> &ops) const;
    /// The greatest (stamp, dot) of the set.
    [[nodiscard]] std::optional<std::size_t> greatest() const;

private:
    const History &m_history;
    WriteSet m_set;
};

std::map<std::string, std::vector<Done>> Model::opsByField() const
{
    std::map<std::string, std::vector<Done>> ops;
    for (std::size_t i = 0; i < m_history.writes.size(); ++i) {
        if (!contains(m_set, i))
            continue;
        for (const Op &op : m_history.writes[i].mutation.ops)
            ops[fieldOf(op)].push_back(Done{i, &op});
    }
    return ops;
}

std::vector<Sibling> Model::siblings(const std::vector<Done> &ops) const
{
    std::vector<Sibling> alive;
    for (const Done &done : ops) {
        const bool isReplaced = std::any_of(ops.begin(), ops.end(), [&](const Done &other) { return hasSeen(other.write, done.write); });
        if (isReplaced)
            continue;
        const Mutation &m = m_history.writes[done.write].mutation;
        const auto *put = std::get_if<PutOp>(done.op);
        alive.push_back(Sibling{m.dot, m.stamp, put == nullptr ? std::nullopt : std::optional(put->value)});
    }
    const bool picksWinner = m_history.policy.conflict == ConflictRule::Merge;
    if (picksWinner && !alive.empty()) {
        alive = {*std::max_element(alive.begin(), alive.end(), [](const Sibling &a, const Sibling &b) {
            return a.stamp != b.stamp ? a.stamp < b.stamp : a.dot < b.dot;
        })};
    }
    std::sort(alive.begin(), alive.end(), [](const Sibling &a, const Sibling &b) { return a.dot < b.dot; });
    return alive;
}

std::vector<CounterEntry> Model::counter(const std::vector<Done> &ops) const
{
    std::map<DeviceId, CounterEntry> entries;
    for (const Done &done : ops) {
        const auto *step = std::get_if<IncrementOp>(done.op);
        if (step == nullptr)
            continue;
        const Dot &dot = m_history.writes[done.write].mutation.dot;
        CounterEntry &entry = entries[dot.device];
        entry.device = dot.device;
        entry.counter = dot.counter;
        entry.sum = plus(entry.sum, step->delta);
        const bool isRemoved = std::any_of(ops.begin(), ops.end(), [&](const Done &other) {
            return std::holds_alternative<RemoveOp>(*other.op) && hasSeen(other.write, done.write);
        });
        if (isRemoved) {
            entry.removedCounter = entry.counter;
            entry.removedSum = entry.sum;
        }
    }
    std::vector<CounterEntry> result;
    for (const auto &[device, entry] : entries)
        result.push_back(entry);
    return result;
}

std::vector<SetElement> Model::elements(const std::vector<Done> &ops) const
{
    std::map<Value, std::set<Dot>> alive;
    for (const Done &done : ops) {
        const auto *addition = std::get_if<AddOp>(done.op);
        if (addition == nullptr)
            continue;
        const bool isTakenBack = std::any_of(ops.begin(), ops.end(), [&](const Done &other) {
            const auto *again = std::get_if<AddOp>(other.op);
            const auto *discard = std::get_if<DiscardOp>(other.op);
            const bool isAbout = std::holds_alternative<RemoveOp>(*other.op) || (again != nullptr && again->element == addition->element) ||
                                 (discard != nullptr && discard->element == addition->element);
            return isAbout && hasSeen(other.write, done.write);
        });
        if (!isTakenBack)
            alive[addition->element].insert(m_history.writes[done.write].mutation.dot);
    }
    std::vector<SetElement> result;
    for (const auto &[element, dots] : alive)
        result.push_back(SetElement{element, {dots.begin(), dots.end()}});
    return result;
}

std::optional<std::size_t> Model::greatest() const
{
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < m_history.writes.size(); ++i) {
        if (!contains(m_set, i))
            continue;
        const Mutation &m = m_history.writes[i].mutation;
        if (!best || std::pair(m_history.writes[*best].mutation.stamp, m_history.writes[*best].mutation.dot) < std::pair(m.stamp, m.dot))
            best = i;
    }
    return best;
}

Sibling siblingOf(const Mutation &m, const Op &op)
{
    const auto *put = std::get_if<PutOp>(&op);
    return Sibling{m.dot, m.stamp, put == nullptr ? std::nullopt : std::optional(put->value)};
}

bool isRegisterOp(const Op &op, const Policy &policy)
{
    return policy.kindOf(fieldOf(op)) == FieldKind::Register;
}

}  // namespace

Document modelState(const History &history, WriteSet set)
{
    const Model model(history, set);
    Document doc;
    for (std::size_t i = 0; i < history.writes.size(); ++i) {
        if (contains(set, i))
            doc.context.add(history.writes[i].mutation.dot);
    }
    const std::optional<std::size_t> greatest = model.greatest();
    if (greatest)
        doc.lastWrite = WriteMark{history.writes[*greatest].mutation.stamp, history.writes[*greatest].mutation.dot};
    for (const auto &[field, ops] : model.opsByField()) {
        FieldState state;
        if (history.policy.conflict == ConflictRule::LastWriter) {
            for (const Done &done : ops) {
                if (done.write == greatest)
                    state.siblings.push_back(siblingOf(history.writes[done.write].mutation, *done.op));
            }
        } else if (history.policy.kindOf(field) == FieldKind::Counter) {
            state.counter = model.counter(ops);
        } else if (history.policy.kindOf(field) == FieldKind::Set) {
            state.elements = model.elements(ops);
        } else {
            state.siblings = model.siblings(ops);
        }
        if (!state.isEmpty())
            doc.fields.push_back(Document::Field{field, std::move(state)});
    }
    return doc;
}

std::vector<Overwritten> modelOverwritten(const History &history, WriteSet set, std::size_t next)
{
    std::vector<Overwritten> lost;
    if (history.policy.conflict == ConflictRule::Manual || history.policy.conflict == ConflictRule::Custom)
        return lost;
    const Model model(history, set);
    const Mutation &mutation = history.writes[next].mutation;
    const WriteMark mark{mutation.stamp, mutation.dot};
    const auto ops = model.opsByField();
    if (history.policy.conflict == ConflictRule::LastWriter) {
        const std::optional<std::size_t> before = model.greatest();
        if (!before || model.hasSeen(next, *before))
            return lost;
        const Mutation &other = history.writes[*before].mutation;
        const WriteMark otherMark{other.stamp, other.dot};
        const Mutation &loser = mark < otherMark ? mutation : other;
        for (const Op &op : loser.ops)
            lost.push_back(Overwritten{fieldOf(op), siblingOf(loser, op), std::max(mark, otherMark)});
    } else {
        for (const Op &op : mutation.ops) {
            const auto known = ops.find(fieldOf(op));
            if (known == ops.end() || !isRegisterOp(op, history.policy))
                continue;
            const Sibling other = model.siblings(known->second).front();
            const WriteMark otherMark{other.stamp, other.dot};
            if (mutation.context.covers(other.dot))
                continue;
            lost.push_back(Overwritten{fieldOf(op), mark < otherMark ? siblingOf(mutation, op) : other, std::max(mark, otherMark)});
        }
    }
    std::sort(lost.begin(), lost.end(), [](const Overwritten &a, const Overwritten &b) { return a.field < b.field; });
    return lost;
}

std::optional<std::int64_t> modelCounter(const History &history, WriteSet set, const std::string &field)
{
    std::optional<std::int64_t> total;
    for (std::size_t i = 0; i < history.writes.size(); ++i) {
        if (!contains(set, i))
            continue;
        for (const Op &op : history.writes[i].mutation.ops) {
            const auto *step = std::get_if<IncrementOp>(&op);
            if (step == nullptr || step->field != field)
                continue;
            bool isRemoved = false;
            for (std::size_t k = 0; k < history.writes.size(); ++k) {
                for (const Op &other : history.writes[k].mutation.ops) {
                    isRemoved = isRemoved || (contains(set, k) && contains(history.writes[k].past, i) && fieldOf(other) == field &&
                                              std::holds_alternative<RemoveOp>(other));
                }
            }
            if (!isRemoved)
                total = plus(total.value_or(0), step->delta);
        }
    }
    return total;
}

}  // namespace Satchel::Core::Testing
