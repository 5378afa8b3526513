// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: admin calls say the same in protobuf and in JSON, take nothing else, and failures keep their cause on the way.
// Method: generated messages of every type in both formats, bodies that must be refused, the Connect protocol's tables row by row.
#include "adminroundtrips.h"

#include "wire/admincodec.h"
#include "wire/json.h"

#include "satchel/v1/admin.pb.h"

#include <google/protobuf/util/json_util.h>
#include <nlohmann/json.hpp>

#include <QtTest/QtTest>

using namespace Satchel;
namespace Admin = Satchel::Wire::Admin;
using Admin::Format;
using namespace Satchel::Test::Generators;
using Json = nlohmann::json;

class tst_AdminCodec : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void messages_any_roundTripInBothFormats();
    void auditMessages_any_roundTripInBothFormats();
    void otherMessages_any_roundTripInBothFormats();
    void hash_ofAnotherLength_isRefused();
    void json_isTheLibrarysMapping();
    void json_deepValue_isWritten();
    void request_body_isTakenOrRefused_data();
    void request_body_isTakenOrRefused();
    void protobuf_garbage_isRefused();
    void body_overLimit_isRefused();
    void contentType_data();
    void contentType();
    void error_any_survivesTheWay();
    void error_json_hasConnectsForm();
    void error_foreignBody_comesFromTheStatus();
    void codes_followConnectsTable();
};

void tst_AdminCodec::messages_any_roundTripInBothFormats()
{
    QVERIFY(rc::check([] {
        assertRoundTrip(Admin::UsersListRequest{*Gen::text(), *rc::gen::arbitrary<bool>(), page(), *Gen::text(), *Gen::text()});
        assertRoundTrip(Admin::UsersListResponse{*some(user()), *Gen::text()});
        assertRoundTrip(Admin::UsersGetRequest{*Gen::text()});
        assertRoundTrip(Admin::DevicesListRequest{*Gen::text(), page()});
        assertRoundTrip(Admin::DevicesListResponse{{{*Gen::text(), *device()}}, *Gen::text()});
        assertRoundTrip(Admin::DevicesRevokeRequest{*Gen::text(), (*device()).id});
        assertRoundTrip(Admin::DevicesRevokeResponse{true});
        assertRoundTrip(Admin::UsersGetResponse{*user(), *some(device()), *some(collection())});
        assertRoundTrip(Admin::StateListDocumentsRequest{*Gen::text(), *Gen::text(), *Gen::text(), page(), *Gen::text()});
        assertRoundTrip(Admin::StateListDocumentsResponse{*some(document()), *Gen::text()});
        assertRoundTrip(Admin::StateGetDocumentRequest{*Gen::text(), *Gen::text(), *Gen::text()});
        assertRoundTrip(Admin::StateGetDocumentResponse{*document(), *some(field()), *rule()});
        assertRoundTrip(Admin::ConflictsListRequest{*kind(), *Gen::text(), *Gen::text(), page(), *Gen::text()});
        assertRoundTrip(Admin::ConflictsListResponse{*some(conflict()), *Gen::text()});
    }));
}

void tst_AdminCodec::auditMessages_any_roundTripInBothFormats()
{
    QVERIFY(rc::check([] {
        assertRoundTrip(
            Admin::AuditQueryRequest{*Gen::text(), *Gen::text(), *Gen::text(), *Gen::time(), *Gen::time(), page(), *Gen::text()});
        assertRoundTrip(Admin::AuditQueryResponse{{auditEntry(), auditEntry()}, *Gen::text()});
        assertRoundTrip(Admin::AuditTreeHeadRequest{});
        assertRoundTrip(Admin::AuditTreeHeadResponse{anyU64(), anyU64(), hash(), *Gen::text(), *Gen::text()});
        assertRoundTrip(Admin::AuditInclusionProofRequest{anyU64(), anyU64()});
        assertRoundTrip(Admin::AuditInclusionProofResponse{anyU64(), hash(), {hash(), hash()}});
        assertRoundTrip(Admin::AuditConsistencyProofRequest{anyU64(), anyU64()});
        assertRoundTrip(Admin::AuditConsistencyProofResponse{anyU64(), {hash()}});
        assertRoundTrip(Admin::AuditExportRequest{*Gen::text()});
        assertRoundTrip(Admin::AuditExportResponse{*Gen::text(), *Gen::text()});
    }));
}

void tst_AdminCodec::otherMessages_any_roundTripInBothFormats()
{
    QVERIFY(Test::historyMessagesRoundTrip());
    QVERIFY(Test::resolveMessagesRoundTrip());
    QVERIFY(Test::statsMessagesRoundTrip());
    QVERIFY(Test::rightsMessagesRoundTrip());
    QVERIFY(Test::accessRequestsAreRead());
    QVERIFY(Test::accessResponsesAreWritten());
}

void tst_AdminCodec::hash_ofAnotherLength_isRefused()
{
    QVERIFY(!Admin::decode<Admin::AuditConsistencyProofResponse>(R"({"hashes":["AAAA"]})", Format::Json));
    QVERIFY(!Admin::decode<Admin::AuditTreeHeadResponse>(R"({"root":"AAAA"})", Format::Json));
    QVERIFY(Admin::decode<Admin::AuditConsistencyProofResponse>(R"({"hashes":[]})", Format::Json));
}

void tst_AdminCodec::json_isTheLibrarysMapping()
{
    QVERIFY(rc::check([] {
        const Admin::ConflictsListResponse response{*some(conflict()), *Gen::text()};
        ::satchel::v1::ConflictsListResponse message;
        RC_ASSERT(message.ParseFromString(Admin::encode(response, Format::Protobuf)));
        std::string reference;
        RC_ASSERT(google::protobuf::util::MessageToJsonString(message, &reference).ok());
        RC_ASSERT(Json::parse(Admin::encode(response, Format::Json)) == Json::parse(reference));
    }));
}

void tst_AdminCodec::json_deepValue_isWritten()
{
    Core::Value deep(1);
    for (int i = 0; i < 32; ++i) {
        deep = *Core::Value::map({{"k", deep}});
    }
    Admin::StateGetDocumentResponse response;
    response.fields.push_back({"f", Core::FieldKind::Register, deep, false, {}});
    QVERIFY(Json::accept(Admin::encode(response, Format::Json)));
    QVERIFY(Admin::decode<Admin::StateGetDocumentResponse>(Admin::encode(response, Format::Protobuf), Format::Protobuf) == response);
}

void tst_AdminCodec::request_body_isTakenOrRefused_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("isTaken");
    const auto row = [](const char *body, bool isTaken) { QTest::newRow(body) << QByteArray(body) << isTaken; };
    row("{}", true);
    row(R"({"kind":"CONFLICT_KIND_OVERWRITTEN","user":"anna","page":{"size":10}})", true);
    row(R"({"kind":1})", true);
    row(R"({"page":{"size":"10"}})", true);
    row(R"({"user":null})", true);
    row(R"({"kind":2})", false);
    row(R"({"kind":"OPEN"})", false);
    row(R"({"User":"anna"})", false);
    row(R"({"user":"anna","seq":5})", false);
    row(R"({"page":{"size":-1}})", false);
    row(R"({"page":{"size":1.5}})", false);
    row(R"({"page":{"size":4294967296}})", false);
    row(R"({"page":[]})", false);
    row(R"({"user":"a","user":"b"})", false);
    row(R"({"user":5})", false);
    row(R"({"user":"\ud800"})", false);
    row("[]", false);
    row("", false);
    row("{} {}", false);
    row("{'user':'anna'}", false);
    row("{user:1}", false);
}

void tst_AdminCodec::request_body_isTakenOrRefused()
{
    QFETCH(QByteArray, body);
    QFETCH(bool, isTaken);
    const auto decoded = Admin::decode<Admin::ConflictsListRequest>(body.toStdString(), Format::Json);
    QCOMPARE(decoded.has_value(), isTaken);
    if (!isTaken) {
        QCOMPARE(decoded.error().code, Core::ErrorCode::InvalidArgument);
    }
}

void tst_AdminCodec::protobuf_garbage_isRefused()
{
    QVERIFY(!Admin::decode<Admin::UsersListRequest>("{}", Format::Protobuf).has_value());
    QCOMPARE(Admin::decode<Admin::UsersGetRequest>("\x0a\x01\xff", Format::Protobuf).error().reason, Core::ErrorReason::InvalidUtf8);
    QVERIFY(Admin::decode<Admin::UsersListRequest>("", Format::Protobuf).has_value());
}

void tst_AdminCodec::body_overLimit_isRefused()
{
    const std::string body = R"({"user":")" + std::string(Admin::requestBytesMax, 'x') + R"("})";
    QCOMPARE(Admin::decode<Admin::UsersGetRequest>(body, Format::Json).error().reason, Core::ErrorReason::LimitExceeded);
    QCOMPARE(Admin::decode<Admin::UsersGetRequest>(body, Format::Protobuf).error().reason, Core::ErrorReason::LimitExceeded);
    const std::string deep = std::string(1000, '[');
    QCOMPARE(Admin::decode<Admin::UsersGetRequest>(deep, Format::Json).error().reason, Core::ErrorReason::LimitExceeded);
}

void tst_AdminCodec::contentType_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<int>("format");
    const auto row = [](const char *type, int format) { QTest::newRow(type) << QByteArray(type) << format; };
    row("application/json", 1);
    row("application/JSON; charset=utf-8", 1);
    row("application/proto", 0);
    row("application/proto ;x=y", 0);
    row("application/x-protobuf", -1);
    row("application/jsonp", -1);
    row("text/plain", -1);
    row("", -1);
    row(";", -1);
}

void tst_AdminCodec::contentType()
{
    QFETCH(QByteArray, type);
    QFETCH(int, format);
    const std::optional<Format> found = Admin::formatFromContentType(type.toStdString());
    QCOMPARE(found ? static_cast<int>(*found) : -1, format);
}

void tst_AdminCodec::error_any_survivesTheWay()
{
    QVERIFY(rc::check([] {
        const Core::Error error = *Gen::error();
        RC_ASSERT(Admin::errorFromResponse(Admin::httpFromCode(error.code), Admin::encodeError(error)) == error);
    }));
}

void tst_AdminCodec::error_json_hasConnectsForm()
{
    const Core::Error error{Core::ErrorCode::Unavailable, Core::ErrorReason::Overloaded, "busy \"now\"", Core::Retry::Later,
                            std::chrono::milliseconds(250)};
    const Json json = Json::parse(Admin::encodeError(error));
    QCOMPARE(json["code"], Json("unavailable"));
    QCOMPARE(json["message"], Json("busy \"now\""));
    QCOMPARE(json["details"].size(), std::size_t{1});
    QCOMPARE(json["details"][0]["type"], Json("satchel.v1.Error"));
    QCOMPARE(json["details"][0]["debug"], Json({{"reason", "OVERLOADED"}, {"retryAfterMs", 250}}));
    QVERIFY(!json["details"][0]["value"].get<std::string>().ends_with('='));
}

void tst_AdminCodec::error_foreignBody_comesFromTheStatus()
{
    for (const char *body : {"", "<html>captive portal</html>", "[]", "{}", R"({"code":5})", R"({"code":"internal","code":"ok"})"}) {
        const Core::Error error = Admin::errorFromResponse(503, body);
        QCOMPARE(error.code, Core::ErrorCode::Unavailable);
        QCOMPARE(error.reason, Core::ErrorReason::NotSatchelServer);
        QCOMPARE(error.retry, Core::Retry::Later);
    }
    const Core::Error plain = Admin::errorFromResponse(404, R"({"code":"not_found","message":"no such user"})");
    QCOMPARE(plain.code, Core::ErrorCode::NotFound);
    QCOMPARE(plain.reason, Core::ErrorReason::None);
    QCOMPARE(plain.detail, std::string("no such user"));
    // Details of other types, and broken ones of ours, are passed over.
    const Core::Error odd = Admin::errorFromResponse(
        500,
        R"({"code":"from_the_future","details":[1,{"type":"google.rpc.RetryInfo","value":"AA"},{"type":"satchel.v1.Error","value":"/w"},{"type":"satchel.v1.Error","value":"EBY="}]})");
    QCOMPARE(odd.code, Core::ErrorCode::Unknown);
    QCOMPARE(odd.reason, Core::ErrorReason::Overloaded);
}

void tst_AdminCodec::codes_followConnectsTable()
{
    const int statuses[] = {499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401};
    for (int code = 1; code <= 16; ++code) {
        QCOMPARE(Admin::httpFromCode(static_cast<Core::ErrorCode>(code)), statuses[code - 1]);
    }
    QCOMPARE(Admin::httpFromCode(static_cast<Core::ErrorCode>(77)), 500);
    for (const auto &[status, code] : {std::pair{400, Core::ErrorCode::Internal},
                                       {401, Core::ErrorCode::Unauthenticated},
                                       {403, Core::ErrorCode::PermissionDenied},
                                       {404, Core::ErrorCode::Unimplemented},
                                       {429, Core::ErrorCode::Unavailable},
                                       {502, Core::ErrorCode::Unavailable},
                                       {503, Core::ErrorCode::Unavailable},
                                       {504, Core::ErrorCode::Unavailable},
                                       {418, Core::ErrorCode::Unknown}}) {
        QCOMPARE(Admin::codeFromHttp(status), code);
    }
}

QTEST_GUILESS_MAIN(tst_AdminCodec)
#include "tst_admincodec.moc"
