// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/strictjson.h"

#include <nlohmann/json.hpp>

#include <iterator>
#include <set>
#include <vector>

namespace Satchel::Wire {

namespace {

using Json = nlohmann::json;
using Check = JsonEvents::Check;

/// Counts the bytes that the parser has taken, which its own events do not tell.
class CountingIterator {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char *;
    using reference = const char &;

    CountingIterator(const char *at, std::size_t *taken)
        : m_at(at)
        , m_taken(taken)
    {
    }
    reference operator*() const { return *m_at; }
    CountingIterator &operator++()
    {
        ++m_at;
        ++*m_taken;
        return *this;
    }
    CountingIterator operator++(int)
    {
        CountingIterator before = *this;
        ++*this;
        return before;
    }
    friend bool operator==(const CountingIterator &a, const CountingIterator &b) { return a.m_at == b.m_at; }

private:
    const char *m_at;
    std::size_t *m_taken;
};

/// The parser's handler; its function names are the parser's.
class Handler {
public:
    Handler(JsonEvents &events, int depthMax, const std::size_t &taken)
        : m_events(events)
        , m_depthMax(depthMax)
        , m_taken(taken)
    {
    }

    bool null() { return take(events().null()); }
    bool boolean(bool value) { return take(events().boolean(value)); }
    bool number_integer(Json::number_integer_t value)
    {
        // The parser calls this only for tokens with a minus sign, so zero is "-0".
        return take(value == 0 ? events().number(-0.0) : events().integer(value));
    }
    bool number_unsigned(Json::number_unsigned_t value)
    {
        return take(value <= INT64_MAX ? events().integer(static_cast<std::int64_t>(value)) : events().hugeInteger(std::to_string(value)));
    }
    bool number_float(Json::number_float_t value, const std::string &token)
    {
        // An integer token too long for 64 bits comes here as an approximate double.
        return take(token.find_first_of(".eE") == std::string::npos ? events().hugeInteger(token) : events().number(value));
    }
    bool string(std::string &value) { return take(events().string(value)); }
    bool binary(Json::binary_t & /*value*/) { return false; }
    bool key(std::string &value) { return take(events().key(value)); }
    bool start_object(std::size_t /*size*/) { return descend() && take(events().startObject()); }
    bool end_object() { return ascend(events().endObject()); }
    bool start_array(std::size_t /*size*/) { return descend() && take(events().startArray()); }
    bool end_array() { return ascend(events().endArray()); }
    template <typename Exception>
    bool parse_error(std::size_t /*position*/, const std::string & /*token*/, const Exception & /*error*/)
    {
        // The parser's own sentence quotes the text, which may be somebody's data.
        m_error = Core::invalidArgument(Core::ErrorReason::MalformedInput, "not JSON");
        return false;
    }
    [[nodiscard]] Core::Error &error() { return m_error; }

private:
    bool take(Check check)
    {
        if (!check) {
            m_error = std::move(check.error());
        }
        return check.has_value();
    }
    bool descend()
    {
        ++m_depth;
        if (m_depth > m_depthMax) {
            m_error = Core::makeError(Core::ErrorCode::ResourceExhausted, Core::ErrorReason::LimitExceeded, "JSON nests too deeply");
        }
        return m_depth <= m_depthMax;
    }
    bool ascend(Check check)
    {
        --m_depth;
        return take(std::move(check));
    }

    [[nodiscard]] JsonEvents &events()
    {
        m_events.place(m_taken);
        return m_events;
    }

    JsonEvents &m_events;
    int m_depthMax;
    const std::size_t &m_taken;
    int m_depth = 0;
    Core::Error m_error;
};

/// Remembers only the keys of the objects that are open.
class DuplicateChecker : public JsonEvents {
public:
    Check null() override { return {}; }
    Check boolean(bool /*value*/) override { return {}; }
    Check integer(std::int64_t /*value*/) override { return {}; }
    Check hugeInteger(std::string_view /*token*/) override { return {}; }
    Check number(double /*value*/) override { return {}; }
    Check string(std::string & /*value*/) override { return {}; }
    Check key(std::string &value) override
    {
        if (!m_open.back().insert(std::move(value)).second) {
            return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, "a key stands twice in a JSON object"));
        }
        return {};
    }
    Check startObject() override
    {
        m_open.emplace_back();
        return {};
    }
    Check endObject() override
    {
        m_open.pop_back();
        return {};
    }
    Check startArray() override { return {}; }
    Check endArray() override { return {}; }

private:
    std::vector<std::set<std::string>> m_open;
};

}  // namespace

Core::Result<void> readJson(std::string_view text, int depthMax, JsonEvents &events)
{
    // The parser skips a byte order mark and takes a NUL for the end of the text.
    if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
        return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, "a NUL in JSON at byte " + std::to_string(nul)));
    }
    if (text.starts_with("\xEF\xBB\xBF")) {
        return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, "a byte order mark before JSON at byte 0"));
    }
    std::size_t taken = 0;
    Handler handler(events, depthMax, taken);
    const CountingIterator begin(text.data(), &taken);
    const CountingIterator end(text.data() + text.size(), &taken);
    if (Json::sax_parse(begin, end, &handler, Json::input_format_t::json, true, false)) {
        return {};
    }
    events.place(taken);
    handler.error().detail += " at byte " + std::to_string(taken);
    return Core::failure(std::move(handler.error()));
}

Core::Result<void> checkJson(std::string_view text, int depthMax)
{
    DuplicateChecker checker;
    return readJson(text, depthMax, checker);
}

}  // namespace Satchel::Wire
