// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "audit/signednote.h"
#include "core/result.h"
#include "wire/auditrecord.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace Satchel::Audit {

/// A stored record. `opened` is what was sealed in it, whose hash must be what the record commits to; empty: there is nothing sealed, or
/// the key is gone, and then `subject` stays in the record and what it is about is not told. DATA_LOSS otherwise.
[[nodiscard]] Core::Result<Wire::AuditRecord> readRecord(std::string_view stored, std::string_view opened);
/// The same where SHA-256 of what was opened is known.
[[nodiscard]] Core::Result<Wire::AuditRecord> readRecord(std::string_view stored, std::string_view opened, const Hash &openedHash);

/// Which records of an export were shown with what is sealed in them: each changes the digest, so that none can be left out of what was
/// signed.
struct Openings {
    std::uint64_t count = 0;
    Hash digest{};

    /// digest = SHA-256 of the digest before, the place as 8 bytes, most significant first, and SHA-256 of what was opened.
    void add(std::uint64_t index, std::string_view opened);
    /// The same where SHA-256 of what was opened is known.
    void add(std::uint64_t index, const Hash &openedHash);
    /// To be signed, in the form of a head; `log`: the head of the log that is exported.
    [[nodiscard]] Checkpoint head(const std::string &logOrigin, std::uint64_t logSize) const;
};

}  // namespace Satchel::Audit
