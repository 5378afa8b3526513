// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "theme.h"

#include "stylesheet.h"

#include "widgets/tokens.h"

#include <QApplication>
#include <QFontDatabase>
#include <QPalette>
#include <QStyle>
#include <QStyleFactory>

namespace Satchel::Console {

namespace {

QPalette makePalette(const Tokens &tokens)
{
    QPalette palette;
    const auto set = [&palette](QPalette::ColorRole role, const QColor &color) { palette.setColor(QPalette::All, role, color); };
    set(QPalette::Window, tokens.window);
    set(QPalette::WindowText, tokens.text);
    set(QPalette::Base, tokens.surface);
    set(QPalette::AlternateBase, tokens.raised);
    set(QPalette::Text, tokens.text);
    set(QPalette::Button, tokens.surface);
    set(QPalette::ButtonText, tokens.text);
    set(QPalette::BrightText, tokens.danger);
    set(QPalette::PlaceholderText, tokens.muted);
    set(QPalette::Highlight, tokens.accentSoft);
    set(QPalette::HighlightedText, tokens.text);
    set(QPalette::Link, tokens.accent);
    set(QPalette::LinkVisited, tokens.accent);
    set(QPalette::ToolTipBase, tokens.raised);
    set(QPalette::ToolTipText, tokens.text);
    set(QPalette::Light, tokens.raised);
    set(QPalette::Midlight, tokens.neutralSoft);
    set(QPalette::Mid, tokens.border);
    set(QPalette::Dark, tokens.borderStrong);
    set(QPalette::Shadow, tokens.borderStrong);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        palette.setColor(QPalette::Disabled, role, tokens.muted);
    }
    return palette;
}

}  // namespace

void applyTheme(ThemeName theme)
{
    static const bool isDressed = [] {
        QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
        QFont font = QApplication::font();
        if (QFontDatabase::families().contains(QStringLiteral("Inter"))) {
            font.setFamily(QStringLiteral("Inter"));
        }
        font.setPointSizeF(qMax(font.pointSizeF(), 10.0));
        QApplication::setFont(font);
        return true;
    }();
    Q_UNUSED(isDressed)
    const Tokens &tokens = theme == ThemeName::Dark ? Tokens::dark() : Tokens::light();
    QApplication::setPalette(makePalette(tokens));
    qApp->setStyleSheet(styleSheet(tokens));
}

ThemeName desktopTheme()
{
    static const ThemeName theme = QApplication::palette().color(QPalette::Window).lightness() < 128 ? ThemeName::Dark : ThemeName::Light;
    return theme;
}

}  // namespace Satchel::Console
