// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "salvage.h"

#include "bigendian.h"
#include "keycheck.h"

#include <algorithm>
#include <array>

namespace Satchel::CipherDb {

namespace {

using Core::ErrorCode;
using Core::ErrorReason;
using Core::failure;
using Core::makeError;

/// The page that holds the byte of SQLite's locks is never used.
constexpr std::uint32_t lockPage = 0x40000000 / PageCodec::pageBytes + 1;
/// Enough to find one that is whole in a store that has any.
constexpr std::uint64_t probesMax = 256;

}  // namespace

std::string DamageFindings::describe() const
{
    std::string text;
    if (isWalDamaged)
        text =
            walFrame == 0 ? "the header of the WAL fails its check" : "frame " + std::to_string(walFrame) + " of the WAL fails its check";
    if (badPageCount > 0) {
        text += text.empty() ? "page" : "; page";
        for (std::size_t i = 0; i < std::min<std::size_t>(badPages.size(), 8); ++i)
            text += (i == 0 ? " " : ", ") + std::to_string(badPages[i]);
        if (badPageCount > 8)
            text += " and " + std::to_string(badPageCount - 8) + " more";
        text += " of " + std::to_string(pageCount) +
                (unreadablePageCount > 0 ? " cannot be read from the disk"
                 : badPageCount == 1     ? " fails its check"
                                         : " fail their check");
    }
    return text.empty() ? "every page is whole, but they do not fit together" : text;
}

Core::Result<Salvage> Salvage::open(const std::filesystem::path &path, const StoreKey &key, FileSystem *files)
{
    FileSystem &disk = files != nullptr ? *files : FileSystem::system();
    const std::string name = disk.canonical(path).string();
    auto store = RawFile::open(disk, name);
    auto wal = RawFile::open(disk, name + "-wal");
    if (!store || !wal)
        return failure(store ? wal.error() : store.error());
    Salvage salvage;
    if (*store)
        salvage.m_store.emplace(std::move(**store));
    if (*wal)
        salvage.m_wal.emplace(std::move(**wal));
    if (salvage.m_wal)
        salvage.m_scan = WalScan::of(*salvage.m_wal);
    if (!salvage.m_store && salvage.m_scan.frames().empty())
        return failure(makeError(ErrorCode::NotFound, ErrorReason::None, "there is no store at this path", Core::Retry::AfterChange));
    const auto record = disk.readSmallFile(name + ".keycheck", keyCheckSizeBytes);
    const std::string recordSalt = record && *record ? std::string(keyCheckSalt(**record)) : std::string();
    if (!salvage.findSalt(key, recordSalt)) {
        const bool isUnread = salvage.m_store && salvage.m_store->size() > 0 && !salvage.m_store->read(0, PageCodec::pageBytes);
        return failure(isUnread
                           ? makeError(ErrorCode::Unavailable, ErrorReason::StorageIo, "the disk cannot read the store", Core::Retry::Later)
                           : makeError(ErrorCode::FailedPrecondition, ErrorReason::WrongKey, "no page of the store is of this key",
                                       Core::Retry::AfterChange));
    }
    salvage.findPages();
    salvage.readHeader();
    return salvage;
}

std::vector<PageCodec::Salt> Salvage::saltCandidates(std::string_view recordSalt) const
{
    std::vector<PageCodec::Salt> salts;
    const std::string first = m_store ? m_store->read(0, PageCodec::saltBytes).value_or(std::string()) : std::string();
    const PageCodec::Salt inFile = PageCodec::saltOf(first);
    salts.push_back(inFile);
    if (recordSalt.size() == PageCodec::saltBytes)
        salts.push_back(PageCodec::saltOf(recordSalt));
    for (const WalScan::Frame &frame : m_scan.frames()) {
        if (frame.page == 1)
            salts.push_back(PageCodec::saltOf(m_wal->read(frame.offset, PageCodec::saltBytes).value_or(std::string())));
    }
    // One byte of it may be the damage.
    for (std::size_t at = 0; at < inFile.size(); ++at) {
        for (int other = 1; other < 256; ++other) {
            PageCodec::Salt salt = inFile;
            salt[at] ^= static_cast<std::uint8_t>(other);
            salts.push_back(salt);
        }
    }
    return salts;
}

bool Salvage::isKeyOfAnyPage(const PageCodec &codec) const
{
    const std::uint64_t pages = m_store ? m_store->size() / PageCodec::pageBytes : 0;
    for (std::uint64_t i = 0; i < std::min(pages, probesMax); ++i) {
        const auto bytes = m_store->read(i * PageCodec::pageBytes, PageCodec::pageBytes);
        if (bytes && codec.isGood(*bytes, static_cast<std::uint32_t>(i + 1)))
            return true;
    }
    const auto &frames = m_scan.frames();
    for (std::size_t i = 0; i < std::min<std::size_t>(frames.size(), probesMax); ++i) {
        const auto bytes = m_wal->read(frames[i].offset, PageCodec::pageBytes);
        if (bytes && codec.isGood(*bytes, frames[i].page))
            return true;
    }
    return false;
}

bool Salvage::findSalt(const StoreKey &key, std::string_view recordSalt)
{
    const auto candidates = saltCandidates(recordSalt);
    // A store whose salt is right, as nearly all are, is found with the first; a changed salt is searched for with two pages only.
    std::size_t tried = 0;
    for (const PageCodec::Salt &salt : candidates) {
        auto codec = std::make_unique<PageCodec>(key, salt);
        const bool isNear = tried++ >= candidates.size() - 255 * PageCodec::saltBytes;
        const auto isPage = [this, &codec](std::uint32_t number) {
            const auto bytes = m_store ? m_store->read((number - 1) * PageCodec::pageBytes, PageCodec::pageBytes) : std::nullopt;
            return bytes && codec->isGood(*bytes, number);
        };
        if (isNear ? isPage(1) || isPage(2) : isKeyOfAnyPage(*codec)) {
            m_codec = std::move(codec);
            m_isSaltWrong = salt != candidates.front();
            return true;
        }
    }
    return false;
}

void Salvage::findPages()
{
    const std::uint64_t inFile = m_store ? (m_store->size() + PageCodec::pageBytes - 1) / PageCodec::pageBytes : 0;
    // A WAL says how large the store is; without one the file's own size does.
    const std::uint32_t inWal = m_scan.pageCount();
    const std::uint64_t count = inWal > 0 && !m_scan.isDamaged() ? inWal : std::max<std::uint64_t>(inWal, inFile);
    m_places.resize(count);
    std::vector<std::vector<std::uint64_t>> versions(count);
    for (const WalScan::Frame &frame : m_scan.frames()) {
        if (frame.page >= 1 && frame.page <= count)
            versions[frame.page - 1].push_back(frame.offset);
    }
    m_findings.isWalDamaged = m_scan.isDamaged();
    m_findings.walFrame = m_scan.damagedFrame();
    m_findings.pageCount = static_cast<std::uint32_t>(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto number = static_cast<std::uint32_t>(i + 1);
        bool isNewest = true;
        bool isUnread = false;
        const auto consider = [&](const RawFile &file, Place::File kind, std::uint64_t offset) {
            const auto bytes = file.read(offset, PageCodec::pageBytes);
            isUnread = isUnread || !bytes;
            if (bytes && m_codec->isGood(*bytes, number))
                m_places[i] = {kind, offset};
            else
                isNewest = false;
            return m_places[i].file != Place::File::None;
        };
        const auto &inLog = versions[i];
        const bool isFound =
            std::any_of(inLog.rbegin(), inLog.rend(), [&](std::uint64_t offset) { return consider(*m_wal, Place::File::Wal, offset); }) ||
            (m_store && consider(*m_store, Place::File::Store, i * PageCodec::pageBytes));
        if ((isFound && isNewest && !(number == 1 && m_isSaltWrong)) || number == lockPage)
            continue;
        m_findings.badPageCount += 1;
        m_findings.unreadablePageCount += isUnread ? 1 : 0;
        if (m_findings.badPages.size() < DamageFindings::pagesNamedMax)
            m_findings.badPages.push_back(number);
    }
}

void Salvage::readHeader()
{
    const auto header = page(1);
    if (!header)
        return;
    constexpr std::size_t pageCountAt = 28;
    constexpr std::size_t firstTrunkAt = 32;
    constexpr std::size_t versionAt = 60;
    m_findings.schemaVersion = bigEndian32(*header, versionAt);
    // A file that has lost its end knows how long it was.
    const std::uint32_t pages = bigEndian32(*header, pageCountAt);
    for (std::uint32_t number = m_findings.pageCount + 1; number <= pages; ++number) {
        m_findings.badPageCount += 1;
        if (m_findings.badPages.size() < DamageFindings::pagesNamedMax)
            m_findings.badPages.push_back(number);
    }
    m_findings.pageCount = std::max(m_findings.pageCount, pages);
    // Free pages still hold rows, which have been deleted.
    std::uint32_t trunk = bigEndian32(*header, firstTrunkAt);
    while (trunk != 0 && m_free.insert(trunk).second) {
        const auto bytes = page(trunk);
        if (!bytes)
            break;
        const std::size_t leaves = std::min<std::size_t>(bigEndian32(*bytes, 4), PageCodec::usableBytes / 4 - 2);
        for (std::size_t i = 0; i < leaves; ++i)
            m_free.insert(bigEndian32(*bytes, 8 + 4 * i));
        trunk = bigEndian32(*bytes, 0);
    }
}

std::optional<std::string> Salvage::page(std::uint32_t number) const
{
    if (number == 0 || number > m_places.size())
        return std::nullopt;
    return page(number, m_places[number - 1]);
}

std::optional<std::string> Salvage::page(std::uint32_t number, const Place &place) const
{
    if (place.file == Place::File::None)
        return std::nullopt;
    const auto bytes = (place.file == Place::File::Wal ? *m_wal : *m_store).read(place.offset, PageCodec::pageBytes);
    return bytes ? m_codec->decrypted(*bytes, number) : std::nullopt;
}

}  // namespace Satchel::CipherDb
