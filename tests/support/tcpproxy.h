// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QByteArray>
#include <QList>
#include <QObject>
#include <QTcpServer>
#include <QTcpSocket>
#include <QUrl>

#include <functional>
#include <limits>

namespace Satchel::Test {

/// A TCP forwarder on loopback that can be broken on purpose. Lives on the thread that made it, which must run an event loop.
class TcpProxy : public QObject {
    Q_OBJECT
public:
    static constexpr qint64 never = std::numeric_limits<qint64>::max();

    explicit TcpProxy(const QUrl &target, QObject *parent = nullptr);
    ~TcpProxy() override;

    [[nodiscard]] QUrl url() const;
    void setTarget(const QUrl &target) { m_target = target; }

    /// Cuts every connection now; new ones are taken.
    void cutAll();
    /// Takes no new connection and cuts the open ones; back with setUp().
    void setDown();
    void setUp();
    /// Connections stay, nothing passes: a half-open link.
    void setSilent(bool isSilent);
    /// Like setSilent(), but what the client sends still arrives.
    void setSilentToClient(bool isSilent);
    /// Called with what passes to a client, and the number of its connection: 1, 2, 3...
    using Tap = std::function<void(int connection, const QByteArray &bytes)>;
    void setTapToClient(Tap tap) { m_tapToClient = std::move(tap); }
    /// Answers WebSocket upgrades with 403 itself, as some proxies do.
    void setUpgradesBlocked(bool isBlocked) { m_areUpgradesBlocked = isBlocked; }
    /// Cuts a connection once this many further bytes have gone that way, all connections together; `never` switches it off.
    void cutAfterToServer(qint64 bytes) { m_leftToServer = bytes; }
    void cutAfterToClient(qint64 bytes) { m_leftToClient = bytes; }

    [[nodiscard]] qint64 bytesToServer() const { return m_bytesToServer; }
    [[nodiscard]] qint64 bytesToClient() const { return m_bytesToClient; }
    [[nodiscard]] int connectionCount() const { return m_connectionCount; }

private:
    struct Link {
        QTcpSocket *client = nullptr;
        QTcpSocket *server = nullptr;
        QByteArray head;  ///< of the request, until its first line and headers are complete
        bool isHeadPassed = false;
        int number = 0;
    };

    void accept();
    void passToServer(Link *link);
    void passToClient(Link *link);
    void close(Link *link);

    QUrl m_target;
    QTcpServer m_listener;
    quint16 m_port = 0;
    QList<Link *> m_links;
    Tap m_tapToClient;
    bool m_isSilent = false;
    bool m_isSilentToClient = false;
    bool m_areUpgradesBlocked = false;
    qint64 m_leftToServer = never;
    qint64 m_leftToClient = never;
    qint64 m_bytesToServer = 0;
    qint64 m_bytesToClient = 0;
    int m_connectionCount = 0;
};

}  // namespace Satchel::Test
