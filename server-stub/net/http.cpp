// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "http.h"

#include "wire/admincodec.h"

#include <algorithm>

namespace Satchel::Server {

std::string_view bearerOf(std::string_view authorization)
{
    constexpr std::string_view scheme = "Bearer ";
    return authorization.substr(0, scheme.size()) == scheme ? authorization.substr(scheme.size()) : std::string_view();
}

std::string loggableId(std::string_view given)
{
    constexpr std::size_t lettersMax = 64;
    const bool isLoggable = given.size() <= lettersMax && std::all_of(given.begin(), given.end(), [](char letter) {
                                return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                                       (letter >= '0' && letter <= '9') || letter == '.' || letter == '_' || letter == '-';
                            });
    return isLoggable ? std::string(given) : std::string();
}

HttpResponse errorResponse(const Core::Error &error)
{
    HttpResponse response = jsonResponse(Wire::Admin::httpFromCode(error.code), Wire::Admin::encodeError(error));
    if (error.retryAfter.count() > 0) {
        response.headers.emplace_back("Retry-After", std::to_string((error.retryAfter.count() + 999) / 1000));
    }
    if (error.code == Core::ErrorCode::Unauthenticated) {
        response.headers.emplace_back("WWW-Authenticate", "Bearer");
    }
    return response;
}

HttpResponse jsonResponse(int status, std::string json)
{
    return HttpResponse{status, "application/json", std::move(json), {}};
}

}  // namespace Satchel::Server
