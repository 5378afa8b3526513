// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: auditors read and prove the log and nothing else; whatever is done to its rows is found in the export; a restored log says so.
// Method: HTTP calls against a server in this process; what it answers is verified with nothing but the key; rows are changed by SQL.

#include "serverrig.h"

#include "audit/exportverifier.h"
#include "audit/openings.h"
#include "cipherdb/database.h"
#include "server-stub/ops/keyfile.h"
#include "server-stub/sync/sessionrunner.h"
#include "wire/admincodec.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <set>
#include <sstream>

using namespace Satchel;
using namespace Satchel::Test;
namespace Admin = Satchel::Wire::Admin;

namespace {

/// One call with a protobuf body.
template <typename Response, typename Request>
Core::Result<Response> call(ServerRig &rig, const char *method, const Request &request, std::vector<std::string> roles = {"auditor"})
{
    HttpCaller http;
    const std::string body = Admin::encode(request, Admin::Format::Protobuf);
    const HttpResult result = http.post(rig.url(QStringLiteral("/satchel.v1.") + QString::fromLatin1(method)),
                                        QByteArray::fromStdString(body), "application/proto", rig.token("op", std::move(roles)));
    const std::string_view answer(result.body.constData(), static_cast<std::size_t>(result.body.size()));
    if (result.status != 200) {
        return Core::failure(Admin::errorFromResponse(result.status, answer));
    }
    return Admin::decode<Response>(answer, Admin::Format::Protobuf);
}

void look(ServerRig &rig, int count)
{
    for (int i = 0; i < count; ++i) {
        QVERIFY(call<Admin::UsersListResponse>(rig, "Users/List", Admin::UsersListRequest{}, {"support"}));
    }
}

/// Part after part; empty if a call fails.
std::string exported(ServerRig &rig)
{
    std::string lines;
    Admin::AuditExportRequest request;
    do {
        auto part = call<Admin::AuditExportResponse>(rig, "Audit/Export", request);
        if (!part) {
            return {};
        }
        lines += part->lines;
        request.token = part->nextToken;
    } while (!request.token.empty());
    return lines;
}

Core::Result<Audit::Verdict> verified(const std::string &lines, Audit::VerifyOptions options = {})
{
    Audit::ExportVerifier verifier(std::move(options));
    std::istringstream in(lines);
    for (std::string line; std::getline(in, line);) {
        if (auto taken = verifier.take(line); !taken) {
            return Core::failure(std::move(taken.error()));
        }
    }
    return verifier.finish();
}

QString errorOf(const Core::Result<Audit::Verdict> &verdict)
{
    return verdict ? QStringLiteral("no error") : QString::fromStdString(verdict.error().detail);
}

Audit::Proof proofOf(const std::vector<std::string> &hashes)
{
    Audit::Proof proof;
    for (const std::string &hash : hashes) {
        proof.push_back(*Audit::hashFrom(hash));
    }
    return proof;
}

/// A server whose folder the test holds.
struct Kept {
    QTemporaryDir folder;
    [[nodiscard]] std::filesystem::path data() const { return folder.filePath(QStringLiteral("data")).toStdString(); }
    [[nodiscard]] Server::ServerOptions options() const
    {
        Server::ServerOptions options;
        options.dataFolder = data();
        return options;
    }
    [[nodiscard]] bool change(const char *sql) const
    {
        Server::SystemRandom random;
        const auto file = data() / "server.db";
        const auto key = Server::keyFromFile(data() / "store.key", file, random);
        auto database = CipherDb::Database::open({.path = file}, *key);
        return database && database->execute(sql).has_value();
    }
};

}  // namespace

class TestAuditCalls : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void roles_decideWhoMayRead();
    void query_filtersAndPages();
    void query_badInput_isRefused();
    void head_signed_isOpenedAndProven();
    void proofs_outsideTheLog_areRefused();
    void export_inParts_verifies();
    void export_whileCallsAreMade_isOfItsBeginning();
    void tenants_haveLogsOfTheirOwn();
    void rows_changedBySql_areFound_data();
    void rows_changedBySql_areFound();
    void restore_isToldAndProven();
    void refusedTokens_areInTheLogOfNobody();
};

void TestAuditCalls::roles_decideWhoMayRead()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    QVERIFY(call<Admin::AuditTreeHeadResponse>(rig, "Audit/TreeHead", Admin::AuditTreeHeadRequest{}, {"auditor"}));
    QVERIFY(call<Admin::AuditTreeHeadResponse>(rig, "Audit/TreeHead", Admin::AuditTreeHeadRequest{}, {"admin"}));
    for (const char *role : {"support", "user"}) {
        const auto refused = call<Admin::AuditTreeHeadResponse>(rig, "Audit/TreeHead", Admin::AuditTreeHeadRequest{}, {role});
        QVERIFY(!refused);
        QCOMPARE(refused.error().reason, Core::ErrorReason::RoleMissing);
    }
    const auto refused = call<Admin::UsersListResponse>(rig, "Users/List", Admin::UsersListRequest{}, {"auditor"});
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, Core::ErrorReason::RoleMissing);
}

void TestAuditCalls::query_filtersAndPages()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    look(rig, 5);
    QVERIFY(!call<Admin::UsersGetResponse>(rig, "Users/Get", Admin::UsersGetRequest{"anna"}, {"support"}));
    Admin::AuditQueryRequest request;
    request.action = "Users/List";
    request.page.size = 2;
    std::set<std::uint64_t> seen;
    do {
        const auto page = call<Admin::AuditQueryResponse>(rig, "Audit/Query", request);
        QVERIFY(page);
        QVERIFY(page->entries.size() <= 2);
        for (const auto &entry : page->entries) {
            QCOMPARE(entry.record.action, std::string("Users/List"));
            QCOMPARE(entry.record.personal.actor, std::string("op"));
            QVERIFY(*Audit::readRecord(entry.stored, entry.opened) == entry.record);
            seen.insert(entry.index);
        }
        request.page.token = page->nextToken;
    } while (!request.page.token.empty());
    QCOMPARE(seen, (std::set<std::uint64_t>{0, 1, 2, 3, 4}));
    request = {};
    request.user = "anna";
    const auto page = call<Admin::AuditQueryResponse>(rig, "Audit/Query", request);
    QVERIFY(page);
    QCOMPARE(page->entries.size(), std::size_t{1});
    QCOMPARE(page->entries[0].record.code, std::optional(Core::ErrorCode::NotFound));
    request = {};
    request.from = std::chrono::milliseconds(1);
    request.to = std::chrono::milliseconds(2);
    QVERIFY(call<Admin::AuditQueryResponse>(rig, "Audit/Query", request)->entries.empty());
    request.to = std::chrono::milliseconds(0);
    QVERIFY(!call<Admin::AuditQueryResponse>(rig, "Audit/Query", request)->entries.empty());
}

void TestAuditCalls::query_badInput_isRefused()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    look(rig, 3);
    Admin::AuditQueryRequest request;
    request.page.size = 1;
    const auto page = call<Admin::AuditQueryResponse>(rig, "Audit/Query", request);
    QVERIFY(page && !page->nextToken.empty());
    request.page.token = page->nextToken;
    request.actor = "another query";
    QCOMPARE(call<Admin::AuditQueryResponse>(rig, "Audit/Query", request).error().reason, Core::ErrorReason::MalformedInput);
    request = {};
    request.page.size = 501;
    QCOMPARE(call<Admin::AuditQueryResponse>(rig, "Audit/Query", request).error().reason, Core::ErrorReason::LimitExceeded);
    QCOMPARE(call<Admin::AuditExportResponse>(rig, "Audit/Export", Admin::AuditExportRequest{page->nextToken}).error().reason,
             Core::ErrorReason::MalformedInput);
}

void TestAuditCalls::head_signed_isOpenedAndProven()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    look(rig, 6);
    const auto before = call<Admin::AuditTreeHeadResponse>(rig, "Audit/TreeHead", Admin::AuditTreeHeadRequest{});
    QVERIFY(before);
    QCOMPARE(before->size, 6U);
    look(rig, 4);
    const auto after = call<Admin::AuditTreeHeadResponse>(rig, "Audit/TreeHead", Admin::AuditTreeHeadRequest{});
    QCOMPARE(after->size, 11U);
    const auto key = Audit::VerifierKey::fromText(after->verifierKey);
    QVERIFY(key);
    const auto oldHead = Audit::openCheckpoint(before->note, *key);
    const auto head = Audit::openCheckpoint(after->note, *key);
    QVERIFY(oldHead && head);
    QCOMPARE(head->origin, Audit::originOf(after->epoch, "default"));
    QCOMPARE(std::string(Audit::viewOf(head->root)), after->root);
    const auto consistent =
        call<Admin::AuditConsistencyProofResponse>(rig, "Audit/ConsistencyProof", Admin::AuditConsistencyProofRequest{6, 11});
    QVERIFY(consistent);
    QVERIFY(Audit::verifyConsistency(6, 11, oldHead->root, head->root, proofOf(consistent->hashes)));
    const auto included = call<Admin::AuditInclusionProofResponse>(rig, "Audit/InclusionProof", Admin::AuditInclusionProofRequest{6, 11});
    QVERIFY(included);
    QVERIFY(Audit::verifyInclusion(6, 11, *Audit::hashFrom(included->leaf), proofOf(included->hashes), head->root));
    Admin::AuditQueryRequest request;
    request.action = "Audit/TreeHead";
    const auto page = call<Admin::AuditQueryResponse>(rig, "Audit/Query", request);
    QCOMPARE(page->entries.back().index, 6U);
    QCOMPARE(std::string(Audit::viewOf(Audit::leafHash(page->entries.back().stored))), included->leaf);
}

void TestAuditCalls::proofs_outsideTheLog_areRefused()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    const auto included = [&rig](std::uint64_t index, std::uint64_t size) {
        return call<Admin::AuditInclusionProofResponse>(rig, "Audit/InclusionProof", Admin::AuditInclusionProofRequest{index, size});
    };
    const auto consistent = [&rig](std::uint64_t oldSize, std::uint64_t size) {
        return call<Admin::AuditConsistencyProofResponse>(rig, "Audit/ConsistencyProof",
                                                          Admin::AuditConsistencyProofRequest{oldSize, size});
    };
    QCOMPARE(included(0, 0).error().code, Core::ErrorCode::InvalidArgument);
    look(rig, 2);
    QVERIFY(included(0, 0));
    QCOMPARE(included(0, 99).error().code, Core::ErrorCode::InvalidArgument);
    QCOMPARE(included(99, 0).error().code, Core::ErrorCode::InvalidArgument);
    QCOMPARE(consistent(0, 0).error().code, Core::ErrorCode::InvalidArgument);
    QCOMPARE(consistent(99, 0).error().code, Core::ErrorCode::InvalidArgument);
    QVERIFY(consistent(1, 0));
}

void TestAuditCalls::export_inParts_verifies()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    QCOMPARE(errorOf(verified(exported(rig))), QStringLiteral("no error"));
    look(rig, 20);
    {
        auto log = rig.server().services().store.begin();
        Wire::AuditRecord record;
        record.tenant = "default";
        record.action = "Test/Many";
        for (int i = 0; i < 1500; ++i) {
            QVERIFY((*log)->appendAudit(record));
        }
        QVERIFY((*log)->commit());
    }
    const auto first = call<Admin::AuditExportResponse>(rig, "Audit/Export", Admin::AuditExportRequest{});
    QVERIFY(first && !first->nextToken.empty());
    const auto verdict = verified(exported(rig));
    QCOMPARE(errorOf(verdict), QStringLiteral("no error"));
    QVERIFY(verdict->head.size >= 1520);
}

void TestAuditCalls::export_whileCallsAreMade_isOfItsBeginning()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    look(rig, 3);
    auto part = call<Admin::AuditExportResponse>(rig, "Audit/Export", Admin::AuditExportRequest{});
    std::string lines = part->lines;
    while (!part->nextToken.empty()) {
        look(rig, 2);
        part = call<Admin::AuditExportResponse>(rig, "Audit/Export", Admin::AuditExportRequest{part->nextToken});
        QVERIFY(part);
        lines += part->lines;
    }
    const auto verdict = verified(lines);
    QCOMPARE(errorOf(verdict), QStringLiteral("no error"));
    QCOMPARE(verdict->head.size, 3U);
}

void TestAuditCalls::tenants_haveLogsOfTheirOwn()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    look(rig, 3);
    HttpCaller http;
    const HttpResult head =
        http.post(rig.url(QStringLiteral("/satchel.v1.Audit/TreeHead")), "{}", "application/json", rig.token("op", {"auditor"}, "other"));
    QCOMPARE(head.status, 200);
    QVERIFY(!head.body.contains("\"size\""));
    QVERIFY(head.body.contains("/other"));
}

void TestAuditCalls::rows_changedBySql_areFound_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QString>("found");
    QTest::newRow("altered") << QByteArray("UPDATE audit_records SET record = CAST(replace(record, 'op', 'me') AS BLOB) WHERE place = 4")
                             << QStringLiteral("record 4: ");
    QTest::newRow("deleted") << QByteArray("DELETE FROM audit_records WHERE place = 4") << QStringLiteral("record 4: ");
    QTest::newRow("deleted and moved up")
        << QByteArray("DELETE FROM audit_records WHERE place = 4; UPDATE audit_records SET place = place - 1 WHERE place > 4;"
                      "UPDATE audit_logs SET size = size - 1")
        << QStringLiteral("record 4: ");
    QTest::newRow("swapped") << QByteArray("UPDATE audit_records SET place = 100 WHERE place = 3;"
                                           "UPDATE audit_records SET place = 3 WHERE place = 5;"
                                           "UPDATE audit_records SET place = 5 WHERE place = 100")
                             << QStringLiteral("record 3: ");
    QTest::newRow("no record any more") << QByteArray("UPDATE audit_records SET record = x'ff' WHERE place = 2")
                                        << QStringLiteral("record 2: ");
    // With its nodes: what is left is whole in itself, and only a head that was kept tells.
    QTest::newRow("cut off") << QByteArray("DELETE FROM audit_records WHERE place >= 7; UPDATE audit_logs SET size = 7;"
                                           "DELETE FROM audit_nodes WHERE (place + 1) * (1 << level) > 7")
                             << QStringLiteral("record ");
}

void TestAuditCalls::rows_changedBySql_areFound()
{
    QFETCH(QByteArray, sql);
    QFETCH(QString, found);
    const Kept kept;
    std::string head;
    std::optional<Audit::VerifierKey> key;
    {
        ServerRig rig(kept.options());
        QCOMPARE(rig.start(), QString());
        look(rig, 9);
        QCOMPARE(errorOf(verified(exported(rig))), QStringLiteral("no error"));
        const auto answer = call<Admin::AuditTreeHeadResponse>(rig, "Audit/TreeHead", Admin::AuditTreeHeadRequest{});
        head = answer->note;
        key = *Audit::VerifierKey::fromText(answer->verifierKey);
    }
    QVERIFY(kept.change(sql.constData()));
    // Not over the wire: a log whose tree does not fit takes no more records, and then no call is answered.
    std::string lines;
    QVERIFY(ServerRig(kept.options()).server().exportAudit("default", [&lines](const std::string &part) { lines += part; }));
    const QString error = errorOf(verified(lines, {key, head}));
    QVERIFY2(error.contains(found) && error != u"no error", qPrintable(error));
}

void TestAuditCalls::restore_isToldAndProven()
{
    const Kept kept;
    std::string before;
    std::string lost;
    {
        ServerRig rig(kept.options());
        QCOMPARE(rig.start(), QString());
        look(rig, 5);
        before = call<Admin::AuditTreeHeadResponse>(rig, "Audit/TreeHead", Admin::AuditTreeHeadRequest{})->note;
    }
    const auto backup = kept.folder.filePath(QStringLiteral("backup")).toStdString();
    std::filesystem::copy(kept.data(), backup, std::filesystem::copy_options::recursive);
    {
        ServerRig rig(kept.options());
        QCOMPARE(rig.start(), QString());
        look(rig, 3);
        lost = call<Admin::AuditTreeHeadResponse>(rig, "Audit/TreeHead", Admin::AuditTreeHeadRequest{})->note;
    }
    std::filesystem::remove_all(kept.data());
    std::filesystem::copy(backup, kept.data(), std::filesystem::copy_options::recursive);
    {
        ServerRig rig(kept.options());
        QVERIFY(rig.server().renewEpoch());
    }
    ServerRig rig(kept.options());
    QCOMPARE(rig.start(), QString());
    look(rig, 4);
    const std::string lines = exported(rig);
    QCOMPARE(errorOf(verified(lines, {{}, before})), QStringLiteral("no error"));
    QVERIFY(errorOf(verified(lines, {{}, lost})).contains(QStringLiteral("record 6 is the first that is missing")));
    QVERIFY(lines.find("\"action\":\"Log/Continue\"") != std::string::npos);
}

void TestAuditCalls::refusedTokens_areInTheLogOfNobody()
{
    const Kept kept;
    {
        ServerRig rig(kept.options());
        QCOMPARE(rig.start(), QString());
        HttpCaller http;
        for (const char *token : {"", "nonsense"}) {
            QCOMPARE(
                http.post(rig.url(QStringLiteral("/satchel.v1.Users/List")), "{}", "application/json", QString::fromLatin1(token)).status,
                401);
        }
    }
    std::string lines;
    ServerRig rig(kept.options());
    QVERIFY(rig.server().exportAudit("", [&lines](const std::string &part) { lines += part; }));
    const auto verdict = verified(lines);
    QCOMPARE(errorOf(verdict), QStringLiteral("no error"));
    QCOMPARE(verdict->head.size, 2U);
    QVERIFY(lines.find("unauthenticated/TOKEN_MISSING") != std::string::npos);
    // The second one of the address in the minute is counted.
    QVERIFY(lines.find("Calls/Refused") != std::string::npos);
    QVERIFY(lines.find("1 more within a minute") != std::string::npos);
    QVERIFY(lines.find("127.0.0.1") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestAuditCalls)
#include "tst_auditcalls.moc"
