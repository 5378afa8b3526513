// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "audit/exportlines.h"
#include "audit/merkle.h"
#include "audit/openings.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Satchel::Audit {

struct VerifyOptions {
    std::optional<VerifierKey> key;  ///< none: the key that the export names, which proves nothing about who made it
    std::string againstNote;         ///< an older head of the log that must be a prefix of it; empty: none
};

/// What has been proven.
struct Verdict {
    ExportHeader header;
    Checkpoint head;
    std::uint64_t erasedCount = 0;  ///< records about users who were erased: whom they concern cannot be told any more
};

/// Reads an exported log, line by line, and finds whatever was changed, left out, put in or moved. Keeps 32 bytes a record.
/// An error of any call is final: DATA_LOSS, whose detail names the first bad record where the export tells which it is;
/// INVALID_ARGUMENT for what is no export of a version that is known; UNAUTHENTICATED for another key's signature.
class ExportVerifier {
public:
    explicit ExportVerifier(VerifyOptions options)
        : m_options(std::move(options))
    {
    }

    /// Without its line feed.
    [[nodiscard]] Core::Result<void> take(std::string_view line);
    /// After the last line.
    [[nodiscard]] Core::Result<Verdict> finish();

private:
    enum class Part : std::uint8_t { Header, Records, Leaves, Note, End };

    [[nodiscard]] Core::Result<void> takeHeader(std::string_view line);
    [[nodiscard]] Core::Result<void> takeRecord(std::string_view line);
    /// `openedHash`: of what is shown of the user; none: nothing is.
    [[nodiscard]] Core::Result<void> noteOpening(std::uint64_t index, const Wire::AuditRecord &record, const Hash *openedHash);
    [[nodiscard]] Core::Result<void> checkContinuation(const Wire::AuditContinuation &continuation);
    [[nodiscard]] Core::Result<void> takeLeaves(std::string_view line);
    [[nodiscard]] Core::Result<void> takeOpenings(std::string_view line);
    [[nodiscard]] Core::Result<void> takeNote(std::string_view line);
    [[nodiscard]] Core::Result<void> checkHead(const Checkpoint &head) const;
    void noteOlder();
    [[nodiscard]] Core::Result<void> checkOlder(const std::string &origin, std::uint64_t sizeMax);

    VerifyOptions m_options;
    Part m_part = Part::Header;
    ExportHeader m_header;
    std::optional<Checkpoint> m_older;
    std::optional<Hash> m_rootAtOlder;  ///< of as many records as the older head has
    bool m_isOlderProven = false;
    std::optional<std::uint64_t> m_epoch;  ///< that the last continuation went on in
    std::vector<Hash> m_leaves;
    Growing m_tree;
    std::uint64_t m_leavesTaken = 0;
    Openings m_openings;
    std::uint64_t m_erasedCount = 0;
    std::optional<Checkpoint> m_openingsHead;
    std::optional<Checkpoint> m_head;
};

}  // namespace Satchel::Audit
