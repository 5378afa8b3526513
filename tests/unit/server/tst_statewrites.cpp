// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: operators bring back what was, and take back what they did, without taking anything from anybody; what is done to many at once is
// exactly what the dry run said. Method: short histories through the pipeline, and the calls that write, with what devices write between a
// dry run and its run.

#include "statefixture.h"

#include "server-stub/sync/operatorwrites.h"

#include <set>

using namespace Satchel;
using namespace Satchel::Test;
namespace Admin = Satchel::Wire::Admin;

class TestStateWrites : public StateFixture {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void restore_document_writesWhatWasAndCanBeUndone();
    void restore_changedSinceDryRun_isRefused();
    void restore_tokenOfAnother_isRefused();
    void undo_ofResolve_opensTheConflictAgain();
    void undo_writtenSince_isKept();
    void bringBack_overwritten_isThereAgain();
    void resolveMany_dryRunThenRun_endsThoseAndNoOthers();
    void revokeMany_dryRunThenRun_revokes();

private:
    [[nodiscard]] std::optional<Core::Value> shown(const std::string &collection, const std::string &key, const std::string &field);
    [[nodiscard]] std::vector<Core::Dot> siblings(const std::string &key);
};

namespace {

Core::PolicySet policies()
{
    Core::PolicySet set;
    set.setVersion(1);
    Core::Policy notes;
    notes.collection = "notes";
    notes.conflict = Core::ConflictRule::Manual;
    set.insert(notes);
    Core::Policy play;
    play.collection = "play";
    play.fieldKinds = {{"points", Core::FieldKind::Counter}, {"badges", Core::FieldKind::Set}};
    set.insert(play);
    return set;
}

}  // namespace

void TestStateWrites::init()
{
    begin(policies());
}

std::optional<Core::Value> TestStateWrites::shown(const std::string &collection, const std::string &key, const std::string &field)
{
    const auto got =
        m_service->call<Admin::StateGetDocumentResponse>("State/GetDocument", Admin::StateGetDocumentRequest{m_user.user, collection, key});
    for (std::size_t i = 0; got && i < got->fields.size(); ++i) {
        if (got->fields[i].name == field) {
            return got->fields[i].value;
        }
    }
    return std::nullopt;
}

std::vector<Core::Dot> TestStateWrites::siblings(const std::string &key)
{
    const auto got =
        m_service->call<Admin::ConflictsGetResponse>("Conflicts/Get", Admin::ConflictsGetRequest{m_user.user, "notes", key, "f"});
    std::vector<Core::Dot> dots;
    for (std::size_t i = 0; got && i < got->conflict.siblings.size(); ++i) {
        dots.push_back(got->conflict.siblings[i].dot);
    }
    return dots;
}

void TestStateWrites::restore_document_writesWhatWasAndCanBeUndone()
{
    write(1, "play", "k", {Core::PutOp{"f", Core::Value("old")}, Core::IncrementOp{"points", 7}, Core::AddOp{"badges", Core::Value("a")}});
    write(2, "play", "k", {Core::PutOp{"g", Core::Value("new")}, Core::IncrementOp{"points", 5}, Core::AddOp{"badges", Core::Value("b")}},
          {{deviceId(1), 1}});
    put(2, "play", "k", "f", "changed", {{deviceId(1), 1}, {deviceId(2), 1}});
    Admin::StateRestoreRequest request{m_user.user, "play", "k", {}, {}, true, {}};
    request.to.seq = 1;
    const auto plan = m_service->call<Admin::StateRestoreResponse>("State/Restore", request);
    QVERIFY2(plan, plan ? "" : Core::describe(plan.error()).c_str());
    QCOMPARE(plan->changes.size(), std::size_t(4));
    QVERIFY(!plan->token.empty() && plan->written.lastSeq == 0);
    request.isDryRun = false;
    request.token = plan->token;
    const auto done = m_service->call<Admin::StateRestoreResponse>("State/Restore", request);
    QVERIFY2(done, done ? "" : Core::describe(done.error()).c_str());
    QVERIFY(done->changes == plan->changes && done->written.firstSeq == 4);
    QVERIFY(shown("play", "k", "f") == Core::Value("old"));
    QVERIFY(!shown("play", "k", "g"));
    QVERIFY(shown("play", "k", "points") == Core::Value(7));
    QVERIFY(shown("play", "k", "badges") == Core::Value(Core::Value::List{Core::Value("a")}));

    write(1, "play", "k", {Core::IncrementOp{"points", 100}}, {});
    Admin::StateUndoRequest undo{m_user.user, done->written.firstSeq, done->written.lastSeq, true, {}};
    const auto back = m_service->call<Admin::StateUndoResponse>("State/Undo", undo);
    QVERIFY2(back, back ? "" : Core::describe(back.error()).c_str());
    undo.isDryRun = false;
    undo.token = back->token;
    QVERIFY(m_service->call<Admin::StateUndoResponse>("State/Undo", undo));
    QVERIFY(shown("play", "k", "f") == Core::Value("changed"));
    QVERIFY(shown("play", "k", "g") == Core::Value("new"));
    QVERIFY(shown("play", "k", "points") == Core::Value(112));
    QVERIFY(shown("play", "k", "badges") == Core::Value(Core::Value::List{Core::Value("a"), Core::Value("b")}));
}

void TestStateWrites::restore_changedSinceDryRun_isRefused()
{
    put(1, "play", "k", "f", "old");
    put(1, "play", "k", "f", "new", {{deviceId(1), 1}});
    Admin::StateRestoreRequest request{m_user.user, {}, {}, {}, {}, true, {}};
    request.to.seq = 1;
    const auto plan = m_service->call<Admin::StateRestoreResponse>("State/Restore", request);
    QVERIFY(plan);
    put(2, "play", "k", "f", "newest", {{deviceId(1), 2}});
    request.isDryRun = false;
    request.token = plan->token;
    const auto refused = m_service->call<Admin::StateRestoreResponse>("State/Restore", request);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, Core::ErrorCode::FailedPrecondition);
    QVERIFY(shown("play", "k", "f") == Core::Value("newest"));
}

void TestStateWrites::restore_tokenOfAnother_isRefused()
{
    put(1, "play", "k", "f", "old");
    put(1, "play", "k", "f", "new", {{deviceId(1), 1}});
    Admin::StateRestoreRequest request{m_user.user, "play", "k", {}, {}, true, {}};
    request.to.seq = 1;
    const auto plan = m_service->call<Admin::StateRestoreResponse>("State/Restore", request);
    QVERIFY(plan);
    request.isDryRun = false;
    request.token = plan->token;
    QCOMPARE(m_service->call<Admin::StateRestoreResponse>("State/Restore", request, "thief").error().code,
             Core::ErrorCode::InvalidArgument);
    Admin::StateRestoreRequest other = request;
    other.field = "f";
    QCOMPARE(m_service->call<Admin::StateRestoreResponse>("State/Restore", other).error().code, Core::ErrorCode::InvalidArgument);
    m_service->clock.time += std::chrono::minutes(11);
    QCOMPARE(m_service->call<Admin::StateRestoreResponse>("State/Restore", request).error().code, Core::ErrorCode::FailedPrecondition);
    QVERIFY(shown("play", "k", "f") == Core::Value("new"));
    request.token.clear();
    QCOMPARE(m_service->call<Admin::StateRestoreResponse>("State/Restore", request).error().code, Core::ErrorCode::InvalidArgument);
}

void TestStateWrites::undo_ofResolve_opensTheConflictAgain()
{
    put(1, "notes", "k", "f", "left");
    put(2, "notes", "k", "f", "right");
    const auto done = m_service->call<Admin::ConflictsResolveResponse>(
        "Conflicts/Resolve", Admin::ConflictsResolveRequest{m_user.user, "notes", "k", "f", siblings("k"), Core::Value("both")});
    QVERIFY(done && !done->isOpen);
    Admin::StateUndoRequest undo{m_user.user, done->written.firstSeq, done->written.lastSeq, true, {}};
    undo.token = m_service->call<Admin::StateUndoResponse>("State/Undo", undo)->token;
    undo.isDryRun = false;
    const auto undone = m_service->call<Admin::StateUndoResponse>("State/Undo", undo);
    QVERIFY2(undone, undone ? "" : Core::describe(undone.error()).c_str());
    const auto open =
        m_service->call<Admin::ConflictsGetResponse>("Conflicts/Get", Admin::ConflictsGetRequest{m_user.user, "notes", "k", "f"});
    QVERIFY2(open, open ? "" : Core::describe(open.error()).c_str());
    std::set<std::string> values;
    for (const Admin::SiblingView &sibling : open->conflict.siblings) {
        values.insert(*sibling.value->as<std::string>());
    }
    QVERIFY((values == std::set<std::string>{"left", "right"}));
}

void TestStateWrites::undo_writtenSince_isKept()
{
    put(1, "play", "k", "f", "loser");
    const std::uint64_t seq = put(2, "play", "k", "f", "winner");
    const auto back = m_service->call<Admin::ConflictsBringBackResponse>(
        "Conflicts/BringBack", Admin::ConflictsBringBackRequest{m_user.user, "play", "k", "f", seq, {deviceId(1), 1}});
    QVERIFY2(back, back ? "" : Core::describe(back.error()).c_str());
    put(2, "play", "k", "f", "newer", {{Server::operatorDevice("t", "op"), 1}});
    Admin::StateUndoRequest undo{m_user.user, back->written.firstSeq, back->written.lastSeq, true, {}};
    const auto plan = m_service->call<Admin::StateUndoResponse>("State/Undo", undo);
    QVERIFY(plan && plan->changes.empty() && plan->kept.size() == 1);
    QCOMPARE(m_service->call<Admin::StateUndoResponse>("State/Undo", Admin::StateUndoRequest{m_user.user, 1, 1, true, {}}).error().code,
             Core::ErrorCode::InvalidArgument);
}

void TestStateWrites::bringBack_overwritten_isThereAgain()
{
    put(1, "play", "k", "f", "loser");
    const std::uint64_t seq = put(2, "play", "k", "f", "winner");
    const Admin::ConflictsBringBackRequest request{m_user.user, "play", "k", "f", seq, {deviceId(1), 1}};
    const auto back = m_service->call<Admin::ConflictsBringBackResponse>("Conflicts/BringBack", request);
    QVERIFY2(back, back ? "" : Core::describe(back.error()).c_str());
    QVERIFY(back->change.before == Core::Value("winner") && back->change.after == Core::Value("loser"));
    QVERIFY(shown("play", "k", "f") == Core::Value("loser"));
    Admin::ConflictsBringBackRequest none = request;
    none.seq = 1;
    QCOMPARE(m_service->call<Admin::ConflictsBringBackResponse>("Conflicts/BringBack", none).error().code, Core::ErrorCode::NotFound);
}

void TestStateWrites::resolveMany_dryRunThenRun_endsThoseAndNoOthers()
{
    for (const char *key : {"a", "b", "c"}) {
        put(1, "notes", key, "f", "left");
        put(std::string(key) == "c" ? 3 : 2, "notes", key, "f", "right");
    }
    Admin::ConflictsResolveManyRequest request;
    request.filter.user = m_user.user;
    request.choice = Admin::BulkChoice::Device;
    request.device = deviceId(2);
    request.isDryRun = true;
    const auto plan = m_service->call<Admin::ConflictsResolveManyResponse>("Conflicts/ResolveMany", request);
    QVERIFY2(plan, plan ? "" : Core::describe(plan.error()).c_str());
    QVERIFY(plan->matchedCount == 3 && plan->resolvedCount == 2 && plan->skippedCount == 1);
    request.isDryRun = false;
    request.token = plan->token;
    put(3, "notes", "b", "f", "third");
    QCOMPARE(m_service->call<Admin::ConflictsResolveManyResponse>("Conflicts/ResolveMany", request).error().code,
             Core::ErrorCode::FailedPrecondition);
    QCOMPARE(siblings("a").size(), std::size_t(2));
    request.isDryRun = true;
    request.token.clear();
    const auto again = m_service->call<Admin::ConflictsResolveManyResponse>("Conflicts/ResolveMany", request);
    request.isDryRun = false;
    request.token = again->token;
    const auto done = m_service->call<Admin::ConflictsResolveManyResponse>("Conflicts/ResolveMany", request);
    QVERIFY2(done, done ? "" : Core::describe(done.error()).c_str());
    QCOMPARE(done->resolvedCount, 2U);
    for (const Admin::BulkConflict &conflict : done->conflicts) {
        QCOMPARE(conflict.written.firstSeq != 0, !conflict.isSkipped);
    }
    QVERIFY(siblings("a").empty() && siblings("b").empty());
    QCOMPARE(siblings("c").size(), std::size_t(2));
    QVERIFY(shown("notes", "a", "f") == Core::Value("right"));
}

void TestStateWrites::revokeMany_dryRunThenRun_revokes()
{
    for (int device = 1; device <= 3; ++device) {
        m_service->hello(m_user, deviceId(device));
    }
    Admin::DevicesRevokeManyRequest request{"name:\"device 2\" OR name:\"device 3\"", true, {}};
    const auto plan = m_service->call<Admin::DevicesRevokeManyResponse>("Devices/RevokeMany", request);
    QVERIFY2(plan, plan ? "" : Core::describe(plan.error()).c_str());
    QCOMPARE(plan->revokedCount, 2U);
    request.isDryRun = false;
    request.token = plan->token;
    const auto done = m_service->call<Admin::DevicesRevokeManyResponse>("Devices/RevokeMany", request);
    QVERIFY2(done, done ? "" : Core::describe(done.error()).c_str());
    const auto user = m_service->call<Admin::UsersGetResponse>("Users/Get", Admin::UsersGetRequest{m_user.user});
    QVERIFY(user);
    for (const Admin::DeviceSummary &device : user->devices) {
        QCOMPARE(device.isRevoked, device.id != deviceId(1));
    }
    // They are revoked by now: another set.
    QCOMPARE(m_service->call<Admin::DevicesRevokeManyResponse>("Devices/RevokeMany", request).error().code,
             Core::ErrorCode::FailedPrecondition);
}

QTEST_GUILESS_MAIN(TestStateWrites)
#include "tst_statewrites.moc"
