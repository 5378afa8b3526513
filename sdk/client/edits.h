// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/live/livestate.h"

#include <QString>
#include <QVariant>

/// The writes that an app can ask for, in Qt's types, as what LiveState does to a document. What Core cannot hold is an error at once.
namespace Satchel::Edits {

[[nodiscard]] Core::Result<Live::Editor> set(const QVariantMap &fields);
[[nodiscard]] Core::Result<Live::Editor> update(const QVariantMap &fields);
[[nodiscard]] Core::Result<Live::Editor> remove();
[[nodiscard]] Core::Result<Live::Editor> removeField(const QString &field);
[[nodiscard]] Core::Result<Live::Editor> increment(const QString &field, qint64 delta);
[[nodiscard]] Core::Result<Live::Editor> addToSet(const QString &field, const QVariant &element);
[[nodiscard]] Core::Result<Live::Editor> discardFromSet(const QString &field, const QVariant &element);

}  // namespace Satchel::Edits
