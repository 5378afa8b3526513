// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "openings.h"

namespace Satchel::Audit {

Core::Result<Wire::AuditRecord> readRecord(std::string_view stored, std::string_view opened)
{
    return readRecord(stored, opened, sha256(opened));
}

Core::Result<Wire::AuditRecord> readRecord(std::string_view stored, std::string_view opened, const Hash &openedHash)
{
    auto record = Wire::decodeStoredAuditRecord(stored);
    if (!record || opened.empty()) {
        return record;
    }
    if (record->commitment != viewOf(openedHash)) {
        return Core::failure(Core::makeError(Core::ErrorCode::DataLoss, Core::ErrorReason::StoreDamaged,
                                             "what is shown of the user is not what the record commits to", Core::Retry::AfterChange));
    }
    if (auto read = Wire::readSubject(opened, *record); !read) {
        return Core::failure(std::move(read.error()));
    }
    return record;
}

void Openings::add(std::uint64_t index, std::string_view opened)
{
    add(index, sha256(opened));
}

void Openings::add(std::uint64_t index, const Hash &openedHash)
{
    std::string joined(viewOf(digest));
    for (int shift = 56; shift >= 0; shift -= 8) {
        joined.push_back(static_cast<char>(index >> static_cast<unsigned>(shift)));
    }
    joined.append(viewOf(openedHash));
    digest = sha256(joined);
    ++count;
}

Checkpoint Openings::head(const std::string &logOrigin, std::uint64_t logSize) const
{
    return {logOrigin + "/opened/" + std::to_string(logSize), count, digest};
}

}  // namespace Satchel::Audit
