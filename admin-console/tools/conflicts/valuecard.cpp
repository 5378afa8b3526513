// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "valuecard.h"

#include "tools/state/provenance.h"
#include "widgets/labels.h"
#include "widgets/timetext.h"
#include "widgets/valuetext.h"
#include "widgets/valueview.h"
#include "widgets/visibletext.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QVBoxLayout>

namespace Satchel::Console {

namespace {

constexpr int valueLinesMax = 8;

}  // namespace

ValueCard::ValueCard(const std::optional<Core::Value> &base, bool isMasked, QWidget *parent)
    : QFrame(parent)
{
    build({}, tr("Before"), Role::Base, isMasked ? maskedSentence() : base ? valueBlock(base) : tr("Nothing that both had seen"), !base);
}

ValueCard::ValueCard(const Wire::Admin::SiblingView &sibling, const QString &letter, Role role, QWidget *parent)
    : QFrame(parent)
{
    build(letter, writerName(sibling), role,
          sibling.isMasked ? maskedSentence()
          : sibling.value  ? valueBlock(sibling.value)
                           : tr("Removed the field"),
          !sibling.value);
    addClocks(sibling);
}

void ValueCard::build(const QString &letter, const QString &heading, Role role, const QString &value, bool isPlaceholder)
{
    setObjectName(QStringLiteral("card"));
    setProperty("role", role == Role::Shown ? QStringLiteral("shown") : QStringLiteral("plain"));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 10, 12, 12);
    layout->setSpacing(8);
    auto *head = new QHBoxLayout;
    head->setSpacing(8);
    if (!letter.isEmpty()) {
        head->addWidget(makePill(letter, role == Role::Shown ? Tone::Accent : Tone::Muted, this));
    }
    auto *name = new ElidedLabel(TextUse::Strong, this);
    name->setFullText(heading);
    head->addWidget(name, 1);
    switch (role) {
    case Role::Shown:
        head->addWidget(makePill(tr("shown"), Tone::Accent, this));
        break;
    case Role::Overwritten:
        head->addWidget(makePill(tr("overwritten"), Tone::Muted, this));
        break;
    case Role::Waiting:
        head->addWidget(makePill(tr("kept"), Tone::Muted, this));
        break;
    case Role::Base:
        break;
    }
    layout->addLayout(head);
    if (isPlaceholder) {
        layout->addWidget(makeLabel(value, TextUse::Muted, this));
    } else {
        auto *view = new ValueView(tr("Value of %1").arg(heading), this);
        view->setPlainText(value);
        view->fitTo(valueLinesMax);
        layout->addWidget(view);
    }
}

void ValueCard::addClocks(const Wire::Admin::SiblingView &sibling)
{
    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(16);
    grid->setVerticalSpacing(2);
    grid->setColumnStretch(1, 1);
    const std::pair<QString, std::pair<QString, QString>> rows[] = {
        {tr("Device clock"), {clockTime(sibling.written), exactTime(sibling.written)}},
        {tr("Server clock"),
         {sibling.received.count() > 0 ? clockTime(sibling.received) + QStringLiteral(" · ") + delayText(sibling) : delayText(sibling),
          exactTime(sibling.received)}},
        {tr("Mutation"),
         {dotText(sibling.dot), QString::fromStdString(sibling.dot.device.toHex()) + u':' + QString::number(sibling.dot.counter)}},
    };
    int row = 0;
    for (const auto &[caption, texts] : rows) {
        grid->addWidget(makeLabel(caption, TextUse::Small, this), row, 0);
        auto *value = new ElidedLabel(TextUse::SmallPlain, this);
        value->setFullText(texts.first);
        value->setToolTip(plainToolTip(texts.second));
        grid->addWidget(value, row++, 1);
    }
    static_cast<QVBoxLayout *>(layout())->addLayout(grid);
}

}  // namespace Satchel::Console
