// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QStyledItemDelegate>

namespace Satchel::Console {

/// Draws every list and tree of the console from the roles in cellroles.h: text on one or two lines, pills, marks, initials.
class RowDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    static constexpr int lineHeight = 36;
    static constexpr int twoLineHeight = 52;

    /// Rows are shown paler while the server is gone.
    void setStale(bool isStale) { m_isStale = isStale; }
    /// Room before the first column and after the last.
    struct Edges {
        int left = 12;
        int right = 12;
    };
    void setEdges(Edges edges) { m_edges = edges; }

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    bool m_isStale = false;
    Edges m_edges;
};

}  // namespace Satchel::Console
