// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"

#include <filesystem>
#include <string_view>

namespace Satchel::CipherDb {

/// A file that is written once, from its beginning to its end, with mode 0600. Destroyed without finish(): it stays as far as it got.
class NewFile {
public:
    /// ALREADY_EXISTS if there is one.
    [[nodiscard]] static Core::Result<NewFile> create(const std::filesystem::path &path);
    ~NewFile();
    NewFile(NewFile &&other) noexcept;
    NewFile &operator=(NewFile &&) = delete;

    [[nodiscard]] Core::Result<void> append(std::string_view bytes);
    /// Durable when it returns; its name is so with its folder.
    [[nodiscard]] Core::Result<void> finish();

private:
    explicit NewFile(int descriptor)
        : m_descriptor(descriptor)
    {
    }
    int m_descriptor;
};

}  // namespace Satchel::CipherDb
