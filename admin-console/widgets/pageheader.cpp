// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "pageheader.h"

#include "labels.h"

#include <QHBoxLayout>

namespace Satchel::Console {

PageHeader::PageHeader(const QString &title, QWidget *parent)
    : QWidget(parent)
    , m_tools(new QHBoxLayout)
{
    setObjectName(QStringLiteral("pageheader"));
    setAttribute(Qt::WA_StyledBackground);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(24, 16, 16, 16);
    layout->setSpacing(24);
    layout->addWidget(makeLabel(title, TextUse::Title, this));
    m_tools->setSpacing(8);
    layout->addLayout(m_tools, 1);
}

void PageHeader::addTool(QWidget *widget, int stretch)
{
    m_tools->addWidget(widget, stretch);
}

}  // namespace Satchel::Console
