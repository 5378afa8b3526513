// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/protobuf/protowriter.h"

#include <algorithm>
#include <limits>

namespace Satchel::Wire {

namespace {

void setDevice(const Core::DeviceId &device, std::string *out)
{
    out->assign(device.view());
}

struct ValueWriter {
    Pb::Value *out;

    void operator()(const Core::Value::List &list) const
    {
        Pb::ValueList *items = out->mutable_list_value();
        items->mutable_items()->Reserve(static_cast<int>(list.size()));
        for (const Core::Value &item : list) {
            write(item, items->add_items());
        }
    }
    void operator()(const Core::Value::Map &map) const
    {
        Pb::ValueMap *entries = out->mutable_map_value();
        entries->mutable_entries()->Reserve(static_cast<int>(map.size()));
        for (const Core::Value::MapEntry &entry : map) {
            Pb::ValueMapEntry *added = entries->add_entries();
            added->set_key(entry.key);
            write(entry.value, added->mutable_value());
        }
    }
};

struct OpWriter {
    Pb::Op *out;

    void operator()(const Core::PutOp &op) const { write(op.value, out->mutable_put()); }
    void operator()(const Core::RemoveOp &op) const
    {
        Pb::RemoveOp *remove = out->mutable_remove();
        for (const Core::CounterMark &mark : op.observed) {
            Pb::CounterMark *added = remove->add_observed();
            write(mark.dot, added->mutable_dot());
            added->set_sum(mark.sum);
        }
    }
    void operator()(const Core::IncrementOp &op) const { out->set_increment(op.delta); }
    void operator()(const Core::AddOp &op) const { write(op.element, out->mutable_add()); }
    void operator()(const Core::DiscardOp &op) const { write(op.element, out->mutable_discard()); }
};

void write(const Core::FieldState &in, Pb::FieldState *out)
{
    for (const Core::Sibling &sibling : in.siblings) {
        Pb::Sibling *added = out->add_siblings();
        Wire::write(sibling.dot, added->mutable_dot());
        added->set_stamp(sibling.stamp.packed);
        if (sibling.value) {
            Wire::write(*sibling.value, added->mutable_value());
        }
    }
    for (const Core::CounterEntry &entry : in.counter) {
        Pb::CounterEntry *added = out->add_counter();
        setDevice(entry.device, added->mutable_device());
        added->set_counter(entry.counter);
        added->set_sum(entry.sum);
        added->set_removed_counter(entry.removedCounter);
        added->set_removed_sum(entry.removedSum);
    }
    for (const Core::SetElement &element : in.elements) {
        Pb::SetElement *added = out->add_elements();
        Wire::write(element.element, added->mutable_element());
        for (const Core::Dot &dot : element.dots) {
            Wire::write(dot, added->add_dots());
        }
    }
}

Pb::Sensitivity protoOf(Core::Sensitivity sensitivity)
{
    switch (sensitivity) {
    case Core::Sensitivity::Public:
        return Pb::SENSITIVITY_PUBLIC;
    case Core::Sensitivity::Restricted:
        return Pb::SENSITIVITY_RESTRICTED;
    case Core::Sensitivity::Personal:
        break;
    }
    return Pb::SENSITIVITY_UNSPECIFIED;
}

}  // namespace

Pb::FieldKind protoOf(Core::FieldKind kind)
{
    return static_cast<Pb::FieldKind>(kind);
}

Pb::ConflictRule protoOf(Core::ConflictRule rule)
{
    return static_cast<Pb::ConflictRule>(rule);
}

std::uint64_t unsignedOf(std::chrono::milliseconds time)
{
    return static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0));
}

std::uint64_t unsignedSecondsOf(std::chrono::seconds time)
{
    constexpr std::int64_t longest = (std::int64_t{1} << 48U) - 1;
    return static_cast<std::uint64_t>(std::clamp<std::int64_t>(time.count(), 0, longest));
}

std::uint32_t unsigned32Of(std::uint64_t number)
{
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(number, std::numeric_limits<std::uint32_t>::max()));
}

void write(const Core::Value &in, Pb::Value *out)
{
    switch (in.type()) {
    case Core::Value::Type::Null:
        out->set_null_value(Pb::NULL_VALUE_UNSPECIFIED);
        break;
    case Core::Value::Type::Bool:
        out->set_bool_value(*in.as<bool>());
        break;
    case Core::Value::Type::Int:
        out->set_int_value(*in.as<std::int64_t>());
        break;
    case Core::Value::Type::Double:
        out->set_double_value(*in.as<double>());
        break;
    case Core::Value::Type::String:
        out->set_string_value(*in.as<std::string>());
        break;
    case Core::Value::Type::Bytes:
        out->set_bytes_value(in.as<Core::Bytes>()->data);
        break;
    case Core::Value::Type::Timestamp:
        out->set_timestamp_ms(in.as<Core::Timestamp>()->milliseconds);
        break;
    case Core::Value::Type::List:
        ValueWriter{out}(*in.as<Core::Value::List>());
        break;
    case Core::Value::Type::Map:
        ValueWriter{out}(*in.as<Core::Value::Map>());
        break;
    }
}

void write(const Core::Dot &in, Pb::Dot *out)
{
    setDevice(in.device, out->mutable_device());
    out->set_counter(in.counter);
}

void write(const Core::VersionVector &in, Pb::VersionVector *out)
{
    out->mutable_entries()->Reserve(static_cast<int>(in.size()));
    for (const Core::VersionVector::Entry &entry : in.entries()) {
        Pb::Dot *added = out->add_entries();
        setDevice(entry.device, added->mutable_device());
        added->set_counter(entry.counter);
    }
}

void write(const Core::Mutation &in, Pb::Mutation *out)
{
    write(in.dot, out->mutable_dot());
    out->set_stamp(in.stamp.packed);
    out->set_collection(in.document.collection);
    out->set_key(in.document.key);
    write(in.context, out->mutable_context());
    out->mutable_ops()->Reserve(static_cast<int>(in.ops.size()));
    for (const Core::Op &op : in.ops) {
        Pb::Op *added = out->add_ops();
        added->set_field(Core::fieldOf(op));
        std::visit(OpWriter{added}, op);
    }
    out->set_scope(static_cast<Pb::Scope>(in.scope));
    out->set_policy_version(in.policyVersion);
    if (in.expected) {
        Pb::Expectation *expected = out->mutable_expected();
        if (in.expected->lastWrite) {
            write(*in.expected->lastWrite, expected->mutable_last_write());
        }
    }
    if (in.origin) {
        write(in.origin->dot, out->mutable_origin()->mutable_dot());
        out->mutable_origin()->set_stamp(in.origin->stamp.packed);
    }
}

void write(const Core::Document &in, const std::vector<std::uint64_t> *fieldSeqs, Pb::DocumentState *out)
{
    write(in.context, out->mutable_context());
    if (in.lastWrite) {
        write(in.lastWrite->dot, out->mutable_last_write());
        out->set_last_write_stamp(in.lastWrite->stamp.packed);
    }
    out->mutable_fields()->Reserve(static_cast<int>(in.fields.size()));
    for (std::size_t i = 0; i < in.fields.size(); ++i) {
        Pb::FieldState *added = out->add_fields();
        added->set_name(in.fields[i].name);
        write(in.fields[i].state, added);
        if (fieldSeqs != nullptr && i < fieldSeqs->size()) {
            added->set_seq((*fieldSeqs)[i]);
        }
    }
}

void write(const Core::PolicySet &in, Pb::PolicySet *out)
{
    out->set_version(in.version());
    for (const auto &[collection, policy] : in.all()) {
        Pb::Policy *added = out->add_policies();
        added->set_collection(collection);
        added->set_version(policy.version);
        added->set_consistency(static_cast<Pb::Consistency>(policy.consistency));
        added->set_conflict(protoOf(policy.conflict));
        added->set_sensitivity(protoOf(policy.sensitivity));
        for (const auto &[field, kind] : policy.fieldKinds) {
            Pb::FieldKindEntry *entry = added->add_field_kinds();
            entry->set_field(field);
            entry->set_kind(protoOf(kind));
        }
    }
}

void write(const Core::Error &in, Pb::Error *out)
{
    out->set_code(static_cast<Pb::ErrorCode>(in.code));
    out->set_reason(static_cast<Pb::ErrorReason>(in.reason));
    out->set_message(in.detail);
    out->set_retry(static_cast<Pb::RetryHint>(in.retry));
    out->set_retry_after_ms(unsigned32Of(unsignedOf(in.retryAfter)));
}

}  // namespace Satchel::Wire
