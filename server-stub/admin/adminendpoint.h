// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"
#include "server-stub/admin/refusedcalls.h"
#include "server-stub/admin/stats/watch.h"
#include "server-stub/auth/tokenverifier.h"
#include "server-stub/net/router.h"
#include "server-stub/ops/clock.h"
#include "server-stub/ops/random.h"
#include "server-stub/sync/readerpool.h"

#include <memory>
#include <optional>
#include <vector>

namespace Satchel::Server {

/// The admin services over the Connect protocol: authenticates, checks the role, runs the command on a reader's thread, and answers when
/// the record of the call is durable, refused calls too. What cannot be recorded is answered UNAVAILABLE and shows nothing.
class AdminEndpoint {
public:
    AdminEndpoint(AdminContext context, ReaderPool &readers, const TokenVerifier &tokens, const Clock &clock, Random &random);
    void addRoutes(Router &router);
    /// The stream of GET /v1/admin/watch, or why the caller may not watch.
    [[nodiscard]] Core::Result<std::shared_ptr<MessageStream>> watch(HttpRequest request, std::string_view subprotocol) const;
    /// Records what of calls without a good token is only counted so far. Before the pipeline stops.
    void flush() const;
    [[nodiscard]] const std::vector<std::unique_ptr<AdminCommand>> &commands() const { return m_commands; }

private:
    void handle(const AdminCommand &command, HttpRequest request, const Respond &respond) const;
    [[nodiscard]] AdminCall begin(const AdminCommand &command, HttpRequest &request) const;
    /// Nothing if the caller may go on.
    [[nodiscard]] std::optional<Core::Error> admit(const AdminCommand &command, const HttpRequest &request, AdminCall &call) const;
    /// Ends queries whose caller has gone, and those that take too long.
    [[nodiscard]] Core::Result<std::string> runBounded(const AdminCommand &command, AdminCall &call, AdminView &view,
                                                       const std::shared_ptr<const std::atomic<bool>> &hasCallerGone) const;
    void record(std::vector<Wire::AuditRecord> summaries) const;
    void finish(AdminCall call, Core::Result<std::string> answer, const Respond &respond) const;

    AdminContext m_context;
    ReaderPool &m_readers;
    const TokenVerifier &m_tokens;
    const Clock &m_clock;
    Random &m_random;
    mutable StatsSource m_stats;
    WatchContext m_watchContext;
    mutable RefusedCalls m_refused;
    std::vector<std::unique_ptr<AdminCommand>> m_commands;
};

}  // namespace Satchel::Server
