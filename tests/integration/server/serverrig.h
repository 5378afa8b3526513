// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/mutation.h"
#include "server-stub/server.h"
#include "wire/codec.h"
#include "wire/frames.h"

#include <QAbstractSocket>
#include <QByteArray>
#include <QNetworkAccessManager>
#include <QString>
#include <QWebSocket>

#include <deque>
#include <mutex>
#include <optional>

namespace Satchel::Test {

/// A clock that a test moves.
class TestClock : public Server::Clock {
public:
    [[nodiscard]] std::chrono::milliseconds now() const override { return m_system.now() + std::chrono::milliseconds(m_offset.load()); }
    void advance(std::chrono::milliseconds by) { m_offset += by.count(); }

private:
    Server::SystemClock m_system;
    std::atomic<std::int64_t> m_offset{0};
};

/// A server in this process, on loopback, with an ephemeral store unless the options name a folder.
class ServerRig {
public:
    explicit ServerRig(Server::ServerOptions options = {});
    /// Empty when it runs, else why not.
    [[nodiscard]] QString start();
    void stop() { m_server.stop(); }

    [[nodiscard]] QUrl url(const QString &path = {}) const;
    [[nodiscard]] QString token(const std::string &user = "alice", std::vector<std::string> roles = {"user"},
                                const std::string &tenant = "default") const;
    [[nodiscard]] Server::Server &server() { return m_server; }
    /// What the server has logged so far, requests too.
    [[nodiscard]] QByteArray log() const;
    TestClock clock;

private:
    Server::SystemRandom m_random;
    mutable std::mutex m_linesMutex;
    std::string m_lines;
    Server::Log m_log;
    Server::Server m_server;
};

/// A device that speaks the protocol's frames over a WebSocket.
class WebSocketDevice : public QObject {
    Q_OBJECT
public:
    explicit WebSocketDevice(std::uint8_t id);

    /// True once the upgrade is done.
    [[nodiscard]] bool connectTo(const QUrl &server, const QString &token, const QByteArray &origin = {});
    /// Connects, says Hello from the cursor and lease that it has, and takes the Welcome.
    [[nodiscard]] bool open(const QUrl &server, const QString &token);
    void send(const Wire::ClientFrame &frame);
    void sendBytes(const QByteArray &message) { m_socket.sendBinaryMessage(message); }
    void close() { m_socket.close(); }

    /// The next frame, of whatever kind; nothing if none comes in time.
    [[nodiscard]] std::optional<Wire::ServerFrame> next(int timeoutMs = 5000);
    [[nodiscard]] bool hasFrame() const { return !m_frames.empty(); }
    /// The next frame of this kind; others before it are passed over.
    template <typename Frame>
    [[nodiscard]] std::optional<Frame> await(int timeoutMs = 5000)
    {
        while (auto frame = next(timeoutMs)) {
            if (auto *wanted = std::get_if<Frame>(&*frame)) {
                return std::move(*wanted);
            }
        }
        return std::nullopt;
    }
    [[nodiscard]] bool awaitClosed(int timeoutMs = 5000);
    [[nodiscard]] bool isOpen() const { return m_socket.state() == QAbstractSocket::ConnectedState; }
    [[nodiscard]] QWebSocket &socket() { return m_socket; }

    [[nodiscard]] Wire::Hello hello() const;
    /// The device's next mutation: puts of text into fields.
    [[nodiscard]] Core::Mutation put(const std::string &collection, const std::string &key,
                                     std::vector<std::pair<std::string, std::string>> fields);
    [[nodiscard]] Core::Mutation mutation(const std::string &collection, const std::string &key, std::vector<Core::Op> ops);
    /// Pushes and takes the answer.
    [[nodiscard]] std::optional<Wire::Pushed> push(std::vector<Core::Mutation> mutations);

    Core::DeviceId id;
    std::uint64_t counter = 0;
    std::uint64_t settled = 0;  ///< highest counter whose answer came
    Core::HlcClock clock;
    Wire::Cursor cursor;
    std::string lease;
    std::uint64_t policyVersion = 0;
    std::optional<Wire::Welcome> welcome;
    std::uint64_t pushId = 0;

private:
    QWebSocket m_socket;
    std::deque<Wire::ServerFrame> m_frames;
};

struct HttpResult {
    int status = 0;
    QByteArray contentType;
    QByteArray body;
};

/// One HTTP call, waiting for its end.
class HttpCaller {
public:
    /// Sends raw bytes and gives all that comes until the server closes, or the time is up.
    [[nodiscard]] static QByteArray exchange(const QUrl &server, const QByteArray &bytes, int timeoutMs = 5000);
    [[nodiscard]] HttpResult get(const QUrl &url, const QString &token = {});
    [[nodiscard]] HttpResult post(const QUrl &url, const QByteArray &body, const QByteArray &contentType, const QString &token = {});
    /// One polling request; nothing for a 204.
    [[nodiscard]] std::vector<Wire::ServerFrame> sync(const QUrl &server, const Wire::SyncRequest &request, const QString &token,
                                                      int *status = nullptr);

private:
    [[nodiscard]] HttpResult finish(QNetworkReply *reply);
    QNetworkAccessManager m_network;
};

/// A server with two devices of one user that have had their Welcome.
struct TwoOnAServer {
    ServerRig rig;
    WebSocketDevice a{1};
    WebSocketDevice b{2};

    /// Empty when all of it runs, else why not.
    [[nodiscard]] QString start();
};

}  // namespace Satchel::Test
