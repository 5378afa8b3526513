// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "usersmodel.h"

#include "usersinterface.h"

#include "widgets/cellroles.h"
#include "widgets/counts.h"
#include "widgets/timetext.h"
#include "widgets/tokens.h"
#include "widgets/visibletext.h"

#include "admin/whenfinished.h"

namespace Satchel::Console {

using Wire::Admin::UserSummary;

QString initialsOf(const QString &user)
{
    QString initials;
    bool isWordStart = true;
    for (const QChar c : user) {
        if (!c.isLetterOrNumber()) {
            isWordStart = true;
        } else if (isWordStart) {
            initials += c.toUpper();
            isWordStart = false;
        }
        if (initials.size() == 2 || c == u'@') {
            break;
        }
    }
    return initials.isEmpty() ? QStringLiteral("?") : initials;
}

UsersModel::UsersModel(UsersInterface &users, Clock clock, QObject *parent)
    : PagedRows(parent)
    , m_users(users)
    , m_clock(std::move(clock))
{
}

void UsersModel::setFilter(const Filter &filter)
{
    if (filter != m_filter) {
        m_filter = filter;
        requery();
    }
}

int UsersModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString UsersModel::text(const UserSummary &user, int column) const
{
    switch (column) {
    case User:
        return visibleLine(fromUtf8(user.user));
    case Documents:
        return numberText(user.documentCount);
    case Devices:
        return numberText(user.deviceCount);
    case Conflicts:
        return user.openConflictCount == 0 ? QString() : numberText(user.openConflictCount);
    case LastSeen:
        return relativeTime(user.lastSeen, m_clock());
    default:
        return {};
    }
}

QVariant UsersModel::data(const QModelIndex &index, int role) const
{
    const int column = index.column();
    if (role == Qt::TextAlignmentRole) {
        return column == User ? QVariant() : QVariant(static_cast<int>(Qt::AlignRight | Qt::AlignVCenter));
    }
    const UserSummary *user = rowAt(index.row());
    if (!index.isValid() || user == nullptr) {
        return role == Qt::DisplayRole && column == User ? QVariant(tr("…")) : QVariant();
    }
    switch (role) {
    case Qt::DisplayRole:
        return text(*user, column);
    case Qt::ToolTipRole:
        return plainToolTip(column == LastSeen
                                ? tr("Last contact %1\nFirst contact %2").arg(exactTime(user->lastSeen), exactTime(user->created))
                            : column == User ? text(*user, column)
                                             : QString());
    case Qt::AccessibleTextRole:
        return column == Conflicts && user->openConflictCount == 0 ? tr("no open conflicts") : text(*user, column);
    case InitialsRole:
        return column == User ? QVariant(initialsOf(fromUtf8(user->user))) : QVariant();
    case PillRole:
        return column == Conflicts;
    case ToneRole:
        return static_cast<int>(column == Conflicts ? Tone::Warning : column == LastSeen ? Tone::Muted : Tone::Plain);
    default:
        return {};
    }
}

QVariant UsersModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return static_cast<int>((section == User ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case User:
        return tr("User");
    case Documents:
        return tr("Documents");
    case Devices:
        return tr("Devices");
    case Conflicts:
        return tr("Conflicts");
    case LastSeen:
        return tr("Last seen");
    default:
        return {};
    }
}

void UsersModel::askForPage(Ticket ticket, const std::string &token)
{
    const Wire::Admin::UsersListRequest request{.search = m_filter.search.toStdString(),
                                                .onlyConflicted = m_filter.onlyConflicted,
                                                .page = {.size = pageRows, .token = token},
                                                .filter = {},
                                                .order = {}};
    Admin::whenFinished(m_users.usersList(request), this, [this, ticket](const Core::Result<Wire::Admin::UsersListResponse> &answer) {
        deliver(ticket,
                answer.map([](const Wire::Admin::UsersListResponse &page) { return RowsPage<UserSummary>{page.users, page.nextToken}; }));
    });
}

}  // namespace Satchel::Console
