// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/net/transport.h"
#include "server-stub/sync/sessionrunner.h"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace Satchel::Testing {

/// What a link does to frames. Probabilities come from the seed, so the same seed and the same order of frames give the same faults.
struct LinkFaults {
    std::uint64_t seed = 1;
    double duplicate = 0;           ///< probability that a frame arrives twice
    double reorder = 0;             ///< probability that a frame waits until the next one has passed
    double cut = 0;                 ///< probability that the link breaks instead of passing a frame
    std::optional<int> cutAfter{};  ///< breaks once after so many frames, either way
};

/// One device's way to the server. Thread-safe: the test changes it while the device's thread uses it.
class Link {
public:
    enum class Fate { Pass, Twice, Hold, Cut };

    [[nodiscard]] bool isUp() const;
    /// Up or down; going down breaks the connection that is there.
    void setUp(bool isUp);
    void setFaults(LinkFaults faults);
    /// Attempts that were made to connect.
    [[nodiscard]] int attemptCount() const;

private:
    friend class VirtualTransport;
    [[nodiscard]] bool beginAttempt();
    [[nodiscard]] Fate fateOfNext();
    void setBreaker(std::function<void()> breaker);

    mutable std::mutex m_mutex;
    bool m_isUp = true;
    LinkFaults m_faults;
    std::uint64_t m_random = 1;
    int m_attemptCount = 0;
    std::function<void()> m_breaker;
};

/// A network without sockets: devices of this process talk to a server of this process, frame by frame, through the real codec.
class VirtualNetwork {
public:
    /// The services must outlive the network and every client on it.
    explicit VirtualNetwork(Server::SessionServices &services)
        : m_services(services)
    {
    }

    /// The link of this name, made on first use; valid as long as the network.
    [[nodiscard]] Link &link(const std::string &device);
    /// Transports over that link.
    [[nodiscard]] Sync::TransportFactory transports(const std::string &device);

private:
    Server::SessionServices &m_services;
    std::map<std::string, std::unique_ptr<Link>> m_links;
};

}  // namespace Satchel::Testing
