// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace Satchel::Core {

/// Inside of core: writes CBOR items in their deterministic form (RFC 8949, 4.2.1). The caller sees to the order of map keys and to counts.
class CborWriter {
public:
    void null();
    void boolean(bool value);
    void integer(std::int64_t value);
    void unsignedInteger(std::uint64_t value);
    /// The shortest of the three float forms that holds the value exactly; every NaN is f97e00.
    void real(double value);
    void text(std::string_view value);
    void bytes(std::string_view value);
    void tag(std::uint64_t number);
    /// `count` items, or for a map `count` pairs of items, must follow.
    void array(std::size_t count);
    void map(std::size_t count);

    [[nodiscard]] std::string take() { return std::move(m_out); }

private:
    void head(unsigned majorType, std::uint64_t argument);
    void bigEndian(std::uint64_t value, unsigned byteCount);

    std::string m_out;
};

/// Whether key `a` comes before key `b` in a deterministic map: shorter keys first, for their heads are smaller.
[[nodiscard]] bool isCborKeyBefore(std::string_view a, std::string_view b);

}  // namespace Satchel::Core
