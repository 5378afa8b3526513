// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "tools/tool.h"
#include "widgets/pagedrows.h"

#include "wire/adminmessages.h"

namespace Satchel::Console {

class ConflictsInterface;

/// Fields written at the same time, of all users, newest first.
class ConflictsModel : public PagedRows<Wire::Admin::Conflict> {
    Q_OBJECT

public:
    enum Column { Field, User, Values, Rule, Detected, ColumnCount };
    struct Filter {
        Wire::Admin::ConflictKind kind = Wire::Admin::ConflictKind::Open;
        QString user;
        QString collection;
        friend bool operator==(const Filter &, const Filter &) = default;
    };
    /// "ada collection:notes": a bare word is a user's id, "collection:" narrows to one; both are whole names, the server matches no parts.
    [[nodiscard]] static Filter parseFilter(const QString &text, Wire::Admin::ConflictKind kind);

    ConflictsModel(ConflictsInterface &conflicts, Clock clock, QObject *parent = nullptr);

    [[nodiscard]] const Filter &filter() const { return m_filter; }
    void setFilter(const Filter &filter);

    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

protected:
    void askForPage(Ticket ticket, const std::string &token) override;

private:
    [[nodiscard]] QString text(const Wire::Admin::Conflict &conflict, int column) const;

    ConflictsInterface &m_conflicts;
    Clock m_clock;
    Filter m_filter;
};

}  // namespace Satchel::Console
