// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: the server's threads do not get in each other's way: built with ThreadSanitizer, nothing is reported.
// Method: for as many seconds as the first argument says, devices on WebSockets push, read and are cut off, operators list and revoke,
// somebody reads the metrics, changes limits and reloads; at the end the server is stopped under load. Plain threads and sockets, no Qt.

#include "server-stub/server.h"
#include "wire/codec.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using namespace Satchel;
using WebSocket = beast::websocket::stream<asio::ip::tcp::socket>;

/// What all threads share.
struct Load {
    Server::Server &server;
    std::atomic<bool> isOver{false};
    std::atomic<std::uint64_t> pushed{0};
    std::atomic<std::uint64_t> calls{0};

    [[nodiscard]] asio::ip::tcp::endpoint endpoint() const { return {asio::ip::address_v4::loopback(), server.port()}; }
};

/// One session of a device: Hello, some pushes, and the end without a goodbye. False if the server went away.
class LoadDevice {
public:
    LoadDevice(Load &load, std::uint8_t user, std::uint8_t number)
        : m_load(load)
        , m_user("user" + std::to_string(user))
    {
        m_id.bytes[0] = user;
        m_id.bytes[1] = number;
    }

    void runSession()
    {
        asio::io_context loop;
        WebSocket socket(loop);
        beast::error_code error;
        socket.next_layer().connect(m_load.endpoint(), error);
        const std::string token = m_load.server.issueToken("default", m_user, {"user"});
        socket.set_option(beast::websocket::stream_base::decorator([&token](beast::websocket::request_type &request) {
            request.set(http::field::authorization, "Bearer " + token);
            request.set(http::field::sec_websocket_protocol, "satchel.v1");
        }));
        socket.binary(true);
        if (!error) {
            socket.handshake("127.0.0.1", "/v1/sync", error);
        }
        Wire::Hello hello;
        hello.device.id = m_id;
        hello.lease = m_lease;
        hello.lastCounter = m_counter;
        hello.settledCounter = m_settled;
        hello.cursor = m_cursor;
        send(socket, hello, error);
        for (int answered = 0; !error && answered < 12;) {
            answered += takeFrame(socket, error) ? 1 : 0;
        }
    }

private:
    void send(WebSocket &socket, const Wire::ClientFrame &frame, beast::error_code &error)
    {
        if (!error) {
            socket.write(asio::buffer(Wire::encode(frame, Wire::Compression::None)), error);
        }
    }

    void push(WebSocket &socket, beast::error_code &error)
    {
        Wire::Push out;
        out.pushId = ++m_pushId;
        for (std::uint64_t counter = m_settled + 1; counter <= m_settled + 5; ++counter) {
            Core::Mutation mutation;
            mutation.dot = {m_id, counter};
            mutation.stamp = m_clock.tick(Server::SystemClock().now());
            mutation.document = {"notes", "k" + std::to_string(counter % 50)};
            mutation.ops.emplace_back(Core::PutOp{"f", Core::Value(std::string(200, 'x'))});
            out.mutations.push_back(std::move(mutation));
        }
        m_counter = m_settled + 5;
        send(socket, std::move(out), error);
    }

    /// True for an answer to a push.
    bool takeFrame(WebSocket &socket, beast::error_code &error)
    {
        beast::flat_buffer buffer;
        socket.read(buffer, error);
        if (error) {
            return false;
        }
        auto frame = Wire::decodeServerFrame({static_cast<const char *>(buffer.data().data()), buffer.size()}, Core::Limits{});
        if (!frame) {
            error = asio::error::invalid_argument;
        } else if (const auto *welcome = std::get_if<Wire::Welcome>(&*frame)) {
            m_lease = welcome->lease;
            m_settled = welcome->acceptedThrough;
            m_cursor.epoch = welcome->epoch;
            push(socket, error);
        } else if (const auto *changes = std::get_if<Wire::Changes>(&*frame)) {
            m_cursor.seq = changes->to;
            send(socket, Wire::Ack{m_cursor}, error);
        } else if (const auto *pushed = std::get_if<Wire::Pushed>(&*frame)) {
            m_load.pushed += pushed->acceptedThrough - m_settled;
            m_settled = pushed->acceptedThrough;
            push(socket, error);
            return true;
        } else if (std::holds_alternative<Wire::SessionError>(*frame) || std::holds_alternative<Wire::Notice>(*frame)) {
            error = asio::error::connection_aborted;
        }
        return false;
    }

    Load &m_load;
    std::string m_user;
    Core::DeviceId m_id{};
    Core::HlcClock m_clock;
    Wire::Cursor m_cursor;
    std::string m_lease;
    std::uint64_t m_counter = 0;
    std::uint64_t m_settled = 0;
    std::uint64_t m_pushId = 0;
};

void call(Load &load, http::verb method, const std::string &path, const std::string &body, const std::string &token)
{
    asio::io_context loop;
    beast::error_code error;
    asio::ip::tcp::socket socket(loop);
    socket.connect(load.endpoint(), error);
    http::request<http::string_body> request(method, path, 11, body);
    request.set(http::field::host, "localhost");
    request.set(http::field::content_type, "application/json");
    request.set(http::field::authorization, "Bearer " + token);
    request.prepare_payload();
    if (!error) {
        http::write(socket, request, error);
    }
    beast::flat_buffer buffer;
    http::response<http::string_body> response;
    if (!error) {
        http::read(socket, buffer, response, error);
    }
    load.calls += !error && response.result_int() < 500 ? 1 : 0;
}

void operate(Load &load)
{
    const std::array<std::pair<const char *, const char *>, 5> calls{{{"/satchel.v1.Users/List", "{}"},
                                                                      {"/satchel.v1.Users/Get", R"({"user":"user1"})"},
                                                                      {"/satchel.v1.State/ListDocuments", R"({"user":"user1"})"},
                                                                      {"/satchel.v1.Conflicts/List", "{}"},
                                                                      {"/satchel.v1.Audit/TreeHead", "{}"}}};
    for (std::size_t i = 0; !load.isOver; ++i) {
        const auto &[path, body] = calls[i % calls.size()];
        call(load, http::verb::post, path, body, load.server.issueToken("default", "op", {i % 7 == 0 ? "user" : "admin"}));
        call(load, http::verb::get, i % 2 == 0 ? "/metrics" : "/readyz", {}, {});
    }
}

void steer(Load &load)
{
    for (int i = 0; !load.isOver; ++i) {
        Server::GateSettings settings;
        settings.mutationsPerUser = i % 3 == 0 ? 50 : 0;
        settings.isReadOnly = i % 10 == 9;
        load.server.change(settings);
        load.server.reload();
        static_cast<void>(load.server.sessionCount() + load.server.connectionCount());
        std::this_thread::yield();
        call(load, http::verb::get, "/healthz", {}, {});
    }
}

}  // namespace

int main(int argc, char *argv[])
{
    const std::chrono::seconds duration(argc > 1 ? std::atoi(argv[1]) : 30);
    const Server::SystemClock clock;
    Server::SystemRandom random;
    std::atomic<std::size_t> logged{0};
    Server::Log log(clock, Server::LogLevel::Debug, [&logged](const std::string &line) { logged += line.size(); });
    Server::ServerOptions options;
    options.net.lanes = 2;
    options.compaction.interval = std::chrono::minutes(1);
    Server::Server server(options, clock, random, log);
    if (const auto started = server.start(); !started) {
        std::fprintf(stderr, "%s\n", Core::describe(started.error()).c_str());
        return 1;
    }
    Load load{server};
    std::vector<std::thread> threads;
    for (std::uint8_t i = 0; i < 6; ++i) {
        threads.emplace_back([&load, i] {
            LoadDevice device(load, i / 2, i);
            while (!load.isOver) {
                device.runSession();
            }
        });
    }
    threads.emplace_back(operate, std::ref(load));
    threads.emplace_back(steer, std::ref(load));
    const auto end = std::chrono::steady_clock::now() + duration;
    while (std::chrono::steady_clock::now() < end) {
        call(load, http::verb::get, "/healthz", {}, {});
    }
    std::thread stopping([&server] { server.stop(); });
    stopping.join();
    load.isOver = true;
    for (std::thread &thread : threads) {
        thread.join();
    }
    std::printf("%llu mutations, %llu calls, %zu bytes of log\n", static_cast<unsigned long long>(load.pushed.load()),
                static_cast<unsigned long long>(load.calls.load()), logged.load());
    return load.pushed > 0 && load.calls > 0 ? 0 : 1;
}
