// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace Satchel::Server {

/// What a backup consists of: `manifest.json` in its folder, written last, so that a backup without one is none.
struct BackupManifest {
    struct File {
        std::string name;  ///< no path
        std::uint64_t sizeBytes = 0;
        std::string sha256;  ///< 32 bytes
        friend bool operator==(const File &, const File &) = default;
    };

    static constexpr std::string_view fileName = "manifest.json";

    std::chrono::milliseconds made{0};
    std::uint64_t epoch = 0;
    std::vector<File> files;
    std::vector<std::string> auditNotes;  ///< the signed head of every audit log in it

    [[nodiscard]] std::string toJson() const;
    /// INVALID_ARGUMENT/MALFORMED_INPUT for what toJson() does not write.
    [[nodiscard]] static Core::Result<BackupManifest> fromJson(std::string_view text);
    friend bool operator==(const BackupManifest &, const BackupManifest &) = default;
};

/// Copies what `read` gives, piece by piece until it gives nothing, into a new file, and makes it durable; its size and hash.
[[nodiscard]] Core::Result<BackupManifest::File> copyHashed(const std::filesystem::path &to,
                                                            const std::function<Core::Result<std::string>(std::uint64_t offset)> &read);
/// The same from a file of this name in a folder, that nobody has open.
[[nodiscard]] Core::Result<BackupManifest::File> copyHashed(const std::filesystem::path &from, const std::filesystem::path &to);

}  // namespace Satchel::Server
