// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "columnfit.h"

#include <QTreeView>

namespace Satchel::Console {

class RowDelegate;

/// A tree in the dress of ListTable: lines and marks run over the whole row, whatever the depth.
class TreeView : public QTreeView {
    Q_OBJECT

public:
    explicit TreeView(const QString &accessibleName, QWidget *parent = nullptr);

    void setStale(bool isStale);
    void setColumnFit(ColumnFit fit) { m_fit = std::move(fit); }

protected:
    void drawRow(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    void keyPressEvent(QKeyEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    RowDelegate *m_delegate;
    ColumnFit m_fit;
};

}  // namespace Satchel::Console
