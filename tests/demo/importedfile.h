// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/value.h"

#include <QString>

#include <map>
#include <optional>
#include <string>

namespace Satchel::Demo {

using Documents = std::map<std::string, Core::Value>;

/// What a JSON or JSON Lines file says that there must be, by "collection/key": read apart from the importer, which is what it is held
/// against. Nothing if the file is not of a shape that the importer takes.
[[nodiscard]] std::optional<Documents> documentsOfFile(const QString &path, const std::string &defaultCollection,
                                                       const std::string &keyField = {});

/// `document` with each member of `changes` put in.
[[nodiscard]] Core::Value merged(const Core::Value &document, const Core::Value &changes);

}  // namespace Satchel::Demo
