// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "httpcall.h"

#include <QNetworkRequest>

#include <utility>

namespace Satchel::Admin {

namespace {

Core::Error networkError(QNetworkReply::NetworkError error)
{
    switch (error) {
    case QNetworkReply::ConnectionRefusedError:
        return Core::unavailable(Core::ErrorReason::NetworkUnreachable, "nothing listens at the server's address");
    case QNetworkReply::HostNotFoundError:
        return Core::unavailable(Core::ErrorReason::NetworkUnreachable, "the server's name does not resolve");
    case QNetworkReply::SslHandshakeFailedError:
        return Core::unavailable(Core::ErrorReason::NetworkUnreachable, "the server's TLS certificate was not accepted");
    case QNetworkReply::RemoteHostClosedError:
    case QNetworkReply::ContentReSendError:
        return Core::unavailable(Core::ErrorReason::NetworkUnreachable, "the server closed the connection before it had answered");
    case QNetworkReply::TimeoutError:
        return Core::makeError(Core::ErrorCode::DeadlineExceeded, Core::ErrorReason::NetworkTimeout, "the connection timed out",
                               Core::Retry::Later);
    case QNetworkReply::ProtocolFailure:
    case QNetworkReply::ProtocolInvalidOperationError:
    case QNetworkReply::UnknownContentError:
        return Core::makeError(Core::ErrorCode::Unavailable, Core::ErrorReason::NotSatchelServer, "the answer is not HTTP",
                               Core::Retry::AfterChange);
    default:
        return Core::unavailable(Core::ErrorReason::NetworkUnreachable,
                                 "the server cannot be reached, network error " + std::to_string(error));
    }
}

}  // namespace

HttpCall::HttpCall(QNetworkReply *reply, Bounds bounds, Done done, QObject *parent)
    : QObject(parent)
    , m_reply(reply)
    , m_bounds(bounds)
    , m_done(std::move(done))
{
    m_reply->setParent(this);
    m_deadline.setSingleShot(true);
    connect(&m_deadline, &QTimer::timeout, this, [this] {
        fail(Core::makeError(Core::ErrorCode::DeadlineExceeded, Core::ErrorReason::NetworkTimeout,
                             "no complete answer within the time allowed", Core::Retry::Later));
    });
    connect(m_reply, &QNetworkReply::readyRead, this, &HttpCall::readMore);
    connect(m_reply, &QNetworkReply::finished, this, &HttpCall::replyFinished);
    m_deadline.start(m_bounds.timeout);
}

void HttpCall::cancel()
{
    fail(Core::makeError(Core::ErrorCode::Cancelled, Core::ErrorReason::None, "the call was cancelled"));
}

void HttpCall::readMore()
{
    m_body += m_reply->read(m_bounds.responseBytesMax - m_body.size() + 1);
    if (m_body.size() > m_bounds.responseBytesMax) {
        fail(Core::makeError(Core::ErrorCode::ResourceExhausted, Core::ErrorReason::LimitExceeded, "the answer is larger than the limit"));
    }
}

void HttpCall::replyFinished()
{
    readMore();
    if (!m_done) {
        return;
    }
    const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    // With a status there was an answer, whatever QNetworkReply calls it; without a complete one the connection broke.
    const auto error = m_reply->error();
    const bool isBroken =
        error == QNetworkReply::RemoteHostClosedError || error == QNetworkReply::ContentReSendError || error == QNetworkReply::TimeoutError;
    if (status == 0 || isBroken) {
        fail(networkError(error));
        return;
    }
    report(HttpAnswer{status, m_reply->header(QNetworkRequest::ContentTypeHeader).toByteArray(), std::move(m_body)});
}

void HttpCall::fail(Core::Error error)
{
    report(Core::failure(std::move(error)));
}

void HttpCall::report(Core::Result<HttpAnswer> outcome)
{
    if (!m_done) {
        return;
    }
    const Done done = std::exchange(m_done, nullptr);
    m_deadline.stop();
    m_reply->disconnect(this);
    if (m_reply->isRunning()) {
        m_reply->abort();
    }
    deleteLater();
    done(std::move(outcome));
}

}  // namespace Satchel::Admin
