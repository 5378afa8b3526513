// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Qt>

namespace Satchel::Console {

/// What models say about a cell beside its text; RowDelegate draws it.
enum CellRole {
    ToneRole = Qt::UserRole + 1,  ///< int(Tone) of the text
    PillRole,                     ///< bool: the text stands in a rounded box of its tone
    SecondLineRole,               ///< QString: smaller, muted, under the text
    MonospaceRole,                ///< bool: values and ids
    DotRole,                      ///< int(Tone): a round mark before the text
    InitialsRole,                 ///< QString: one or two letters in a circle before the text
    BarRole,                      ///< int(Tone): a mark at a tree row's left edge
    ElideMiddleRole,              ///< bool: the end of the text tells more than its middle
    TrailingRole,                 ///< QString: a small pill at the end of the cell
    TrailingToneRole,             ///< int(Tone) of the trailing pill
};

}  // namespace Satchel::Console
