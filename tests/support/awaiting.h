// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "support/eventwait.h"

#include <Satchel/client.h>

#include <QTest>

#include <functional>
#include <memory>
#include <utility>

/// Futures of the public API in tests.
namespace Satchel::Test {

/// Runs the event loop until the future has an answer; ends the test program if it never comes.
template <typename T>
T waitFor(const QFuture<T> &future)
{
    constexpr int patienceMs = 20000;
    if (!waitUntil([&] { return future.isFinished(); }, patienceMs)) {
        qFatal("a future did not finish");
    }
    return future.result();
}

template <typename T>
Error::Reason reasonOf(const Result<T> &result)
{
    return result ? Error::Reason::None : result.error().reason();
}

template <typename T>
Error::Reason reasonOf(const QFuture<Result<T>> &future)
{
    return reasonOf(waitFor(future));
}

inline QByteArray text(const Result<void> &result)
{
    return result ? QByteArray("good") : result.error().toString().toUtf8();
}

/// Waits, and says why it is not good.
inline bool isGood(const QFuture<Result<void>> &future)
{
    const Result<void> result = waitFor(future);
    if (!result) {
        qInfo("%s", text(result).constData());
    }
    return result.has_value();
}

/// A client that is open; ends the test program if it does not open. `prepare` sees it before.
inline std::unique_ptr<Client> openClient(ClientOptions options, const std::function<void(Client &)> &prepare = {})
{
    auto client = std::make_unique<Client>(std::move(options));
    if (prepare) {
        prepare(*client);
    }
    if (const Result<void> result = waitFor(client->open()); !result) {
        qFatal("open: %s", text(result).constData());
    }
    return client;
}

}  // namespace Satchel::Test

/// Waits for a future, which must give a good result.
#define GOOD(future)                                                                                                                       \
    do {                                                                                                                                   \
        const Satchel::Result<void> outcome_ = Satchel::Test::waitFor(future);                                                             \
        QVERIFY2(outcome_, Satchel::Test::text(outcome_).constData());                                                                     \
    } while (false)
