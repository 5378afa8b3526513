// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: a document that nobody changes for its collection's ttl goes by itself, as any deletion does, and nothing else does.
// Method: devices push through the pipeline, a clock is moved, and passes are made; documents, deltas and audit records are looked at.

#include "adminservice.h"

#include "core/view.h"
#include "server-stub/sync/expiry/expirer.h"
#include "support/fixedids.h"
#include "wire/json.h"

#include <QTest>

using namespace Satchel;
using namespace Satchel::Server;
using namespace std::chrono_literals;

namespace {

const Core::UserId anna{"t", "anna"};
const Core::UserId bert{"t", "bert"};

std::string policies(int version, const std::string &notes)
{
    return R"({"version":)" + std::to_string(version) + R"(,"collections":{"notes":{)" + notes + R"(},"kept":{}}})";
}

}  // namespace

class TestExpiry : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void document_unchangedForTheTtl_goesAtTheBoundary();
    void document_ofOthers_stays();
    void document_inConflict_staysUntilResolved();
    void document_writtenSinceItWasFound_stays();
    void edit_thatHadNotSeenTheRemoval_winsIfLater_data();
    void edit_thatHadNotSeenTheRemoval_winsIfLater();
    void policy_changed_holdsForWhatIsThere();
    void documents_many_goInBatches();
    void passes_whilePaused_removeNothing();

private:
    void begin(const std::string &notes) { m_service = std::make_unique<Service>(policies(1, notes)); }
    /// Of device 1, 2, ..., whose stamp is this many seconds behind the beginning. The document's latest place.
    std::uint64_t put(std::uint8_t device, const std::string &key, const std::string &value, int stampSeconds,
                      const std::vector<Core::Dot> &seen = {}, const Core::UserId &user = anna, const std::string &collection = "notes");
    [[nodiscard]] std::size_t pass(std::size_t batchMax = 100)
    {
        const auto report = Expirer(m_service->store(), m_service->pipeline(), m_service->clock, {batchMax, 1ms}).pass();
        return report ? report->documentCount : SIZE_MAX;
    }
    /// The text that the field has: "" for one that is gone, "a|b" in conflict.
    [[nodiscard]] std::string shown(const std::string &key, const Core::UserId &user = anna, const std::string &collection = "notes");
    [[nodiscard]] std::vector<Wire::AuditRecord> records();

    std::unique_ptr<Service> m_service;
    std::map<std::pair<Core::UserId, std::uint8_t>, std::uint64_t> m_counters;
};

std::uint64_t TestExpiry::put(std::uint8_t device, const std::string &key, const std::string &value, int stampSeconds,
                              const std::vector<Core::Dot> &seen, const Core::UserId &user, const std::string &collection)
{
    std::uint64_t &counter = m_counters[{user, device}];
    if (counter == 0) {
        m_service->makeDevice(user, Test::deviceOf(device));
    }
    Core::Mutation mutation;
    mutation.dot = {Test::deviceOf(device), ++counter};
    mutation.stamp = Core::Hlc::fromParts(1'700'000'000'000 + static_cast<std::uint64_t>(stampSeconds) * 1000, 0);
    mutation.document = {collection, key};
    for (const Core::Dot &dot : seen) {
        mutation.context.add(dot);
    }
    mutation.ops = {Core::PutOp{"f", Core::Value(value)}};
    const bool isWhole = m_service->store().policies()->of(collection).conflict == Core::ConflictRule::LastWriter;
    mutation.scope = isWhole ? Core::Scope::Document : Core::Scope::Fields;
    const auto answer = m_service->push(user, {mutation});
    return answer ? answer->lastSeq : 0;
}

std::string TestExpiry::shown(const std::string &key, const Core::UserId &user, const std::string &collection)
{
    const auto found = (*m_service->store().reader())->document(user, {collection, key});
    if (!found || !*found) {
        return "unknown";
    }
    const Core::FieldState *state = (*found)->document.find("f");
    std::string text;
    for (std::size_t i = 0; state != nullptr && i < state->siblings.size(); ++i) {
        const auto &value = state->siblings[i].value;
        text += (i == 0 ? "" : "|") + (value ? *value->as<std::string>() : std::string());
    }
    return text;
}

std::vector<Wire::AuditRecord> TestExpiry::records()
{
    std::vector<Wire::AuditRecord> out = m_service->records("t");
    std::erase_if(out, [](const Wire::AuditRecord &record) { return record.action != Wire::auditExpireAction; });
    return out;
}

void TestExpiry::document_unchangedForTheTtl_goesAtTheBoundary()
{
    m_counters.clear();
    begin(R"("ttl":"90m")");
    const std::uint64_t written = put(1, "k", "text", 0);
    m_service->makeDevice(anna, Test::deviceOf(2));
    m_service->clock.advance(90min - 1ms);
    QCOMPARE(pass(), std::size_t(0));
    QCOMPARE(shown("k"), std::string("text"));
    QVERIFY(records().empty());

    m_service->clock.advance(1ms);
    QCOMPARE(pass(), std::size_t(1));
    QCOMPARE(shown("k"), std::string());
    // Sessions are told, and each device gets it, the writer of the document too.
    QTRY_VERIFY(m_service->grownTo.load() > written);
    for (const std::uint8_t device : {std::uint8_t(1), std::uint8_t(2)}) {
        DeltaQuery query;
        query.user = anna;
        query.device = Test::deviceOf(device);
        query.from = written;
        const auto page = (*m_service->store().reader())->deltas(query);
        QVERIFY(page);
        QCOMPARE(page->documents.size(), std::size_t(1));
        QVERIFY(!Core::shownValue(*page->documents.front().state.find("f"), Core::FieldKind::Register));
    }
    QCOMPARE(records().size(), std::size_t(1));
    const Wire::AuditRecord record = records().front();
    QVERIFY(!record.code);
    QCOMPARE(record.personal.actor, std::string("server:expiry"));
    QCOMPARE(record.personal.user, std::string("anna"));
    QCOMPARE(record.personal.collection, std::string("notes"));
    QCOMPARE(record.personal.key, std::string("k"));
    QCOMPARE(record.personal.reason, std::string("1 documents without a change for 90 minutes"));

    m_service->clock.advance(24h);
    QCOMPARE(pass(), std::size_t(0));
    QCOMPARE(records().size(), std::size_t(1));
}

void TestExpiry::document_ofOthers_stays()
{
    m_counters.clear();
    begin(R"("ttl":"1h")");
    put(1, "k", "old", 0);
    put(1, "k", "another collection", 0, {}, anna, "kept");
    m_service->clock.advance(30min);
    put(2, "k", "young", 0, {}, bert);
    m_service->clock.advance(30min);
    QCOMPARE(pass(), std::size_t(1));
    QCOMPARE(shown("k"), std::string());
    QCOMPARE(shown("k", anna, "kept"), std::string("another collection"));
    QCOMPARE(shown("k", bert), std::string("young"));
    m_service->clock.advance(30min);
    QCOMPARE(pass(), std::size_t(1));
    QCOMPARE(shown("k", bert), std::string());
}

void TestExpiry::document_inConflict_staysUntilResolved()
{
    m_counters.clear();
    begin(R"("ttl":"1h","conflict":"manual")");
    put(1, "k", "one", 0);
    put(2, "k", "other", 1);
    m_service->clock.advance(100h);
    QCOMPARE(pass(), std::size_t(0));
    const auto answer = [&] {
        std::promise<ExpireAnswer> promise;
        m_service->pipeline().expire({anna, "notes", {"k"}}, [&promise](ExpireAnswer made) { promise.set_value(std::move(made)); });
        return promise.get_future().get();
    }();
    QVERIFY(answer);
    QCOMPARE(answer->documentCount, std::size_t(0));

    put(1, "k", "settled", 2, {{Test::deviceOf(1), 1}, {Test::deviceOf(2), 1}});
    QCOMPARE(pass(), std::size_t(0));
    m_service->clock.advance(1h);
    QCOMPARE(pass(), std::size_t(1));
}

void TestExpiry::document_writtenSinceItWasFound_stays()
{
    m_counters.clear();
    begin(R"("ttl":"1h")");
    put(1, "k", "old", 0);
    put(1, "l", "old", 0);
    m_service->clock.advance(1h);
    const auto found = (*m_service->store().reader())->unchanged({"notes", m_service->clock.now() - 1h, 0, {}, 100});
    QVERIFY(found);
    QCOMPARE(found->size(), std::size_t(2));
    put(1, "k", "new", 1, {{Test::deviceOf(1), 1}});
    std::promise<ExpireAnswer> promise;
    m_service->pipeline().expire({anna, "notes", {"k", "l", "never written"}},
                                 [&promise](ExpireAnswer made) { promise.set_value(std::move(made)); });
    const ExpireAnswer answer = promise.get_future().get();
    QVERIFY(answer);
    QCOMPARE(answer->documentCount, std::size_t(1));
    QCOMPARE(shown("k"), std::string("new"));
    QCOMPARE(shown("l"), std::string());
}

void TestExpiry::edit_thatHadNotSeenTheRemoval_winsIfLater_data()
{
    QTest::addColumn<QByteArray>("conflict");
    QTest::addColumn<int>("stampSeconds");
    QTest::addColumn<QByteArray>("shownAfter");
    QTest::newRow("merge, later") << QByteArray("merge") << 60 << QByteArray("edit");
    QTest::newRow("merge, earlier") << QByteArray("merge") << -60 << QByteArray();
    QTest::newRow("last writer, later") << QByteArray("last_writer") << 60 << QByteArray("edit");
    QTest::newRow("last writer, earlier") << QByteArray("last_writer") << -60 << QByteArray();
    QTest::newRow("manual") << QByteArray("manual") << 60 << QByteArray("edit|");
}

/// The edit is made offline, years before the removal, and comes behind it.
void TestExpiry::edit_thatHadNotSeenTheRemoval_winsIfLater()
{
    QFETCH(QByteArray, conflict);
    QFETCH(int, stampSeconds);
    QFETCH(QByteArray, shownAfter);
    m_counters.clear();
    begin(R"("ttl":"1h","conflict":")" + conflict.toStdString() + "\"");
    put(1, "k", "first", 0);
    m_service->clock.advance(1h);
    QCOMPARE(pass(), std::size_t(1));
    put(2, "k", "edit", stampSeconds, {{Test::deviceOf(1), 1}});
    QCOMPARE(QByteArray::fromStdString(shown("k")), shownAfter);
    // Its arrival was a change.
    m_service->clock.advance(1h - 1ms);
    QCOMPARE(pass(), std::size_t(0));
    m_service->clock.advance(1ms);
    QCOMPARE(pass(), std::size_t(shownAfter == "edit" ? 1 : 0));
}

void TestExpiry::policy_changed_holdsForWhatIsThere()
{
    m_counters.clear();
    begin(R"("ttl":"1h")");
    put(1, "k", "text", 0);
    const auto use = [this](int version, const std::string &notes) {
        HttpRequest request = requestOf("Policies/Put", "t/op/admin");
        request.body = Wire::jsonFromValue(*Core::Value::map(
            {{"text", Core::Value(policies(version, notes))}, {"expectedVersion", Core::Value(std::to_string(version - 1))}}));
        return m_service->call(std::move(request)).status;
    };
    QCOMPARE(use(2, R"("ttl":"2h")"), 200);
    m_service->clock.advance(1h);
    QCOMPARE(pass(), std::size_t(0));
    QCOMPARE(use(3, {}), 200);
    m_service->clock.advance(100h);
    QCOMPARE(pass(), std::size_t(0));
    QCOMPARE(use(4, R"("ttl":"102h")"), 200);
    QCOMPARE(pass(), std::size_t(0));
    QCOMPARE(use(5, R"("ttl":"101h")"), 200);
    QCOMPARE(pass(), std::size_t(1));
}

void TestExpiry::documents_many_goInBatches()
{
    m_counters.clear();
    begin(R"("ttl":"1h")");
    for (int i = 0; i < 25; ++i) {
        put(1, "k" + std::to_string(i), "text", i);
        put(1, "k" + std::to_string(i), "text", i, {}, bert);
    }
    m_service->clock.advance(1h);
    QCOMPARE(pass(10), std::size_t(50));
    std::size_t removed = 0;
    for (const Wire::AuditRecord &record : records()) {
        const std::size_t count = std::stoul(record.personal.reason);
        QVERIFY(count <= 10);
        removed += count;
    }
    QCOMPARE(removed, std::size_t(50));
    QVERIFY(records().size() >= 6);
    const auto left = (*m_service->store().reader())->user(bert);
    QVERIFY(left && *left);
    QCOMPARE((*left)->user.documentCount, std::uint64_t(0));
}

void TestExpiry::passes_whilePaused_removeNothing()
{
    m_counters.clear();
    begin(R"("ttl":"1h")");
    put(1, "k", "text", 0);
    m_service->clock.advance(1h);
    std::atomic<int> asked{0};
    std::atomic<bool> isPaused{true};
    std::atomic<std::size_t> removed{0};
    Expirer expirer(m_service->store(), m_service->pipeline(), m_service->clock, {100, 1ms}, [&] {
        ++asked;
        return isPaused.load();
    });
    expirer.start([&](const Core::Result<ExpiryReport> &report) { removed += report ? report->documentCount : 1000; });
    QTRY_VERIFY(asked.load() > 2);
    QCOMPARE(shown("k"), std::string("text"));
    isPaused = false;
    QTRY_COMPARE(removed.load(), std::size_t(1));
    QCOMPARE(shown("k"), std::string());
}

QTEST_GUILESS_MAIN(TestExpiry)
#include "tst_expiry.moc"
