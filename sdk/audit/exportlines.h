// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "audit/hash.h"
#include "audit/signednote.h"
#include "core/result.h"
#include "wire/auditrecord.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// The lines of an exported log: a header, every record, the hashes of all leaves, which records were opened, the signed note.
/// docs/audit.md has an example. A line is a function of what it says, byte for byte, so that a reader makes it anew and compares. Epochs
/// are texts, as they fill 63 bits. None ends with a line feed; the file's do.
namespace Satchel::Audit {

inline constexpr int exportVersion = 2;
/// The first one: nothing in it is sealed.
inline constexpr int firstExportVersion = 1;
inline constexpr std::size_t leavesInLineMax = 512;

struct ExportHeader {
    std::uint64_t epoch = 0;
    std::string tenant;
    VerifierKey key;
    int version = exportVersion;
    friend bool operator==(const ExportHeader &, const ExportHeader &) = default;
};

[[nodiscard]] std::string headerLine(const ExportHeader &header);
/// `stored` and `opened` are what readRecord() made `record` of.
[[nodiscard]] std::string recordLine(std::uint64_t index, const Wire::AuditRecord &record, std::string_view stored,
                                     std::string_view opened = {});
/// `note` signs the head of Openings.
[[nodiscard]] std::string openingsLine(std::string_view note);
[[nodiscard]] std::string leavesLine(std::uint64_t first, std::span<const Hash> leaves);
[[nodiscard]] std::string noteLine(std::string_view note);

/// 2026-11-23T17:40:00.123Z
[[nodiscard]] std::string timeText(std::chrono::milliseconds sinceEpoch);
/// "OK", or as Core::describe() has it: "permission_denied/ROLE_MISSING".
[[nodiscard]] std::string outcomeText(const Wire::AuditRecord &record);

}  // namespace Satchel::Audit
