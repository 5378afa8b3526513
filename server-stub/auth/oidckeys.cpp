// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "oidckeys.h"

#include "core/value.h"
#include "wire/json.h"

#include <algorithm>

namespace Satchel::Server {

using Core::Value;

namespace {

constexpr std::string_view wellKnown = "/.well-known/openid-configuration";

tl::unexpected<Core::Error> wrong(std::string why)
{
    return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, std::move(why)));
}

std::string discoveryAddress(std::string_view issuer)
{
    return std::string(!issuer.empty() && issuer.back() == '/' ? issuer.substr(0, issuer.size() - 1) : issuer) + std::string(wellKnown);
}

const std::string *textOf(const Value &object, std::string_view name)
{
    const Value *value = object.find(name);
    return value != nullptr ? value->as<std::string>() : nullptr;
}

}  // namespace

Core::Result<std::unique_ptr<OidcKeys>> OidcKeys::make(OidcSettings settings, std::unique_ptr<Fetcher> fetcher, Log &log)
{
    if (settings.issuer.find('?') != std::string::npos) {
        return wrong("the issuer's URL has no query");
    }
    if (auto url = HttpUrl::parse(settings.issuer); !url) {
        return wrong("the issuer cannot be asked for its keys: " + url.error().detail);
    }
    std::unique_ptr<OidcKeys> out(new OidcKeys(std::move(settings), std::move(fetcher), log));
    out->m_thread = std::thread([keys = out.get()] { keys->run(); });
    return out;
}

OidcKeys::OidcKeys(OidcSettings settings, std::unique_ptr<Fetcher> fetcher, Log &log)
    : m_settings(std::move(settings))
    , m_fetcher(std::move(fetcher))
    , m_log(log)
{
}

OidcKeys::~OidcKeys()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
    }
    m_fetcher->cancel();
    m_changed.notify_all();
    m_thread.join();
}

std::shared_ptr<const JwkSet> OidcKeys::keys() const
{
    const std::lock_guard lock(m_mutex);
    return m_keys;
}

KeySource::Renewal OidcKeys::renew(std::chrono::milliseconds now)
{
    const std::lock_guard lock(m_mutex);
    if (m_isFetching || m_isWanted) {
        return Renewal::UnderWay;
    }
    if (now < m_nextRenewal && now >= m_nextRenewal - m_settings.renewalPauseMin) {
        return Renewal::Nothing;
    }
    m_nextRenewal = now + m_settings.renewalPauseMin;
    m_isWanted = true;
    m_changed.notify_all();
    return Renewal::UnderWay;
}

void OidcKeys::reload()
{
    const std::lock_guard lock(m_mutex);
    m_isWanted = true;
    m_changed.notify_all();
}

void OidcKeys::run()
{
    std::unique_lock lock(m_mutex);
    while (!m_isStopping) {
        m_isWanted = false;
        m_isFetching = true;
        lock.unlock();
        auto fetched = fetchKeys();
        lock.lock();
        m_isFetching = false;
        if (!m_isStopping) {
            take(std::move(fetched));
            m_changed.wait_for(lock, m_pause, [this] { return m_isWanted || m_isStopping; });
        }
    }
}

/// Under the lock.
void OidcKeys::take(Core::Result<JwkSet> fetched)
{
    if (!fetched) {
        const bool isFirst = m_pause < m_settings.retryPauseMin || m_pause > m_settings.retryPauseMax;
        m_pause = isFirst ? m_settings.retryPauseMin : std::min(2 * m_pause, m_settings.retryPauseMax);
        m_log.warning("issuer's keys not fetched", {{"error", Core::describe(fetched.error())}});
        return;
    }
    for (const std::string &why : fetched->leftOut()) {
        m_log.info("key left out", {{"why", why}});
    }
    m_pause = m_settings.refreshInterval;
    m_keys = std::make_shared<const JwkSet>(std::move(*fetched));
    m_log.info("issuer's keys fetched", {{"count", std::to_string(m_keys->size())}});
}

Core::Result<JwkSet> OidcKeys::fetchKeys()
{
    const auto address = keysAddress();
    if (!address) {
        return Core::failure(address.error());
    }
    const auto text = m_fetcher->get(*address);
    return text ? JwkSet::parse(*text) : Core::Result<JwkSet>(Core::failure(text.error()));
}

Core::Result<HttpUrl> OidcKeys::keysAddress()
{
    const auto url = HttpUrl::parse(discoveryAddress(m_settings.issuer));
    if (!url) {
        return url;
    }
    const auto text = m_fetcher->get(*url);
    if (!text) {
        return Core::failure(text.error());
    }
    const auto document = Wire::valueFromJson(*text);
    if (!document) {
        return wrong("the provider's configuration is not strict JSON: " + document.error().detail);
    }
    const std::string *issuer = textOf(*document, "issuer");
    const std::string *address = textOf(*document, "jwks_uri");
    if (issuer == nullptr || *issuer != m_settings.issuer) {
        return wrong("the provider says that it is another issuer; write --oidc-issuer exactly as it does");
    }
    auto keys = address != nullptr ? HttpUrl::parse(*address) : Core::Result<HttpUrl>(wrong("it is missing"));
    if (!keys) {
        return wrong("the provider's jwks_uri cannot be used: " + keys.error().detail);
    }
    if (keys->isLoopback() && !url->isLoopback()) {
        return wrong("the provider's jwks_uri is on this machine, and the provider is not");
    }
    return keys;
}

}  // namespace Satchel::Server
