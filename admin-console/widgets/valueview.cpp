// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "valueview.h"

#include <QTextDocument>

namespace Satchel::Console {

namespace {

constexpr int marginPixels = 8;

}  // namespace

ValueView::ValueView(const QString &accessibleName, QWidget *parent)
    : QPlainTextEdit(parent)
{
    setObjectName(QStringLiteral("value"));
    setAccessibleName(accessibleName);
    setReadOnly(true);
    setTabChangesFocus(true);
    setUndoRedoEnabled(false);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    document()->setDocumentMargin(marginPixels);
}

void ValueView::fitTo(int linesMax)
{
    m_linesMax = linesMax;
    fit();
}

void ValueView::resizeEvent(QResizeEvent *event)
{
    QPlainTextEdit::resizeEvent(event);
    fit();
}

void ValueView::fit()
{
    if (m_linesMax == 0) {
        return;
    }
    // QPlainTextEdit measures its document in lines, as wrapped.
    const int lines = qMax(1, static_cast<int>(document()->size().height()));
    setVerticalScrollBarPolicy(lines > m_linesMax ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
    setFixedHeight(qMin(lines, m_linesMax) * fontMetrics().lineSpacing() + 2 * marginPixels + 2 * frameWidth() + 2);
}

}  // namespace Satchel::Console
