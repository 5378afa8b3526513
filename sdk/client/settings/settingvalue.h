// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/result.h>

#include <QVariant>

/// The value of a setting to and from what a document holds; Satchel/settings.h says how. Stateless.
namespace Satchel::SettingValue {

/// INVALID_ARGUMENT/NOT_REPRESENTABLE for a type, at any depth, that QDataStream cannot write.
[[nodiscard]] Result<QVariant> toDocument(const QVariant &value);
/// INVALID_ARGUMENT/MALFORMED_INPUT for a stream that this program cannot read, whole.
[[nodiscard]] Result<QVariant> fromDocument(const QVariant &shown);
/// Equal in a document: 1 and 1.0 are not.
[[nodiscard]] bool isSame(const QVariant &a, const QVariant &b);

}  // namespace Satchel::SettingValue
