// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/error.h>

#include <QtCore/QFuture>
#include <QtCore/QPromise>

#include <tl/expected.hpp>

#include <utility>

namespace Satchel {

/// A value or an expected failure (tl::expected, the header-only library that std::expected comes from; the CMake package finds it).
///
///     if (const auto map = Satchel::fromJson(text)) use(*map); else qWarning() << map.error().toString();
template <typename T>
using Result = tl::expected<T, Error>;

/// `return Satchel::failure(error);` from a function that returns a Result.
[[nodiscard]] inline tl::unexpected<Error> failure(Error error)
{
    return tl::unexpected<Error>(std::move(error));
}

/// A future that holds its result already: what an app's hook gives that need not wait for anything.
///
///     options.tokenProvider = [] { return Satchel::readyResult<QString>(qEnvironmentVariable("TOKEN")); };
template <typename T>
[[nodiscard]] QFuture<Result<T>> readyResult(Result<T> result)
{
    QPromise<Result<T>> promise;
    promise.start();
    promise.addResult(std::move(result));
    promise.finish();
    return promise.future();
}

/// Drops a result or a future on purpose, saying why where it is dropped.
template <typename T>
void ignore(const T & /*result*/, const char * /*reason*/)
{
}

}  // namespace Satchel
