// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "exportverifier.h"

#include "wire/json.h"

#include <charconv>

namespace Satchel::Audit {

namespace {

constexpr std::string_view openedMember = ",\"opened\":\"";
constexpr std::string_view storedMember = ",\"stored\":\"";
constexpr std::string_view leavesMember = "{\"leavesFrom\":";
constexpr std::string_view hashesMember = ",\"hashes\":\"";
constexpr std::string_view openingsMember = "{\"openings\":";
constexpr std::string_view noteMember = "{\"note\":";
constexpr std::string_view lineEnd = "\"}";

tl::unexpected<Core::Error> bad(std::string detail)
{
    return Core::failure(Core::makeError(Core::ErrorCode::DataLoss, Core::ErrorReason::None, std::move(detail)));
}

tl::unexpected<Core::Error> badRecord(std::uint64_t index, const std::string &why)
{
    return bad("record " + std::to_string(index) + ": " + why);
}

/// Text of a member of a line that is a JSON object; nothing if there is none.
std::optional<std::string> memberText(const Core::Value &line, std::string_view name)
{
    const Core::Value *member = line.find(name);
    const auto *text = member == nullptr ? nullptr : member->as<std::string>();
    return text == nullptr ? std::nullopt : std::optional(*text);
}

std::optional<std::uint64_t> memberNumber(const Core::Value &line, std::string_view name)
{
    const Core::Value *member = line.find(name);
    const auto *number = member == nullptr ? nullptr : member->as<std::int64_t>();
    return number == nullptr || *number < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(*number));
}

/// What was opened, of a record's line up to its stored bytes; empty if it says nothing of that, nothing if that is not readable.
std::optional<std::string> openedIn(std::string_view line)
{
    const std::size_t place = line.rfind(openedMember);
    if (place == std::string_view::npos) {
        return std::string();
    }
    std::string_view text = line.substr(place + openedMember.size());
    if (text.empty() || text.back() != '"') {
        return std::nullopt;
    }
    text.remove_suffix(1);
    auto opened = Wire::fromBase64Url(text);
    return opened && !opened->empty() ? std::optional(std::move(*opened)) : std::nullopt;
}

std::optional<std::uint64_t> numberOf(const std::string &text)
{
    std::uint64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

}  // namespace

Core::Result<void> ExportVerifier::take(std::string_view line)
{
    switch (m_part) {
    case Part::Header:
        return takeHeader(line);
    case Part::Records:
        if (!line.starts_with(leavesMember) && !line.starts_with(openingsMember) && !line.starts_with(noteMember)) {
            return takeRecord(line);
        }
        m_part = Part::Leaves;
        return take(line);
    case Part::Leaves:
        if (line.starts_with(openingsMember)) {
            return takeOpenings(line);
        }
        return line.starts_with(noteMember) ? takeNote(line) : takeLeaves(line);
    case Part::Note:
        return takeNote(line);
    case Part::End:
        break;
    }
    return bad("there is something behind the signed note, which must be the last line");
}

Core::Result<void> ExportVerifier::takeHeader(std::string_view line)
{
    const auto parsed = Wire::valueFromJson(line);
    const auto version = parsed ? memberNumber(*parsed, "satchelAuditExport") : std::nullopt;
    if (!version) {
        return Core::failure(Core::invalidArgument(
            Core::ErrorReason::MalformedInput, "the first line is not the header of an audit export; give a file that Audit/Export made"));
    }
    if (*version != exportVersion && *version != firstExportVersion) {
        return Core::failure(
            Core::invalidArgument(Core::ErrorReason::MalformedInput, "the export is of another version; verify it with a newer program"));
    }
    const auto epoch = numberOf(memberText(*parsed, "epoch").value_or(""));
    auto tenant = memberText(*parsed, "tenant");
    auto key = VerifierKey::fromText(memberText(*parsed, "key").value_or(""));
    if (!epoch || !tenant || !key) {
        return bad("the header does not say epoch, tenant and key");
    }
    m_header = ExportHeader{*epoch, std::move(*tenant), std::move(*key), static_cast<int>(*version)};
    if (headerLine(m_header) != line) {
        return bad("the header was changed");
    }
    if (m_options.key && *m_options.key != m_header.key) {
        return Core::failure(Core::makeError(Core::ErrorCode::Unauthenticated, Core::ErrorReason::None,
                                             "the export is of the key " + m_header.key.toText() + ", not of the one that was given"));
    }
    if (!m_options.againstNote.empty()) {
        auto older = openCheckpoint(m_options.againstNote, m_header.key);
        if (!older) {
            older.error().detail.insert(0, "the older head: ");
            return Core::failure(std::move(older.error()));
        }
        m_older = std::move(*older);
        noteOlder();
    }
    m_part = Part::Records;
    return {};
}

void ExportVerifier::noteOlder()
{
    if (m_older && m_older->size == m_tree.size()) {
        m_rootAtOlder = m_tree.root();
    }
}

Core::Result<void> ExportVerifier::takeRecord(std::string_view line)
{
    const std::uint64_t index = m_tree.size();
    const std::size_t place = line.rfind(storedMember);
    if (place == std::string_view::npos || !line.ends_with(lineEnd)) {
        return badRecord(index, "the line is not a record's");
    }
    std::string_view text = line.substr(place + storedMember.size());
    text.remove_suffix(text.size() < lineEnd.size() ? text.size() : lineEnd.size());
    const auto stored = Wire::fromBase64Url(text);
    if (!stored) {
        return badRecord(index, "its stored bytes were changed");
    }
    const auto opened = openedIn(line.substr(0, place));
    if (!opened) {
        return badRecord(index, "what is shown of the user was changed");
    }
    const Hash openedHash = sha256(*opened);
    const auto record = readRecord(*stored, *opened, openedHash);
    if (!record) {
        return badRecord(index, "its stored bytes do not decode, or are not what it shows: " + record.error().detail);
    }
    if (recordLine(index, *record, *stored, *opened) != line) {
        return badRecord(index, "the line does not say what its stored bytes say, or is not in its place");
    }
    if (record->tenant != m_header.tenant) {
        return badRecord(index, "it is of another tenant");
    }
    if (auto noted = noteOpening(index, *record, opened->empty() ? nullptr : &openedHash); !noted) {
        return noted;
    }
    if (record->continuation) {
        if (auto checked = checkContinuation(*record->continuation); !checked) {
            return checked;
        }
    }
    const Hash leaf = leafHash(*stored);
    m_leaves.push_back(leaf);
    m_tree.append(leaf);
    noteOlder();
    return {};
}

/// What is sealed is shown, or its user was erased; how many are, and which, is signed.
Core::Result<void> ExportVerifier::noteOpening(std::uint64_t index, const Wire::AuditRecord &record, const Hash *openedHash)
{
    if (openedHash != nullptr) {
        m_openings.add(index, *openedHash);
    } else if (!record.subject.empty()) {
        ++m_erasedCount;
    } else {
        return {};
    }
    return m_header.version == firstExportVersion ? badRecord(index, "it is of a later version than the header says")
                                                  : Core::Result<void>();
}

/// It must go on from exactly what is before it.
Core::Result<void> ExportVerifier::checkContinuation(const Wire::AuditContinuation &continuation)
{
    const std::uint64_t index = m_tree.size();
    if (continuation.size != index || continuation.root != viewOf(m_tree.root())) {
        return badRecord(index, "the log was restored here from another tree than the " + std::to_string(index) + " records before it");
    }
    if (m_epoch && *m_epoch != continuation.fromEpoch) {
        return badRecord(index, "it goes on from another epoch than the one before it");
    }
    m_epoch = continuation.epoch;
    return checkOlder(originOf(continuation.fromEpoch, m_header.tenant), index);
}

/// Compares with the older head, if that is of this origin and not compared yet.
Core::Result<void> ExportVerifier::checkOlder(const std::string &origin, std::uint64_t sizeMax)
{
    if (!m_older || m_isOlderProven || m_older->origin != origin) {
        return {};
    }
    if (m_older->size > sizeMax) {
        return bad("the older head has " + std::to_string(m_older->size) + " records, of which the log had only " +
                   std::to_string(sizeMax) + " left: record " + std::to_string(sizeMax) + " is the first that is missing");
    }
    if (m_rootAtOlder != m_older->root) {
        return bad("the log does not go on from the older head: one of the first " + std::to_string(m_older->size) +
                   " records was changed");
    }
    m_isOlderProven = true;
    return {};
}

Core::Result<void> ExportVerifier::takeLeaves(std::string_view line)
{
    const std::string wrongLine = "the hashes from leaf " + std::to_string(m_leavesTaken) + " on were changed";
    const std::size_t place = line.find(hashesMember);
    if (!line.starts_with(leavesMember) || place == std::string_view::npos || !line.ends_with(lineEnd)) {
        return bad(wrongLine);
    }
    std::string_view text = line.substr(place + hashesMember.size());
    text.remove_suffix(text.size() < lineEnd.size() ? text.size() : lineEnd.size());
    const auto joined = Wire::fromBase64Url(text);
    if (!joined || joined->empty() || joined->size() % sizeof(Hash) != 0 || joined->size() / sizeof(Hash) > leavesInLineMax) {
        return bad(wrongLine);
    }
    std::vector<Hash> hashes;
    for (std::size_t i = 0; i < joined->size(); i += sizeof(Hash)) {
        hashes.push_back(*hashFrom(std::string_view(*joined).substr(i, sizeof(Hash))));
    }
    if (leavesLine(m_leavesTaken, hashes) != line) {
        return bad(wrongLine);
    }
    for (const Hash &hash : hashes) {
        if (m_leavesTaken == m_leaves.size()) {
            return badRecord(m_leavesTaken, "it is missing: its hash is there, the record is not");
        }
        if (m_leaves[m_leavesTaken] != hash) {
            return badRecord(m_leavesTaken, "it is not the one whose hash was kept when it was written");
        }
        ++m_leavesTaken;
    }
    return {};
}

Core::Result<void> ExportVerifier::takeOpenings(std::string_view line)
{
    const auto parsed = Wire::valueFromJson(line);
    const auto note = parsed ? memberText(*parsed, "openings") : std::nullopt;
    if (!note || openingsLine(*note) != line || m_header.version == firstExportVersion) {
        return bad("the line that says which records were opened was changed");
    }
    auto head = openCheckpoint(*note, m_header.key);
    if (!head) {
        return Core::failure(std::move(head.error()));
    }
    m_openingsHead = std::move(*head);
    m_part = Part::Note;
    return {};
}

Core::Result<void> ExportVerifier::takeNote(std::string_view line)
{
    const auto parsed = Wire::valueFromJson(line);
    const auto note = parsed ? memberText(*parsed, "note") : std::nullopt;
    if (!note || noteLine(*note) != line) {
        return bad("the line of the signed note was changed");
    }
    auto head = openCheckpoint(*note, m_header.key);
    if (!head) {
        return Core::failure(std::move(head.error()));
    }
    if (auto checked = checkHead(*head); !checked) {
        return checked;
    }
    if (m_header.version != firstExportVersion && m_openingsHead != m_openings.head(head->origin, head->size)) {
        return bad("of some record what is about its user was left out or put in: the export does not show what was signed");
    }
    if (auto checked = checkOlder(head->origin, head->size); !checked) {
        return checked;
    }
    if (m_older && !m_isOlderProven) {
        return bad("the older head is of another log: its origin is " + m_older->origin + ", this log's is " + head->origin);
    }
    m_head = std::move(*head);
    m_part = Part::End;
    return {};
}

Core::Result<void> ExportVerifier::checkHead(const Checkpoint &head) const
{
    if (head.origin != originOf(m_header.epoch, m_header.tenant) || (m_epoch && *m_epoch != m_header.epoch)) {
        return bad("the note is of another log or epoch than the header says");
    }
    if (head.size > m_tree.size()) {
        return badRecord(m_tree.size(), "it is missing: the note signs " + std::to_string(head.size) + " records");
    }
    if (head.size < m_tree.size()) {
        return badRecord(head.size, "it is not covered by the note, which signs " + std::to_string(head.size) + " records");
    }
    if (m_leavesTaken != m_leaves.size()) {
        return bad("the hash of leaf " + std::to_string(m_leavesTaken) + " is missing");
    }
    if (head.root != m_tree.root()) {
        return bad(
            "the records do not give the root that the note signs; since their hashes were changed with them, the export cannot tell "
            "which one is bad: compare with an older export");
    }
    return {};
}

Core::Result<Verdict> ExportVerifier::finish()
{
    if (!m_head) {
        return bad("the export ends before its signed note; record " + std::to_string(m_tree.size()) + " is the first that may be missing");
    }
    return Verdict{m_header, *m_head, m_erasedCount};
}

}  // namespace Satchel::Audit
