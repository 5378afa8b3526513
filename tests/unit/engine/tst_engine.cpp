// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: what is written through one Engine is durable, reaches the server, and comes to the other devices of the user, over either carrier.
// Method: real engines with real stores and real sockets on a real server in this process; both sides edit, both states are compared.
#include "enginedevice.h"

#include "testing/inprocessserver.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>

using namespace Satchel;
using Testing::EngineDevice;

Q_DECLARE_METATYPE(Satchel::Sync::CarrierChoice)

class TestEngine : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    Testing::FakeClock m_clock;
    std::unique_ptr<Testing::InProcessServer> m_server;
    CipherDb::StoreKey m_key = CipherDb::StoreKey::random();
    int m_stores = 0;

    Sync::EngineOptions options(const QString &name)
    {
        Sync::EngineOptions made;
        made.storePath =
            std::filesystem::path(m_folder.filePath(name + QString::number(m_stores++) + QStringLiteral(".satchel")).toStdString());
        made.user = {"default", "anna"};
        made.serverUrl = m_server->url();
        made.device.name = name.toStdString();
        made.device.platform = "linux";
        made.isTestServerAllowed = true;
        made.tokenProvider = [token = m_server->token(QStringLiteral("anna")).toStdString()](const auto &answer) { answer(token); };
        return made;
    }

    static bool isEqual(const EngineDevice &a, const EngineDevice &b)
    {
        return a.bases == b.bases && a.pending.empty() && b.pending.empty();
    }

private Q_SLOTS:
    void init() { m_server = std::make_unique<Testing::InProcessServer>(m_clock); }
    void cleanup() { m_server.reset(); }

    void write_onOneDevice_arrivesAtTheOther_data()
    {
        QTest::addColumn<Sync::CarrierChoice>("carriers");
        QTest::newRow("websocket") << Sync::CarrierChoice::WebSocketOnly;
        QTest::newRow("polling") << Sync::CarrierChoice::PollingOnly;
    }
    void write_onOneDevice_arrivesAtTheOther()
    {
        QFETCH(const Sync::CarrierChoice, carriers);
        auto optionsA = options(QStringLiteral("a"));
        auto optionsB = options(QStringLiteral("b"));
        optionsA.carriers = carriers;
        optionsB.carriers = carriers;
        EngineDevice a(optionsA);
        EngineDevice b(optionsB);
        QVERIFY(a.open(m_key));
        QVERIFY(b.open(m_key));
        for (int i = 0; i < 2500; ++i) {
            a.put("n" + std::to_string(i), "text", "written by a");
        }
        QVERIFY(a.waitDurable());
        QVERIFY(a.writeErrors.empty());
        QVERIFY(a.sync());
        QCOMPARE(a.bases.size(), std::size_t(2500));
        QVERIFY(a.pending.empty());
        QTRY_COMPARE_WITH_TIMEOUT(b.bases.size(), std::size_t(2500), 20'000);
        b.put("n7", "text", "changed by b");
        QVERIFY(b.sync());
        QTRY_COMPARE(a.shown("n7", "text"), std::optional<Core::Value>("changed by b"));
        QVERIFY(isEqual(a, b));
        QCOMPARE(a.status.state, Sync::State::Live);
        QCOMPARE(a.status.carrier, carriers == Sync::CarrierChoice::PollingOnly ? Sync::Carrier::Polling : Sync::Carrier::WebSocket);
    }

    void edits_madeOffline_mergeOnReturn()
    {
        EngineDevice a(options(QStringLiteral("a")));
        EngineDevice b(options(QStringLiteral("b")));
        QVERIFY(a.open(m_key));
        QVERIFY(b.open(m_key));
        a.put("n", "title", "first");
        QVERIFY(a.sync());
        QTRY_VERIFY(isEqual(a, b));
        a.engine().setPaused(true);
        b.engine().setPaused(true);
        QTRY_COMPARE(a.status.state, Sync::State::Offline);
        QTRY_COMPARE(b.status.state, Sync::State::Offline);
        a.put("n", "title", "of a");
        b.put("n", "title", "of b");
        a.put("n", "a", 1);
        b.put("n", "b", 2);
        a.engine().setPaused(false);
        b.engine().setPaused(false);
        QVERIFY(a.sync());
        QVERIFY(b.sync());
        QTRY_VERIFY(isEqual(a, b));
        QCOMPARE(a.shown("n", "a"), std::optional<Core::Value>(1));
        QCOMPARE(a.shown("n", "b"), std::optional<Core::Value>(2));
        QCOMPARE(a.shown("n", "title"), b.shown("n", "title"));
    }

    void store_reopened_hasBasesAndGoesOn()
    {
        const auto made = options(QStringLiteral("a"));
        std::map<Core::DocumentId, Core::Document> before;
        {
            EngineDevice a(made);
            QVERIFY(a.open(m_key));
            a.put("n", "title", "one");
            QVERIFY(a.sync());
            before = a.bases;
        }
        EngineDevice again(made);
        QVERIFY(again.open(m_key));
        QVERIFY(again.bases == before);
        again.put("n", "title", "two");
        QVERIFY(again.sync());
        QCOMPARE(again.shown("n", "title"), std::optional<Core::Value>("two"));
    }

    void refusedWrite_goesToQuarantine_andTheQueueGoesOn()
    {
        EngineDevice a(options(QStringLiteral("a")));
        QVERIFY(a.open(m_key));
        a.put("n", "title", "good");
        a.write("Bad Collection", "x", {Core::PutOp{"f", 1}});
        a.put("n", "title", "good too");
        QVERIFY(a.sync());
        QTRY_COMPARE(a.quarantine.size(), std::size_t(1));
        QCOMPARE(a.quarantine.front().reason.code, Core::ErrorCode::InvalidArgument);
        QCOMPARE(a.shown("n", "title"), std::optional<Core::Value>("good too"));
        std::optional<Core::Result<void>> discarded;
        a.engine().discardQuarantined(a.quarantine.front().mutation.dot,
                                      [&discarded](Core::Result<void> outcome) { discarded = std::move(outcome); });
        QTRY_VERIFY(discarded.has_value());
        QVERIFY(discarded->has_value());
        QTRY_COMPARE(a.status.quarantineCount, std::uint64_t(0));
    }

    void copiedStore_takesANewIdentity_andKeepsWhatItHad()
    {
        const auto made = options(QStringLiteral("a"));
        {
            EngineDevice a(made);
            QVERIFY(a.open(m_key));
            a.put("n", "title", "one");
            QVERIFY(a.sync());
        }
        const auto copyOptions = options(QStringLiteral("copy"));
        for (const char *suffix : {"", "-wal", ".keycheck"}) {
            std::error_code ignored;
            std::filesystem::copy_file(made.storePath.string() + suffix, copyOptions.storePath.string() + suffix, ignored);
        }
        EngineDevice a(made);
        QVERIFY(a.open(m_key));
        a.put("n", "a", 1);
        QVERIFY(a.sync());
        EngineDevice copy(copyOptions);
        QVERIFY(copy.open(m_key));
        const Core::DeviceId before = copy.device;
        QCOMPARE(before, a.device);
        copy.put("n", "copy", 2);
        QVERIFY(copy.sync());
        QVERIFY(copy.device != before);
        QVERIFY(a.sync());
        QTRY_VERIFY(isEqual(a, copy));
        QCOMPARE(a.shown("n", "a"), std::optional<Core::Value>(1));
        QCOMPARE(a.shown("n", "copy"), std::optional<Core::Value>(2));
    }

    void writeWithAGap_fails_andTakesNoCounter()
    {
        EngineDevice a(options(QStringLiteral("a")));
        QVERIFY(a.open(m_key));
        Core::Mutation mutation;
        mutation.dot = {a.device, 2};
        mutation.document = {"notes", "n"};
        mutation.ops = {Core::PutOp{"f", 1}};
        std::optional<Core::Result<void>> outcome;
        a.engine().write({std::make_shared<const Core::Mutation>(mutation)},
                         [&outcome](Core::Result<void> answer) { outcome = std::move(answer); });
        // Queued behind it, most likely into the same commit: it must not share the failure.
        a.put("n", "f", 1);
        QTRY_VERIFY(outcome.has_value());
        QVERIFY(!outcome->has_value());
        QCOMPARE(outcome->error().reason, Core::ErrorReason::CounterGap);
        QVERIFY(a.waitDurable());
        QVERIFY(a.writeErrors.empty());
    }

    void destructor_answersWhatIsUnfinished()
    {
        auto made = options(QStringLiteral("a"));
        made.isSyncPausedAtStart = true;
        auto a = std::make_unique<EngineDevice>(made);
        QVERIFY(a->open(m_key));
        a->put("n", "f", 1);
        std::optional<Core::Result<void>> synced;
        a->engine().whenSynced([&synced](Core::Result<void> answer) { synced = std::move(answer); });
        a->close();
        QVERIFY(synced.has_value());
        QCOMPARE(synced->error().reason, Core::ErrorReason::ClosedStore);
        QCOMPARE(a->durableCount, 1);
        QVERIFY(a->writeErrors.empty());
    }
};

QTEST_GUILESS_MAIN(TestEngine)
#include "tst_engine.moc"
