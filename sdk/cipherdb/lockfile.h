// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"

#include <cstdint>
#include <filesystem>

namespace Satchel::CipherDb {

enum class LockMode : std::uint8_t { Exclusive, Shared };

/// An operating system lock on a file, held until destroyed or the process dies. It also keeps out a second holder in the same process.
/// The file is made if need be and never deleted: deleting it would let two holders lock two files of the same name.
class LockFile {
public:
    /// UNAVAILABLE/STORE_LOCKED at once if someone else holds it; NOT_FOUND if the folder does not exist; storage errors otherwise.
    [[nodiscard]] static Core::Result<LockFile> acquire(const std::filesystem::path &path, LockMode mode);

    LockFile() = default;
    ~LockFile();
    LockFile(LockFile &&other) noexcept;
    LockFile &operator=(LockFile &&other) noexcept;
    [[nodiscard]] bool isHeld() const { return m_descriptor >= 0; }

private:
    explicit LockFile(int descriptor)
        : m_descriptor(descriptor)
    {
    }
    int m_descriptor = -1;
};

}  // namespace Satchel::CipherDb
