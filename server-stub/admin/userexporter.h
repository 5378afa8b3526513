// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "audit/signednote.h"
#include "server-stub/auth/mask.h"
#include "server-stub/store/adminview.h"

#include <cstdint>
#include <string>
#include <vector>

namespace Satchel::Server {

/// One user's export, part by part.
class UserExporter {
public:
    enum class Section : std::uint8_t { Profile, Documents, Events, Overwritten, Audit, Notes, Done };

    /// What the next part begins with.
    struct Place {
        Section section = Section::Profile;
        std::string first;  ///< of the row that the part before ended with; its meaning is the section's
        std::string second;
        std::uint64_t lineCount = 0;
        Audit::Hash digest{};  ///< of all lines: Audit::digestWith()
    };

    /// `mask` must outlive this.
    UserExporter(Core::UserId user, std::uint64_t epoch, const Mask &mask)
        : m_user(std::move(user))
        , m_epoch(epoch)
        , m_mask(mask)
    {
    }

    /// Appends a part to `lines`. NOT_FOUND if there is no such user; errors of the view.
    [[nodiscard]] Core::Result<void> addPart(AdminView &view, std::chrono::milliseconds now, Place &place, std::string &lines) const;
    /// What the manifest signs: the number of lines and their digest.
    [[nodiscard]] Audit::Checkpoint manifestOf(const Place &place) const;

private:
    [[nodiscard]] Core::Result<void> addRows(AdminView &view, std::chrono::milliseconds now, Place &place, std::string &lines) const;
    [[nodiscard]] Core::Result<void> addProfile(AdminView &view, std::chrono::milliseconds now, Place &place, std::string &lines) const;
    [[nodiscard]] Core::Result<void> addDocuments(AdminView &view, Place &place, std::string &lines) const;
    [[nodiscard]] Core::Result<void> addEvents(AdminView &view, Place &place, std::string &lines) const;
    [[nodiscard]] Core::Result<void> addOverwritten(AdminView &view, Place &place, std::string &lines) const;
    [[nodiscard]] Core::Result<void> addAudit(AdminView &view, Place &place, std::string &lines) const;
    [[nodiscard]] Core::Result<void> addNotes(AdminView &view, Place &place, std::string &lines) const;
    /// A value, or that it is masked.
    [[nodiscard]] Core::Value shown(const std::string &collection, const std::string &field, const Core::Value &value) const;
    [[nodiscard]] Core::Value siblingOf(const std::string &collection, const std::string &field, const Core::Sibling &sibling) const;
    [[nodiscard]] Core::Value opOf(const std::string &collection, const Core::Op &op) const;

    Core::UserId m_user;
    std::uint64_t m_epoch;
    const Mask &m_mask;
};

}  // namespace Satchel::Server
