// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "audit/exportverifier.h"

#include <string>
#include <vector>

namespace Satchel::Test {

/// A tenant's log and what a server would export of it, in memory.
class AuditLog {
public:
    explicit AuditLog(char seed = 's', std::uint64_t epoch = 7, std::string tenant = "t")
        : m_signer(*Audit::Signer::make(std::string(Audit::signerName), std::string(32, seed)))
        , m_epoch(epoch)
        , m_tenant(std::move(tenant))
    {
    }

    [[nodiscard]] Wire::AuditRecord record() const
    {
        Wire::AuditRecord record;
        record.time = std::chrono::milliseconds(1'800'000'000'123 + static_cast<std::int64_t>(stored.size()));
        record.tenant = m_tenant;
        record.action = "State/GetDocument";
        record.requestId = "request-" + std::to_string(stored.size());
        record.requestSha256 = std::string(Audit::viewOf(Audit::sha256(record.requestId)));
        record.roles = {"support", "user"};
        record.personal.actor = "oper\"ator";
        record.personal.user = "anna@example.com";
        record.personal.collection = "notes";
        record.personal.key = "k\xC3\xA9y";
        record.personal.clientAddress = "192.0.2.1";
        return record;
    }
    /// As a server does, but for the seal, which nobody here opens.
    void append(Wire::AuditRecord record)
    {
        opened.emplace_back();
        if (!record.personal.user.empty()) {
            opened.back() = Wire::encodeSubject(record, std::string(32, static_cast<char>('a' + stored.size() % 26)));
            record.commitment = std::string(Audit::viewOf(Audit::sha256(opened.back())));
            record.subject = std::string(1, '\0') + "sealed " + std::to_string(stored.size());
            Wire::clearSubject(record);
        }
        stored.push_back(Wire::encode(record));
        leaves.push_back(Audit::leafHash(stored.back()));
    }
    void grow(std::size_t count)
    {
        while (count-- > 0) {
            append(record());
        }
    }
    void restore(std::uint64_t epoch)
    {
        Wire::AuditRecord next = record();
        next.action = "Log/Continue";
        next.continuation = {m_epoch, epoch, leaves.size(), std::string(Audit::viewOf(root()))};
        append(next);
        m_epoch = epoch;
    }
    [[nodiscard]] Audit::Hash root() const
    {
        Audit::Growing tree;
        for (const Audit::Hash &leaf : leaves) {
            tree.append(leaf);
        }
        return tree.root();
    }
    [[nodiscard]] std::string note() const { return m_signer.signNote(head().toText()); }
    [[nodiscard]] Audit::Checkpoint head() const { return {Audit::originOf(m_epoch, m_tenant), leaves.size(), root()}; }
    [[nodiscard]] const Audit::VerifierKey &key() const { return m_signer.verifierKey(); }

    [[nodiscard]] std::vector<std::string> lines() const
    {
        Audit::Openings openings;
        std::vector<std::string> lines{Audit::headerLine({m_epoch, m_tenant, key()})};
        for (std::size_t i = 0; i < stored.size(); ++i) {
            const auto record = Audit::readRecord(stored[i], opened[i]);
            lines.push_back(record ? Audit::recordLine(i, *record, stored[i], opened[i]) : std::string("no record"));
            if (!opened[i].empty()) {
                openings.add(i, opened[i]);
            }
        }
        constexpr std::size_t chunk = 5;
        for (std::size_t i = 0; i < leaves.size(); i += chunk) {
            lines.push_back(Audit::leavesLine(i, std::span(leaves).subspan(i, std::min(chunk, leaves.size() - i))));
        }
        const Audit::Checkpoint shown = openings.head(head().origin, head().size);
        lines.push_back(Audit::openingsLine(m_signer.signNote(shown.toText())));
        lines.push_back(Audit::noteLine(note()));
        return lines;
    }

    std::vector<std::string> stored;
    std::vector<std::string> opened;
    std::vector<Audit::Hash> leaves;

private:
    Audit::Signer m_signer;
    std::uint64_t m_epoch;
    std::string m_tenant;
};

[[nodiscard]] inline Core::Result<Audit::Verdict> verifyLines(const std::vector<std::string> &lines, Audit::VerifyOptions options)
{
    Audit::ExportVerifier verifier(std::move(options));
    for (const std::string &line : lines) {
        if (auto taken = verifier.take(line); !taken) {
            return Core::failure(std::move(taken.error()));
        }
    }
    return verifier.finish();
}

}  // namespace Satchel::Test
