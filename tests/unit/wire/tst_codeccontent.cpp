// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: nothing that arrives comes in half-valid; the reason given is exact, and what a newer peer adds is passed over.
// Method: valid messages of the generated types, each spoiled in one way.
#include "unit/wire/hostileframes.h"

#include <google/protobuf/stubs/logging.h>

#include <QtTest/QtTest>

using namespace Satchel;
using namespace Satchel::Test;

class TestCodecContent : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void errorEnums_ofProtoAndCore_areTheSame();
    void push_spoiled_isRefused_data();
    void push_spoiled_isRefused();
    void changes_spoiled_isRefused_data();
    void changes_spoiled_isRefused();
    void serverFrame_unknownEnum_isRefused();
    void capabilities_unknown_areIgnored();
    void unknownFields_areIgnored();
    void error_unknownNumbers_areKept();
    void nesting_atLimit_isTaken_beyondIsRefused();
};

void TestCodecContent::push_spoiled_isRefused_data()
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

void TestCodecContent::push_spoiled_isRefused()
{
    QFETCH(QByteArray, message);
    QFETCH(Core::ErrorReason, reason);
    QCOMPARE(clientError(message.toStdString()).reason, reason);
}

void TestCodecContent::changes_spoiled_isRefused_data()
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

void TestCodecContent::changes_spoiled_isRefused()
{
    QFETCH(QByteArray, message);
    QFETCH(Core::ErrorReason, reason);
    const auto decoded = Wire::decodeServerFrame(message.toStdString(), {});
    QCOMPARE(decoded ? Core::ErrorReason::None : decoded.error().reason, reason);
}

void TestCodecContent::serverFrame_unknownEnum_isRefused()
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

void TestCodecContent::capabilities_unknown_areIgnored()
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

void TestCodecContent::unknownFields_areIgnored()
{
    Pb::ClientFrame frame = validPush();
    const auto before = Wire::decodeClientFrame(inEnvelope(frame.SerializeAsString()), {});
    mutationOf(frame)->GetReflection()->MutableUnknownFields(mutationOf(frame))->AddLengthDelimited(1000, "\xff\xfe");
    const auto after = Wire::decodeClientFrame(inEnvelope(frame.SerializeAsString()), {});
    QVERIFY(after.has_value());
    QVERIFY(*after == *before);
}

void TestCodecContent::error_unknownNumbers_areKept()
{
    Pb::ServerFrame frame;
    frame.mutable_error()->set_code(static_cast<Pb::ErrorCode>(99));
    frame.mutable_error()->set_reason(static_cast<Pb::ErrorReason>(4242));
    frame.mutable_error()->set_retry(static_cast<Pb::RetryHint>(9));
    const auto decoded = Wire::decodeServerFrame(inEnvelope(frame.SerializeAsString()), {});
    QVERIFY(decoded.has_value());
    const Core::Error error = std::get<Wire::SessionError>(*decoded).error;
    QCOMPARE(error.code, Core::ErrorCode::Unknown);
    QCOMPARE(static_cast<int>(error.reason), 4242);
    QCOMPARE(error.retry, Core::Retry::Never);
}

void TestCodecContent::nesting_atLimit_isTaken_beyondIsRefused()
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

void TestCodecContent::errorEnums_ofProtoAndCore_areTheSame()
{
    const auto upper = [](std::string_view name) { return QByteArray::fromStdString(std::string(name)).toUpper().toStdString(); };
    const auto *codes = Pb::ErrorCode_descriptor();
    for (int i = 1; i < codes->value_count(); ++i) {
        QCOMPARE(codes->value(i)->name(), "ERROR_CODE_" + upper(Core::codeName(static_cast<Core::ErrorCode>(codes->value(i)->number()))));
    }
    const auto *reasons = Pb::ErrorReason_descriptor();
    for (int i = 1; i < reasons->value_count(); ++i) {
        QCOMPARE(reasons->value(i)->name(),
                 "ERROR_REASON_" + upper(Core::reasonName(static_cast<Core::ErrorReason>(reasons->value(i)->number()))));
    }
    // And core has none that proto lacks: past the last, names fall back to the first.
    QCOMPARE(Core::codeName(static_cast<Core::ErrorCode>(codes->value_count())), Core::codeName(static_cast<Core::ErrorCode>(0)));
    QCOMPARE(Core::reasonName(static_cast<Core::ErrorReason>(reasons->value_count())), Core::reasonName(Core::ErrorReason::None));
}

QTEST_GUILESS_MAIN(TestCodecContent)
#include "tst_codeccontent.moc"
