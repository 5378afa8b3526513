// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/document.h"
#include "core/policy.h"
#include "server-stub/sync/operatorwrites.h"

#include <optional>
#include <string>
#include <vector>

namespace Satchel::Server {

/// The writes that make a document look like another state of it. No I/O.
///
/// Registers get the very values back, a conflict as concurrent writes of all its values; counters and sets get what compensates, because
/// nothing else leaves what others add meanwhile.
class DocumentPlan {
public:
    DocumentPlan(Core::UserId user, const Core::DocumentId &id, Core::Document current, std::uint64_t currentSeq,
                 const Core::Policy &policy);

    /// As it was in `target`: all of it, or one field.
    void restore(const Core::Document &target);
    void restoreField(const std::string &name, const Core::Document &target);
    /// Takes back what came between the two states. False: somebody has written the field since, and it stays.
    [[nodiscard]] bool undoField(const std::string &name, const Core::Document &before, const Core::Document &after);

    /// Empty if there is nothing to write. INVALID_ARGUMENT if the policy does not take such writes.
    [[nodiscard]] Core::Result<std::vector<OperatorDraft>> drafts() const;

private:
    [[nodiscard]] OperatorDraft draft(std::vector<Core::Op> ops) const;
    void restoreRegister(const std::string &name, const Core::FieldState &target);
    void moveCounter(const std::string &name, std::optional<std::int64_t> from, std::optional<std::int64_t> to);
    void moveSet(const std::string &name, const std::optional<Core::Value> &from, const std::optional<Core::Value> &to);

    Core::UserId m_user;
    Core::DocumentId m_id;
    Core::Document m_current;
    std::uint64_t m_currentSeq;
    const Core::Policy &m_policy;
    std::vector<Core::Op> m_ops;
    std::vector<Core::Op> m_concurrent;  ///< further values of conflicts, each a mutation of its own
};

}  // namespace Satchel::Server
