// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "pagedmodel.h"

#include "core/result.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace Satchel::Console {

template <typename Row>
struct RowsPage {
    std::vector<Row> rows;
    std::string nextToken;
};

/// The rows of a PagedModel: pages in the order they came, the least recently seen ones given up when there are too many. A page that was
/// given up keeps its token and its place; a look at one of its rows brings it back.
template <typename Row>
class PagedRows : public PagedModel {
public:
    using PagedModel::PagedModel;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : m_rowCount; }
    [[nodiscard]] bool hasMore() const override { return !m_nextToken.empty(); }
    [[nodiscard]] bool canFetchMore(const QModelIndex &parent) const override
    {
        return !parent.isValid() && hasMore() && !m_isAsking && state() != State::Failed;
    }
    void fetchMore(const QModelIndex &parent) override
    {
        if (!parent.isValid() && hasMore() && !m_isAsking) {
            ask(static_cast<int>(m_pages.size()), m_nextToken);
        }
    }
    [[nodiscard]] int pagesHeld() const override
    {
        return static_cast<int>(std::ranges::count_if(m_pages, [](const Page &page) { return page.isHeld; }));
    }

    void restart() override
    {
        reset({});
        refresh();
    }
    void refresh() override { askAnew(false); }
    void requery() override { askAnew(true); }
    void clear() override
    {
        ++m_generation;
        m_isAsking = false;
        reset({});
        setState(State::Idle);
    }

    /// Null outside the table and while the row's page is on its way back.
    [[nodiscard]] const Row *rowAt(int row) const
    {
        const int page = pageOf(row);
        if (page < 0) {
            return nullptr;
        }
        const auto &held = m_pages[static_cast<std::size_t>(page)];
        held.lastSeen = ++m_looks;
        if (!held.isHeld) {
            want(page);
            return nullptr;
        }
        return &held.rows[static_cast<std::size_t>(row - held.firstRow)];
    }

protected:
    void deliver(Ticket ticket, Core::Result<RowsPage<Row>> answer)
    {
        if (ticket.generation != m_generation) {
            return;
        }
        const auto count = static_cast<int>(m_pages.size());
        const bool isNew = ticket.page == 0 ? m_isFirstDue : ticket.page == count;
        m_isFirstDue = m_isFirstDue && !isNew;
        std::erase(m_wanted, ticket.page);
        // Views may call fetchMore() while rows come and go; they find that a page is asked for until this one is in place.
        if (!answer) {
            if (isNew && ticket.page == 0 && m_isQueryNew) {
                reset({});
            }
        } else if (isNew && ticket.page == 0) {
            reset(std::move(*answer));
        } else if (isNew) {
            append(std::move(*answer));
        } else {
            replace(ticket.page, std::move(answer->rows));
        }
        m_isAsking = m_isAsking && !isNew;
        if (!answer) {
            setState(State::Failed, std::move(answer).error());
        } else if (state() == State::Loading && !m_isAsking) {
            setState(State::Ready);
        }
        // A filter may find nothing in what the server was willing to look at for one page.
        if (m_rowCount == 0 && state() == State::Ready && hasMore()) {
            fetchMore({});
        }
    }

private:
    struct Page {
        std::string token;
        int firstRow = 0;
        int size = 0;
        std::vector<Row> rows;
        bool isHeld = true;
        mutable quint64 lastSeen = 0;
    };

    [[nodiscard]] int pageOf(int row) const
    {
        if (row < 0 || row >= m_rowCount) {
            return -1;
        }
        const auto after = std::ranges::upper_bound(m_pages, row, {}, &Page::firstRow);
        return static_cast<int>(after - m_pages.begin()) - 1;
    }

    void askAnew(bool isQueryNew)
    {
        ++m_generation;
        m_isQueryNew = isQueryNew;
        m_wanted.clear();
        ask(0, {});
    }

    void ask(int page, const std::string &token)
    {
        m_isAsking = true;
        m_isFirstDue = page == 0;
        setState(State::Loading);
        askForPage({m_generation, page}, token);
    }

    // data() is const and must not talk to the network: the wish is noted and fulfilled from the event loop.
    void want(int page) const
    {
        if (std::ranges::find(m_wanted, page) != m_wanted.end()) {
            return;
        }
        m_wanted.push_back(page);
        auto *self = const_cast<PagedRows *>(this);
        QMetaObject::invokeMethod(
            self,
            [self, page, generation = m_generation] {
                if (generation == self->m_generation && page < static_cast<int>(self->m_pages.size())) {
                    self->askForPage({generation, page}, self->m_pages[static_cast<std::size_t>(page)].token);
                }
            },
            Qt::QueuedConnection);
    }

    void reset(RowsPage<Row> first)
    {
        beginResetModel();
        m_pages.clear();
        m_wanted.clear();
        m_rowCount = 0;
        m_nextToken = std::move(first.nextToken);
        if (!first.rows.empty()) {
            push({}, std::move(first.rows));
        }
        endResetModel();
    }

    void append(RowsPage<Row> next)
    {
        const std::string token = std::exchange(m_nextToken, std::move(next.nextToken));
        if (next.rows.empty()) {
            return;
        }
        beginInsertRows({}, m_rowCount, m_rowCount + static_cast<int>(next.rows.size()) - 1);
        push(token, std::move(next.rows));
        endInsertRows();
        giveUpOldest();
    }

    void push(std::string token, std::vector<Row> rows)
    {
        const auto size = static_cast<int>(rows.size());
        m_pages.push_back({std::move(token), m_rowCount, size, std::move(rows), true, ++m_looks});
        m_rowCount += size;
    }

    void replace(int number, std::vector<Row> rows)
    {
        Page &page = m_pages[static_cast<std::size_t>(number)];
        const int wanted = static_cast<int>(rows.size());
        const int difference = wanted - page.size;
        const int last = page.firstRow + page.size - 1;
        if (difference < 0) {
            beginRemoveRows({}, last + difference + 1, last);
        } else if (difference > 0) {
            beginInsertRows({}, last + 1, last + difference);
        }
        page.rows = std::move(rows);
        page.size = wanted;
        page.isHeld = true;
        page.lastSeen = ++m_looks;
        m_rowCount += difference;
        for (std::size_t i = static_cast<std::size_t>(number) + 1; i < m_pages.size(); ++i) {
            m_pages[i].firstRow += difference;
        }
        if (difference < 0) {
            endRemoveRows();
        } else if (difference > 0) {
            endInsertRows();
        }
        if (wanted > 0) {
            Q_EMIT dataChanged(index(page.firstRow, 0), index(page.firstRow + wanted - 1, columnCount() - 1));
        }
        giveUpOldest();
    }

    void giveUpOldest()
    {
        while (pagesHeld() > pagesHeldMax) {
            Page *oldest = nullptr;
            for (Page &page : m_pages) {
                if (page.isHeld && (oldest == nullptr || page.lastSeen < oldest->lastSeen)) {
                    oldest = &page;
                }
            }
            oldest->rows = {};
            oldest->isHeld = false;
        }
    }

    std::vector<Page> m_pages;
    mutable std::vector<int> m_wanted;
    std::string m_nextToken;
    quint64 m_generation = 0;
    mutable quint64 m_looks = 0;
    int m_rowCount = 0;
    bool m_isAsking = false;
    bool m_isFirstDue = false;
    bool m_isQueryNew = false;
};

}  // namespace Satchel::Console
