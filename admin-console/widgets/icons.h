// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QColor>
#include <QIcon>
#include <QPixmap>
#include <QString>

namespace Satchel::Console {

/// The picture `icons/<name>.svg` drawn in one colour, sharp at every size; an empty icon for a name that there is not.
[[nodiscard]] QIcon tintedIcon(const QString &name, const QColor &color);
[[nodiscard]] QPixmap tintedPixmap(const QString &name, const QColor &color, int sizePixels, qreal ratio);

}  // namespace Satchel::Console
