// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/protobuf/protoreader.h"

#include <algorithm>
#include <limits>

namespace Satchel::Wire {

namespace {

using Check = ProtoReader::Check;

/// Sorts what a writer should have sorted; malformed where two are equal.
template <typename Item, typename KeyOf>
Check sortUnique(std::vector<Item> &items, KeyOf keyOf, std::string_view what)
{
    const auto isLess = [&](const Item &a, const Item &b) { return keyOf(a) < keyOf(b); };
    if (!std::is_sorted(items.begin(), items.end(), isLess)) {
        std::sort(items.begin(), items.end(), isLess);
    }
    for (std::size_t i = 1; i < items.size(); ++i) {
        if (!isLess(items[i - 1], items[i])) {
            return malformed(what);
        }
    }
    return {};
}

Check readEnum(Pb::Consistency in, Core::Consistency &out)
{
    if (!Pb::Consistency_IsValid(in)) {
        return malformed("unknown consistency");
    }
    out = static_cast<Core::Consistency>(in);
    return {};
}

Check readEnum(Pb::Sensitivity in, Core::Sensitivity &out)
{
    switch (in) {
    case Pb::SENSITIVITY_UNSPECIFIED:
        out = Core::Sensitivity::Personal;
        return {};
    case Pb::SENSITIVITY_PUBLIC:
        out = Core::Sensitivity::Public;
        return {};
    case Pb::SENSITIVITY_RESTRICTED:
        out = Core::Sensitivity::Restricted;
        return {};
    default:
        return malformed("unknown sensitivity");
    }
}

}  // namespace

Check ProtoReader::read(Pb::RemoveOp &in, Core::RemoveOp &out) const
{
    out.observed.reserve(static_cast<std::size_t>(in.observed_size()));
    for (const Pb::CounterMark &mark : in.observed()) {
        Core::CounterMark &added = out.observed.emplace_back();
        added.sum = mark.sum();
        if (Check check = read(mark.dot(), added.dot); !check) {
            return check;
        }
    }
    return sortUnique(
        out.observed, [](const Core::CounterMark &mark) -> const Core::Dot & { return mark.dot; }, "a removal names a dot twice");
}

Check ProtoReader::read(Pb::Op &in, Core::Op &out) const
{
    std::string field = std::move(*in.mutable_field());
    switch (in.kind_case()) {
    case Pb::Op::kPut:
        return read(*in.mutable_put(), out.emplace<Core::PutOp>(Core::PutOp{std::move(field), {}}).value);
    case Pb::Op::kRemove:
        return read(*in.mutable_remove(), out.emplace<Core::RemoveOp>(Core::RemoveOp{std::move(field), {}}));
    case Pb::Op::kIncrement:
        out = Core::IncrementOp{std::move(field), in.increment()};
        return {};
    case Pb::Op::kAdd:
        return read(*in.mutable_add(), out.emplace<Core::AddOp>(Core::AddOp{std::move(field), {}}).element);
    case Pb::Op::kDiscard:
        return read(*in.mutable_discard(), out.emplace<Core::DiscardOp>(Core::DiscardOp{std::move(field), {}}).element);
    case Pb::Op::KIND_NOT_SET:
        break;
    }
    return malformed("an op has no kind, or one that this version does not know");
}

Check ProtoReader::read(Pb::Mutation &in, Core::Mutation &out) const
{
    if (Check check = read(in.dot(), out.dot); !check) {
        return check;
    }
    out.stamp.packed = in.stamp();
    out.document.collection = std::move(*in.mutable_collection());
    out.document.key = std::move(*in.mutable_key());
    if (Check check = read(in.context(), out.context); !check) {
        return check;
    }
    if (out.context.covers(out.dot)) {
        return malformed("a mutation's context covers the mutation itself");
    }
    if (Check check = readAll(*in.mutable_ops(), out.ops); !check) {
        return check;
    }
    if (!Pb::Scope_IsValid(in.scope())) {
        return malformed("unknown scope");
    }
    out.scope = static_cast<Core::Scope>(in.scope());
    out.policyVersion = in.policy_version();
    if (in.has_expected()) {
        out.expected.emplace();
        if (in.expected().has_last_write()) {
            if (Check check = read(in.expected().last_write(), out.expected->lastWrite.emplace()); !check) {
                return check;
            }
        }
    }
    if (in.has_origin()) {
        out.origin.emplace();
        out.origin->stamp.packed = in.origin().stamp();
        return read(in.origin().dot(), out.origin->dot);
    }
    return {};
}

Check ProtoReader::read(Pb::Sibling &in, Core::Sibling &out) const
{
    out.stamp.packed = in.stamp();
    if (in.has_value()) {
        if (Check check = read(*in.mutable_value(), out.value.emplace()); !check) {
            return check;
        }
    }
    return read(in.dot(), out.dot);
}

Check ProtoReader::read(const Pb::CounterEntry &in, Core::CounterEntry &out) const
{
    out.counter = in.counter();
    out.sum = in.sum();
    out.removedCounter = in.removed_counter();
    out.removedSum = in.removed_sum();
    if (out.counter == 0 && out.removedCounter == 0) {
        return malformed("a counter entry names no increment");
    }
    return readDevice(in.device(), out.device);
}

Check ProtoReader::read(Pb::SetElement &in, Core::SetElement &out) const
{
    if (Check check = read(*in.mutable_element(), out.element); !check) {
        return check;
    }
    if (!out.element.isScalar()) {
        return malformed("an element of a set is no scalar");
    }
    if (in.dots_size() == 0) {
        return malformed("an element of a set has no dot");
    }
    if (Check check = readAll(*in.mutable_dots(), out.dots); !check) {
        return check;
    }
    return sortUnique(out.dots, [](const Core::Dot &dot) -> const Core::Dot & { return dot; }, "an element of a set names a dot twice");
}

Check ProtoReader::read(Pb::FieldState &in, Core::FieldState &out) const
{
    if (Check check = readAll(*in.mutable_siblings(), out.siblings); !check) {
        return check;
    }
    if (Check check = sortUnique(
            out.siblings, [](const Core::Sibling &sibling) -> const Core::Dot & { return sibling.dot; },
            "a field has two siblings of one dot");
        !check) {
        return check;
    }
    if (Check check = readAll(*in.mutable_counter(), out.counter); !check) {
        return check;
    }
    if (Check check = sortUnique(
            out.counter, [](const Core::CounterEntry &entry) -> const Core::DeviceId & { return entry.device; },
            "a counter names a device twice");
        !check) {
        return check;
    }
    if (Check check = readAll(*in.mutable_elements(), out.elements); !check) {
        return check;
    }
    return sortUnique(
        out.elements, [](const Core::SetElement &element) -> const Core::Value & { return element.element; }, "a set has an element twice");
}

Check ProtoReader::read(Pb::DocumentState &in, Core::Document &out, std::vector<std::uint64_t> *fieldSeqs) const
{
    if (Check check = read(in.context(), out.context); !check) {
        return check;
    }
    if (in.has_last_write()) {
        out.lastWrite.emplace();
        out.lastWrite->stamp.packed = in.last_write_stamp();
        if (Check check = read(in.last_write(), out.lastWrite->dot); !check) {
            return check;
        }
    }
    auto &fields = *in.mutable_fields();
    const auto isLess = [](const Pb::FieldState *a, const Pb::FieldState *b) { return a->name() < b->name(); };
    if (!std::is_sorted(fields.pointer_begin(), fields.pointer_end(), isLess)) {
        std::sort(fields.pointer_begin(), fields.pointer_end(), isLess);
    }
    out.fields.reserve(static_cast<std::size_t>(fields.size()));
    for (Pb::FieldState &field : fields) {
        if (!out.fields.empty() && out.fields.back().name == field.name()) {
            return malformed("a document names a field twice");
        }
        Core::Document::Field &added = out.fields.emplace_back();
        added.name = std::move(*field.mutable_name());
        if (fieldSeqs != nullptr) {
            fieldSeqs->push_back(field.seq());
        }
        if (Check check = read(field, added.state); !check) {
            return check;
        }
    }
    return {};
}

Check ProtoReader::read(Pb::Policy &in, Core::Policy &out) const
{
    out.collection = std::move(*in.mutable_collection());
    if (Check check = Core::validateCollectionName(out.collection, m_limits); !check) {
        return check;
    }
    out.version = in.version();
    if (Check check = readEnum(in.consistency(), out.consistency); !check) {
        return check;
    }
    if (Check check = Wire::readEnum(in.conflict(), out.conflict); !check) {
        return check;
    }
    if (Check check = readEnum(in.sensitivity(), out.sensitivity); !check) {
        return check;
    }
    for (Pb::FieldKindEntry &entry : *in.mutable_field_kinds()) {
        Core::FieldKind kind{};
        if (Check check = Wire::readEnum(entry.kind(), kind); !check) {
            return check;
        }
        if (!out.fieldKinds.emplace(std::move(*entry.mutable_field()), kind).second) {
            return malformed("a policy names a field twice");
        }
    }
    return {};
}

Check ProtoReader::read(Pb::PolicySet &in, Core::PolicySet &out) const
{
    out.setVersion(in.version());
    for (Pb::Policy &policy : *in.mutable_policies()) {
        Core::Policy added;
        if (Check check = read(policy, added); !check) {
            return check;
        }
        if (out.all().contains(added.collection)) {
            return malformed("two policies of one collection");
        }
        out.insert(std::move(added));
    }
    return {};
}

Check ProtoReader::read(Pb::Error &in, Core::Error &out) const
{
    out.code = in.code() != Pb::ERROR_CODE_UNSPECIFIED && Pb::ErrorCode_IsValid(in.code()) ? static_cast<Core::ErrorCode>(in.code())
                                                                                           : Core::ErrorCode::Unknown;
    out.reason = in.reason() >= 0 && in.reason() <= std::numeric_limits<std::uint16_t>::max() ? static_cast<Core::ErrorReason>(in.reason())
                                                                                              : Core::ErrorReason::None;
    out.detail = std::move(*in.mutable_message());
    out.retry = Pb::RetryHint_IsValid(in.retry()) ? static_cast<Core::Retry>(in.retry()) : Core::Retry::Never;
    out.retryAfter = std::chrono::milliseconds(in.retry_after_ms());
    return {};
}

}  // namespace Satchel::Wire
