// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QColor>
#include <QPalette>

namespace Satchel::Console {

/// How something is meant; colour follows from it.
enum class Tone { Plain, Muted, Accent, Good, Warning, Danger };

/// The colours of a theme by their use. Text on its background keeps a contrast of at least 4.5 to 1 (a test computes it).
struct Tokens {
    QColor window;
    QColor surface;
    QColor raised;
    QColor border;
    QColor borderStrong;
    QColor text;
    QColor muted;
    QColor accent;
    QColor onAccent;
    QColor accentSoft;
    QColor good;
    QColor goodSoft;
    QColor warning;
    QColor warningSoft;
    QColor danger;
    QColor dangerSoft;
    QColor neutralSoft;
    QColor hover;
    QColor rail;
    QColor railText;
    QColor railActive;
    QColor railActiveText;

    [[nodiscard]] QColor ink(Tone tone) const;
    [[nodiscard]] QColor fill(Tone tone) const;

    [[nodiscard]] static const Tokens &light();
    [[nodiscard]] static const Tokens &dark();
    /// Those of the theme that the palette belongs to, so that painting code needs no global theme.
    [[nodiscard]] static const Tokens &of(const QPalette &palette);
};

}  // namespace Satchel::Console
