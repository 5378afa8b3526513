// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/net/http.h"
#include "server-stub/net/messagestream.h"

#include <map>
#include <string>
#include <vector>

namespace Satchel::Server {

/// Which handler a method and path belong to. Filled before the first request; thread-safe after that.
class Router {
public:
    void add(std::string method, std::string path, HttpHandler handler);
    /// 404 UNIMPLEMENTED/UNKNOWN_METHOD for a path that is not known, 405 for another method.
    void handle(HttpRequest request, Respond respond) const;
    void addStream(StreamRoute route) { m_streams.push_back(std::move(route)); }
    /// The stream at a path; nullptr: there is none.
    [[nodiscard]] const StreamRoute *stream(std::string_view path) const;
    /// "GET /healthz" and so on, in order.
    [[nodiscard]] std::vector<std::string> endpoints() const;

private:
    std::map<std::string, std::map<std::string, HttpHandler>, std::less<>> m_paths;
    std::vector<StreamRoute> m_streams;
};

}  // namespace Satchel::Server
