// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "livequery_p.h"

#include "client/error_p.h"
#include "client/live/livestate.h"

#include <QElapsedTimer>

#include <algorithm>

namespace Satchel {

namespace {

/// Half of a frame at 60 Hz is for the app and what its views do about the changes.
constexpr std::chrono::milliseconds sliceTime(4);
constexpr int fillBatchMax = 512;
constexpr int peekMax = 256;

}  // namespace

Query &Query::where(const QString &field, Comparison comparison, const QVariant &value)
{
    m_conditions.append({field, comparison, value});
    return *this;
}

Query &Query::orderBy(const QString &field, Qt::SortOrder direction)
{
    m_orders.append({field, direction});
    return *this;
}

Query &Query::limit(int count)
{
    m_limit = count;
    return *this;
}

LiveQuery::LiveQuery(std::unique_ptr<Private> data, QObject *parent)
    : QObject(parent)
    , d(std::move(data))
{
}

LiveQuery::~LiveQuery() = default;

Query LiveQuery::query() const
{
    return d->query;
}

Collection *LiveQuery::collection() const
{
    return d->collection;
}

std::optional<Error> LiveQuery::error() const
{
    return d->error;
}

bool LiveQuery::isUpToDate() const
{
    return !d->hasWork();
}

int LiveQuery::count() const
{
    return int(d->window.size());
}

QString LiveQuery::key(int row) const
{
    return row >= 0 && row < count() ? d->window[std::size_t(row)]->key : QString();
}

QStringList LiveQuery::keys() const
{
    QStringList keys;
    keys.reserve(count());
    for (const Queries::RowPtr &row : d->window) {
        keys.append(row->key);
    }
    return keys;
}

int LiveQuery::indexOf(const QString &key) const
{
    const Queries::RowPtr row = d->rowOfKey.value(key);
    return row ? d->placeOf(row) : -1;
}

QVariantMap LiveQuery::fields(int row) const
{
    return d->collection ? d->collection->get(key(row)).value_or(QVariantMap()) : QVariantMap();
}

// -- keeping the window in step

void LiveQuery::Private::start(const std::vector<std::unique_ptr<Queries::Index>> &indexes)
{
    later.setSingleShot(true);
    later.setInterval(0);
    QObject::connect(&later, &QTimer::timeout, q, [this] { work(); });
    auto compiled = Queries::toAsked(query);
    if (!compiled) {
        error = fromCore(compiled.error());
        isExhausted = true;
        isUpToDateSignalled = true;
        return;
    }
    asked = std::move(*compiled);
    plan = Queries::makePlan(asked, indexes);
    if (!plan.isInOrder) {
        own = std::make_unique<Queries::Index>(*shelf, Queries::orderFields(asked), Queries::orderOf(asked), asked.conditions);
        if (plan.index != nullptr) {
            (void)visitAfter(plan, nullptr, [this](const Queries::RowPtr &row) {
                unread.append(row->key);
                return true;
            });
        } else {
            unread.reserve(qsizetype(shelf->entries.size()));
            for (const auto &[key, entry] : shelf->entries) {
                unread.append(key);
            }
        }
    }
    order = index().rows().key_comp();
    work();
}

void LiveQuery::Private::take(const QStringList &keys)
{
    if (error) {
        return;
    }
    for (const QString &key : keys) {
        if (!changedKeySet.contains(key)) {
            changedKeySet.insert(key);
            changedKeys.append(key);
        }
    }
    if (window.empty() && keys.size() > fillBatchMax) {
        // Many at once into nothing, as when the store has been opened: fetched in order, not put in one by one.
        isExhausted = false;
        horizon.reset();
    }
    work();
}

void LiveQuery::Private::detach()
{
    unread.clear();
    changedKeys.clear();
    changedKeySet.clear();
    firstChanged = 0;
    isExhausted = true;
    later.stop();
}

bool LiveQuery::Private::hasWork() const
{
    return !unread.isEmpty() || firstChanged < changedKeys.size() || (!isExhausted && !isFull());
}

void LiveQuery::Private::work()
{
    if (isWorking) {
        // Who is told of a change has made another one known: it waits until this one is through.
        later.start();
        return;
    }
    isWorking = true;
    QElapsedTimer timer;
    timer.start();
    const QPointer<LiveQuery> guard = q;
    while (hasWork()) {
        if (timer.elapsed() >= sliceTime.count()) {
            later.start();
            break;
        }
        if (!unread.isEmpty()) {
            own->follow(unread.takeLast());
        } else if (firstChanged < changedKeys.size()) {
            const QString key = changedKeys[firstChanged++];
            changedKeySet.remove(key);
            follow(key);
        } else {
            changedKeys.clear();
            firstChanged = 0;
            fill();
        }
        if (!guard) {
            return;
        }
    }
    isWorking = false;
    signalState();
}

void LiveQuery::Private::signalState()
{
    const QPointer<LiveQuery> guard = q;
    if (signalledCount != int(window.size())) {
        signalledCount = int(window.size());
        Q_EMIT guard->countChanged();
    }
    if (guard && isUpToDateSignalled != !hasWork()) {
        isUpToDateSignalled = !hasWork();
        Q_EMIT guard->upToDateChanged();
    }
}

int LiveQuery::Private::placeOf(const Queries::RowPtr &row) const
{
    const auto isFirst = [this](const Queries::RowPtr &a, const Queries::RowPtr &b) { return isBefore(a, b); };
    return int(std::lower_bound(window.begin(), window.end(), row, isFirst) - window.begin());
}

bool LiveQuery::Private::isBehindHorizon(const Queries::RowPtr &row) const
{
    return !isExhausted && (!horizon || isBefore(horizon, row));
}

bool LiveQuery::Private::belongs(const Queries::RowPtr &row) const
{
    if (own) {
        return true;
    }
    const Live::Entry *entry = shelf->find(row->key);
    return entry != nullptr && Queries::matches(*entry, asked.conditions);
}

bool LiveQuery::Private::visit(const Queries::RowPtr &after, const std::function<bool(const Queries::RowPtr &)> &visitor) const
{
    if (!own) {
        return visitAfter(plan, after, visitor);
    }
    const Queries::Index::Rows &rows = own->rows();
    for (auto it = after ? rows.upper_bound(after) : rows.begin(); it != rows.end(); ++it) {
        if (!visitor(*it)) {
            return false;
        }
    }
    return true;
}

void LiveQuery::Private::follow(const QString &key)
{
    if (own) {
        own->follow(key);
    }
    Queries::RowPtr fresh = index().rowOf(key);
    if (fresh && !belongs(fresh)) {
        fresh.reset();
    }
    const Queries::RowPtr old = rowOfKey.value(key);
    if (!old && fresh && !isBehindHorizon(fresh)) {
        insert(fresh);
    } else if (old && (!fresh || (isBehindHorizon(fresh) && !isNextBehindHorizon(fresh)))) {
        remove(placeOf(old));
    } else if (old && fresh) {
        if (isBehindHorizon(fresh)) {
            horizon = fresh;
        }
        replace(placeOf(old), fresh);
    }
}

bool LiveQuery::Private::isNextBehindHorizon(const Queries::RowPtr &row) const
{
    int visited = 0;
    bool isNext = false;
    (void)visit(horizon, [&](const Queries::RowPtr &candidate) {
        isNext = candidate->key == row->key;
        const bool isOther = !isNext && !rowOfKey.contains(candidate->key) && belongs(candidate);
        return !isNext && !isOther && ++visited < peekMax;
    });
    return isNext;
}

void LiveQuery::Private::fill()
{
    std::vector<Queries::RowPtr> found;
    const int room = asked.limit > 0 ? std::min(asked.limit - int(window.size()), fillBatchMax) : fillBatchMax;
    int visited = 0;
    isExhausted = visit(horizon, [&](const Queries::RowPtr &row) {
        horizon = row;
        if (!rowOfKey.contains(row->key) && belongs(row)) {
            found.push_back(row);
        }
        return int(found.size()) < room && ++visited < 2 * fillBatchMax;
    });
    if (found.empty()) {
        return;
    }
    const QPointer<LiveQuery> guard = q;
    const int first = int(window.size());
    const int last = first + int(found.size()) - 1;
    Q_EMIT guard->aboutToInsert(first, last);
    if (!guard) {
        return;
    }
    for (const Queries::RowPtr &row : found) {
        rowOfKey.insert(row->key, row);
    }
    window.insert(window.end(), found.begin(), found.end());
    Q_EMIT guard->inserted(first, last);
}

void LiveQuery::Private::insert(const Queries::RowPtr &row)
{
    const QPointer<LiveQuery> guard = q;
    const int place = placeOf(row);
    if (isFull()) {
        const bool isOutside = place == int(window.size());
        if (!isOutside) {
            remove(int(window.size()) - 1);
            if (!guard) {
                return;
            }
        }
        isExhausted = false;
        horizon = window.empty() ? nullptr : window.back();
        if (isOutside) {
            return;
        }
        if (horizon == nullptr || isBefore(horizon, row)) {
            horizon = row;
        }
    }
    Q_EMIT guard->aboutToInsert(place, place);
    if (!guard) {
        return;
    }
    rowOfKey.insert(row->key, row);
    window.insert(window.begin() + place, row);
    Q_EMIT guard->inserted(place, place);
}

void LiveQuery::Private::remove(int place)
{
    const QPointer<LiveQuery> guard = q;
    Q_EMIT guard->aboutToRemove(place, place);
    if (!guard) {
        return;
    }
    rowOfKey.remove(window[std::size_t(place)]->key);
    window.erase(window.begin() + place);
    Q_EMIT guard->removed(place, place);
}

void LiveQuery::Private::replace(int place, const Queries::RowPtr &row)
{
    const QPointer<LiveQuery> guard = q;
    int to = place;
    if (row != window[std::size_t(place)]) {
        to = placeOf(row);
        to -= to > place ? 1 : 0;
    }
    if (to != place) {
        Q_EMIT guard->aboutToMove(place, to);
        if (!guard) {
            return;
        }
    }
    rowOfKey.insert(row->key, row);
    window.erase(window.begin() + place);
    window.insert(window.begin() + to, row);
    if (to != place) {
        Q_EMIT guard->moved(place, to);
        if (!guard) {
            return;
        }
    }
    Q_EMIT guard->changed(to);
}

}  // namespace Satchel
