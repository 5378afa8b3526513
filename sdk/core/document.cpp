// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "document.h"

#include <algorithm>

namespace Satchel::Core {

namespace {

bool isBefore(const Document::Field &field, std::string_view name)
{
    return field.name < name;
}

}  // namespace

const FieldState *Document::find(std::string_view name) const
{
    const auto it = std::lower_bound(fields.begin(), fields.end(), name, isBefore);
    return it != fields.end() && it->name == name ? &it->state : nullptr;
}

FieldState &Document::at(std::string_view name)
{
    auto it = std::lower_bound(fields.begin(), fields.end(), name, isBefore);
    if (it == fields.end() || it->name != name)
        it = fields.insert(it, Field{std::string(name), {}});
    return it->state;
}

void Document::dropIfEmpty(std::string_view name)
{
    const auto it = std::lower_bound(fields.begin(), fields.end(), name, isBefore);
    if (it != fields.end() && it->name == name && it->state.isEmpty())
        fields.erase(it);
}

}  // namespace Satchel::Core
