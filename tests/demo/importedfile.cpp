// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "importedfile.h"

#include "wire/json.h"

#include <QFile>

#include <algorithm>

namespace Satchel::Demo {

using Core::Value;

namespace {

bool add(Documents &documents, const Value &item, const std::string &defaultCollection)
{
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

bool addWhole(Documents &documents, const Value &whole, const std::string &defaultCollection)
{
    if (const auto *items = whole.as<Value::List>()) {
        return std::ranges::all_of(*items, [&](const Value &item) { return add(documents, item, defaultCollection); });
    }
    if (add(documents, whole, defaultCollection)) {
        return true;
    }
    const auto *members = whole.as<Value::Map>();
    for (std::size_t i = 0; members != nullptr && i < members->size(); ++i) {
        documents[defaultCollection + "/" + (*members)[i].key] = (*members)[i].value;
    }
    return members != nullptr;
}

}  // namespace

std::optional<Documents> documentsOfFile(const QString &path, const std::string &defaultCollection)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return std::nullopt;
    }
    const QByteArray content = file.readAll();
    Documents documents;
    if (const auto whole = Wire::valueFromJson(content.toStdString())) {
        return addWhole(documents, *whole, defaultCollection) ? std::optional(documents) : std::nullopt;
    }
    for (const QByteArray &line : content.split('\n')) {
        const auto item = Wire::valueFromJson(line.toStdString());
        if (!line.trimmed().isEmpty() && (!item || !add(documents, *item, defaultCollection))) {
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
