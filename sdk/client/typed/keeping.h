// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QMetaType>
#include <QVariant>

namespace Satchel::Reflection {

/// `after` with what `shown` holds in maps of gadgets under names that their types do not know; `before` is `shown` as the type reads it.
/// In lists of gadgets unknown members stay with elements that are unchanged, wherever they moved, and with those changed in place as long
/// as the list's length is the same.
[[nodiscard]] QVariant withUnknown(QMetaType type, const QVariant &shown, const QVariant &before, const QVariant &after);

}  // namespace Satchel::Reflection
