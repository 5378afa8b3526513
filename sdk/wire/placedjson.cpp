// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/placedjson.h"

#include "wire/strictjson.h"

#include <algorithm>

namespace Satchel::Wire {

namespace {

using Check = JsonEvents::Check;
using Kind = PlacedJson::Kind;

bool isInNumber(char letter)
{
    return (letter >= '0' && letter <= '9') || letter == '-' || letter == '+' || letter == '.' || letter == 'e' || letter == 'E';
}

class Builder : public JsonEvents {
public:
    explicit Builder(std::string_view text)
        : m_text(text)
    {
    }

    void place(std::size_t byte) override { m_taken = std::min(byte, m_text.size()); }
    Check null() override
    {
        add(Kind::Null, m_taken - 4);
        return {};
    }
    Check boolean(bool value) override
    {
        add(Kind::Boolean, m_taken - (value ? 4 : 5)).boolean = value;
        return {};
    }
    Check integer(std::int64_t value) override
    {
        add(Kind::Integer, numberBegin()).integer = value;
        return {};
    }
    Check hugeInteger(std::string_view /*token*/) override
    {
        return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, "a number with more than 64 bits"));
    }
    Check number(double value) override
    {
        add(Kind::Number, numberBegin()).number = value;
        return {};
    }
    Check string(std::string &value) override
    {
        add(Kind::Text, textBegin()).text = std::move(value);
        return {};
    }
    Check key(std::string &value) override
    {
        PlacedJson &object = *m_open.back();
        if (object.find(value) != nullptr) {
            return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, "a member stands twice in an object"));
        }
        object.members.push_back({std::move(value), textBegin(), {}});
        return {};
    }
    Check startObject() override { return open(Kind::Object); }
    Check endObject() override { return close(); }
    Check startArray() override { return open(Kind::List); }
    Check endArray() override { return close(); }

    [[nodiscard]] std::size_t taken() const { return m_taken; }
    [[nodiscard]] PlacedJson takeRoot() { return std::move(m_root); }

private:
    PlacedJson &add(Kind kind, std::size_t byte)
    {
        PlacedJson *added = &m_root;
        if (!m_open.empty()) {
            PlacedJson &parent = *m_open.back();
            added = parent.kind == Kind::List ? &parent.items.emplace_back() : &parent.members.back().value;
        }
        added->kind = kind;
        added->byte = byte;
        return *added;
    }
    Check open(Kind kind)
    {
        // A parent does not grow while one of its values is open, so the pointer stays good.
        m_open.push_back(&add(kind, m_taken - 1));
        return {};
    }
    Check close()
    {
        m_open.pop_back();
        return {};
    }
    /// The parser has taken the character behind a number, if there is one.
    [[nodiscard]] std::size_t numberBegin() const
    {
        std::size_t begin = m_taken;
        while (begin > 0 && !isInNumber(m_text[begin - 1])) {
            --begin;
        }
        while (begin > 0 && isInNumber(m_text[begin - 1])) {
            --begin;
        }
        return begin;
    }
    /// Back from the closing quote to the next one that is not escaped.
    [[nodiscard]] std::size_t textBegin() const
    {
        for (std::size_t begin = m_taken - 1; begin > 0;) {
            --begin;
            std::size_t slashes = 0;
            while (slashes < begin && m_text[begin - 1 - slashes] == '\\') {
                ++slashes;
            }
            if (m_text[begin] == '"' && slashes % 2 == 0) {
                return begin;
            }
        }
        return 0;
    }

    std::string_view m_text;
    std::size_t m_taken = 0;
    PlacedJson m_root;
    std::vector<PlacedJson *> m_open;
};

}  // namespace

const PlacedJson *PlacedJson::find(std::string_view name) const
{
    const auto found = std::find_if(members.begin(), members.end(), [name](const Member &member) { return member.name == name; });
    return found == members.end() ? nullptr : &found->value;
}

std::string placeText(std::string_view text, std::size_t byte)
{
    const std::string_view before = text.substr(0, byte);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const std::size_t feed = before.rfind('\n');
    const std::size_t column = before.size() - (feed == std::string_view::npos ? 0 : feed + 1) + 1;
    return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

Core::Result<PlacedJson> readPlacedJson(std::string_view text, int depthMax)
{
    Builder builder(text);
    if (auto read = readJson(text, depthMax, builder); !read) {
        read.error().detail = placeText(text, builder.taken() > 0 ? builder.taken() - 1 : 0) + ": " + read.error().detail;
        return Core::failure(std::move(read.error()));
    }
    return builder.takeRoot();
}

}  // namespace Satchel::Wire
