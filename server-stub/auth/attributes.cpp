// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "attributes.h"

#include "core/value.h"
#include "wire/json.h"
#include "wire/jsontext.h"

namespace Satchel::Server {

std::string textOf(const Attributes &attributes)
{
    if (attributes.empty()) {
        return {};
    }
    std::string out;
    for (const auto &[name, value] : attributes) {
        out.push_back(out.empty() ? '{' : ',');
        Wire::appendJsonString(name, out);
        out.push_back(':');
        Wire::appendJsonString(value, out);
    }
    return out.append("}");
}

Attributes attributesFrom(std::string_view text)
{
    Attributes out;
    const auto read = text.empty() ? Core::Result<Core::Value>(Core::Value{}) : Wire::valueFromJson(text);
    const auto *members = read ? read->as<Core::Value::Map>() : nullptr;
    for (std::size_t i = 0; members != nullptr && i < members->size(); ++i) {
        if (const auto *value = (*members)[i].value.as<std::string>()) {
            out.emplace((*members)[i].key, *value);
        }
    }
    return out;
}

}  // namespace Satchel::Server
