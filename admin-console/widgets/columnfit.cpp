// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "columnfit.h"

#include <QHeaderView>

namespace Satchel::Console {

void fitColumns(QHeaderView &header, const ColumnFit &fit, int viewWidth)
{
    if (fit.givenUpFirst.isEmpty()) {
        return;
    }
    for (const int column : fit.givenUpFirst) {
        header.setSectionHidden(column, false);
    }
    int taken = 0;
    for (int column = 0; column < header.count(); ++column) {
        taken += column == fit.stretchColumn ? fit.stretchWidthMin : header.sectionSize(column);
    }
    for (const int column : fit.givenUpFirst) {
        if (taken <= viewWidth) {
            return;
        }
        taken -= header.sectionSize(column);
        header.setSectionHidden(column, true);
    }
}

}  // namespace Satchel::Console
