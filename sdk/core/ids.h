// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "result.h"

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace Satchel::Core {

/// One installation of an app for one user: 128 random bits, made with the store and never reused.
/// An operator writes as the device `operatorDevice(id)`.
struct DeviceId {
    std::array<std::uint8_t, 16> bytes{};

    [[nodiscard]] bool isNull() const { return *this == DeviceId{}; }
    /// 32 lower-case hexadecimal digits.
    [[nodiscard]] std::string toHex() const;
    [[nodiscard]] static Result<DeviceId> fromHex(std::string_view hex);
    /// Exactly 16 bytes, not all zero.
    [[nodiscard]] static Result<DeviceId> fromBytes(std::string_view bytes);
    [[nodiscard]] std::string_view view() const { return {reinterpret_cast<const char *>(bytes.data()), bytes.size()}; }

    friend auto operator<=>(const DeviceId &, const DeviceId &) = default;
};

/// Name of a mutation, unique for ever. Counters run 1, 2, 3... per (user, device) without a gap; 0 means "none".
struct Dot {
    DeviceId device;
    std::uint64_t counter = 0;

    friend auto operator<=>(const Dot &, const Dot &) = default;
};

/// Address of a document within a user's state.
struct DocumentId {
    std::string collection;
    std::string key;

    friend auto operator<=>(const DocumentId &, const DocumentId &) = default;
};

/// Owner of state on the server: a user within a tenant.
struct UserId {
    std::string tenant;
    std::string user;

    friend auto operator<=>(const UserId &, const UserId &) = default;
};

}  // namespace Satchel::Core

template <>
struct std::hash<Satchel::Core::DeviceId> {
    std::size_t operator()(const Satchel::Core::DeviceId &id) const noexcept { return std::hash<std::string_view>{}(id.view()); }
};

template <>
struct std::hash<Satchel::Core::DocumentId> {
    std::size_t operator()(const Satchel::Core::DocumentId &id) const noexcept
    {
        return std::hash<std::string_view>{}(id.collection) * 31 + std::hash<std::string_view>{}(id.key);
    }
};
