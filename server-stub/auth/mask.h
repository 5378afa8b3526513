// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/policy.h"

#include <memory>
#include <string_view>

namespace Satchel::Server {

/// Which values a call may not show. Every command that answers with a value asks it for each one, before the value leaves the server.
class Mask {
public:
    /// Hides everything.
    Mask() = default;
    Mask(std::shared_ptr<const Core::PolicySet> policies, bool isLifted)
        : m_policies(std::move(policies))
        , m_isLifted(isLifted)
    {
    }

    [[nodiscard]] bool hides(std::string_view collection, std::string_view /*field*/) const
    {
        return !m_policies || (!m_isLifted && m_policies->of(collection).sensitivity == Core::Sensitivity::Restricted);
    }

private:
    std::shared_ptr<const Core::PolicySet> m_policies;
    bool m_isLifted = false;
};

}  // namespace Satchel::Server
