// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QList>

class QHeaderView;

namespace Satchel::Console {

/// Which columns a narrow view gives up first, so that the one that stretches keeps a readable width.
struct ColumnFit {
    int stretchColumn = 0;
    int stretchWidthMin = 0;
    QList<int> givenUpFirst;
};

/// Shows and hides columns for a view of this width; call it when the view is resized.
void fitColumns(QHeaderView &header, const ColumnFit &fit, int viewWidth);

}  // namespace Satchel::Console
