// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "pagecodec.h"
#include "rawfile.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace Satchel::CipherDb {

/// What a WAL holds, damage told from the torn end that a power cut leaves. SQLite takes the first frame whose checksum fails for the end
/// and says nothing, so that one flipped bit silently takes back every transaction behind it. A frame behind a commit, however, that
/// continues the commit's checksum was written by somebody who knew the commit to be on the disk: what is before it is no torn end.
///
/// What no scan can tell: the last transaction damaged, or the file cut between two of them, looks as if the power had gone before them.
class WalScan {
public:
    static constexpr std::size_t headerBytes = 32;
    static constexpr std::size_t frameHeaderBytes = 24;
    static constexpr std::size_t frameBytes = frameHeaderBytes + PageCodec::pageBytes;

    struct Frame {
        std::uint64_t offset = 0;  ///< of its page in the file
        std::uint32_t page = 0;
        std::uint32_t pagesAfter = 0;  ///< size of the store after the commit; 0: no commit
        bool isGood = false;           ///< it belongs to this WAL and its checksum is right
    };

    [[nodiscard]] static WalScan of(const RawFile &wal);

    [[nodiscard]] bool isDamaged() const { return m_isDamaged; }
    /// A part of it could not be read from the disk, and counts as damaged.
    [[nodiscard]] bool isUnread() const { return m_isUnread; }
    /// 1 for the first; 0 for the header.
    [[nodiscard]] std::uint64_t damagedFrame() const { return m_damagedFrame; }
    /// Frames that may be read, up to the last commit: all before the damage, and the good ones behind it.
    [[nodiscard]] const std::vector<Frame> &frames() const { return m_frames; }
    [[nodiscard]] std::uint32_t pageCount() const;

private:
    std::vector<Frame> m_frames;
    std::uint64_t m_damagedFrame = 0;
    bool m_isDamaged = false;
    bool m_isUnread = false;
};

}  // namespace Satchel::CipherDb
