// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "result.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace Satchel::Core {

/// A byte string, kept apart from text by its type.
struct Bytes {
    std::string data;
    friend bool operator==(const Bytes &, const Bytes &) = default;
    friend auto operator<=>(const Bytes &, const Bytes &) = default;
};

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
struct Timestamp {
    std::int64_t milliseconds = 0;
    friend auto operator<=>(const Timestamp &, const Timestamp &) = default;
};

/// What a field holds. Does not change once it is made, so a copy shares text, bytes, list and map with the original, from any thread.
/// Equality is by type and bits: 1 is not 1.0, 0.0 is not -0.0, a NaN equals itself (all NaNs are one NaN).
class Value {
public:
    enum class Type : std::uint8_t { Null, Bool, Int, Double, String, Bytes, Timestamp, List, Map };

    struct MapEntry;
    using List = std::vector<Value>;
    /// Sorted by key bytes, keys unique: build it with Value::map().
    using Map = std::vector<MapEntry>;

    Value();
    Value(bool value);          // NOLINT(google-explicit-constructor)
    Value(std::int64_t value);  // NOLINT(google-explicit-constructor)
    Value(int value);           // NOLINT(google-explicit-constructor)
    Value(double value);        // NOLINT(google-explicit-constructor)
    Value(std::string value);   // NOLINT(google-explicit-constructor)
    Value(const char *value);   // NOLINT(google-explicit-constructor)
    Value(Bytes value);         // NOLINT(google-explicit-constructor)
    Value(Timestamp value);     // NOLINT(google-explicit-constructor)
    Value(List value);          // NOLINT(google-explicit-constructor)
    /// Sorts the entries. INVALID_ARGUMENT/MALFORMED_INPUT if a key stands twice.
    [[nodiscard]] static Result<Value> map(Map entries);

    [[nodiscard]] Type type() const { return static_cast<Type>(m_data.index()); }
    [[nodiscard]] bool isNull() const { return type() == Type::Null; }
    /// True for everything but List and Map: what a set field may hold.
    [[nodiscard]] bool isScalar() const { return type() != Type::List && type() != Type::Map; }

    /// The alternative itself, or nullptr if the value is of another type.
    template <typename T>
    [[nodiscard]] const T *as() const
    {
        if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, Bytes> || std::is_same_v<T, List> || std::is_same_v<T, Map>) {
            const auto *shared = std::get_if<std::shared_ptr<const T>>(&m_data);
            return shared != nullptr ? shared->get() : nullptr;
        } else {
            return std::get_if<T>(&m_data);
        }
    }
    /// Member of a map by key, or nullptr.
    [[nodiscard]] const Value *find(std::string_view key) const;

    /// Nesting depth: 0 for a scalar, 1 for an empty list.
    [[nodiscard]] int depth() const;
    /// Approximate encoded size in bytes, for limits; never less than the payload of its strings.
    [[nodiscard]] std::size_t sizeBytes() const;

    friend bool operator==(const Value &a, const Value &b);
    /// Total order by type, then content; used to keep set elements in canonical order.
    friend bool operator<(const Value &a, const Value &b);

private:
    std::variant<std::monostate, bool, std::int64_t, double, std::shared_ptr<const std::string>, std::shared_ptr<const Bytes>, Timestamp,
                 std::shared_ptr<const List>, std::shared_ptr<const Map>>
        m_data;
};

struct Value::MapEntry {
    std::string key;
    Value value;
    friend bool operator==(const MapEntry &, const MapEntry &) = default;
};

// Here and not in the class: Clang 14 with libstdc++ 12 needs MapEntry complete for what a constructor of the variant may have to undo.
inline Value::Value() = default;
inline Value::Value(bool value)
    : m_data(value)
{
}
inline Value::Value(std::int64_t value)
    : m_data(value)
{
}
inline Value::Value(int value)
    : m_data(static_cast<std::int64_t>(value))
{
}
inline Value::Value(std::string value)
    : m_data(std::make_shared<const std::string>(std::move(value)))
{
}
inline Value::Value(const char *value)
    : m_data(std::make_shared<const std::string>(value))
{
}
inline Value::Value(Bytes value)
    : m_data(std::make_shared<const Bytes>(std::move(value)))
{
}
inline Value::Value(Timestamp value)
    : m_data(value)
{
}
inline Value::Value(List value)
    : m_data(std::make_shared<const List>(std::move(value)))
{
}

/// True for well-formed UTF-8 without surrogates or overlong forms (RFC 3629). NUL is allowed.
[[nodiscard]] bool isUtf8(std::string_view text);

}  // namespace Satchel::Core
