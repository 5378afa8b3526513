// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/store/storereader.h"
#include "core/value.h"

#include <string>
#include <utility>
#include <vector>

/// What a store holds as values that have a JSON form.
namespace Satchel::Cli {

/// A map of members whose names are known to differ.
[[nodiscard]] Core::Value mapOf(Core::Value::Map members);
[[nodiscard]] Core::Value valueOf(const Core::Error &error);
/// Text as it is, or {"$bytes": ...} for a name that is no text.
[[nodiscard]] Core::Value nameValue(const std::string &bytes);
[[nodiscard]] Core::Value valueOf(const Core::Mutation &mutation);
[[nodiscard]] Core::Value valueOf(const Sync::Quarantined &refused);
[[nodiscard]] Core::Value summaryOf(const Sync::StoreContents &contents);
/// "put theme, remove y": a mutation's ops for people.
[[nodiscard]] std::string opsText(const Core::Mutation &mutation);
/// 2026-01-31T12:00:00.000Z
[[nodiscard]] std::string timeText(std::int64_t milliseconds);

}  // namespace Satchel::Cli
