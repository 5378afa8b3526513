// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "pollingtransport.h"

#include "http/postonce.h"
#include "wire/admincodec.h"

#include <QNetworkReply>
#include <QNetworkRequest>

#include <algorithm>
#include <utility>

namespace Satchel::Sync {

using Core::ErrorReason;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds overtakenFirst = 20ms;
constexpr std::chrono::milliseconds overtakenMax = 1s;
constexpr std::chrono::milliseconds longPoll = 25s;
constexpr std::chrono::milliseconds answerMax = 40s;
constexpr auto contentType = "application/x-protobuf";

}  // namespace

PollingTransport::PollingTransport(std::chrono::milliseconds interval, QObject *parent)
    : Transport(parent)
    , m_interval(interval)
    , m_overtaken(overtakenFirst)
{
    m_pumpTimer.setSingleShot(true);
    connect(&m_pumpTimer, &QTimer::timeout, this, &PollingTransport::pump);
    m_overtakenTimer.setSingleShot(true);
    connect(&m_overtakenTimer, &QTimer::timeout, this, &PollingTransport::endOvertakenPoll);
}

PollingTransport::~PollingTransport()
{
    close();
}

void PollingTransport::open(const QUrl &server, const std::string &token)
{
    if (const auto checked = checkServerUrl(server); !checked) {
        QTimer::singleShot(0, this, [this, error = checked.error()] { fail(error); });
        return;
    }
    m_url = server;
    m_url.setPath(syncPath(server));
    m_token = token;
    // There is nothing to establish; the first request decides.
    QTimer::singleShot(0, this, [this] {
        if (!m_isOver) {
            Q_EMIT opened();
        }
    });
}

void PollingTransport::send(const Wire::ClientFrame &frame)
{
    m_queue.push_back(frame);
    m_pumpTimer.start(0);  // So that what is sent in one turn travels in one request.
}

void PollingTransport::close()
{
    if (!std::exchange(m_isOver, true)) {
        m_pumpTimer.stop();
        m_overtakenTimer.stop();
        for (const Request &request : std::exchange(m_requests, {})) {
            request.reply->disconnect(this);
            // One that has failed already ends by itself.
            if (request.reply->error() == QNetworkReply::NoError) {
                request.reply->abort();
            }
            request.reply->deleteLater();
        }
    }
}

void PollingTransport::pump()
{
    const bool hasSession = !m_sessionId.empty();
    const auto sending = std::count_if(m_requests.begin(), m_requests.end(), [](const Request &request) { return !request.isWaiting; });
    if (m_isOver || (!hasSession && !m_requests.empty()) || (hasSession && sending > 0)) {
        return;
    }
    Wire::SyncRequest request;
    request.sessionId = m_sessionId;
    if (!m_queue.empty()) {
        request.frames = std::exchange(m_queue, {});
        post(std::move(request), false);
    } else if (hasSession && m_requests.empty()) {
        request.wait = m_interval > 0ms ? 0ms : longPoll;
        post(std::move(request), true);
    }
}

void PollingTransport::post(Wire::SyncRequest request, bool isWaiting)
{
    QNetworkRequest http(m_url);
    http.setHeader(QNetworkRequest::ContentTypeHeader, QLatin1String(contentType));
    http.setRawHeader("Authorization", "Bearer " + QByteArray::fromStdString(m_token));
    http.setRawHeader("traceparent", traceParent(m_traceId));
    // A redirect would take the token to another host.
    http.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    http.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    http.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    http.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    http.setTransferTimeout(static_cast<int>(answerMax.count()));
    // The server gives the frames of an answer away: what the same request brings the second time lacks them.
    QNetworkReply *reply = Http::postOnce(m_network, http, QByteArray::fromStdString(Wire::encode(request, m_compression)));
    m_requests.push_back({reply, isWaiting, {}});
    connect(reply, &QNetworkReply::readyRead, this, [this, reply] { readSome(reply); });
    connect(reply, &QNetworkReply::finished, this, &PollingTransport::takeFinished);
}

void PollingTransport::readSome(QNetworkReply *reply)
{
    const auto request = std::find_if(m_requests.begin(), m_requests.end(), [reply](const Request &each) { return each.reply == reply; });
    if (request == m_requests.end()) {
        return;
    }
    request->body += reply->readAll();
    constexpr Core::Limits limits;
    if (request->body.size() > static_cast<qsizetype>(limits.decompressedFrameBytesMax)) {
        fail(Core::unavailable(ErrorReason::NotSatchelServer, "an answer is larger than any that a Satchel server gives"));
    }
}

void PollingTransport::takeFinished()
{
    // Answers are taken in the order of their requests, but a failure ends everything: behind a long poll it would be known too late.
    const auto failed = std::find_if(m_requests.begin(), m_requests.end(), [](const Request &request) {
        return request.reply->isFinished() && request.reply->error() != QNetworkReply::NoError;
    });
    if (!m_isOver && failed != m_requests.end() && failed != m_requests.begin()) {
        failed->body += failed->reply->readAll();
        take(Request(*failed));
    }
    while (!m_isOver && !m_requests.empty() && m_requests.front().reply->isFinished()) {
        Request request = std::move(m_requests.front());
        m_requests.pop_front();
        request.body += request.reply->readAll();
        request.reply->deleteLater();
        take(request);
    }
    if (m_isOver) {
        return;
    }
    m_pumpTimer.start(m_queue.empty() && m_requests.empty() ? m_interval : 0ms);
    if (m_requests.empty()) {
        m_overtaken = overtakenFirst;
    } else if (m_requests.back().reply->isFinished() && !m_overtakenTimer.isActive()) {
        m_overtakenTimer.start(m_overtaken);
    }
}

void PollingTransport::endOvertakenPoll()
{
    if (m_isOver || m_requests.empty() || m_requests.front().reply->isFinished() || !m_requests.back().reply->isFinished()) {
        return;
    }
    m_overtaken = std::min(m_overtaken * 2, overtakenMax);
    Wire::SyncRequest request;
    request.sessionId = m_sessionId;
    post(std::move(request), false);
}

void PollingTransport::take(const Request &request)
{
    const int status = request.reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (status == 0) {
        const bool isTimeout = request.reply->error() == QNetworkReply::OperationCanceledError;
        fail(Core::unavailable(isTimeout ? ErrorReason::NetworkTimeout : ErrorReason::NetworkUnreachable,
                               "no answer from the server: " + request.reply->errorString().toStdString()));
        return;
    }
    if (status == 204) {
        return;
    }
    const QByteArray type = request.reply->header(QNetworkRequest::ContentTypeHeader).toByteArray();
    const std::string_view body(request.body.constData(), static_cast<std::size_t>(request.body.size()));
    if (status != 200) {
        if (status != 401 && !type.startsWith("application/json")) {
            fail(Core::unavailable(ErrorReason::NotSatchelServer,
                                   "something else answered for the server, with HTTP status " + std::to_string(status)));
            return;
        }
        fail(type.startsWith("application/json") ? Wire::Admin::errorFromResponse(status, body) : errorFromStatus(status));
        return;
    }
    if (!type.startsWith(contentType)) {
        fail(Core::unavailable(ErrorReason::NotSatchelServer, "something else answered for the server: " + type.left(64).toStdString()));
        return;
    }
    if (request.reply->error() != QNetworkReply::NoError) {
        fail(Core::unavailable(ErrorReason::NetworkUnreachable, "an answer was cut off: " + request.reply->errorString().toStdString()));
        return;
    }
    constexpr Core::Limits limits;
    const auto response = Wire::decodeSyncResponse(body, limits);
    if (!response) {
        fail(response.error());
        return;
    }
    for (const Wire::ServerFrame &frame : response->frames) {
        if (const auto *welcome = std::get_if<Wire::Welcome>(&frame)) {
            m_sessionId = welcome->sessionId;
            m_compression = welcome->canZstd ? Wire::Compression::Zstd : Wire::Compression::None;
        }
        if (m_isOver) {
            return;
        }
        Q_EMIT received(frame);
    }
}

void PollingTransport::fail(const Core::Error &error)
{
    if (!m_isOver) {
        close();
        Q_EMIT failed(error);
    }
}

}  // namespace Satchel::Sync
