// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "words.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace Satchel::Schema {

bool isReserved(std::string_view word)
{
    static constexpr auto words = std::to_array<std::string_view>({"alignas",    "alignof",
                                                                   "and",        "asm",
                                                                   "auto",       "bitand",
                                                                   "bitor",      "bool",
                                                                   "break",      "case",
                                                                   "catch",      "char",
                                                                   "class",      "compl",
                                                                   "concept",    "const",
                                                                   "const_cast", "consteval",
                                                                   "constexpr",  "constinit",
                                                                   "continue",   "co_await",
                                                                   "co_return",  "co_yield",
                                                                   "decltype",   "default",
                                                                   "delete",     "do",
                                                                   "double",     "else",
                                                                   "emit",       "enum",
                                                                   "explicit",   "export",
                                                                   "extern",     "false",
                                                                   "float",      "for",
                                                                   "foreach",    "forever",
                                                                   "friend",     "goto",
                                                                   "if",         "inline",
                                                                   "int",        "long",
                                                                   "mutable",    "namespace",
                                                                   "new",        "noexcept",
                                                                   "not",        "nullptr",
                                                                   "operator",   "or",
                                                                   "private",    "protected",
                                                                   "public",     "register",
                                                                   "requires",   "return",
                                                                   "short",      "signals",
                                                                   "signed",     "sizeof",
                                                                   "slots",      "static",
                                                                   "struct",     "switch",
                                                                   "template",   "this",
                                                                   "throw",      "true",
                                                                   "try",        "typedef",
                                                                   "typeid",     "typename",
                                                                   "union",      "unsigned",
                                                                   "using",      "virtual",
                                                                   "void",       "volatile",
                                                                   "wchar_t",    "while",
                                                                   "xor",        "staticMetaObject"});
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::string toSnakeCase(std::string_view name)
{
    std::string made;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const auto letter = static_cast<unsigned char>(name[i]);
        if (std::isupper(letter) && i > 0 && name[i - 1] != '_' && !std::isupper(static_cast<unsigned char>(name[i - 1]))) {
            made += '_';
        }
        made += static_cast<char>(std::tolower(letter));
    }
    return made;
}

std::string withSmallStart(std::string_view name)
{
    std::string made(name);
    made[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(made[0])));
    return made;
}

bool isCollectionName(std::string_view name)
{
    return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
    });
}

Directive directive(std::string_view comment, std::string_view word)
{
    const std::string wanted = "satchel: " + std::string(word);
    const std::size_t at = comment.find(wanted);
    if (at == std::string_view::npos) {
        return {};
    }
    std::string_view rest = comment.substr(at + wanted.size());
    rest = rest.substr(0, rest.find('\n'));
    const std::size_t begin = rest.find_first_not_of(' ');
    const std::size_t end = rest.find_last_not_of(" \r");
    return {true, begin == std::string_view::npos ? std::string() : std::string(rest.substr(begin, end - begin + 1))};
}

}  // namespace Satchel::Schema
