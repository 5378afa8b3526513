// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "testing/virtualtransport.h"

#include "wire/codec.h"

#include <QTimer>

#include <utility>

namespace Satchel::Testing {

namespace {

constexpr Core::Limits limits;

Core::Error broken()
{
    return Core::unavailable(Core::ErrorReason::NetworkUnreachable, "the virtual link is down");
}

}  // namespace

VirtualTransport::VirtualTransport(Server::SessionServices &services, Link &link)
    : m_services(services)
    , m_link(link)
{
    m_mailbox->target = this;
}

VirtualTransport::~VirtualTransport()
{
    close();
    const std::lock_guard lock(m_mailbox->mutex);
    m_mailbox->target = nullptr;
}

void VirtualTransport::later(std::function<void()> work)
{
    QMetaObject::invokeMethod(this, std::move(work), Qt::QueuedConnection);
}

void VirtualTransport::open(const QUrl & /*server*/, const std::string &token)
{
    if (!m_link.beginAttempt()) {
        later([this] { breakDown(broken()); });
        return;
    }
    auto identity = m_services.tokens.verify(token, m_services.clock.now());
    if (!identity) {
        later([this, error = identity.error()] { breakDown(error); });
        return;
    }
    const auto post = [mailbox = m_mailbox](std::function<void()> work) {
        const std::lock_guard lock(mailbox->mutex);
        if (mailbox->target != nullptr) {
            mailbox->target->later(std::move(work));
        }
    };
    FrameSink &sink = *this;
    m_runner = std::make_shared<Server::SessionRunner>(m_services, post, std::move(*identity), m_services.settings, sink);
    m_link.setBreaker([post, this] { post([this] { breakDown(broken()); }); });
    later([this] {
        if (!m_isOver) {
            Q_EMIT opened();
        }
    });
}

void VirtualTransport::send(const Wire::ClientFrame &frame)
{
    std::string message = Wire::encode(frame, Wire::Compression::None);
    const auto fate = m_link.fateOfNext();
    if (fate == Link::Fate::Cut) {
        later([this] { breakDown(broken()); });
        return;
    }
    if (fate == Link::Fate::Hold && !m_heldToServer) {
        m_heldToServer = std::move(message);
        releaseHeldSoon();
        return;
    }
    deliver(message);
    if (fate == Link::Fate::Twice) {
        deliver(message);
    }
    if (m_heldToServer) {
        deliver(*std::exchange(m_heldToServer, std::nullopt));
    }
}

void VirtualTransport::deliver(const std::string &message)
{
    later([this, message] {
        if (m_isOver || m_runner == nullptr) {
            return;
        }
        auto frame = Wire::decodeClientFrame(message, limits);
        if (frame) {
            m_runner->frame(std::move(*frame));
        } else {
            m_runner->fail(frame.error());
        }
    });
}

void VirtualTransport::send(Wire::ServerFrame frame)
{
    std::string message = Wire::encode(frame, Wire::Compression::None);
    const auto fate = m_link.fateOfNext();
    if (fate == Link::Fate::Cut) {
        later([this] { breakDown(broken()); });
        return;
    }
    if (fate == Link::Fate::Hold && !m_heldToDevice) {
        m_heldToDevice = std::move(message);
        releaseHeldSoon();
        return;
    }
    give(message);
    if (fate == Link::Fate::Twice) {
        give(message);
    }
    if (m_heldToDevice) {
        give(*std::exchange(m_heldToDevice, std::nullopt));
    }
}

void VirtualTransport::give(const std::string &message)
{
    later([this, message] {
        const auto frame = Wire::decodeServerFrame(message, limits);
        if (m_isOver) {
            return;
        }
        if (frame) {
            Q_EMIT received(*frame);
        } else {
            breakDown(frame.error());
        }
    });
}

/// A held frame whose successor does not come must arrive all the same.
void VirtualTransport::releaseHeldSoon()
{
    QTimer::singleShot(1, this, [this] {
        if (m_heldToServer) {
            deliver(*std::exchange(m_heldToServer, std::nullopt));
        }
        if (m_heldToDevice) {
            give(*std::exchange(m_heldToDevice, std::nullopt));
        }
    });
}

void VirtualTransport::end()
{
    later([this] { breakDown(Core::unavailable(Core::ErrorReason::NetworkUnreachable, "the server ended the session")); });
}

void VirtualTransport::close()
{
    if (!std::exchange(m_isOver, true)) {
        m_link.setBreaker(nullptr);
        if (m_runner != nullptr) {
            m_runner->detach();
            m_runner.reset();
        }
    }
}

void VirtualTransport::breakDown(const Core::Error &error)
{
    if (!m_isOver) {
        close();
        Q_EMIT failed(error);
    }
}

}  // namespace Satchel::Testing
