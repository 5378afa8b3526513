// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "tools/tool.h"
#include "widgets/pagedrows.h"

#include "wire/adminmessages.h"

namespace Satchel::Console {

class StateInterface;

/// The documents of one user that match a filter, ordered by collection and key.
class DocumentsModel : public PagedRows<Wire::Admin::DocumentSummary> {
    Q_OBJECT

public:
    enum Column { Key, Fields, Updated, ColumnCount };
    struct Filter {
        QString user;
        std::string collection;
        QString search;
        friend bool operator==(const Filter &, const Filter &) = default;
    };

    DocumentsModel(StateInterface &state, Clock clock, QObject *parent = nullptr);

    [[nodiscard]] const Filter &filter() const { return m_filter; }
    void setFilter(const Filter &filter);

    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

protected:
    void askForPage(Ticket ticket, const std::string &token) override;

private:
    StateInterface &m_state;
    Clock m_clock;
    Filter m_filter;
};

}  // namespace Satchel::Console
