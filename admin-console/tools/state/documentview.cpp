// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "documentview.h"

#include "fieldsmodel.h"
#include "provenance.h"
#include "stateinterface.h"

#include "widgets/counts.h"
#include "widgets/labels.h"
#include "widgets/timetext.h"
#include "widgets/treeview.h"
#include "widgets/valuetext.h"
#include "widgets/valueview.h"
#include "widgets/viewstack.h"
#include "widgets/visibletext.h"

#include "admin/whenfinished.h"

#include <QHeaderView>
#include <QScrollArea>
#include <QSplitter>
#include <QVBoxLayout>

namespace Satchel::Console {

namespace {

constexpr int valueLinesMax = 9;

}  // namespace

DocumentView::DocumentView(StateInterface &state, Clock clock, QWidget *parent)
    : QWidget(parent)
    , m_state(state)
    , m_clock(clock)
    , m_model(new FieldsModel(clock, this))
    , m_stack(new ViewStack(makeContent(), this))
{
    setObjectName(QStringLiteral("details"));
    setAttribute(Qt::WA_StyledBackground);
    setMinimumWidth(400);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);
    connect(m_stack, &ViewStack::retryRequested, this, &DocumentView::refresh);
    connect(m_tree->selectionModel(), &QItemSelectionModel::currentChanged, this, &DocumentView::showField);
    setDocument({}, {});
}

QWidget *DocumentView::makeContent()
{
    auto *page = new QWidget(this);
    m_title = new ElidedLabel(TextUse::Heading, page);
    m_rule = makePill({}, Tone::Muted, page);
    m_facts = new ElidedLabel(TextUse::Small, page);
    auto *facts = new QHBoxLayout;
    facts->setSpacing(8);
    facts->addWidget(m_rule);
    facts->addWidget(m_facts, 1);
    auto *head = new QVBoxLayout;
    head->setContentsMargins(24, 16, 16, 12);
    head->setSpacing(6);
    head->addWidget(m_title);
    head->addLayout(facts);
    auto *splitter = new QSplitter(Qt::Vertical, page);
    splitter->setObjectName(QStringLiteral("document"));
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(makeTree());
    splitter->addWidget(makeProvenance());
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setSizes({440, 280});
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(head);
    layout->addWidget(splitter, 1);
    return page;
}

QWidget *DocumentView::makeTree()
{
    m_tree = new TreeView(tr("Fields of the document"), this);
    m_tree->setModel(m_model);
    QHeaderView *header = m_tree->header();
    header->setStretchLastSection(false);
    header->setMinimumSectionSize(64);
    header->setSectionResizeMode(FieldsModel::Content, QHeaderView::Stretch);
    m_tree->setColumnWidth(FieldsModel::Name, 152);
    m_tree->setColumnWidth(FieldsModel::Writer, 120);
    m_tree->setColumnWidth(FieldsModel::When, 108);
    m_tree->setColumnFit({FieldsModel::Content, 176, {FieldsModel::When, FieldsModel::Writer}});
    return m_tree;
}

QWidget *DocumentView::makeProvenance()
{
    auto *area = new QScrollArea(this);
    area->setObjectName(QStringLiteral("raised"));
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setFocusPolicy(Qt::NoFocus);
    auto *pane = new QWidget(area);
    pane->setObjectName(QStringLiteral("raisedpane"));
    area->setWidget(pane);
    m_field = new ElidedLabel(TextUse::Heading, pane);
    m_type = makePill({}, Tone::Muted, pane);
    m_value = new ValueView(tr("Value of the chosen field"), pane);
    m_origin = makeLabel({}, TextUse::Muted, pane);
    m_origin->setWordWrap(true);
    m_origin->setAccessibleName(tr("Where the value came from"));
    m_origin->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_choice = makeLabel({}, TextUse::Body, pane);
    m_choice->setWordWrap(true);
    auto *head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(m_field, 1);
    head->addWidget(m_type);
    auto *layout = new QVBoxLayout(pane);
    layout->setContentsMargins(24, 16, 16, 16);
    layout->setSpacing(8);
    layout->addLayout(head);
    layout->addWidget(m_value);
    layout->addWidget(m_origin);
    layout->addWidget(m_choice);
    layout->addStretch(1);
    return area;
}

void DocumentView::setDocument(const QString &user, const std::optional<Core::DocumentId> &id)
{
    if (user == m_user && id == m_id && id) {
        return;
    }
    m_user = user;
    m_id = id;
    refresh();
}

void DocumentView::refresh()
{
    ++m_generation;
    m_isLoading = m_id.has_value();
    if (!m_id) {
        m_model->clear();
        m_stack->showEmpty(
            {QStringLiteral("document"), tr("No document chosen"), tr("Choose a document to see its fields and who wrote them.")});
        Q_EMIT settledChanged();
        return;
    }
    Admin::whenFinished(m_state.stateGetDocument({.user = m_user.toStdString(), .collection = m_id->collection, .key = m_id->key}), this,
                        [this, generation = m_generation](const Core::Result<Wire::Admin::StateGetDocumentResponse> &answer) {
                            if (generation == m_generation) {
                                m_isLoading = false;
                                show(answer);
                                Q_EMIT settledChanged();
                            }
                        });
}

void DocumentView::show(const Core::Result<Wire::Admin::StateGetDocumentResponse> &answer)
{
    if (!answer) {
        m_model->clear();
        m_stack->showError(answer.error());
        return;
    }
    const Wire::Admin::DocumentSummary &document = answer->document;
    m_title->setFullText(visibleLine(fromUtf8(document.key)));
    setPill(m_rule, ruleName(answer->rule), Tone::Muted);
    m_rule->setToolTip(plainToolTip(ruleSentence(answer->rule)));
    m_facts->setFullText(tr("%1 · changed %2 · event %3 · %4")
                             .arg(visibleLine(fromUtf8(document.collection)), relativeTime(document.updated, m_clock()),
                                  numberText(document.seq), bytesText(document.stateBytes)));
    m_model->setDocument(*answer);
    for (int row = 0; row < m_model->rowCount(); ++row) {
        const QModelIndex field = m_model->index(row, 0);
        m_tree->setExpanded(field, m_model->fieldAt(field)->isConflicted);
    }
    if (m_model->rowCount() == 0) {
        m_stack->showEmpty({QStringLiteral("document"), tr("No fields"), tr("The document exists but holds no field.")});
        return;
    }
    m_stack->showView();
    chooseTelling();
}

void DocumentView::chooseTelling()
{
    for (int row = 0; row < m_model->rowCount(); ++row) {
        if (m_model->fieldAt(m_model->index(row, 0))->isConflicted) {
            m_tree->setCurrentIndex(m_model->index(row, 0));
            return;
        }
    }
    m_tree->setCurrentIndex(m_model->index(0, 0));
}

void DocumentView::showField(const QModelIndex &index)
{
    const Wire::Admin::FieldView *field = m_model->fieldAt(index);
    if (field == nullptr) {
        return;
    }
    QStringList path;
    for (QModelIndex step = index.siblingAtColumn(0); step.isValid(); step = step.parent()) {
        path.prepend(step.data().toString());
    }
    const auto value = m_model->valueAt(index);
    const bool isMasked = m_model->isMaskedAt(index);
    m_field->setFullText(path.join(QStringLiteral(" › ")));
    const QString kind = field->kind == Core::FieldKind::Counter ? tr("counter")
                         : field->kind == Core::FieldKind::Set   ? tr("set")
                         : isMasked                              ? maskedText()
                                                                 : typeName(value);
    setPill(m_type, kind, Tone::Muted);
    m_value->setPlainText(isMasked ? maskedSentence() : valueBlock(value));
    m_value->fitTo(valueLinesMax);
    const Wire::Admin::SiblingView *sibling = m_model->siblingAt(index);
    const QString origin = sibling == nullptr ? tr("The sum of what all devices wrote.")
                                              : tr("Written by %1 at %2 by its clock; reached the server at %3, %4. Mutation %5.")
                                                    .arg(writerName(*sibling), clockTime(sibling->written), clockTime(sibling->received),
                                                         delayText(*sibling), dotText(sibling->dot));
    m_origin->setText(origin);
    m_choice->setText(field->isConflicted ? choiceSentence(m_model->document().rule, field->siblings) : QString());
    m_choice->setVisible(field->isConflicted);
}

void DocumentView::setStale(bool isStale)
{
    m_tree->setStale(isStale);
}

}  // namespace Satchel::Console
