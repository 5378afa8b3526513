// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "schema.h"

#include "words.h"

#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <set>

namespace Satchel::Schema {

namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

constexpr const char *timestampName = "google.protobuf.Timestamp";

template <typename Thing>
std::string commentOf(const Thing &thing)
{
    google::protobuf::SourceLocation place;
    return thing.GetSourceLocation(&place) ? place.leading_comments + place.trailing_comments : std::string();
}

template <typename Thing>
tl::unexpected<Problem> refuse(const Thing &thing, const std::string &what)
{
    google::protobuf::SourceLocation place;
    const std::string line = thing.GetSourceLocation(&place) ? ':' + std::to_string(place.start_line + 1) : std::string();
    return tl::unexpected<Problem>(thing.file()->name() + line + ": " + thing.full_name() + ": " + what);
}

/// "acme.tasks.Task.Step" of the package acme.tasks -> "Task_Step".
template <typename Thing>
std::string flatName(const Thing &thing)
{
    const std::string &package = thing.file()->package();
    std::string name = package.empty() ? thing.full_name() : thing.full_name().substr(package.size() + 1);
    std::replace(name.begin(), name.end(), '.', '_');
    return name;
}

class Reader {
public:
    explicit Reader(const std::string &nameSpace)
        : m_prefix(nameSpace.empty() ? nameSpace : nameSpace + "::")
    {
    }

    [[nodiscard]] tl::expected<void, Problem> readEnums(const EnumDescriptor &type)
    {
        EnumType made{flatName(type) + "Enum", type.name(), {}, commentOf(type)};
        for (int i = 0; i < type.value_count(); ++i) {
            if (isReserved(type.value(i)->name())) {
                return refuse(*type.value(i), "is a word of C++ or Qt: rename it");
            }
            made.values.emplace_back(type.value(i)->name(), type.value(i)->number());
        }
        m_file.enums.push_back(std::move(made));
        return {};
    }

    [[nodiscard]] tl::expected<void, Problem> readEnumsIn(const Descriptor &message)
    {
        for (int i = 0; i < message.enum_type_count(); ++i) {
            if (auto done = readEnums(*message.enum_type(i)); !done) {
                return done;
            }
        }
        for (int i = 0; i < message.nested_type_count(); ++i) {
            if (auto done = readEnumsIn(*message.nested_type(i)); !done) {
                return done;
            }
        }
        return {};
    }

    /// With what it needs before it.
    [[nodiscard]] tl::expected<void, Problem> readMessage(const Descriptor &message)
    {
        if (m_done.contains(&message)) {
            return {};
        }
        if (!m_open.insert(&message).second) {
            return refuse(message, "holds itself, which a struct cannot: keep the inner ones as documents, and their keys here");
        }
        Message made{flatName(message), {}, commentOf(message), {}, {}};
        if (auto named = readNames(message, made); !named) {
            return named;
        }
        std::set<std::string> names;
        for (int i = 0; i < message.field_count(); ++i) {
            auto field = readField(*message.field(i));
            if (!field) {
                return tl::unexpected(field.error());
            }
            if (!names.insert(field->name).second) {
                return refuse(*message.field(i), "has the same JSON name as another field, " + field->name);
            }
            made.fields.push_back(std::move(*field));
        }
        m_open.erase(&message);
        m_done.insert(&message);
        m_file.messages.push_back(std::move(made));
        return {};
    }

    [[nodiscard]] File take() { return std::move(m_file); }

private:
    [[nodiscard]] tl::expected<void, Problem> readNames(const Descriptor &message, Message &made)
    {
        if (isReserved(message.name())) {
            return refuse(message, "is a word of C++ or Qt: rename it");
        }
        if (message.containing_type() == nullptr) {
            const Directive named = directive(made.comment, "collection");
            made.collection = named.isFound ? named.rest : toSnakeCase(message.name());
            if (!isCollectionName(made.collection)) {
                return refuse(message, "\"" + made.collection + "\" is no name of a collection: 1 to 64 of a-z 0-9 _ . -");
            }
        }
        for (int i = 0; i < message.enum_type_count(); ++i) {
            const EnumDescriptor &type = *message.enum_type(i);
            made.aliases.emplace_back(type.name(), flatName(type) + "Enum::" + type.name());
        }
        for (int i = 0; i < message.nested_type_count(); ++i) {
            const Descriptor &type = *message.nested_type(i);
            if (!type.options().map_entry()) {
                if (auto inner = readMessage(type); !inner) {
                    return inner;
                }
                made.aliases.emplace_back(type.name(), flatName(type));
            }
        }
        return {};
    }

    [[nodiscard]] tl::expected<Field, Problem> readField(const FieldDescriptor &field)
    {
        Field made{field.json_name(), {}, {}, commentOf(field), Field::Kind::Register};
        if (isReserved(made.name)) {
            return refuse(field, "is a word of C++ or Qt: rename it, or give it another json_name");
        }
        if (field.is_map()) {
            return refuse(field, "typed state has no map<>: use a repeated message with the key as a field, or a document for each");
        }
        if (field.real_containing_oneof() != nullptr) {
            return refuse(field, "typed state has no oneof: make the fields optional");
        }
        auto scalar = scalarType(field, made.initial);
        if (!scalar) {
            return tl::unexpected(scalar.error());
        }
        made.type = *scalar;
        const bool isTime = made.type == "QDateTime";
        if (field.is_repeated()) {
            made.type = "QList<" + made.type + '>';
            made.initial.clear();
        } else if (field.has_presence() && !isTime) {
            made.type = "std::optional<" + made.type + '>';
            made.initial.clear();
        }
        return readKind(field, std::move(made));
    }

    [[nodiscard]] static tl::expected<Field, Problem> readKind(const FieldDescriptor &field, Field made)
    {
        if (directive(made.comment, "counter").isFound) {
            if (made.type != "qint64") {
                return refuse(field, "a counter is a plain int64");
            }
            made.kind = Field::Kind::Counter;
        }
        if (directive(made.comment, "set").isFound) {
            if (!field.is_repeated() || (field.message_type() != nullptr && made.type != "QList<QDateTime>")) {
                return refuse(field, "a set is repeated, of scalars");
            }
            made.kind = Field::Kind::Set;
        }
        if (field.containing_type()->containing_type() != nullptr && made.kind != Field::Kind::Register) {
            return refuse(field, "counters and sets are fields of documents, not of messages inside them");
        }
        return made;
    }

    [[nodiscard]] tl::expected<std::string, Problem> scalarType(const FieldDescriptor &field, std::string &initial)
    {
        initial = " = 0";
        switch (field.cpp_type()) {
        case FieldDescriptor::CPPTYPE_INT32:
            return "qint32";
        case FieldDescriptor::CPPTYPE_INT64:
            return "qint64";
        case FieldDescriptor::CPPTYPE_UINT32:
            return "quint32";
        case FieldDescriptor::CPPTYPE_UINT64:
            return "quint64";
        case FieldDescriptor::CPPTYPE_FLOAT:
            return "float";
        case FieldDescriptor::CPPTYPE_DOUBLE:
            return "double";
        case FieldDescriptor::CPPTYPE_BOOL:
            initial = " = false";
            return "bool";
        case FieldDescriptor::CPPTYPE_STRING:
            initial.clear();
            return field.type() == FieldDescriptor::TYPE_BYTES ? "QByteArray" : "QString";
        case FieldDescriptor::CPPTYPE_ENUM: {
            const EnumDescriptor &type = *field.enum_type();
            const std::string name = m_prefix + flatName(type) + "Enum::" + type.name();
            initial = " = " + name + "::" + type.value(0)->name();
            return name;
        }
        case FieldDescriptor::CPPTYPE_MESSAGE:
            break;
        }
        initial.clear();
        if (field.message_type()->full_name() == timestampName) {
            return "QDateTime";
        }
        if (auto before = readMessage(*field.message_type()); !before) {
            return tl::unexpected(before.error());
        }
        return m_prefix + flatName(*field.message_type());
    }

    std::string m_prefix;
    File m_file;
    std::set<const Descriptor *> m_open;
    std::set<const Descriptor *> m_done;
};

std::vector<std::string> partsOf(const std::string &text, const std::string &separator)
{
    std::vector<std::string> parts;
    std::size_t begin = 0;
    for (std::size_t end = text.find(separator); end != std::string::npos; end = text.find(separator, begin)) {
        parts.push_back(text.substr(begin, end - begin));
        begin = end + separator.size();
    }
    if (begin < text.size()) {
        parts.push_back(text.substr(begin));
    }
    return parts;
}

}  // namespace

tl::expected<File, Problem> read(const FileDescriptor &file, const std::string &nameSpace)
{
    if (file.syntax() != FileDescriptor::SYNTAX_PROTO3) {
        return tl::unexpected(file.name() + ": is not of proto3: begin it with syntax = \"proto3\";");
    }
    for (int i = 0; i < file.dependency_count(); ++i) {
        if (file.dependency(i)->name() != "google/protobuf/timestamp.proto") {
            return tl::unexpected(file.name() + ": imports " + file.dependency(i)->name() +
                                  ": a schema is one file, and may import google/protobuf/timestamp.proto");
        }
    }
    const std::vector<std::string> namespaces = nameSpace.empty() ? partsOf(file.package(), ".") : partsOf(nameSpace, "::");
    std::string joined;
    for (const std::string &part : namespaces) {
        joined += (joined.empty() ? "" : "::") + part;
    }
    Reader reader(joined);
    for (int i = 0; i < file.enum_type_count(); ++i) {
        if (auto done = reader.readEnums(*file.enum_type(i)); !done) {
            return tl::unexpected(done.error());
        }
    }
    for (int i = 0; i < file.message_type_count(); ++i) {
        if (auto done = reader.readEnumsIn(*file.message_type(i)); !done) {
            return tl::unexpected(done.error());
        }
    }
    for (int i = 0; i < file.message_type_count(); ++i) {
        if (auto done = reader.readMessage(*file.message_type(i)); !done) {
            return tl::unexpected(done.error());
        }
    }
    File made = reader.take();
    made.source = file.name();
    made.namespaces = namespaces;
    return made;
}

}  // namespace Satchel::Schema
