// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "stylesheet.h"

#include "widgets/tokens.h"

#include <utility>

namespace Satchel::Console {

namespace {

/// "@name" stands for the token's colour. The grid is 8 pixels; texts are in points, so that they follow the desktop.
constexpr const char *texts = R"(
QLabel[use="title"] { font-size: 15pt; font-weight: 600; }
QLabel[use="heading"] { font-size: 12pt; font-weight: 600; }
QLabel[use="strong"] { font-weight: 600; }
QLabel[use="section"] { font-size: 9pt; font-weight: 600; color: @muted; }
QLabel[use="muted"] { color: @muted; }
QLabel[use="small"] { font-size: 9pt; color: @muted; }
QLabel[use="smallplain"] { font-size: 9pt; }
QLabel[use="number"] { font-size: 14pt; font-weight: 600; }
QLabel[use="number"][tone="warning"] { color: @warning; }
QLabel[use="pill"] { font-size: 9pt; font-weight: 500; border-radius: 9px; padding: 2px 8px; background: @neutralSoft; color: @muted; }
QLabel[use="pill"][tone="accent"] { background: @accentSoft; color: @accent; }
QLabel[use="pill"][tone="good"] { background: @goodSoft; color: @good; }
QLabel[use="pill"][tone="warning"] { background: @warningSoft; color: @warning; }
QLabel[use="pill"][tone="danger"] { background: @dangerSoft; color: @danger; }
QToolTip { background: @raised; color: @text; border: 1px solid @borderStrong; padding: 6px; }
)";

constexpr const char *panes = R"(
QMainWindow, QDialog { background: @window; }
#pageheader, #toolstrip { background: @surface; border-bottom: 1px solid @border; }
#details, #message, #sidepane { background: @surface; }
#raised, #raisedpane { background: @raised; }
#notice { background: @warningSoft; border-top: 1px solid @border; }
#tonebox { background: @neutralSoft; border-radius: 8px; }
#tonebox[tone="good"] { background: @goodSoft; }
#tonebox[tone="warning"] { background: @warningSoft; }
#tonebox[tone="danger"] { background: @dangerSoft; }
#banner { border: none; background: @warningSoft; }
#banner[tone="danger"] { background: @dangerSoft; }
#card { background: @surface; border: 1px solid @border; border-radius: 8px; }
#card[role="shown"] { border: 1px solid @accent; }
QScrollArea { border: none; }
QSplitter::handle { background: @border; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QSplitter::handle:hover { background: @accent; }
QStatusBar { background: @surface; border-top: 1px solid @border; min-height: 28px; }
QStatusBar::item { border: none; }
#rail { background: @rail; }
#rail QToolButton { color: @railText; background: transparent; border: none; border-radius: 8px; font-size: 8.5pt; padding: 8px 0 6px 0; }
#rail QToolButton:hover { background: @railActive; color: @railActiveText; }
#rail QToolButton:checked { background: @railActive; color: @railActiveText; font-weight: 600; }
#rail QToolButton:focus { border: 2px solid @railText; padding: 6px 0 4px 0; }
QMenuBar { background: @surface; border-bottom: 1px solid @border; padding: 2px 8px; }
QMenuBar::item { padding: 5px 10px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: @neutralSoft; }
QMenu { background: @surface; border: 1px solid @borderStrong; padding: 4px; }
QMenu::item { padding: 6px 28px 6px 24px; border-radius: 4px; }
QMenu::item:selected { background: @accentSoft; color: @text; }
QMenu::separator { height: 1px; background: @border; margin: 4px 8px; }
)";

constexpr const char *views = R"(
QTableView, QTreeView { background: @surface; border: none; outline: none; selection-background-color: @accentSoft; selection-color: @text; }
QTableView#parts { border-top: 1px solid @border; }
QTableView[edge="wide"] QHeaderView::section:first, QTreeView[edge="wide"] QHeaderView::section:first { padding-left: 24px; }
QHeaderView { background: @surface; border: none; }
QHeaderView::section { background: @surface; color: @muted; font-size: 9pt; font-weight: 600; border: none; border-bottom: 1px solid @borderStrong;
    padding: 8px 12px 8px 12px; }
QPlainTextEdit#value { background: @raised; border: 1px solid @border; border-radius: 6px; font-family: monospace; font-size: 9.5pt;
    selection-background-color: @accent; selection-color: @onAccent; }
QPlainTextEdit#value:focus { border-color: @accent; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: @borderStrong; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: @muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
)";

constexpr const char *inputs = R"(
QLineEdit { background: @raised; border: 1px solid @borderStrong; border-radius: 6px; padding: 6px 8px; min-height: 20px;
    selection-background-color: @accent; selection-color: @onAccent; }
QLineEdit:focus { border: 2px solid @accent; padding: 5px 7px; background: @surface; }
QLineEdit:disabled { color: @muted; background: @window; }
QPushButton { background: @surface; color: @text; border: 1px solid @borderStrong; border-radius: 6px; padding: 6px 14px; min-height: 20px; font-weight: 500; }
QPushButton:hover { background: @hover; }
QPushButton:focus { border: 2px solid @accent; padding: 5px 13px; }
QPushButton:disabled { color: @muted; background: @window; }
QPushButton[kind="primary"], QPushButton:default { background: @accent; color: @onAccent; border-color: @accent; }
QPushButton[kind="primary"]:hover, QPushButton:default:hover { background: @accent; }
QPushButton[kind="primary"]:focus, QPushButton:default:focus { border: 2px solid @text; }
QPushButton[kind="primary"]:disabled, QPushButton:default:disabled { background: @neutralSoft; color: @muted; border-color: @border; }
QPushButton[kind="toggle"]:checked { background: @accentSoft; color: @accent; border-color: @accent; }
#segmented { background: @neutralSoft; border-radius: 8px; }
#segmented QPushButton { background: transparent; border: 1px solid transparent; color: @muted; padding: 4px 12px; min-height: 18px; }
#segmented QPushButton:hover { color: @text; }
#segmented QPushButton:checked { background: @surface; color: @text; border-color: @borderStrong; }
#segmented QPushButton:focus { border: 1px solid @accent; padding: 4px 12px; }
QToolButton { border: 1px solid transparent; border-radius: 6px; padding: 6px; background: transparent; }
QToolButton:hover { background: @neutralSoft; }
QToolButton:focus { border-color: @accent; }
QLineEdit QToolButton, QLineEdit QToolButton:hover { background: transparent; border: none; padding: 0; }
QCheckBox { spacing: 8px; }
QCheckBox::indicator { width: 16px; height: 16px; border: 1px solid @borderStrong; border-radius: 4px; background: @raised; }
QCheckBox::indicator:focus { border: 2px solid @accent; }
QCheckBox::indicator:checked { background: @accent; border-color: @accent; image: url(:/satchel/icons/@tick.svg); }
QCheckBox::indicator:checked:focus { border: 2px solid @text; }
QCheckBox::indicator:disabled { background: @neutralSoft; border-color: @border; image: none; }
)";

}  // namespace

QString styleSheet(const Tokens &tokens)
{
    // Longer names first, so that "@accentSoft" is not read as "@accent" and "Soft".
    const std::pair<const char *, QColor> names[] = {
        {"@accentSoft", tokens.accentSoft},
        {"@onAccent", tokens.onAccent},
        {"@accent", tokens.accent},
        {"@goodSoft", tokens.goodSoft},
        {"@good", tokens.good},
        {"@warningSoft", tokens.warningSoft},
        {"@warning", tokens.warning},
        {"@dangerSoft", tokens.dangerSoft},
        {"@danger", tokens.danger},
        {"@neutralSoft", tokens.neutralSoft},
        {"@borderStrong", tokens.borderStrong},
        {"@border", tokens.border},
        {"@window", tokens.window},
        {"@surface", tokens.surface},
        {"@raised", tokens.raised},
        {"@text", tokens.text},
        {"@muted", tokens.muted},
        {"@hover", tokens.hover},
        {"@railActiveText", tokens.railActiveText},
        {"@railActive", tokens.railActive},
        {"@railText", tokens.railText},
        {"@rail", tokens.rail},
    };
    QString sheet = QString::fromLatin1(texts) + QString::fromLatin1(panes) + QString::fromLatin1(views) + QString::fromLatin1(inputs);
    sheet.replace(QLatin1String("@tick"), &tokens == &Tokens::dark() ? QStringLiteral("tick-dark") : QStringLiteral("tick-light"));
    for (const auto &[name, color] : names) {
        sheet.replace(QLatin1String(name), color.name());
    }
    return sheet;
}

}  // namespace Satchel::Console
