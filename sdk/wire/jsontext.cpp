// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/jsontext.h"

#include "wire/json.h"

#include <array>
#include <charconv>
#include <cmath>

namespace Satchel::Wire {

namespace {

using Core::Value;

void appendTagged(std::string_view tag, std::string_view text, std::string &out)
{
    out.append("{\"").append(tag).append("\":\"").append(text).append("\"}");
}

void append(const Value &value, std::string &out);

void appendDouble(double number, std::string &out)
{
    if (std::isnan(number)) {
        appendTagged("$double", "nan", out);
    } else if (std::isinf(number)) {
        appendTagged("$double", number < 0 ? "-inf" : "inf", out);
    } else {
        appendJsonDouble(number, out);
    }
}

void appendList(const Value::List &list, std::string &out)
{
    out.push_back('[');
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (i > 0) {
            out.push_back(',');
        }
        append(list[i], out);
    }
    out.push_back(']');
}

bool looksTagged(const Value::Map &map)
{
    if (map.size() != 1) {
        return false;
    }
    const std::string &key = map.front().key;
    return key == "$bytes" || key == "$timestamp" || key == "$double" || key == "$map";
}

void appendMap(const Value::Map &map, std::string &out)
{
    const bool isEscaped = looksTagged(map);
    out.append(isEscaped ? "{\"$map\":{" : "{");
    for (std::size_t i = 0; i < map.size(); ++i) {
        if (i > 0) {
            out.push_back(',');
        }
        appendJsonString(map[i].key, out);
        out.push_back(':');
        append(map[i].value, out);
    }
    out.append(isEscaped ? "}}" : "}");
}

void append(const Value &value, std::string &out)
{
    switch (value.type()) {
    case Value::Type::Null:
        out.append("null");
        break;
    case Value::Type::Bool:
        out.append(*value.as<bool>() ? "true" : "false");
        break;
    case Value::Type::Int:
        out.append(std::to_string(*value.as<std::int64_t>()));
        break;
    case Value::Type::Double:
        appendDouble(*value.as<double>(), out);
        break;
    case Value::Type::String:
        appendJsonString(*value.as<std::string>(), out);
        break;
    case Value::Type::Bytes:
        appendTagged("$bytes", base64Url(value.as<Core::Bytes>()->data), out);
        break;
    case Value::Type::Timestamp:
        out.append("{\"$timestamp\":").append(std::to_string(value.as<Core::Timestamp>()->milliseconds)).append("}");
        break;
    case Value::Type::List:
        appendList(*value.as<Value::List>(), out);
        break;
    case Value::Type::Map:
        appendMap(*value.as<Value::Map>(), out);
        break;
    }
}

}  // namespace

void appendJsonString(std::string_view text, std::string &out)
{
    constexpr std::string_view hexDigits = "0123456789abcdef";
    out.push_back('"');
    // What need not be escaped, nearly all there ever is, goes over in one piece.
    std::size_t copied = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto letter = static_cast<unsigned char>(text[i]);
        if (letter >= 0x20U && letter != '"' && letter != '\\') {
            continue;
        }
        out.append(text.substr(copied, i - copied)).push_back('\\');
        copied = i + 1;
        switch (letter) {
        case '"':
        case '\\':
            out.push_back(text[i]);
            break;
        case '\n':
            out.push_back('n');
            break;
        case '\r':
            out.push_back('r');
            break;
        case '\t':
            out.push_back('t');
            break;
        default:
            out.append("u00");
            out.push_back(hexDigits[letter >> 4U]);
            out.push_back(hexDigits[letter & 15U]);
        }
    }
    out.append(text.substr(copied));
    out.push_back('"');
}

void appendJsonDouble(double value, std::string &out)
{
    std::array<char, 32> text{};
    const std::to_chars_result result = std::to_chars(text.data(), text.data() + text.size(), value);
    const std::string_view shortest(text.data(), static_cast<std::size_t>(result.ptr - text.data()));
    out.append(shortest);
    if (shortest.find_first_of(".e") == std::string_view::npos) {
        out.append(".0");
    }
}

std::string jsonFromValue(const Value &value)
{
    std::string out;
    append(value, out);
    return out;
}

}  // namespace Satchel::Wire
