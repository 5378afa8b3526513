// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "support/valuegenerators.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

namespace Satchel::Gen {

rc::Gen<std::string> text(int lettersMax)
{
    return rc::gen::exec([lettersMax] {
        const int size = *rc::gen::inRange(0, lettersMax + 1);
        static const std::vector<std::string> rare{std::string(1, '\0'),
                                                   "\x01",
                                                   "\n",
                                                   "\"",
                                                   "\\",
                                                   "/",
                                                   "\x7f",
                                                   "\xc3\xa9",
                                                   "\xe2\x82\xac",
                                                   "\xef\xbf\xbf",
                                                   "\xf0\x9f\x98\x80",
                                                   "\xf4\x8f\xbf\xbf",
                                                   "$",
                                                   "\xe2\x80\xa8"};
        std::string out;
        for (int i = 0; i < size; ++i) {
            out += *rc::gen::weightedOneOf<std::string>(
                {{3, rc::gen::map(rc::gen::inRange('a', '{'), [](int c) { return std::string(1, static_cast<char>(c)); })},
                 {1, rc::gen::elementOf(rare)}});
        }
        return out;
    });
}

rc::Gen<std::string> name()
{
    return rc::gen::map(text(8), [](std::string s) { return "n" + std::move(s); });
}

rc::Gen<std::string> bytes()
{
    return rc::gen::map(rc::gen::arbitrary<std::vector<std::uint8_t>>(),
                        [](const std::vector<std::uint8_t> &v) { return std::string(v.begin(), v.end()); });
}

rc::Gen<std::uint64_t> positive()
{
    return rc::gen::map(number<std::uint64_t>(), [](std::uint64_t n) { return std::max<std::uint64_t>(n, 1); });
}

rc::Gen<Core::DeviceId> device()
{
    return rc::gen::map(rc::gen::inRange<int>(1, 9), [](int n) {
        Core::DeviceId id;
        id.bytes.fill(static_cast<std::uint8_t>(n * 31));
        id.bytes[15] = static_cast<std::uint8_t>(n);
        return id;
    });
}

rc::Gen<Core::Dot> dot()
{
    return rc::gen::exec([] { return Core::Dot{*device(), *positive()}; });
}

rc::Gen<Core::Hlc> stamp()
{
    return rc::gen::map(number<std::uint64_t>(), [](std::uint64_t n) { return Core::Hlc{n}; });
}

rc::Gen<double> finite()
{
    return rc::gen::exec([] {
        const double any = *rc::gen::weightedOneOf<double>(
            {{4, rc::gen::arbitrary<double>()}, {1, rc::gen::element(0.0, -0.0, 1.0, 1e300, 5e-324, -1.5, 1e15, 123456789012345680.0)}});
        return std::isfinite(any) ? any : 0.5;
    });
}

rc::Gen<Core::Value> scalar()
{
    return rc::gen::exec([]() -> Core::Value {
        switch (*rc::gen::inRange(0, 8)) {
        case 0:
            return {};
        case 1:
            return Core::Value(*rc::gen::arbitrary<bool>());
        case 2:
            return Core::Value(*number<std::int64_t>());
        case 3:
            return Core::Value(*finite());
        case 4:
            return Core::Value(Core::Bytes{*bytes()});
        case 5:
            return Core::Value(Core::Timestamp{*number<std::int64_t>()});
        case 6:
            return Core::Value(
                *rc::gen::element(std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(), std::nan("")));
        default:
            return Core::Value(*text());
        }
    });
}

rc::Gen<Core::Value> value(int depth)
{
    return rc::gen::exec([depth]() -> Core::Value {
        const int kind = depth > 0 ? *rc::gen::inRange(0, 4) : 0;
        if (kind < 2) {
            return *scalar();
        }
        const int size = *rc::gen::inRange(0, 4);
        if (kind == 2) {
            Core::Value::List list;
            for (int i = 0; i < size; ++i) {
                list.push_back(*value(depth - 1));
            }
            return Core::Value(std::move(list));
        }
        std::map<std::string, Core::Value> entries;
        for (int i = 0; i < size; ++i) {
            // Keys that JSON uses as tags are among them.
            const std::string key = *rc::gen::weightedOneOf<std::string>(
                {{4, text(6)}, {1, rc::gen::element<std::string>("$bytes", "$timestamp", "$double", "$map", "$ref", "$")}});
            entries.insert_or_assign(key, *value(depth - 1));
        }
        Core::Value::Map map;
        for (auto &[key, member] : entries) {
            map.push_back({key, member});
        }
        return *Core::Value::map(std::move(map));
    });
}

}  // namespace Satchel::Gen
