// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "audit/hash.h"
#include "server-stub/store/store.h"
#include "wire/auditrecord.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace Satchel::WorldCheck {

/// What operators did and were shown, kept outside of the server: I10.
class AuditLedger {
public:
    struct Head {
        std::uint64_t epoch = 0;
        std::uint64_t size = 0;
        Audit::Hash root{};
    };

    /// The draft of a record that names a new act. Acts are named by their request ids.
    [[nodiscard]] Wire::AuditRecord begin(const std::string &action, const Core::UserId &user, std::optional<Core::DeviceId> device = {});
    /// The operator was told that it is done.
    void answered(const std::string &requestId);
    void handedOut(const Head &head) { m_heads.push_back(head); }
    /// The server became what it was: what was done since may have gone.
    void restored() { ++m_restores; }

    /// Throws Violation. The server is healed, and `store` is its.
    void check(Server::Store &store) const;

private:
    struct Act {
        std::string action;
        bool isAnswered = false;
        std::uint64_t restores = 0;  ///< when it was answered
    };
    using Counts = std::map<std::string, int>;

    void checkActs(const Counts &counts) const;
    void checkHeads(Server::ReadView &view, std::uint64_t epoch, std::uint64_t size) const;
    static void checkRevocations(Server::ReadView &view, const std::vector<Wire::AuditRecord> &records);

    std::map<std::string, Act> m_acts;
    std::vector<Head> m_heads;
    std::uint64_t m_restores = 0;
};

/// Size and root of the world's only log, as an operator is given them; nothing while the store cannot be read.
[[nodiscard]] std::optional<AuditLedger::Head> auditHead(Server::Store &store);

}  // namespace Satchel::WorldCheck
