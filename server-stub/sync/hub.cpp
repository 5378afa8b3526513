// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "hub.h"

#include <algorithm>
#include <vector>

namespace Satchel::Server {

Hub::Token Hub::subscribe(const Core::UserId &user, const Core::DeviceId &device, Subscriber subscriber)
{
    std::optional<Subscriber> superseded;
    std::function<void(ShutdownReason)> tooLate;
    Token token = 0;
    {
        const std::lock_guard lock(m_mutex);
        token = m_next++;
        auto &sessions = m_users[user];
        superseded = extract(sessions, device);
        if (m_isShutDown) {
            tooLate = subscriber.ended;
        }
        sessions.emplace(token, Entry{device, std::move(subscriber)});
    }
    if (superseded) {
        superseded->ended(ShutdownReason::Superseded);
    }
    if (tooLate) {
        tooLate(ShutdownReason::ShuttingDown);
    }
    return token;
}

/// Under the lock.
std::optional<Subscriber> Hub::extract(std::map<Token, Entry> &sessions, const Core::DeviceId &device)
{
    const auto found = std::ranges::find_if(sessions, [&device](const auto &session) { return session.second.device == device; });
    if (found == sessions.end()) {
        return std::nullopt;
    }
    Subscriber subscriber = std::move(found->second.subscriber);
    sessions.erase(found);
    return subscriber;
}

void Hub::revoked(const Core::UserId &user, const Core::DeviceId &device, ShutdownReason reason)
{
    std::optional<Subscriber> cut;
    {
        const std::lock_guard lock(m_mutex);
        if (const auto sessions = m_users.find(user); sessions != m_users.end()) {
            cut = extract(sessions->second, device);
        }
    }
    if (cut) {
        cut->ended(reason);
    }
}

void Hub::erased(const Core::UserId &user)
{
    std::map<Token, Entry> cut;
    {
        const std::lock_guard lock(m_mutex);
        if (const auto sessions = m_users.find(user); sessions != m_users.end()) {
            cut = std::move(sessions->second);
            m_users.erase(sessions);
        }
    }
    for (const auto &[token, entry] : cut) {
        entry.subscriber.ended(ShutdownReason::Wiped);
    }
}

void Hub::unsubscribe(const Core::UserId &user, Token token)
{
    Entry dropped;
    const std::lock_guard lock(m_mutex);
    const auto sessions = m_users.find(user);
    if (sessions == m_users.end()) {
        return;
    }
    if (const auto entry = sessions->second.find(token); entry != sessions->second.end()) {
        dropped = std::move(entry->second);
        sessions->second.erase(entry);
    }
    if (sessions->second.empty()) {
        m_users.erase(sessions);
    }
}

void Hub::grown(const Core::UserId &user, std::uint64_t head, const Core::DeviceId &by)
{
    const std::lock_guard lock(m_mutex);
    const auto sessions = m_users.find(user);
    if (sessions == m_users.end()) {
        return;
    }
    for (const auto &[token, entry] : sessions->second) {
        if (entry.device != by) {
            entry.subscriber.grown(head);
        }
    }
}

void Hub::admit(const Core::UserId &user, Token token, std::chrono::milliseconds until)
{
    const std::lock_guard lock(m_mutex);
    const auto sessions = m_users.find(user);
    if (sessions == m_users.end()) {
        return;
    }
    if (const auto entry = sessions->second.find(token); entry != sessions->second.end()) {
        entry->second.admittedUntil = until;
    }
}

void Hub::expire(std::chrono::milliseconds now)
{
    const std::lock_guard lock(m_mutex);
    for (auto &[user, sessions] : m_users) {
        for (auto &[token, entry] : sessions) {
            if (now > entry.admittedUntil) {
                entry.admittedUntil = std::chrono::milliseconds::max();
                entry.subscriber.expired();
            }
        }
    }
}

void Hub::policiesChanged(const std::shared_ptr<const Core::PolicySet> &policies)
{
    const std::lock_guard lock(m_mutex);
    for (const auto &[user, sessions] : m_users) {
        for (const auto &[token, entry] : sessions) {
            if (entry.subscriber.policiesChanged) {
                entry.subscriber.policiesChanged(policies);
            }
        }
    }
}

void Hub::readOnly()
{
    const std::lock_guard lock(m_mutex);
    for (const auto &[user, sessions] : m_users) {
        for (const auto &[token, entry] : sessions) {
            if (entry.subscriber.readOnly) {
                entry.subscriber.readOnly();
            }
        }
    }
}

void Hub::shutDown()
{
    const std::lock_guard lock(m_mutex);
    m_isShutDown = true;
    for (const auto &[user, sessions] : m_users) {
        for (const auto &[token, entry] : sessions) {
            entry.subscriber.ended(ShutdownReason::ShuttingDown);
        }
    }
}

void Hub::acknowledged(const Core::UserId &user, Token token, std::uint64_t seq)
{
    const std::lock_guard lock(m_mutex);
    const auto sessions = m_users.find(user);
    if (sessions == m_users.end()) {
        return;
    }
    if (const auto entry = sessions->second.find(token); entry != sessions->second.end()) {
        entry->second.acknowledgedSeq = std::max(entry->second.acknowledgedSeq, seq);
    }
}

std::optional<std::uint64_t> Hub::liveCursor(const Core::UserId &user, const Core::DeviceId &device) const
{
    const std::lock_guard lock(m_mutex);
    const auto sessions = m_users.find(user);
    if (sessions == m_users.end()) {
        return std::nullopt;
    }
    for (const auto &[token, entry] : sessions->second) {
        if (entry.device == device) {
            return entry.acknowledgedSeq;
        }
    }
    return std::nullopt;
}

std::size_t Hub::sessionCount() const
{
    const std::lock_guard lock(m_mutex);
    std::size_t count = 0;
    for (const auto &[user, sessions] : m_users) {
        count += sessions.size();
    }
    return count;
}

}  // namespace Satchel::Server
