// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/policy.h"
#include "server-stub/auth/accessrules.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace Satchel::Server {

/// What a collection's policy says to the server alone.
struct ServerPolicy {
    std::map<std::string, Core::Sensitivity, std::less<>> fieldSensitivities;  ///< of fields that differ from the collection
    std::optional<std::chrono::hours> historyKept;                             ///< 0: for ever; none: as the server's option says
    std::optional<std::chrono::minutes> timeToLive;  ///< a document without a change for so long is removed; none: never
    std::size_t documentBytesMax = 0;                ///< 0: the protocol's limit
    friend bool operator==(const ServerPolicy &, const ServerPolicy &) = default;
};

/// What one user may store; 0: as much as there is room for.
struct Quota {
    std::uint64_t documentsMax = 0;
    std::uint64_t bytesMax = 0;
    friend bool operator==(const Quota &, const Quota &) = default;
};

/// An operator who looks at this many users within this time is written into the audit log.
struct LookUpAlarm {
    std::size_t users = 50;
    std::chrono::minutes within{10};
    friend bool operator==(const LookUpAlarm &, const LookUpAlarm &) = default;
};

/// All that a policy file says: docs/policies.md. Devices get `shared` and nothing else.
struct Policies {
    Core::PolicySet shared;
    std::map<std::string, ServerPolicy, std::less<>> collections;
    Quota quota;
    AccessRules access = builtInAccess();
    LookUpAlarm lookUps;
    std::chrono::hours approvalLifetime{24};
    std::string text;  ///< what was read; empty: nobody has said anything yet

    [[nodiscard]] Core::Sensitivity sensitivityOf(std::string_view collection, std::string_view field) const;
};

}  // namespace Satchel::Server
