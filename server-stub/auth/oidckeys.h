// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/auth/keysource.h"
#include "server-stub/net/fetcher.h"
#include "server-stub/ops/log.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace Satchel::Server {

struct OidcSettings {
    std::string issuer;                                 ///< a URL; exactly what the provider says that it is
    std::chrono::milliseconds renewalPauseMin{60'000};  ///< between two fetches for keys that tokens named
    std::chrono::seconds refreshInterval{600};          ///< keys that the provider withdraws are not taken longer
    std::chrono::milliseconds retryPauseMin{1'000};     ///< after a failure; doubles
    std::chrono::milliseconds retryPauseMax{60'000};
};

/// The keys of an OpenID provider, found by OpenID Connect Discovery 1.0: /.well-known/openid-configuration names the issuer, which must be
/// the one that was asked, and where its keys are. A thread of its own fetches both at the start, from time to time, and when a token names
/// a key that is missing. While the provider cannot be reached, the keys fetched last stay.
class OidcKeys : public KeySource {
public:
    /// INVALID_ARGUMENT if the issuer is no URL that can be fetched from. The log must outlive the source.
    [[nodiscard]] static Core::Result<std::unique_ptr<OidcKeys>> make(OidcSettings settings, std::unique_ptr<Fetcher> fetcher, Log &log);
    ~OidcKeys() override;
    OidcKeys(const OidcKeys &) = delete;
    OidcKeys &operator=(const OidcKeys &) = delete;

    [[nodiscard]] std::shared_ptr<const JwkSet> keys() const override;
    [[nodiscard]] Renewal renew(std::chrono::milliseconds now) override;
    void reload() override;

private:
    OidcKeys(OidcSettings settings, std::unique_ptr<Fetcher> fetcher, Log &log);
    void run();
    void take(Core::Result<JwkSet> fetched);
    [[nodiscard]] Core::Result<JwkSet> fetchKeys();
    [[nodiscard]] Core::Result<HttpUrl> keysAddress();

    const OidcSettings m_settings;
    const std::unique_ptr<Fetcher> m_fetcher;
    Log &m_log;

    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::shared_ptr<const JwkSet> m_keys;
    std::chrono::milliseconds m_nextRenewal{0};  ///< by the server's clock
    std::chrono::milliseconds m_pause{0};        ///< until the next fetch that nobody asks for
    bool m_isWanted = true;
    bool m_isFetching = false;
    bool m_isStopping = false;
    std::thread m_thread;
};

}  // namespace Satchel::Server
