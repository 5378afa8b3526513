// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "mask.h"

namespace Satchel::Server {

bool Mask::hides(std::string_view collection, std::string_view field) const
{
    if (!m_access) {
        return true;
    }
    const Core::Sensitivity sensitivity = m_access->policies().sensitivityOf(collection, field);
    const std::pair<std::string, Core::Sensitivity> place(collection, sensitivity);
    const auto known = m_decided.find(place);
    return known != m_decided.end() ? known->second : m_decided.emplace(place, decide(collection, sensitivity)).first->second;
}

bool Mask::decide(std::string_view collection, Core::Sensitivity sensitivity) const
{
    const AccessTarget target{m_settings.user ? &*m_settings.user : nullptr, false, collection, sensitivity};
    const auto isAllowed = [&](Action action) {
        return m_access->decide(m_settings.caller, action, target, m_settings.grounds).verdict == Verdict::Allowed;
    };
    const Action reading = isReading(m_settings.action) ? m_settings.action : Action::ReadState;
    if (!isAllowed(reading)) {
        return true;
    }
    return sensitivity == Core::Sensitivity::Restricted && !(m_settings.isUnmaskWanted && isAllowed(Action::Unmask));
}

bool Mask::hidesUser(const Attributes &user) const
{
    return !m_access ||
           m_access->decide(m_settings.caller, m_settings.action, {&user, false, {}, {}}, m_settings.grounds).verdict != Verdict::Allowed;
}

Mask Mask::of(Attributes user) const
{
    if (!m_access) {
        return {};
    }
    MaskSettings settings = m_settings;
    settings.user = std::move(user);
    return {*m_access, std::move(settings)};
}

}  // namespace Satchel::Server
