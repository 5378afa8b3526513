// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/error.h"

#include <QAbstractTableModel>

#include <optional>
#include <string>

namespace Satchel::Console {

/// A table that comes from the server page by page, forward, without ever knowing how many rows there are.
/// This half holds the state that views show; PagedRows holds the rows.
class PagedModel : public QAbstractTableModel {
    Q_OBJECT

public:
    using QAbstractTableModel::QAbstractTableModel;

    static constexpr int pageRows = 100;
    /// Pages kept in memory; the others are asked for again when somebody looks.
    static constexpr int pagesHeldMax = 24;

    enum class State { Idle, Loading, Ready, Failed };
    [[nodiscard]] State state() const { return m_state; }
    /// The last failure; none after a success.
    [[nodiscard]] const std::optional<Core::Error> &error() const { return m_error; }
    /// More rows than shown may exist.
    [[nodiscard]] virtual bool hasMore() const = 0;
    [[nodiscard]] virtual int pagesHeld() const = 0;

    /// Drops all rows and asks for the first page.
    virtual void restart() = 0;
    /// Asks for the first page; the rows stay until it has come.
    virtual void refresh() = 0;
    /// The same for a new query: if it fails, the rows go, because they are not what was asked for.
    virtual void requery() = 0;
    /// Drops all rows and asks for nothing.
    virtual void clear() = 0;

Q_SIGNALS:
    void stateChanged();

protected:
    struct Ticket {
        quint64 generation = 0;
        int page = 0;
    };
    /// Asks the server; the answer goes to PagedRows::deliver with the same ticket.
    virtual void askForPage(Ticket ticket, const std::string &token) = 0;

    void setState(State state, std::optional<Core::Error> error = {})
    {
        m_state = state;
        m_error = std::move(error);
        Q_EMIT stateChanged();
    }

private:
    State m_state = State::Idle;
    std::optional<Core::Error> m_error;
};

}  // namespace Satchel::Console
