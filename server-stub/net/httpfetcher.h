// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/net/fetcher.h"

#include <chrono>
#include <memory>

namespace Satchel::Server {

struct FetchLimits {
    std::size_t headerBytesMax = 16 * 1024;
    std::size_t bodyBytesMax = std::size_t{256} * 1024;
    std::chrono::milliseconds timeout{10'000};  ///< for all of it: names, connection, TLS, answer
};

/// HTTP/1.1 over TLS 1.2 or later, whose certificate the system's authorities vouch for; plain on this machine. Follows no redirects, sends
/// no credentials.
class HttpFetcher : public Fetcher {
public:
    explicit HttpFetcher(FetchLimits limits = {});
    ~HttpFetcher() override;
    HttpFetcher(const HttpFetcher &) = delete;
    HttpFetcher &operator=(const HttpFetcher &) = delete;

    [[nodiscard]] Core::Result<std::string> get(const HttpUrl &url) override;
    void cancel() override;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

}  // namespace Satchel::Server
