// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: whatever is done to an exported log is found, and the first bad record is named where the export can tell.
// Method: one deed after the other on a small log, and every single byte of it changed.
#include "auditlog.h"

#include <QtTest/QtTest>

using namespace Satchel;
using namespace Satchel::Test;

namespace {

using Lines = std::vector<std::string>;

std::string joined(const Lines &lines)
{
    std::string text;
    for (const std::string &line : lines) {
        text += line + '\n';
    }
    return text;
}

/// As a file is read: what is behind the last line feed is a line too.
Lines splitLines(const std::string &text)
{
    Lines lines;
    std::size_t begin = 0;
    for (std::size_t end = text.find('\n'); end != std::string::npos; begin = end + 1, end = text.find('\n', begin)) {
        lines.push_back(text.substr(begin, end - begin));
    }
    if (begin < text.size()) {
        lines.push_back(text.substr(begin));
    }
    return lines;
}

std::string errorOf(const Lines &lines, Audit::VerifyOptions options)
{
    const auto verdict = verifyLines(lines, std::move(options));
    return verdict ? std::string("no error") : verdict.error().detail;
}

int undetectedIn(const AuditLog &log)
{
    const std::string good = joined(log.lines());
    if (const std::string error = errorOf(splitLines(good), {}); error != "no error") {
        qWarning("%s", error.c_str());
        return -1;
    }
    int undetected = 0;
    for (std::size_t i = 0; i + 1 < good.size(); ++i) {
        std::string changed = good;
        for (const int mask : {1, 2, 4, 8, 16, 32, 64, 128, 255}) {
            changed[i] = static_cast<char>(good[i] ^ mask);
            if (verifyLines(splitLines(changed), {})) {
                qWarning("byte %zu, mask %d", i, mask);
                ++undetected;
            }
        }
    }
    return undetected;
}

QString text(const std::string &text)
{
    return QString::fromStdString(text);
}

}  // namespace

class tst_AuditExport : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void record_encoded_isReadBack();
    void record_thatIsNone_isRefused();
    void line_ofRecord_saysAllInFixedOrder();
    void time_atEdges_isWrittenInFull();
    void export_untouched_verifies();
    void export_empty_verifies();
    void export_withAnyByteChanged_isFound();
    void export_withErasedUsers_verifiesAndIsWatched();
    void export_ofFirstVersion_verifies();
    void opened_leftOut_isFound();
    void opened_ofAnotherRecord_isNamed();
    void opened_changedWithItsLine_isNamed();
    void export_cutAnywhere_isFound();
    void record_changed_isNamed();
    void record_changedWithItsLine_isNamed();
    void record_changedWithItsHash_isFound();
    void record_dropped_isNamed();
    void record_droppedAndRenumbered_isNamed();
    void records_swapped_firstIsNamed();
    void record_added_isNamed();
    void tail_dropped_isNamed();
    void export_signedAgain_isFound();
    void export_ofAnotherTenantsNote_isFound();
    void older_head_mustBePrefix();
    void older_headOfRewrittenLog_isFound();
    void restored_log_verifiesWithHeadsOfBothEpochs();
    void restored_logFromAnotherTree_isNamed();
    void restored_logThatLostRecords_isToldByTheOldHead();
    void note_behindNote_isFound();
};

void tst_AuditExport::record_encoded_isReadBack()
{
    AuditLog log;
    Wire::AuditRecord record = log.record();
    QCOMPARE(*Wire::decodeStoredAuditRecord(Wire::encode(record)), record);
    record.code = Core::ErrorCode::PermissionDenied;
    record.reason = Core::ErrorReason::RoleMissing;
    record.personal.device = Core::DeviceId{{1, 2, 3}};
    record.personal.reason = "ticket 12";
    record.continuation = {1, 2, 3, std::string(32, 'r')};
    QCOMPARE(*Wire::decodeStoredAuditRecord(Wire::encode(record)), record);
}

void tst_AuditExport::record_thatIsNone_isRefused()
{
    const auto refused = [](Wire::AuditRecord record) {
        const auto read = Wire::decodeStoredAuditRecord(Wire::encode(record));
        return !read && read.error().code == Core::ErrorCode::DataLoss;
    };
    Wire::AuditRecord record = AuditLog().record();
    record.action.clear();
    QVERIFY(refused(record));
    record = AuditLog().record();
    record.requestSha256 = "short";
    QVERIFY(refused(record));
    record = AuditLog().record();
    record.continuation = {1, 2, 3, "short"};
    QVERIFY(refused(record));
    QVERIFY(!Wire::decodeStoredAuditRecord("\x0a\xff\xff"));
}

void tst_AuditExport::line_ofRecord_saysAllInFixedOrder()
{
    Wire::AuditRecord record = AuditLog().record();
    record.requestSha256.clear();
    record.code = Core::ErrorCode::PermissionDenied;
    record.reason = Core::ErrorReason::RoleMissing;
    record.personal.device = Core::DeviceId{{0xab}};
    record.personal.reason = "ticket 12";
    const std::string wanted = "{\"index\":3,\"time\":\"2027-01-15T08:00:00.123Z\",\"action\":\"State/GetDocument\","
                               "\"outcome\":\"permission_denied/ROLE_MISSING\",\"actor\":\"oper\\\"ator\",\"roles\":[\"support\",\"user\"],"
                               "\"user\":\"anna@example.com\",\"collection\":\"notes\",\"key\":\"k\xC3\xA9y\","
                               "\"device\":\"ab000000000000000000000000000000\",\"reason\":\"ticket 12\",\"client\":\"192.0.2.1\","
                               "\"request\":\"request-0\",\"stored\":\"c3RvcmVk\"}";
    QCOMPARE(text(Audit::recordLine(3, record, "stored")), text(wanted));
}

void tst_AuditExport::time_atEdges_isWrittenInFull()
{
    using std::chrono::milliseconds;
    QCOMPARE(Audit::timeText(milliseconds(0)), std::string("1970-01-01T00:00:00.000Z"));
    QCOMPARE(Audit::timeText(milliseconds(951'827'696'789)), std::string("2000-02-29T12:34:56.789Z"));
    QCOMPARE(Audit::timeText(milliseconds((std::int64_t{1} << 48U) - 1)), std::string("10889-08-02T05:31:50.655Z"));
}

void tst_AuditExport::export_untouched_verifies()
{
    AuditLog log;
    for (std::size_t size : {1U, 2U, 3U, 13U, 64U}) {
        log.grow(size - log.stored.size());
        const auto verdict = verifyLines(splitLines(joined(log.lines())), {log.key(), {}});
        QVERIFY2(verdict.has_value(), verdict ? "" : verdict.error().detail.c_str());
        QCOMPARE(verdict->head, log.head());
        QVERIFY(verifyLines(log.lines(), {}).has_value());
    }
}

void tst_AuditExport::export_empty_verifies()
{
    const AuditLog log;
    QCOMPARE(verifyLines(log.lines(), {log.key(), {}})->head.size, std::uint64_t{0});
    QVERIFY(!verifyLines({}, {}));
}

void tst_AuditExport::export_withAnyByteChanged_isFound()
{
    AuditLog log;
    log.grow(3);
    log.restore(8);
    log.grow(3);
    QCOMPARE(undetectedIn(log), 0);
}

void tst_AuditExport::export_withErasedUsers_verifiesAndIsWatched()
{
    AuditLog log;
    log.grow(5);
    const Audit::Checkpoint before = log.head();
    for (const std::size_t erased : {1U, 3U, 4U}) {
        log.opened[erased].clear();
    }
    const auto verdict = verifyLines(log.lines(), {log.key(), {}});
    QVERIFY2(verdict.has_value(), verdict ? "" : verdict.error().detail.c_str());
    QCOMPARE(verdict->head, before);
    QCOMPARE(verdict->erasedCount, std::uint64_t{3});
    QVERIFY(joined(log.lines()).find("\"erased\":true") != std::string::npos);
    QCOMPARE(log.lines()[2].find("anna"), std::string::npos);
    QCOMPARE(undetectedIn(log), 0);
}

void tst_AuditExport::export_ofFirstVersion_verifies()
{
    AuditLog log;
    Wire::AuditRecord plain = log.record();
    plain.personal.user.clear();
    log.append(plain);
    Lines lines = log.lines();
    lines[0] = Audit::headerLine({7, "t", log.key(), 1});
    QVERIFY(!verifyLines(lines, {}));
    lines.erase(lines.end() - 2);
    QVERIFY(verifyLines(lines, {}));
    // What is sealed cannot be passed off as of a version that signs no openings.
    log.grow(1);
    lines = log.lines();
    lines[0] = Audit::headerLine({7, "t", log.key(), 1});
    lines.erase(lines.end() - 2);
    QVERIFY(errorOf(lines, {}).starts_with("record 1: "));
}

void tst_AuditExport::opened_leftOut_isFound()
{
    AuditLog log;
    log.grow(4);
    Lines lines = log.lines();
    log.opened[2].clear();
    lines[3] = log.lines()[3];
    QVERIFY(errorOf(lines, {}).starts_with("of some record"));
    lines = log.lines();
    lines.erase(lines.end() - 2);
    QVERIFY(errorOf(lines, {}).starts_with("of some record"));
}

void tst_AuditExport::opened_ofAnotherRecord_isNamed()
{
    AuditLog log;
    log.grow(4);
    Lines lines = log.lines();
    auto record = *Wire::decodeStoredAuditRecord(log.stored[2]);
    QVERIFY(Wire::readSubject(log.opened[1], record));
    lines[3] = Audit::recordLine(2, record, log.stored[2], log.opened[1]);
    QVERIFY(errorOf(lines, {}).starts_with("record 2: "));
}

void tst_AuditExport::opened_changedWithItsLine_isNamed()
{
    AuditLog log;
    log.grow(4);
    Lines lines = log.lines();
    auto record = *Audit::readRecord(log.stored[2], log.opened[2]);
    record.personal.user = "bertha@example.com";
    const std::string forged = Wire::encodeSubject(record, std::string(32, 'x'));
    lines[3] = Audit::recordLine(2, record, log.stored[2], forged);
    QVERIFY(errorOf(lines, {}).starts_with("record 2: "));
}

void tst_AuditExport::export_cutAnywhere_isFound()
{
    AuditLog log;
    log.grow(6);
    const std::string good = joined(log.lines());
    // Without its last line feed a file still says all.
    for (std::size_t size = 0; size + 1 < good.size(); ++size) {
        QVERIFY(!verifyLines(splitLines(good.substr(0, size)), {}));
    }
}

void tst_AuditExport::record_changed_isNamed()
{
    AuditLog log;
    log.grow(9);
    Lines lines = log.lines();
    const std::size_t place = lines[5].find("anna");
    lines[5][place] = 'e';
    QVERIFY(errorOf(lines, {}).starts_with("record 4: "));
}

/// What somebody does who changes the row in the store, where the tree's nodes are kept apart.
void tst_AuditExport::record_changedWithItsLine_isNamed()
{
    AuditLog log;
    log.grow(9);
    const std::string note = log.note();
    Wire::AuditRecord forged = *Wire::decodeStoredAuditRecord(log.stored[4]);
    forged.personal.actor = "somebody else";
    log.stored[4] = Wire::encode(forged);
    QVERIFY(errorOf(log.lines(), {}).starts_with("record 4: "));
}

void tst_AuditExport::record_changedWithItsHash_isFound()
{
    AuditLog log;
    log.grow(9);
    const std::string note = log.note();
    Wire::AuditRecord forged = *Wire::decodeStoredAuditRecord(log.stored[4]);
    forged.personal.actor = "somebody else";
    log.stored[4] = Wire::encode(forged);
    log.leaves[4] = Audit::leafHash(log.stored[4]);
    Lines lines = log.lines();
    lines.back() = Audit::noteLine(note);
    QVERIFY(errorOf(lines, {}).starts_with("the records do not give the root"));
}

void tst_AuditExport::record_dropped_isNamed()
{
    AuditLog log;
    log.grow(9);
    Lines lines = log.lines();
    lines.erase(lines.begin() + 5);
    QVERIFY(errorOf(lines, {}).starts_with("record 4: "));
}

void tst_AuditExport::record_droppedAndRenumbered_isNamed()
{
    AuditLog log;
    log.grow(9);
    log.stored.erase(log.stored.begin() + 4);
    QVERIFY(errorOf(log.lines(), {}).starts_with("record 4: "));
}

void tst_AuditExport::records_swapped_firstIsNamed()
{
    AuditLog log;
    log.grow(9);
    Lines lines = log.lines();
    std::swap(lines[3], lines[7]);
    QVERIFY(errorOf(lines, {}).starts_with("record 2: "));
    std::swap(log.stored[2], log.stored[6]);
    QVERIFY(errorOf(log.lines(), {}).starts_with("record 2: "));
}

void tst_AuditExport::record_added_isNamed()
{
    AuditLog log;
    log.grow(9);
    const std::string note = log.note();
    log.grow(1);
    Lines lines = log.lines();
    lines.back() = Audit::noteLine(note);
    QVERIFY(errorOf(lines, {}).starts_with("record 9: "));
}

void tst_AuditExport::tail_dropped_isNamed()
{
    AuditLog log;
    log.grow(9);
    const std::string note = log.note();
    log.stored.resize(6);
    Lines lines = log.lines();
    lines.back() = Audit::noteLine(note);
    QVERIFY(errorOf(lines, {}).starts_with("record 6: "));
    log.leaves.resize(6);
    lines = log.lines();
    lines.back() = Audit::noteLine(note);
    QVERIFY(errorOf(lines, {}).starts_with("record 6: "));
}

void tst_AuditExport::export_signedAgain_isFound()
{
    AuditLog log;
    log.grow(5);
    AuditLog forger('f');
    forger.grow(5);
    QCOMPARE(verifyLines(forger.lines(), {log.key(), {}}).error().code, Core::ErrorCode::Unauthenticated);
    // Without a key the export is whole in itself, so an older head tells.
    QVERIFY(verifyLines(forger.lines(), {}).has_value());
    QCOMPARE(verifyLines(forger.lines(), {{}, log.note()}).error().code, Core::ErrorCode::Unauthenticated);
    Lines lines = log.lines();
    lines.back() = forger.lines().back();
    QCOMPARE(verifyLines(lines, {log.key(), {}}).error().code, Core::ErrorCode::Unauthenticated);
}

void tst_AuditExport::export_ofAnotherTenantsNote_isFound()
{
    AuditLog log;
    log.grow(5);
    AuditLog other('s', 7, "other");
    other.grow(5);
    Lines lines = log.lines();
    lines.back() = other.lines().back();
    QVERIFY(!verifyLines(lines, {}));
    lines = log.lines();
    lines[3] = other.lines()[3];
    QVERIFY(errorOf(lines, {}).starts_with("record 2: "));
}

void tst_AuditExport::older_head_mustBePrefix()
{
    AuditLog log;
    log.grow(4);
    const std::string older = log.note();
    log.grow(9);
    QVERIFY(verifyLines(log.lines(), {log.key(), older}).has_value());
    QVERIFY(verifyLines(log.lines(), {log.key(), log.note()}).has_value());
    QVERIFY(verifyLines(log.lines(), {log.key(), AuditLog().note()}).has_value());
    AuditLog longer;
    longer.grow(14);
    QVERIFY(errorOf(log.lines(), {log.key(), longer.note()}).find("record 13 is the first that is missing") != std::string::npos);
    QVERIFY(!verifyLines(log.lines(), {log.key(), "no note"}));
    AuditLog other('s', 7, "other");
    other.grow(4);
    QVERIFY(errorOf(log.lines(), {log.key(), other.note()}).starts_with("the older head is of another log"));
}

void tst_AuditExport::older_headOfRewrittenLog_isFound()
{
    AuditLog log;
    log.grow(4);
    const std::string older = log.note();
    AuditLog rewritten;
    rewritten.grow(2);
    Wire::AuditRecord forged = rewritten.record();
    forged.personal.actor = "somebody else";
    rewritten.append(forged);
    rewritten.grow(6);
    QVERIFY(verifyLines(rewritten.lines(), {log.key(), {}}).has_value());
    QVERIFY(errorOf(rewritten.lines(), {log.key(), older}).starts_with("the log does not go on from the older head"));
}

void tst_AuditExport::restored_log_verifiesWithHeadsOfBothEpochs()
{
    AuditLog log;
    log.grow(4);
    const std::string before = log.note();
    log.grow(2);
    log.restore(8);
    const std::string after = log.note();
    log.grow(3);
    log.restore(9);
    log.grow(1);
    QCOMPARE(text(errorOf(log.lines(), {log.key(), before})), QStringLiteral("no error"));
    QCOMPARE(text(errorOf(log.lines(), {log.key(), after})), QStringLiteral("no error"));
}

void tst_AuditExport::restored_logFromAnotherTree_isNamed()
{
    AuditLog log;
    log.grow(4);
    Wire::AuditRecord next = log.record();
    next.action = "Log/Continue";
    next.continuation = {6, 7, 4, std::string(32, 'r')};
    log.append(next);
    QVERIFY(errorOf(log.lines(), {}).starts_with("record 4: "));
}

void tst_AuditExport::restored_logThatLostRecords_isToldByTheOldHead()
{
    AuditLog lost;
    lost.grow(6);
    AuditLog log;
    log.grow(4);
    log.restore(8);
    log.grow(9);
    QVERIFY(verifyLines(log.lines(), {log.key(), {}}).has_value());
    QVERIFY(errorOf(log.lines(), {log.key(), lost.note()}).find("record 4 is the first that is missing") != std::string::npos);
}

void tst_AuditExport::note_behindNote_isFound()
{
    AuditLog log;
    log.grow(2);
    Lines lines = log.lines();
    lines.push_back(lines.back());
    QVERIFY(!verifyLines(lines, {}));
}

QTEST_APPLESS_MAIN(tst_AuditExport)
#include "tst_auditexport.moc"
