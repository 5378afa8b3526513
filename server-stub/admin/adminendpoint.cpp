// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "adminendpoint.h"

#include "server-stub/admin/access/approvalscommands.h"
#include "server-stub/admin/access/policiescommands.h"
#include "server-stub/admin/auditexport.h"
#include "server-stub/admin/auditproofs.h"
#include "server-stub/admin/auditquery.h"
#include "server-stub/admin/backupscreate.h"
#include "server-stub/admin/conflicts/conflictsbringback.h"
#include "server-stub/admin/conflicts/conflictsget.h"
#include "server-stub/admin/conflicts/conflictsresolve.h"
#include "server-stub/admin/conflicts/conflictsresolvemany.h"
#include "server-stub/admin/conflicts/devicesrevokemany.h"
#include "server-stub/admin/conflictslist.h"
#include "server-stub/admin/deviceslist.h"
#include "server-stub/admin/devicesrevoke.h"
#include "server-stub/admin/deviceswipe.h"
#include "server-stub/admin/history/stateat.h"
#include "server-stub/admin/history/statediff.h"
#include "server-stub/admin/history/stateexplain.h"
#include "server-stub/admin/history/statehistory.h"
#include "server-stub/admin/history/staterestore.h"
#include "server-stub/admin/history/stateundo.h"
#include "server-stub/admin/notes/notescommands.h"
#include "server-stub/admin/permission.h"
#include "server-stub/admin/stategetdocument.h"
#include "server-stub/admin/statelistdocuments.h"
#include "server-stub/admin/stats/statsget.h"
#include "server-stub/admin/userserase.h"
#include "server-stub/admin/usersexport.h"
#include "server-stub/admin/usersget.h"
#include "server-stub/admin/userslist.h"

#include "audit/hash.h"
#include "core/value.h"

#include <algorithm>

namespace Satchel::Server {

namespace {

constexpr std::string_view watchSubprotocol = "satchel.watch.v1";
constexpr std::string_view watchSubprotocolJson = "satchel.watch.v1.json";

/// What a watcher is admitted for, and the record of it named by.
class StatsWatch : public AdminCommand {
public:
    [[nodiscard]] std::string_view name() const override { return "Stats/Watch"; }
    [[nodiscard]] Action action() const override { return Action::ReadStats; }
    [[nodiscard]] Core::Result<std::string> run(AdminCall & /*call*/, AdminView & /*view*/) const override { return std::string(); }
};

}  // namespace

using Core::ErrorCode;
using Core::ErrorReason;

namespace {

constexpr std::chrono::milliseconds unrecordedRetryAfter{1000};
constexpr std::size_t recordTextBytesMax = 1024;

}  // namespace

AdminEndpoint::AdminEndpoint(AdminContext context, ReaderPool &readers, const TokenVerifier &tokens, const Clock &clock, Random &random)
    : m_context(std::move(context))
    , m_readers(readers)
    , m_tokens(tokens)
    , m_clock(clock)
    , m_random(random)
    , m_stats(m_context, clock.now())
    , m_watchContext{m_stats, readers, tokens, m_context, clock}
{
    m_commands.push_back(std::make_unique<UsersList>(m_context));
    m_commands.push_back(std::make_unique<UsersGet>(m_context));
    m_commands.push_back(std::make_unique<DevicesList>(m_context));
    m_commands.push_back(std::make_unique<DevicesRevoke>(m_context));
    m_commands.push_back(std::make_unique<DevicesWipe>(m_context));
    m_commands.push_back(std::make_unique<BackupsCreate>(m_context));
    m_commands.push_back(std::make_unique<UsersErase>(m_context));
    m_commands.push_back(std::make_unique<UsersExport>(m_context));
    m_commands.push_back(std::make_unique<UsersNotes>(m_context));
    m_commands.push_back(std::make_unique<UsersAddNote>(m_context));
    m_commands.push_back(std::make_unique<UsersRemoveNote>(m_context));
    m_commands.push_back(std::make_unique<StateListDocuments>(m_context));
    m_commands.push_back(std::make_unique<StateGetDocument>(m_context));
    m_commands.push_back(std::make_unique<ConflictsList>(m_context));
    m_commands.push_back(std::make_unique<ConflictsGet>(m_context));
    m_commands.push_back(std::make_unique<ConflictsResolve>(m_context));
    m_commands.push_back(std::make_unique<ConflictsResolveMany>(m_context));
    m_commands.push_back(std::make_unique<ConflictsBringBack>(m_context));
    m_commands.push_back(std::make_unique<DevicesRevokeMany>(m_context));
    m_commands.push_back(std::make_unique<StateHistory>(m_context));
    m_commands.push_back(std::make_unique<StateAt>(m_context));
    m_commands.push_back(std::make_unique<StateDiff>(m_context));
    m_commands.push_back(std::make_unique<StateExplain>(m_context));
    m_commands.push_back(std::make_unique<StateRestore>(m_context));
    m_commands.push_back(std::make_unique<StateUndo>(m_context));
    m_commands.push_back(std::make_unique<PoliciesGet>(m_context));
    m_commands.push_back(std::make_unique<PoliciesPut>(m_context));
    m_commands.push_back(std::make_unique<PoliciesHistory>(m_context));
    m_commands.push_back(std::make_unique<ApprovalsList>(m_context));
    m_commands.push_back(std::make_unique<ApprovalsApprove>(m_context));
    m_commands.push_back(std::make_unique<ApprovalsReject>(m_context));
    m_commands.push_back(std::make_unique<AuditQueryCommand>(m_context));
    m_commands.push_back(std::make_unique<AuditTreeHead>(m_context));
    m_commands.push_back(std::make_unique<AuditInclusionProof>(m_context));
    m_commands.push_back(std::make_unique<AuditConsistencyProof>(m_context));
    m_commands.push_back(std::make_unique<AuditExport>(m_context));
    m_commands.push_back(std::make_unique<StatsGet>(m_context, m_stats));
}

void AdminEndpoint::addRoutes(Router &router)
{
    for (const auto &command : m_commands) {
        router.add(
            "POST", "/satchel.v1." + std::string(command->name()),
            [this, known = command.get()](HttpRequest request, const Respond &respond) { handle(*known, std::move(request), respond); });
    }
    router.addStream({"/v1/admin/watch",
                      {std::string(watchSubprotocol), std::string(watchSubprotocolJson)},
                      [this](const HttpRequest &request, std::string_view subprotocol) { return watch(request, subprotocol); }});
}

Core::Result<std::shared_ptr<MessageStream>> AdminEndpoint::watch(HttpRequest request, std::string_view subprotocol) const
{
    static const StatsWatch command;
    request.contentType =
        Wire::Admin::contentTypeOf(subprotocol == watchSubprotocolJson ? Wire::Admin::Format::Json : Wire::Admin::Format::Protobuf);
    AdminCall call = begin(command, request);
    if (auto refused = admit(command, request, call)) {
        finish(std::move(call), Core::failure(*refused), [](const HttpResponse &) {});
        return Core::failure(std::move(*refused));
    }
    return std::make_shared<Watch>(m_watchContext, std::move(call), std::string(bearerOf(request.authorization)));
}

AdminCall AdminEndpoint::begin(const AdminCommand &command, HttpRequest &request) const
{
    constexpr std::size_t idBytes = 8;
    AdminCall call;
    call.now = m_clock.now();
    call.record.action = command.name();
    call.record.requestId = request.requestId.empty() ? toHex(m_random.bytes(idBytes)) : request.requestId;
    call.record.requestSha256 = std::string(Audit::viewOf(Audit::sha256(request.body)));
    call.record.personal.clientAddress = request.peerAddress;
    call.body = std::move(request.body);
    return call;
}

std::optional<Core::Error> AdminEndpoint::admit(const AdminCommand &command, const HttpRequest &request, AdminCall &call) const
{
    auto caller = m_tokens.verify(bearerOf(request.authorization), call.now);
    if (!caller) {
        return std::move(caller.error());
    }
    call.record.tenant = caller->user.tenant;
    call.record.roles = caller->roles;
    call.access = m_context.policies.current();
    call.policies = {call.access->snapshot(), &call.access->policies().shared};
    call.caller = call.access->admitted(std::move(*caller));
    call.record.personal.actor = call.caller.user.user;
    if (!Core::isUtf8(request.reason)) {
        return Core::invalidArgument(ErrorReason::InvalidUtf8, "the header Satchel-Reason must be UTF-8");
    }
    call.record.personal.reason = request.reason;
    bound(call.record.personal);
    const auto format = Wire::Admin::formatFromContentType(request.contentType);
    if (!format) {
        return Core::invalidArgument(ErrorReason::UnsupportedMediaType, "the content type must be application/json or application/proto");
    }
    call.format = *format;
    call.hasReason = request.reason.find_first_not_of(" \t") != std::string::npos;
    call.isUnmaskWanted = request.unmask == "true";
    call.record.approval = request.approval;
    if (!request.unmask.empty() && !call.isUnmaskWanted && request.unmask != "false") {
        return Core::invalidArgument(ErrorReason::MalformedInput, "the header Satchel-Unmask is true or false");
    }
    if (auto known = checkCaller(command, call); !known) {
        return std::move(known.error());
    }
    if (call.body.size() > Wire::Admin::requestBytesMax) {
        return Core::makeError(ErrorCode::ResourceExhausted, ErrorReason::LimitExceeded, "the request is too large");
    }
    return std::nullopt;
}

void AdminEndpoint::handle(const AdminCommand &command, HttpRequest request, const Respond &respond) const
{
    AdminCall call = begin(command, request);
    auto refused = admit(command, request, call);
    if (!refused) {
        refused = m_context.gate.turnAway(Work::Admin);
    }
    if (refused) {
        finish(std::move(call), Core::failure(std::move(*refused)), respond);
        return;
    }
    m_readers.run([this, &command, call = std::move(call), respond, gone = request.hasCallerGone](Core::Result<ReadView *> view) mutable {
        auto answer = view ? runBounded(command, call, **view, gone) : Core::failure(std::move(view.error()));
        finish(std::move(call), std::move(answer), respond);
    });
}

Core::Result<std::string> AdminEndpoint::runBounded(const AdminCommand &command, AdminCall &call, AdminView &view,
                                                    const std::shared_ptr<const std::atomic<bool>> &hasCallerGone) const
{
    const auto end = std::chrono::steady_clock::now() + m_context.queryTimeMax;
    view.setInterruption([&hasCallerGone, end] { return (hasCallerGone && *hasCallerGone) || std::chrono::steady_clock::now() >= end; });
    auto answer = command.run(call, view);
    view.setInterruption({});
    if (!answer && answer.error().code == ErrorCode::Cancelled && !(hasCallerGone && *hasCallerGone)) {
        return Core::failure(
            Core::makeError(ErrorCode::ResourceExhausted, ErrorReason::LimitExceeded,
                            "the query took longer than " +
                                std::to_string(std::chrono::duration_cast<std::chrono::seconds>(m_context.queryTimeMax).count()) +
                                " s; narrow the filter, or filter by a field that has an index (docs/filters.md)"));
    }
    return answer;
}

void AdminEndpoint::finish(AdminCall call, Core::Result<std::string> answer, const Respond &respond) const
{
    HttpResponse response = answer ? HttpResponse{200, std::string(Wire::Admin::contentTypeOf(call.format)), std::move(*answer), {}}
                                   : errorResponse(answer.error());
    if (!answer && answer.error().reason == ErrorReason::UnsupportedMediaType) {
        response.status = 415;
    }
    response.headers.emplace_back("X-Request-Id", call.record.requestId);
    m_context.gate.metrics().adminCalls.of(answer ? ErrorCode() : answer.error().code).add();
    if (call.isRecorded) {
        respond(std::move(response));
        return;
    }
    if (!answer) {
        call.record.code = answer.error().code;
        call.record.reason = answer.error().reason;
    }
    if (!answer && answer.error().code == ErrorCode::Unauthenticated) {
        RefusedCalls::Outcome refused = m_refused.take(call.record.personal.clientAddress, m_clock.now());
        record(std::move(refused.summaries));
        if (!refused.isToBeRecorded) {
            respond(std::move(response));
            return;
        }
    }
    m_context.pipeline.audit(std::move(call.record), [response = std::move(response), respond](Core::Result<void> written) mutable {
        if (!written) {
            response = errorResponse(Core::unavailable(written.error().reason, "the call could not be recorded, so it is not answered",
                                                       std::max(written.error().retryAfter, unrecordedRetryAfter)));
        }
        respond(std::move(response));
    });
}

void AdminEndpoint::record(std::vector<Wire::AuditRecord> summaries) const
{
    for (Wire::AuditRecord &summary : summaries) {
        m_context.pipeline.audit(std::move(summary), [](const Core::Result<void> &) {});
    }
}

void AdminEndpoint::flush() const
{
    record(m_refused.flush());
}

void bound(Wire::AuditPersonal &record)
{
    for (std::string *text : {&record.actor, &record.user, &record.collection, &record.key, &record.reason}) {
        if (text->size() <= recordTextBytesMax) {
            continue;
        }
        std::size_t end = recordTextBytesMax;
        // Not within a character.
        while (end > 0 && (static_cast<unsigned char>((*text)[end]) & 0xC0U) == 0x80U) {
            --end;
        }
        text->resize(end);
        text->append("\xE2\x80\xA6");
    }
}

}  // namespace Satchel::Server
