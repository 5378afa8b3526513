// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"
#include "server-stub/net/httpurl.h"

#include <string>

namespace Satchel::Server {

/// Gets small documents from other servers.
class Fetcher {
public:
    virtual ~Fetcher() = default;
    /// The body of a 200. Waits for it, in bounded time. UNAVAILABLE says why it could not be had. One call at a time.
    [[nodiscard]] virtual Core::Result<std::string> get(const HttpUrl &url) = 0;
    /// From another thread: lets a get() that waits, and every later one, fail soon.
    virtual void cancel() = 0;
};

}  // namespace Satchel::Server
