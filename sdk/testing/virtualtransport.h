// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "testing/virtualnetwork.h"

namespace Satchel::Testing {

/// A Transport that is a session of the server in the same thread as the device's engine.
class VirtualTransport : public Sync::Transport, private Server::FrameSink {
    Q_OBJECT
public:
    VirtualTransport(Server::SessionServices &services, Link &link);
    ~VirtualTransport() override;

    void open(const QUrl &server, const std::string &token) override;
    void send(const Wire::ClientFrame &frame) override;
    void close() override;

private:
    // Server::FrameSink
    void send(Wire::ServerFrame frame) override;
    void end() override;

    void deliver(const std::string &message);
    void give(const std::string &message);
    void breakDown(const Core::Error &error);
    void later(std::function<void()> work);
    void releaseHeldSoon();

    /// Brings work from the server's threads here for as long as this is alive.
    struct Mailbox {
        std::mutex mutex;
        VirtualTransport *target = nullptr;
    };

    Server::SessionServices &m_services;
    Link &m_link;
    std::shared_ptr<Mailbox> m_mailbox = std::make_shared<Mailbox>();
    std::shared_ptr<Server::SessionRunner> m_runner;
    std::optional<std::string> m_heldToServer;
    std::optional<std::string> m_heldToDevice;
    bool m_isOver = false;
};

}  // namespace Satchel::Testing
