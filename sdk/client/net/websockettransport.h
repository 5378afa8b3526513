// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "transport.h"
#include "wire/codec.h"

#include <QElapsedTimer>
#include <QTimer>
#include <QWebSocket>

#include <chrono>

namespace Satchel::Sync {

/// Frames as binary messages of one WebSocket; subprotocol satchel.v1, token in the handshake. Pings after 25 s of silence and gives up
/// 40 s after the last sign of life. An idle one wakes its thread for that alone.
class WebSocketTransport : public Transport {
    Q_OBJECT
public:
    struct LifeTimes {
        std::chrono::milliseconds openingMax = std::chrono::seconds(15);
        std::chrono::milliseconds pingAfter = std::chrono::seconds(25);
        std::chrono::milliseconds silenceMax = std::chrono::seconds(40);
    };
    explicit WebSocketTransport(QObject *parent = nullptr)
        : WebSocketTransport(LifeTimes(), parent)
    {
    }
    explicit WebSocketTransport(const LifeTimes &times, QObject *parent = nullptr);
    ~WebSocketTransport() override;

    void open(const QUrl &server, const std::string &token) override;
    void send(const Wire::ClientFrame &frame) override;
    void close() override;
    void ping() override;

private:
    void receive(const QByteArray &message);
    void fail(const Core::Error &error);
    void watchLife();
    void sawLife();
    [[nodiscard]] bool isConnected() const;

    LifeTimes m_times;
    QWebSocket m_socket;
    QTimer m_lifeTimer;
    QElapsedTimer m_sinceLife;
    Wire::Compression m_compression = Wire::Compression::None;
    bool m_isOpen = false;
    bool m_isOver = false;
};

}  // namespace Satchel::Sync
