// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "headerwriter.h"

#include "words.h"

#include <sstream>

namespace Satchel::Schema {

namespace {

/// As documentation; without the lines that were for this program.
std::string documentation(const std::string &comment, const std::string &indent)
{
    std::istringstream lines(comment);
    std::string made;
    for (std::string line; std::getline(lines, line);) {
        // A backslash at the end would take in the next line.
        const std::size_t end = line.find_last_not_of(" \t\r\\");
        line = end == std::string::npos ? std::string() : line.substr(0, end + 1);
        if (!line.empty() && line.find("satchel: ") == std::string::npos) {
            made += indent + "///" + (line[0] == ' ' ? "" : " ") + line + '\n';
        }
    }
    return made;
}

std::string enumText(const EnumType &type)
{
    std::string text = documentation(type.comment, {}) + "struct " + type.cppName + " {\n    Q_GADGET\npublic:\n    enum class " +
                       type.name + " : int {\n";
    for (const auto &[name, number] : type.values) {
        text += "        " + name + " = " + std::to_string(number) + ",\n";
    }
    return text + "    };\n    Q_ENUM(" + type.name + ")\n};\n\n";
}

std::string messageText(const Message &message)
{
    std::string text = documentation(message.comment, {}) + "struct " + message.cppName + " {\n    Q_GADGET\n";
    for (const Field &field : message.fields) {
        text += "    Q_PROPERTY(" + field.type + ' ' + field.name + " MEMBER " + field.name + ")\n";
    }
    text += "public:\n";
    for (const auto &[name, type] : message.aliases) {
        text += "    using " + name + " = " + type + ";\n";
    }
    for (const Field &field : message.fields) {
        text += documentation(field.comment, "    ") + "    " + field.type + ' ' + field.name + field.initial + ";\n";
    }
    return text + "    friend bool operator==(const " + message.cppName + " &, const " + message.cppName + " &) = default;\n};\n\n";
}

std::string accessorText(const Message &message)
{
    const std::string name = withSmallStart(message.cppName);
    const std::string parameter = "const QString &collection = QStringLiteral(\"" + message.collection + "\")";
    std::string text = "inline Satchel::TypedCollection<" + message.cppName + "> " + name + "Collection(Satchel::Client &client, " +
                       parameter + ")\n{\n    return Satchel::TypedCollection<" + message.cppName +
                       ">(client.collection(collection));\n}\n\n";
    text += "/// For ClientOptions::policies; the server's policies have to say the same.\ninline Satchel::CollectionPolicy " + name +
            "Policy(" + parameter + ")\n{\n    Satchel::CollectionPolicy policy;\n    policy.collection = collection;\n";
    for (const Field &field : message.fields) {
        if (field.kind != Field::Kind::Register) {
            const char *const kind = field.kind == Field::Kind::Counter ? "Counter" : "Set";
            text += "    policy.fieldKinds.insert(QStringLiteral(\"" + field.name + "\"), Satchel::FieldKind::" + kind + ");\n";
        }
    }
    return text + "    return policy;\n}\n\n";
}

}  // namespace

std::string header(const File &file)
{
    std::string text = "// Made by satchel-schema from " + file.source +
                       ". Do not edit.\n#pragma once\n\n#include <Satchel/client.h>\n#include <Satchel/typed.h>\n\n"
                       "#include <QtCore/QByteArray>\n#include <QtCore/QDateTime>\n#include <QtCore/QList>\n#include <QtCore/QObject>\n"
                       "#include <QtCore/QString>\n\n#include <optional>\n\n";
    for (const std::string &name : file.namespaces) {
        text += "namespace " + name + " {\n";
    }
    text += '\n';
    for (const EnumType &type : file.enums) {
        text += enumText(type);
        if (type.cppName == type.name + "Enum") {
            text += "using " + type.name + " = " + type.cppName + "::" + type.name + ";\n\n";
        }
    }
    for (const Message &message : file.messages) {
        text += messageText(message);
    }
    for (const Message &message : file.messages) {
        text += message.collection.empty() ? std::string() : accessorText(message);
    }
    for (std::size_t i = 0; i < file.namespaces.size(); ++i) {
        text += "}\n";
    }
    return text;
}

}  // namespace Satchel::Schema
