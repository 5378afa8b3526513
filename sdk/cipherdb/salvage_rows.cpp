// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "salvage.h"

#include "bigendian.h"

#include <algorithm>

// SQLite's file format (https://www.sqlite.org/fileformat2.html), as much of it as finding rows takes. Nothing that is read here is
// trusted: every number is checked against the page before it is used.

namespace Satchel::CipherDb {

namespace {

constexpr std::size_t fileHeaderBytes = 100;
constexpr std::uint64_t payloadBytesMax = 64 * 1024 * 1024;
constexpr std::size_t cellsMax = 64;
constexpr std::size_t overflowContent = PageCodec::usableBytes - 4;

/// Kinds of pages that hold rows. A table's interior pages hold none.
enum PageType : std::uint8_t { IndexInterior = 2, IndexLeaf = 10, TableLeaf = 13 };

struct Reader {
    std::string_view bytes;
    std::size_t at = 0;
    bool isBroken = false;

    std::uint64_t varint()
    {
        std::uint64_t value = 0;
        for (int i = 0; i < 9; ++i) {
            if (at >= bytes.size()) {
                isBroken = true;
                return 0;
            }
            const auto byte = static_cast<std::uint8_t>(bytes[at++]);
            if (i == 8)
                return value << 8U | byte;
            value = value << 7U | (byte & 0x7fU);
            if ((byte & 0x80U) == 0)
                break;
        }
        return value;
    }
};

/// Bytes of a row's content by its serial type; SIZE_MAX for a type that does not exist.
std::size_t sizeOf(std::uint64_t type)
{
    constexpr std::size_t fixed[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0, SIZE_MAX, SIZE_MAX};
    return type < std::size(fixed) ? fixed[type] : static_cast<std::size_t>((type - 12) / 2);
}

SalvagedRow::Cell cellOf(std::uint64_t type, std::string_view bytes)
{
    using Type = SalvagedRow::Type;
    if (type >= 12)
        return {type % 2 == 0 ? Type::Blob : Type::Text, 0, bytes};
    if (type == 0)
        return {};
    if (type == 7)
        return {Type::Real, 0, bytes};
    if (type >= 8)
        return {Type::Integer, static_cast<std::int64_t>(type - 8), {}};
    std::uint64_t value = (static_cast<std::uint8_t>(bytes.front()) & 0x80U) != 0 ? ~std::uint64_t{0} : 0;
    for (const char byte : bytes)
        value = value << 8U | static_cast<std::uint8_t>(byte);
    return {Type::Integer, static_cast<std::int64_t>(value), {}};
}

bool parse(std::string_view record, SalvagedRow &row)
{
    Reader reader{record};
    const std::uint64_t headerBytes = reader.varint();
    if (reader.isBroken || headerBytes > record.size())
        return false;
    std::size_t at = headerBytes;
    row.cells.clear();
    while (reader.at < headerBytes) {
        const std::uint64_t type = reader.varint();
        const std::size_t size = sizeOf(type);
        if (reader.isBroken || reader.at > headerBytes || row.cells.size() == cellsMax || size > record.size() - at)
            return false;
        row.cells.push_back(cellOf(type, record.substr(at, size)));
        at += size;
    }
    return at == record.size();
}

/// How much of a payload lies on the page itself.
std::uint64_t localBytes(std::uint64_t size, bool isTable)
{
    constexpr std::uint64_t usable = PageCodec::usableBytes;
    constexpr std::uint64_t least = (usable - 12) * 32 / 255 - 23;
    const std::uint64_t most = isTable ? usable - 35 : (usable - 12) * 64 / 255 - 23;
    if (size <= most)
        return size;
    const std::uint64_t wanted = least + (size - least) % (usable - 4);
    return wanted <= most ? wanted : least;
}

}  // namespace

Salvage::Counts Salvage::rows(const std::function<void(const SalvagedRow &)> &take) const
{
    Counts counts;
    for (std::size_t i = 0; i < m_places.size(); ++i) {
        const auto number = static_cast<std::uint32_t>(i + 1);
        if (m_free.contains(number))
            continue;
        if (const auto bytes = page(number))
            rowsOf(*bytes, number, take, counts);
    }
    return counts;
}

Salvage::Counts Salvage::olderRows(const std::function<void(const SalvagedRow &)> &take) const
{
    Counts counts;
    const auto visit = [&](std::uint32_t number, const Place &place) {
        const Place &newest = m_places[number - 1];
        if (newest.file == place.file && newest.offset == place.offset)
            return;
        if (const auto bytes = page(number, place))
            rowsOf(*bytes, number, take, counts);
    };
    for (const WalScan::Frame &frame : m_scan.frames()) {
        if (frame.page >= 1 && frame.page <= m_places.size())
            visit(frame.page, {Place::File::Wal, frame.offset});
    }
    const std::uint64_t inFile = m_store ? std::min<std::uint64_t>(m_store->size() / PageCodec::pageBytes, m_places.size()) : 0;
    for (std::uint64_t i = 0; i < inFile; ++i)
        visit(static_cast<std::uint32_t>(i + 1), {Place::File::Store, i * PageCodec::pageBytes});
    return counts;
}

void Salvage::rowsOf(std::string_view page, std::uint32_t number, const std::function<void(const SalvagedRow &)> &take,
                     Counts &counts) const
{
    const std::size_t header = number == 1 ? fileHeaderBytes : 0;
    const auto type = static_cast<std::uint8_t>(page[header]);
    if (type != IndexInterior && type != IndexLeaf && type != TableLeaf)
        return;
    const std::size_t pointers = header + (type == IndexInterior ? 12 : 8);
    const std::size_t count = std::min<std::size_t>(bigEndian16(page, header + 3), (PageCodec::usableBytes - pointers) / 2);
    const std::string_view usable = page.substr(0, PageCodec::usableBytes);
    for (std::size_t i = 0; i < count; ++i) {
        Reader reader{usable, bigEndian16(page, pointers + 2 * i) + (type == IndexInterior ? std::size_t{4} : 0)};
        const std::uint64_t size = reader.varint();
        SalvagedRow row;
        if (type == TableLeaf)
            row.rowid = static_cast<std::int64_t>(reader.varint());
        const std::uint64_t local = localBytes(size, type == TableLeaf);
        const bool hasOverflow = local < size;
        if (reader.isBroken || size > payloadBytesMax || local + (hasOverflow ? 4 : 0) > usable.size() - reader.at) {
            counts.broken += 1;
            continue;
        }
        const auto record = payload(usable.substr(reader.at, local), size, hasOverflow ? bigEndian32(usable, reader.at + local) : 0);
        if (record && parse(*record, row)) {
            counts.found += 1;
            take(row);
        } else {
            counts.broken += 1;
        }
    }
}

std::optional<std::string> Salvage::payload(std::string_view local, std::uint64_t size, std::uint32_t overflow) const
{
    std::string whole(local);
    while (whole.size() < size) {
        const auto next = page(overflow);
        if (!next)
            return std::nullopt;
        whole += std::string_view(*next).substr(4, std::min<std::uint64_t>(overflowContent, size - whole.size()));
        overflow = bigEndian32(*next, 0);
    }
    return whole;
}

}  // namespace Satchel::CipherDb
