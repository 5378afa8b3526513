// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "tokens.h"

#include <QLabel>

namespace Satchel::Console {

/// What a text is for; the theme gives it size, weight and colour.
enum class TextUse { Body, Strong, Title, Heading, Section, Muted, Small, SmallPlain, Number };

/// A label that never reads its text as markup.
[[nodiscard]] QLabel *makeLabel(const QString &text, TextUse use, QWidget *parent = nullptr);
/// A small rounded box with a word or number in it.
[[nodiscard]] QLabel *makePill(const QString &text, Tone tone, QWidget *parent = nullptr);
void setPill(QLabel *pill, const QString &text, Tone tone);
/// The theme colours by this property; a change after the first showing needs the style to look again.
void setToneProperty(QWidget *widget, Tone tone);

/// One line that ends in "…" where it does not fit, and then tells the rest in its tool tip.
class ElidedLabel : public QLabel {
    Q_OBJECT

public:
    explicit ElidedLabel(TextUse use, QWidget *parent = nullptr);
    void setFullText(const QString &text);

    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
};

}  // namespace Satchel::Console
