// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "router.h"

#include <algorithm>

namespace Satchel::Server {

void Router::add(std::string method, std::string path, HttpHandler handler)
{
    m_paths[std::move(path)].emplace(std::move(method), std::move(handler));
}

const StreamRoute *Router::stream(std::string_view path) const
{
    const auto found = std::find_if(m_streams.begin(), m_streams.end(), [path](const StreamRoute &route) { return route.path == path; });
    return found == m_streams.end() ? nullptr : &*found;
}

std::vector<std::string> Router::endpoints() const
{
    std::vector<std::string> out;
    for (const auto &[path, methods] : m_paths) {
        for (const auto &[method, handler] : methods) {
            out.push_back(method + " " + path);
        }
    }
    return out;
}

void Router::handle(HttpRequest request, Respond respond) const
{
    const auto methods = m_paths.find(request.path);
    if (methods == m_paths.end()) {
        HttpResponse response = errorResponse(
            Core::makeError(Core::ErrorCode::Unimplemented, Core::ErrorReason::UnknownMethod, "there is nothing at this path"));
        response.status = 404;
        respond(std::move(response));
        return;
    }
    const auto handler = methods->second.find(request.method);
    if (handler == methods->second.end()) {
        HttpResponse response = errorResponse(
            Core::makeError(Core::ErrorCode::Unimplemented, Core::ErrorReason::UnknownMethod, "this path does not take the method"));
        response.status = 405;
        std::string allowed;
        for (const auto &[method, known] : methods->second) {
            allowed += (allowed.empty() ? "" : ", ") + method;
        }
        response.headers.emplace_back("Allow", std::move(allowed));
        respond(std::move(response));
        return;
    }
    handler->second(std::move(request), std::move(respond));
}

}  // namespace Satchel::Server
