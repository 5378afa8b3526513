// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/threadend.h"

#include <QMetaObject>
#include <QObject>
#include <QThreadPool>

#include <functional>
#include <memory>
#include <utility>

namespace Satchel::Vault {

/// Calls `then`, on the thread that made this, whichever thread answers. Nobody needs to outlive it: QFuture::then() wants that in Qt 6.4.
template <typename T>
std::function<void(T)> answerHere(std::function<void(T)> then)
{
    auto *relay = new QObject;
    return [relay, then = std::move(then)](T value) {
        auto shared = std::make_shared<T>(std::move(value));
        QMetaObject::invokeMethod(
            relay,
            [relay, then, shared] {
                relay->deleteLater();
                then(std::move(*shared));
            },
            Qt::QueuedConnection);
    };
}

/// Does what blocks in the thread pool and hands the outcome to `then` on this thread. Nothing of it stays on the pool's thread.
template <typename T>
void runOutside(std::function<T()> work, std::function<void(T)> then)
{
    QThreadPool::globalInstance()->start([work = std::move(work), answer = answerHere<T>(std::move(then))] {
        answer(work());
        CipherDb::endThread();
    });
}

}  // namespace Satchel::Vault
