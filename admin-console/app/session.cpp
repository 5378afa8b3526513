// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "session.h"

#include "widgets/errortext.h"

#include "admin/whenfinished.h"

#include <QPromise>

namespace Satchel::Console {

namespace {

template <typename T>
std::optional<Core::Error> errorOf(const Core::Result<T> &result)
{
    return result ? std::nullopt : std::optional(result.error());
}

}  // namespace

Session::Session(Clock clock, Patience patience, QObject *parent)
    : QObject(parent)
    , m_clock(std::move(clock))
    , m_patience(patience)
    , m_pause(patience.first)
{
    m_retry.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, &Session::signIn);
}

Session::~Session() = default;

void Session::connectTo(std::unique_ptr<Backend> backend)
{
    ++m_generation;
    m_retry.stop();
    m_backend = std::move(backend);
    m_signedIn = {};
    m_lastAnswer = {};
    m_pause = m_patience.first;
    m_isFreshTokenTried = false;
    setState(State::Connecting);
    signIn();
}

void Session::retryNow()
{
    if (m_backend) {
        m_retry.stop();
        signIn();
    }
}

QString Session::serverName() const
{
    return m_backend ? m_backend->serverName() : QString();
}

std::chrono::milliseconds Session::untilRetry() const
{
    return m_retry.isActive() ? m_retry.remainingTimeAsDuration() : std::chrono::milliseconds(0);
}

void Session::signIn()
{
    Admin::whenFinished(m_backend->signIn(), this, [this, generation = m_generation](const Core::Result<SignedIn> &answer) {
        if (generation != m_generation) {
            return;
        }
        if (!answer) {
            note(answer.error(), {});
            return;
        }
        m_signedIn = *answer;
        probe();
    });
}

void Session::probe()
{
    // The smallest call there is; its answer is looked at by note(), like every other's.
    Core::ignore(watched(m_backend->usersList({{}, false, {1, {}}, {}, {}})).isFinished(), "the answer arrives in note()");
}

void Session::note(const std::optional<Core::Error> &error, std::chrono::milliseconds took)
{
    if (!error ||
        (!isUnreachable(*error) && error->code != Core::ErrorCode::Unauthenticated && error->code != Core::ErrorCode::Cancelled)) {
        // A refusal is an answer too: the server is there.
        m_lastAnswer = m_clock();
        m_latency = took;
        m_pause = m_patience.first;
        m_isFreshTokenTried = false;
        m_retry.stop();
        if (m_state != State::Connected) {
            setState(State::Connected);
            Q_EMIT becameConnected();
        }
        return;
    }
    if (error->code == Core::ErrorCode::Unauthenticated) {
        // A token that was good may have run out: one fresh one is tried before a person is asked.
        if (m_state == State::Connected && !m_isFreshTokenTried) {
            m_isFreshTokenTried = true;
            setState(State::Connecting);
            signIn();
        } else if (m_state != State::SignedOut) {
            setState(State::SignedOut, error);
        }
        return;
    }
    if (error->code != Core::ErrorCode::Cancelled && !m_retry.isActive()) {
        m_retry.start(std::max(m_pause, error->retryAfter));
        m_pause = std::min(m_pause * 2, m_patience.most);
        setState(State::Unreachable, error);
    }
}

void Session::setState(State state, std::optional<Core::Error> error)
{
    m_state = state;
    m_error = std::move(error);
    Q_EMIT stateChanged();
}

template <typename T>
Answer<T> Session::watched(Answer<T> answer)
{
    QElapsedTimer clock;
    clock.start();
    Admin::whenFinished(answer, this, [this, clock, generation = m_generation](const Core::Result<T> &result) {
        if (generation == m_generation) {
            note(errorOf(result), std::chrono::milliseconds(clock.elapsed()));
        }
    });
    return answer;
}

template <typename T>
Answer<T> Session::notConnected()
{
    QPromise<Core::Result<T>> promise;
    promise.start();
    promise.addResult(Core::Result<T>(Core::failure(Core::makeError(Core::ErrorCode::Unauthenticated, Core::ErrorReason::TokenMissing,
                                                                    "not connected to a server", Core::Retry::AfterSignIn))));
    promise.finish();
    return promise.future();
}

Answer<Wire::Admin::UsersListResponse> Session::usersList(const Wire::Admin::UsersListRequest &request)
{
    return m_backend ? watched(m_backend->usersList(request)) : notConnected<Wire::Admin::UsersListResponse>();
}

Answer<Wire::Admin::UsersGetResponse> Session::usersGet(const Wire::Admin::UsersGetRequest &request)
{
    return m_backend ? watched(m_backend->usersGet(request)) : notConnected<Wire::Admin::UsersGetResponse>();
}

Answer<Wire::Admin::StateListDocumentsResponse> Session::stateListDocuments(const Wire::Admin::StateListDocumentsRequest &request)
{
    return m_backend ? watched(m_backend->stateListDocuments(request)) : notConnected<Wire::Admin::StateListDocumentsResponse>();
}

Answer<Wire::Admin::StateGetDocumentResponse> Session::stateGetDocument(const Wire::Admin::StateGetDocumentRequest &request)
{
    return m_backend ? watched(m_backend->stateGetDocument(request)) : notConnected<Wire::Admin::StateGetDocumentResponse>();
}

Answer<Wire::Admin::ConflictsListResponse> Session::conflictsList(const Wire::Admin::ConflictsListRequest &request)
{
    return m_backend ? watched(m_backend->conflictsList(request)) : notConnected<Wire::Admin::ConflictsListResponse>();
}

}  // namespace Satchel::Console
