// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "cborwriter.h"

#include <bit>
#include <cmath>
#include <limits>

namespace Satchel::Core {

namespace {

constexpr unsigned unsignedType = 0;
constexpr unsigned negativeType = 1;
constexpr unsigned bytesType = 2;
constexpr unsigned textType = 3;
constexpr unsigned arrayType = 4;
constexpr unsigned mapType = 5;
constexpr unsigned tagType = 6;

constexpr char falseByte = '\xf4';
constexpr char trueByte = '\xf5';
constexpr char nullByte = '\xf6';
constexpr char halfByte = '\xf9';
constexpr char singleByte = '\xfa';
constexpr char doubleByte = '\xfb';

/// The half-precision form of a float that has one (IEEE 754 binary16: 5 bits of exponent, 10 of fraction).
bool toHalf(float value, std::uint16_t &half)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = static_cast<std::uint16_t>((bits >> 16U) & 0x8000U);
    const int exponent = static_cast<int>((bits >> 23U) & 0xFFU) - 127;
    const std::uint32_t fraction = bits & 0x7FFFFFU;
    if ((bits & 0x7FFFFFFFU) == 0) {
        half = sign;
        return true;
    }
    if (exponent == 128) {
        half = static_cast<std::uint16_t>(sign | 0x7C00U);
        return true;
    }
    if (exponent >= -14 && exponent <= 15) {
        half = static_cast<std::uint16_t>(sign | (static_cast<unsigned>(exponent + 15) << 10U) | (fraction >> 13U));
        return (fraction & 0x1FFFU) == 0;
    }
    if (exponent >= -24 && exponent < -14) {
        // Subnormal: the implied one moves into the fraction, whose unit is 2^-24.
        const std::uint32_t whole = fraction | 0x800000U;
        const auto shift = static_cast<unsigned>(-exponent - 1);
        half = static_cast<std::uint16_t>(sign | (whole >> shift));
        return (whole & ((1U << shift) - 1U)) == 0;
    }
    return false;
}

}  // namespace

void CborWriter::bigEndian(std::uint64_t value, unsigned byteCount)
{
    for (unsigned shift = byteCount * 8; shift > 0; shift -= 8)
        m_out += static_cast<char>(static_cast<unsigned char>((value >> (shift - 8)) & 0xFFU));
}

void CborWriter::head(unsigned majorType, std::uint64_t argument)
{
    const auto put = [this, majorType](unsigned low) { m_out += static_cast<char>(static_cast<unsigned char>((majorType << 5U) | low)); };
    if (argument < 24) {
        put(static_cast<unsigned>(argument));
    } else if (argument <= 0xFFU) {
        put(24);
        bigEndian(argument, 1);
    } else if (argument <= 0xFFFFU) {
        put(25);
        bigEndian(argument, 2);
    } else if (argument <= 0xFFFFFFFFU) {
        put(26);
        bigEndian(argument, 4);
    } else {
        put(27);
        bigEndian(argument, 8);
    }
}

void CborWriter::null()
{
    m_out += nullByte;
}

void CborWriter::boolean(bool value)
{
    m_out += value ? trueByte : falseByte;
}

void CborWriter::integer(std::int64_t value)
{
    if (value >= 0)
        head(unsignedType, static_cast<std::uint64_t>(value));
    else
        head(negativeType, ~static_cast<std::uint64_t>(value));
}

void CborWriter::unsignedInteger(std::uint64_t value)
{
    head(unsignedType, value);
}

void CborWriter::real(double value)
{
    if (std::isnan(value)) {
        m_out += halfByte;
        bigEndian(0x7E00U, 2);
        return;
    }
    const bool isFloatRange = std::isinf(value) || std::abs(value) <= static_cast<double>(std::numeric_limits<float>::max());
    const float single = isFloatRange ? static_cast<float>(value) : 0.0F;
    if (!isFloatRange || static_cast<double>(single) != value) {
        m_out += doubleByte;
        bigEndian(std::bit_cast<std::uint64_t>(value), 8);
        return;
    }
    std::uint16_t half = 0;
    if (toHalf(single, half)) {
        m_out += halfByte;
        bigEndian(half, 2);
    } else {
        m_out += singleByte;
        bigEndian(std::bit_cast<std::uint32_t>(single), 4);
    }
}

void CborWriter::text(std::string_view value)
{
    head(textType, value.size());
    m_out += value;
}

void CborWriter::bytes(std::string_view value)
{
    head(bytesType, value.size());
    m_out += value;
}

void CborWriter::tag(std::uint64_t number)
{
    head(tagType, number);
}

void CborWriter::array(std::size_t count)
{
    head(arrayType, count);
}

void CborWriter::map(std::size_t count)
{
    head(mapType, count);
}

bool isCborKeyBefore(std::string_view a, std::string_view b)
{
    return a.size() != b.size() ? a.size() < b.size() : a < b;
}

}  // namespace Satchel::Core
