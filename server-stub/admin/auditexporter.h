// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "audit/openings.h"
#include "server-stub/store/adminview.h"

#include <cstdint>
#include <string>

namespace Satchel::Server {

/// A tenant's log as lines that `satchel audit verify` takes, in parts: records, then the hashes of all leaves, then the signed note.
class AuditExporter {
public:
    /// What the next part begins with.
    struct Place {
        std::uint64_t size = 0;  ///< of the log when the first part was asked for
        std::uint64_t records = 0;
        std::uint64_t leaves = 0;
        Audit::Openings openings;
        [[nodiscard]] bool isWhole() const { return records == size && leaves == size; }
    };

    /// The signer must outlive this.
    AuditExporter(const Audit::Signer &signer, std::uint64_t epoch)
        : m_signer(signer)
        , m_epoch(epoch)
    {
    }

    /// Appends the header to `lines`; the log as it is now is what will be exported.
    [[nodiscard]] Core::Result<Place> begin(const std::string &tenant, AdminView &view, std::string &lines) const;
    /// Appends a part, the last of which ends with the note. Errors of the view.
    [[nodiscard]] Core::Result<void> addPart(const std::string &tenant, AdminView &view, Place &place, std::string &lines) const;

private:
    [[nodiscard]] static Core::Result<void> addRecords(const std::string &tenant, AdminView &view, Place &place, std::string &lines);
    [[nodiscard]] static Core::Result<void> addLeaves(const std::string &tenant, AdminView &view, Place &place, std::string &lines);
    [[nodiscard]] Core::Result<void> addNote(const std::string &tenant, AdminView &view, const Place &place, std::string &lines) const;

    const Audit::Signer &m_signer;
    std::uint64_t m_epoch;
};

}  // namespace Satchel::Server
