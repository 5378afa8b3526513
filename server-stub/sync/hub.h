// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/ids.h"
#include "core/policy.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

namespace Satchel::Server {

enum class ShutdownReason : std::uint8_t { Superseded, ShuttingDown, Revoked, Wiped };

/// What a live session listens to. Called on any thread; must hand over to the session's own and return.
struct Subscriber {
    std::function<void(std::uint64_t head)> grown;
    std::function<void(ShutdownReason)> ended;
    std::function<void()> expired;        ///< the time that Hub::admit() gave is over
    std::function<void()> readOnly = {};  ///< the server takes no writes for now
    std::function<void(std::shared_ptr<const Core::PolicySet>)> policiesChanged = {};
};

/// Who listens to which user. Thread-safe. A hint only: a session that misses one finds out at its next read of the log.
class Hub {
public:
    using Token = std::uint64_t;

    /// A session of the same device that is subscribed already is told that it was superseded, and dropped.
    [[nodiscard]] Token subscribe(const Core::UserId &user, const Core::DeviceId &device, Subscriber subscriber);
    void unsubscribe(const Core::UserId &user, Token token);
    /// Tells the user's sessions of other devices.
    void grown(const Core::UserId &user, std::uint64_t head, const Core::DeviceId &by);
    /// Tells the device's session that it was revoked or wiped, and drops it. One that subscribes later finds out at its first read of the
    /// log.
    void revoked(const Core::UserId &user, const Core::DeviceId &device, ShutdownReason reason = ShutdownReason::Revoked);
    /// The same for all sessions of a user who was erased.
    void erased(const Core::UserId &user);
    /// Until when the session's token lets it live: milliseconds since 1970. Without it, for ever.
    void admit(const Core::UserId &user, Token token, std::chrono::milliseconds until);
    /// Tells each session whose time is over, once.
    void expire(std::chrono::milliseconds now);
    /// Tells every session. One that subscribes at the same time must look itself whether what it began with is still in force.
    void policiesChanged(const std::shared_ptr<const Core::PolicySet> &policies);
    /// Tells everyone that the server takes no writes for now.
    void readOnly();
    /// Tells everyone; later subscribers are told at once.
    void shutDown();
    /// What the session's device has durably read: known here at once, while the store learns of it with a later transaction.
    void acknowledged(const Core::UserId &user, Token token, std::uint64_t seq);
    /// What the device's live session has acknowledged, 0 if nothing yet; nothing for a device that is not online.
    [[nodiscard]] std::optional<std::uint64_t> liveCursor(const Core::UserId &user, const Core::DeviceId &device) const;
    [[nodiscard]] std::size_t sessionCount() const;

private:
    struct Entry {
        Core::DeviceId device;
        Subscriber subscriber;
        std::uint64_t acknowledgedSeq = 0;
        std::chrono::milliseconds admittedUntil = std::chrono::milliseconds::max();
    };
    [[nodiscard]] static std::optional<Subscriber> extract(std::map<Token, Entry> &sessions, const Core::DeviceId &device);

    mutable std::mutex m_mutex;
    std::map<Core::UserId, std::map<Token, Entry>> m_users;
    Token m_next = 1;
    bool m_isShutDown = false;
};

}  // namespace Satchel::Server
