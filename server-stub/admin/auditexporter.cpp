// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "auditexporter.h"

#include "audit/exportlines.h"
#include "audit/merkle.h"

#include <algorithm>
#include <vector>

namespace Satchel::Server {

namespace {

/// Of one part. A record is 16 KiB at the very most, its line not three times that, so that a part stays below what a response may have.
constexpr std::size_t recordsInPartMax = 500;
constexpr std::uint64_t leavesInPartMax = 64 * Audit::leavesInLineMax;

}  // namespace

Core::Result<AuditExporter::Place> AuditExporter::begin(const std::string &tenant, AdminView &view, std::string &lines) const
{
    return view.auditSize(tenant).map([&](std::uint64_t size) {
        lines += Audit::headerLine({m_epoch, tenant, m_signer.verifierKey()}) + '\n';
        return Place{size, 0, 0, {}};
    });
}

Core::Result<void> AuditExporter::addPart(const std::string &tenant, AdminView &view, Place &place, std::string &lines) const
{
    auto added = place.records < place.size ? addRecords(tenant, view, place, lines) : addLeaves(tenant, view, place, lines);
    return added && place.isWhole() ? addNote(tenant, view, place, lines) : added;
}

Core::Result<void> AuditExporter::addRecords(const std::string &tenant, AdminView &view, Place &place, std::string &lines)
{
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(recordsInPartMax, place.size - place.records));
    const auto rows = view.auditRange(tenant, place.records, wanted);
    if (!rows) {
        return Core::failure(rows.error());
    }
    for (const AuditRow &row : *rows) {
        // Whatever was done to the store is exported as it is, for the reader to find: bytes that are no record as a line that is none.
        auto record = Audit::readRecord(row.stored, row.opened);
        const bool isOpened = record && !row.opened.empty();
        if (!record) {
            record = Wire::decodeStoredAuditRecord(row.stored);
        }
        if (isOpened) {
            place.openings.add(row.place, row.opened);
        }
        lines +=
            Audit::recordLine(row.place, record.value_or(Wire::AuditRecord{}), row.stored, isOpened ? row.opened : std::string()) + '\n';
    }
    place.records += wanted;
    return {};
}

Core::Result<void> AuditExporter::addLeaves(const std::string &tenant, AdminView &view, Place &place, std::string &lines)
{
    const std::uint64_t end = std::min(place.size, place.leaves + leavesInPartMax);
    while (place.leaves < end) {
        std::vector<Audit::Hash> leaves;
        const std::uint64_t lineEnd = std::min<std::uint64_t>(end, place.leaves + Audit::leavesInLineMax);
        for (std::uint64_t index = place.leaves; index < lineEnd; ++index) {
            auto leaf = view.auditNode(tenant, 0, index);
            if (!leaf) {
                return Core::failure(std::move(leaf.error()));
            }
            leaves.push_back(*leaf);
        }
        lines += Audit::leavesLine(place.leaves, leaves) + '\n';
        place.leaves = lineEnd;
    }
    return {};
}

Core::Result<void> AuditExporter::addNote(const std::string &tenant, AdminView &view, const Place &place, std::string &lines) const
{
    const auto nodes = [&](unsigned level, std::uint64_t index) { return view.auditNode(tenant, level, index); };
    return Audit::rootOf(place.size, nodes).map([&](const Audit::Hash &root) {
        const Audit::Checkpoint head{Audit::originOf(m_epoch, tenant), place.size, root};
        lines += Audit::openingsLine(m_signer.signNote(place.openings.head(head.origin, head.size).toText())) + '\n';
        lines += Audit::noteLine(m_signer.signNote(head.toText())) + '\n';
    });
}

}  // namespace Satchel::Server
