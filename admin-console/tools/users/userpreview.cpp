// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "userpreview.h"

#include "partsmodels.h"
#include "profilewidgets.h"
#include "usersinterface.h"
#include "usersmodel.h"

#include "widgets/labels.h"
#include "widgets/listtable.h"
#include "widgets/rowdelegate.h"
#include "widgets/timetext.h"
#include "widgets/viewstack.h"
#include "widgets/visibletext.h"

#include "admin/whenfinished.h"

#include <QHeaderView>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace Satchel::Console {

namespace {

constexpr int rowsShownMax = 6;

ListTable *makeParts(const QString &name, int rowHeight, QAbstractItemModel *model, QWidget *parent)
{
    auto *view = new ListTable(name, rowHeight, parent);
    view->setObjectName(QStringLiteral("parts"));
    view->setEdge(ListTable::Edge::None);
    view->setSelectionMode(QAbstractItemView::NoSelection);
    view->setModel(model);
    view->horizontalHeader()->hide();
    view->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    view->horizontalHeader()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    return view;
}

}  // namespace

UserPreview::UserPreview(UsersInterface &users, Clock clock, QWidget *parent)
    : QWidget(parent)
    , m_users(users)
    , m_clock(std::move(clock))
    , m_devices(new DevicesModel(this))
    , m_collections(new CollectionsModel(CollectionsModel::FirstRow::Collection, this))
    , m_stack(new ViewStack(makeContent(), this))
{
    setObjectName(QStringLiteral("details"));
    setAttribute(Qt::WA_StyledBackground);
    setMinimumWidth(320);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);
    connect(m_stack, &ViewStack::retryRequested, this, &UserPreview::ask);
    setUser({});
}

QWidget *UserPreview::makeContent()
{
    auto *area = new QScrollArea(this);
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setFocusPolicy(Qt::NoFocus);
    auto *page = new QWidget(area);
    page->setObjectName(QStringLiteral("details"));
    area->setWidget(page);
    m_avatar = new Avatar(48, page);
    m_name = new ElidedLabel(TextUse::Heading, page);
    m_since = new ElidedLabel(TextUse::Small, page);
    m_health = new HealthBox(page);
    m_numbers = new NumbersRow(page);
    m_devicesView = makeParts(tr("Devices of the user"), RowDelegate::twoLineHeight, m_devices, page);
    m_collectionsView = makeParts(tr("Collections of the user"), RowDelegate::lineHeight, m_collections, page);
    m_open = new QPushButton(tr("Open documents"), page);
    m_open->setProperty("kind", QStringLiteral("primary"));
    m_open->setAccessibleName(tr("Open the user's documents"));
    connect(m_open, &QPushButton::clicked, this, [this] { Q_EMIT openRequested(m_user); });

    auto *names = new QVBoxLayout;
    names->setSpacing(2);
    names->addWidget(m_name);
    names->addWidget(m_since);
    auto *head = new QHBoxLayout;
    head->setSpacing(12);
    head->addWidget(m_avatar);
    head->addLayout(names, 1);
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(24, 24, 24, 24);
    layout->setSpacing(16);
    layout->addLayout(head);
    layout->addWidget(m_health);
    layout->addWidget(m_numbers);
    layout->addWidget(m_open);
    for (const auto &[caption, view] : {std::pair{tr("Devices"), m_devicesView}, std::pair{tr("Collections"), m_collectionsView}}) {
        layout->addSpacing(8);
        layout->addWidget(makeLabel(caption, TextUse::Section, page));
        layout->addSpacing(-8);
        layout->addWidget(view);
    }
    layout->addStretch(1);
    return area;
}

void UserPreview::setUser(const QString &user)
{
    m_user = user;
    ask();
}

void UserPreview::setStale(bool isStale)
{
    m_devicesView->setStale(isStale);
    m_collectionsView->setStale(isStale);
}

void UserPreview::ask()
{
    ++m_generation;
    m_isLoading = !m_user.isEmpty();
    if (m_user.isEmpty()) {
        m_stack->showEmpty(
            {QStringLiteral("users"), tr("Nobody chosen"), tr("Choose a user to see devices, collections and how they are doing.")});
        Q_EMIT settledChanged();
        return;
    }
    Admin::whenFinished(m_users.usersGet({.user = m_user.toStdString()}), this,
                        [this, generation = m_generation](const Core::Result<Wire::Admin::UsersGetResponse> &answer) {
                            if (generation == m_generation) {
                                m_isLoading = false;
                                show(answer);
                                Q_EMIT settledChanged();
                            }
                        });
}

void UserPreview::show(const Core::Result<Wire::Admin::UsersGetResponse> &answer)
{
    if (!answer) {
        m_stack->showError(answer.error());
        return;
    }
    const auto now = m_clock();
    const QString name = fromUtf8(answer->user.user);
    m_avatar->setInitials(initialsOf(name));
    m_name->setFullText(visibleLine(name));
    m_since->setFullText(tr("User since %1").arg(relativeTime(answer->user.created, now)));
    m_since->setToolTip(plainToolTip(exactTime(answer->user.created)));
    m_health->setUser(*answer, now);
    m_numbers->setUser(answer->user);
    m_devices->setUser(*answer, now);
    m_collections->setUser(*answer);
    m_devicesView->fitHeight(rowsShownMax);
    m_collectionsView->fitHeight(rowsShownMax + 2);
    m_stack->showView();
}

}  // namespace Satchel::Console
