// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/error.h"
#include "server-stub/net/http.h"

#include <optional>
#include <string>

namespace Satchel::Server {

/// What a server needs so that requests are to be sent to it.
struct Readiness {
    std::optional<Core::Error> storeError;
    bool hasTokenKeys = true;
    bool isDraining = false;
    bool isOverloaded = false;
    bool isReadOnly = false;  ///< said, but no reason to send requests elsewhere: reads go on
};

/// 200 or 503 with {"status": "ready", "read_only" or "unready", "causes": [{"cause": NAME, "detail": SENTENCE}]}.
[[nodiscard]] HttpResponse readinessResponse(const Readiness &readiness);

/// Nothing if the caller may read the metrics: it shows the secret, or there is none and it asks from this machine, not by way of a proxy.
[[nodiscard]] std::optional<HttpResponse> refuseMetrics(const HttpRequest &request, const std::string &secret);

}  // namespace Satchel::Server
