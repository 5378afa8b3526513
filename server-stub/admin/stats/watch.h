// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/stats/statssource.h"
#include "server-stub/auth/tokenverifier.h"
#include "server-stub/net/messagestream.h"
#include "server-stub/ops/clock.h"
#include "server-stub/sync/readerpool.h"

#include <memory>
#include <optional>

namespace Satchel::Server {

/// What a watcher needs of the admin services; outlives it.
struct WatchContext {
    StatsSource &stats;
    ReaderPool &readers;
    const TokenVerifier &tokens;
    const AdminContext &admin;
    const Clock &clock;
};

/// One operator who watches: stats at intervals, and the audit log as it grows. One record of the audit log says that the watch began and
/// what was asked for.
class Watch : public MessageStream, public std::enable_shared_from_this<Watch> {
public:
    /// `call` is admitted for Stats/Watch; `token` is asked about again as long as the watch goes on.
    Watch(const WatchContext &context, AdminCall call, std::string token);

    [[nodiscard]] bool isBinary() const override { return m_call.format == Wire::Admin::Format::Protobuf; }
    void begin(std::string message, Then then) override;
    void poll(Then then) override;

private:
    [[nodiscard]] Core::Result<void> read(const std::string &message);
    /// Whether the rules in force now let the caller have what was asked for.
    [[nodiscard]] Core::Result<void> check(const Identity &caller) const;
    [[nodiscard]] Core::Result<std::vector<std::string>> events(AdminView &view);
    [[nodiscard]] Core::Result<void> addStats(AdminView &view, std::vector<std::string> &out);
    [[nodiscard]] Core::Result<void> addAudit(AdminView &view, std::vector<std::string> &out);
    [[nodiscard]] Core::Result<Wire::Admin::AuditTail> tail(AdminView &view, std::uint64_t size);

    const WatchContext &m_context;
    AdminCall m_call;
    std::string m_token;
    Wire::Admin::WatchRequest m_request;
    Core::Filter m_filter;
    std::optional<std::chrono::milliseconds> m_statsAt;  ///< by the server's clock; none: never yet
    std::optional<std::uint64_t> m_next;                 ///< place of the audit log; none: not known yet
};

}  // namespace Satchel::Server
