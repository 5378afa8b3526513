// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/net/connection.h"

#include <map>
#include <memory>
#include <string>

namespace Satchel::Server {

class PollingSession;

/// POST /v1/sync: the polling carrier. All its sessions live on one lane; requests of other lanes are handed over.
class PollingEndpoint {
public:
    PollingEndpoint(NetContext &context, asio::io_context &lane);
    ~PollingEndpoint();
    PollingEndpoint(const PollingEndpoint &) = delete;
    PollingEndpoint &operator=(const PollingEndpoint &) = delete;

    /// Thread-safe.
    void handle(HttpRequest request, Respond respond);

private:
    friend class PollingSession;
    void serve(Identity identity, Wire::SyncRequest request, Respond respond);
    void endSession(const std::string &sessionId, const Identity &identity);
    void forget(const std::string &sessionId);

    NetContext &m_context;
    asio::io_context &m_lane;
    std::map<std::string, std::shared_ptr<PollingSession>, std::less<>> m_sessions;
};

}  // namespace Satchel::Server
