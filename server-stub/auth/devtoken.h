// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/auth/jwt.h"
#include "server-stub/net/http.h"
#include "server-stub/ops/clock.h"

namespace Satchel::Server {

/// GET or POST /v1/dev/token: a token for whoever asks from this machine. GET takes sub, tenant, roles (comma-separated) and expires_in as
/// query parameters, POST the same as a JSON object. Defaults: alice, default, user, the server's lifetime.
class DevTokenEndpoint {
public:
    DevTokenEndpoint(JwtIssuer issuer, const Clock &clock, std::chrono::seconds lifetime)
        : m_issuer(std::move(issuer))
        , m_clock(clock)
        , m_lifetime(lifetime)
    {
    }
    void handle(const HttpRequest &request, const Respond &respond) const;

private:
    JwtIssuer m_issuer;
    const Clock &m_clock;
    std::chrono::seconds m_lifetime;
};

}  // namespace Satchel::Server
