// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "toolrail.h"

#include "widgets/icons.h"
#include "widgets/tokens.h"
#include "widgets/visibletext.h"

#include <QButtonGroup>
#include <QEvent>
#include <QPainter>
#include <QStyleOption>
#include <QToolButton>
#include <QVBoxLayout>

namespace Satchel::Console {

namespace {

constexpr int railWidth = 88;
constexpr int iconSize = 24;

QToolButton *makeButton(const QString &icon, const QString &text, const QString &hint, QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setProperty("icon-name", icon);
    button->setText(text);
    button->setAccessibleName(text);
    button->setToolTip(plainToolTip(hint));
    button->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
    button->setIconSize({iconSize, iconSize});
    button->setFocusPolicy(Qt::TabFocus);
    button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    return button;
}

}  // namespace

ToolRail::ToolRail(QWidget *parent)
    : QWidget(parent)
    , m_group(new QButtonGroup(this))
    , m_tools(new QVBoxLayout)
{
    setObjectName(QStringLiteral("rail"));
    setFixedWidth(railWidth);
    auto *theme = makeButton(QStringLiteral("theme"), tr("Theme"), tr("Switch between light and dark (Ctrl+Shift+T)"), this);
    auto *connection = makeButton(QStringLiteral("connect"), tr("Connect"), tr("Connect to a server (Ctrl+Shift+C)"), this);
    connect(theme, &QToolButton::clicked, this, &ToolRail::themeRequested);
    connect(connection, &QToolButton::clicked, this, &ToolRail::connectRequested);
    m_tools->setSpacing(4);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 16, 8, 12);
    layout->setSpacing(4);
    layout->addLayout(m_tools);
    layout->addStretch(1);
    layout->addWidget(theme);
    layout->addWidget(connection);
    connect(m_group, &QButtonGroup::idClicked, this, &ToolRail::toolChosen);
    drawIcons();
}

void ToolRail::addTool(const ToolFactory &tool)
{
    const auto number = static_cast<int>(m_group->buttons().size());
    auto *button = makeButton(tool.iconName, tool.title, tr("%1 (Ctrl+%2)").arg(tool.title).arg(number + 1), this);
    button->setCheckable(true);
    connect(button, &QToolButton::toggled, this, &ToolRail::drawIcons);
    m_group->addButton(button, number);
    m_tools->addWidget(button);
    drawIcons();
}

void ToolRail::setCurrent(int tool)
{
    if (QAbstractButton *button = m_group->button(tool)) {
        button->setChecked(true);
    }
}

void ToolRail::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        drawIcons();
    }
}

void ToolRail::paintEvent(QPaintEvent * /*event*/)
{
    QStyleOption option;
    option.initFrom(this);
    QPainter painter(this);
    style()->drawPrimitive(QStyle::PE_Widget, &option, &painter, this);
}

void ToolRail::drawIcons()
{
    const Tokens &tokens = Tokens::of(palette());
    const auto buttons = findChildren<QToolButton *>();
    for (QToolButton *button : buttons) {
        button->setIcon(
            tintedIcon(button->property("icon-name").toString(), button->isChecked() ? tokens.railActiveText : tokens.railText));
    }
}

}  // namespace Satchel::Console
