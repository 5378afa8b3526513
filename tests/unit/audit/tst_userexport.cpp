// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: whatever is done to a user's export is found, and the first bad line is named. Method: a small export of three parts, with every
// byte flipped, every line left out, put in twice or exchanged with the next, and cut after every byte.
#include "audit/exportlines.h"
#include "audit/userexport.h"

#include <QTest>

#include <vector>

using namespace Satchel;
using namespace Satchel::Audit;

namespace {

using Lines = std::vector<std::string>;

Signer signerOf(char letter)
{
    return *Signer::make(std::string(signerName), std::string(32, letter));
}

/// Lines 1 and 2, 4 to 6, and 8 are rows; 3, 7 and 9 hold the parts together; 10 is the note.
Lines exportOf(const Signer &signer)
{
    const std::vector<Lines> parts{
        {R"({"satchelUserExport":2,"tenant":"t","user":"anna","epoch":"7","exported":"2026-11-24T00:00:00.000Z"})", R"({"profile":{}})"},
        {R"({"document":1})", R"({"document":2})", R"({"document":3})"},
        {R"({"event":1})"}};
    Lines out;
    Hash digest{};
    for (const Lines &part : parts) {
        std::vector<Hash> hashes;
        const std::uint64_t first = out.size() + 1;
        for (const std::string &line : part) {
            out.push_back(line);
            hashes.push_back(sha256(line));
        }
        out.push_back(hashesLine(first, hashes));
        hashes.push_back(sha256(out.back()));
        for (const Hash &hash : hashes) {
            digest = digestWith(digest, hash);
        }
    }
    out.push_back(noteLine(signer.signNote(Checkpoint{userExportOrigin(7, "t"), out.size(), digest}.toText())));
    return out;
}

Core::Result<UserExportVerdict> verify(const Lines &lines, char key = 's')
{
    UserExportVerifier verifier(signerOf(key).verifierKey());
    for (const std::string &line : lines) {
        if (auto taken = verifier.take(line); !taken) {
            return Core::failure(std::move(taken.error()));
        }
    }
    return verifier.finish();
}

/// The line that is named; 0: none, or nothing is wrong.
std::size_t named(const Core::Result<UserExportVerdict> &verdict)
{
    const std::string detail = verdict ? std::string() : verdict.error().detail;
    return detail.starts_with("line ") ? std::stoul(detail.substr(5)) : 0;
}

}  // namespace

class TestUserExport : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void export_asMade_isGood();
    void byte_flipped_isInTheLineNamed();
    void line_leftOut_isNamed();
    void line_twice_isNamed();
    void lines_exchanged_firstIsNamed();
    void part_leftOut_firstOfItIsNamed();
    void export_cut_saysWhere();
    void line_appended_isNamed();
    void export_ofAnotherKey_isRefused();
    void lineAndItsHash_changedTogether_isFound();

private:
    const Lines m_good = exportOf(signerOf('s'));
};

void TestUserExport::export_asMade_isGood()
{
    const auto verdict = verify(m_good);
    QVERIFY2(verdict, verdict ? "" : verdict.error().detail.c_str());
    QCOMPARE(verdict->user, std::string("anna"));
    QCOMPARE(verdict->tenant, std::string("t"));
    QCOMPARE(verdict->epoch, 7U);
    QCOMPARE(verdict->lineCount, 9U);
}

void TestUserExport::byte_flipped_isInTheLineNamed()
{
    for (std::size_t at = 0; at < m_good.size(); ++at) {
        for (std::size_t i = 0; i < m_good[at].size(); ++i) {
            Lines lines = m_good;
            lines[at][i] = static_cast<char>(lines[at][i] ^ 1);
            const auto verdict = verify(lines);
            QVERIFY2(!verdict, std::to_string(i).c_str());
            // Of a hash that was changed it can only be told that it does not fit its line, which is named then.
            const bool isOfHashes = lines[at].starts_with("{\"hashesFrom\":");
            const auto says = [&](const char *text) { return verdict.error().detail.find(text) != std::string::npos; };
            // Nor that what does not look like a note any more was to be one.
            const bool isEnd = at + 1 == m_good.size() && says("ends before its signed note");
            const bool isSaid = named(verdict) == at + 1 || isEnd || (isOfHashes && says("one of the two"));
            QVERIFY2(isSaid, (std::to_string(at + 1) + ", byte " + std::to_string(i) + ": " + verdict.error().detail).c_str());
        }
    }
}

void TestUserExport::line_leftOut_isNamed()
{
    for (std::size_t at = 1; at < m_good.size(); ++at) {
        Lines lines = m_good;
        lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(at));
        const auto verdict = verify(lines);
        QVERIFY2(named(verdict) == at + 1, (std::to_string(at + 1) + ": " + verdict.error().detail).c_str());
    }
}

void TestUserExport::line_twice_isNamed()
{
    for (std::size_t at = 0; at < m_good.size(); ++at) {
        Lines lines = m_good;
        lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(at), m_good[at]);
        const auto verdict = verify(lines);
        // The second is the one too many.
        QVERIFY2(named(verdict) == at + 2, (std::to_string(at + 2) + ": " + verdict.error().detail).c_str());
    }
}

void TestUserExport::lines_exchanged_firstIsNamed()
{
    for (std::size_t at = 1; at + 1 < m_good.size(); ++at) {
        Lines lines = m_good;
        std::swap(lines[at], lines[at + 1]);
        const auto verdict = verify(lines);
        QVERIFY2(named(verdict) == at + 1, (std::to_string(at + 1) + ": " + verdict.error().detail).c_str());
    }
}

void TestUserExport::part_leftOut_firstOfItIsNamed()
{
    Lines lines = m_good;
    lines.erase(lines.begin() + 3, lines.begin() + 7);
    QCOMPARE(named(verify(lines)), std::size_t(4));
    lines = m_good;
    lines.erase(lines.begin() + 7, lines.begin() + 9);
    QCOMPARE(named(verify(lines)), std::size_t(8));
}

void TestUserExport::export_cut_saysWhere()
{
    for (std::size_t at = 0; at < m_good.size(); ++at) {
        const Lines whole(m_good.begin(), m_good.begin() + static_cast<std::ptrdiff_t>(at));
        QCOMPARE(named(verify(whole)), at + 1);
        for (std::size_t length = 1; length < m_good[at].size(); ++length) {
            Lines lines = whole;
            lines.push_back(m_good[at].substr(0, length));
            QCOMPARE(named(verify(lines)), at + 1);
        }
    }
}

void TestUserExport::line_appended_isNamed()
{
    Lines lines = m_good;
    lines.emplace_back(R"({"document":4})");
    QCOMPARE(named(verify(lines)), m_good.size() + 1);
}

void TestUserExport::export_ofAnotherKey_isRefused()
{
    const auto verdict = verify(m_good, 'x');
    QVERIFY(!verdict);
    QCOMPARE(verdict.error().code, Core::ErrorCode::Unauthenticated);
    QCOMPARE(named(verdict), m_good.size());
    // Nor is the note of another export this one's.
    Lines lines = m_good;
    lines.back() = noteLine(signerOf('s').signNote(Checkpoint{userExportOrigin(7, "t"), 9, sha256("other")}.toText()));
    QVERIFY(!verify(lines));
    lines.back() = noteLine(signerOf('s').signNote(Checkpoint{userExportOrigin(8, "t"), 9, Hash{}}.toText()));
    QVERIFY(!verify(lines));
}

void TestUserExport::lineAndItsHash_changedTogether_isFound()
{
    Lines lines = m_good;
    lines[7] = R"({"event":2})";
    const std::vector<Hash> hashes{sha256(lines[7])};
    lines[8] = hashesLine(8, hashes);
    const auto verdict = verify(lines);
    QVERIFY(!verdict);
    QVERIFY2(verdict.error().detail.find("cannot tell which") != std::string::npos, verdict.error().detail.c_str());
}

QTEST_APPLESS_MAIN(TestUserExport)
#include "tst_userexport.moc"
