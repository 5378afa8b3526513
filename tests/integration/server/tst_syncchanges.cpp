// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: a device gets every change once, in order, and no faster than it reads, against a whole server in this process.
// Method: devices that speak raw frames; every test has a server of its own with an ephemeral store.

#include "serverrig.h"

#include "core/merge.h"
#include "core/view.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Satchel;
using namespace Satchel::Test;

namespace {

/// Writes `count` documents, as one push.
bool writeDocuments(WebSocketDevice &writer, int count)
{
    std::vector<Core::Mutation> mutations;
    for (int i = 0; i < count; ++i) {
        mutations.push_back(writer.put("notes", "k" + std::to_string(i), {{"title", "x"}}));
    }
    return writer.push(std::move(mutations)).has_value();
}

/// A server that sends few documents at a time.
Server::ServerOptions pagesOf(std::size_t documents)
{
    Server::ServerOptions options;
    options.session.changesDocumentsMax = documents;
    return options;
}

}  // namespace

class TestSyncChanges : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void changes_manyDocuments_areFlowControlled();
    void changes_afterReconnect_continueAtCursor();
    void changes_discardedLastElement_reachesTheOther();
    void snapshot_withWritesMeanwhile_namesTheDevicesOwn();
};

void TestSyncChanges::changes_manyDocuments_areFlowControlled()
{
    ServerRig rig(pagesOf(10));
    QCOMPARE(rig.start(), QString());
    WebSocketDevice writer(1);
    QVERIFY(writer.open(rig.url(), rig.token()));
    QVERIFY(writeDocuments(writer, 200));
    WebSocketDevice reader(2);
    QVERIFY(reader.open(rig.url(), rig.token()));
    QCOMPARE(reader.welcome->head, 200U);
    std::vector<Wire::Changes> got;
    for (std::size_t i = 0; i < Wire::changesInFlightMax; ++i) {
        auto changes = reader.await<Wire::Changes>();
        QVERIFY(changes);
        QVERIFY(changes->hasMore);
        got.push_back(std::move(*changes));
    }
    QVERIFY(!reader.await<Wire::Changes>(200));
    std::size_t documents = 80;
    while (documents < 200) {
        reader.send(Wire::Ack{{reader.welcome->epoch, got.back().to}});
        auto changes = reader.await<Wire::Changes>();
        QVERIFY(changes);
        QCOMPARE(changes->from, got.back().to);
        documents += changes->documents.size();
        got.push_back(std::move(*changes));
    }
    QVERIFY(!got.back().hasMore);
    QCOMPARE(got.back().to, 200U);
}

void TestSyncChanges::changes_afterReconnect_continueAtCursor()
{
    TwoOnAServer two;
    QCOMPARE(two.start(), QString());
    auto &[rig, a, b] = two;
    QVERIFY(a.push({a.put("notes", "one", {{"title", "1"}})}));
    auto changes = b.await<Wire::Changes>();
    QVERIFY(changes);
    b.cursor.seq = changes->to;
    b.send(Wire::Ack{b.cursor});
    b.close();
    QVERIFY(b.awaitClosed());
    QVERIFY(a.push({a.put("notes", "two", {{"title", "2"}})}));
    QVERIFY(b.open(rig.url(), rig.token()));
    QCOMPARE(b.welcome->resume, Wire::Resume::Incremental);
    changes = b.await<Wire::Changes>();
    QVERIFY(changes);
    QCOMPARE(changes->from, 1U);
    QCOMPARE(changes->documents.size(), std::size_t(1));
    QCOMPARE(changes->documents[0].id.key, std::string("two"));
}

void TestSyncChanges::changes_discardedLastElement_reachesTheOther()
{
    QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("policies.json")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(R"({"version":1,"collections":{"notes":{"fields":{"tags":"set"}}}})");
    file.close();
    Server::ServerOptions options;
    options.policyFile = file.fileName().toStdString();
    ServerRig rig(options);
    QCOMPARE(rig.start(), QString());
    WebSocketDevice a(1);
    WebSocketDevice b(2);
    QVERIFY(a.open(rig.url(), rig.token()));
    QVERIFY(a.welcome->policies);
    QVERIFY(b.open(rig.url(), rig.token()));
    const auto policy = b.welcome->policies->of("notes");
    QVERIFY(a.push({a.mutation("notes", "k", {Core::AddOp{"tags", Core::Value("red")}})}));
    auto changes = b.await<Wire::Changes>();
    QVERIFY(changes);
    Core::Document atB;
    Core::mergeDelta(atB, changes->documents.at(0).state, policy);
    QVERIFY(Core::exists(atB, policy));
    b.send(Wire::Ack{{b.welcome->epoch, changes->to}});
    Core::Mutation discard = a.mutation("notes", "k", {Core::DiscardOp{"tags", Core::Value("red")}});
    discard.context.add(Core::Dot{a.id, 1});
    QVERIFY(a.push({discard}));
    changes = b.await<Wire::Changes>();
    QVERIFY(changes);
    Core::mergeDelta(atB, changes->documents.at(0).state, policy);
    const Core::FieldState *tags = atB.find("tags");
    QVERIFY(tags == nullptr || tags->elements.empty());
}

void TestSyncChanges::snapshot_withWritesMeanwhile_namesTheDevicesOwn()
{
    ServerRig rig(pagesOf(1));
    QCOMPARE(rig.start(), QString());
    WebSocketDevice writer(1);
    QVERIFY(writer.open(rig.url(), rig.token()));
    QVERIFY(writeDocuments(writer, 12));
    WebSocketDevice fresh(2);
    QVERIFY(fresh.open(rig.url(), rig.token()));
    std::vector<std::string> keys;
    std::uint64_t at = 0;
    while (at < 13) {
        const auto changes = fresh.await<Wire::Changes>();
        QVERIFY(changes);
        at = changes->to;
        if (at == 8) {
            // The server waits for an acknowledgement, and the device writes.
            QVERIFY(fresh.push({fresh.put("notes", "mine", {{"title", "y"}})}));
            fresh.send(Wire::Ack{{fresh.welcome->epoch, 8}});
        }
        for (const auto &document : changes->documents) {
            keys.push_back(document.id.key);
        }
    }
    QCOMPARE(keys.back(), std::string("mine"));
}

QTEST_GUILESS_MAIN(TestSyncChanges)
#include "tst_syncchanges.moc"
