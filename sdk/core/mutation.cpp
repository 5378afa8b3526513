// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "mutation.h"

#include <algorithm>

namespace Satchel::Core {

namespace {

constexpr std::size_t dotBytes = 25;
constexpr std::size_t stampBytes = 8;

Error limitExceeded(const char *limit)
{
    return makeError(ErrorCode::ResourceExhausted, ErrorReason::LimitExceeded, std::string(limit) + " is exceeded");
}

Result<void> refuse(ErrorReason reason, const char *detail)
{
    return failure(invalidArgument(reason, detail));
}

Result<void> validateFieldName(std::string_view name, const Limits &limits)
{
    if (name.empty())
        return refuse(ErrorReason::InvalidName, "a field name is empty");
    if (name.size() > limits.fieldNameBytesMax)
        return failure(limitExceeded("fieldNameBytesMax"));
    if (!isUtf8(name))
        return refuse(ErrorReason::InvalidUtf8, "a field name is not UTF-8");
    return {};
}

Result<void> validateNested(const Value &value, int depthLeft)
{
    if (const auto *text = value.as<std::string>())
        return isUtf8(*text) ? Result<void>() : refuse(ErrorReason::InvalidUtf8, "a string is not UTF-8; bytes have a type of their own");
    if (value.isScalar())
        return {};
    if (depthLeft == 0)
        return failure(limitExceeded("nestingMax"));
    if (const auto *items = value.as<Value::List>()) {
        for (const Value &item : *items) {
            if (auto checked = validateNested(item, depthLeft - 1); !checked)
                return checked;
        }
        return {};
    }
    const std::string *previous = nullptr;
    for (const Value::MapEntry &entry : *value.as<Value::Map>()) {
        if (!isUtf8(entry.key))
            return refuse(ErrorReason::InvalidUtf8, "a map key is not UTF-8");
        if (previous != nullptr && !(*previous < entry.key))
            return refuse(ErrorReason::MalformedInput, "a map is not sorted by key, or has a key twice");
        previous = &entry.key;
        if (auto checked = validateNested(entry.value, depthLeft - 1); !checked)
            return checked;
    }
    return {};
}

Result<void> validateMarks(const std::vector<CounterMark> &marks, FieldKind kind, const Mutation &mutation, const Limits &limits)
{
    if (marks.empty())
        return {};
    if (kind != FieldKind::Counter)
        return refuse(ErrorReason::FieldKindMismatch, "only the removal of a counter field carries counter marks");
    if (marks.size() > limits.contextEntriesMax)
        return failure(limitExceeded("contextEntriesMax"));
    const CounterMark *previous = nullptr;
    for (const CounterMark &mark : marks) {
        if (previous != nullptr && !(previous->dot.device < mark.dot.device))
            return refuse(ErrorReason::MalformedInput, "counter marks are not sorted, or name a device twice");
        previous = &mark;
        if (mark.dot.counter == 0 || !mutation.context.covers(mark.dot))
            return refuse(ErrorReason::MalformedInput, "a counter mark names an increment that the mutation's context does not cover");
    }
    return {};
}

Result<void> validateElement(const Value &element, FieldKind kind, const Limits &limits)
{
    if (kind != FieldKind::Set)
        return refuse(ErrorReason::FieldKindMismatch, "add and discard are ops of a set field");
    if (!element.isScalar())
        return refuse(ErrorReason::FieldKindMismatch, "an element of a set is a scalar");
    return validateValue(element, limits);
}

Result<void> validateOp(const Op &op, const Mutation &mutation, const Policy &policy, const Limits &limits)
{
    const std::string &field = fieldOf(op);
    if (auto checked = validateFieldName(field, limits); !checked)
        return checked;
    const FieldKind kind = policy.kindOf(field);
    if (const auto *put = std::get_if<PutOp>(&op)) {
        if (kind != FieldKind::Register)
            return refuse(ErrorReason::FieldKindMismatch, "put is an op of a register field");
        return validateValue(put->value, limits);
    }
    if (const auto *removal = std::get_if<RemoveOp>(&op))
        return validateMarks(removal->observed, kind, mutation, limits);
    if (std::holds_alternative<IncrementOp>(op))
        return kind == FieldKind::Counter ? Result<void>()
                                          : refuse(ErrorReason::FieldKindMismatch, "increment is an op of a counter field");
    if (const auto *addition = std::get_if<AddOp>(&op))
        return validateElement(addition->element, kind, limits);
    return validateElement(std::get<DiscardOp>(op).element, kind, limits);
}

/// The element of add and discard, nullptr for ops that speak of the whole field.
const Value *elementOf(const Op &op)
{
    if (const auto *addition = std::get_if<AddOp>(&op))
        return &addition->element;
    if (const auto *removal = std::get_if<DiscardOp>(&op))
        return &removal->element;
    return nullptr;
}

Result<void> validateOneOpAField(const std::vector<Op> &ops, const Limits &limits)
{
    if (ops.size() == 1)
        return {};
    struct Target {
        const std::string *field;
        const Value *element;
    };
    std::vector<Target> targets;
    targets.reserve(ops.size());
    for (const Op &op : ops)
        targets.push_back(Target{&fieldOf(op), elementOf(op)});
    std::sort(targets.begin(), targets.end(), [](const Target &a, const Target &b) {
        if (const int names = a.field->compare(*b.field); names != 0)
            return names < 0;
        if (a.element == nullptr || b.element == nullptr)
            return a.element == nullptr && b.element != nullptr;
        return *a.element < *b.element;
    });
    std::size_t fieldCount = targets.empty() ? 0 : 1;
    for (std::size_t i = 1; i < targets.size(); ++i) {
        const Target &before = targets[i - 1];
        const Target &target = targets[i];
        if (*before.field != *target.field)
            ++fieldCount;
        else if (before.element == nullptr || target.element == nullptr || *before.element == *target.element)
            return refuse(ErrorReason::MalformedInput, "a mutation has two ops for one field or one element of a set");
    }
    return fieldCount > limits.fieldCountMax ? Result<void>(failure(limitExceeded("fieldCountMax"))) : Result<void>();
}

std::size_t sizeBytes(const Mutation &mutation)
{
    std::size_t total = dotBytes + stampBytes + mutation.document.collection.size() + mutation.document.key.size();
    total += mutation.context.size() * dotBytes;
    for (const Op &op : mutation.ops) {
        total += fieldOf(op).size() + 2;
        if (const auto *put = std::get_if<PutOp>(&op))
            total += put->value.sizeBytes();
        else if (const auto *removal = std::get_if<RemoveOp>(&op))
            total += removal->observed.size() * (dotBytes + sizeof(std::int64_t));
        else if (const Value *element = elementOf(op))
            total += element->sizeBytes();
    }
    return total;
}

Result<void> validateCausality(const Mutation &mutation, const Policy &policy, const Limits &limits)
{
    if (mutation.dot.device.isNull() || mutation.dot.counter == 0)
        return refuse(ErrorReason::MalformedInput, "a mutation's dot has a device and a counter of 1 or more");
    if (mutation.context.size() > limits.contextEntriesMax)
        return failure(limitExceeded("contextEntriesMax"));
    if (mutation.context.covers(mutation.dot))
        return refuse(ErrorReason::MalformedInput, "a mutation's context covers its own dot");
    if (mutation.origin &&
        (mutation.origin->dot.device.isNull() || mutation.origin->dot.counter == 0 || mutation.origin->dot == mutation.dot))
        return refuse(ErrorReason::MalformedInput, "a mutation's origin is not another dot");
    if (mutation.expected && mutation.expected->lastWrite &&
        (mutation.expected->lastWrite->device.isNull() || mutation.expected->lastWrite->counter == 0))
        return refuse(ErrorReason::MalformedInput, "an expected last write has a device and a counter of 1 or more");
    const bool isStrong = policy.consistency == Consistency::Strong;
    if (isStrong && !mutation.expected)
        return refuse(ErrorReason::MalformedInput, "a strong collection takes mutations with an expectation only");
    if (!isStrong && mutation.expected)
        return refuse(ErrorReason::MalformedInput, "an expectation is for strong collections only");
    if (policy.conflict == ConflictRule::LastWriter && mutation.scope != Scope::Document)
        return refuse(ErrorReason::DocumentScopeRequired, "a last_writer collection takes whole-document mutations only");
    return {};
}

}  // namespace

const std::string &fieldOf(const Op &op)
{
    return std::visit([](const auto &alternative) -> const std::string & { return alternative.field; }, op);
}

Result<void> validateCollectionName(std::string_view name, const Limits &limits)
{
    if (name.empty())
        return refuse(ErrorReason::InvalidName, "a collection name is empty");
    if (name.size() > limits.collectionBytesMax)
        return failure(limitExceeded("collectionBytesMax"));
    const bool isAllowed = std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
    });
    return isAllowed ? Result<void>() : refuse(ErrorReason::InvalidName, "a collection name is made of a-z, 0-9, '_', '.' and '-'");
}

Result<void> validateKey(std::string_view key, const Limits &limits)
{
    if (key.empty())
        return refuse(ErrorReason::InvalidName, "a document's key is empty");
    if (key.size() > limits.keyBytesMax)
        return failure(limitExceeded("keyBytesMax"));
    return isUtf8(key) ? Result<void>() : refuse(ErrorReason::InvalidUtf8, "a document's key is not UTF-8");
}

Result<void> validateValue(const Value &value, const Limits &limits)
{
    return validateNested(value, limits.nestingMax);
}

Result<void> validate(const Mutation &mutation, const Policy &policy, const Limits &limits)
{
    if (auto checked = validateCollectionName(mutation.document.collection, limits); !checked)
        return checked;
    if (auto checked = validateKey(mutation.document.key, limits); !checked)
        return checked;
    if (auto checked = validateCausality(mutation, policy, limits); !checked)
        return checked;
    if (mutation.ops.empty())
        return refuse(ErrorReason::MalformedInput, "a mutation has no ops");
    if (sizeBytes(mutation) > limits.mutationBytesMax)
        return failure(limitExceeded("mutationBytesMax"));
    for (const Op &op : mutation.ops) {
        if (auto checked = validateOp(op, mutation, policy, limits); !checked)
            return checked;
    }
    return validateOneOpAField(mutation.ops, limits);
}

}  // namespace Satchel::Core
