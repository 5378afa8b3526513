// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <google/protobuf/descriptor.h>
#include <tl/expected.hpp>

#include <string>
#include <vector>

/// A proto file as structs with properties: what each becomes in C++, in an order in which C++ takes them.
namespace Satchel::Schema {

/// Text for the developer: "tasks.proto:12: Task.due: what, and what to do".
using Problem = std::string;

struct EnumType {
    std::string cppName;  ///< of the struct that holds it, "Task_StateEnum"
    std::string name;     ///< "State"
    std::vector<std::pair<std::string, int>> values;
    std::string comment;
};

struct Field {
    enum class Kind { Register, Counter, Set };
    std::string name;
    std::string type;
    std::string initial;  ///< " = 0", or nothing
    std::string comment;
    Kind kind = Kind::Register;
};

struct Message {
    std::string cppName;     ///< "Task_Step"
    std::string collection;  ///< empty for a nested one
    std::string comment;
    std::vector<Field> fields;
    std::vector<std::pair<std::string, std::string>> aliases;  ///< of what it has inside: "Step", "Task_Step"
};

struct File {
    std::string source;
    std::vector<std::string> namespaces;
    std::vector<EnumType> enums;
    std::vector<Message> messages;
};

/// `nameSpace` "a::b"; empty: the package's. The first thing that typed state does not map is the problem.
[[nodiscard]] tl::expected<File, Problem> read(const google::protobuf::FileDescriptor &file, const std::string &nameSpace);

}  // namespace Satchel::Schema
