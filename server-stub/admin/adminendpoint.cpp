// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "adminendpoint.h"

#include "server-stub/admin/conflictslist.h"
#include "server-stub/admin/devicesrevoke.h"
#include "server-stub/admin/stategetdocument.h"
#include "server-stub/admin/statelistdocuments.h"
#include "server-stub/admin/usersget.h"
#include "server-stub/admin/userslist.h"

namespace Satchel::Server {

using Core::ErrorCode;
using Core::ErrorReason;

AdminEndpoint::AdminEndpoint(AdminContext context, ReaderPool &readers, const TokenVerifier &tokens, const Clock &clock)
    : m_context(std::move(context))
    , m_readers(readers)
    , m_tokens(tokens)
    , m_clock(clock)
{
    m_commands.push_back(std::make_unique<UsersList>(m_context));
    m_commands.push_back(std::make_unique<UsersGet>(m_context));
    m_commands.push_back(std::make_unique<DevicesRevoke>(m_context));
    m_commands.push_back(std::make_unique<StateListDocuments>(m_context));
    m_commands.push_back(std::make_unique<StateGetDocument>(m_context));
    m_commands.push_back(std::make_unique<ConflictsList>(m_context));
}

void AdminEndpoint::addRoutes(Router &router)
{
    for (const auto &command : m_commands) {
        router.add("POST", "/satchel.v1." + std::string(command->name()),
                   [this, known = command.get()](HttpRequest request, Respond respond) {
                       handle(*known, std::move(request), std::move(respond));
                   });
    }
}

void AdminEndpoint::handle(const AdminCommand &command, HttpRequest request, Respond respond) const
{
    const auto format = Wire::Admin::formatFromContentType(request.contentType);
    if (!format) {
        HttpResponse response = errorResponse(
            Core::invalidArgument(ErrorReason::UnsupportedMediaType, "the content type must be application/json or application/proto"));
        response.status = 415;
        respond(std::move(response));
        return;
    }
    auto caller = m_tokens.verify(bearerOf(request.authorization), m_clock.now());
    if (!caller) {
        respond(errorResponse(caller.error()));
        return;
    }
    if (!caller->hasRole(roleSupport) && !caller->hasRole(roleAdmin)) {
        respond(errorResponse(
            Core::makeError(ErrorCode::PermissionDenied, ErrorReason::RoleMissing, "the admin services need the role support or admin")));
        return;
    }
    if (request.body.size() > Wire::Admin::requestBytesMax) {
        respond(errorResponse(Core::makeError(ErrorCode::ResourceExhausted, ErrorReason::LimitExceeded, "the request is too large")));
        return;
    }
    m_readers.run([&command, identity = std::move(*caller), body = std::move(request.body), format = *format,
                   respond = std::move(respond)](Core::Result<ReadView *> view) {
        auto answer =
            view ? command.run(identity, body, format, **view) : Core::Result<std::string>(Core::failure(std::move(view.error())));
        respond(answer ? HttpResponse{200, std::string(Wire::Admin::contentTypeOf(format)), std::move(*answer), {}}
                       : errorResponse(answer.error()));
    });
}

}  // namespace Satchel::Server
