// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "transport.h"
#include "wire/codec.h"

#include <QNetworkAccessManager>
#include <QTimer>

#include <chrono>
#include <deque>
#include <vector>

class QNetworkReply;

namespace Satchel::Sync {

/// Frames in the bodies of POST /v1/sync. One request waits at the server for changes (a long poll, or one every `interval`) and one more
/// carries what there is to send meanwhile; answers are handed on in the order of the requests. Any failed request ends the transport:
/// what its answer held is asked for again after the next Hello.
class PollingTransport : public Transport {
    Q_OBJECT
public:
    /// `interval` 0: long polls.
    explicit PollingTransport(std::chrono::milliseconds interval, QObject *parent = nullptr);
    ~PollingTransport() override;

    void open(const QUrl &server, const std::string &token) override;
    void send(const Wire::ClientFrame &frame) override;
    void close() override;

private:
    struct Request {
        QNetworkReply *reply = nullptr;
        bool isWaiting = false;  ///< a long poll
        QByteArray body;
    };

    /// Sends what is queued, or waits for changes, as far as requests may be under way.
    void pump();
    void post(Wire::SyncRequest request, bool isWaiting);
    /// The two requests go over two connections: one sent later may arrive first, and the long poll then waits though its device has been
    /// answered. A further request ends it.
    void endOvertakenPoll();
    void readSome(QNetworkReply *reply);
    void takeFinished();
    void take(const Request &request);
    void fail(const Core::Error &error);

    std::chrono::milliseconds m_interval;
    QNetworkAccessManager m_network;
    QTimer m_pumpTimer;
    QTimer m_overtakenTimer;
    std::chrono::milliseconds m_overtaken{0};  ///< how long an answer waits for the long poll's before that one is ended
    QUrl m_url;
    std::string m_token;
    const QByteArray m_traceId = newTraceId();  ///< of all requests of the session
    std::string m_sessionId;
    Wire::Compression m_compression = Wire::Compression::None;
    std::vector<Wire::ClientFrame> m_queue;
    std::deque<Request> m_requests;  ///< in the order they were sent
    bool m_isOver = false;
};

}  // namespace Satchel::Sync
