// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "tools/tool.h"
#include "widgets/pagedrows.h"

#include "wire/adminmessages.h"

namespace Satchel::Console {

class UsersInterface;

/// The users that match a filter, in the server's order.
class UsersModel : public PagedRows<Wire::Admin::UserSummary> {
    Q_OBJECT

public:
    enum Column { User, Documents, Devices, Conflicts, LastSeen, ColumnCount };
    struct Filter {
        QString search;
        bool onlyConflicted = false;
        friend bool operator==(const Filter &, const Filter &) = default;
    };

    UsersModel(UsersInterface &users, Clock clock, QObject *parent = nullptr);

    [[nodiscard]] const Filter &filter() const { return m_filter; }
    void setFilter(const Filter &filter);

    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

protected:
    void askForPage(Ticket ticket, const std::string &token) override;

private:
    [[nodiscard]] QString text(const Wire::Admin::UserSummary &user, int column) const;

    UsersInterface &m_users;
    Clock m_clock;
    Filter m_filter;
};

/// One or two letters for a user's circle, from the first letters or digits of the id.
[[nodiscard]] QString initialsOf(const QString &user);

}  // namespace Satchel::Console
