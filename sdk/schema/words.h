// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <string>
#include <string_view>

/// Names and comments of a proto file as C++ wants them.
namespace Satchel::Schema {

/// Words of C++, and those that Qt's macros take.
[[nodiscard]] bool isReserved(std::string_view word);
/// "TaskList" -> "task_list".
[[nodiscard]] std::string toSnakeCase(std::string_view name);
/// "TaskList" -> "taskList".
[[nodiscard]] std::string withSmallStart(std::string_view name);
[[nodiscard]] bool isCollectionName(std::string_view name);
/// What stands behind "satchel: WORD" in a comment, up to the end of the line; found says whether it is there.
struct Directive {
    bool isFound = false;
    std::string rest;
};
[[nodiscard]] Directive directive(std::string_view comment, std::string_view word);

}  // namespace Satchel::Schema
