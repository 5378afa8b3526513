// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "filterline.h"

#include "icons.h"
#include "tokens.h"

#include <QAction>
#include <QEvent>
#include <QKeyEvent>

namespace Satchel::Console {

FilterLine::FilterLine(const QString &placeholder, const QString &accessibleName, QWidget *parent)
    : QLineEdit(parent)
    , m_icon(addAction(QIcon(), QLineEdit::LeadingPosition))
{
    setPlaceholderText(placeholder);
    setAccessibleName(accessibleName);
    setMaxLength(charactersMax);
    setClearButtonEnabled(true);
    m_icon->setEnabled(false);
    m_pause.setSingleShot(true);
    m_pause.setInterval(pauseMs);
    connect(&m_pause, &QTimer::timeout, this, &FilterLine::apply);
    connect(this, &QLineEdit::returnPressed, this, &FilterLine::apply);
    connect(this, &QLineEdit::textChanged, this, [this](const QString &text) {
        if (text.isEmpty()) {
            apply();
        } else {
            m_pause.start();
        }
    });
    drawIcon();
}

void FilterLine::setFilter(const QString &filter)
{
    m_filter = filter.trimmed();
    setText(filter);
    m_pause.stop();
}

void FilterLine::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Down) {
        apply();
        Q_EMIT listRequested();
        return;
    }
    QLineEdit::keyPressEvent(event);
}

void FilterLine::changeEvent(QEvent *event)
{
    QLineEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        drawIcon();
    }
}

void FilterLine::apply()
{
    m_pause.stop();
    const QString wanted = text().trimmed();
    if (wanted != m_filter) {
        m_filter = wanted;
        Q_EMIT filterChanged(m_filter);
    }
}

void FilterLine::drawIcon()
{
    m_icon->setIcon(tintedIcon(QStringLiteral("search"), Tokens::of(palette()).muted));
}

}  // namespace Satchel::Console
