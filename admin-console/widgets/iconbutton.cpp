// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "iconbutton.h"

#include "icons.h"
#include "tokens.h"
#include "visibletext.h"

#include <QEvent>

namespace Satchel::Console {

IconButton::IconButton(QString iconName, const QString &name, QWidget *parent)
    : QToolButton(parent)
    , m_iconName(std::move(iconName))
{
    setAccessibleName(name);
    setToolTip(plainToolTip(name));
    setIconSize({20, 20});
    setFocusPolicy(Qt::TabFocus);
    drawIcon();
}

void IconButton::changeEvent(QEvent *event)
{
    QToolButton::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        drawIcon();
    }
}

void IconButton::drawIcon()
{
    setIcon(tintedIcon(m_iconName, Tokens::of(palette()).muted));
}

}  // namespace Satchel::Console
