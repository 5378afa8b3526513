// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "userpage.h"

#include "documentsmodel.h"
#include "documentview.h"

#include "tools/users/partsmodels.h"
#include "tools/users/profilewidgets.h"
#include "tools/users/usersinterface.h"
#include "tools/users/usersmodel.h"
#include "widgets/filterline.h"
#include "widgets/iconbutton.h"
#include "widgets/labels.h"
#include "widgets/listtable.h"
#include "widgets/rowdelegate.h"
#include "widgets/timetext.h"
#include "widgets/viewstack.h"
#include "widgets/visibletext.h"

#include "admin/whenfinished.h"

#include <QHeaderView>
#include <QSplitter>
#include <QVBoxLayout>

namespace Satchel::Console {

namespace {

constexpr int wideEnoughForNumbers = 1080;

ListTable *makePartsList(const QString &name, int rowHeight, QAbstractItemModel *model, QWidget *parent)
{
    auto *view = new ListTable(name, rowHeight, parent);
    view->setModel(model);
    view->horizontalHeader()->hide();
    view->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    view->horizontalHeader()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    return view;
}

}  // namespace

UserPage::UserPage(const ToolContext &context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_devices(new DevicesModel(this))
    , m_collections(new CollectionsModel(CollectionsModel::FirstRow::All, this))
    , m_documents(new DocumentsModel(context.state, context.clock, this))
    , m_document(new DocumentView(context.state, context.clock))
{
    auto *splitter = new QSplitter(this);
    splitter->setObjectName(QStringLiteral("user"));
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(makeParts());
    splitter->addWidget(makeDocuments());
    splitter->addWidget(m_document);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 2);
    splitter->setStretchFactor(2, 3);
    splitter->setSizes({248, 424, 680});
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(makeHeader());
    layout->addWidget(splitter, 1);
    connectParts();
}

QWidget *UserPage::makeHeader()
{
    auto *header = new QWidget(this);
    header->setObjectName(QStringLiteral("pageheader"));
    header->setAttribute(Qt::WA_StyledBackground);
    auto *back = new IconButton(QStringLiteral("back"), tr("Back to all users"), header);
    connect(back, &QAbstractButton::clicked, this, &UserPage::backRequested);
    m_avatar = new Avatar(40, header);
    m_name = new ElidedLabel(TextUse::Title, header);
    m_since = new ElidedLabel(TextUse::Small, header);
    m_health = new HealthBox(header);
    m_health->setMinimumWidth(280);
    m_numbers = new NumbersRow(header);
    auto *names = new QVBoxLayout;
    names->setSpacing(0);
    names->addWidget(m_name);
    names->addWidget(m_since);
    auto *layout = new QHBoxLayout(header);
    layout->setContentsMargins(16, 12, 24, 12);
    layout->setSpacing(12);
    layout->addWidget(back);
    layout->addWidget(m_avatar);
    layout->addLayout(names, 3);
    layout->addWidget(m_health, 4);
    layout->addSpacing(12);
    layout->addWidget(m_numbers);
    return header;
}

QWidget *UserPage::makeParts()
{
    auto *pane = new QWidget(this);
    pane->setObjectName(QStringLiteral("sidepane"));
    pane->setAttribute(Qt::WA_StyledBackground);
    m_collectionsView = makePartsList(tr("Collections of the user"), RowDelegate::lineHeight, m_collections, pane);
    m_devicesView = makePartsList(tr("Devices of the user"), RowDelegate::twoLineHeight, m_devices, pane);
    m_devicesView->setSelectionMode(QAbstractItemView::NoSelection);
    auto *layout = new QVBoxLayout(pane);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    for (const auto &[caption, view] : {std::pair{tr("Collections"), m_collectionsView}, std::pair{tr("Devices"), m_devicesView}}) {
        auto *line = new QHBoxLayout;
        line->setContentsMargins(12, 16, 12, 8);
        line->addWidget(makeLabel(caption, TextUse::Section, pane));
        layout->addLayout(line);
        layout->addWidget(view, view == m_collectionsView ? 0 : 1);
    }
    m_partsStack = new ViewStack(pane, this);
    m_partsStack->setMinimumWidth(208);
    return m_partsStack;
}

QWidget *UserPage::makeDocuments()
{
    auto *pane = new QWidget(this);
    m_filter = new FilterLine(tr("Find a document by a part of its key"), tr("Filter documents"), pane);
    m_documentsView = new ListTable(tr("Documents of the user"), RowDelegate::twoLineHeight, pane);
    m_documentsView->setModel(m_documents);
    m_documentsView->horizontalHeader()->setSectionResizeMode(DocumentsModel::Key, QHeaderView::Stretch);
    m_documentsView->setColumnWidth(DocumentsModel::Fields, 64);
    m_documentsView->setColumnWidth(DocumentsModel::Updated, 104);
    m_documentsView->setColumnFit({DocumentsModel::Key, 160, {DocumentsModel::Fields, DocumentsModel::Updated}});
    m_documentsStack = new ViewStack(m_documentsView, pane);
    auto *tools = new QWidget(pane);
    tools->setObjectName(QStringLiteral("toolstrip"));
    tools->setAttribute(Qt::WA_StyledBackground);
    auto *toolsLayout = new QHBoxLayout(tools);
    toolsLayout->setContentsMargins(12, 12, 12, 12);
    toolsLayout->addWidget(m_filter);
    auto *layout = new QVBoxLayout(pane);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(tools);
    layout->addWidget(m_documentsStack, 1);
    pane->setMinimumWidth(288);
    return pane;
}

void UserPage::connectParts()
{
    m_documentsStack->follow(m_documents, [this] {
        if (!m_filter->filter().isEmpty()) {
            return ViewStack::Words{QStringLiteral("search"), tr("No key contains “%1”").arg(visibleLine(m_filter->filter(), 60)),
                                    tr("Upper and lower case matter. Press Esc to see all documents.")};
        }
        return ViewStack::Words{QStringLiteral("document"), tr("No documents"),
                                tr("The user has stored nothing here, or has removed all of it.")};
    });
    connect(m_partsStack, &ViewStack::retryRequested, this, &UserPage::askForUser);
    connect(m_filter, &FilterLine::filterChanged, this, &UserPage::applyFilter);
    connect(m_filter, &FilterLine::listRequested, m_documentsView, [this] { m_documentsView->setFocus(Qt::TabFocusReason); });
    connect(m_collectionsView, &ListTable::rowChosen, this, [this](const QModelIndex &index) {
        if (index.isValid()) {
            m_collection = m_collections->collectionAt(index.row());
            applyFilter();
        }
    });
    connect(m_documentsView, &ListTable::rowChosen, this, [this](const QModelIndex &index) {
        const auto *row = m_documents->rowAt(index.row());
        if (index.isValid() && row != nullptr) {
            m_wanted = Core::DocumentId{row->collection, row->key};
            m_document->setDocument(m_user, m_wanted);
        }
    });
    connect(m_documents, &DocumentsModel::modelReset, this, &UserPage::chooseWanted);
    connect(m_documents, &DocumentsModel::stateChanged, this, &UserPage::settledChanged);
    connect(m_document, &DocumentView::settledChanged, this, &UserPage::settledChanged);
}

void UserPage::open(const Destination &destination)
{
    m_user = destination.user;
    m_wanted = destination.document;
    m_collection = destination.document ? destination.document->collection : std::string();
    m_filter->setFilter(destination.document ? fromUtf8(destination.document->key) : QString());
    m_avatar->setInitials(initialsOf(m_user));
    m_name->setFullText(visibleLine(m_user));
    m_document->setDocument(m_user, m_wanted);
    m_documents->setFilter({m_user, m_collection, m_filter->filter()});
    askForUser();
}

void UserPage::refresh()
{
    askForUser();
    m_documents->refresh();
    m_document->refresh();
}

void UserPage::askForUser()
{
    ++m_generation;
    m_isLoading = true;
    Admin::whenFinished(m_context.users.usersGet({.user = m_user.toStdString()}), this,
                        [this, generation = m_generation](const Core::Result<Wire::Admin::UsersGetResponse> &answer) {
                            if (generation == m_generation) {
                                m_isLoading = false;
                                showUser(answer);
                                Q_EMIT settledChanged();
                            }
                        });
}

void UserPage::showUser(const Core::Result<Wire::Admin::UsersGetResponse> &answer)
{
    if (!answer) {
        m_partsStack->showError(answer.error());
        return;
    }
    const auto now = m_context.clock();
    m_since->setFullText(tr("User since %1").arg(relativeTime(answer->user.created, now)));
    m_since->setToolTip(plainToolTip(exactTime(answer->user.created)));
    m_health->setUser(*answer, now);
    m_numbers->setUser(answer->user);
    m_devices->setUser(*answer, now);
    const std::string collection = m_collection;
    {
        const QSignalBlocker quiet(m_collectionsView);
        m_collections->setUser(*answer);
        m_collectionsView->fitHeight(8);
        m_collectionsView->selectRowAt(qMax(0, m_collections->rowOf(collection)));
    }
    m_partsStack->showView();
}

void UserPage::applyFilter()
{
    m_documents->setFilter({m_user, m_collection, m_filter->filter()});
}

void UserPage::chooseWanted()
{
    for (int row = 0; m_wanted && row < m_documents->rowCount(); ++row) {
        const auto *document = m_documents->rowAt(row);
        if (document != nullptr && document->collection == m_wanted->collection && document->key == m_wanted->key) {
            m_documentsView->selectRowAt(row);
            return;
        }
    }
}

void UserPage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    // The numbers stand in the panes too; the name and the health sentence do not.
    m_numbers->setVisible(width() >= wideEnoughForNumbers);
}

void UserPage::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

void UserPage::focusDocuments()
{
    m_documentsView->setFocus(Qt::OtherFocusReason);
}

bool UserPage::clearFilter()
{
    if (m_filter->text().isEmpty()) {
        return false;
    }
    m_filter->clear();
    return true;
}

bool UserPage::isSettled() const
{
    return !m_isLoading && m_documents->state() != PagedModel::State::Loading && m_document->isSettled();
}

void UserPage::setStale(bool isStale)
{
    m_collectionsView->setStale(isStale);
    m_devicesView->setStale(isStale);
    m_documentsView->setStale(isStale);
    m_document->setStale(isStale);
}

void UserPage::chooseFirst()
{
    int chosen = 0;
    for (int row = m_documents->rowCount() - 1; row >= 0; --row) {
        const auto *document = m_documents->rowAt(row);
        chosen = document != nullptr && document->conflictCount > 0 ? row : chosen;
    }
    m_documentsView->selectRowAt(chosen);
    focusDocuments();
}

}  // namespace Satchel::Console
