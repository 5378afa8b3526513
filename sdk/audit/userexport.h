// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "audit/hash.h"
#include "audit/signednote.h"
#include "core/result.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The lines of a user's export that hold it together: docs/server.md says which they are. Lines are counted from 1, without line feeds.
namespace Satchel::Audit {

inline constexpr int userExportVersion = 2;

/// `{"hashesFrom":FIRST,"hashes":"..."}`: SHA-256 of every line from FIRST to the one before this.
[[nodiscard]] std::string hashesLine(std::uint64_t first, std::span<const Hash> hashes);
/// The digest of some lines and one more; 32 zero bytes are that of none.
[[nodiscard]] Hash digestWith(const Hash &digest, const Hash &lineHash);
/// What the note of an export is about.
[[nodiscard]] std::string userExportOrigin(std::uint64_t epoch, std::string_view tenant);

/// What has been proven.
struct UserExportVerdict {
    std::string tenant;
    std::string user;
    std::string exported;  ///< when
    std::uint64_t epoch = 0;
    std::uint64_t lineCount = 0;  ///< without the note
};

/// Reads a user's export, line by line, and finds whatever was changed, left out, put in or moved. Keeps 32 bytes a line of one part.
/// Errors are DATA_LOSS, whose detail begins with the first bad line as far as the export tells which it is; INVALID_ARGUMENT for what is
/// no export of a version that is known; UNAUTHENTICATED for another key's signature. An error of any call is final.
class UserExportVerifier {
public:
    explicit UserExportVerifier(VerifierKey key)
        : m_key(std::move(key))
    {
    }

    /// Without its line feed.
    [[nodiscard]] Core::Result<void> take(std::string_view line);
    /// After the last line.
    [[nodiscard]] Core::Result<UserExportVerdict> finish() const;

private:
    [[nodiscard]] Core::Result<void> takeHeader(std::string_view line);
    [[nodiscard]] Core::Result<void> takeHashes(std::string_view line);
    [[nodiscard]] Core::Result<void> takeNote(std::string_view line);
    void suspect(std::uint64_t line);

    VerifierKey m_key;
    UserExportVerdict m_verdict;
    std::uint64_t m_taken = 0;
    std::vector<Hash> m_pending;  ///< of the lines that no line of hashes has listed yet
    bool m_isLastWhole = true;
    /// Of what the lines of hashes list, so that the note says whether these are good where a line does not fit them.
    Hash m_digest{};
    std::uint64_t m_listed = 0;
    std::optional<std::uint64_t> m_suspect;  ///< the first line that does not fit
    bool m_isDone = false;
};

}  // namespace Satchel::Audit
