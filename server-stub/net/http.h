// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/error.h"
#include "server-stub/ops/trace.h"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace Satchel::Server {

/// What handlers need of a request; read, checked and bounded already.
struct HttpRequest {
    std::string method;
    std::string path;
    std::string query;
    std::string authorization;
    std::string contentType;
    std::string body;
    std::string requestId;    ///< as the caller gave it; empty: it gave none, or none that may be logged
    std::string reason;       ///< header Satchel-Reason: why an operator does this
    std::string unmask;       ///< header Satchel-Unmask: "true" for restricted values
    std::string approval;     ///< header Satchel-Approval: what another operator approved; empty: none, or none that may be logged
    std::string peerAddress;  ///< 192.0.2.1 or 2001:db8::1; empty: not known any more
    TraceContext trace;       ///< with the caller as parent, or a trace that begins here
    bool isPeerLoopback = false;
    bool isForwarded = false;                                ///< something in front of the server passed it on
    std::shared_ptr<const std::atomic<bool>> hasCallerGone;  ///< set once nobody waits for the answer any more; null: not known
};

struct HttpResponse {
    int status = 200;
    std::string contentType;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
};

/// Answers a request, once, on any thread.
using Respond = std::function<void(HttpResponse)>;
using HttpHandler = std::function<void(HttpRequest, Respond)>;

/// The token of "Bearer TOKEN"; empty if there is none.
[[nodiscard]] std::string_view bearerOf(std::string_view authorization);
/// A caller's name for its request if that is 1 to 64 letters, digits and "._-"; empty for any other.
[[nodiscard]] std::string loggableId(std::string_view given);
/// A failure as the Connect protocol states it, with Retry-After where that is known.
[[nodiscard]] HttpResponse errorResponse(const Core::Error &error);
[[nodiscard]] HttpResponse jsonResponse(int status, std::string json);

}  // namespace Satchel::Server
