// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: what follows from the log can be made anew from it, to the byte; what differs is found and named; what the log does not give is not
// lost.
// Method: random histories in a store, some compacted; its tables before and after, whole, dropped and damaged by hand.

#include "historyservice.h"

#include "core/canonical.h"
#include "property/history.h"
#include "server-stub/store/embedded/sql.h"
#include "server-stub/store/embedded/userrows.h"

#include <random>

using namespace Satchel;
using namespace Satchel::Test;
namespace Model = Satchel::Core::Testing;

class TestRebuild : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void verify_ofWholeStore_findsNothing();
    void rebuild_ofWholeStore_changesNoByte();
    void rebuild_afterDamage_isAsBefore_data();
    void rebuild_afterDamage_isAsBefore();
    void verify_afterChangedRules_findsNothing();

private:
    void fill(std::size_t histories);
    void execute(const std::string &sql);
    /// Every row of every table that follows from the log. What is sealed is opened; numbers of rows in lists say nothing.
    [[nodiscard]] QByteArray rows(bool isRaw);
    [[nodiscard]] QByteArray tableText(CipherDb::Database &database, const char *table, bool isRaw);

    std::unique_ptr<HistoryService> m_filled;
    std::unique_ptr<HistoryService> m_service;
};

namespace {

constexpr std::size_t userCount = 6;
constexpr std::array rulesOfAll = {Model::Rules::Merge, Model::Rules::LastWriter, Model::Rules::Manual};

std::string collectionOf(Model::Rules rules)
{
    return "rules-" + std::to_string(static_cast<int>(rules));
}

Core::PolicySet policies()
{
    Core::PolicySet set;
    set.setVersion(1);
    for (const Model::Rules rules : rulesOfAll) {
        Core::Policy policy = Model::policyOf(rules);
        policy.collection = collectionOf(rules);
        set.insert(policy);
    }
    return set;
}

}  // namespace

/// Filling takes its time, so it is done once.
void TestRebuild::initTestCase()
{
    m_service = std::make_unique<HistoryService>(policies());
    fill(userCount);
    m_service->stop();
    m_filled = std::move(m_service);
}

void TestRebuild::init()
{
    m_service = std::make_unique<HistoryService>(policies(), m_filled->folder());
}

/// Each user has the same history in a document of each rule; every third user's is compacted in part, every third's wholly.
void TestRebuild::fill(std::size_t histories)
{
    std::mt19937 random(7);
    for (std::size_t i = 0; i < histories; ++i) {
        const Core::UserId user{"t", "user " + std::to_string(i)};
        std::vector<std::uint32_t> script(40);
        std::ranges::generate(script, random);
        std::uint64_t shift = 0;
        for (const Model::Rules rules : rulesOfAll) {
            const Model::History history = Model::makeHistory(rules, script);
            std::map<Core::DeviceId, std::uint64_t> made;
            for (const Model::Written &written : history.writes) {
                Core::Mutation mutation = written.mutation;
                mutation.document = {collectionOf(rules), "k"};
                mutation.dot.device.bytes[1] = static_cast<std::uint8_t>(100 + shift);
                Core::VersionVector context;
                for (const auto &entry : written.mutation.context.entries()) {
                    Core::Dot dot{entry.device, entry.counter};
                    dot.device.bytes[1] = mutation.dot.device.bytes[1];
                    context.add(dot);
                }
                mutation.context = context;
                for (Core::Op &op : mutation.ops) {
                    if (auto *removal = std::get_if<Core::RemoveOp>(&op)) {
                        for (Core::CounterMark &mark : removal->observed) {
                            mark.dot.device.bytes[1] = mutation.dot.device.bytes[1];
                        }
                    }
                }
                std::uint64_t &counter = made[mutation.dot.device];
                for (++counter; counter < mutation.dot.counter; ++counter) {
                    Core::Mutation other = mutation;
                    other.dot.counter = counter;
                    other.document = {"other", "k"};
                    other.scope = Core::Scope::Fields;
                    other.ops = {Core::PutOp{"f", Core::Value("x")}};
                    other.context = {};
                    static_cast<void>(m_service->push(user, {other}));
                }
                m_service->clock.time += std::chrono::milliseconds(1);
                static_cast<void>(m_service->push(user, {mutation}));
            }
            ++shift;
        }
        if (i % 3 != 0) {
            QVERIFY(m_service->compact(user, i % 3 == 1 ? 9 : 1000) > 0);
        }
    }
}

void TestRebuild::execute(const std::string &sql)
{
    auto database = CipherDb::Database::open({.path = m_service->path()}, fixedKey());
    QVERIFY(database);
    const auto done = database->execute(sql.c_str());
    QVERIFY2(done, done ? "" : done.error().detail.c_str());
}

QByteArray TestRebuild::tableText(CipherDb::Database &database, const char *table, bool isRaw)
{
    QByteArray text(table);
    try {
        std::string columns;
        {
            Server::Query names(database, "SELECT name FROM pragma_table_info(CAST(? AS TEXT)) WHERE name <> 'id'");
            names << std::string_view(table);
            while (names.next()) {
                const std::string name = names.bytes();
                columns += (columns.empty() ? "" : " || ' ' || ");
                columns += isRaw ? "quote(" + name + ")"
                                 : "CASE WHEN length(" + name + ") > 40 AND substr(" + name + ", 1, 1) = x'00' THEN 'sealed' ELSE quote(" +
                                       name + ") END";
            }
        }
        Server::Query rows(database, "SELECT " + columns + " FROM " + table + " ORDER BY 1");
        while (rows.next()) {
            const std::string_view row = rows.view();
            text.append('\n').append(row.data(), qsizetype(row.size()));
        }
    } catch (const Server::StoreFailure &failed) {
        return QByteArray::fromStdString(failed.error.detail);
    }
    return text + '\n';
}

QByteArray TestRebuild::rows(bool isRaw)
{
    QByteArray text;
    {
        auto database = CipherDb::Database::open({.path = m_service->path()}, fixedKey());
        if (!database) {
            return "cannot be opened";
        }
        for (const char *table : {"owners", "devices", "events", "unapplied", "origins", "documents", "open_conflicts", "overwritten",
                                  "checkpoints", "snapshots"}) {
            text += tableText(*database, table, isRaw);
        }
    }
    if (isRaw) {
        return text;
    }
    // The values themselves, by the one way to read them.
    m_service->openStore();
    auto view = m_service->store().reader();
    Server::UsersQuery users;
    users.tenant = "t";
    const auto known = (*view)->users(users);
    for (const auto &user : *known) {
        Server::DeltaQuery query;
        query.user = {"t", user.user};
        query.device = deviceOf(0xee);
        const auto deltas = (*view)->deltas(query);
        for (const Wire::DocumentDelta &delta : deltas->documents) {
            text += QByteArray::fromStdString(delta.id.key + std::to_string(delta.seq) + Wire::encode(delta.state)).toHex() + '\n';
            query.from = delta.seq - 1;
            text += QByteArray::fromStdString(Wire::encode((*view)->deltas(query)->documents.front().state)).toHex() + '\n';
        }
    }
    Server::ConflictsQuery conflicts;
    conflicts.tenant = "t";
    conflicts.rowsMax = 100'000;
    const auto lost = (*view)->overwritten(conflicts);
    QByteArrayList values;
    for (const Server::ConflictRow &row : *lost) {
        for (const Core::Sibling &sibling : row.siblings) {
            values +=
                QByteArray::fromStdString(row.user + row.field + std::to_string(row.seq) + sibling.dot.device.toHex() +
                                          std::to_string(sibling.dot.counter) + (sibling.value ? Core::canonicalBytes(*sibling.value) : ""))
                    .toHex();
        }
    }
    std::ranges::sort(values);
    view->reset();
    m_service->stop();
    return text + values.join('\n');
}

void TestRebuild::verify_ofWholeStore_findsNothing()
{
    const auto report = m_service->store().verifyProjections();
    QVERIFY2(report, report ? "" : Core::describe(report.error()).c_str());
    QCOMPARE(QByteArray::fromStdString(report->first), QByteArray());
    QCOMPARE(report->differenceCount, std::size_t(0));
    QCOMPARE(report->userCount, userCount);
}

void TestRebuild::rebuild_ofWholeStore_changesNoByte()
{
    m_service->stop();
    const QByteArray before = rows(true);
    m_service->openStore();
    QCOMPARE(m_service->store().rebuildProjections()->differenceCount, std::size_t(0));
    m_service->stop();
    QCOMPARE(rows(true), before);
}

void TestRebuild::rebuild_afterDamage_isAsBefore_data()
{
    QTest::addColumn<QString>("damage");
    QTest::addRow("documents dropped") << QStringLiteral("DELETE FROM documents");
    QTest::addRow("a seq") << QStringLiteral("UPDATE documents SET seq = seq + 1000 WHERE collection = CAST('rules-0' AS BLOB)");
    QTest::addRow("a state of another") << QStringLiteral(
        "UPDATE documents SET state = (SELECT state FROM documents d WHERE d.owner = documents.owner ORDER BY collection LIMIT 1)");
    QTest::addRow("writers and times") << QStringLiteral("UPDATE documents SET other_seq = other_seq + 1, updated_ms = 5");
    QTest::addRow("counts of documents") << QStringLiteral("UPDATE documents SET fields = fields + 1, conflicts = conflicts + 1");
    QTest::addRow("a document that nobody wrote") << QStringLiteral(
        "INSERT INTO documents SELECT owner, collection, x'6e6f6e65', seq + 5000, device, other_seq, fields, conflicts, updated_ms, state"
        " FROM documents LIMIT 1");
    QTest::addRow("counts of users") << QStringLiteral("UPDATE owners SET documents = 77, conflicts = 3, head = head + 4");
    QTest::addRow("a conflict that is none") << QStringLiteral("INSERT INTO open_conflicts (tenant, owner, collection, key, field, seq, "
                                                               "detected_ms) SELECT x'74', owner, collection, key, x'7a', 1, 1"
                                                               " FROM documents LIMIT 1");
    QTest::addRow("overwritten values, as far as the log goes")
        << QStringLiteral("DELETE FROM overwritten WHERE owner IN (SELECT id FROM owners WHERE compacted = 0)");
    QTest::addRow("conflicts, as far as the log goes")
        << QStringLiteral("DELETE FROM open_conflicts WHERE owner IN (SELECT id FROM owners WHERE compacted = 0)");
    QTest::addRow("counters of devices") << QStringLiteral(
        "UPDATE devices SET last_counter = 0 WHERE owner IN (SELECT id FROM owners WHERE compacted = 0)");
}

void TestRebuild::rebuild_afterDamage_isAsBefore()
{
    QFETCH(QString, damage);
    m_service->stop();
    const QByteArray before = rows(false);
    execute(damage.toStdString());
    m_service->openStore();
    const auto found = m_service->store().verifyProjections();
    QVERIFY2(found && found->differenceCount > 0 && found->first.find("t/user ") == 0, found ? found->first.c_str() : "");
    const auto mended = m_service->store().rebuildProjections();
    QVERIFY2(mended, mended ? "" : Core::describe(mended.error()).c_str());
    QVERIFY(mended->differenceCount > 0);
    QCOMPARE(m_service->store().verifyProjections()->differenceCount, std::size_t(0));
    m_service->stop();
    QCOMPARE(rows(false), before);
}

void TestRebuild::verify_afterChangedRules_findsNothing()
{
    Core::PolicySet changed = policies();
    changed.setVersion(2);
    Core::Policy policy = Model::policyOf(Model::Rules::Merge);
    policy.collection = collectionOf(Model::Rules::Manual);
    changed.insert(policy);
    QVERIFY(m_service->store().setPolicies(changed));
    const auto report = m_service->store().verifyProjections();
    QVERIFY2(report && report->differenceCount == 0, report ? report->first.c_str() : "");
}

QTEST_GUILESS_MAIN(TestRebuild)
#include "tst_rebuild.moc"
