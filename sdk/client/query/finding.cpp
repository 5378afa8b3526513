// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "client/collection_p.h"
#include "client/error_p.h"
#include "client/query/livequery_p.h"

#include <algorithm>

namespace Satchel {

namespace {

/// The results of a query that no index has in its order.
QStringList findAmong(const std::vector<const Live::Entry *> &candidates, const Queries::Asked &asked)
{
    const std::vector<std::string> fields = Queries::orderFields(asked);
    std::vector<Queries::RowPtr> found;
    for (const Live::Entry *entry : candidates) {
        if (Queries::matches(*entry, asked.conditions)) {
            auto row = std::make_shared<Queries::Row>();
            row->key = entry->key;
            for (const std::string &field : fields) {
                row->values.push_back(Queries::valueOf(*entry, field));
            }
            found.push_back(std::move(row));
        }
    }
    const std::size_t wanted = asked.limit > 0 ? std::min(found.size(), std::size_t(asked.limit)) : found.size();
    std::partial_sort(found.begin(), found.begin() + std::ptrdiff_t(wanted), found.end(), Queries::orderOf(asked));
    QStringList keys;
    keys.reserve(qsizetype(wanted));
    for (std::size_t i = 0; i < wanted; ++i) {
        keys.append(found[i]->key);
    }
    return keys;
}

}  // namespace

Result<QStringList> Collection::find(const Query &query) const
{
    const auto asked = Queries::toAsked(query);
    if (!asked) {
        return failure(fromCore(asked.error()));
    }
    d->indexes->catchUp(*d->shelf);
    const Queries::Plan plan = Queries::makePlan(*asked, d->indexes->of(*d->shelf));
    QStringList keys;
    std::vector<const Live::Entry *> candidates;
    if (plan.index == nullptr) {
        for (const auto &[key, entry] : d->shelf->entries) {
            candidates.push_back(entry.get());
        }
    } else {
        (void)visitAfter(plan, nullptr, [&](const Queries::RowPtr &row) {
            const Live::Entry *entry = d->shelf->find(row->key);
            if (!plan.isInOrder) {
                candidates.push_back(entry);
            } else if (Queries::matches(*entry, asked->conditions)) {
                keys.append(row->key);
            }
            return asked->limit == 0 || keys.size() < asked->limit;
        });
    }
    return plan.isInOrder ? keys : findAmong(candidates, *asked);
}

LiveQuery *Collection::query(const Query &query, QObject *parent)
{
    auto made = std::make_unique<LiveQuery::Private>();
    LiveQuery::Private *list = made.get();
    auto *live = new LiveQuery(std::move(made), parent != nullptr ? parent : this);
    list->q = live;
    list->collection = this;
    list->query = query;
    list->shelf = d->shelf;
    d->indexes->catchUp(*d->shelf);
    list->start(d->indexes->of(*d->shelf));
    connect(this, &Collection::changed, live, [list](const QStringList &keys) { list->take(keys); });
    connect(d->live, &Live::LiveState::changesTakenBack, live, [list](const QString &collection, const QStringList &keys) {
        if (collection == list->shelf->name) {
            list->take(keys);
        }
    });
    connect(this, &QObject::destroyed, live, [list] { list->detach(); });
    return live;
}

}  // namespace Satchel
