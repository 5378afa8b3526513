// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "labels.h"

#include "visibletext.h"

#include <QPainter>
#include <QStyle>

namespace Satchel::Console {

namespace {

QString nameOf(TextUse use)
{
    switch (use) {
    case TextUse::Body:
        return QStringLiteral("body");
    case TextUse::Strong:
        return QStringLiteral("strong");
    case TextUse::Title:
        return QStringLiteral("title");
    case TextUse::Heading:
        return QStringLiteral("heading");
    case TextUse::Section:
        return QStringLiteral("section");
    case TextUse::Muted:
        return QStringLiteral("muted");
    case TextUse::Small:
        return QStringLiteral("small");
    case TextUse::SmallPlain:
        return QStringLiteral("smallplain");
    case TextUse::Number:
        return QStringLiteral("number");
    }
    return {};
}

QString nameOf(Tone tone)
{
    switch (tone) {
    case Tone::Plain:
        return QStringLiteral("plain");
    case Tone::Muted:
        return QStringLiteral("muted");
    case Tone::Accent:
        return QStringLiteral("accent");
    case Tone::Good:
        return QStringLiteral("good");
    case Tone::Warning:
        return QStringLiteral("warning");
    case Tone::Danger:
        return QStringLiteral("danger");
    }
    return {};
}

}  // namespace

QLabel *makeLabel(const QString &text, TextUse use, QWidget *parent)
{
    auto *label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    label->setText(text);
    label->setProperty("use", nameOf(use));
    return label;
}

QLabel *makePill(const QString &text, Tone tone, QWidget *parent)
{
    auto *label = makeLabel(text, TextUse::Small, parent);
    label->setProperty("use", QStringLiteral("pill"));
    label->setProperty("tone", nameOf(tone));
    label->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    return label;
}

void setToneProperty(QWidget *widget, Tone tone)
{
    if (widget->property("tone").toString() == nameOf(tone)) {
        return;
    }
    widget->setProperty("tone", nameOf(tone));
    widget->style()->unpolish(widget);
    widget->style()->polish(widget);
}

void setPill(QLabel *pill, const QString &text, Tone tone)
{
    pill->setText(text);
    pill->setVisible(!text.isEmpty());
    setToneProperty(pill, tone);
}

ElidedLabel::ElidedLabel(TextUse use, QWidget *parent)
    : QLabel(parent)
{
    setTextFormat(Qt::PlainText);
    setProperty("use", nameOf(use));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void ElidedLabel::setFullText(const QString &text)
{
    setText(text);
    setToolTip(plainToolTip(text));
}

QSize ElidedLabel::minimumSizeHint() const
{
    return {fontMetrics().averageCharWidth() * 6, QLabel::minimumSizeHint().height()};
}

void ElidedLabel::paintEvent(QPaintEvent * /*event*/)
{
    QPainter painter(this);
    const QString shown = fontMetrics().elidedText(text(), Qt::ElideRight, contentsRect().width());
    style()->drawItemText(&painter, contentsRect(), static_cast<int>(alignment()), palette(), isEnabled(), shown, foregroundRole());
}

}  // namespace Satchel::Console
