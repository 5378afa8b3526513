// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: a server that has lost the end of its log takes it back from devices, once, and only from those that it concerns.
// Method: devices that speak frames over real sockets; a server with an empty store plays the restored one, since all it lacks is more.

#include "serverrig.h"

#include "core/merge.h"
#include "core/view.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <map>

using namespace Satchel;
using namespace Satchel::Test;

class TestRecovery : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void hello_ofAnotherEpoch_goesOnAtTheSettledCounter();
    void hello_ofAnotherEpochAgain_isTakenWithTheOldLease();
    void recover_lostDocument_reachesOtherDevices();
    void recover_twice_changesNothing();
    void recover_byTwoDevices_joinsWhatEachHas();
    void recover_vanishedElement_vanishesWhereItWasOlder();
    void recover_withoutAnotherEpoch_isRefused();
    void recover_afterPush_isRefused();
    void recover_documentThatIsNotWhole_isRefusedAlone_data();
    void recover_documentThatIsNotWhole_isRefusedAlone();
    void recover_loserOfARule_isListed();
    void push_acceptedInTheFormerEpoch_isNotAppliedAgain();
    void push_seeingDotsOfAnAbsentDevice_isAccepted();
    void push_nameThatWasBroughtBack_isDeviceCloned();
    void snapshot_ofManyPages_hasOlderFieldsOfYoungerDocuments();

private:
    Server::ServerOptions options();
    QTemporaryDir m_folder;
};

namespace {

constexpr std::uint64_t otherEpoch = 99;

Core::Policy policy()
{
    Core::Policy out;
    out.collection = "progress";
    out.fieldKinds = {{"steps", Core::FieldKind::Counter}, {"badges", Core::FieldKind::Set}};
    return out;
}

/// A device with a life behind it: what it wrote was acknowledged by a server that is no more.
class FormerDevice : public WebSocketDevice {
public:
    using WebSocketDevice::WebSocketDevice;

    void write(std::vector<Core::Op> ops, bool isAnswered = true)
    {
        const Core::Mutation made = mutationOf(std::move(ops));
        Core::apply(document, made, policy());
        settled = isAnswered ? counter : settled;
        cursor = {otherEpoch, 50};
        lease = "lease of another server";
        history.push_back(made);
    }
    Core::Mutation mutationOf(std::vector<Core::Op> ops)
    {
        Core::Mutation made = mutation("progress", "anna", std::move(ops));
        made.context = document.context;
        return made;
    }
    std::optional<Wire::Recovered> recover()
    {
        send(Wire::Recover{++m_recoverId, {{{"progress", "anna"}, 0, document}}, false});
        return await<Wire::Recovered>();
    }

    Core::Document document;
    std::vector<Core::Mutation> history;

private:
    std::uint64_t m_recoverId = 0;
};

Core::Op step(std::int64_t by)
{
    return Core::IncrementOp{"steps", by};
}

/// The document as a device that has nothing reads it.
std::optional<Core::Document> read(ServerRig &rig)
{
    static std::uint8_t next = 100;
    WebSocketDevice reader(next++);
    if (!reader.open(rig.url(), rig.token())) {
        return std::nullopt;
    }
    const auto changes = reader.await<Wire::Changes>();
    return changes && changes->documents.size() == 1 ? std::optional(changes->documents.front().state) : std::nullopt;
}

std::int64_t stepsOf(const std::optional<Core::Document> &document)
{
    const Core::FieldState *state = document ? document->find("steps") : nullptr;
    const auto shown = state != nullptr ? Core::shownValue(*state, Core::FieldKind::Counter) : std::nullopt;
    return shown && shown->as<std::int64_t>() != nullptr ? *shown->as<std::int64_t>() : -1;
}

Core::ErrorReason endReason(WebSocketDevice &device)
{
    const auto error = device.await<Wire::SessionError>();
    return error ? error->error.reason : Core::ErrorReason::None;
}

}  // namespace

Server::ServerOptions TestRecovery::options()
{
    QFile file(m_folder.filePath(QStringLiteral("policies.json")));
    if (file.open(QIODevice::WriteOnly)) {
        file.write(R"({"version": 1, "collections": {"progress": {"fields": {"steps": "counter", "badges": "set"}}}})");
    }
    Server::ServerOptions out;
    out.policyFile = file.fileName().toStdString();
    return out;
}

void TestRecovery::hello_ofAnotherEpoch_goesOnAtTheSettledCounter()
{
    ServerRig rig(options());
    QCOMPARE(rig.start(), QString());
    FormerDevice device(1);
    device.write({step(1)});
    device.write({step(1)});
    device.write({step(1)}, false);
    QVERIFY(device.open(rig.url(), rig.token()));
    QCOMPARE(device.welcome->resume, Wire::Resume::Snapshot);
    QCOMPARE(device.welcome->snapshotReason, Wire::SnapshotReason::EpochChanged);
    QCOMPARE(device.welcome->acceptedThrough, 2U);
}

void TestRecovery::hello_ofAnotherEpochAgain_isTakenWithTheOldLease()
{
    ServerRig rig(options());
    QCOMPARE(rig.start(), QString());
    FormerDevice device(1);
    device.write({step(1)});
    for (int i = 0; i < 3; ++i) {
        // The Welcome is lost, and with it the new lease.
        device.cursor = {otherEpoch, 50};
        device.lease = "lease of another server";
        QVERIFY(device.open(rig.url(), rig.token()));
        QCOMPARE(device.welcome->acceptedThrough, 1U);
        device.close();
        QVERIFY(device.awaitClosed());
    }
    FormerDevice copy(1);
    copy.write({step(1)});
    copy.lease = "lease of a copy";
    QVERIFY(copy.connectTo(rig.url(), rig.token()));
    copy.send(copy.hello());
    QCOMPARE(endReason(copy), Core::ErrorReason::DeviceCloned);
}

void TestRecovery::recover_lostDocument_reachesOtherDevices()
{
    ServerRig rig(options());
    QCOMPARE(rig.start(), QString());
    WebSocketDevice other(2);
    QVERIFY(other.open(rig.url(), rig.token()));
    WebSocketDevice stranger(3);
    QVERIFY(stranger.open(rig.url(), rig.token("bob")));
    FormerDevice device(1);
    device.write({step(3)});
    device.write({step(4)});
    QVERIFY(device.open(rig.url(), rig.token()));
    const auto recovered = device.recover();
    QVERIFY(recovered);
    QCOMPARE(recovered->healed, 1U);
    QVERIFY(recovered->refusals.empty());
    const auto changes = other.await<Wire::Changes>();
    QVERIFY(changes);
    QCOMPARE(changes->documents.front().state, device.document);
    QVERIFY(!stranger.await<Wire::Changes>(100));
    const auto pushed = device.push({device.mutationOf({step(5)})});
    QVERIFY(pushed && pushed->settled.empty());
    QCOMPARE(pushed->acceptedThrough, 3U);
    QCOMPARE(stepsOf(read(rig)), 12);
}

void TestRecovery::recover_twice_changesNothing()
{
    ServerRig rig(options());
    QCOMPARE(rig.start(), QString());
    FormerDevice device(1);
    device.write({step(3)});
    QVERIFY(device.open(rig.url(), rig.token()));
    QVERIFY(device.recover());
    device.close();  // The answer was lost.
    QVERIFY(device.awaitClosed());
    QVERIFY(device.open(rig.url(), rig.token()));
    QCOMPARE(device.welcome->head, 1U);
    const auto again = device.recover();
    QVERIFY(again);
    QCOMPARE(again->healed, 0U);
    device.close();
    QVERIFY(device.awaitClosed());
    QVERIFY(device.open(rig.url(), rig.token()));
    QCOMPARE(device.welcome->head, 1U);
    QCOMPARE(stepsOf(read(rig)), 3);
}

void TestRecovery::recover_byTwoDevices_joinsWhatEachHas()
{
    ServerRig rig(options());
    QCOMPARE(rig.start(), QString());
    FormerDevice a(1);
    FormerDevice b(2);
    a.write({step(3)});
    Core::apply(b.document, a.history.front(), policy());
    b.write({step(10)});
    a.write({step(4)});
    QVERIFY(b.open(rig.url(), rig.token()));
    QVERIFY(b.recover());
    QVERIFY(a.open(rig.url(), rig.token()));
    const auto snapshot = a.await<Wire::Changes>();
    QVERIFY(snapshot);
    QCOMPARE(stepsOf(snapshot->documents.front().state), 13);
    QVERIFY(a.recover());
    const auto toB = b.await<Wire::Changes>();
    QVERIFY(toB);
    QCOMPARE(stepsOf(toB->documents.front().state), 17);
    // The first one's own offer was less than what came out: it is told.
    const auto toA = a.await<Wire::Changes>();
    QVERIFY(toA);
    QCOMPARE(stepsOf(toA->documents.front().state), 17);
}

void TestRecovery::recover_vanishedElement_vanishesWhereItWasOlder()
{
    ServerRig rig(options());
    QCOMPARE(rig.start(), QString());
    FormerDevice a(1);
    FormerDevice b(2);
    a.write({Core::AddOp{"badges", Core::Value("first")}});
    Core::apply(b.document, a.history.front(), policy());
    b.cursor = {otherEpoch, 50};
    a.write({Core::DiscardOp{"badges", Core::Value("first")}});
    QVERIFY(b.open(rig.url(), rig.token()));
    QVERIFY(a.open(rig.url(), rig.token()));
    QVERIFY(a.recover());
    QVERIFY(b.recover());
    Core::Document atB = b.document;
    while (const auto changes = b.await<Wire::Changes>(200)) {
        Core::mergeDelta(atB, changes->documents.front().state, policy());
    }
    QVERIFY(atB.find("badges") == nullptr);
    QVERIFY(atB.context.coversAll(a.document.context));
}

void TestRecovery::recover_withoutAnotherEpoch_isRefused()
{
    ServerRig rig(options());
    QCOMPARE(rig.start(), QString());
    FormerDevice device(1);
    QVERIFY(device.open(rig.url(), rig.token()));
    device.send(Wire::Recover{1, {}, false});
    QCOMPARE(endReason(device), Core::ErrorReason::UnexpectedFrame);
}

void TestRecovery::recover_afterPush_isRefused()
{
    ServerRig rig(options());
    QCOMPARE(rig.start(), QString());
    FormerDevice device(1);
    device.write({step(1)});
    QVERIFY(device.open(rig.url(), rig.token()));
    QVERIFY(device.recover());
    QVERIFY(device.push({device.mutationOf({step(1)})}));
    device.send(Wire::Recover{9, {}, false});
    QCOMPARE(endReason(device), Core::ErrorReason::UnexpectedFrame);
}

void TestRecovery::recover_documentThatIsNotWhole_isRefusedAlone_data()
{
    QTest::addColumn<int>("flaw");
    QTest::newRow("a value beyond the context") << 0;
    QTest::newRow("an increment beyond the context") << 1;
    QTest::newRow("an addition beyond the context") << 2;
    QTest::newRow("a last write beyond the context") << 3;
    QTest::newRow("own writes that were not made") << 4;
    QTest::newRow("too many fields") << 5;
}

void TestRecovery::recover_documentThatIsNotWhole_isRefusedAlone()
{
    QFETCH(int, flaw);
    ServerRig rig(options());
    QCOMPARE(rig.start(), QString());
    FormerDevice device(1);
    device.write({step(1)});
    Core::Document bad = device.document;
    const Core::Dot beyond{device.id, 2};
    switch (flaw) {
    case 0:
        bad.at("x").siblings.push_back({beyond, {}, Core::Value(1)});
        break;
    case 1:
        bad.at("steps").counter.front().counter = 2;
        break;
    case 2:
        bad.at("badges").elements.push_back({Core::Value("b"), {beyond}});
        break;
    case 3:
        bad.lastWrite->dot = beyond;
        break;
    case 4:
        bad.context.add(beyond);
        break;
    default:
        for (int i = 0; i < 1001; ++i) {
            bad.at("f" + std::to_string(i)).siblings.push_back({{device.id, 1}, {}, Core::Value(1)});
        }
    }
    QVERIFY(device.open(rig.url(), rig.token()));
    device.send(Wire::Recover{1, {{{"progress", "bad"}, 0, bad}, {{"progress", "anna"}, 0, device.document}}, false});
    const auto recovered = device.await<Wire::Recovered>();
    QVERIFY(recovered);
    QCOMPARE(recovered->healed, 1U);
    QCOMPARE(recovered->refusals.size(), std::size_t(1));
    QCOMPARE(recovered->refusals.front().id.key, std::string("bad"));
    QCOMPARE(stepsOf(read(rig)), 1);
}

void TestRecovery::recover_loserOfARule_isListed()
{
    ServerRig rig(options());
    QCOMPARE(rig.start(), QString());
    FormerDevice device(1);
    device.write({Core::PutOp{"colour", Core::Value("lost and found")}});
    WebSocketDevice quick(2);
    QVERIFY(quick.open(rig.url(), rig.token()));
    QVERIFY(quick.push({quick.put("progress", "anna", {{"colour", "newer"}})}));
    QVERIFY(device.open(rig.url(), rig.token()));
    QVERIFY(device.recover());
    HttpCaller http;
    const auto listed = http.post(rig.url(QStringLiteral("/satchel.v1.Conflicts/List")), R"({"kind": "CONFLICT_KIND_OVERWRITTEN"})",
                                  "application/json", rig.token("operator", {"support"}));
    QVERIFY2(listed.body.contains("lost and found"), listed.body.constData());
}

void TestRecovery::push_acceptedInTheFormerEpoch_isNotAppliedAgain()
{
    ServerRig rig(options());
    QCOMPARE(rig.start(), QString());
    FormerDevice a(1);
    FormerDevice b(2);
    b.write({step(1)});
    b.write({step(2)}, false);  // The former server took it; its answer never came.
    a.document = b.document;
    a.cursor = {otherEpoch, 50};
    QVERIFY(a.open(rig.url(), rig.token()));
    QVERIFY(a.recover());
    QVERIFY(b.open(rig.url(), rig.token()));
    QCOMPARE(b.welcome->acceptedThrough, 1U);
    const auto fresh = b.mutationOf({step(4)});
    const auto pushed = b.push({b.history.at(1), fresh});
    QVERIFY(pushed);
    QCOMPARE(pushed->acceptedThrough, 3U);
    QVERIFY(pushed->settled.empty());
    QCOMPARE(stepsOf(read(rig)), 7);
    const auto again = b.push({b.history.at(1), fresh});
    QVERIFY(again);
    QCOMPARE(again->seqs, pushed->seqs);
    QCOMPARE(stepsOf(read(rig)), 7);
}

void TestRecovery::push_seeingDotsOfAnAbsentDevice_isAccepted()
{
    ServerRig rig(options());
    QCOMPARE(rig.start(), QString());
    FormerDevice absent(2);
    absent.write({step(1)});
    FormerDevice device(1);
    device.document = absent.document;
    device.write({step(2)});
    QVERIFY(device.open(rig.url(), rig.token()));
    QVERIFY(device.recover());
    const auto seen = device.push({device.mutationOf({step(4)})});
    QVERIFY(seen && seen->settled.empty());
    auto elsewhere = device.put("progress", "other", {{"x", "y"}});
    elsewhere.context.add({absent.id, 1});
    const auto invented = device.push({elsewhere});
    QVERIFY(invented);
    QVERIFY(invented->settled.at(0).refusal);
}

void TestRecovery::push_nameThatWasBroughtBack_isDeviceCloned()
{
    ServerRig rig(options());
    QCOMPARE(rig.start(), QString());
    FormerDevice genuine(2);
    genuine.write({step(1)});
    genuine.write({step(2)});
    FormerDevice a(1);
    a.document = genuine.document;
    a.cursor = {otherEpoch, 50};
    QVERIFY(a.open(rig.url(), rig.token()));
    QVERIFY(a.recover());
    // An old copy of the second device knows nothing of its second write, and makes another one under that name.
    FormerDevice copy(2);
    copy.write({step(1)});
    QVERIFY(copy.open(rig.url(), rig.token()));
    copy.send(Wire::Push{1, {copy.mutationOf({step(8)})}});
    QCOMPARE(endReason(copy), Core::ErrorReason::DeviceCloned);
    QCOMPARE(stepsOf(read(rig)), 3);
}

void TestRecovery::snapshot_ofManyPages_hasOlderFieldsOfYoungerDocuments()
{
    Server::ServerOptions small = options();
    small.session.changesDocumentsMax = 1;
    ServerRig rig(small);
    QCOMPARE(rig.start(), QString());
    WebSocketDevice writer(1);
    QVERIFY(writer.open(rig.url(), rig.token()));
    QVERIFY(writer.push(
        {writer.put("notes", "a", {{"old", "1"}}), writer.put("notes", "b", {{"x", "2"}}), writer.put("notes", "a", {{"young", "3"}})}));
    WebSocketDevice fresh(2);
    QVERIFY(fresh.open(rig.url(), rig.token()));
    std::map<std::string, Core::Document> seen;
    bool hasMore = true;
    while (hasMore) {
        const auto changes = fresh.await<Wire::Changes>();
        QVERIFY(changes);
        hasMore = changes->hasMore;
        for (const auto &document : changes->documents) {
            seen[document.id.key] = document.state;
        }
    }
    QVERIFY(seen["a"].find("old") != nullptr);
    QVERIFY(seen["a"].find("young") != nullptr);
}

QTEST_GUILESS_MAIN(TestRecovery)
#include "tst_recovery.moc"
