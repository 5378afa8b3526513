// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "devtoken.h"

#include "core/value.h"
#include "wire/json.h"

#include <charconv>
#include <map>

namespace Satchel::Server {

using Core::Value;

namespace {

struct Wanted {
    std::string sub = "alice";
    std::string tenant = "default";
    std::vector<std::string> roles{std::string(roleUser)};
    std::int64_t expiresIn = 0;
    Attributes attributes = {};
};

constexpr std::int64_t lifetimeMax = 365LL * 24 * 3600;

tl::unexpected<Core::Error> wrong(const char *why)
{
    return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, why));
}

std::string percentDecoded(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned byte = 0;
        if (text[i] == '%' && i + 2 < text.size() &&
            std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16).ptr == text.data() + i + 3) {
            out.push_back(static_cast<char>(byte));
            i += 2;
        } else {
            out.push_back(text[i] == '+' ? ' ' : text[i]);
        }
    }
    return out;
}

std::vector<std::string> splitList(std::string_view text)
{
    std::vector<std::string> out;
    while (!text.empty()) {
        const std::size_t comma = text.find(',');
        out.emplace_back(text.substr(0, comma));
        text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    }
    return out;
}

Core::Result<Wanted> fromQuery(std::string_view query)
{
    Wanted wanted;
    while (!query.empty()) {
        const std::size_t ampersand = query.find('&');
        const std::string_view pair = query.substr(0, ampersand);
        query = ampersand == std::string_view::npos ? std::string_view() : query.substr(ampersand + 1);
        const std::size_t equals = pair.find('=');
        const std::string_view name = pair.substr(0, equals);
        const std::string value = equals == std::string_view::npos ? std::string() : percentDecoded(pair.substr(equals + 1));
        if (name == "sub") {
            wanted.sub = value;
        } else if (name == "tenant") {
            wanted.tenant = value;
        } else if (name == "roles") {
            wanted.roles = splitList(value);
        } else if (name == "expires_in") {
            const auto parsed = std::from_chars(value.data(), value.data() + value.size(), wanted.expiresIn);
            if (parsed.ec != std::errc() || parsed.ptr != value.data() + value.size()) {
                return wrong("expires_in must be a number of seconds");
            }
        } else {
            return wrong("a token has sub, tenant, roles and expires_in");
        }
    }
    return wanted;
}

Core::Result<Wanted> fromJson(std::string_view body)
{
    Wanted wanted;
    const auto json = Wire::valueFromJson(body);
    const auto *members = json ? json->as<Value::Map>() : nullptr;
    if (members == nullptr) {
        return wrong("the body must be a JSON object");
    }
    for (const Value::MapEntry &member : *members) {
        const auto *text = member.value.as<std::string>();
        const auto *number = member.value.as<std::int64_t>();
        const auto *list = member.value.as<Value::List>();
        const auto *object = member.value.as<Value::Map>();
        if (member.key == "sub" && text != nullptr) {
            wanted.sub = *text;
        } else if (member.key == "tenant" && text != nullptr) {
            wanted.tenant = *text;
        } else if (member.key == "expires_in" && number != nullptr) {
            wanted.expiresIn = *number;
        } else if (member.key == "roles" && list != nullptr) {
            wanted.roles.clear();
            for (const Value &role : *list) {
                if (role.as<std::string>() == nullptr) {
                    return wrong("roles must be strings");
                }
                wanted.roles.push_back(*role.as<std::string>());
            }
        } else if (member.key == "attributes" && object != nullptr) {
            for (const Value::MapEntry &attribute : *object) {
                if (attribute.value.as<std::string>() == nullptr) {
                    return wrong("attributes must be strings");
                }
                wanted.attributes[attribute.key] = *attribute.value.as<std::string>();
            }
        } else {
            return wrong("a token has sub, tenant, roles, attributes and expires_in");
        }
    }
    return wanted;
}

}  // namespace

void DevTokenEndpoint::handle(const HttpRequest &request, const Respond &respond) const
{
    if (!request.isPeerLoopback) {
        respond(errorResponse(
            Core::makeError(Core::ErrorCode::PermissionDenied, Core::ErrorReason::None, "development tokens are for this machine only")));
        return;
    }
    auto wanted = request.method == "POST" && !request.body.empty() ? fromJson(request.body) : fromQuery(request.query);
    if (!wanted) {
        respond(errorResponse(wanted.error()));
        return;
    }
    if (wanted->sub.empty() || wanted->tenant.empty() || wanted->expiresIn < -lifetimeMax || wanted->expiresIn > lifetimeMax) {
        respond(
            errorResponse(Core::invalidArgument(Core::ErrorReason::MalformedInput, "sub or tenant is empty, or expires_in beyond a year")));
        return;
    }
    const auto now = m_clock.now();
    const std::chrono::seconds lifetime = wanted->expiresIn != 0 ? std::chrono::seconds(wanted->expiresIn) : m_lifetime;
    Identity identity;
    identity.user = Core::UserId{wanted->tenant, wanted->sub};
    identity.roles = wanted->roles;
    identity.attributes = wanted->attributes;
    identity.expiresAt = std::chrono::duration_cast<std::chrono::seconds>(now) + lifetime;
    const std::string token = m_issuer.issue(identity, now);
    respond(jsonResponse(200, R"({"token":")" + token + R"(","token_type":"Bearer","expires_at":)" +
                                  std::to_string(identity.expiresAt.count()) + "}"));
}

}  // namespace Satchel::Server
