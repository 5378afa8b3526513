// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "syncengine.h"

#include <algorithm>
#include <utility>

namespace Satchel::Sync {
namespace {

using namespace std::chrono_literals;
constexpr std::chrono::milliseconds reauthRetry = 10s;

}  // namespace

/// Never twice at a time, whoever needs it.
void SyncEngine::askForToken()
{
    if (!m_isTokenAsked) {
        m_isTokenAsked = true;
        m_isProbedMeanwhile = false;
        act(RequestToken{});
    }
}

void SyncEngine::tokenAnswered(Core::Result<std::string> token, Time now)
{
    m_now = now;
    m_isTokenAsked = false;
    const std::string before = m_token;
    if (token && !token->empty()) {
        m_token = std::move(*token);
    }
    if (m_phase == Phase::Open) {
        reauth(before, token);
        return;
    }
    // The one that comes after it was given up ends the wait for the next attempt.
    const bool isLate = m_phase == Phase::Waiting && before.empty();
    if (!m_token.empty() && (m_phase == Phase::AwaitingToken || isLate)) {
        begin();
    }
    if (m_phase != Phase::AwaitingToken) {
        return;
    }
    if (m_isProbedMeanwhile) {
        askForToken();
        return;
    }
    Core::Error error = token ? Core::makeError(Core::ErrorCode::Unauthenticated, Core::ErrorReason::TokenMissing,
                                                "the token provider gave an empty token", Core::Retry::AfterSignIn)
                              : std::move(token.error());
    if (error.retry == Core::Retry::Later) {
        wait(std::move(error));
    } else {
        block(std::move(error));
    }
}

void SyncEngine::refreshToken(Core::Error error)
{
    drop();
    m_token.clear();
    m_blockedReason = std::move(error);
    if (m_isTokenFresh) {
        // Two refusals in a row, the second of a token made for the purpose: asking on at once would be a loop.
        m_isTokenFresh = false;
        enter(Phase::Blocked, refusedTokenRetry);
        return;
    }
    m_isTokenFresh = true;
    enter(Phase::Idle);
    begin();
}

void SyncEngine::planReauth(std::chrono::seconds expiresAt)
{
    m_reauthAt.reset();
    const bool isLater = expiresAt > m_tokenExpiresAt || !m_isReauthing;
    m_tokenExpiresAt = expiresAt;
    const std::chrono::milliseconds left = expiresAt - (m_serverClockAhead + m_now);
    // Polling carries its token in each request. A fresh one that is good for no longer would be asked for without end.
    if (m_carrier == Carrier::WebSocket && isLater && left > 0ms) {
        m_reauthAt = m_now + left - std::min<std::chrono::milliseconds>(left / 2, reauthBefore);
    }
}

void SyncEngine::reauth(const std::string &before, const Core::Result<std::string> &answer)
{
    if (!answer) {
        // The session is good until its token expires, and then says so.
        if (answer.error().retry == Core::Retry::Later && m_serverClockAhead + m_now + reauthRetry < m_tokenExpiresAt) {
            m_reauthAt = m_now + reauthRetry;
        }
        return;
    }
    if (m_token != before && m_carrier == Carrier::WebSocket && !m_isReauthing) {
        m_isReauthing = true;
        send(Wire::Reauth{m_token});
    }
}

void SyncEngine::handle(const Wire::Reauthed &reauthed)
{
    if (m_isReauthing) {
        planReauth(reauthed.expiresAt);
        m_isReauthing = false;
    }
}

}  // namespace Satchel::Sync
