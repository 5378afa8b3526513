// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "listtable.h"

#include "rowdelegate.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>

namespace Satchel::Console {

ListTable::ListTable(const QString &accessibleName, int rowHeight, QWidget *parent)
    : QTableView(parent)
    , m_delegate(new RowDelegate(this))
{
    setAccessibleName(accessibleName);
    setItemDelegate(m_delegate);
    setShowGrid(false);
    setMouseTracking(true);
    setWordWrap(false);
    setTabKeyNavigation(false);
    setCornerButtonEnabled(false);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setDefaultSectionSize(rowHeight);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setMinimumSectionSize(48);
    connect(this, &QTableView::doubleClicked, this, &ListTable::rowOpened);
}

void ListTable::setModel(QAbstractItemModel *model)
{
    QTableView::setModel(model);
    connect(selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex &current) {
        // Qt makes a row current without selecting it when the list gets the focus; what the pane shows must be seen in the list.
        if (current.isValid() && selectionMode() != QAbstractItemView::NoSelection && !selectionModel()->isRowSelected(current.row())) {
            selectionModel()->select(current, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        }
        Q_EMIT rowChosen(current);
    });
}

void ListTable::setStale(bool isStale)
{
    m_delegate->setStale(isStale);
    viewport()->update();
}

void ListTable::setEdge(Edge edge)
{
    setProperty("edge", edge == Edge::Wide ? QStringLiteral("wide") : edge == Edge::None ? QStringLiteral("none") : QString());
    m_delegate->setEdges(edge == Edge::Wide   ? RowDelegate::Edges{24, 12}
                         : edge == Edge::None ? RowDelegate::Edges{0, 0}
                                              : RowDelegate::Edges());
}

void ListTable::fitHeight(int rowsMax)
{
    const int rows = qBound(1, model()->rowCount(), rowsMax);
    const int header = horizontalHeader()->isHidden() ? 0 : horizontalHeader()->sizeHint().height();
    setFixedHeight(rows * verticalHeader()->defaultSectionSize() + header + 2 * frameWidth());
}

void ListTable::selectRowAt(int row)
{
    if (model() != nullptr && row >= 0 && row < model()->rowCount()) {
        setCurrentIndex(model()->index(row, 0));
    }
}

void ListTable::resizeEvent(QResizeEvent *event)
{
    fitColumns(*horizontalHeader(), m_fit, viewport()->width());
    QTableView::resizeEvent(event);
}

void ListTable::keyPressEvent(QKeyEvent *event)
{
    const bool isOpen = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (isOpen && currentIndex().isValid()) {
        Q_EMIT rowOpened(currentIndex());
        return;
    }
    if (event->matches(QKeySequence::Copy) && currentIndex().isValid()) {
        QGuiApplication::clipboard()->setText(currentIndex().data().toString());
        return;
    }
    QTableView::keyPressEvent(event);
}

}  // namespace Satchel::Console
