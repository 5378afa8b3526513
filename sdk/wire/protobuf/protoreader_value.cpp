// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/protobuf/protoreader.h"

#include "wire/protobuf/protoparse.h"

#include <algorithm>
#include <cstring>

namespace Satchel::Wire {

namespace {

constexpr std::uint64_t timeMsMax = (std::uint64_t{1} << 48U) - 1;

}  // namespace

tl::unexpected<Core::Error> malformed(std::string_view what)
{
    return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, std::string(what)));
}

tl::unexpected<Core::Error> tooMuch(std::string_view what)
{
    return Core::failure(Core::makeError(Core::ErrorCode::ResourceExhausted, Core::ErrorReason::LimitExceeded, std::string(what)));
}

Core::Result<void> readDevice(std::string_view in, Core::DeviceId &out)
{
    if (in.size() != out.bytes.size()) {
        return malformed("a device id is not 16 bytes");
    }
    std::memcpy(out.bytes.data(), in.data(), in.size());
    if (out.isNull()) {
        return malformed("a device id is all zero");
    }
    return {};
}

Core::Result<void> readTime(std::uint64_t in, std::chrono::milliseconds &out)
{
    if (in > timeMsMax) {
        return malformed("a time is out of range");
    }
    out = std::chrono::milliseconds(in);
    return {};
}

Core::Result<void> readSeconds(std::uint64_t in, std::chrono::seconds &out)
{
    std::chrono::milliseconds bounded{0};
    const auto checked = readTime(in, bounded);
    out = std::chrono::seconds(bounded.count());
    return checked;
}

Core::Result<void> readEnum(Pb::FieldKind in, Core::FieldKind &out)
{
    if (!Pb::FieldKind_IsValid(in)) {
        return malformed("unknown field kind");
    }
    out = static_cast<Core::FieldKind>(in);
    return {};
}

Core::Result<void> readEnum(Pb::ConflictRule in, Core::ConflictRule &out)
{
    if (!Pb::ConflictRule_IsValid(in)) {
        return malformed("unknown conflict rule");
    }
    out = static_cast<Core::ConflictRule>(in);
    return {};
}

ProtoReader::ProtoReader(const Core::Limits &limits)
    : m_limits(limits)
    , m_nestingMax(std::clamp(limits.nestingMax, 0, nestingHardMax))
{
}

ProtoReader::Check ProtoReader::readValue(Pb::Value &in, Core::Value &out, int depth) const
{
    switch (in.kind_case()) {
    case Pb::Value::kNullValue:
        out = Core::Value();
        return {};
    case Pb::Value::kBoolValue:
        out = Core::Value(in.bool_value());
        return {};
    case Pb::Value::kIntValue:
        out = Core::Value(std::int64_t{in.int_value()});
        return {};
    case Pb::Value::kDoubleValue:
        out = Core::Value(in.double_value());
        return {};
    case Pb::Value::kStringValue:
        out = Core::Value(std::move(*in.mutable_string_value()));
        return {};
    case Pb::Value::kBytesValue:
        out = Core::Value(Core::Bytes{std::move(*in.mutable_bytes_value())});
        return {};
    case Pb::Value::kTimestampMs:
        out = Core::Value(Core::Timestamp{in.timestamp_ms()});
        return {};
    case Pb::Value::kListValue:
        return readList(*in.mutable_list_value(), out, depth + 1);
    case Pb::Value::kMapValue:
        return readMap(*in.mutable_map_value(), out, depth + 1);
    case Pb::Value::KIND_NOT_SET:
        break;
    }
    return malformed("a value has no kind, or one that this version does not know");
}

ProtoReader::Check ProtoReader::readList(Pb::ValueList &in, Core::Value &out, int depth) const
{
    if (depth > m_nestingMax) {
        return tooMuch("a value nests too deeply");
    }
    Core::Value::List list;
    list.reserve(static_cast<std::size_t>(in.items_size()));
    for (Pb::Value &item : *in.mutable_items()) {
        if (Check check = readValue(item, list.emplace_back(), depth); !check) {
            return check;
        }
    }
    out = Core::Value(std::move(list));
    return {};
}

ProtoReader::Check ProtoReader::readMap(Pb::ValueMap &in, Core::Value &out, int depth) const
{
    if (depth > m_nestingMax) {
        return tooMuch("a value nests too deeply");
    }
    Core::Value::Map entries;
    entries.reserve(static_cast<std::size_t>(in.entries_size()));
    for (Pb::ValueMapEntry &entry : *in.mutable_entries()) {
        if (!entry.has_value()) {
            return malformed("a map entry has no value");
        }
        Core::Value::MapEntry &added = entries.emplace_back();
        added.key = std::move(*entry.mutable_key());
        if (Check check = readValue(*entry.mutable_value(), added.value, depth); !check) {
            return check;
        }
    }
    Core::Result<Core::Value> map = Core::Value::map(std::move(entries));
    if (!map) {
        return Core::failure(std::move(map.error()));
    }
    out = std::move(*map);
    return {};
}

ProtoReader::Check ProtoReader::read(const Pb::Dot &in, Core::Dot &out) const
{
    if (in.counter() == 0) {
        return malformed("a dot's counter is zero");
    }
    out.counter = in.counter();
    return readDevice(in.device(), out.device);
}

ProtoReader::Check ProtoReader::read(const Pb::VersionVector &in, Core::VersionVector &out) const
{
    if (static_cast<std::size_t>(in.entries_size()) > m_limits.contextEntriesMax) {
        return tooMuch("a version vector has too many entries");
    }
    for (const Pb::Dot &entry : in.entries()) {
        Core::Dot dot;
        if (Check check = read(entry, dot); !check) {
            return check;
        }
        const std::size_t sizeBefore = out.size();
        out.add(dot);
        if (out.size() == sizeBefore) {
            return malformed("a version vector names a device twice");
        }
    }
    return {};
}

}  // namespace Satchel::Wire
