// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "userstool.h"

#include "userspage.h"

#include "tools/state/userpage.h"

#include <QStackedWidget>
#include <QVBoxLayout>

namespace Satchel::Console {

UsersTool::UsersTool(const ToolContext &context, QWidget *parent)
    : ToolPage(parent)
    , m_list(new UsersPage(context))
    , m_user(new UserPage(context))
    , m_stack(new QStackedWidget(this))
{
    m_stack->addWidget(m_list);
    m_stack->addWidget(m_user);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);
    connect(m_list, &UsersPage::openRequested, this, [this](const QString &user) { open({user, {}}); });
    connect(m_list, &UsersPage::settledChanged, this, &ToolPage::settledChanged);
    connect(m_user, &UserPage::settledChanged, this, &ToolPage::settledChanged);
    connect(m_user, &UserPage::backRequested, this, &UsersTool::backToList);
}

bool UsersTool::isUserShown() const
{
    return m_stack->currentWidget() == m_user;
}

void UsersTool::refresh()
{
    m_isAsked = true;
    m_list->refresh();
    if (isUserShown()) {
        m_user->refresh();
    }
}

void UsersTool::focusFilter()
{
    isUserShown() ? m_user->focusFilter() : m_list->focusFilter();
}

bool UsersTool::stepBack()
{
    if (!isUserShown()) {
        return m_list->clearFilter();
    }
    if (!m_user->clearFilter()) {
        backToList();
    }
    return true;
}

bool UsersTool::isSettled() const
{
    return m_isAsked && (isUserShown() ? m_user->isSettled() : m_list->isSettled());
}

void UsersTool::setStale(bool isStale)
{
    m_list->setStale(isStale);
    m_user->setStale(isStale);
}

void UsersTool::open(const Destination &destination)
{
    if (destination.user.isEmpty()) {
        return;
    }
    m_user->open(destination);
    m_stack->setCurrentWidget(m_user);
    m_user->focusDocuments();
    Q_EMIT settledChanged();
}

void UsersTool::showExample()
{
    isUserShown() ? m_user->chooseFirst() : m_list->chooseFirst();
}

bool UsersTool::openExample()
{
    if (isUserShown() || m_list->chosenUser().isEmpty()) {
        return false;
    }
    open({m_list->chosenUser(), {}});
    return true;
}

void UsersTool::backToList()
{
    m_stack->setCurrentWidget(m_list);
    m_list->focusList();
    Q_EMIT settledChanged();
}

ToolFactory usersToolFactory()
{
    return {QStringLiteral("users"), UsersTool::tr("Users"), QStringLiteral("users"),
            [](const ToolContext &context, QWidget *parent) -> ToolPage * { return new UsersTool(context, parent); }};
}

}  // namespace Satchel::Console
