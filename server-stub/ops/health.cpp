// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "health.h"

#include "server-stub/auth/jwt.h"
#include "wire/json.h"

#include <string_view>
#include <vector>

namespace Satchel::Server {

HttpResponse readinessResponse(const Readiness &readiness)
{
    std::string causes;
    const auto add = [&causes](std::string_view cause, const std::string &detail) {
        causes += (causes.empty() ? R"({"cause":")" : R"(,{"cause":")") + std::string(cause) + R"(","detail":)" +
                  Wire::jsonFromValue(Core::Value(detail)) + '}';
    };
    if (readiness.storeError) {
        add("store", Core::describe(*readiness.storeError));
    }
    if (!readiness.hasTokenKeys) {
        add("token_keys", "the issuer's keys have not been had yet");
    }
    if (readiness.isDraining) {
        add("draining", "the server is going down");
    }
    if (readiness.isOverloaded) {
        add("overload", "the server has more to do than it can");
    }
    const bool isReady = causes.empty();
    if (readiness.isReadOnly) {
        add("read_only", "the server takes no writes now");
    }
    const char *status = !isReady ? "unready" : readiness.isReadOnly ? "read_only" : "ready";
    return jsonResponse(isReady ? 200 : 503, std::string(R"({"status":")") + status + R"(","causes":[)" + causes + "]}");
}

std::optional<HttpResponse> refuseMetrics(const HttpRequest &request, const std::string &secret)
{
    const auto refuse = [](Core::ErrorCode code, const char *why) {
        return errorResponse(Core::makeError(code, Core::ErrorReason::None, why));
    };
    if (secret.empty()) {
        if (request.isPeerLoopback && !request.isForwarded) {
            return std::nullopt;
        }
        return refuse(Core::ErrorCode::PermissionDenied, "metrics are for this machine; --metrics-token-file opens them to others");
    }
    if (equalConstantTime(bearerOf(request.authorization), secret)) {
        return std::nullopt;
    }
    return refuse(Core::ErrorCode::Unauthenticated, "metrics need the token of --metrics-token-file");
}

}  // namespace Satchel::Server
