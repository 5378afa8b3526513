// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "history.h"

#include <algorithm>
#include <array>
#include <map>
#include <sstream>

namespace Satchel::Core::Testing {

namespace {

constexpr std::size_t writesMax = 20;
constexpr std::array<const char *, 4> fieldNames = {"color", "size", "visits", "tags"};
constexpr std::array<std::int64_t, 4> skewsMs = {0, 40, -30, 0};

/// Makes a history step by step.
class Simulation {
public:
    Simulation(Rules rules, std::size_t deviceCount)
        : m_clocks(deviceCount)
        , m_counters(deviceCount, 0)
    {
        m_history.rules = rules;
        m_history.policy = policyOf(rules);
        m_history.known.assign(deviceCount, 0);
    }

    void step(std::uint32_t word);
    [[nodiscard]] History take() { return std::move(m_history); }

private:
    void write(std::size_t device, Digits &digits);
    void learn(std::size_t device, WriteSet news);
    [[nodiscard]] const Mutation *lastWrite(WriteSet set) const;

    History m_history;
    std::vector<HlcClock> m_clocks;
    std::vector<std::uint64_t> m_counters;
    std::int64_t m_nowMs = 1000;
};

void Simulation::step(std::uint32_t word)
{
    Digits digits(word);
    const std::size_t device = digits.take(static_cast<std::uint32_t>(m_clocks.size()));
    const std::uint32_t action = digits.take(8);
    if (action < 5) {
        if (m_history.writes.size() < writesMax)
            write(device, digits);
        return;
    }
    const std::size_t other = digits.take(static_cast<std::uint32_t>(m_clocks.size()));
    if (action < 7 && !m_history.writes.empty()) {
        // One write that the other has, with all that it rests on.
        const std::size_t picked = digits.take(static_cast<std::uint32_t>(m_history.writes.size()));
        const WriteSet bit = WriteSet{1} << picked;
        if ((m_history.known[other] & bit) != 0)
            learn(device, m_history.writes[picked].past | bit);
        return;
    }
    learn(device, m_history.known[other]);
}

void Simulation::learn(std::size_t device, WriteSet news)
{
    for (std::size_t i = 0; i < m_history.writes.size(); ++i) {
        if ((news >> i & 1U) != 0)
            m_clocks[device].observe(m_history.writes[i].mutation.stamp);
    }
    m_history.known[device] |= news;
}

const Mutation *Simulation::lastWrite(WriteSet set) const
{
    const Mutation *last = nullptr;
    for (std::size_t i = 0; i < m_history.writes.size(); ++i) {
        const Mutation &candidate = m_history.writes[i].mutation;
        if ((set >> i & 1U) != 0 && (last == nullptr || std::pair(last->stamp, last->dot) < std::pair(candidate.stamp, candidate.dot)))
            last = &candidate;
    }
    return last;
}

void Simulation::write(std::size_t device, Digits &digits)
{
    const WriteSet seen = m_history.known[device];
    const Mutation *expected = lastWrite(seen);
    if (m_history.rules == Rules::Strong && expected != lastWrite(m_history.all())) {
        // The server would refuse it; what the device does instead is look.
        learn(device, m_history.all());
        return;
    }
    // Time often stands still, so that stamps tie; and a wall clock may jump back.
    m_nowMs += digits.take(3) / 2;
    const std::int64_t jumpMs = digits.take(4) == 0 ? -500 : 0;
    Written made;
    made.past = seen;
    m_counters[device] += 1 + digits.take(2);
    Mutation &mutation = made.mutation;
    mutation.dot = Dot{deviceOf(device), m_counters[device]};
    mutation.stamp = m_clocks[device].tick(std::chrono::milliseconds(m_nowMs + skewsMs[device % skewsMs.size()] + jumpMs));
    mutation.document = DocumentId{"preferences", "theme"};
    for (std::size_t i = 0; i < m_history.writes.size(); ++i) {
        if ((seen >> i & 1U) != 0)
            mutation.context.add(m_history.writes[i].mutation.dot);
    }
    mutation.ops = makeOps(m_history.rules, digits, static_cast<std::int64_t>(m_history.writes.size()));
    markCounters(mutation.ops, m_history.writes, seen);
    if (m_history.rules == Rules::LastWriter)
        mutation.scope = Scope::Document;
    if (m_history.rules == Rules::Strong)
        mutation.expected = Expectation{expected == nullptr ? std::nullopt : std::optional(expected->dot)};
    m_history.known[device] |= WriteSet{1} << m_history.writes.size();
    m_history.writes.push_back(std::move(made));
}

void addOps(std::vector<Op> &ops, const char *field, FieldKind kind, Digits &digits, std::int64_t value)
{
    const std::uint32_t choice = digits.take(4);
    if (kind == FieldKind::Counter) {
        if (choice == 0)
            ops.emplace_back(RemoveOp{field, {}});
        else
            ops.emplace_back(IncrementOp{field, choice == 1 ? INT64_MAX : value - 3});
    } else if (kind == FieldKind::Set) {
        const Value element(static_cast<std::int64_t>(digits.take(2)));
        if (choice == 0)
            ops.emplace_back(RemoveOp{field, {}});
        else if (choice == 1)
            ops.emplace_back(DiscardOp{field, element});
        else
            ops.emplace_back(AddOp{field, element});
        if (choice == 3)
            ops.emplace_back(DiscardOp{field, Value("other")});
        else if (choice == 2)
            ops.emplace_back(AddOp{field, Value("other")});
    } else if (choice == 0) {
        ops.emplace_back(RemoveOp{field, {}});
    } else {
        ops.emplace_back(PutOp{field, Value(value)});
    }
}

}  // namespace

History makeHistory(Rules rules, const std::vector<std::uint32_t> &script)
{
    Simulation simulation(rules, script.empty() ? 2 : 2 + script.front() % 3);
    for (std::size_t i = 1; i < script.size(); ++i)
        simulation.step(script[i]);
    return simulation.take();
}

std::vector<Op> makeOps(Rules rules, Digits &digits, std::int64_t value)
{
    const Policy policy = policyOf(rules);
    std::vector<Op> ops;
    const std::uint32_t first = digits.take(4);
    // One field, two, or (an erase or replace) all of them.
    const std::uint32_t count = std::array<std::uint32_t, 4>{1, 1, 2, 4}[digits.take(4)];
    for (std::uint32_t i = 0; i < count; ++i) {
        const char *field = fieldNames[(first + i) % fieldNames.size()];
        addOps(ops, field, policy.kindOf(field), digits, value);
    }
    return ops;
}

void markCounters(std::vector<Op> &ops, const std::vector<Written> &writes, WriteSet seen)
{
    for (Op &op : ops) {
        auto *removal = std::get_if<RemoveOp>(&op);
        if (removal == nullptr)
            continue;
        std::map<DeviceId, CounterMark> marks;
        for (std::size_t i = 0; i < writes.size(); ++i) {
            if ((seen >> i & 1U) == 0)
                continue;
            for (const Op &earlier : writes[i].mutation.ops) {
                const auto *step = std::get_if<IncrementOp>(&earlier);
                if (step == nullptr || step->field != removal->field)
                    continue;
                CounterMark &mark = marks[writes[i].mutation.dot.device];
                mark.dot = writes[i].mutation.dot;
                mark.sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(mark.sum) + static_cast<std::uint64_t>(step->delta));
            }
        }
        for (const auto &[device, mark] : marks)
            removal->observed.push_back(mark);
    }
}

std::vector<std::size_t> causalOrder(const History &history, WriteSet set, std::uint32_t seed)
{
    std::vector<std::size_t> order;
    WriteSet done = 0;
    while (done != set) {
        std::vector<std::size_t> ready;
        for (std::size_t i = 0; i < history.writes.size(); ++i) {
            const WriteSet bit = WriteSet{1} << i;
            if ((set & bit) != 0 && (done & bit) == 0 && (history.writes[i].past & ~done) == 0)
                ready.push_back(i);
        }
        seed = seed * 1664525U + 1013904223U;
        const std::size_t next = ready[(seed >> 16U) % ready.size()];
        done |= WriteSet{1} << next;
        order.push_back(next);
    }
    return order;
}

Policy policyOf(Rules rules)
{
    Policy policy;
    policy.collection = "preferences";
    switch (rules) {
    case Rules::Merge:
        policy.conflict = ConflictRule::Merge;
        break;
    case Rules::LastWriter:
        policy.conflict = ConflictRule::LastWriter;
        return policy;
    case Rules::Manual:
        policy.conflict = ConflictRule::Manual;
        break;
    case Rules::Custom:
        policy.conflict = ConflictRule::Custom;
        break;
    case Rules::Strong:
        policy.consistency = Consistency::Strong;
        break;
    }
    policy.fieldKinds = {{"visits", FieldKind::Counter}, {"tags", FieldKind::Set}};
    return policy;
}

DeviceId deviceOf(std::size_t number)
{
    DeviceId id;
    id.bytes.front() = static_cast<std::uint8_t>(number + 1);
    return id;
}

std::string describe(const History &history)
{
    std::ostringstream out;
    for (std::size_t i = 0; i < history.writes.size(); ++i) {
        const Mutation &m = history.writes[i].mutation;
        out << '#' << i << " device " << int(m.dot.device.bytes.front()) << " counter " << m.dot.counter << " stamp "
            << m.stamp.milliseconds() << '.' << m.stamp.logical() << " seen " << std::hex << history.writes[i].past << std::dec << ':';
        static constexpr std::array<const char *, 5> verbs = {"put", "remove", "increment", "add", "discard"};
        for (const Op &op : m.ops)
            out << ' ' << verbs[op.index()] << ' ' << fieldOf(op);
        out << '\n';
    }
    for (std::size_t i = 0; i < history.known.size(); ++i)
        out << "device " << i + 1 << " knows " << std::hex << history.known[i] << std::dec << '\n';
    return out.str();
}

}  // namespace Satchel::Core::Testing
