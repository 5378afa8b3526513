// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/auth/identity.h"
#include "server-stub/auth/policies.h"

#include <memory>
#include <optional>
#include <string_view>

namespace Satchel::Server {

/// Whom and what something is done to, as far as rules ask.
struct AccessTarget {
    const Attributes *user = nullptr;                ///< of the user concerned; nullptr: no one user is
    bool isEachUser = false;                         ///< without a user: those who may not be seen are left out one by one
    std::string_view collection;                     ///< empty: no one collection is concerned
    std::optional<Core::Sensitivity> sensitivity{};  ///< of a field; none: the collection's
};

/// What the caller brings besides its identity.
struct AccessGrounds {
    bool hasReason = false;
    bool isApproved = false;
};

enum class Verdict : std::uint8_t { Allowed, ReasonNeeded, ApprovalNeeded, Denied };

struct AccessDecision {
    Verdict verdict = Verdict::Denied;
    std::string_view rule;  ///< that denies or demands; empty: no rule allows it. Valid as long as the policies
};

/// Decides by the rules of one state of the policies. Deny wins; what no rule allows is denied; of all rules that allow, each demand
/// counts. Cheap to copy, thread-safe.
class Access {
public:
    explicit Access(std::shared_ptr<const Policies> policies)
        : m_policies(std::move(policies))
    {
    }

    [[nodiscard]] AccessDecision decide(const Identity &caller, Action action, const AccessTarget &target,
                                        const AccessGrounds &grounds) const;
    /// The caller with the roles and attributes that the policies leave it.
    [[nodiscard]] Identity admitted(Identity caller) const;
    /// Some rule asks for attributes of users.
    [[nodiscard]] bool asksForUsers() const;
    [[nodiscard]] const Policies &policies() const { return *m_policies; }
    [[nodiscard]] const std::shared_ptr<const Policies> &snapshot() const { return m_policies; }

private:
    std::shared_ptr<const Policies> m_policies;
};

/// What only shows. Such a call may leave out what a rule forbids, so a rule about one collection does not forbid the whole call.
[[nodiscard]] bool isReading(Action action);

}  // namespace Satchel::Server
