// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/json.h"

#include "wire/strictjson.h"

#include <limits>
#include <vector>

namespace Satchel::Wire {

namespace {

using Check = JsonEvents::Check;
using Core::Value;

constexpr std::string_view bytesTag = "$bytes";
constexpr std::string_view timestampTag = "$timestamp";
constexpr std::string_view doubleTag = "$double";
constexpr std::string_view mapTag = "$map";

/// A JSON text may spell a byte as \u00XX.
constexpr std::size_t textBytesPerValueByte = 8;

Core::Error refusal(std::string detail)
{
    return Core::invalidArgument(Core::ErrorReason::MalformedInput, std::move(detail));
}

Core::Result<Value> taggedDouble(const Value &content)
{
    const std::string *text = content.as<std::string>();
    if (text != nullptr && *text == "nan") {
        return Value(std::numeric_limits<double>::quiet_NaN());
    }
    if (text != nullptr && (*text == "inf" || *text == "-inf")) {
        return Value(text->front() == '-' ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity());
    }
    return Core::failure(refusal("$double takes \"nan\", \"inf\" or \"-inf\""));
}

Core::Result<Value> untagged(Value::Map entries);

/// The content of {"$map": ...} means itself. Where that is again an object of the one member "$map", the member's value was kept unread
/// until now.
Core::Result<Value> literal(const Value &content)
{
    const Value::Map *map = content.as<Value::Map>();
    if (map == nullptr) {
        return Core::failure(refusal("$map takes an object"));
    }
    const Value::Map *unread = map->size() == 1 && map->front().key == mapTag ? map->front().value.as<Value::Map>() : nullptr;
    if (unread == nullptr || unread->size() != 1) {
        return content;
    }
    Core::Result<Value> member = untagged(*unread);
    return member ? Value::map({{std::string(mapTag), std::move(*member)}}) : member;
}

/// What an object of one member means; one without a tag means itself.
Core::Result<Value> untagged(Value::Map entries)
{
    const std::string &key = entries.front().key;
    const Value &content = entries.front().value;
    if (key == bytesTag) {
        const std::string *text = content.as<std::string>();
        Core::Result<std::string> bytes = text != nullptr ? fromBase64Url(*text) : Core::failure(refusal("$bytes takes a string"));
        return bytes ? Core::Result<Value>(Value(Core::Bytes{std::move(*bytes)})) : Core::failure(std::move(bytes.error()));
    }
    if (key == timestampTag) {
        const std::int64_t *milliseconds = content.as<std::int64_t>();
        return milliseconds != nullptr ? Core::Result<Value>(Value(Core::Timestamp{*milliseconds}))
                                       : Core::failure(refusal("$timestamp takes an integer"));
    }
    if (key == doubleTag) {
        return taggedDouble(content);
    }
    if (key == mapTag) {
        return literal(content);
    }
    return Value::map(std::move(entries));
}

class ValueBuilder : public JsonEvents {
public:
    Check null() override { return add(Value()); }
    Check boolean(bool value) override { return add(Value(value)); }
    Check integer(std::int64_t value) override { return add(Value(value)); }
    Check hugeInteger(std::string_view /*token*/) override { return Core::failure(refusal("an integer is beyond 64 bits")); }
    Check number(double value) override { return add(Value(value)); }
    Check string(std::string &value) override { return add(Value(std::move(value))); }
    Check key(std::string &value) override
    {
        m_open.back().key = std::move(value);
        return {};
    }
    Check startArray() override
    {
        m_open.push_back({});
        return {};
    }
    Check startObject() override
    {
        Open object;
        object.isObject = true;
        object.isUnderMapTag = !m_open.empty() && m_open.back().isObject && m_open.back().entries.empty() && m_open.back().key == mapTag;
        m_open.push_back(std::move(object));
        return {};
    }
    Check endArray() override
    {
        Value::List list = std::move(m_open.back().list);
        m_open.pop_back();
        return add(Value(std::move(list)));
    }
    Check endObject() override
    {
        Open object = std::move(m_open.back());
        m_open.pop_back();
        if (object.entries.size() > 1 && object.isFirstLiteral) {
            // Its first member looked like a tag and is none, as others follow: what was kept literal is read after all.
            if (Check check = settleFirst(object.entries); !check) {
                return check;
            }
        }
        const bool isTagged = object.entries.size() == 1 && !object.isUnderMapTag;
        Core::Result<Value> value = isTagged ? untagged(std::move(object.entries)) : Value::map(std::move(object.entries));
        if (!value) {
            return Core::failure(std::move(value.error()));
        }
        return add(std::move(*value), object.isUnderMapTag);
    }
    [[nodiscard]] Value take() { return std::move(m_root); }

private:
    struct Open {
        bool isObject = false;
        bool isUnderMapTag = false;   ///< stands where the content of {"$map": ...} stands, so its own tag is not read yet
        bool isFirstLiteral = false;  ///< its first member was kept literal for that reason
        std::string key;
        Value::List list;
        Value::Map entries;
    };

    Check add(Value value, bool isLiteral = false)
    {
        if (m_open.empty()) {
            m_root = std::move(value);
            return {};
        }
        Open &open = m_open.back();
        if (!open.isObject) {
            open.list.push_back(std::move(value));
            return {};
        }
        open.isFirstLiteral = open.isFirstLiteral || isLiteral;
        open.entries.push_back({std::move(open.key), std::move(value)});
        open.key.clear();
        return {};
    }

    static Check settleFirst(Value::Map &entries)
    {
        const Value::Map *literal = entries.front().value.as<Value::Map>();
        if (literal == nullptr || literal->size() != 1) {
            return {};
        }
        Core::Result<Value> value = untagged(*literal);
        if (!value) {
            return Core::failure(std::move(value.error()));
        }
        entries.front().value = std::move(*value);
        return {};
    }

    std::vector<Open> m_open;
    Value m_root;
};

}  // namespace

Core::Result<Value> valueFromJson(std::string_view text, const Core::Limits &limits)
{
    if (text.size() / textBytesPerValueByte > limits.documentBytesMax) {
        return Core::failure(
            Core::makeError(Core::ErrorCode::ResourceExhausted, Core::ErrorReason::LimitExceeded, "the JSON text is too long"));
    }
    ValueBuilder builder;
    // {"$map": {...}} takes two levels of JSON for one of the value, and a tagged scalar takes one for none.
    if (Check check = readJson(text, 2 * limits.nestingMax + 1, builder); !check) {
        return Core::failure(std::move(check.error()));
    }
    Value value = builder.take();
    if (value.depth() > limits.nestingMax) {
        return Core::failure(
            Core::makeError(Core::ErrorCode::ResourceExhausted, Core::ErrorReason::LimitExceeded, "the JSON text nests too deeply"));
    }
    return value;
}

}  // namespace Satchel::Wire
