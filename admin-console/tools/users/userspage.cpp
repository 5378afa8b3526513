// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "userspage.h"

#include "userpreview.h"
#include "usersmodel.h"

#include "widgets/filterline.h"
#include "widgets/labels.h"
#include "widgets/listtable.h"
#include "widgets/pageheader.h"
#include "widgets/rowdelegate.h"
#include "widgets/viewstack.h"
#include "widgets/visibletext.h"

#include <QHeaderView>
#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>

namespace Satchel::Console {

UsersPage::UsersPage(const ToolContext &context, QWidget *parent)
    : QWidget(parent)
    , m_model(new UsersModel(context.users, context.clock, this))
    , m_filter(new FilterLine(tr("Find a user by a part of the id"), tr("Filter users"), this))
    , m_onlyConflicted(new QPushButton(tr("With conflicts"), this))
    , m_table(new ListTable(tr("Users"), RowDelegate::lineHeight + 4, this))
    , m_stack(new ViewStack(m_table, this))
    , m_preview(new UserPreview(context.users, context.clock, this))
{
    m_onlyConflicted->setCheckable(true);
    m_onlyConflicted->setProperty("kind", QStringLiteral("toggle"));
    m_onlyConflicted->setAccessibleName(tr("Only users with open conflicts"));
    m_onlyConflicted->setToolTip(plainToolTip(tr("Only users with open conflicts")));
    m_table->setEdge(ListTable::Edge::Wide);
    m_table->setModel(m_model);
    QHeaderView *header = m_table->horizontalHeader();
    header->setSectionResizeMode(UsersModel::User, QHeaderView::Stretch);
    for (const auto &[column, width] :
         {std::pair{UsersModel::Documents, 112}, {UsersModel::Devices, 96}, {UsersModel::Conflicts, 104}, {UsersModel::LastSeen, 128}}) {
        m_table->setColumnWidth(column, width);
    }
    m_table->setColumnFit({UsersModel::User, 240, {UsersModel::Devices, UsersModel::Documents}});
    auto *list = new QWidget(this);
    auto *listLayout = new QVBoxLayout(list);
    listLayout->setContentsMargins(0, 0, 0, 0);
    listLayout->setSpacing(0);
    auto *pageHeader = new PageHeader(tr("Users"), list);
    pageHeader->addTool(m_filter, 1);
    pageHeader->addTool(m_onlyConflicted, 0);
    listLayout->addWidget(pageHeader);
    listLayout->addWidget(m_stack, 1);
    auto *splitter = new QSplitter(this);
    splitter->setObjectName(QStringLiteral("users"));
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(list);
    splitter->addWidget(m_preview);
    splitter->setStretchFactor(0, 1);
    splitter->setSizes({900, 376});
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(splitter);

    m_stack->follow(m_model, [this] {
        const UsersModel::Filter &filter = m_model->filter();
        if (filter.search.isEmpty() && !filter.onlyConflicted) {
            return ViewStack::Words{QStringLiteral("users"), tr("No users yet"),
                                    tr("A user appears here when one of their devices first syncs.")};
        }
        if (filter.search.isEmpty()) {
            return ViewStack::Words{QStringLiteral("check"), tr("No open conflicts"),
                                    tr("Nobody waits for a decision. Press Esc to see all users.")};
        }
        return ViewStack::Words{QStringLiteral("search"), tr("No user matches “%1”").arg(visibleLine(filter.search, 60)),
                                tr("Upper and lower case matter. Try a shorter part of the id, or press Esc to see all users.")};
    });
    connect(m_filter, &FilterLine::filterChanged, this, &UsersPage::applyFilter);
    connect(m_onlyConflicted, &QPushButton::toggled, this, &UsersPage::applyFilter);
    connect(m_filter, &FilterLine::listRequested, m_table, [this] { m_table->setFocus(Qt::TabFocusReason); });
    connect(m_table, &ListTable::rowChosen, this, [this](const QModelIndex &index) {
        m_chosen = userAt(index);
        m_preview->setUser(m_chosen);
    });
    connect(m_table, &ListTable::rowOpened, this, [this](const QModelIndex &index) { Q_EMIT openRequested(userAt(index)); });
    connect(m_preview, &UserPreview::openRequested, this, &UsersPage::openRequested);
    connect(m_preview, &UserPreview::settledChanged, this, &UsersPage::settledChanged);
    connect(m_model, &UsersModel::stateChanged, this, &UsersPage::settledChanged);
    connect(m_stack, &ViewStack::showingChanged, m_preview, [this] { m_preview->setVisible(m_stack->hasRows()); });
    connect(m_model, &UsersModel::modelReset, this, &UsersPage::keepChoice);
}

void UsersPage::refresh()
{
    m_model->refresh();
}

void UsersPage::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

bool UsersPage::clearFilter()
{
    if (m_filter->text().isEmpty() && !m_onlyConflicted->isChecked()) {
        return false;
    }
    m_filter->clear();
    m_onlyConflicted->setChecked(false);
    return true;
}

bool UsersPage::isSettled() const
{
    return m_model->state() != PagedModel::State::Loading && m_preview->isSettled();
}

void UsersPage::setStale(bool isStale)
{
    m_table->setStale(isStale);
    m_preview->setStale(isStale);
}

void UsersPage::focusList()
{
    m_table->setFocus(Qt::OtherFocusReason);
}

void UsersPage::chooseFirst()
{
    m_table->selectRowAt(0);
    focusList();
}

void UsersPage::applyFilter()
{
    m_model->setFilter({m_filter->filter(), m_onlyConflicted->isChecked()});
}

QString UsersPage::userAt(const QModelIndex &index) const
{
    const auto *user = m_model->rowAt(index.row());
    return index.isValid() && user != nullptr ? fromUtf8(user->user) : QString();
}

void UsersPage::keepChoice()
{
    // A reset takes the current row away without saying so; the same user is found again where the first page has them.
    const QString chosen = m_chosen;
    for (int row = 0; row < m_model->rowCount(); ++row) {
        if (userAt(m_model->index(row, 0)) == chosen) {
            m_table->selectRowAt(row);
            return;
        }
    }
    if (!chosen.isEmpty()) {
        m_chosen.clear();
        m_preview->setUser({});
    }
}

}  // namespace Satchel::Console
