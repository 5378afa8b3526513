// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "adminroundtrips.h"

#include "wire/accesscodec.h"
#include "wire/resolvemessages.h"
#include "wire/rightsmessages.h"
#include "wire/statsmessages.h"

#include "satchel/v1/access.pb.h"

#include <google/protobuf/util/json_util.h>
#include <nlohmann/json.hpp>

namespace Satchel::Test {

using namespace Generators;
namespace Pb = ::satchel::v1;

namespace {

bool anyBool()
{
    return *rc::gen::arbitrary<bool>();
}

/// At most two, so that messages within messages stay small.
template <typename Make>
auto few(Make make)
{
    std::vector<decltype(make())> out;
    for (int count = *rc::gen::inRange(0, 3); count > 0; --count) {
        out.push_back(make());
    }
    return out;
}

Core::DeviceId anyDevice()
{
    return *Gen::device();
}

Core::Dot anyDot()
{
    return *Gen::dot();
}

std::optional<Core::Value> maybeValue()
{
    return *Gen::maybe(Gen::value());
}

Admin::HistoryPoint point()
{
    switch (*rc::gen::inRange(0, 3)) {
    case 0:
        return {anyU64(), std::nullopt};
    case 1:
        return {std::nullopt, *Gen::time()};
    default:
        return {};
    }
}

Admin::OpView opView()
{
    return {*Gen::text(),
            *rc::gen::element(Admin::OpKind::Unknown, Admin::OpKind::Put, Admin::OpKind::Remove, Admin::OpKind::Increment,
                              Admin::OpKind::Add, Admin::OpKind::Discard),
            maybeValue(), *Gen::number<std::int64_t>(), anyBool()};
}

Admin::LostValue lostValue()
{
    return {*Gen::text(), *sibling(), anyBool(), anyDot()};
}

Admin::HistoryEvent historyEvent()
{
    return {anyU64(),     *Gen::text(), *Gen::text(), *Gen::maybe(Gen::dot()), *Gen::text(), anyBool(), *Gen::time(), *Gen::time(),
            *Gen::time(), anyBool(),    few(opView),  few(lostValue),          anyU64()};
}

Admin::DocumentView documentView()
{
    return {*Gen::text(), *Gen::text(), anyU64(), *Gen::time(), few([] { return *field(); }), *rule()};
}

Admin::FieldChange fieldChange()
{
    return {*Gen::text(),
            *Gen::text(),
            *Gen::text(),
            *Gen::text(),
            *rc::gen::element(Admin::FieldChangeKind::Unknown, Admin::FieldChangeKind::Added, Admin::FieldChangeKind::Removed,
                              Admin::FieldChangeKind::Changed),
            maybeValue(),
            maybeValue(),
            anyBool()};
}

Admin::OperatorWritten written()
{
    return {*Gen::text(), anyU64(), anyU64()};
}

Admin::ExplainedWrite explainedWrite()
{
    return {*sibling(),    anyU64(),  *Gen::time(),
            anyBool(),     anyBool(), few([] { return Admin::SeenWriter{anyDevice(), anyU64(), *Gen::text()}; }),
            few(lostValue)};
}

Admin::WinnerReason winnerReason()
{
    return *rc::gen::element(Admin::WinnerReason::Nothing, Admin::WinnerReason::SeenAll, Admin::WinnerReason::GreatestStamp,
                             Admin::WinnerReason::GreatestDot, Admin::WinnerReason::GreatestDocument, Admin::WinnerReason::Provisional,
                             Admin::WinnerReason::AllCount);
}

Admin::ConflictChoice choice()
{
    switch (*rc::gen::inRange(0, 4)) {
    case 0:
        return anyDot();
    case 1:
        return *Gen::value();
    case 2:
        return Admin::RemoveChoice{};
    default:
        return std::monostate{};
    }
}

Admin::BulkConflict bulkConflict()
{
    return {fieldChange(), few(anyDot), anyBool(), *Gen::text(), written()};
}

Admin::StatsGetResponse stats()
{
    Admin::StatsGetResponse out;
    out.server = {*Gen::text(), anyU64(), *Gen::time(), *Gen::time(), anyU64(), anyU64(), anyU64(), few([] {
                      return Admin::RefusalCount{
                          *rc::gen::element(Core::ErrorReason::None, Core::ErrorReason::QuotaExceeded, Core::ErrorReason::DeviceCloned),
                          anyU64()};
                  })};
    out.tenant = {*Gen::time(), anyU64(), anyU64(), few([] { return Admin::ConflictAge{*Gen::time(), anyU64()}; }), anyU64()};
    return out;
}

/// Both formats of a request that protobuf has written give the same, as `isSame` sees it.
template <typename Message, typename Proto, typename Same>
void assertRead(const Proto &proto, Same isSame)
{
    const auto fromBytes = Admin::decode<Message>(proto.SerializeAsString(), Format::Protobuf);
    RC_ASSERT(fromBytes.has_value());
    RC_ASSERT(isSame(*fromBytes));
    std::string json;
    RC_ASSERT(google::protobuf::util::MessageToJsonString(proto, &json).ok());
    const auto fromJson = Admin::decode<Message>(json, Format::Json);
    RC_ASSERT(fromJson.has_value());
    RC_ASSERT(isSame(*fromJson));
}

/// What protobuf reads of a response in either format, which are the same.
template <typename Proto, typename Message>
Proto written(const Message &message)
{
    Proto proto;
    RC_ASSERT(proto.ParseFromString(Admin::encode(message, Format::Protobuf)));
    std::string json;
    RC_ASSERT(google::protobuf::util::MessageToJsonString(proto, &json).ok());
    RC_ASSERT(nlohmann::json::parse(Admin::encode(message, Format::Json)) == nlohmann::json::parse(json));
    return proto;
}

std::uint64_t msOf(std::chrono::milliseconds time)
{
    return static_cast<std::uint64_t>(time.count());
}

Admin::Approval approval()
{
    return {*Gen::text(),
            *Gen::text(),
            *Gen::text(),
            hash(),
            *Gen::text(),
            *Gen::text(),
            *Gen::text(),
            *Gen::text(),
            *Gen::time(),
            *Gen::time(),
            *rc::gen::element(Admin::ApprovalState::Pending, Admin::ApprovalState::Approved, Admin::ApprovalState::Rejected,
                              Admin::ApprovalState::Used),
            *Gen::text(),
            *Gen::time(),
            *Gen::text()};
}

bool isSame(const Admin::Approval &in, const Pb::Approval &out)
{
    return out.id() == in.id && out.requester() == in.requester && out.action() == in.action && out.request_sha256() == in.requestSha256 &&
           out.user() == in.user && out.collection() == in.collection && out.key() == in.key && out.reason() == in.reason &&
           out.created_ms() == msOf(in.created) && out.expires_ms() == msOf(in.expires) && out.state() == static_cast<int>(in.state) &&
           out.decider() == in.decider && out.decided_ms() == msOf(in.decided) && out.decision_reason() == in.decisionReason;
}

}  // namespace

bool historyMessagesRoundTrip()
{
    return rc::check([] {
        assertRoundTrip(Admin::StateHistoryRequest{*Gen::text(), *Gen::text(), *Gen::text(), page()});
        assertRoundTrip(Admin::StateHistoryResponse{few(historyEvent), *Gen::text(), anyU64()});
        assertRoundTrip(Admin::StateAtRequest{*Gen::text(), *Gen::text(), *Gen::text(), point(), page()});
        assertRoundTrip(Admin::StateAtResponse{anyU64(), few(documentView), *Gen::text()});
        assertRoundTrip(Admin::StateDiffRequest{*Gen::text(), *Gen::text(), *Gen::text(), point(), point(), page()});
        assertRoundTrip(Admin::StateDiffResponse{anyU64(), anyU64(), few(fieldChange), *Gen::text()});
        assertRoundTrip(Admin::StateExplainRequest{*Gen::text(), *Gen::text(), *Gen::text(), *Gen::text()});
        assertRoundTrip(
            Admin::StateExplainResponse{*rc::gen::element(Core::FieldKind::Register, Core::FieldKind::Counter, Core::FieldKind::Set),
                                        *rule(), maybeValue(), anyBool(), winnerReason(), few(explainedWrite), few(lostValue), anyBool()});
        assertRoundTrip(
            Admin::StateRestoreRequest{*Gen::text(), *Gen::text(), *Gen::text(), *Gen::text(), point(), anyBool(), *Gen::text()});
        assertRoundTrip(Admin::StateRestoreResponse{anyU64(), few(fieldChange), *Gen::text(), written()});
        assertRoundTrip(Admin::StateUndoRequest{*Gen::text(), anyU64(), anyU64(), anyBool(), *Gen::text()});
        assertRoundTrip(Admin::StateUndoResponse{few(fieldChange), few(fieldChange), *Gen::text(), written()});
    });
}

bool resolveMessagesRoundTrip()
{
    return rc::check([] {
        assertRoundTrip(Admin::ConflictsGetRequest{*Gen::text(), *Gen::text(), *Gen::text(), *Gen::text()});
        assertRoundTrip(Admin::ConflictsGetResponse{*conflict(), few(explainedWrite)});
        assertRoundTrip(Admin::ConflictsResolveRequest{*Gen::text(), *Gen::text(), *Gen::text(), *Gen::text(), few(anyDot), choice()});
        assertRoundTrip(Admin::ConflictsResolveResponse{written(), anyBool(), few([] { return *sibling(); })});
        assertRoundTrip(Admin::ConflictsResolveManyRequest{{*Gen::text(), *Gen::text(), *Gen::text()},
                                                           *rc::gen::element(Admin::BulkChoice::None, Admin::BulkChoice::Newest,
                                                                             Admin::BulkChoice::Device, Admin::BulkChoice::Value,
                                                                             Admin::BulkChoice::Remove),
                                                           *Gen::maybe(Gen::device()),
                                                           maybeValue(),
                                                           anyBool(),
                                                           *Gen::text()});
        assertRoundTrip(Admin::ConflictsResolveManyResponse{anyU32(), anyU32(), anyU32(), few(bulkConflict), *Gen::text()});
        assertRoundTrip(Admin::ConflictsBringBackRequest{*Gen::text(), *Gen::text(), *Gen::text(), *Gen::text(), anyU64(), anyDot()});
        assertRoundTrip(Admin::ConflictsBringBackResponse{fieldChange(), written()});
        assertRoundTrip(Admin::DevicesRevokeManyRequest{*Gen::text(), anyBool(), *Gen::text()});
        assertRoundTrip(Admin::DevicesRevokeManyResponse{
            few([] { return Admin::BulkDevice{*Gen::text(), anyDevice(), *Gen::text(), *Gen::time(), anyBool()}; }), anyU32(),
            *Gen::text()});
    });
}

bool statsMessagesRoundTrip()
{
    return rc::check([] {
        assertRoundTrip(Admin::StatsGetRequest{});
        assertRoundTrip(stats());
        assertRoundTrip(Admin::WatchRequest{std::chrono::milliseconds(anyU32()), anyBool(), *Gen::text(), anyU64()});
        Admin::WatchEvent event;
        if (anyBool()) {
            event.event = stats();
        } else {
            event.event = Admin::AuditTail{few(auditEntry), anyU64(), anyU64()};
        }
        assertRoundTrip(event);
    });
}

bool rightsMessagesRoundTrip()
{
    return rc::check([] {
        assertRoundTrip(Admin::BackupsCreateRequest{});
        assertRoundTrip(Admin::BackupsCreateResponse{*Gen::text(), anyU64(), *Gen::text()});
        assertRoundTrip(Admin::UsersEraseRequest{*Gen::text()});
        assertRoundTrip(Admin::UsersEraseResponse{*Gen::text(), anyU64(), anyU64(), anyU32()});
        assertRoundTrip(Admin::UsersExportRequest{*Gen::text(), *Gen::text()});
        assertRoundTrip(Admin::UsersExportResponse{*Gen::text(), *Gen::text()});
        assertRoundTrip(Admin::DevicesWipeRequest{*Gen::text(), anyDevice()});
        assertRoundTrip(Admin::DevicesWipeResponse{anyBool()});
        const Admin::Note note{*Gen::text(), *Gen::text(), *Gen::time(), *Gen::text()};
        assertRoundTrip(Admin::UsersNotesRequest{*Gen::text(), {7, *Gen::text()}});
        assertRoundTrip(Admin::UsersNotesResponse{{note, Admin::Note{}}, *Gen::text()});
        assertRoundTrip(Admin::UsersAddNoteRequest{*Gen::text(), *Gen::text()});
        assertRoundTrip(Admin::UsersAddNoteResponse{note});
        assertRoundTrip(Admin::UsersRemoveNoteRequest{*Gen::text(), *Gen::text()});
        assertRoundTrip(Admin::UsersRemoveNoteResponse{});
    });
}

bool accessRequestsAreRead()
{
    return rc::check([] {
        Pb::PoliciesGetRequest get;
        get.set_version(anyU64());
        assertRead<Admin::PoliciesGetRequest>(get, [&](const auto &read) { return read.version == get.version(); });
        Pb::PoliciesPutRequest put;
        put.set_text(*Gen::text());
        put.set_expected_version(anyU64());
        put.set_dry_run(anyBool());
        assertRead<Admin::PoliciesPutRequest>(put, [&](const auto &read) {
            return read.text == put.text() && read.expectedVersion == put.expected_version() && read.isDryRun == put.dry_run();
        });
        Pb::PoliciesHistoryRequest history;
        history.set_before_version(anyU64());
        history.set_size(anyU32());
        assertRead<Admin::PoliciesHistoryRequest>(
            history, [&](const auto &read) { return read.beforeVersion == history.before_version() && read.size == history.size(); });
        Pb::ApprovalsListRequest list;
        list.set_only_pending(anyBool());
        list.set_size(anyU32());
        list.set_token(*Gen::text());
        assertRead<Admin::ApprovalsListRequest>(list, [&](const auto &read) {
            return read.isOnlyPending == list.only_pending() && read.page.size == list.size() && read.page.token == list.token();
        });
        Pb::ApprovalsApproveRequest approve;
        approve.set_id(*Gen::text());
        assertRead<Admin::ApprovalsApproveRequest>(approve, [&](const auto &read) { return read.id == approve.id(); });
        Pb::ApprovalsRejectRequest reject;
        reject.set_id(*Gen::text());
        assertRead<Admin::ApprovalsRejectRequest>(reject, [&](const auto &read) { return read.id == reject.id(); });
    });
}

bool accessResponsesAreWritten()
{
    return rc::check([] {
        const Admin::PoliciesGetResponse get{anyU64(), *Gen::text(), *Gen::time(), *Gen::text(), anyBool()};
        const auto got = written<Pb::PoliciesGetResponse>(get);
        RC_ASSERT(got.version() == get.version && got.text() == get.text && got.time_ms() == msOf(get.time));
        RC_ASSERT(got.author() == get.author && got.is_file() == get.isFile);

        const Admin::PoliciesChange change{*Gen::text(), anyU64(), anyBool(), anyBool()};
        const auto put = written<Pb::PoliciesPutResponse>(Admin::PoliciesPutResponse{change.documentCount, {change}, anyBool()});
        RC_ASSERT(put.version() == change.documentCount && put.changes_size() == 1);
        RC_ASSERT(put.changes(0).collection() == change.collection && put.changes(0).document_count() == change.documentCount);
        RC_ASSERT(put.changes(0).is_merged_otherwise() == change.isMergedOtherwise);
        RC_ASSERT(put.changes(0).is_otherwise_changed() == change.isOtherwiseChanged);

        const Admin::PoliciesVersion version{anyU64(), *Gen::time(), *Gen::text()};
        const auto history = written<Pb::PoliciesHistoryResponse>(Admin::PoliciesHistoryResponse{{version}});
        RC_ASSERT(history.versions_size() == 1 && history.versions(0).version() == version.version);
        RC_ASSERT(history.versions(0).time_ms() == msOf(version.time) && history.versions(0).author() == version.author);

        const Admin::Approval one = approval();
        const auto list = written<Pb::ApprovalsListResponse>(Admin::ApprovalsListResponse{{one}, one.id});
        RC_ASSERT(list.approvals_size() == 1 && isSame(one, list.approvals(0)) && list.next_token() == one.id);
        RC_ASSERT(isSame(one, written<Pb::ApprovalsApproveResponse>(Admin::ApprovalsApproveResponse{one}).approval()));
        RC_ASSERT(isSame(one, written<Pb::ApprovalsRejectResponse>(Admin::ApprovalsRejectResponse{one}).approval()));
    });
}

}  // namespace Satchel::Test
