// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: no bytes that arrive can crash a reader or cost it unbounded memory.
// Method: truncation at every byte of every kind of frame, flipped bytes, and hostile envelopes and compressed parts.
#include "support/framegenerators.h"
#include "unit/wire/hostileframes.h"

#include <QtTest/QtTest>

#include <zstd.h>

using namespace Satchel;
using namespace Satchel::Test;

namespace {

std::string inZstdEnvelope(const std::string &content)
{
    Pb::Envelope envelope;
    envelope.set_zstd(content);
    return envelope.SerializeAsString();
}

std::string zstd(const std::string &plain)
{
    std::string out(ZSTD_compressBound(plain.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), plain.data(), plain.size(), 3));
    return out;
}

}  // namespace

class TestCodecHostile : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void message_truncatedAnywhere_isRefused();
    void storedBlob_truncatedAnywhere_neverCrashes();
    void message_bytesFlipped_neverCrashes();
    void message_overFrameLimit_isRefusedUnread();
    void envelope_withoutBody_isRefused();
    void frame_ofUnknownKind_isUnexpected();
    void compressed_hostile_isRefused_data();
    void compressed_hostile_isRefused();
    void manyEmptyElements_areRefusedUnbuilt();
    void storedBlob_damaged_isDataLoss();
};

void TestCodecHostile::message_truncatedAnywhere_isRefused()
{
    QVERIFY(rc::check([] {
        const std::string client = Wire::encode(*Gen::anyClientFrame(), Wire::Compression::None);
        for (std::size_t size = 0; size < client.size(); ++size) {
            RC_ASSERT(!Wire::decodeClientFrame(std::string_view(client).substr(0, size), {}).has_value());
        }
        const std::string server = Wire::encode(*Gen::anyServerFrame(), Wire::Compression::None);
        for (std::size_t size = 0; size < server.size(); ++size) {
            RC_ASSERT(!Wire::decodeServerFrame(std::string_view(server).substr(0, size), {}).has_value());
        }
    }));
    QVERIFY(rc::check([] {
        // Inside the envelope too: a cut frame is never another whole one.
        Pb::Envelope envelope;
        RC_ASSERT(envelope.ParseFromString(Wire::encode(*Gen::anyClientFrame(), Wire::Compression::None)));
        for (std::size_t size = 0; size < envelope.plain().size(); ++size) {
            RC_ASSERT(!Wire::decodeClientFrame(inEnvelope(envelope.plain().substr(0, size)), {}).has_value());
        }
        RC_ASSERT(envelope.ParseFromString(Wire::encode(*Gen::anyServerFrame(), Wire::Compression::None)));
        for (std::size_t size = 0; size < envelope.plain().size(); ++size) {
            RC_ASSERT(!Wire::decodeServerFrame(inEnvelope(envelope.plain().substr(0, size)), {}).has_value());
        }
    }));
}

void TestCodecHostile::storedBlob_truncatedAnywhere_neverCrashes()
{
    QVERIFY(rc::check([] {
        const std::string bytes = Wire::encode(*Gen::mutation());
        const std::string documentBytes = Wire::encode(*Gen::document());
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            // Bytes cut between two members are valid protobuf; what is read then must at least be sound.
            if (const auto decoded = Wire::decodeStoredMutation(std::string_view(bytes).substr(0, size))) {
                RC_ASSERT(Wire::decodeStoredMutation(Wire::encode(*decoded)) == *decoded);
            }
        }
        for (std::size_t size = 0; size < documentBytes.size(); ++size) {
            if (const auto decoded = Wire::decodeStoredDocument(std::string_view(documentBytes).substr(0, size))) {
                RC_ASSERT(Wire::decodeStoredDocument(Wire::encode(*decoded)) == *decoded);
            }
        }
    }));
}

void TestCodecHostile::message_bytesFlipped_neverCrashes()
{
    QVERIFY(rc::check([] {
        std::string message = Wire::encode(*Gen::anyClientFrame(), Wire::Compression::None);
        for (int i = 0; i < 20; ++i) {
            const auto at = *rc::gen::inRange<std::size_t>(0, message.size());
            message[at] = static_cast<char>(*rc::gen::inRange(0, 256));
            if (const auto decoded = Wire::decodeClientFrame(message, {})) {
                RC_ASSERT(Wire::decodeClientFrame(Wire::encode(*decoded, Wire::Compression::None), {}) == *decoded);
            }
        }
    }));
}

void TestCodecHostile::message_overFrameLimit_isRefusedUnread()
{
    Core::Limits limits;
    limits.frameBytesMax = 100;
    const std::string atLimit = Wire::encode(Wire::ClientFrame(Wire::Reauth{std::string(100 - 6, 't')}), Wire::Compression::None);
    QCOMPARE(atLimit.size(), std::size_t{100});
    QVERIFY(Wire::decodeClientFrame(atLimit, limits).has_value());
    QCOMPARE(clientError(std::string(101, '\xff'), limits).reason, Core::ErrorReason::LimitExceeded);
    QCOMPARE(clientError(std::string(101, '\xff'), limits).code, Core::ErrorCode::ResourceExhausted);
}

void TestCodecHostile::envelope_withoutBody_isRefused()
{
    QCOMPARE(clientError("").reason, Core::ErrorReason::MalformedInput);
    QCOMPARE(clientError("\x1a\x01x").reason, Core::ErrorReason::MalformedInput);
    QCOMPARE(clientError("GET / HTTP/1.1\r\n").reason, Core::ErrorReason::MalformedInput);
}

void TestCodecHostile::frame_ofUnknownKind_isUnexpected()
{
    QCOMPARE(clientError(inEnvelope("")).reason, Core::ErrorReason::UnexpectedFrame);
    QCOMPARE(clientError(inEnvelope(std::string("\xa2\x06\x01x", 4))).reason, Core::ErrorReason::UnexpectedFrame);
    QCOMPARE(serverError(Pb::ServerFrame()).reason, Core::ErrorReason::UnexpectedFrame);
}

void TestCodecHostile::compressed_hostile_isRefused_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<Core::ErrorReason>("reason");
    const auto row = [](const char *name, const std::string &content, Core::ErrorReason reason) {
        QTest::newRow(name) << QByteArray::fromStdString(content) << reason;
    };
    const std::string good = zstd(validPush().SerializeAsString());
    row("good", good, Core::ErrorReason::None);
    row("bomb: 9 MiB of zeros", zstd(std::string(9 * 1024 * 1024, '\0')), Core::ErrorReason::LimitExceeded);
    row("empty", "", Core::ErrorReason::MalformedInput);
    row("not zstd", "hello, world", Core::ErrorReason::MalformedInput);
    row("trailing byte", good + "x", Core::ErrorReason::MalformedInput);
    row("two frames", good + good, Core::ErrorReason::MalformedInput);
    row("truncated", good.substr(0, good.size() - 1), Core::ErrorReason::MalformedInput);
    ZSTD_CCtx *context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
    std::string unsized(256, '\0');
    const std::string plain = validPush().SerializeAsString();
    unsized.resize(ZSTD_compress2(context, unsized.data(), unsized.size(), plain.data(), plain.size()));
    ZSTD_freeCCtx(context);
    row("size not stated", unsized, Core::ErrorReason::MalformedInput);
    // Byte 5 is the stated content size of a small single-segment frame; a lie is found when the content ends early or late.
    std::string lying = zstd(std::string(50, 'a'));
    lying[5] = 51;
    row("size a lie", lying, Core::ErrorReason::MalformedInput);
}

void TestCodecHostile::compressed_hostile_isRefused()
{
    QFETCH(QByteArray, content);
    QFETCH(Core::ErrorReason, reason);
    QCOMPARE(clientError(inZstdEnvelope(content.toStdString())).reason, reason);
}

void TestCodecHostile::manyEmptyElements_areRefusedUnbuilt()
{
    // 1,001 empty mutations, 10,001 empty documents, 65 frames: two bytes each on the wire.
    const auto repeated = [](int field, int count) {
        std::string out;
        for (int i = 0; i < count; ++i) {
            out += static_cast<char>(field << 3 | 2);
            out += '\0';
        }
        return out;
    };
    const auto framed = [](int field, const std::string &content) {
        Pb::Envelope prefix;
        prefix.set_plain(content);
        std::string out = prefix.SerializeAsString();
        out[0] = static_cast<char>(field << 3 | 2);
        return out;
    };
    QCOMPARE(clientError(inEnvelope(framed(2, repeated(2, 1001)))).reason, Core::ErrorReason::LimitExceeded);
    QCOMPARE(clientError(inEnvelope(framed(2, repeated(2, 1000)))).reason, Core::ErrorReason::MalformedInput);
    QCOMPARE(clientError(inEnvelope(framed(5, repeated(2, 10'001)))).reason, Core::ErrorReason::LimitExceeded);
    const auto request = Wire::decodeSyncRequest(inEnvelope(repeated(2, 65)), {});
    QVERIFY(!request.has_value());
    QCOMPARE(request.error().reason, Core::ErrorReason::LimitExceeded);
    const auto nested = Wire::decodeSyncRequest(inEnvelope(framed(2, framed(2, repeated(2, 1001)))), {});
    QVERIFY(!nested.has_value());
    QCOMPARE(nested.error().reason, Core::ErrorReason::LimitExceeded);
}

void TestCodecHostile::storedBlob_damaged_isDataLoss()
{
    for (const Core::Error &error :
         {Wire::decodeStoredMutation("\xff").error(), Wire::decodeStoredDocument("\xff").error(),
          Wire::decodeStoredPolicies("\xff").error(), Wire::decodeStoredTracked("\xff").error(), Wire::decodeStoredMutation("").error()}) {
        QCOMPARE(error.code, Core::ErrorCode::DataLoss);
        QCOMPARE(error.reason, Core::ErrorReason::StoreDamaged);
    }
}

QTEST_GUILESS_MAIN(TestCodecHostile)
#include "tst_codechostile.moc"
