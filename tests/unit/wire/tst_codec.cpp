// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: whatever one side can say, the other reads back unchanged, compressed or not, and what a store keeps likewise.
// Method: generated frames and blobs of every kind through encode and decode; equality of the domain values and of the bytes of a second
// encoding.
#include "support/framegenerators.h"

#include "core/limits.h"
#include "wire/codec.h"

#include <QDir>
#include <QFile>
#include <QtTest/QtTest>

#include <array>
#include <chrono>
#include <set>

using namespace Satchel;

namespace {

Core::Limits wide()
{
    Core::Limits limits;
    limits.frameBytesMax = 64 * 1024 * 1024;
    limits.decompressedFrameBytesMax = 64 * 1024 * 1024;
    return limits;
}

Wire::Push bulkPush(int count)
{
    Wire::Push push;
    Core::DeviceId device;
    device.bytes.fill(7);
    for (int i = 0; i < count; ++i) {
        Core::Mutation mutation;
        mutation.dot = {device, static_cast<std::uint64_t>(i) + 1};
        mutation.stamp = Core::Hlc{(std::uint64_t{1'700'000'000'000} << 16U) + static_cast<std::uint64_t>(i)};
        mutation.document = {"settings", "document-" + std::to_string(i)};
        if (i > 0) {
            mutation.context.add({device, static_cast<std::uint64_t>(i)});
        }
        mutation.ops.emplace_back(Core::PutOp{"value", Core::Value(std::string(200, static_cast<char>('a' + i % 26)))});
        push.mutations.push_back(std::move(mutation));
    }
    return push;
}

}  // namespace

class tst_Codec : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void clientFrame_anyKind_roundTrips_data();
    void clientFrame_anyKind_roundTrips();
    void serverFrame_anyKind_roundTrips_data();
    void serverFrame_anyKind_roundTrips();
    void fuzzSeeds_areOfEveryKind();
    void syncBodies_anyFrames_roundTrip();
    void storedBlobs_any_roundTrip();
    void trackedDocument_unsortedBytes_keepsSeqsWithTheirFields();
    void encodedSize_anyMutation_isItsShareOfAPush();
    void compression_bulkPush_isSmallerAndEqual();
    void compression_smallFrame_isLeftPlain();
    void speed_bulkPush_isPrinted();
};

void tst_Codec::clientFrame_anyKind_roundTrips_data()
{
    QTest::addColumn<int>("kind");
    constexpr std::array names{"hello", "push", "ack", "reauth", "recover", "probe"};
    static_assert(names.size() == std::variant_size_v<Wire::ClientFrame>);
    for (std::size_t i = 0; i < names.size(); ++i) {
        QTest::newRow(names[i]) << int(i);
    }
}

void tst_Codec::clientFrame_anyKind_roundTrips()
{
    QFETCH(int, kind);
    QVERIFY(rc::check([kind] {
        const Wire::ClientFrame frame = *Gen::clientFrame(static_cast<std::size_t>(kind));
        for (const Wire::Compression compression : {Wire::Compression::None, Wire::Compression::Zstd}) {
            const auto decoded = Wire::decodeClientFrame(Wire::encode(frame, compression), wide());
            RC_ASSERT(decoded.has_value());
            RC_ASSERT(*decoded == frame);
        }
    }));
}

void tst_Codec::serverFrame_anyKind_roundTrips_data()
{
    QTest::addColumn<int>("kind");
    constexpr std::array names{"welcome", "pushed", "changes", "notice", "error", "recovered", "reauthed", "probed"};
    static_assert(names.size() == std::variant_size_v<Wire::ServerFrame>);
    for (std::size_t i = 0; i < names.size(); ++i) {
        QTest::newRow(names[i]) << int(i);
    }
}

void tst_Codec::serverFrame_anyKind_roundTrips()
{
    QFETCH(int, kind);
    QVERIFY(rc::check([kind] {
        const Wire::ServerFrame frame = *Gen::serverFrame(static_cast<std::size_t>(kind));
        for (const Wire::Compression compression : {Wire::Compression::None, Wire::Compression::Zstd}) {
            const auto decoded = Wire::decodeServerFrame(Wire::encode(frame, compression), wide());
            RC_ASSERT(decoded.has_value());
            RC_ASSERT(*decoded == frame);
        }
    }));
}

void tst_Codec::fuzzSeeds_areOfEveryKind()
{
    const auto kindsIn = [](const QString &fuzzer, auto decode) {
        std::set<std::size_t> kinds;
        const QDir folder(QStringLiteral(SATCHEL_SOURCE_DIR "/tests/fuzz/corpus/") + fuzzer);
        for (const QString &name : folder.entryList({QStringLiteral("message-*")}, QDir::Files)) {
            QFile file(folder.filePath(name));
            const auto frame = file.open(QIODevice::ReadOnly) ? decode(file.readAll().toStdString(), wide()) : decode("", wide());
            if (frame) {
                kinds.insert(frame->index());
            }
        }
        return kinds.size();
    };
    QCOMPARE(kindsIn(QStringLiteral("clientframe"), Wire::decodeClientFrame), std::variant_size_v<Wire::ClientFrame>);
    QCOMPARE(kindsIn(QStringLiteral("serverframe"), Wire::decodeServerFrame), std::variant_size_v<Wire::ServerFrame>);
}

void tst_Codec::syncBodies_anyFrames_roundTrip()
{
    QVERIFY(rc::check([] {
        const Wire::SyncRequest request{*Gen::text(),
                                        *rc::gen::resize(4, rc::gen::container<std::vector<Wire::ClientFrame>>(Gen::anyClientFrame())),
                                        *Gen::shortTime()};
        const auto readRequest = Wire::decodeSyncRequest(Wire::encode(request, Wire::Compression::Zstd), wide());
        RC_ASSERT(readRequest.has_value());
        RC_ASSERT(*readRequest == request);
        const Wire::SyncResponse response{*rc::gen::resize(4, rc::gen::container<std::vector<Wire::ServerFrame>>(Gen::anyServerFrame()))};
        const auto readResponse = Wire::decodeSyncResponse(Wire::encode(response, Wire::Compression::Zstd), wide());
        RC_ASSERT(readResponse.has_value());
        RC_ASSERT(*readResponse == response);
    }));
}

void tst_Codec::storedBlobs_any_roundTrip()
{
    QVERIFY(rc::check([] {
        const Core::Mutation mutation = *Gen::mutation();
        RC_ASSERT(Wire::decodeStoredMutation(Wire::encode(mutation)) == mutation);
        const Core::Document document = *Gen::document();
        RC_ASSERT(Wire::decodeStoredDocument(Wire::encode(document)) == document);
        const Core::PolicySet policies = *Gen::policySet();
        RC_ASSERT(Wire::decodeStoredPolicies(Wire::encode(policies)) == policies);
        Wire::TrackedDocument tracked{document, {}};
        for (std::size_t i = 0; i < document.fields.size(); ++i) {
            tracked.fieldSeqs.push_back(*Gen::number<std::uint64_t>());
        }
        RC_ASSERT(Wire::decodeStoredTracked(Wire::encode(tracked)) == tracked);
        // The seqs are the server's own: without them the same bytes are a document.
        RC_ASSERT(Wire::decodeStoredDocument(Wire::encode(tracked)) == document);
    }));
}

void tst_Codec::trackedDocument_unsortedBytes_keepsSeqsWithTheirFields()
{
    Wire::TrackedDocument b{{}, {22}};
    b.document.fields.push_back({"b", {}});
    Wire::TrackedDocument a{{}, {11}};
    a.document.fields.push_back({"a", {}});
    // Serialized messages that follow each other merge: this is one document with field b before a.
    const auto decoded = Wire::decodeStoredTracked(Wire::encode(b) + Wire::encode(a));
    QVERIFY(decoded.has_value());
    QCOMPARE(decoded->document.fields.size(), std::size_t{2});
    QCOMPARE(decoded->document.fields[0].name, std::string("a"));
    QCOMPARE(decoded->fieldSeqs, (std::vector<std::uint64_t>{11, 22}));
}

void tst_Codec::encodedSize_anyMutation_isItsShareOfAPush()
{
    QVERIFY(rc::check([] {
        Wire::Push push{1, {}};
        const Core::Mutation mutation = *Gen::mutation();
        push.mutations = std::vector<Core::Mutation>(100, mutation);
        const std::size_t size = Wire::encode(Wire::ClientFrame(push), Wire::Compression::None).size();
        const std::size_t share = 100 * Wire::encodedSize(mutation);
        RC_ASSERT(size >= share);
        RC_ASSERT(size <= share + 32);
    }));
}

void tst_Codec::compression_bulkPush_isSmallerAndEqual()
{
    const Wire::ClientFrame frame = bulkPush(1000);
    const std::string plain = Wire::encode(frame, Wire::Compression::None);
    const std::string packed = Wire::encode(frame, Wire::Compression::Zstd);
    QVERIFY(packed.size() < plain.size() / 4);
    const auto decoded = Wire::decodeClientFrame(packed, Core::Limits{});
    QVERIFY(decoded.has_value());
    QVERIFY(*decoded == frame);
}

void tst_Codec::compression_smallFrame_isLeftPlain()
{
    const Wire::ClientFrame frame = bulkPush(3);
    QCOMPARE(Wire::encode(frame, Wire::Compression::Zstd), Wire::encode(frame, Wire::Compression::None));
}

void tst_Codec::speed_bulkPush_isPrinted()
{
    // No limit is asserted: machines differ. The number is for people who change the codec.
    const Wire::ClientFrame frame = bulkPush(1000);
    constexpr int rounds = 100;
    std::string message;
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < rounds; ++i) {
        message = Wire::encode(frame, Wire::Compression::None);
    }
    const qint64 encodeNs = timer.nsecsElapsed();
    timer.restart();
    std::size_t mutations = 0;
    for (int i = 0; i < rounds; ++i) {
        mutations += std::get<Wire::Push>(*Wire::decodeClientFrame(message, Core::Limits{})).mutations.size();
    }
    const qint64 decodeNs = timer.nsecsElapsed();
    QCOMPARE(mutations, std::size_t{1000} * rounds);
    qInfo("encode %.0f mutations/s, decode %.0f mutations/s, %zu bytes each", double(mutations) * 1e9 / double(encodeNs),
          double(mutations) * 1e9 / double(decodeNs), message.size() / 1000);
}

QTEST_GUILESS_MAIN(tst_Codec)
#include "tst_codec.moc"
