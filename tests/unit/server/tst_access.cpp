// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: who may do what follows from the policy file alone, masked values stay in the server, and quotas hold.
// Method: tables over single decisions; calls of the admin endpoint over a store on a simulated disk.

#include "adminservice.h"

#include <QTest>

using namespace Satchel;
using namespace Satchel::Server;
using namespace std::chrono_literals;

namespace {

const std::string canary = "CANARY-7f3a";

Core::DeviceId device(std::uint8_t number = 3)
{
    Core::DeviceId id;
    id.bytes.fill(number);
    return id;
}

Core::Mutation put(std::uint64_t counter, const std::string &collection, const std::string &key, const std::string &field,
                   Core::Value value)
{
    Core::Mutation out;
    out.dot = {device(), counter};
    out.stamp = Core::Hlc::fromParts(1'700'000'000'000 + counter, 0);
    out.document = {collection, key};
    out.ops = {Core::PutOp{field, std::move(value)}};
    return out;
}

std::string withAccess(const std::string &rules, const std::string &more = {})
{
    return R"({"version":1,"collections":{"notes":{},"wallet":{"sensitivity":"restricted"},)"
           R"("profile":{"fields":{"pin":{"sensitivity":"restricted"},"nick":{"sensitivity":"public"}}}},"access":[)" +
           rules + "]" + more + "}";
}

const char *verdictText(Verdict verdict)
{
    constexpr const char *texts[] = {"allowed", "reason", "approval", "denied"};
    return texts[static_cast<int>(verdict)];
}

bool has(const HttpResponse &response, const std::string &text)
{
    return response.body.find(text) != std::string::npos;
}

}  // namespace

class TestAccess : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void decision_byRules_data();
    void decision_byRules();
    void builtIn_rules_followTheRoles();
    void operators_section_restrictsTokens();
    void masked_values_neverLeaveTheServer();
    void ids_ofAnotherTenant_answerAsUnknownOnes();
    void unmask_withReason_showsAndIsRecorded();
    void userAttributes_ofTheirTokens_decide();
    void lookUps_ofManyUsers_raiseOneAlarm();
    void policies_changedWhileRunning_holdAtOnce();
    void quota_ofDocuments_refusesNewOnesOnly();
    void quota_ofBytes_letsAlwaysTakeAway();
    void documentLimit_ofACollection_isItsOwn();
    void retention_ofACollection_isItsOwn();
};

void TestAccess::decision_byRules_data()
{
    QTest::addColumn<QByteArray>("rules");
    QTest::addColumn<QByteArray>("action");
    QTest::addColumn<QByteArray>("collection");
    QTest::addColumn<bool>("hasReason");
    QTest::addColumn<QByteArray>("verdict");
    const auto row = [](const char *name, const char *rules, const char *action, const char *collection, bool hasReason,
                        const char *verdict) {
        QTest::newRow(name) << QByteArray(rules) << QByteArray(action) << QByteArray(collection) << hasReason << QByteArray(verdict);
    };
    const char *all = R"({"name":"a","roles":"support","actions":["read","resolve","erase"]})";
    row("no rule", R"({"name":"a","roles":"admin","actions":"read"})", "read", "notes", true, "denied");
    row("rule of another action", all, "history", "notes", true, "denied");
    row("rule", all, "read", "notes", false, "allowed");
    row("deny wins, first", R"({"name":"d","effect":"deny","actions":"read"},{"name":"a","roles":"support","actions":"read"})", "read",
        "notes", true, "denied");
    row("deny wins, last", R"({"name":"a","roles":"support","actions":"read"},{"name":"d","effect":"deny","roles":"support"})", "read",
        "notes", true, "denied");
    row("deny of another role", R"({"name":"a","roles":"support","actions":"read"},{"name":"d","effect":"deny","roles":"admin"})", "read",
        "notes", true, "allowed");
    const char *reasoned =
        R"({"name":"a","roles":"support","actions":["read","resolve"]},{"name":"r","roles":"support","actions":["read","resolve"],"collections":"wallet","reason":true})";
    row("every demand counts", reasoned, "read", "wallet", false, "reason");
    row("a reason is given", reasoned, "read", "wallet", true, "allowed");
    row("a demand of another collection", reasoned, "read", "notes", false, "allowed");
    row("reading without a collection", reasoned, "read", "", false, "allowed");
    const char *sensitive =
        R"({"name":"a","roles":"support","actions":["read","resolve"]},{"name":"d","effect":"deny","sensitivity":"restricted"})";
    row("sensitivity", sensitive, "read", "wallet", true, "denied");
    row("another sensitivity", sensitive, "read", "notes", true, "allowed");
    row("reading leaves out what is denied", sensitive, "read", "", true, "allowed");
    row("changing does not", sensitive, "resolve", "", true, "denied");
    row("changes of one collection only", R"({"name":"a","roles":"support","actions":"resolve","collections":"notes"})", "resolve", "",
        true, "denied");
    row("approval", R"({"name":"a","roles":"support","actions":"erase","approval":true,"reason":true})", "erase", "", true, "approval");
    row("reason before approval", R"({"name":"a","roles":"support","actions":"erase","approval":true,"reason":true})", "erase", "", false,
        "reason");
    row("team", R"({"name":"a","roles":"support","actions":"read","operators":{"team":["red","blue"]}})", "read", "notes", true, "allowed");
    row("another team", R"({"name":"a","roles":"support","actions":"read","operators":{"team":"red"}})", "read", "notes", true, "denied");
    row("user of the region", R"({"name":"a","roles":"support","actions":"read","users":{"region":"$operator.region"}})", "read", "notes",
        true, "allowed");
    row("user of another region", R"({"name":"a","roles":"support","actions":"read","users":{"region":"us"}})", "read", "notes", true,
        "denied");
    row("an attribute that the user lacks", R"({"name":"a","roles":"support","actions":"read","users":{"vip":"no"}})", "read", "notes",
        true, "denied");
}

void TestAccess::decision_byRules()
{
    QFETCH(QByteArray, rules);
    QFETCH(QByteArray, action);
    QFETCH(QByteArray, collection);
    QFETCH(bool, hasReason);
    QFETCH(QByteArray, verdict);
    auto policies = parsePolicies(withAccess(rules.toStdString()));
    QVERIFY2(policies, policies ? "" : policies.error().detail.c_str());
    const Access access(std::make_shared<const Policies>(std::move(*policies)));
    const Identity caller{{"t", "op"}, {"support", "user", "root"}, {}, {{"team", "blue"}, {"region", "eu"}}};
    const Attributes user{{"region", "eu"}};
    const std::string name = collection.toStdString();
    const auto decision = access.decide(caller, *actionNamed(action.toStdString()), {&user, false, name, {}}, {hasReason, false});
    QCOMPARE(verdictText(decision.verdict), verdict.constData());
    // Roles that no rule names, as every token may bring, are nothing.
    const Identity stranger{{"t", "op"}, {"user", "root", "*"}, {}, caller.attributes};
    QVERIFY(access.decide(stranger, *actionNamed(action.toStdString()), {&user, false, name, {}}, {true, true}).verdict == Verdict::Denied);
}

void TestAccess::builtIn_rules_followTheRoles()
{
    const Access access(std::make_shared<const Policies>());
    for (std::size_t i = 0; i <= static_cast<std::size_t>(Action::Last); ++i) {
        const auto action = static_cast<Action>(i);
        QVERIFY(actionNamed(actionName(action)) == action);
        for (const std::string_view role : {roleUser, roleSupport, roleAuditor, roleAdmin, roleQa}) {
            const auto roles = rolesOf(action);
            const bool isAllowed = std::find(roles.begin(), roles.end(), role) != roles.end();
            const Identity caller{{"t", "op"}, {std::string(role)}, {}, {}};
            QCOMPARE(access.decide(caller, action, {}, {true, false}).verdict == Verdict::Allowed, isAllowed);
        }
    }
}

void TestAccess::operators_section_restrictsTokens()
{
    auto policies =
        parsePolicies(R"({"version":1,"collections":{},"operators":{"ann":{"roles":["support"],"attributes":{"team":"blue"}}}})");
    QVERIFY(policies);
    const Access access(std::make_shared<const Policies>(std::move(*policies)));
    const Identity ann = access.admitted({{"t", "ann"}, {"admin", "support", "user"}, {}, {{"team", "red"}}});
    QVERIFY((ann.roles == std::vector<std::string>{"support", "user"}));
    QCOMPARE(ann.attributes.at("team"), std::string("blue"));
    // Whoever has got the issuer to write a role is no operator by that alone.
    const Identity eve = access.admitted({{"t", "eve"}, {"admin", "user"}, {}, {{"team", "red"}}});
    QVERIFY((eve.roles == std::vector<std::string>{"user"}));
    QVERIFY(eve.attributes.empty());
    Service service(R"({"version":1,"collections":{},"operators":{"ann":{"roles":["support"]}}})");
    QCOMPARE(service.call(requestOf("Users/List", "t/ann/support")).status, 200);
    QCOMPARE(service.call(requestOf("Audit/TreeHead", "t/ann/support,admin")).status, 403);
    QCOMPARE(service.call(requestOf("Users/List", "t/eve/support,admin")).status, 403);
}

/// Every command that there is, as every role, with bodies that most of them understand.
void TestAccess::masked_values_neverLeaveTheServer()
{
    Service service(R"({"version":1,"collections":{"wallet":{"sensitivity":"restricted","conflict":"manual"},)"
                    R"("profile":{"fields":{"pin":{"sensitivity":"restricted"}}}}})");
    const Core::UserId user{"t", "anna"};
    service.makeDevice(user, device());
    QVERIFY(
        service.push(user, {put(1, "wallet", "k", "f", Core::Value(canary + "1")), put(2, "profile", "k", "pin", Core::Value(canary + "2")),
                            put(3, "wallet", "k", "f", Core::Value(canary + "3")), put(4, "profile", "k", "pin", Core::Value(canary + "4")),
                            put(5, "profile", "k", "name", Core::Value("shown"))}));
    const std::vector<std::string> bodies = {"{}",
                                             R"({"user":"anna"})",
                                             R"({"user":"anna","collection":"wallet","key":"k"})",
                                             R"({"user":"anna","collection":"profile","key":"k"})",
                                             R"({"user":"anna","collection":"profile","key":"k","field":"pin"})",
                                             R"({"user":"anna","collection":"wallet","key":"k","field":"f"})",
                                             R"({"user":"anna","seq":"3"})",
                                             R"({"user":"anna","seq":"5","collection":"profile","key":"k"})",
                                             R"({"kind":"CONFLICT_KIND_OVERWRITTEN"})",
                                             R"({"user":"anna","from":{"seq":"1"},"to":{"seq":"5"}})",
                                             R"({"user":"anna","at":{"seq":"4"}})",
                                             R"({"user":"anna","at":{"seq":"4"},"dryRun":true})"};
    const HttpResponse shown = service.call(requestOf("State/GetDocument", "t/op/support", bodies[3]));
    QVERIFY(has(shown, "shown") && has(shown, "\"isMasked\":true"));
    std::size_t answered = 0;
    for (const auto &command : service.admin->commands()) {
        // It would leave nothing for those behind it.
        if (command->action() == Action::EraseUser) {
            continue;
        }
        for (const char *roles : {"user", "support", "auditor", "admin", "qa", "support,auditor,admin,qa"}) {
            for (const std::string &body : bodies) {
                HttpRequest request = requestOf(std::string(command->name()), std::string("t/op/") + roles, body);
                request.reason = "a ticket";
                const HttpResponse response = service.call(request);
                answered += response.status == 200 ? 1 : 0;
                QVERIFY2(!has(response, canary), (std::string(command->name()) + " " + body + ": " + response.body).c_str());
            }
        }
    }
    QVERIFY2(answered > 30, std::to_string(answered).c_str());
}

/// Whoever may do everything in another tenant finds there what he would of an id that nobody has.
void TestAccess::ids_ofAnotherTenant_answerAsUnknownOnes()
{
    Service service;
    service.makeDevice({"t", "anna"}, device());
    QVERIFY(service.push({"t", "anna"}, {put(1, "notes", "k", "f", Core::Value(canary))}));
    const std::vector<std::string> bodies = {R"({"user":"NAME"})", R"({"user":"NAME","collection":"notes","key":"k"})",
                                             R"({"user":"NAME","collection":"notes","key":"k","field":"f"})",
                                             R"({"user":"NAME","device":"AwMDAwMDAwMDAwMDAwMDAw=="})",
                                             R"({"user":"NAME","at":{"seq":"1"}})"};
    for (const auto &command : service.admin->commands()) {
        for (const std::string &body : bodies) {
            const auto answer = [&](const std::string &name) {
                std::string text = body;
                text.replace(text.find("NAME"), 4, name);
                HttpRequest request = requestOf(std::string(command->name()), "o/op/support,auditor,admin,qa", text);
                request.reason = "a ticket";
                return service.call(std::move(request));
            };
            const HttpResponse foreign = answer("anna");
            const HttpResponse unknown = answer("nana");
            QCOMPARE(foreign.status, unknown.status);
            QVERIFY2(!has(foreign, canary), std::string(command->name()).c_str());
            // Those have hashes and times in them.
            if (command->action() != Action::ReadAudit && command->action() != Action::EraseUser) {
                std::string expected = unknown.body;
                for (std::size_t at = expected.find("nana"); at != std::string::npos; at = expected.find("nana", at)) {
                    expected.replace(at, 4, "anna");
                }
                QVERIFY2(foreign.body == expected, (std::string(command->name()) + ": " + foreign.body + expected).c_str());
            }
        }
    }
}

void TestAccess::unmask_withReason_showsAndIsRecorded()
{
    Service service(R"({"version":1,"collections":{"wallet":{"sensitivity":"restricted"}}})");
    const Core::UserId user{"t", "anna"};
    service.makeDevice(user, device());
    QVERIFY(service.push(user, {put(1, "wallet", "k", "f", Core::Value(canary))}));
    HttpRequest request = requestOf("State/GetDocument", "t/op/support", R"({"user":"anna","collection":"wallet","key":"k"})");
    request.unmask = "true";
    HttpResponse response = service.call(request);
    QCOMPARE(response.status, 400);
    QVERIFY(has(response, "REASON_NEEDED"));
    request.reason = "  ";
    QVERIFY(has(service.call(request), "REASON_NEEDED"));
    request.reason = "ticket 1";
    response = service.call(request);
    QCOMPARE(response.status, 200);
    QVERIFY(has(response, canary));
    request.unmask = "yes";
    QCOMPARE(service.call(request).status, 400);
    const auto records = service.records("t");
    QCOMPARE(records.size(), std::size_t{4});
    QVERIFY(!records[0].isUnmasked && records[0].reason == Core::ErrorReason::ReasonNeeded);
    QVERIFY(records[2].isUnmasked && !records[2].code);
    // Who may not, sees nothing, and that it was tried is on record.
    Service strict(withAccess(R"({"name":"a","roles":["support"],"actions":["browse","read"]})"));
    strict.makeDevice(user, device());
    QVERIFY(strict.push(user, {put(1, "wallet", "k", "f", Core::Value(canary))}));
    request.unmask = "true";
    response = strict.call(request);
    QCOMPARE(response.status, 403);
    QVERIFY(!has(response, canary) && has(response, "POLICY_DENIED"));
}

void TestAccess::userAttributes_ofTheirTokens_decide()
{
    Service service(
        withAccess(R"({"name":"region","roles":["support"],"actions":["browse","read"],"users":{"region":"$operator.region"}})"));
    service.makeDevice({"t", "anna"}, device(), {{"region", "eu"}});
    service.makeDevice({"t", "bert"}, device(), {{"region", "us"}});
    QVERIFY(service.push({"t", "anna"}, {put(1, "notes", "k", "f", Core::Value("of-anna"))}));
    QVERIFY(service.push({"t", "bert"}, {put(1, "notes", "k", "f", Core::Value("of-bert"))}));
    const HttpResponse list = service.call(requestOf("Users/List", "t/op/support@region=eu"));
    QCOMPARE(list.status, 200);
    QVERIFY(has(list, "anna") && !has(list, "bert"));
    QCOMPARE(service.call(requestOf("Users/Get", "t/op/support@region=eu", R"({"user":"anna"})")).status, 200);
    const HttpResponse other = service.call(requestOf("Users/Get", "t/op/support@region=eu", R"({"user":"bert"})"));
    const HttpResponse nobody = service.call(requestOf("Users/Get", "t/op/support@region=eu", R"({"user":"nobody"})"));
    QCOMPARE(other.status, 403);
    // Whether there is such a user cannot be told.
    QCOMPARE(other.body, nobody.body);
    QCOMPARE(service.call(requestOf("Users/Get", "t/op/support", R"({"user":"anna"})")).status, 403);
    QVERIFY(!has(service.call(requestOf("Users/List", "t/op/support")), "anna"));
}

void TestAccess::lookUps_ofManyUsers_raiseOneAlarm()
{
    Service service(R"({"version":1,"collections":{},"look_ups":{"users":50,"minutes":10}})");
    const auto look = [&service](int number) {
        return service.call(requestOf("Users/Get", "t/op/support", R"({"user":"user)" + std::to_string(number) + R"("})"));
    };
    const auto alarms = [&service] {
        const auto records = service.records("t");
        return std::count_if(records.begin(), records.end(),
                             [](const auto &record) { return record.action == Wire::auditManyLookUpsAction; });
    };
    for (int i = 0; i < 200; ++i) {
        QCOMPARE(look(i % 49).status, 404);
    }
    QCOMPARE(alarms(), 0);
    QCOMPARE(look(49).status, 404);
    QCOMPARE(alarms(), 1);
    for (int i = 50; i < 120; ++i) {
        QCOMPARE(look(i).status, 404);
    }
    QCOMPARE(alarms(), 1);
    service.clock.advance(11min);
    for (int i = 0; i < 50; ++i) {
        QCOMPARE(look(i).status, 404);
    }
    QCOMPARE(alarms(), 2);
    const auto records = service.records("t");
    const auto alarm =
        std::find_if(records.begin(), records.end(), [](const auto &record) { return record.action == Wire::auditManyLookUpsAction; });
    QCOMPARE(alarm->personal.actor, std::string("op"));
    QCOMPARE(alarm->personal.reason, std::string("50 users within 10 minutes"));
}

void TestAccess::policies_changedWhileRunning_holdAtOnce()
{
    Service service(withAccess(R"({"name":"a","roles":["support"],"actions":["browse"]})"));
    QCOMPARE(service.call(requestOf("Users/List", "t/op/support")).status, 200);
    const auto change = [&service](const std::string &text) {
        std::promise<Core::Result<void>> done;
        service.keeper->change({*parsePolicies(text), std::nullopt, "ann", std::nullopt},
                               [&done](const Core::Result<void> &changed) { done.set_value(changed); });
        return done.get_future().get();
    };
    const std::string next = R"({"version":2,"collections":{"notes":{"conflict":"manual"}},"access":[]})";
    QVERIFY(change(next));
    QCOMPARE(service.call(requestOf("Users/List", "t/op/support")).status, 403);
    QCOMPARE(service.store().policies()->of("notes").conflict, Core::ConflictRule::Manual);
    QCOMPARE(change(next).error().code, Core::ErrorCode::FailedPrecondition);
    auto view = service.store().reader();
    QVERIFY(view);
    const auto versions = (*view)->policyVersions(UINT64_MAX, 10);
    QVERIFY(versions);
    QCOMPARE(versions->size(), std::size_t{2});
    QCOMPARE(versions->front().author, std::string("ann"));
    QCOMPARE((*(*view)->policyVersion(2))->text, next);
}

void TestAccess::quota_ofDocuments_refusesNewOnesOnly()
{
    Service service(R"({"version":1,"collections":{},"quotas":{"documents":2}})");
    const Core::UserId user{"t", "anna"};
    service.makeDevice(user, device());
    const auto answer = service.push(user, {put(1, "notes", "a", "f", Core::Value("1")), put(2, "notes", "b", "f", Core::Value("1")),
                                            put(3, "notes", "c", "f", Core::Value("1")), put(4, "notes", "a", "f", Core::Value("2"))});
    QVERIFY(answer);
    QCOMPARE(answer->pushed.settled.size(), std::size_t{1});
    QCOMPARE(answer->pushed.settled[0].counter, 3U);
    QCOMPARE(answer->pushed.settled[0].refusal->code, Core::ErrorCode::ResourceExhausted);
    QCOMPARE(answer->pushed.settled[0].refusal->reason, Core::ErrorReason::QuotaExceeded);
    Core::Mutation gone = put(5, "notes", "b", "f", Core::Value("1"));
    gone.ops = {Core::RemoveOp{"f", {}}};
    const auto later = service.push(user, {put(6, "notes", "c", "f", Core::Value("1"))});
    QVERIFY(!later);
    const auto freed = service.push(user, {gone, put(6, "notes", "c", "f", Core::Value("1")), put(7, "notes", "d", "f", Core::Value("1"))});
    QVERIFY(freed);
    QCOMPARE(freed->pushed.settled.size(), std::size_t{1});
    QCOMPARE(freed->pushed.settled[0].counter, 7U);
}

void TestAccess::quota_ofBytes_letsAlwaysTakeAway()
{
    Service service(R"({"version":1,"collections":{},"quotas":{"bytes":4000}})");
    const Core::UserId user{"t", "anna"};
    service.makeDevice(user, device());
    // Many writes to one document add little to it, whatever they add up to.
    std::vector<Core::Mutation> writes;
    for (std::uint64_t i = 1; i <= 40; ++i) {
        Core::Mutation write = put(i, "notes", "a", "f", Core::Value(std::string(400, 'x')));
        if (i > 1) {
            write.context.add({device(), i - 1});
        }
        writes.push_back(write);
    }
    auto answer = service.push(user, writes);
    QVERIFY(answer);
    QVERIFY(answer->pushed.settled.empty());
    answer = service.push(user, {put(41, "notes", "b", "f", Core::Value(std::string(3000, 'x'))),
                                 put(42, "notes", "c", "f", Core::Value(std::string(3000, 'x')))});
    QVERIFY(answer);
    QCOMPARE(answer->pushed.settled.size(), std::size_t{1});
    QCOMPARE(answer->pushed.settled[0].counter, 42U);
    QCOMPARE(answer->pushed.settled[0].refusal->reason, Core::ErrorReason::QuotaExceeded);
    Core::Mutation less = put(43, "notes", "b", "f", Core::Value("y"));
    less.context.add({device(), 41});
    answer = service.push(user, {less, put(44, "notes", "c", "f", Core::Value(std::string(3000, 'x')))});
    QVERIFY(answer);
    QVERIFY(answer->pushed.settled.empty());
}

void TestAccess::documentLimit_ofACollection_isItsOwn()
{
    Service service(R"({"version":1,"collections":{"notes":{"document_bytes":1000}}})");
    const Core::UserId user{"t", "anna"};
    service.makeDevice(user, device());
    const auto answer = service.push(user, {put(1, "notes", "a", "f", Core::Value(std::string(2000, 'x'))),
                                            put(2, "other", "a", "f", Core::Value(std::string(2000, 'x')))});
    QVERIFY(answer);
    QCOMPARE(answer->pushed.settled.size(), std::size_t{1});
    QCOMPARE(answer->pushed.settled[0].counter, 1U);
    QCOMPARE(answer->pushed.settled[0].refusal->reason, Core::ErrorReason::LimitExceeded);
}

void TestAccess::retention_ofACollection_isItsOwn()
{
    Service service(R"({"version":1,"collections":{"chat":{"history_days":1},"ledger":{"history_days":0}}})");
    const Core::UserId user{"t", "anna"};
    service.makeDevice(user, device());
    QVERIFY(service.push(user, {put(1, "chat", "a", "f", Core::Value("1")), put(2, "chat", "b", "f", Core::Value("1")),
                                put(3, "ledger", "a", "f", Core::Value("1")), put(4, "chat", "c", "f", Core::Value("1"))}));
    service.clock.advance(std::chrono::hours(24 * 400));
    const auto report = service.compact();
    QVERIFY(report);
    // The log is cut off at its first event that stays.
    QCOMPARE(report->eventCount, std::size_t{2});
}

QTEST_GUILESS_MAIN(TestAccess)
#include "tst_access.moc"
