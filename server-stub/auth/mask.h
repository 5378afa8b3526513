// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/auth/access.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace Satchel::Server {

/// What a call's mask is made for.
struct MaskSettings {
    Identity caller;
    Action action = Action::ReadState;
    AccessGrounds grounds;
    bool isUnmaskWanted = false;
    std::optional<Attributes> user;  ///< whose state the call shows; none: of no one user
};

/// Which values a call may not show. Every command that answers with a value asks it for each one, before the value leaves the server.
/// Belongs to the call's thread.
class Mask {
public:
    /// Hides everything.
    Mask() = default;
    Mask(Access access, MaskSettings settings)
        : m_access(std::move(access))
        , m_settings(std::move(settings))
    {
    }

    [[nodiscard]] bool hides(std::string_view collection, std::string_view field) const;
    /// Whether rows of a user with these attributes are left out of a list.
    [[nodiscard]] bool hidesUser(const Attributes &user) const;
    /// The same call's mask for rows of one user among many.
    [[nodiscard]] Mask of(Attributes user) const;
    /// Whether it matters whose rows they are.
    [[nodiscard]] bool asksForUsers() const { return m_access && m_access->asksForUsers(); }

private:
    [[nodiscard]] bool decide(std::string_view collection, Core::Sensitivity sensitivity) const;

    std::optional<Access> m_access;
    MaskSettings m_settings;
    mutable std::map<std::pair<std::string, Core::Sensitivity>, bool, std::less<>> m_decided;
};

}  // namespace Satchel::Server
