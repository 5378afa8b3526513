// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"
#include "server-stub/auth/tokenverifier.h"
#include "server-stub/net/router.h"
#include "server-stub/ops/clock.h"
#include "server-stub/sync/readerpool.h"

#include <memory>
#include <vector>

namespace Satchel::Server {

/// The admin services over the Connect protocol: authenticates, checks the role, runs the command on a reader's thread.
class AdminEndpoint {
public:
    AdminEndpoint(AdminContext context, ReaderPool &readers, const TokenVerifier &tokens, const Clock &clock);
    void addRoutes(Router &router);

private:
    void handle(const AdminCommand &command, HttpRequest request, Respond respond) const;

    AdminContext m_context;
    ReaderPool &m_readers;
    const TokenVerifier &m_tokens;
    const Clock &m_clock;
    std::vector<std::unique_ptr<AdminCommand>> m_commands;
};

}  // namespace Satchel::Server
