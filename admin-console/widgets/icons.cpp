// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "icons.h"

#include <QFile>
#include <QPainter>
#include <QSvgRenderer>

// A static library's resources are linked only when they are asked for, and that has to happen outside of any namespace, the unnamed one
// too.
static void initResources()
{
    Q_INIT_RESOURCE(icons);
}

namespace Satchel::Console {

QPixmap tintedPixmap(const QString &name, const QColor &color, int sizePixels, qreal ratio)
{
    initResources();
    QFile file(QStringLiteral(":/satchel/icons/%1.svg").arg(name));
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    QSvgRenderer renderer(file.readAll().replace("currentColor", color.name().toLatin1()));
    QPixmap pixmap(QSize(sizePixels, sizePixels) * ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    renderer.render(&painter);
    painter.end();
    pixmap.setDevicePixelRatio(ratio);
    return pixmap;
}

QIcon tintedIcon(const QString &name, const QColor &color)
{
    QIcon icon;
    for (const int size : {16, 20, 24, 32, 48}) {
        for (const qreal ratio : {1.0, 2.0}) {
            const QPixmap pixmap = tintedPixmap(name, color, size, ratio);
            if (!pixmap.isNull()) {
                icon.addPixmap(pixmap);
            }
        }
    }
    return icon;
}

}  // namespace Satchel::Console
