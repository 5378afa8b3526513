// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: what the services say was is what was: at every event of random histories, before and after compaction.
// Method: random histories pushed through the pipeline, the states compared with the naive model of the law tests, which shares no code
// with the merge; short histories made by hand for what is told beside states.

#include "statefixture.h"

#include "property/history.h"
#include "property/model.h"

#include "core/canonical.h"
#include "core/view.h"

#include <random>

using namespace Satchel;
using namespace Satchel::Test;
namespace Admin = Satchel::Wire::Admin;
namespace Model = Satchel::Core::Testing;

class TestStateHistory : public StateFixture {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void at_everyEventOfRandomHistories_isTheModel();
    void at_forgottenOrToCome_isRefused();
    void at_time_isTheLastEventByThen();
    void at_wholeUser_pages();
    void diff_twoPoints_tellsAddedRemovedChanged();
    void history_ofDocument_tellsOpsAndWhatTheyTookAway();
    void explain_afterAWinner_tellsRuleAndLosers();
};

namespace {

constexpr std::array rulesOfAll = {Model::Rules::Merge, Model::Rules::LastWriter, Model::Rules::Manual, Model::Rules::Custom};

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
    Core::Policy play;
    play.collection = "play";
    play.fieldKinds = {{"points", Core::FieldKind::Counter}, {"badges", Core::FieldKind::Set}};
    set.insert(play);
    return set;
}

/// Values and dots of every field, so that two states can be compared in one line.
std::string textOf(const std::vector<Admin::FieldView> &fields)
{
    std::string text;
    for (const Admin::FieldView &field : fields) {
        text += field.name + "=" + (field.value ? Core::canonicalBytes(*field.value) : std::string("-"));
        for (const Admin::SiblingView &sibling : field.siblings) {
            text += " " + sibling.dot.device.toHex() + ":" + std::to_string(sibling.dot.counter);
        }
        text += "\n";
    }
    return text;
}

std::string textOf(const Core::Document &document, const Core::Policy &policy)
{
    std::vector<Admin::FieldView> fields;
    for (const Core::Document::Field &field : document.fields) {
        Admin::FieldView view;
        view.name = field.name;
        view.value = Core::shownValue(field.state, policy.kindOf(field.name));
        std::vector<Core::Sibling> siblings = field.state.siblings;
        std::ranges::sort(siblings, [](const auto &a, const auto &b) { return std::tie(b.stamp, b.dot) < std::tie(a.stamp, a.dot); });
        for (const Core::Sibling &sibling : siblings) {
            view.siblings.emplace_back().dot = sibling.dot;
        }
        fields.push_back(std::move(view));
    }
    return textOf(fields);
}

}  // namespace

void TestStateHistory::init()
{
    begin(policies());
}

void TestStateHistory::at_everyEventOfRandomHistories_isTheModel()
{
    std::mt19937 random(20261123);
    std::size_t compared = 0;
    const std::size_t wanted = qEnvironmentVariableIsSet("SATCHEL_THOROUGH") ? 10'000 : 1000;
    for (int round = 0; compared < wanted; ++round) {
        const Model::Rules rules = rulesOfAll[static_cast<std::size_t>(round) % rulesOfAll.size()];
        std::vector<std::uint32_t> script(40);
        std::ranges::generate(script, random);
        Model::History history = Model::makeHistory(rules, script);
        const Core::UserId user{"t", "user " + std::to_string(round)};
        // The counters of a history have gaps, as a device's other documents make them: those are written as well.
        std::map<Core::DeviceId, std::uint64_t> counters;
        std::vector<Core::Mutation> all;
        std::vector<std::size_t> numbers;
        for (Model::Written &written : history.writes) {
            std::uint64_t &counter = counters[written.mutation.dot.device];
            for (++counter; counter < written.mutation.dot.counter; ++counter) {
                Core::Mutation other = written.mutation;
                other.dot.counter = counter;
                other.document = {"play", "other"};
                other.scope = Core::Scope::Fields;
                other.ops = {Core::PutOp{"f", Core::Value("x")}};
                other.context = {};
                all.push_back(std::move(other));
            }
            written.mutation.document = {collectionOf(rules), "k"};
            numbers.push_back(all.size());
            all.push_back(written.mutation);
        }
        // Every third history has a transaction for each write; the others' share theirs.
        std::vector<Wire::Pushed> pushed;
        if (round % 3 == 0) {
            for (const Core::Mutation &mutation : all) {
                pushed.push_back(m_service->push(user, {mutation}));
            }
        } else {
            pushed = m_service->pushAll(user, all);
        }
        std::vector<std::uint64_t> places{0};
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            for (const Wire::Settled &settled : pushed[numbers[i]].settled) {
                QVERIFY2(!settled.refusal, settled.refusal ? settled.refusal->detail.c_str() : "");
                Core::Mutation &mutation = history.writes[i].mutation;
                mutation.stamp = settled.stamp.value_or(mutation.stamp);
            }
            places.push_back(pushed[numbers[i]].seqs.front());
        }
        const std::uint64_t gone = round % 2 == 0 ? 0 : m_service->compact(user, random() % (places.back() + 1));
        QVERIFY(gone <= places.back());
        std::vector<std::size_t> counts;
        std::vector<Admin::StateAtRequest> requests;
        for (std::size_t count = 0; count < places.size(); ++count) {
            if (places[count] >= gone) {
                counts.push_back(count);
                requests.push_back({user.user, collectionOf(rules), "k", {places[count], std::nullopt}, {}});
            }
        }
        const auto answers = m_service->callAll<Admin::StateAtResponse>("State/At", requests);
        for (std::size_t i = 0; i < counts.size(); ++i) {
            const auto &at = answers[i];
            QVERIFY2(at, at ? "" : Core::describe(at.error()).c_str());
            const Core::Document expected = Model::modelState(history, (Model::WriteSet{1} << counts[i]) - 1);
            const bool exists = Core::exists(expected, history.policy);
            QCOMPARE(at->documents.size(), std::size_t(exists ? 1 : 0));
            if (exists) {
                QCOMPARE(QByteArray::fromStdString(textOf(at->documents[0].fields)),
                         QByteArray::fromStdString(textOf(expected, history.policy)));
            }
            ++compared;
        }
    }
}

void TestStateHistory::at_forgottenOrToCome_isRefused()
{
    for (int i = 0; i < 6; ++i) {
        put(1, "play", "k", "f", std::to_string(i));
    }
    QCOMPARE(m_service->compact(m_user, 3), std::size_t(3));
    Admin::StateAtRequest request{m_user.user, "play", "k", {}, {}};
    request.at.seq = 2;
    const auto gone = m_service->call<Admin::StateAtResponse>("State/At", request);
    QVERIFY(!gone);
    QCOMPARE(gone.error().code, Core::ErrorCode::OutOfRange);
    QCOMPARE(gone.error().reason, Core::ErrorReason::HistoryExpired);
    QVERIFY(gone.error().detail.find("seq 3") != std::string::npos);
    request.at.seq = 7;
    QCOMPARE(m_service->call<Admin::StateAtResponse>("State/At", request).error().code, Core::ErrorCode::InvalidArgument);
    request.at.seq = 3;
    QVERIFY(m_service->call<Admin::StateAtResponse>("State/At", request));
    request.at = {std::nullopt, std::chrono::milliseconds(1)};
    QCOMPARE(m_service->call<Admin::StateAtResponse>("State/At", request).error().reason, Core::ErrorReason::HistoryExpired);
}

void TestStateHistory::at_time_isTheLastEventByThen()
{
    std::vector<std::chrono::milliseconds> times;
    for (int i = 0; i < 20; ++i) {
        put(1, "play", "k" + std::to_string(i % 3), "f", std::to_string(i));
        times.push_back(m_service->clock.time);
    }
    for (std::size_t i = 0; i < times.size(); ++i) {
        for (const int offset : {-1, 0, 1}) {
            Admin::StateAtRequest request{m_user.user, {}, {}, {}, {}};
            request.at.time = times[i] + std::chrono::milliseconds(offset);
            const auto at = m_service->call<Admin::StateAtResponse>("State/At", request);
            QVERIFY2(at, at ? "" : Core::describe(at.error()).c_str());
            QCOMPARE(at->seq, std::uint64_t(offset < 0 ? i : i + 1));
        }
    }
}

void TestStateHistory::at_wholeUser_pages()
{
    for (int i = 0; i < 9; ++i) {
        put(1, "play", "k" + std::to_string(i), "f", "old");
    }
    for (int i = 0; i < 9; ++i) {
        put(1, "play", "k" + std::to_string(i), "f", "new", {{deviceId(1), 18}});
    }
    Admin::StateAtRequest request{m_user.user, {}, {}, {}, {4, {}}};
    request.at.seq = 7;
    std::string text;
    for (int pages = 0; pages == 0 || !request.page.token.empty(); ++pages) {
        const auto at = m_service->call<Admin::StateAtResponse>("State/At", request);
        QVERIFY2(at && pages < 5, at ? "" : Core::describe(at.error()).c_str());
        QCOMPARE(at->seq, std::uint64_t(7));
        for (const Admin::DocumentView &document : at->documents) {
            text += document.key + "=" + *document.fields[0].value->as<std::string>() + " ";
        }
        request.page.token = at->nextToken;
        // Later pages are of the same point.
        put(2, "play", "z" + std::to_string(pages), "f", "later");
    }
    QCOMPARE(QByteArray::fromStdString(text), QByteArray("k0=old k1=old k2=old k3=old k4=old k5=old k6=old "));
}

void TestStateHistory::diff_twoPoints_tellsAddedRemovedChanged()
{
    put(1, "play", "a", "stays", "x");
    put(1, "play", "a", "changes", "old");
    const std::uint64_t from = put(1, "play", "a", "goes", "x");
    put(1, "play", "a", "changes", "new", {{deviceId(1), 3}});
    write(1, "play", "a", {Core::RemoveOp{"goes", {}}}, {{deviceId(1), 4}});
    const std::uint64_t to = put(1, "play", "b", "comes", "x");
    put(1, "play", "b", "later", "x");
    for (const std::string key : {"", "a"}) {
        Admin::StateDiffRequest request{m_user.user, key.empty() ? "" : "play", key, {}, {}, {}};
        request.from.seq = from;
        request.to.seq = to;
        const auto diff = m_service->call<Admin::StateDiffResponse>("State/Diff", request);
        QVERIFY2(diff, diff ? "" : Core::describe(diff.error()).c_str());
        QCOMPARE(diff->changes.size(), std::size_t(key.empty() ? 3 : 2));
        QVERIFY(diff->changes[0] == (Admin::FieldChange{"anna", "play", "a", "changes", Admin::FieldChangeKind::Changed, Core::Value("old"),
                                                        Core::Value("new"), false}));
        QCOMPARE(diff->changes[1].kind, Admin::FieldChangeKind::Removed);
        QVERIFY(!key.empty() || diff->changes[2].kind == Admin::FieldChangeKind::Added);
    }
}

void TestStateHistory::history_ofDocument_tellsOpsAndWhatTheyTookAway()
{
    put(1, "play", "k", "f", "first");
    put(2, "play", "other", "f", "x");
    put(2, "play", "k", "f", "second", {{deviceId(1), 1}});
    put(1, "play", "k", "f", "third", {{deviceId(1), 1}});
    Admin::StateHistoryRequest request{m_user.user, "play", "k", {2, {}}};
    std::vector<Admin::HistoryEvent> events;
    do {
        const auto page = m_service->call<Admin::StateHistoryResponse>("State/History", request);
        QVERIFY2(page, page ? "" : Core::describe(page.error()).c_str());
        events.insert(events.end(), page->events.begin(), page->events.end());
        request.page.token = page->nextToken;
    } while (!request.page.token.empty());
    QCOMPARE(events.size(), std::size_t(3));
    QCOMPARE(events[0].seq, std::uint64_t(4));
    QCOMPARE(events[0].deviceName, std::string("device 1"));
    QVERIFY(events[0].ops.size() == 1 && events[0].ops[0].value == Core::Value("third"));
    QVERIFY(events[0].received.count() > 0 && events[0].written.count() > 0);
    QCOMPARE(events[0].lost.size(), std::size_t(1));
    QVERIFY(events[0].lost[0].wasConcurrent && events[0].lost[0].sibling.value == Core::Value("second"));
    QCOMPARE(events[1].lost.size(), std::size_t(1));
    QVERIFY(!events[1].lost[0].wasConcurrent && events[1].lost[0].sibling.value == Core::Value("first"));
    QVERIFY(events[2].lost.empty());
    const auto whole = m_service->call<Admin::StateHistoryResponse>("State/History", Admin::StateHistoryRequest{m_user.user, {}, {}, {}});
    QVERIFY(whole && whole->events.size() == 4 && whole->events[0] == events[0]);
}

void TestStateHistory::explain_afterAWinner_tellsRuleAndLosers()
{
    put(1, "play", "k", "f", "loser");
    put(2, "play", "k", "f", "winner");
    const auto why =
        m_service->call<Admin::StateExplainResponse>("State/Explain", Admin::StateExplainRequest{m_user.user, "play", "k", "f"});
    QVERIFY2(why, why ? "" : Core::describe(why.error()).c_str());
    QCOMPARE(why->reason, Admin::WinnerReason::GreatestStamp);
    QVERIFY(why->value == Core::Value("winner"));
    QVERIFY(why->writes.size() == 1 && why->writes[0].overwrote.size() == 1 && why->writes[0].overwrote[0].wasConcurrent);
    QVERIFY(why->lost.size() == 1 && why->lost[0].sibling.value == Core::Value("loser"));
    put(1, "play", "k", "f", "seen all", {{deviceId(1), 1}, {deviceId(2), 1}});
    const auto later =
        m_service->call<Admin::StateExplainResponse>("State/Explain", Admin::StateExplainRequest{m_user.user, "play", "k", "f"});
    QVERIFY(later && later->reason == Admin::WinnerReason::SeenAll && later->lost.empty());
    QCOMPARE(later->writes[0].saw.size(), std::size_t(2));
}

QTEST_GUILESS_MAIN(TestStateHistory)
#include "tst_statehistory.moc"
