// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"
#include "wire/historymessages.h"

#include <optional>
#include <string>
#include <vector>

namespace Satchel::Server {

/// Says of one user's events and states what an operator may see of them.
class HistoryViews {
public:
    /// All of them must outlive this.
    HistoryViews(Core::UserId user, const Mask &mask, const Core::PolicySet &policies, AdminView &view)
        : m_user(std::move(user))
        , m_mask(mask)
        , m_policies(policies)
        , m_view(view)
    {
    }

    /// Reads who writes there; before anything else.
    [[nodiscard]] Core::Result<void> load();

    /// `before`: the document's row before the event; nothing if the log has forgotten it.
    [[nodiscard]] Core::Result<Wire::Admin::HistoryEvent> event(const LoggedEvent &logged, const std::optional<DocumentRow> &before) const;
    /// What the event took away from its document.
    [[nodiscard]] Core::Result<std::vector<Wire::Admin::LostValue>> lostBy(const EventRow &event, const DocumentRow &before) const;
    [[nodiscard]] Core::Result<Wire::Admin::LostValue> lost(const OverwrittenRow &row) const;
    /// Every write that makes the field's state, the one that is shown first.
    [[nodiscard]] Core::Result<std::vector<Wire::Admin::ExplainedWrite>> writes(const Core::DocumentId &id, const std::string &field,
                                                                                const Core::FieldState &state) const;
    /// The row just before the event; nothing if the log has forgotten it.
    [[nodiscard]] Core::Result<std::optional<DocumentRow>> rowBefore(const EventRow &event) const;

private:
    [[nodiscard]] Core::Result<Wire::Admin::SiblingView> sibling(const Core::Sibling &sibling, bool isMasked) const;
    [[nodiscard]] Wire::Admin::OpView op(const Core::Op &op, const std::string &collection) const;
    [[nodiscard]] Core::Result<Wire::Admin::ExplainedWrite> write(const Core::DocumentId &id, const std::string &field,
                                                                  const Core::Sibling &sibling) const;

    Core::UserId m_user;
    const Mask &m_mask;
    const Core::PolicySet &m_policies;
    AdminView &m_view;
    std::map<Core::DeviceId, WriterNote> m_writers;
    std::uint64_t m_begin = 0;
};

}  // namespace Satchel::Server
