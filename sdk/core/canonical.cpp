// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "canonical.h"

#include "cborwriter.h"

#include <algorithm>

namespace Satchel::Core {

namespace {

/// Extended time (RFC 9581): a map of whole seconds (1) and milliseconds (-3).
constexpr std::uint64_t timeTag = 1001;
constexpr std::int64_t secondsKey = 1;
constexpr std::int64_t millisecondsKey = -3;

enum DocumentKey : std::uint8_t { ContextKey = 1, LastWriteKey = 2, FieldsKey = 3 };
enum FieldKey : std::uint8_t { SiblingsKey = 1, CounterKey = 2, ElementsKey = 3 };

/// Members in the order of CBOR map keys, which is not the order that documents and values keep them in.
template <typename Item, typename Name>
std::vector<const Item *> inKeyOrder(const std::vector<Item> &items, Name name)
{
    std::vector<const Item *> order;
    order.reserve(items.size());
    for (const Item &item : items)
        order.push_back(&item);
    std::sort(order.begin(), order.end(), [name](const Item *a, const Item *b) { return isCborKeyBefore(a->*name, b->*name); });
    return order;
}

void write(CborWriter &out, Timestamp time)
{
    const std::int64_t part = (time.milliseconds % 1000 + 1000) % 1000;
    // The quotient rounds towards zero, so before 1970 a broken second needs one second less.
    const std::int64_t seconds = time.milliseconds / 1000 - (time.milliseconds % 1000 < 0 ? 1 : 0);
    out.tag(timeTag);
    out.map(2);
    out.integer(secondsKey);
    out.integer(seconds);
    out.integer(millisecondsKey);
    out.integer(part);
}

void write(CborWriter &out, const Value &value)
{
    switch (value.type()) {
    case Value::Type::Null:
        return out.null();
    case Value::Type::Bool:
        return out.boolean(*value.as<bool>());
    case Value::Type::Int:
        return out.integer(*value.as<std::int64_t>());
    case Value::Type::Double:
        return out.real(*value.as<double>());
    case Value::Type::String:
        return out.text(*value.as<std::string>());
    case Value::Type::Bytes:
        return out.bytes(value.as<Bytes>()->data);
    case Value::Type::Timestamp:
        return write(out, *value.as<Timestamp>());
    case Value::Type::List:
        out.array(value.as<Value::List>()->size());
        for (const Value &item : *value.as<Value::List>())
            write(out, item);
        return;
    case Value::Type::Map:
        out.map(value.as<Value::Map>()->size());
        for (const Value::MapEntry *entry : inKeyOrder(*value.as<Value::Map>(), &Value::MapEntry::key)) {
            out.text(entry->key);
            write(out, entry->value);
        }
        return;
    }
}

void write(CborWriter &out, const Dot &dot)
{
    out.bytes(dot.device.view());
    out.unsignedInteger(dot.counter);
}

void write(CborWriter &out, const std::vector<Sibling> &siblings)
{
    out.unsignedInteger(SiblingsKey);
    out.array(siblings.size());
    for (const Sibling &sibling : siblings) {
        out.array(sibling.value ? 4 : 3);
        write(out, sibling.dot);
        out.unsignedInteger(sibling.stamp.packed);
        if (sibling.value)
            write(out, *sibling.value);
    }
}

void write(CborWriter &out, const std::vector<CounterEntry> &entries)
{
    out.unsignedInteger(CounterKey);
    out.array(entries.size());
    for (const CounterEntry &entry : entries) {
        out.array(5);
        out.bytes(entry.device.view());
        out.unsignedInteger(entry.counter);
        out.integer(entry.sum);
        out.unsignedInteger(entry.removedCounter);
        out.integer(entry.removedSum);
    }
}

void write(CborWriter &out, const std::vector<SetElement> &elements)
{
    out.unsignedInteger(ElementsKey);
    out.array(elements.size());
    for (const SetElement &element : elements) {
        out.array(1 + element.dots.size());
        write(out, element.element);
        for (const Dot &dot : element.dots) {
            out.array(2);
            write(out, dot);
        }
    }
}

void write(CborWriter &out, const FieldState &field)
{
    out.map((field.siblings.empty() ? 0U : 1U) + (field.counter.empty() ? 0U : 1U) + (field.elements.empty() ? 0U : 1U));
    if (!field.siblings.empty())
        write(out, field.siblings);
    if (!field.counter.empty())
        write(out, field.counter);
    if (!field.elements.empty())
        write(out, field.elements);
}

}  // namespace

std::string canonicalBytes(const Document &doc)
{
    CborWriter out;
    out.map(doc.lastWrite ? 3 : 2);
    out.unsignedInteger(ContextKey);
    out.map(doc.context.size());
    for (const VersionVector::Entry &entry : doc.context.entries()) {
        out.bytes(entry.device.view());
        out.unsignedInteger(entry.counter);
    }
    if (doc.lastWrite) {
        out.unsignedInteger(LastWriteKey);
        out.array(3);
        write(out, doc.lastWrite->dot);
        out.unsignedInteger(doc.lastWrite->stamp.packed);
    }
    out.unsignedInteger(FieldsKey);
    out.map(doc.fields.size());
    for (const Document::Field *field : inKeyOrder(doc.fields, &Document::Field::name)) {
        out.text(field->name);
        write(out, field->state);
    }
    return out.take();
}

std::string canonicalBytes(const Value &value)
{
    CborWriter out;
    write(out, value);
    return out.take();
}

}  // namespace Satchel::Core
