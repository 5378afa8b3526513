// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "userexport.h"

#include "audit/exportlines.h"
#include "wire/json.h"

#include <algorithm>
#include <charconv>

namespace Satchel::Audit {

namespace {

constexpr std::string_view hashesMember = "{\"hashesFrom\":";
constexpr std::string_view noteMember = "{\"note\":";

tl::unexpected<Core::Error> badLine(std::uint64_t line, const std::string &why)
{
    return Core::failure(Core::makeError(Core::ErrorCode::DataLoss, Core::ErrorReason::None, "line " + std::to_string(line) + ": " + why));
}

template <typename T>
const T *memberOf(const Core::Result<Core::Value> &line, std::string_view name)
{
    const Core::Value *member = line ? line->find(name) : nullptr;
    return member == nullptr ? nullptr : member->as<T>();
}

}  // namespace

std::string hashesLine(std::uint64_t first, std::span<const Hash> hashes)
{
    std::string joined;
    for (const Hash &hash : hashes) {
        joined += viewOf(hash);
    }
    return std::string(hashesMember) + std::to_string(first) + ",\"hashes\":\"" + Wire::base64Url(joined) + "\"}";
}

Hash digestWith(const Hash &digest, const Hash &lineHash)
{
    return sha256(std::string(viewOf(digest)) + std::string(viewOf(lineHash)));
}

std::string userExportOrigin(std::uint64_t epoch, std::string_view tenant)
{
    return "satchel-export/" + originOf(epoch, tenant);
}

Core::Result<void> UserExportVerifier::take(std::string_view line)
{
    ++m_taken;
    if (m_isDone) {
        return badLine(m_taken, "it is behind the signed note, which must be the last line");
    }
    if (m_taken == 1) {
        if (auto header = takeHeader(line); !header) {
            return header;
        }
    }
    if (line.starts_with(noteMember)) {
        return takeNote(line);
    }
    if (line.starts_with(hashesMember)) {
        return takeHashes(line);
    }
    m_isLastWhole = Wire::valueFromJson(line).has_value();
    m_pending.push_back(sha256(line));
    return {};
}

Core::Result<void> UserExportVerifier::takeHeader(std::string_view line)
{
    const auto parsed = Wire::valueFromJson(line);
    const auto *version = memberOf<std::int64_t>(parsed, "satchelUserExport");
    if (version == nullptr) {
        return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput,
                                                   "line 1: it is not the header of a user's export; give a file that Users/Export made"));
    }
    if (*version != userExportVersion) {
        return Core::failure(Core::invalidArgument(Core::ErrorReason::ProtocolVersion,
                                                   "line 1: version " + std::to_string(*version) + " of exports is not known, only " +
                                                       std::to_string(userExportVersion) + "; export again, or use the program of then"));
    }
    const auto *tenant = memberOf<std::string>(parsed, "tenant");
    const auto *user = memberOf<std::string>(parsed, "user");
    const auto *epoch = memberOf<std::string>(parsed, "epoch");
    const auto *exported = memberOf<std::string>(parsed, "exported");
    if (tenant == nullptr || user == nullptr || epoch == nullptr || exported == nullptr ||
        std::from_chars(epoch->data(), epoch->data() + epoch->size(), m_verdict.epoch).ec != std::errc()) {
        return badLine(1, "the header does not say whose export it is");
    }
    m_verdict.tenant = *tenant;
    m_verdict.user = *user;
    m_verdict.exported = *exported;
    return {};
}

void UserExportVerifier::suspect(std::uint64_t line)
{
    m_suspect = m_suspect.value_or(line);
}

Core::Result<void> UserExportVerifier::takeHashes(std::string_view line)
{
    const auto parsed = Wire::valueFromJson(line);
    const auto *first = memberOf<std::int64_t>(parsed, "hashesFrom");
    const auto *text = memberOf<std::string>(parsed, "hashes");
    const auto joined = text == nullptr ? Core::Result<std::string>() : Wire::fromBase64Url(*text);
    if (first == nullptr || *first < 1 || !joined || joined->empty() || joined->size() % sizeof(Hash) != 0) {
        return badLine(m_suspect.value_or(m_taken), "it was changed");
    }
    std::vector<Hash> listed;
    for (std::size_t i = 0; i < joined->size(); i += sizeof(Hash)) {
        listed.push_back(*hashFrom(std::string_view(*joined).substr(i, sizeof(Hash))));
    }
    const auto from = static_cast<std::uint64_t>(*first);
    if (hashesLine(from, listed) != line) {
        return badLine(m_suspect.value_or(m_taken), "it was changed");
    }
    const std::uint64_t begin = m_taken - m_pending.size();
    if (from > begin && m_pending.size() > listed.size()) {
        // The line before the first that is listed should have listed those before it.
        suspect(from - 1);
    } else if (from != begin) {
        suspect(begin);
    }
    const auto differing = std::mismatch(m_pending.begin(), m_pending.end(), listed.begin(), listed.end());
    if (differing.first != m_pending.end() || differing.second != listed.end()) {
        suspect(begin + static_cast<std::uint64_t>(differing.first - m_pending.begin()));
    }
    listed.push_back(sha256(line));
    for (const Hash &hash : listed) {
        m_digest = digestWith(m_digest, hash);
    }
    m_listed += listed.size();
    m_pending.clear();
    return {};
}

Core::Result<void> UserExportVerifier::takeNote(std::string_view line)
{
    const auto parsed = Wire::valueFromJson(line);
    const auto *note = memberOf<std::string>(parsed, "note");
    if (note == nullptr || noteLine(*note) != line) {
        return badLine(m_suspect.value_or(m_taken), "it was changed");
    }
    auto signedOf = openCheckpoint(*note, m_key);
    if (!signedOf) {
        signedOf.error().detail = "line " + std::to_string(m_taken) + ": " + signedOf.error().detail;
        return Core::failure(std::move(signedOf.error()));
    }
    const bool isListProven = m_pending.empty() && signedOf->size == m_listed && signedOf->root == m_digest;
    if (m_suspect) {
        return badLine(*m_suspect, isListProven ? "it was changed, left out, put in or moved"
                                                : "it does not fit the line of hashes behind it; one of the two was changed or left out");
    }
    if (!m_pending.empty()) {
        // With as many lines as are signed, the last one should have listed the others.
        return badLine(signedOf->size < m_taken ? m_taken - 1 : m_taken, "the hashes of the lines before it are missing or were changed");
    }
    if (signedOf->origin != userExportOrigin(m_verdict.epoch, m_verdict.tenant)) {
        return badLine(m_taken, "the note is of another tenant or epoch than the header says");
    }
    if (signedOf->size > m_listed) {
        return badLine(m_taken, "lines are missing before it: the note signs " + std::to_string(signedOf->size));
    }
    if (!isListProven) {
        return badLine(m_taken, "it signs other lines; since their hashes were changed with them, the export cannot tell which");
    }
    m_verdict.lineCount = m_listed;
    m_isDone = true;
    return {};
}

Core::Result<UserExportVerdict> UserExportVerifier::finish() const
{
    if (m_suspect) {
        return badLine(*m_suspect, "it does not fit the line of hashes behind it, and the signed note is missing");
    }
    if (!m_isDone) {
        return badLine(m_isLastWhole ? m_taken + 1 : m_taken, "it is missing or cut off: the export ends before its signed note");
    }
    return m_verdict;
}

}  // namespace Satchel::Audit
