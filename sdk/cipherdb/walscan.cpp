// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "walscan.h"

#include "bigendian.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace Satchel::CipherDb {

namespace {

constexpr std::uint32_t magicBase = 0x377f0682;

using Sum = std::pair<std::uint32_t, std::uint32_t>;

std::uint32_t littleEndian(std::string_view bytes, std::size_t at)
{
    std::uint32_t value = 0;
    for (std::size_t i = 4; i-- > 0;)
        value = value << 8U | static_cast<std::uint8_t>(bytes[at + i]);
    return value;
}

Sum added(Sum sum, std::string_view bytes, bool isBigEndian)
{
    const auto word = isBigEndian ? bigEndian32 : littleEndian;
    for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
        sum.first += word(bytes, at) + sum.second;
        sum.second += word(bytes, at + 4) + sum.first;
    }
    return sum;
}

Sum sumAt(std::string_view bytes, std::size_t at)
{
    return {bigEndian32(bytes, at), bigEndian32(bytes, at + 4)};
}

}  // namespace

WalScan WalScan::of(const RawFile &wal)
{
    WalScan scan;
    const std::uint64_t count = wal.size() < headerBytes ? 0 : (wal.size() - headerBytes) / frameBytes;
    if (count == 0)
        return scan;
    const auto read = [&wal, &scan](std::uint64_t at, std::size_t size) {
        auto bytes = wal.read(at, size);
        scan.m_isUnread = scan.m_isUnread || !bytes;
        return std::move(bytes).value_or(std::string(size, '\0'));
    };
    const std::string header = read(0, headerBytes);
    const bool hasHeader = header.size() == headerBytes && (bigEndian32(header, 0) & ~1U) == magicBase;
    // Every machine that is left writes little-endian sums; with the header gone that is the better guess.
    const bool isBigEndian = hasHeader && (bigEndian32(header, 0) & 1U) != 0;
    const bool isHeaderGood = hasHeader && added({0, 0}, std::string_view(header).substr(0, 24), isBigEndian) == sumAt(header, 24) &&
                              bigEndian32(header, 8) == PageCodec::pageBytes;
    std::optional<Sum> salts = isHeaderGood ? std::optional(sumAt(header, 16)) : std::nullopt;
    Sum before = isHeaderGood ? sumAt(header, 24) : Sum();
    // What the sum of the frame before was by its content, should it be the stored sum that is wrong.
    Sum beforeByContent = before;
    bool isAfterCommit = false;
    std::optional<std::uint64_t> firstBad;
    if (!isHeaderGood) {
        // The header is on the disk before any frame is written.
        scan.m_isDamaged = true;
        firstBad = 0;
    }
    for (std::uint64_t i = 0; i < count; ++i) {
        Frame frame;
        const std::uint64_t at = headerBytes + i * frameBytes;
        const std::string bytes = read(at, frameBytes);
        const std::string_view view(bytes);
        frame.offset = at + frameHeaderBytes;
        frame.page = bigEndian32(view, 0);
        frame.pagesAfter = bigEndian32(view, 4);
        if (!salts)
            salts = sumAt(view, 8);
        const bool isOurs = sumAt(view, 8) == *salts && frame.page != 0;
        const auto sumFrom = [&view, isBigEndian](Sum sum) {
            return added(added(sum, view.substr(0, 8), isBigEndian), view.substr(frameHeaderBytes), isBigEndian);
        };
        const Sum byContent = sumFrom(before);
        const bool isChained = byContent == sumAt(view, 16) || sumFrom(beforeByContent) == sumAt(view, 16);
        // Without a header nothing says what the first frame's sum begins with.
        frame.isGood = isOurs && (isChained || (i == 0 && !isHeaderGood));
        if (!frame.isGood && !firstBad)
            firstBad = i + 1;
        if (frame.isGood && isAfterCommit && firstBad)
            scan.m_isDamaged = true;
        isAfterCommit = isOurs && frame.pagesAfter != 0;
        before = sumAt(view, 16);
        beforeByContent = byContent;
        scan.m_frames.push_back(frame);
    }
    if (!scan.m_isDamaged && firstBad)
        scan.m_frames.resize(*firstBad - 1);
    scan.m_damagedFrame = scan.m_isDamaged ? *firstBad : 0;
    const auto isCommit = [](const Frame &frame) { return frame.isGood && frame.pagesAfter != 0; };
    scan.m_frames.erase(std::find_if(scan.m_frames.rbegin(), scan.m_frames.rend(), isCommit).base(), scan.m_frames.end());
    return scan;
}

std::uint32_t WalScan::pageCount() const
{
    return m_frames.empty() ? 0 : m_frames.back().pagesAfter;
}

}  // namespace Satchel::CipherDb
