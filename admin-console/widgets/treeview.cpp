// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "treeview.h"

#include "cellroles.h"
#include "rowdelegate.h"
#include "tokens.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>

namespace Satchel::Console {

namespace {

constexpr int indentPixels = 16;
constexpr int markWidth = 3;

}  // namespace

TreeView::TreeView(const QString &accessibleName, QWidget *parent)
    : QTreeView(parent)
    , m_delegate(new RowDelegate(this))
{
    setAccessibleName(accessibleName);
    setProperty("edge", QStringLiteral("wide"));
    m_delegate->setEdges({8, 12});
    setItemDelegate(m_delegate);
    setMouseTracking(true);
    setUniformRowHeights(true);
    setIndentation(indentPixels);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
}

void TreeView::setStale(bool isStale)
{
    m_delegate->setStale(isStale);
    viewport()->update();
}

void TreeView::drawRow(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QTreeView::drawRow(painter, option, index);
    const Tokens &tokens = Tokens::of(palette());
    const QRect row(0, option.rect.top(), viewport()->width(), option.rect.height());
    painter->fillRect(QRect(row.left(), row.bottom(), row.width(), 1), tokens.border);
    const QVariant mark = index.siblingAtColumn(0).data(BarRole);
    if (mark.isValid()) {
        painter->fillRect(QRect(row.left(), row.top(), markWidth, row.height() - 1), tokens.ink(static_cast<Tone>(mark.toInt())));
    }
}

void TreeView::resizeEvent(QResizeEvent *event)
{
    fitColumns(*header(), m_fit, viewport()->width());
    QTreeView::resizeEvent(event);
}

void TreeView::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy) && currentIndex().isValid()) {
        QGuiApplication::clipboard()->setText(currentIndex().data().toString());
        return;
    }
    QTreeView::keyPressEvent(event);
}

}  // namespace Satchel::Console
