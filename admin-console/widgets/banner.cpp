// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "banner.h"

#include "labels.h"

#include <QHBoxLayout>
#include <QPushButton>

namespace Satchel::Console {

Banner::Banner(QWidget *parent)
    : QFrame(parent)
    , m_text(makeLabel({}, TextUse::Body, this))
    , m_action(new QPushButton(this))
{
    setObjectName(QStringLiteral("banner"));
    m_text->setWordWrap(true);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(24, 8, 16, 8);
    layout->setSpacing(16);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_action);
    connect(m_action, &QPushButton::clicked, this, &Banner::actionTriggered);
    hide();
}

void Banner::say(Tone tone, const QString &text, const QString &action)
{
    setToneProperty(this, tone);
    m_text->setText(text);
    m_action->setText(action);
    m_action->setAccessibleName(action);
    m_action->setVisible(!action.isEmpty());
    show();
}

QString Banner::text() const
{
    return isHidden() ? QString() : m_text->text();
}

}  // namespace Satchel::Console
