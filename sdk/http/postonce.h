// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QByteArray>
#include <QIODevice>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QNetworkRequest>

#include <algorithm>
#include <utility>

namespace Satchel::Http {

/// A body that can be read once; see postOnce().
class OnceBody : public QIODevice {
public:
    OnceBody(QByteArray bytes, QObject *parent)
        : QIODevice(parent)
        , m_bytes(std::move(bytes))
    {
        open(QIODevice::ReadOnly | QIODevice::Unbuffered);
    }
    [[nodiscard]] qint64 size() const override { return m_bytes.size(); }
    bool seek(qint64 position) override { return position >= pos() && QIODevice::seek(position); }
    bool reset() override { return seek(0); }

protected:
    qint64 readData(char *to, qint64 sizeMax) override
    {
        const qint64 size = std::min(sizeMax, m_bytes.size() - pos());
        std::copy_n(m_bytes.constData() + pos(), size, to);
        return size;
    }
    qint64 writeData(const char * /*from*/, qint64 /*size*/) override { return -1; }

private:
    QByteArray m_bytes;
};

/// Posts, and never twice. QNetworkAccessManager asks again, without a word, when a connection that it knows ends before or in the answer's
/// head, though the server may have done what was asked. From a body that does not go back it cannot: the request then fails with
/// ContentReSendError.
[[nodiscard]] inline QNetworkReply *postOnce(QNetworkAccessManager &network, QNetworkRequest request, QByteArray bytes)
{
    auto *body = new OnceBody(std::move(bytes), &network);
    request.setHeader(QNetworkRequest::ContentLengthHeader, body->size());
    request.setAttribute(QNetworkRequest::DoNotBufferUploadDataAttribute, true);
    QNetworkReply *reply = network.post(request, body);
    body->setParent(reply);
    return reply;
}

}  // namespace Satchel::Http
