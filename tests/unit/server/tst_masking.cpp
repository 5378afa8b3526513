// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: of a masked field no value that it has or ever had is in the bytes of any answer about what was, however it was written.
// Method: canaries as texts, bytes, members of maps, elements of sets and amounts of counters, written, overwritten, in conflict and
// removed, in a restricted collection and in restricted fields; every command of history in both formats. The same call, unmasked, must
// show canaries: else the search would prove nothing.

#include "adminservice.h"

#include "wire/json.h"
#include "wire/resolvemessages.h"
#include "wire/rightsmessages.h"

#include <QTest>

using namespace Satchel;
using namespace Satchel::Server;

namespace {

const std::string canary = "CANARY-7f3a";
constexpr std::int64_t amount = 4'711'471'147;
const std::string policies =
    R"({"version":1,"collections":{)"
    R"("wallet":{"sensitivity":"restricted","conflict":"manual","fields":{"n":"counter","s":"set"}},)"
    R"("profile":{"fields":{"pin":{"sensitivity":"restricted"},"sum":{"kind":"counter","sensitivity":"restricted"},)"
    R"("set":{"kind":"set","sensitivity":"restricted"}}}}})";

Core::DeviceId device(std::uint8_t number)
{
    Core::DeviceId id;
    id.bytes.fill(number);
    return id;
}

/// Of one of two devices, neither of which has seen the other's writes.
Core::Mutation mutation(std::uint8_t by, std::uint64_t counter, const std::string &collection, std::vector<Core::Op> ops)
{
    Core::Mutation out;
    out.dot = {device(by), counter};
    out.stamp = Core::Hlc::fromParts(1'700'000'000'000 + counter * 2 + by, 0);
    out.document = {collection, "k"};
    if (counter > 1) {
        out.context.add({device(by), counter - 1});
    }
    out.ops = std::move(ops);
    return out;
}

std::string varintOf(std::uint64_t number)
{
    std::string out;
    for (; number > 127; number >>= 7U) {
        out.push_back(static_cast<char>((number & 127U) | 128U));
    }
    out.push_back(static_cast<char>(number));
    return out;
}

/// A text of an answer in JSON.
std::string memberOf(const HttpResponse &response, const std::string &name)
{
    const std::string before = '"' + name + "\":\"";
    const std::size_t begin = response.body.find(before);
    const std::size_t end = response.body.find('"', begin + before.size());
    return begin == std::string::npos ? std::string() : response.body.substr(begin + before.size(), end - begin - before.size());
}

/// The first canary that the answer holds, in whatever form.
std::string whatShows(const HttpResponse &response)
{
    // What is bytes is base64 in JSON, whose letters depend on the place modulo 3: texts of three lengths have been planted.
    std::vector<std::string> forms{canary};
    for (const char *before : {"", "1", "22"}) {
        forms.push_back(Wire::base64(before + canary + "333").substr(4, 12));
    }
    // One increment, and the sum of both; as it is written in text, and in protobuf plainly or in zigzag.
    for (const std::int64_t number : {amount, 2 * amount}) {
        forms.push_back(std::to_string(number));
        forms.push_back(varintOf(static_cast<std::uint64_t>(number)));
        forms.push_back(varintOf(static_cast<std::uint64_t>(number) * 2));
    }
    for (const std::string &form : forms) {
        if (response.body.find(form) != std::string::npos) {
            return form;
        }
    }
    return {};
}

/// The same request in both formats.
template <typename Request>
void row(const char *method, const char *name, const QByteArray &json)
{
    const auto request = Wire::Admin::decode<Request>(json.toStdString(), Wire::Admin::Format::Json);
    QVERIFY2(request, json.constData());
    QTest::addRow("%s %s", method, name) << QByteArray(method) << json
                                         << QByteArray::fromStdString(Wire::Admin::encode(*request, Wire::Admin::Format::Protobuf));
}

}  // namespace

class TestMasking : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void answers_ofHistory_holdNoMaskedValue_data();
    void answers_ofHistory_holdNoMaskedValue();
    void export_everyPart_holdsNoMaskedValue();

private:
    void push(std::vector<Core::Mutation> mutations);
    [[nodiscard]] HttpResponse ask(const std::string &method, const std::string &body, bool isJson, bool isUnmasked);
    std::unique_ptr<Service> m_service;
};

void TestMasking::push(std::vector<Core::Mutation> mutations)
{
    const auto pushed = m_service->push({"t", "anna"}, std::move(mutations));
    QVERIFY(pushed);
    for (const Wire::Settled &settled : pushed->pushed.settled) {
        QVERIFY2(!settled.refusal, settled.refusal ? settled.refusal->detail.c_str() : "");
    }
}

void TestMasking::initTestCase()
{
    m_service = std::make_unique<Service>(policies);
    for (const std::uint8_t by : {1, 2}) {
        m_service->makeDevice({"t", "anna"}, device(by));
    }
    const auto text = [](int number) { return Core::Value(canary + std::to_string(number)); };
    const auto bytes = [](const char *before) { return Core::Value(Core::Bytes{before + canary + "333"}); };
    const Core::Value map = *Core::Value::map({{canary + "-key", Core::Value(Core::Value::List{text(5), bytes("22")})}});
    for (const std::uint8_t by : {1, 2}) {
        push({mutation(by, 1, "wallet",
                       {Core::PutOp{"f", text(by)}, Core::PutOp{"b", bytes(by == 1 ? "" : "1")}, Core::PutOp{"m", map},
                        Core::IncrementOp{"n", amount}, Core::AddOp{"s", text(8)}}),
              mutation(by, 2, "profile",
                       {Core::PutOp{"pin", text(10 + by)}, Core::IncrementOp{"sum", amount}, Core::AddOp{"set", bytes("1")},
                        Core::PutOp{"name", Core::Value("shown")}}),
              mutation(by, 3, "profile", {Core::PutOp{"pin", bytes("22")}, Core::DiscardOp{"set", bytes("1")}})});
    }
    // One device takes its own values away again: what was is in the history alone.
    push({mutation(1, 4, "wallet", {Core::RemoveOp{"f", {}}}), mutation(1, 5, "profile", {Core::RemoveOp{"pin", {}}})});
    // What an operator has written can be undone.
    const std::string restore = R"({"user":"anna","collection":"profile","key":"k","to":{"seq":"3"},)";
    const HttpResponse planned = ask("State/Restore", restore + R"("dryRun":true})", true, true);
    const HttpResponse written = ask("State/Restore", restore + R"("token":")" + memberOf(planned, "token") + "\"}", true, true);
    QVERIFY2(written.status == 200, written.body.c_str());
    QCOMPARE(memberOf(written, "lastSeq"), std::string("9"));
}

HttpResponse TestMasking::ask(const std::string &method, const std::string &body, bool isJson, bool isUnmasked)
{
    HttpRequest request = requestOf(method, "t/op/support,admin", body);
    request.reason = "a ticket";
    request.unmask = isUnmasked ? "true" : "";
    if (!isJson) {
        request.contentType = "application/proto";
    }
    return m_service->call(std::move(request));
}

void TestMasking::answers_ofHistory_holdNoMaskedValue_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("bytes");
    using namespace Wire::Admin;
    for (const char *collection : {"wallet", "profile"}) {
        const QByteArray document = QByteArray(R"("user":"anna","collection":")") + collection + R"(","key":"k")";
        row<StateHistoryRequest>("State/History", collection, "{" + document + "}");
        row<StateAtRequest>("State/At", collection, "{" + document + R"(,"at":{"seq":"3"}})");
        row<StateDiffRequest>("State/Diff", collection, "{" + document + R"(,"from":{"seq":"0"},"to":{"seq":"3"}})");
        row<StateRestoreRequest>("State/Restore", collection, "{" + document + R"(,"to":{"seq":"2"},"dryRun":true})");
    }
    for (const char *field : {"f", "b", "m", "n", "s"}) {
        row<StateExplainRequest>("State/Explain", field,
                                 QByteArray(R"({"user":"anna","collection":"wallet","key":"k","field":")") + field + "\"}");
    }
    for (const char *field : {"pin", "sum"}) {
        row<StateExplainRequest>("State/Explain", field,
                                 QByteArray(R"({"user":"anna","collection":"profile","key":"k","field":")") + field + "\"}");
    }
    row<StateHistoryRequest>("State/History", "of all", R"({"user":"anna"})");
    row<StateAtRequest>("State/At", "of all", R"({"user":"anna","at":{"seq":"3"}})");
    row<StateDiffRequest>("State/Diff", "of all", R"({"user":"anna","from":{"seq":"0"},"to":{"seq":"8"}})");
    row<StateUndoRequest>("State/Undo", "", R"({"user":"anna","firstSeq":"9","lastSeq":"9","dryRun":true})");
    row<ConflictsGetRequest>("Conflicts/Get", "", R"({"user":"anna","collection":"wallet","key":"k","field":"b"})");
    row<ConflictsListRequest>("Conflicts/List", "", R"({"user":"anna"})");
    row<ConflictsListRequest>("Conflicts/List", "overwritten", R"({"kind":"CONFLICT_KIND_OVERWRITTEN","user":"anna"})");
}

void TestMasking::answers_ofHistory_holdNoMaskedValue()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, bytes);
    const HttpResponse masked = ask(method.toStdString(), body.toStdString(), true, false);
    QVERIFY2(masked.status == 200, masked.body.c_str());
    QVERIFY2(whatShows(masked).empty(), masked.body.c_str());
    QVERIFY2(masked.body.find("asked") != std::string::npos, masked.body.c_str());
    const HttpResponse shown = ask(method.toStdString(), body.toStdString(), true, true);
    QVERIFY2(shown.status == 200, shown.body.c_str());
    QVERIFY2(!whatShows(shown).empty(), shown.body.c_str());
    // In protobuf as well, whose bytes stand for themselves.
    for (const bool isUnmasked : {false, true}) {
        const HttpResponse response = ask(method.toStdString(), bytes.toStdString(), false, isUnmasked);
        QVERIFY2(response.status == 200, response.body.c_str());
        QVERIFY2(whatShows(response).empty() != isUnmasked, whatShows(response).c_str());
    }
}

void TestMasking::export_everyPart_holdsNoMaskedValue()
{
    for (const bool isUnmasked : {false, true}) {
        HttpResponse whole;
        std::string token;
        do {
            const HttpResponse part = ask("Users/Export", R"({"user":"anna","token":")" + token + "\"}", true, isUnmasked);
            QVERIFY2(part.status == 200, part.body.c_str());
            whole.body += part.body;
            token = memberOf(part, "nextToken");
        } while (!token.empty());
        QVERIFY2(whatShows(whole).empty() != isUnmasked, whole.body.c_str());
        QVERIFY2(isUnmasked || whole.body.find("$masked") != std::string::npos, whole.body.c_str());
    }
}

QTEST_GUILESS_MAIN(TestMasking)
#include "tst_masking.moc"
