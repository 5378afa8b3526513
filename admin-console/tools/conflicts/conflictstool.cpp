// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "conflictstool.h"

#include "conflictdetails.h"
#include "conflictsmodel.h"

#include "widgets/filterline.h"
#include "widgets/listtable.h"
#include "widgets/pageheader.h"
#include "widgets/rowdelegate.h"
#include "widgets/segmentedcontrol.h"
#include "widgets/viewstack.h"
#include "widgets/visibletext.h"

#include <QHeaderView>
#include <QSplitter>
#include <QVBoxLayout>

namespace Satchel::Console {

using Wire::Admin::ConflictKind;

namespace {

QString nameOf(const Wire::Admin::Conflict &conflict)
{
    return fromUtf8(conflict.user + '\n' + conflict.collection + '\n' + conflict.key + '\n' + conflict.field);
}

ViewStack::Words emptyWords(const ConflictsModel::Filter &filter)
{
    if (!filter.user.isEmpty() || !filter.collection.isEmpty()) {
        return {QStringLiteral("search"), ConflictsTool::tr("Nothing matches the filter"),
                ConflictsTool::tr("User and collection are matched as whole names, for example: ada@example.org collection:notes")};
    }
    if (filter.kind == ConflictKind::Open) {
        return {QStringLiteral("check"), ConflictsTool::tr("No open conflicts"), ConflictsTool::tr("Nobody waits for a decision.")};
    }
    return {QStringLiteral("check"), ConflictsTool::tr("Nothing was overwritten"),
            ConflictsTool::tr("No rule has had to choose between two writes.")};
}

}  // namespace

ConflictsTool::ConflictsTool(const ToolContext &context, QWidget *parent)
    : ToolPage(parent)
    , m_model(new ConflictsModel(context.conflicts, context.clock, this))
    , m_kind(new SegmentedControl({tr("Open"), tr("Overwritten")}, tr("Which conflicts"), this))
    , m_filter(new FilterLine(tr("User id, or collection:name"), tr("Filter conflicts"), this))
    , m_table(new ListTable(tr("Conflicts"), RowDelegate::twoLineHeight, this))
    , m_stack(new ViewStack(m_table, this))
    , m_details(new ConflictDetails(this))
{
    m_table->setEdge(ListTable::Edge::Wide);
    m_table->setModel(m_model);
    m_table->horizontalHeader()->setSectionResizeMode(ConflictsModel::Field, QHeaderView::Stretch);
    for (const auto &[column, width] : {std::pair{ConflictsModel::User, 264},
                                        {ConflictsModel::Values, 80},
                                        {ConflictsModel::Rule, 152},
                                        {ConflictsModel::Detected, 120}}) {
        m_table->setColumnWidth(column, width);
    }
    m_table->setColumnFit({ConflictsModel::Field, 200, {ConflictsModel::Rule, ConflictsModel::Values}});
    auto *list = new QWidget(this);
    auto *listLayout = new QVBoxLayout(list);
    listLayout->setContentsMargins(0, 0, 0, 0);
    listLayout->setSpacing(0);
    auto *header = new PageHeader(tr("Conflicts"), list);
    header->addTool(m_filter, 1);
    header->addTool(m_kind, 0);
    listLayout->addWidget(header);
    listLayout->addWidget(m_stack, 1);
    auto *splitter = new QSplitter(this);
    splitter->setObjectName(QStringLiteral("conflicts"));
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(list);
    splitter->addWidget(m_details);
    splitter->setStretchFactor(0, 1);
    splitter->setSizes({880, 408});
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(splitter);

    m_stack->follow(m_model, [this] { return emptyWords(m_model->filter()); });
    connect(m_filter, &FilterLine::filterChanged, this, &ConflictsTool::applyFilter);
    connect(m_kind, &SegmentedControl::currentChanged, this, &ConflictsTool::applyFilter);
    connect(m_filter, &FilterLine::listRequested, m_table, [this] { m_table->setFocus(Qt::TabFocusReason); });
    connect(m_table, &ListTable::rowChosen, this, [this](const QModelIndex &index) {
        const auto *conflict = index.isValid() ? m_model->rowAt(index.row()) : nullptr;
        m_chosenName = conflict == nullptr ? QString() : nameOf(*conflict);
        m_chosenSeq = conflict == nullptr ? 0 : conflict->seq;
        m_details->setConflict(conflict);
    });
    connect(m_table, &ListTable::rowOpened, this, &ConflictsTool::openDocument);
    connect(m_details, &ConflictDetails::documentRequested, this, [this] { openDocument(m_table->currentIndex()); });
    connect(m_model, &ConflictsModel::stateChanged, this, &ToolPage::settledChanged);
    connect(m_stack, &ViewStack::showingChanged, m_details, [this] { m_details->setVisible(m_stack->hasRows()); });
    connect(m_model, &ConflictsModel::modelReset, this, &ConflictsTool::keepChoice);
}

void ConflictsTool::refresh()
{
    m_isAsked = true;
    m_model->refresh();
}

void ConflictsTool::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

bool ConflictsTool::stepBack()
{
    if (m_filter->text().isEmpty()) {
        return false;
    }
    m_filter->clear();
    return true;
}

bool ConflictsTool::isSettled() const
{
    return m_isAsked && m_model->state() != PagedModel::State::Loading;
}

void ConflictsTool::setStale(bool isStale)
{
    m_table->setStale(isStale);
}

void ConflictsTool::showExample()
{
    if (m_model->rowCount() == 0 && m_kind->current() == 0) {
        m_kind->setCurrent(1);
        applyFilter();
    }
    m_table->selectRowAt(0);
    m_table->setFocus(Qt::OtherFocusReason);
}

void ConflictsTool::applyFilter()
{
    m_model->setFilter(
        ConflictsModel::parseFilter(m_filter->filter(), m_kind->current() == 0 ? ConflictKind::Open : ConflictKind::Overwritten));
}

void ConflictsTool::openDocument(const QModelIndex &index)
{
    const auto *conflict = index.isValid() ? m_model->rowAt(index.row()) : nullptr;
    if (conflict != nullptr) {
        Q_EMIT openRequested({fromUtf8(conflict->user), Core::DocumentId{conflict->collection, conflict->key}});
    }
}

void ConflictsTool::keepChoice()
{
    for (int row = 0; m_chosenSeq != 0 && row < m_model->rowCount(); ++row) {
        const auto *conflict = m_model->rowAt(row);
        if (conflict != nullptr && conflict->seq == m_chosenSeq && nameOf(*conflict) == m_chosenName) {
            m_table->selectRowAt(row);
            return;
        }
    }
    m_chosenSeq = 0;
    m_details->setConflict(nullptr);
}

ToolFactory conflictsToolFactory()
{
    return {QStringLiteral("conflicts"), ConflictsTool::tr("Conflicts"), QStringLiteral("conflicts"),
            [](const ToolContext &context, QWidget *parent) -> ToolPage * { return new ConflictsTool(context, parent); }};
}

}  // namespace Satchel::Console
