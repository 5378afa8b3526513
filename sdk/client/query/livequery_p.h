// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/query/plan.h"

#include <Satchel/collection.h>
#include <Satchel/query.h>

#include <QHash>
#include <QPointer>
#include <QSet>
#include <QTimer>

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace Satchel {

/// Keeps the window (what LiveQuery shows) in step with an index: the collection's own, if it has the query's order, else one of the
/// query's.
///
/// All rows of the index that match and do not come behind the horizon are in the window, so a change is put in its place by looking at
/// the window alone. What is behind the horizon is fetched from the index while there is room. Where the window lags behind the index, a
/// row may be found in both under other values; the key tells.
struct LiveQuery::Private {
    QPointer<LiveQuery> q;
    QPointer<Collection> collection;
    Query query;
    std::optional<Error> error;
    const Live::Shelf *shelf = nullptr;
    Queries::Asked asked;
    Queries::Plan plan;
    /// That of the index; `plan.isReversed` turns it round.
    Queries::RowOrder order{{}, false};
    /// Where no index of the collection has the query's order: the documents that match, in it.
    std::unique_ptr<Queries::Index> own;

    std::vector<Queries::RowPtr> window;
    QHash<QString, Queries::RowPtr> rowOfKey;
    /// Null: the index's beginning. Of no account while nothing is left behind it.
    Queries::RowPtr horizon;
    bool isExhausted = false;

    /// Documents that `own` has still to be told of, the last first.
    QStringList unread;
    /// Documents that have changed since.
    QStringList changedKeys;
    qsizetype firstChanged = 0;
    QSet<QString> changedKeySet;
    QTimer later;
    int signalledCount = 0;
    bool isUpToDateSignalled = false;
    bool isWorking = false;

    /// Once, with what the collection has.
    void start(const std::vector<std::unique_ptr<Queries::Index>> &indexes);
    void take(const QStringList &keys);
    /// The client is going: nothing of it may be looked at any more.
    void detach();
    [[nodiscard]] bool hasWork() const;
    /// Works for a few milliseconds, and goes on later if that is not enough.
    void work();

    [[nodiscard]] const Queries::Index &index() const { return own ? *own : *plan.index; }
    [[nodiscard]] bool isBefore(const Queries::RowPtr &a, const Queries::RowPtr &b) const
    {
        return plan.isReversed ? order(b, a) : order(a, b);
    }
    [[nodiscard]] int placeOf(const Queries::RowPtr &row) const;

private:
    [[nodiscard]] bool isFull() const { return asked.limit > 0 && window.size() >= std::size_t(asked.limit); }
    [[nodiscard]] bool isBehindHorizon(const Queries::RowPtr &row) const;
    [[nodiscard]] bool belongs(const Queries::RowPtr &row) const;
    [[nodiscard]] bool visit(const Queries::RowPtr &after, const std::function<bool(const Queries::RowPtr &)> &visitor) const;
    void follow(const QString &key);
    void fill();
    void insert(const Queries::RowPtr &row);
    void remove(int place);
    void replace(int place, const Queries::RowPtr &row);
    /// Whether `row`, from inside the window, is what comes first behind the horizon.
    [[nodiscard]] bool isNextBehindHorizon(const Queries::RowPtr &row) const;
    void signalState();
};

}  // namespace Satchel
