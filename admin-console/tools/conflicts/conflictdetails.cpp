// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "conflictdetails.h"

#include "valuecard.h"

#include "tools/state/provenance.h"
#include "widgets/counts.h"
#include "widgets/labels.h"
#include "widgets/viewstack.h"
#include "widgets/visibletext.h"

#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace Satchel::Console {

namespace {

using Wire::Admin::ConflictKind;

QString letterOf(std::size_t index)
{
    return QString(QChar(static_cast<char16_t>(u'A' + index)));
}

}  // namespace

ConflictDetails::ConflictDetails(QWidget *parent)
    : QWidget(parent)
    , m_stack(new ViewStack(makeContent(), this))
{
    setObjectName(QStringLiteral("details"));
    setAttribute(Qt::WA_StyledBackground);
    setMinimumWidth(360);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);
    setConflict(nullptr);
}

QWidget *ConflictDetails::makeContent()
{
    auto *area = new QScrollArea(this);
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setFocusPolicy(Qt::NoFocus);
    auto *page = new QWidget(area);
    page->setObjectName(QStringLiteral("details"));
    area->setWidget(page);
    m_field = new ElidedLabel(TextUse::Heading, page);
    m_path = new ElidedLabel(TextUse::Muted, page);
    m_reason = makeLabel({}, TextUse::Body, page);
    m_reason->setWordWrap(true);
    auto *reasonBox = new QWidget(page);
    reasonBox->setObjectName(QStringLiteral("tonebox"));
    reasonBox->setAttribute(Qt::WA_StyledBackground);
    auto *reasonLayout = new QVBoxLayout(reasonBox);
    reasonLayout->setContentsMargins(12, 10, 12, 10);
    reasonLayout->addWidget(m_reason);
    auto *open = new QPushButton(tr("Open document"), page);
    open->setProperty("kind", QStringLiteral("primary"));
    open->setAccessibleName(tr("Open the document"));
    connect(open, &QPushButton::clicked, this, &ConflictDetails::documentRequested);
    m_cards = new QVBoxLayout;
    m_cards->setSpacing(12);
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(24, 24, 24, 24);
    layout->setSpacing(12);
    layout->addWidget(m_field);
    layout->addSpacing(-8);
    layout->addWidget(m_path);
    layout->addWidget(reasonBox);
    layout->addWidget(open);
    layout->addSpacing(4);
    layout->addLayout(m_cards);
    layout->addStretch(1);
    return area;
}

void ConflictDetails::setConflict(const Wire::Admin::Conflict *conflict)
{
    while (QLayoutItem *item = m_cards->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    if (conflict == nullptr) {
        m_stack->showEmpty({QStringLiteral("conflicts"), tr("No conflict chosen"),
                            tr("Choose one to see every value, who wrote it and why one of them is shown.")});
        return;
    }
    const bool isOpen = conflict->kind == ConflictKind::Open;
    m_field->setFullText(visibleLine(fromUtf8(conflict->field)));
    m_path->setFullText(QStringList{visibleLine(fromUtf8(conflict->user)), visibleLine(fromUtf8(conflict->collection)),
                                    visibleLine(fromUtf8(conflict->key))}
                            .join(QStringLiteral(" › ")));
    m_reason->setText(choiceSentence(conflict->rule, conflict->siblings));
    QWidget *page = m_field->parentWidget();
    m_cards->addWidget(new ValueCard(conflict->base, conflict->isMasked, page));
    for (std::size_t i = 0; i < qMin(conflict->siblings.size(), cardsMax); ++i) {
        const auto role = i == 0 ? ValueCard::Role::Shown : isOpen ? ValueCard::Role::Waiting : ValueCard::Role::Overwritten;
        m_cards->addWidget(new ValueCard(conflict->siblings[i], letterOf(i), role, page));
    }
    if (conflict->siblings.size() > cardsMax) {
        m_cards->addWidget(makeLabel(tr("and %1 more").arg(valuesText(conflict->siblings.size() - cardsMax)), TextUse::Muted, page));
    }
    m_stack->showView();
}

QString ConflictDetails::reason() const
{
    return m_reason->text();
}

}  // namespace Satchel::Console
