// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "filesystem.h"
#include "pagecodec.h"
#include "rawfile.h"
#include "walscan.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace Satchel::CipherDb {

/// What is wrong with a store's files.
struct DamageFindings {
    static constexpr std::size_t pagesNamedMax = 100;

    std::uint32_t pageCount = 0;
    std::uint64_t badPageCount = 0;
    std::vector<std::uint32_t> badPages;    ///< the first ones
    std::uint64_t unreadablePageCount = 0;  ///< of the bad ones: those that the disk itself would not read
    bool isWalDamaged = false;
    std::uint64_t walFrame = 0;  ///< 1 for the first, 0 for the WAL's header
    std::optional<std::uint32_t> schemaVersion;

    [[nodiscard]] bool isAny() const { return badPageCount > 0 || isWalDamaged; }
    /// "page 4 of 17 fails its check", and the like.
    [[nodiscard]] std::string describe() const;
};

/// A row of a table, or of an index, as it was found; the views last as long as the call that hands it out.
struct SalvagedRow {
    enum class Type : std::uint8_t { Null, Integer, Real, Text, Blob };
    struct Cell {
        Type type = Type::Null;
        std::int64_t integer = 0;
        std::string_view bytes;
    };
    std::int64_t rowid = 0;  ///< 0 in an index
    std::vector<Cell> cells;
};

/// Reads what can be read of a store that SQLite cannot or must not open: every page by itself, in the newest version whose check is right,
/// whatever leads to it. Changes nothing. A row may come twice, in two versions, where a page and the one that it was moved to are of
/// different times; which table a row is of, the caller tells by its shape.
///
/// The caller holds the store's lock and has closed it.
class Salvage {
public:
    /// FAILED_PRECONDITION/WRONG_KEY if no page is this key's, NOT_FOUND without a store, UNAVAILABLE/STORAGE_IO if nothing can be read.
    [[nodiscard]] static Core::Result<Salvage> open(const std::filesystem::path &path, const StoreKey &key, FileSystem *files = nullptr);

    [[nodiscard]] const DamageFindings &findings() const { return m_findings; }
    /// Rows that lie across a page that is lost are counted, not handed out.
    struct Counts {
        std::uint64_t found = 0;
        std::uint64_t broken = 0;
    };
    Counts rows(const std::function<void(const SalvagedRow &row)> &take) const;
    /// Rows on versions of pages that newer ones have replaced. A page that is lost may have got its rows from them; but what was changed
    /// or deleted since is there as well.
    Counts olderRows(const std::function<void(const SalvagedRow &row)> &take) const;

private:
    /// Where the version of a page that counts lies.
    struct Place {
        enum class File : std::uint8_t { None, Store, Wal } file = File::None;
        std::uint64_t offset = 0;
    };

    Salvage() = default;
    [[nodiscard]] bool findSalt(const StoreKey &key, std::string_view recordSalt);
    [[nodiscard]] std::vector<PageCodec::Salt> saltCandidates(std::string_view recordSalt) const;
    [[nodiscard]] bool isKeyOfAnyPage(const PageCodec &codec) const;
    void findPages();
    void readHeader();
    [[nodiscard]] std::optional<std::string> page(std::uint32_t number) const;
    [[nodiscard]] std::optional<std::string> page(std::uint32_t number, const Place &place) const;
    [[nodiscard]] std::optional<std::string> payload(std::string_view local, std::uint64_t size, std::uint32_t overflow) const;
    void rowsOf(std::string_view page, std::uint32_t number, const std::function<void(const SalvagedRow &)> &take, Counts &counts) const;

    std::optional<RawFile> m_store;
    std::optional<RawFile> m_wal;
    WalScan m_scan;
    std::unique_ptr<PageCodec> m_codec;
    std::vector<Place> m_places;  ///< of page i + 1
    std::unordered_set<std::uint32_t> m_free;
    bool m_isSaltWrong = false;  ///< in the store's first bytes
    DamageFindings m_findings;
};

}  // namespace Satchel::CipherDb
