// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: a resolver is asked once for each set of candidates, and devices whose resolvers contradict each other stop after a few rounds.
// Method: two LiveStates, and a server that is one document. It takes what both have written before either sees the other's: the unluckiest
// network there is, every time.
#include "api/liverig.h"
#include "client/resolving.h"

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <functional>

using namespace Satchel;
using Satchel::Test::foreign;
using Satchel::Test::LiveRig;

namespace {

const char *const streaks = "streaks";
const char *const key = "a";
const QString collection = QStringLiteral("streaks");

Core::PolicySet customPolicies()
{
    Core::PolicySet set;
    set.insert(Test::policyOf(streaks, Core::ConflictRule::Custom));
    return set;
}

struct Device {
    Device(std::uint8_t number, ConflictResolver resolver)
        : rig(number)
        , resolving({{collection,
                      [this, resolver = std::move(resolver)](const Conflict &conflict) {
                          ++askedCount;
                          return resolver(conflict);
                      }}},
                    rig.live)
    {
        Sync::StoreChange change;
        change.policies = customPolicies();
        rig.live.apply(change);
    }

    /// Everything written and not yet taken by the server.
    std::vector<Core::Mutation> takeWrites()
    {
        std::vector<Core::Mutation> writes;
        while (rig.journal.unanswered() > 0) {
            writes.push_back(rig.journal.answer());
        }
        return writes;
    }

    void see(const Core::Document &document, std::uint64_t settledThrough = 0)
    {
        Sync::StoreChange change;
        change.bases.push_back({{streaks, key}, document});
        change.settledThrough = settledThrough;
        rig.live.apply(change);
        rig.live.flush();
    }

    [[nodiscard]] int openCount() const
    {
        int count = 0;
        rig.live.visitConflicts({}, [&](const Live::Entry &entry, const std::string &field, const Core::FieldState &state) {
            count += resolving.isLeftOpen(entry, field, state) ? 1 : 0;
        });
        return count;
    }

    LiveRig rig;
    int askedCount = 0;
    Resolving resolving;
};

/// Two devices with a write each that the server has, and that neither has seen of the other.
struct Pair {
    explicit Pair(const ConflictResolver &resolver)
        : one(1, resolver)
        , two(2, resolver)
    {
        one.rig.put(streaks, key, "x", 3);
        two.rig.put(streaks, key, "x", 7);
    }

    /// False if nobody has written anything: they have come to rest.
    bool exchange()
    {
        std::uint64_t through[] = {0, 0};
        bool hasWrites = false;
        for (Device *device : {&one, &two}) {
            for (const Core::Mutation &mutation : device->takeWrites()) {
                hasWrites = true;
                through[device == &one ? 0 : 1] = mutation.dot.counter;
                Core::apply(server, mutation, customPolicies().of(streaks));
            }
        }
        one.see(server, through[0]);
        two.see(server, through[1]);
        return hasWrites;
    }

    Device one;
    Device two;
    Core::Document server;
};

/// Two writes that contradict each other.
Core::Document conflictOf(std::uint64_t counter)
{
    Core::Document document;
    Core::Mutation other = foreign(streaks, key, counter, "x", "b");
    other.dot.device = Test::device(3);
    Core::apply(document, foreign(streaks, key, counter, "x", "a"), customPolicies().of(streaks));
    Core::apply(document, other, customPolicies().of(streaks));
    return document;
}

void expectWarning(const char *what)
{
    QTest::ignoreMessage(
        QtWarningMsg, QRegularExpression(
                          QStringLiteral("^The resolver of collection streaks leaves a conflict open: .*%1").arg(QLatin1StringView(what))));
}

}  // namespace

Q_DECLARE_METATYPE(Satchel::ConflictResolver)

class TestResolving : public QObject {
    Q_OBJECT
public:
    static void initMain()
    {
        // The warnings of resolvers are tested here; every other one fails the test by init().
        qunsetenv("QT_FATAL_WARNINGS");
    }
private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }
    void devices_resolvingAlike_restAfterOneRound();
    void devices_neverAlike_stopAfterSomeRounds_data();
    void devices_neverAlike_stopAfterSomeRounds();
    void candidates_declined_areAskedOnce();
    void resolution_refused_isNotTriedAgain();
    void resolution_notStored_isNotTriedAgain();
    void resolver_thatWrites_replacesNothingItHasNotSeen();
    void policy_becomingCustom_asks();
    void opening_asksAgain();
};

void TestResolving::devices_resolvingAlike_restAfterOneRound()
{
    Pair pair([](const Conflict &) { return Resolution::put(5); });
    QVERIFY(pair.exchange());  // the writes themselves
    QVERIFY(pair.exchange());  // what both resolvers answered
    QVERIFY(!pair.exchange());
    QCOMPARE(pair.one.askedCount + pair.two.askedCount, 2);
    QCOMPARE(pair.one.openCount() + pair.two.openCount(), 0);
    QCOMPARE(pair.server.find("x")->siblings.size(), 2U);
    QCOMPARE(pair.one.rig.shown(streaks, key), pair.two.rig.shown(streaks, key));
}

void TestResolving::devices_neverAlike_stopAfterSomeRounds_data()
{
    QTest::addColumn<ConflictResolver>("resolver");
    QTest::newRow("each its own") << ConflictResolver([](const Conflict &conflict) -> std::optional<Resolution> {
        for (const ConflictCandidate &candidate : conflict.candidates) {
            if (candidate.isThisDevice) {
                return Resolution::put(candidate.value);
            }
        }
        return std::nullopt;
    });
    QTest::newRow("always something new") << ConflictResolver([](const Conflict &) {
        static qlonglong last = 100;
        return Resolution::put(++last);
    });
}

void TestResolving::devices_neverAlike_stopAfterSomeRounds()
{
    QFETCH(ConflictResolver, resolver);
    Pair pair(resolver);
    expectWarning("keeps coming back");
    expectWarning("keeps coming back");
    int rounds = 0;
    while (pair.exchange()) {
        QVERIFY(++rounds < 20);
    }
    QCOMPARE(pair.one.askedCount, 1 + Resolving::comebacksMax);
    QCOMPARE(pair.two.askedCount, 1 + Resolving::comebacksMax);
    QCOMPARE(pair.one.openCount(), 1);
    QCOMPARE(pair.two.openCount(), 1);
}

void TestResolving::candidates_declined_areAskedOnce()
{
    Device device(1, [](const Conflict &) { return std::nullopt; });
    QSignalSpy changed(&device.resolving, &Resolving::openConflictsChanged);
    device.see(conflictOf(1));
    device.see(conflictOf(1));
    device.rig.put(streaks, key, "y", 1);
    device.rig.live.flush();
    QCOMPARE(device.askedCount, 1);
    QCOMPARE(device.openCount(), 1);
    QCOMPARE(changed.size(), 1);
    device.see(conflictOf(2));
    QCOMPARE(device.askedCount, 2);
    QCOMPARE(changed.size(), 2);
}

void TestResolving::resolution_refused_isNotTriedAgain()
{
    Device device(1, [](const Conflict &) { return Resolution::put(5); });
    QSignalSpy changed(&device.resolving, &Resolving::openConflictsChanged);
    device.see(conflictOf(1));
    QCOMPARE(device.openCount(), 0);
    QCOMPARE(changed.size(), 0);
    device.rig.refuse();
    QCOMPARE(device.openCount(), 1);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(device.askedCount, 1);
    // Nor after the next opening, as long as the refused write is kept.
    device.resolving.forget();
    device.resolving.run();
    QCOMPARE(device.askedCount, 1);
    QCOMPARE(device.openCount(), 1);
}

void TestResolving::resolution_notStored_isNotTriedAgain()
{
    Device device(1, [](const Conflict &) { return Resolution::removal(); });
    device.see(conflictOf(1));
    device.rig.journal.answer(
        Core::failure(Core::makeError(Core::ErrorCode::ResourceExhausted, Core::ErrorReason::StorageFull, "no space")));
    device.rig.live.flush();
    QCOMPARE(device.askedCount, 1);
    QCOMPARE(device.openCount(), 1);
}

void TestResolving::resolver_thatWrites_replacesNothingItHasNotSeen()
{
    std::function<void()> meddle;
    Device device(1, [&meddle](const Conflict &) {
        if (const auto once = std::exchange(meddle, nullptr)) {
            once();
        }
        return Resolution::put(5);
    });
    meddle = [&device] { device.rig.put(streaks, key, "x", 9); };
    device.see(conflictOf(1));
    device.rig.live.flush();
    QCOMPARE(device.rig.shown(streaks, key).value(QStringLiteral("x")).toInt(), 9);
    QCOMPARE(device.rig.journal.unanswered(), 1U);
}

void TestResolving::policy_becomingCustom_asks()
{
    Device device(1, [](const Conflict &) { return Resolution::put(5); });
    Core::PolicySet manual;
    manual.insert(Test::policyOf(streaks, Core::ConflictRule::Manual));
    Sync::StoreChange change;
    change.policies = manual;
    device.rig.live.apply(change);
    device.see(conflictOf(1));
    QCOMPARE(device.openCount(), 1);
    QCOMPARE(device.askedCount, 0);
    change.policies = customPolicies();
    device.rig.live.apply(change);
    QCOMPARE(device.askedCount, 1);
    QCOMPARE(device.openCount(), 0);
}

void TestResolving::opening_asksAgain()
{
    Device device(1, [](const Conflict &) { return std::nullopt; });
    device.see(conflictOf(1));
    device.resolving.forget();
    device.resolving.run();
    QCOMPARE(device.askedCount, 2);
    QCOMPARE(device.openCount(), 1);
}

QTEST_GUILESS_MAIN(TestResolving)
#include "tst_resolving.moc"
