// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"

#include <QByteArray>
#include <QNetworkReply>
#include <QObject>
#include <QTimer>

#include <chrono>
#include <functional>

namespace Satchel::Admin {

/// What came back over HTTP, before anybody has looked into the body.
struct HttpAnswer {
    int status = 0;
    QByteArray contentType;
    QByteArray body;
};

/// One POST with a deadline and a bound on the answer. Reports exactly once, then deletes itself with its reply.
class HttpCall : public QObject {
    Q_OBJECT

public:
    struct Bounds {
        std::chrono::milliseconds timeout{0};
        qsizetype responseBytesMax = 0;
    };
    using Done = std::function<void(Core::Result<HttpAnswer>)>;

    HttpCall(QNetworkReply *reply, Bounds bounds, Done done, QObject *parent);
    void cancel();

private:
    void readMore();
    void replyFinished();
    void fail(Core::Error error);
    void report(Core::Result<HttpAnswer> outcome);

    QNetworkReply *m_reply;
    Bounds m_bounds;
    Done m_done;
    QTimer m_deadline;
    QByteArray m_body;
};

}  // namespace Satchel::Admin
