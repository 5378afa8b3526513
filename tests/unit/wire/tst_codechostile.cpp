// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: nothing that arrives can crash a reader, cost it unbounded memory, or come in half-valid; the reason given is exact.
// Method: truncation at every byte of every kind of frame, and hostile messages built with the generated types, one a rule.
#include "support/framegenerators.h"

#include "wire/codec.h"

#include "satchel/v1/sync.pb.h"

#include <google/protobuf/stubs/logging.h>

#include <QtTest/QtTest>

#include <zstd.h>

using namespace Satchel;
namespace Pb = ::satchel::v1;

Q_DECLARE_METATYPE(Satchel::Core::ErrorReason)

namespace {

std::string inEnvelope(const std::string &plain)
{
    Pb::Envelope envelope;
    envelope.set_plain(plain);
    return envelope.SerializeAsString();
}

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

Core::Error clientError(const std::string &message, const Core::Limits &limits = {})
{
    const auto decoded = Wire::decodeClientFrame(message, limits);
    return decoded ? Core::Error{} : decoded.error();
}

Core::Error serverError(const Pb::ServerFrame &frame)
{
    const auto decoded = Wire::decodeServerFrame(inEnvelope(frame.SerializeAsString()), {});
    return decoded ? Core::Error{} : decoded.error();
}

/// A push of one valid mutation, for tests to spoil.
Pb::ClientFrame validPush()
{
    Pb::ClientFrame frame;
    Pb::Mutation *mutation = frame.mutable_push()->add_mutations();
    mutation->mutable_dot()->set_device(std::string(16, 'd'));
    mutation->mutable_dot()->set_counter(3);
    mutation->set_collection("notes");
    mutation->set_key("k");
    Pb::Op *op = mutation->add_ops();
    op->set_field("f");
    op->mutable_put()->set_int_value(1);
    return frame;
}

Pb::Mutation *mutationOf(Pb::ClientFrame &frame)
{
    return frame.mutable_push()->mutable_mutations(0);
}

Pb::Value *nestedList(Pb::Value *value, int depth)
{
    for (int i = 0; i < depth; ++i) {
        value = value->mutable_list_value()->add_items();
    }
    return value;
}

Pb::Value *nestedMap(Pb::Value *value, int depth)
{
    for (int i = 0; i < depth; ++i) {
        value = value->mutable_map_value()->add_entries()->mutable_value();
    }
    return value;
}

Pb::ServerFrame validChanges()
{
    Pb::ServerFrame frame;
    Pb::DocumentDelta *delta = frame.mutable_changes()->add_documents();
    delta->set_collection("notes");
    delta->set_key("k");
    Pb::FieldState *field = delta->mutable_state()->add_fields();
    field->set_name("f");
    Pb::Sibling *sibling = field->add_siblings();
    sibling->mutable_dot()->set_device(std::string(16, 'd'));
    sibling->mutable_dot()->set_counter(3);
    return frame;
}

Pb::FieldState *fieldOf(Pb::ServerFrame &frame)
{
    return frame.mutable_changes()->mutable_documents(0)->mutable_state()->mutable_fields(0);
}

}  // namespace

class tst_CodecHostile : public QObject {
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
    void push_spoiled_isRefused_data();
    void push_spoiled_isRefused();
    void changes_spoiled_isRefused_data();
    void changes_spoiled_isRefused();
    void serverFrame_unknownEnum_isRefused();
    void capabilities_unknown_areIgnored();
    void unknownFields_areIgnored();
    void error_unknownNumbers_areKept();
    void nesting_atLimit_isTaken_beyondIsRefused();
    void manyEmptyElements_areRefusedUnbuilt();
    void storedBlob_damaged_isDataLoss();
};

void tst_CodecHostile::message_truncatedAnywhere_isRefused()
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

void tst_CodecHostile::storedBlob_truncatedAnywhere_neverCrashes()
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

void tst_CodecHostile::message_bytesFlipped_neverCrashes()
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

void tst_CodecHostile::message_overFrameLimit_isRefusedUnread()
{
    Core::Limits limits;
    limits.frameBytesMax = 100;
    const std::string atLimit = Wire::encode(Wire::ClientFrame(Wire::Reauth{std::string(100 - 6, 't')}), Wire::Compression::None);
    QCOMPARE(atLimit.size(), std::size_t{100});
    QVERIFY(Wire::decodeClientFrame(atLimit, limits).has_value());
    QCOMPARE(clientError(std::string(101, '\xff'), limits).reason, Core::ErrorReason::LimitExceeded);
    QCOMPARE(clientError(std::string(101, '\xff'), limits).code, Core::ErrorCode::ResourceExhausted);
}

void tst_CodecHostile::envelope_withoutBody_isRefused()
{
    QCOMPARE(clientError("").reason, Core::ErrorReason::MalformedInput);
    QCOMPARE(clientError("\x1a\x01x").reason, Core::ErrorReason::MalformedInput);
    QCOMPARE(clientError("GET / HTTP/1.1\r\n").reason, Core::ErrorReason::MalformedInput);
}

void tst_CodecHostile::frame_ofUnknownKind_isUnexpected()
{
    QCOMPARE(clientError(inEnvelope("")).reason, Core::ErrorReason::UnexpectedFrame);
    QCOMPARE(clientError(inEnvelope(std::string("\xa2\x06\x01x", 4))).reason, Core::ErrorReason::UnexpectedFrame);
    QCOMPARE(serverError(Pb::ServerFrame()).reason, Core::ErrorReason::UnexpectedFrame);
}

void tst_CodecHostile::compressed_hostile_isRefused_data()
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

void tst_CodecHostile::compressed_hostile_isRefused()
{
    QFETCH(QByteArray, content);
    QFETCH(Core::ErrorReason, reason);
    QCOMPARE(clientError(inZstdEnvelope(content.toStdString())).reason, reason);
}

void tst_CodecHostile::push_spoiled_isRefused_data()
{
    // The library complains while these messages are built; the reader itself has to be silent.
    const google::protobuf::LogSilencer silencer;
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<Core::ErrorReason>("reason");
    const auto row = [](const char *name, Core::ErrorReason reason, auto spoil) {
        Pb::ClientFrame frame = validPush();
        spoil(*mutationOf(frame));
        std::string bytes;
        frame.SerializePartialToString(&bytes);
        QTest::newRow(name) << QByteArray::fromStdString(inEnvelope(bytes)) << reason;
    };
    using Reason = Core::ErrorReason;
    row("valid", Reason::None, [](Pb::Mutation &) {});
    row("no dot", Reason::MalformedInput, [](Pb::Mutation &m) { m.clear_dot(); });
    row("device of 15 bytes", Reason::MalformedInput, [](Pb::Mutation &m) { m.mutable_dot()->set_device(std::string(15, 'd')); });
    row("null device", Reason::MalformedInput, [](Pb::Mutation &m) { m.mutable_dot()->set_device(std::string(16, '\0')); });
    row("counter 0", Reason::MalformedInput, [](Pb::Mutation &m) { m.mutable_dot()->set_counter(0); });
    row("unknown scope", Reason::MalformedInput, [](Pb::Mutation &m) { m.set_scope(static_cast<Pb::Scope>(9)); });
    row("context covers itself", Reason::MalformedInput, [](Pb::Mutation &m) { *m.mutable_context()->add_entries() = m.dot(); });
    row("context names a device twice", Reason::MalformedInput, [](Pb::Mutation &m) {
        for (int i = 1; i <= 2; ++i) {
            Pb::Dot *dot = m.mutable_context()->add_entries();
            dot->set_device(std::string(16, 'e'));
            dot->set_counter(static_cast<std::uint64_t>(3 - i));
        }
    });
    row("context of zero counter", Reason::MalformedInput,
        [](Pb::Mutation &m) { m.mutable_context()->add_entries()->set_device(std::string(16, 'e')); });
    row("context of 1,025 devices", Reason::LimitExceeded, [](Pb::Mutation &m) {
        for (int i = 0; i < 1025; ++i) {
            Pb::Dot *dot = m.mutable_context()->add_entries();
            std::string device(16, 'e');
            device[0] = static_cast<char>(i >> 8);
            device[1] = static_cast<char>(i);
            dot->set_device(device);
            dot->set_counter(1);
        }
    });
    row("op without kind", Reason::MalformedInput, [](Pb::Mutation &m) { m.add_ops()->set_field("g"); });
    row("value without kind", Reason::MalformedInput, [](Pb::Mutation &m) { m.mutable_ops(0)->mutable_put()->clear_kind(); });
    row("duplicate map key", Reason::MalformedInput, [](Pb::Mutation &m) {
        for (int i = 0; i < 2; ++i) {
            Pb::ValueMapEntry *entry = m.mutable_ops(0)->mutable_put()->mutable_map_value()->add_entries();
            entry->set_key("same");
            entry->mutable_value()->set_bool_value(true);
        }
    });
    row("map entry without value", Reason::MalformedInput,
        [](Pb::Mutation &m) { m.mutable_ops(0)->mutable_put()->mutable_map_value()->add_entries()->set_key("k"); });
    row("removal names a dot twice", Reason::MalformedInput, [](Pb::Mutation &m) {
        for (int i = 0; i < 2; ++i) {
            *m.mutable_ops(0)->mutable_remove()->add_observed()->mutable_dot() = m.dot();
        }
    });
    row("zero origin", Reason::MalformedInput, [](Pb::Mutation &m) { m.mutable_origin(); });
    row("expectation of a zero dot", Reason::MalformedInput, [](Pb::Mutation &m) { m.mutable_expected()->mutable_last_write(); });
    for (const char *bad : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "abc\xe2\x82"}) {
        row(("key not UTF-8: " + QByteArray(bad).toHex()).constData(), Reason::InvalidUtf8, [bad](Pb::Mutation &m) { m.set_key(bad); });
        row(("value not UTF-8: " + QByteArray(bad).toHex()).constData(), Reason::InvalidUtf8,
            [bad](Pb::Mutation &m) { m.mutable_ops(0)->mutable_put()->set_string_value(bad); });
        row(("field not UTF-8: " + QByteArray(bad).toHex()).constData(), Reason::InvalidUtf8,
            [bad](Pb::Mutation &m) { m.mutable_ops(0)->set_field(bad); });
    }
}

void tst_CodecHostile::push_spoiled_isRefused()
{
    QFETCH(QByteArray, message);
    QFETCH(Core::ErrorReason, reason);
    QCOMPARE(clientError(message.toStdString()).reason, reason);
}

void tst_CodecHostile::changes_spoiled_isRefused_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<Core::ErrorReason>("reason");
    const auto row = [](const char *name, Core::ErrorReason reason, auto spoil) {
        Pb::ServerFrame frame = validChanges();
        spoil(frame);
        QTest::newRow(name) << QByteArray::fromStdString(inEnvelope(frame.SerializeAsString())) << reason;
    };
    using Reason = Core::ErrorReason;
    row("valid", Reason::None, [](Pb::ServerFrame &) {});
    row("backwards", Reason::MalformedInput, [](Pb::ServerFrame &f) { f.mutable_changes()->set_from(1); });
    row("collection of capitals", Reason::InvalidName,
        [](Pb::ServerFrame &f) { f.mutable_changes()->mutable_documents(0)->set_collection("Notes"); });
    row("no key", Reason::InvalidName, [](Pb::ServerFrame &f) { f.mutable_changes()->mutable_documents(0)->clear_key(); });
    row("field twice", Reason::MalformedInput,
        [](Pb::ServerFrame &f) { f.mutable_changes()->mutable_documents(0)->mutable_state()->add_fields()->set_name("f"); });
    row("sibling twice", Reason::MalformedInput, [](Pb::ServerFrame &f) { *fieldOf(f)->add_siblings() = fieldOf(f)->siblings(0); });
    row("counter entry of nothing", Reason::MalformedInput,
        [](Pb::ServerFrame &f) { fieldOf(f)->add_counter()->set_device(std::string(16, 'd')); });
    row("counter twice", Reason::MalformedInput, [](Pb::ServerFrame &f) {
        for (int i = 0; i < 2; ++i) {
            fieldOf(f)->add_counter()->set_device(std::string(16, 'd'));
            fieldOf(f)->mutable_counter(i)->set_counter(1);
        }
    });
    row("element without dot", Reason::MalformedInput,
        [](Pb::ServerFrame &f) { fieldOf(f)->add_elements()->mutable_element()->set_int_value(1); });
    row("element no scalar", Reason::MalformedInput, [](Pb::ServerFrame &f) {
        fieldOf(f)->add_elements()->mutable_element()->mutable_list_value();
        *fieldOf(f)->mutable_elements(0)->add_dots() = fieldOf(f)->siblings(0).dot();
    });
    row("element twice", Reason::MalformedInput, [](Pb::ServerFrame &f) {
        for (int i = 0; i < 2; ++i) {
            fieldOf(f)->add_elements()->mutable_element()->set_int_value(1);
            *fieldOf(f)->mutable_elements(i)->add_dots() = fieldOf(f)->siblings(0).dot();
        }
    });
}

void tst_CodecHostile::changes_spoiled_isRefused()
{
    QFETCH(QByteArray, message);
    QFETCH(Core::ErrorReason, reason);
    const auto decoded = Wire::decodeServerFrame(message.toStdString(), {});
    QCOMPARE(decoded ? Core::ErrorReason::None : decoded.error().reason, reason);
}

void tst_CodecHostile::serverFrame_unknownEnum_isRefused()
{
    Pb::ServerFrame notice;
    notice.mutable_notice()->set_kind(static_cast<Pb::NoticeKind>(99));
    QCOMPARE(serverError(notice).reason, Core::ErrorReason::MalformedInput);
    notice.mutable_notice()->set_kind(Pb::NOTICE_KIND_UNSPECIFIED);
    QCOMPARE(serverError(notice).reason, Core::ErrorReason::MalformedInput);

    Pb::ServerFrame welcome;
    welcome.mutable_welcome();
    QCOMPARE(serverError(welcome).reason, Core::ErrorReason::None);
    welcome.mutable_welcome()->set_resume(static_cast<Pb::Resume>(2));
    QCOMPARE(serverError(welcome).reason, Core::ErrorReason::MalformedInput);
    welcome.mutable_welcome()->set_resume(Pb::RESUME_SNAPSHOT);
    Pb::Policy *policy = welcome.mutable_welcome()->mutable_policies()->add_policies();
    policy->set_collection("notes");
    policy->set_conflict(static_cast<Pb::ConflictRule>(4));
    QCOMPARE(serverError(welcome).reason, Core::ErrorReason::MalformedInput);
    policy->set_conflict(Pb::CONFLICT_RULE_MANUAL);
    policy->set_consistency(static_cast<Pb::Consistency>(2));
    QCOMPARE(serverError(welcome).reason, Core::ErrorReason::MalformedInput);
    policy->set_consistency(Pb::CONSISTENCY_STRONG);
    policy->set_sensitivity(static_cast<Pb::Sensitivity>(3));
    QCOMPARE(serverError(welcome).reason, Core::ErrorReason::MalformedInput);
    policy->set_sensitivity(Pb::SENSITIVITY_PUBLIC);
    policy->add_field_kinds()->set_kind(static_cast<Pb::FieldKind>(3));
    QCOMPARE(serverError(welcome).reason, Core::ErrorReason::MalformedInput);
    policy->mutable_field_kinds(0)->set_kind(Pb::FIELD_KIND_SET);
    QCOMPARE(serverError(welcome).reason, Core::ErrorReason::None);
    *welcome.mutable_welcome()->mutable_policies()->add_policies() = *policy;
    QCOMPARE(serverError(welcome).reason, Core::ErrorReason::MalformedInput);
}

void tst_CodecHostile::capabilities_unknown_areIgnored()
{
    Pb::ClientFrame frame;
    frame.mutable_hello()->mutable_device()->set_id(std::string(16, 'd'));
    frame.mutable_hello()->add_capabilities(static_cast<Pb::Capability>(77));
    auto decoded = Wire::decodeClientFrame(inEnvelope(frame.SerializeAsString()), {});
    QVERIFY(decoded.has_value());
    QVERIFY(!std::get<Wire::Hello>(*decoded).canZstd);
    frame.mutable_hello()->add_capabilities(Pb::CAPABILITY_ZSTD);
    decoded = Wire::decodeClientFrame(inEnvelope(frame.SerializeAsString()), {});
    QVERIFY(std::get<Wire::Hello>(*decoded).canZstd);
}

void tst_CodecHostile::unknownFields_areIgnored()
{
    Pb::ClientFrame frame = validPush();
    const auto before = Wire::decodeClientFrame(inEnvelope(frame.SerializeAsString()), {});
    mutationOf(frame)->GetReflection()->MutableUnknownFields(mutationOf(frame))->AddLengthDelimited(1000, "\xff\xfe");
    const auto after = Wire::decodeClientFrame(inEnvelope(frame.SerializeAsString()), {});
    QVERIFY(after.has_value());
    QVERIFY(*after == *before);
}

void tst_CodecHostile::error_unknownNumbers_areKept()
{
    Pb::ServerFrame frame;
    frame.mutable_error()->set_code(99);
    frame.mutable_error()->set_reason(4242);
    frame.mutable_error()->set_retry(static_cast<Pb::RetryHint>(9));
    const auto decoded = Wire::decodeServerFrame(inEnvelope(frame.SerializeAsString()), {});
    QVERIFY(decoded.has_value());
    const Core::Error error = std::get<Wire::SessionError>(*decoded).error;
    QCOMPARE(error.code, Core::ErrorCode::Unknown);
    QCOMPARE(static_cast<int>(error.reason), 4242);
    QCOMPARE(error.retry, Core::Retry::Never);
}

void tst_CodecHostile::nesting_atLimit_isTaken_beyondIsRefused()
{
    for (const auto nest : {&nestedList, &nestedMap}) {
        for (const auto &[depth, reason] : {std::pair{32, Core::ErrorReason::None},
                                            {33, Core::ErrorReason::LimitExceeded},
                                            {60, Core::ErrorReason::LimitExceeded},
                                            {5000, Core::ErrorReason::LimitExceeded}}) {
            Pb::ClientFrame push = validPush();
            nest(mutationOf(push)->mutable_ops(0)->mutable_put(), depth)->set_bool_value(true);
            QCOMPARE(clientError(inEnvelope(push.SerializeAsString())).reason, reason);
            // The deepest place a value has: inside a poll's answer.
            Pb::SyncResponse response;
            *response.add_frames() = validChanges();
            nest(fieldOf(*response.mutable_frames(0))->mutable_siblings(0)->mutable_value(), depth)->set_bool_value(true);
            const auto decoded = Wire::decodeSyncResponse(inEnvelope(response.SerializeAsString()), {});
            QCOMPARE(decoded ? Core::ErrorReason::None : decoded.error().reason, reason);
        }
    }
}

void tst_CodecHostile::manyEmptyElements_areRefusedUnbuilt()
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

void tst_CodecHostile::storedBlob_damaged_isDataLoss()
{
    for (const Core::Error &error :
         {Wire::decodeStoredMutation("\xff").error(), Wire::decodeStoredDocument("\xff").error(),
          Wire::decodeStoredPolicies("\xff").error(), Wire::decodeStoredTracked("\xff").error(), Wire::decodeStoredMutation("").error()}) {
        QCOMPARE(error.code, Core::ErrorCode::DataLoss);
        QCOMPARE(error.reason, Core::ErrorReason::StoreDamaged);
    }
}

QTEST_GUILESS_MAIN(tst_CodecHostile)
#include "tst_codechostile.moc"
