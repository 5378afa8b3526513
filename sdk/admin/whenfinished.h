// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QFuture>
#include <QFutureWatcher>
#include <QObject>

#include <utility>

namespace Satchel::Admin {

/// Calls `then(const T &)` from the event loop of the context's thread once the future has its result; never if the context dies before,
/// and never from within this call. A future that was cancelled without a result calls nothing. QFuture::then(context, ...) gives neither
/// promise in Qt 6.4: it may run at once, and touches a context that is gone.
template <typename T, typename Function>
void whenFinished(const QFuture<T> &future, QObject *context, Function then)
{
    auto *watcher = new QFutureWatcher<T>(context);
    QObject::connect(watcher, &QFutureWatcherBase::finished, context, [watcher, then = std::move(then)]() mutable {
        watcher->deleteLater();
        if (watcher->future().resultCount() > 0) {
            then(watcher->future().result());
        }
    });
    watcher->setFuture(future);
}

}  // namespace Satchel::Admin
