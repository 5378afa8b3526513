// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "importedfile.h"

#include "wire/json.h"

#include <QFile>
#include <QFileInfo>

#include <algorithm>

namespace Satchel::Demo {

using Core::Value;

namespace {

bool add(Documents &documents, const Value &item, const std::string &defaultCollection, const std::string &keyField)
{
    if (!keyField.empty()) {
        const Value *named = item.find(keyField);
        const bool isGood = named != nullptr && named->as<std::string>() != nullptr;
        if (isGood) {
            documents[defaultCollection + "/" + *named->as<std::string>()] = item;
        }
        return isGood;
    }
    const Value *key = item.find("key");
    const Value *value = item.find("value");
    if (key == nullptr || key->as<std::string>() == nullptr || value == nullptr || value->as<Value::Map>() == nullptr) {
        return false;
    }
    const Value *collection = item.find("collection");
    const std::string *named = collection != nullptr ? collection->as<std::string>() : nullptr;
    documents[(named != nullptr ? *named : defaultCollection) + "/" + *key->as<std::string>()] = *value;
    return true;
}

bool addWhole(Documents &documents, const Value &whole, const std::string &defaultCollection, const std::string &keyField,
              const std::string &name)
{
    if (const auto *items = whole.as<Value::List>()) {
        return std::ranges::all_of(*items, [&](const Value &item) { return add(documents, item, defaultCollection, keyField); });
    }
    if (add(documents, whole, defaultCollection, keyField)) {
        return true;
    }
    const auto *members = whole.as<Value::Map>();
    if (members == nullptr || !keyField.empty()) {
        return false;
    }
    if (!std::ranges::all_of(*members, [](const Value::MapEntry &member) { return member.value.as<Value::Map>() != nullptr; })) {
        documents[defaultCollection + "/" + name] = whole;
        return true;
    }
    for (const Value::MapEntry &member : *members) {
        documents[defaultCollection + "/" + member.key] = member.value;
    }
    return true;
}

}  // namespace

std::optional<Documents> documentsOfFile(const QString &path, const std::string &defaultCollection, const std::string &keyField)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return std::nullopt;
    }
    const QByteArray content = file.readAll();
    Documents documents;
    if (const auto whole = Wire::valueFromJson(content.toStdString())) {
        const std::string name = QFileInfo(path).completeBaseName().toStdString();
        return addWhole(documents, *whole, defaultCollection, keyField, name) ? std::optional(documents) : std::nullopt;
    }
    for (const QByteArray &line : content.split('\n')) {
        const auto item = Wire::valueFromJson(line.toStdString());
        if (!line.trimmed().isEmpty() && (!item || !add(documents, *item, defaultCollection, keyField))) {
            return std::nullopt;
        }
    }
    return documents;
}

Value merged(const Value &document, const Value &changes)
{
    Value::Map members = *changes.as<Value::Map>();
    if (const auto *before = document.as<Value::Map>()) {
        std::ranges::copy_if(*before, std::back_inserter(members),
                             [&](const Value::MapEntry &entry) { return changes.find(entry.key) == nullptr; });
    }
    return Value::map(std::move(members)).value();
}

}  // namespace Satchel::Demo
