// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/filter.h"
#include "server-stub/admin/command.h"

#include <utility>

namespace Satchel::Server {

/// One page of a list: where it begins, and the token of the one behind it.
class Page {
public:
    using Place = std::vector<std::string>;

    /// `query` is what the token is bound to. Errors of rowsOf() and of PageTokens::open().
    [[nodiscard]] static Core::Result<Page> open(const PageTokens &tokens, PageTokens::Query query, const Wire::Admin::PageRequest &request)
    {
        auto rows = rowsOf(request);
        if (!rows) {
            return Core::failure(std::move(rows.error()));
        }
        auto place = tokens.open(query, request.token);
        if (!place) {
            return Core::failure(std::move(place.error()));
        }
        return Page(tokens, std::move(query), *rows, std::move(*place));
    }

    /// Behind which row it begins; empty: the first page.
    [[nodiscard]] const Place &place() const { return m_place; }
    /// To be asked for: one more than the page has tells whether there is a next one.
    [[nodiscard]] std::size_t rowsToAsk() const { return m_rows + 1; }

    /// Cuts the rows to the page's size; the token of the next page, empty if there is none. `placeOf(row)` names the last row's place.
    template <typename Row, typename PlaceOf>
    [[nodiscard]] std::string close(std::vector<Row> &rows, PlaceOf placeOf) const
    {
        if (rows.size() <= m_rows) {
            return {};
        }
        rows.resize(m_rows);
        return m_tokens->seal(m_query, placeOf(rows.back()));
    }

private:
    Page(const PageTokens &tokens, PageTokens::Query query, std::size_t rows, Place place)
        : m_tokens(&tokens)
        , m_query(std::move(query))
        , m_rows(rows)
        , m_place(std::move(place))
    {
    }

    const PageTokens *m_tokens;
    PageTokens::Query m_query;
    std::size_t m_rows;
    Place m_place;
};

/// A number of a place that this server sealed.
[[nodiscard]] std::int64_t placeNumber(const std::string &text);

/// The filter of a request. INVALID_ARGUMENT names the column where it goes wrong.
[[nodiscard]] Core::Result<Core::Filter> filterOf(const std::string &text, std::span<const Core::FilterField> fields,
                                                  const AdminCall &call);

}  // namespace Satchel::Server
