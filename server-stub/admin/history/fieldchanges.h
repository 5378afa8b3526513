// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/document.h"
#include "core/policy.h"
#include "server-stub/auth/mask.h"
#include "wire/historymessages.h"

#include <string>
#include <vector>

namespace Satchel::Server {

/// What of a document differs between two states; without values where the mask hides them.
class FieldChanges {
public:
    /// All must outlive this.
    FieldChanges(std::string user, const Core::PolicySet &policies, const Mask &mask)
        : m_user(std::move(user))
        , m_policies(policies)
        , m_mask(mask)
    {
    }

    void addDocument(const Core::DocumentId &id, const Core::Document &before, const Core::Document &after,
                     std::vector<Wire::Admin::FieldChange> &changes) const;
    /// One field, whether it differs or not.
    [[nodiscard]] Wire::Admin::FieldChange field(const Core::DocumentId &id, const std::string &name, std::optional<Core::Value> before,
                                                 std::optional<Core::Value> after) const;

private:
    std::string m_user;
    const Core::PolicySet &m_policies;
    const Mask &m_mask;
};

}  // namespace Satchel::Server
