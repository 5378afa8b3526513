// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <cstddef>

namespace Satchel::Core {

/// What both sides refuse to exceed. The server's Welcome states its own; the defaults are the protocol's.
struct Limits {
    std::size_t documentBytesMax = std::size_t{256} * 1024;
    std::size_t fieldCountMax = 1000;
    int nestingMax = 32;
    std::size_t keyBytesMax = 512;
    std::size_t collectionBytesMax = 64;
    std::size_t fieldNameBytesMax = 512;
    std::size_t mutationBytesMax = std::size_t{256} * 1024;
    std::size_t contextEntriesMax = 1024;
    std::size_t frameBytesMax = std::size_t{1024} * 1024;
    std::size_t decompressedFrameBytesMax = std::size_t{8} * 1024 * 1024;

    friend bool operator==(const Limits &, const Limits &) = default;
};

}  // namespace Satchel::Core
