// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: an app's resolver ends the conflicts of its collection, two devices that resolve at once come to rest, and a resolver that does not
// do its duty leaves the conflict to a person, never a loop.
// Method: two devices and a server in this process; links are cut so that both write, or both resolve, without knowing of each other.
#include "testing/twodevices.h"

#include <QPoint>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>
#include <QThread>

#include <stdexcept>

using namespace Satchel;
using Testing::TwoDevices;

namespace {

const QByteArray policies = R"({"version": 1, "collections": {"streaks": {"conflict": "custom"}, "notes": {"conflict": "manual"}}})";
const QString streaks = QStringLiteral("streaks");
const QString notes = QStringLiteral("notes");
const QString key = QStringLiteral("running");
const QString field = QStringLiteral("longest");

std::optional<Resolution> largest(const Conflict &conflict)
{
    qlonglong value = 0;
    for (const ConflictCandidate &candidate : conflict.candidates) {
        value = std::max(value, candidate.value.toLongLong());
    }
    return Resolution::put(value);
}

/// A resolver of both devices, which the test exchanges, and what it was asked.
struct Asked {
    ConflictResolver resolver = largest;
    QList<Conflict> conflicts;

    [[nodiscard]] TwoDevices::Adjust adjust()
    {
        return [this](ClientOptions &options, const QString &) {
            options.resolvers[streaks] = [this](const Conflict &conflict) {
                Q_ASSERT(QThread::currentThread() == QCoreApplication::instance()->thread());
                conflicts.append(conflict);
                return resolver(conflict);
            };
        };
    }
};

bool write(const std::unique_ptr<Client> &client, const QString &collection, const QVariant &value, const QString &at = key)
{
    return TwoDevices::await(client->collection(collection)->update(at, {{field, value}})).has_value();
}

/// Both write while they cannot see each other.
bool diverge(TwoDevices &devices, const QString &collection, const QVariant &ofA, const QVariant &ofB)
{
    devices.linkA().setUp(false);
    devices.linkB().setUp(false);
    const bool isWritten = write(devices.a, collection, ofA) && write(devices.b, collection, ofB);
    devices.linkA().setUp(true);
    devices.linkB().setUp(true);
    return isWritten && devices.sync();
}

/// Opens both again without a network: each works with what it has.
bool reopenApart(TwoDevices &devices)
{
    devices.linkA().setUp(false);
    devices.linkB().setUp(false);
    for (const auto &client : {devices.a.get(), devices.b.get()}) {
        client->close();
        if (!TwoDevices::await(client->open())) {
            return false;
        }
    }
    return true;
}

bool meet(TwoDevices &devices)
{
    devices.linkA().setUp(true);
    devices.linkB().setUp(true);
    return devices.sync() && devices.sync();
}

QVariant shown(const std::unique_ptr<Client> &client)
{
    return client->collection(streaks)->value(key, field);
}

void expectWarning(const char *what)
{
    const QString pattern = QStringLiteral("^The resolver of collection streaks leaves a conflict open: .*%1").arg(QLatin1StringView(what));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(pattern));
}

}  // namespace

class TestResolvers : public QObject {
    Q_OBJECT
public:
    static void initMain()
    {
        // The warnings of resolvers are what is tested here; all others fail the test by init().
        qunsetenv("QT_FATAL_WARNINGS");
    }
private Q_SLOTS:
    void init()
    {
        // Whether devices at odds get as far as the warning is up to chance; tst_resolving has it without.
        if (qstrcmp(QTest::currentTestFunction(), "devices_notResolvingAlike_comeToRest") != 0) {
            QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
        }
    }
    void conflict_isResolvedBeforeAnybodySeesIt();
    void conflict_ofManualCollection_isNotAsked();
    void conflict_sawRemoval_mayEndInRemoval();
    void devices_resolvingAlikeApart_comeToRest();
    void devices_notResolvingAlike_comeToRest();
    void sameValues_inLaterConflict_areResolvedAgain();
    void resolver_declining_leavesItOpenUntilCandidatesChange();
    void resolver_declinedBefore_isAskedAgainWhenOpened();
    void resolver_failing_declinesWithWarning_data();
    void resolver_failing_declinesWithWarning();
    void opening_withManyConflicts_resolvesAll();
    void equalValues_writtenApart_areNoConflict();
};

void TestResolvers::conflict_isResolvedBeforeAnybodySeesIt()
{
    Asked asked;
    TwoDevices devices(policies, asked.adjust());
    int seenOpen = 0;
    for (Client *client : {devices.a.get(), devices.b.get()}) {
        connect(client, &Client::conflictsChanged, this, [&seenOpen] { ++seenOpen; });
        connect(client->collection(streaks), &Collection::changed, this, [&, client] { seenOpen += int(client->conflicts().size()); });
    }
    QVERIFY(diverge(devices, streaks, 3, 7));
    QVERIFY(devices.sync());
    QCOMPARE(shown(devices.a), QVariant(qlonglong(7)));
    QVERIFY(devices.isEqual());
    QVERIFY(devices.a->conflicts().isEmpty() && devices.b->conflicts().isEmpty());
    QCOMPARE(seenOpen, 0);
    QVERIFY(!asked.conflicts.isEmpty());
    const Conflict &first = asked.conflicts.first();
    QCOMPARE(first.collection, streaks);
    QCOMPARE(first.key, key);
    QCOMPARE(first.field, field);
    QCOMPARE(first.candidates.size(), 2);
    QVERIFY(first.candidates[0].isProvisional);
}

void TestResolvers::conflict_ofManualCollection_isNotAsked()
{
    Asked asked;
    TwoDevices devices(policies, [&](ClientOptions &options, const QString &device) {
        asked.adjust()(options, device);
        options.resolvers[notes] = options.resolvers[streaks];
    });
    QVERIFY(diverge(devices, notes, 3, 7));
    QCOMPARE(devices.a->conflicts().size(), 1);
    QCOMPARE(devices.b->conflicts(notes).size(), 1);
    QVERIFY(asked.conflicts.isEmpty());
}

void TestResolvers::conflict_sawRemoval_mayEndInRemoval()
{
    Asked asked;
    asked.resolver = [](const Conflict &conflict) -> std::optional<Resolution> {
        const auto isRemoval = [](const ConflictCandidate &candidate) { return candidate.isRemoval; };
        const bool hasRemoval = std::any_of(conflict.candidates.begin(), conflict.candidates.end(), isRemoval);
        return hasRemoval ? std::optional(Resolution::removal()) : std::nullopt;
    };
    TwoDevices devices(policies, asked.adjust());
    QVERIFY(write(devices.a, streaks, 1));
    QVERIFY(devices.sync());
    devices.linkA().setUp(false);
    devices.linkB().setUp(false);
    QVERIFY(TwoDevices::await(devices.a->collection(streaks)->removeField(key, field)));
    QVERIFY(write(devices.b, streaks, 2));
    QVERIFY(meet(devices));
    QVERIFY(!devices.a->collection(streaks)->contains(key));
    QVERIFY(devices.isEqual());
    QVERIFY(devices.a->conflicts().isEmpty() && devices.b->conflicts().isEmpty());
}

void TestResolvers::devices_resolvingAlikeApart_comeToRest()
{
    Asked asked;
    asked.resolver = [](const Conflict &) { return std::nullopt; };
    TwoDevices devices(policies, asked.adjust());
    QVERIFY(diverge(devices, streaks, 3, 7));
    QCOMPARE(devices.a->conflicts().size(), 1);
    QCOMPARE(devices.b->conflicts().size(), 1);

    asked.resolver = largest;
    asked.conflicts.clear();
    QVERIFY(reopenApart(devices));
    QCOMPARE(asked.conflicts.size(), 2);
    QCOMPARE(devices.a->syncStatus()->pendingCount(), 1);
    QCOMPARE(devices.b->syncStatus()->pendingCount(), 1);
    QVERIFY(meet(devices));
    QCOMPARE(asked.conflicts.size(), 2);
    QCOMPARE(shown(devices.a), QVariant(qlonglong(7)));
    QVERIFY(devices.isEqual());
    QVERIFY(devices.a->conflicts().isEmpty() && devices.b->conflicts().isEmpty());
    QCOMPARE(devices.a->syncStatus()->pendingCount() + devices.b->syncStatus()->pendingCount(), 0);
}

void TestResolvers::devices_notResolvingAlike_comeToRest()
{
    Asked asked;
    asked.resolver = [](const Conflict &) {
        static qlonglong last = 100;
        return Resolution::put(++last);
    };
    TwoDevices devices(policies, asked.adjust());
    QVERIFY(diverge(devices, streaks, 3, 7));
    QVERIFY(reopenApart(devices));
    QVERIFY(meet(devices));
    QTRY_VERIFY(devices.sync() && devices.isEqual());
    QVERIFY(devices.a->syncStatus()->pendingCount() + devices.b->syncStatus()->pendingCount() == 0);
    QVERIFY2(asked.conflicts.size() <= 4 * (1 + 3), QByteArray::number(asked.conflicts.size()).constData());
}

void TestResolvers::sameValues_inLaterConflict_areResolvedAgain()
{
    Asked asked;
    TwoDevices devices(policies, asked.adjust());
    for (int round = 0; round < 6; ++round) {
        QVERIFY(diverge(devices, streaks, 3, 7));
        QVERIFY(devices.sync());
        QVERIFY(devices.a->conflicts().isEmpty() && devices.b->conflicts().isEmpty());
        QCOMPARE(shown(devices.a), QVariant(qlonglong(7)));
        QVERIFY(devices.isEqual());
    }
}

void TestResolvers::resolver_declining_leavesItOpenUntilCandidatesChange()
{
    Asked asked;
    asked.resolver = [](const Conflict &) { return std::nullopt; };
    TwoDevices devices(policies, asked.adjust());
    QSignalSpy changed(devices.a.get(), &Client::conflictsChanged);
    QVERIFY(diverge(devices, streaks, 3, 7));
    QCOMPARE(devices.a->conflicts().size(), 1);
    QVERIFY(!changed.isEmpty());
    const qsizetype before = asked.conflicts.size();
    QVERIFY(before <= 3);
    QVERIFY(devices.sync());
    QCOMPARE(asked.conflicts.size(), before);

    // A person decides on one device, and the other writes: that is another conflict.
    asked.resolver = largest;
    devices.linkA().setUp(false);
    devices.linkB().setUp(false);
    QVERIFY(TwoDevices::await(devices.a->resolve(streaks, key, field, 5)));
    QVERIFY(devices.a->conflicts().isEmpty());
    QVERIFY(write(devices.b, streaks, 9));
    QVERIFY(meet(devices));
    QVERIFY(asked.conflicts.size() > before);
    QCOMPARE(shown(devices.a), QVariant(qlonglong(9)));
    QVERIFY(devices.isEqual());
    QVERIFY(devices.a->conflicts().isEmpty() && devices.b->conflicts().isEmpty());
}

void TestResolvers::resolver_declinedBefore_isAskedAgainWhenOpened()
{
    Asked asked;
    asked.resolver = [](const Conflict &) { return std::nullopt; };
    TwoDevices devices(policies, asked.adjust());
    QVERIFY(diverge(devices, streaks, 3, 7));
    asked.resolver = largest;
    devices.linkA().setUp(false);
    devices.a->close();
    QVERIFY(TwoDevices::await(devices.a->open()));
    QVERIFY(devices.a->conflicts().isEmpty());
    QCOMPARE(shown(devices.a), QVariant(qlonglong(7)));
    QVERIFY(meet(devices));
    QVERIFY(devices.b->conflicts().isEmpty());
    QVERIFY(devices.isEqual());
}

void TestResolvers::resolver_failing_declinesWithWarning_data()
{
    QTest::addColumn<QVariant>("answer");
    QTest::addColumn<QByteArray>("warning");
    QTest::newRow("throws") << QVariant() << QByteArray("it threw$");
    QTest::newRow("no value of a field") << QVariant(QPoint(1, 2)) << QByteArray("not one that a field can hold$");
    QTest::newRow("too large") << QVariant(QString(8 << 20, u'x')) << QByteArray("refused by the limits$");
}

void TestResolvers::resolver_failing_declinesWithWarning()
{
    QFETCH(QVariant, answer);
    QFETCH(QByteArray, warning);
    Asked asked;
    asked.resolver = [&](const Conflict &) -> std::optional<Resolution> {
        if (!answer.isValid()) {
            throw std::runtime_error("of the app");
        }
        return Resolution::put(answer);
    };
    // One on each device, however many conflicts there are.
    expectWarning(warning.constData());
    expectWarning(warning.constData());
    TwoDevices devices(policies, asked.adjust());
    QVERIFY(diverge(devices, streaks, 3, 7));
    QVERIFY(devices.sync());
    QCOMPARE(devices.a->conflicts().size(), 1);
    QCOMPARE(devices.b->conflicts().size(), 1);
    QCOMPARE(devices.a->syncStatus()->pendingCount(), 0);
    QVERIFY(TwoDevices::await(devices.a->resolve(streaks, key, field, 1)));
    QVERIFY(devices.sync());
    QVERIFY(devices.b->conflicts().isEmpty());
}

void TestResolvers::opening_withManyConflicts_resolvesAll()
{
    constexpr int count = 600;
    Asked asked;
    asked.resolver = [](const Conflict &) { return std::nullopt; };
    TwoDevices devices(policies, asked.adjust());
    devices.linkA().setUp(false);
    devices.linkB().setUp(false);
    for (int i = 0; i < count; ++i) {
        ignore(devices.a->collection(streaks)->update(QString::number(i), {{field, i}}), "synced below");
        ignore(devices.b->collection(streaks)->update(QString::number(i), {{field, i + 1}}), "synced below");
    }
    QVERIFY(meet(devices));
    QCOMPARE(devices.a->conflicts().size(), count);
    asked.resolver = largest;
    asked.conflicts.clear();
    QVERIFY(reopenApart(devices));
    QVERIFY(devices.a->conflicts().isEmpty());
    QTRY_COMPARE(asked.conflicts.size(), 2 * count);
    QVERIFY(meet(devices));
    QCOMPARE(asked.conflicts.size(), 2 * count);
    QVERIFY(devices.isEqual());
    QVERIFY(devices.a->conflicts().isEmpty() && devices.b->conflicts().isEmpty());
}

void TestResolvers::equalValues_writtenApart_areNoConflict()
{
    TwoDevices devices(policies);
    QVERIFY(diverge(devices, notes, 5, 5));
    QVERIFY(devices.a->conflicts().isEmpty() && devices.b->conflicts().isEmpty());
    QVERIFY(devices.isEqual());
}

QTEST_GUILESS_MAIN(TestResolvers)
#include "tst_resolvers.moc"
