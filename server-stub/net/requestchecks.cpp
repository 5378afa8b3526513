// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "requestchecks.h"

#include <algorithm>

namespace Satchel::Server {

namespace {

/// The host of a Host header without its port.
std::string_view hostOf(std::string_view host)
{
    if (!host.empty() && host.front() == '[') {
        return host.substr(0, host.find(']') + 1);
    }
    return host.substr(0, host.rfind(':'));
}

bool isLoopbackName(std::string_view host)
{
    return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

template <typename Names>
bool has(const Names &names, std::string_view name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

HttpResponse forbidden(const char *why)
{
    HttpResponse response = errorResponse(Core::makeError(Core::ErrorCode::PermissionDenied, Core::ErrorReason::None, why));
    response.status = 403;
    return response;
}

}  // namespace

std::optional<HttpResponse> refuseForeign(const NetSettings &settings, bool isLoopback, std::optional<std::string_view> origin,
                                          std::string_view host)
{
    if (origin && !has(settings.allowedOrigins, *origin)) {
        return forbidden("pages of this origin may not call the server");
    }
    const std::string_view name = hostOf(host);
    const bool isAllowed = has(settings.allowedHosts, name);
    if (isLoopback && !isAllowed && !isLoopbackName(name)) {
        return forbidden("the Host header does not name this machine");
    }
    if (!isLoopback && !isAllowed && !settings.allowedHosts.empty()) {
        return forbidden("the server does not go by the name in the Host header");
    }
    return std::nullopt;
}

std::string_view agreedProtocol(std::string_view offered, std::span<const std::string> known)
{
    while (!offered.empty()) {
        const std::size_t comma = offered.find(',');
        std::string_view one = offered.substr(0, comma);
        offered = comma == std::string_view::npos ? std::string_view() : offered.substr(comma + 1);
        one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
        one = one.substr(0, one.find_last_not_of(' ') + 1);
        if (const auto found = std::find(known.begin(), known.end(), one); found != known.end()) {
            return *found;
        }
    }
    return {};
}

}  // namespace Satchel::Server
