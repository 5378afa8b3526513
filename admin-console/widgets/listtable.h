// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "columnfit.h"

#include <QTableView>

namespace Satchel::Console {

class RowDelegate;

/// A table of rows as the console shows them: whole rows, one chosen, no grid, Enter opens, Ctrl+C copies what is seen.
class ListTable : public QTableView {
    Q_OBJECT

public:
    ListTable(const QString &accessibleName, int rowHeight, QWidget *parent = nullptr);

    void setStale(bool isStale);
    void setColumnFit(ColumnFit fit) { m_fit = std::move(fit); }
    enum class Edge { Narrow, Wide, None };
    /// How far texts stand from the table's sides; Narrow if not set.
    void setEdge(Edge edge);
    /// Takes as much height as its rows need, at most `rowsMax` of them.
    void fitHeight(int rowsMax);
    void selectRowAt(int row);

Q_SIGNALS:
    /// Enter or double click; the model's index.
    void rowOpened(const QModelIndex &index);
    /// The current row changed, also to none.
    void rowChosen(const QModelIndex &index);

public:
    void setModel(QAbstractItemModel *model) override;

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    RowDelegate *m_delegate;
    ColumnFit m_fit;
};

}  // namespace Satchel::Console
