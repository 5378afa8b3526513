// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "profilewidgets.h"

#include "health.h"

#include "widgets/counts.h"
#include "widgets/icons.h"
#include "widgets/labels.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>

namespace Satchel::Console {

Avatar::Avatar(int sizePixels, QWidget *parent)
    : QWidget(parent)
{
    setFixedSize(sizePixels, sizePixels);
}

void Avatar::setInitials(const QString &initials)
{
    m_initials = initials;
    update();
}

void Avatar::paintEvent(QPaintEvent * /*event*/)
{
    const Tokens &tokens = Tokens::of(palette());
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(tokens.accentSoft);
    painter.drawEllipse(rect());
    QFont initials = font();
    initials.setPixelSize(height() * 38 / 100);
    initials.setWeight(QFont::DemiBold);
    painter.setFont(initials);
    painter.setPen(tokens.accent);
    painter.drawText(rect(), Qt::AlignCenter, m_initials);
}

HealthBox::HealthBox(QWidget *parent)
    : QWidget(parent)
    , m_icon(new QLabel(this))
    , m_sentence(makeLabel({}, TextUse::Body, this))
{
    setObjectName(QStringLiteral("tonebox"));
    setAttribute(Qt::WA_StyledBackground);
    m_sentence->setWordWrap(true);
    m_sentence->setAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_icon->setFixedSize(20, 20);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 10, 12, 10);
    layout->setSpacing(10);
    layout->addWidget(m_icon, 0, Qt::AlignTop);
    layout->addWidget(m_sentence, 1);
}

void HealthBox::setUser(const Wire::Admin::UsersGetResponse &user, std::chrono::milliseconds now)
{
    const Health health = healthOf(user, now);
    m_tone = health.tone;
    m_sentence->setText(health.sentence);
    setToneProperty(this, health.tone);
    drawIcon();
}

QString HealthBox::sentence() const
{
    return m_sentence->text();
}

void HealthBox::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        drawIcon();
    }
}

void HealthBox::drawIcon()
{
    m_icon->setPixmap(tintedPixmap(m_tone == Tone::Good ? QStringLiteral("check") : QStringLiteral("alert"),
                                   Tokens::of(palette()).ink(m_tone), 20, devicePixelRatioF()));
}

NumbersRow::NumbersRow(QWidget *parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(24);
    m_documents = addCell(tr("Documents"));
    m_devices = addCell(tr("Devices"));
    m_conflicts = addCell(tr("Conflicts"));
    m_changes = addCell(tr("Changes"));
}

QLabel *NumbersRow::addCell(const QString &caption)
{
    QLabel *number = makeLabel(QStringLiteral("–"), TextUse::Number, this);
    number->setAccessibleName(caption);
    auto *cell = new QVBoxLayout;
    cell->setSpacing(0);
    cell->addWidget(number);
    cell->addWidget(makeLabel(caption, TextUse::Small, this));
    static_cast<QHBoxLayout *>(layout())->addLayout(cell);
    return number;
}

void NumbersRow::setUser(const Wire::Admin::UserSummary &user)
{
    m_documents->setText(numberText(user.documentCount));
    m_devices->setText(numberText(user.deviceCount));
    m_conflicts->setText(numberText(user.openConflictCount));
    setToneProperty(m_conflicts, user.openConflictCount > 0 ? Tone::Warning : Tone::Plain);
    m_changes->setText(numberText(user.head));
}

}  // namespace Satchel::Console
