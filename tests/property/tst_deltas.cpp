// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// Goal: devices that push to a server's log, get their stamps settled and pull field deltas end up with the server's state, and a settled
// log gives one state in any causal order. Method: random pushes and pulls of 2 to 4 devices, some with a clock that is years ahead.

#include "check.h"
#include "core/merge.h"
#include "model.h"

#include <QTest>

#include <algorithm>
#include <deque>
#include <map>

using namespace Satchel::Core;
using namespace Satchel::Core::Testing;

namespace {

using Script = std::vector<std::uint32_t>;

constexpr std::chrono::milliseconds aheadMax(60);

/// A server with one document, and devices that know of each other through it only.
class Star {
public:
    Star(Rules rules, std::size_t deviceCount)
        : m_devices(deviceCount)
    {
        m_log.rules = rules;
        m_log.policy = policyOf(rules);
        m_log.known.assign(deviceCount, 0);
    }

    void step(std::uint32_t word);
    void pull(std::size_t device);
    void push(std::size_t device);
    [[nodiscard]] std::size_t deviceCount() const { return m_devices.size(); }
    [[nodiscard]] const Document &base(std::size_t device) const { return m_devices[device].base; }
    [[nodiscard]] const Document &server() const { return m_server; }
    [[nodiscard]] const History &log() const { return m_log; }

private:
    struct Device {
        Document base;
        WriteSet known = 0;
        std::size_t cursor = 0;
        std::uint64_t counter = 0;
        HlcClock clock;
        std::deque<Mutation> pending;
    };

    void write(Device &device, std::size_t number, Digits &digits);
    [[nodiscard]] Document deltaSince(std::size_t cursor) const;

    History m_log;
    Document m_server;
    std::map<std::string, std::size_t> m_fieldSeqs;
    HlcClock m_serverClock;
    std::vector<Device> m_devices;
    std::int64_t m_nowMs = 1000;
};

void Star::step(std::uint32_t word)
{
    Digits digits(word);
    const std::size_t number = digits.take(static_cast<std::uint32_t>(m_devices.size()));
    const std::uint32_t action = digits.take(8);
    if (action < 4 && m_log.writes.size() < 20)
        write(m_devices[number], number, digits);
    else if (action < 6)
        push(number);
    else
        pull(number);
}

void Star::write(Device &device, std::size_t number, Digits &digits)
{
    m_nowMs += digits.take(2);
    // The first device's clock is ahead within what the server tolerates, the second's far ahead, the third's in 1970.
    const std::int64_t skewMs = number == 0 ? 50 : (number == 1 ? 1'000'000 : (number == 2 ? -m_nowMs : 0));
    Document view = device.base;
    for (const Mutation &earlier : device.pending)
        (void)apply(view, earlier, m_log.policy);
    Mutation m;
    m.dot = Dot{deviceOf(number), ++device.counter};
    m.stamp = device.clock.tick(std::chrono::milliseconds(m_nowMs + skewMs));
    m.document = DocumentId{"preferences", "theme"};
    m.context = view.context;
    m.ops = makeOps(m_log.rules, digits, static_cast<std::int64_t>(device.counter + 100 * number));
    std::vector<Written> seen;
    for (std::size_t i = 0; i < m_log.writes.size(); ++i) {
        if ((device.known >> i & 1U) != 0)
            seen.push_back(m_log.writes[i]);
    }
    for (const Mutation &earlier : device.pending)
        seen.push_back(Written{earlier, 0});
    markCounters(m.ops, seen, (WriteSet{1} << seen.size()) - 1);
    device.pending.push_back(std::move(m));
}

void Star::push(std::size_t number)
{
    Device &device = m_devices[number];
    while (!device.pending.empty() && m_log.writes.size() < 24) {
        Written accepted{std::move(device.pending.front()), 0};
        device.pending.pop_front();
        Mutation &m = accepted.mutation;
        m.stamp = settleStamp(m_server, m, m_serverClock.tick(std::chrono::milliseconds(m_nowMs)), aheadMax);
        for (std::size_t i = 0; i < m_log.writes.size(); ++i) {
            if (m.context.covers(m_log.writes[i].mutation.dot))
                accepted.past |= WriteSet{1} << i;
        }
        (void)apply(m_server, m, m_log.policy);
        // The acknowledgement, with the settled stamp.
        (void)apply(device.base, m, m_log.policy);
        device.known |= WriteSet{1} << m_log.writes.size();
        m_log.writes.push_back(std::move(accepted));
        for (const Op &op : m_log.writes.back().mutation.ops)
            m_fieldSeqs[fieldOf(op)] = m_log.writes.size();
    }
}

Document Star::deltaSince(std::size_t cursor) const
{
    Document delta;
    delta.context = m_server.context;
    delta.lastWrite = m_server.lastWrite;
    // A field that has vanished since is named too, with nothing in it.
    for (const auto &[name, seq] : m_fieldSeqs) {
        const FieldState *state = m_server.find(name);
        if (seq > cursor)
            delta.fields.push_back(Document::Field{name, state == nullptr ? FieldState() : *state});
    }
    return delta;
}

void Star::pull(std::size_t number)
{
    Device &device = m_devices[number];
    const std::size_t head = m_log.writes.size();
    bool hasOthers = false;
    for (std::size_t i = device.cursor; i < head; ++i)
        hasOthers = hasOthers || m_log.writes[i].mutation.dot.device != deviceOf(number);
    // What is only its own is not sent back.
    if (hasOthers)
        mergeDelta(device.base, deltaSince(device.cursor), m_log.policy);
    device.cursor = head;
    device.known = m_log.all();
    // The third device ignores what it reads, so that its stamps contradict causality until the server settles them.
    if (m_server.lastWrite && number != 2)
        device.clock.observe(m_server.lastWrite->stamp);
}

Star play(Rules rules, const Script &script)
{
    Star star(rules, script.empty() ? 2 : 2 + script.front() % 3);
    for (std::size_t i = 1; i < script.size(); ++i)
        star.step(script[i]);
    return star;
}

}  // namespace

class TestDeltas : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { prepareChecks(); }
    void pull_fieldDeltas_giveTheServersState_data() { addLogRows(); }
    void pull_fieldDeltas_giveTheServersState();
    void settledLog_anyCausalOrder_givesOneState_data() { addLogRows(); }
    void settledLog_anyCausalOrder_givesOneState();

private:
    /// Strong is left out: its devices do not write on their own.
    static void addLogRows()
    {
        QTest::addColumn<int>("rules");
        QTest::newRow("merge") << int(Rules::Merge);
        QTest::newRow("last_writer") << int(Rules::LastWriter);
        QTest::newRow("manual") << int(Rules::Manual);
        QTest::newRow("custom") << int(Rules::Custom);
    }
};

void TestDeltas::pull_fieldDeltas_giveTheServersState()
{
    QFETCH(int, rules);
    QVERIFY(holds("Field deltas along a log give the full state", [rules](const Script &script, std::uint32_t) {
        Star star(static_cast<Rules>(rules), script.empty() ? 2 : 2 + script.front() % 3);
        for (std::size_t i = 1; i < script.size(); ++i) {
            star.step(script[i]);
            const std::size_t device = script[i] % star.deviceCount();
            if (script[i] / star.deviceCount() % 8 >= 6)
                require(star.base(device) == star.server(), "after a pull the device has another state", star.log());
        }
        for (std::size_t device = 0; device < star.deviceCount(); ++device)
            star.push(device);
        for (std::size_t device = 0; device < star.deviceCount(); ++device) {
            star.pull(device);
            require(star.base(device) == star.server(), "at the end a device has another state", star.log());
        }
        require(star.server() == modelState(star.log(), star.log().all()), "the server has another state than the model", star.log());
    }));
}

void TestDeltas::settledLog_anyCausalOrder_givesOneState()
{
    QFETCH(int, rules);
    QVERIFY(holds("A settled log gives one state in any causal order", [rules](const Script &script, std::uint32_t dice) {
        const Star star = play(static_cast<Rules>(rules), script);
        const History &log = star.log();
        for (WriteSet prefix = log.all();; prefix >>= 1U) {
            Document doc;
            for (const std::size_t i : causalOrder(log, prefix, dice))
                (void)apply(doc, log.writes[i].mutation, log.policy);
            require(doc == modelState(log, prefix), "a prefix of the log gives another state", log);
            if (prefix == 0)
                break;
        }
    }));
}

QTEST_APPLESS_MAIN(TestDeltas)
#include "tst_deltas.moc"
