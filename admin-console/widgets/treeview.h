// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QTreeView>

namespace Satchel::Console {

class RowDelegate;

/// A tree in the dress of ListTable: lines and marks run over the whole row, whatever the depth.
class TreeView : public QTreeView {
    Q_OBJECT

public:
    explicit TreeView(const QString &accessibleName, QWidget *parent = nullptr);

    void setStale(bool isStale);

protected:
    void drawRow(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    RowDelegate *m_delegate;
};

}  // namespace Satchel::Console
