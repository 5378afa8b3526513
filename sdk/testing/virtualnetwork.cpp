// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "testing/virtualnetwork.h"

#include "testing/virtualtransport.h"

#include <utility>

namespace Satchel::Testing {

bool Link::isUp() const
{
    const std::lock_guard lock(m_mutex);
    return m_isUp;
}

void Link::setUp(bool isUp)
{
    std::function<void()> breaker;
    {
        const std::lock_guard lock(m_mutex);
        m_isUp = isUp;
        if (!isUp) {
            breaker = std::exchange(m_breaker, nullptr);
        }
    }
    if (breaker) {
        breaker();
    }
}

void Link::setFaults(LinkFaults faults)
{
    const std::lock_guard lock(m_mutex);
    m_faults = faults;
    m_random = faults.seed * 2 + 1;
}

int Link::attemptCount() const
{
    const std::lock_guard lock(m_mutex);
    return m_attemptCount;
}

bool Link::beginAttempt()
{
    const std::lock_guard lock(m_mutex);
    ++m_attemptCount;
    return m_isUp;
}

Link::Fate Link::fateOfNext()
{
    const std::lock_guard lock(m_mutex);
    if (!m_isUp || (m_faults.cutAfter && --*m_faults.cutAfter < 0)) {
        m_faults.cutAfter.reset();
        return Fate::Cut;
    }
    // SplitMix64: one draw decides, so that a frame takes one number whatever the probabilities are.
    std::uint64_t z = (m_random += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    double draw = static_cast<double>((z ^ (z >> 31U)) >> 11U) * 0x1.0p-53;
    if (draw < m_faults.cut) {
        return Fate::Cut;
    }
    draw -= m_faults.cut;
    if (draw < m_faults.duplicate) {
        return Fate::Twice;
    }
    draw -= m_faults.duplicate;
    return draw < m_faults.reorder ? Fate::Hold : Fate::Pass;
}

void Link::setBreaker(std::function<void()> breaker)
{
    const std::lock_guard lock(m_mutex);
    m_breaker = std::move(breaker);
}

Link &VirtualNetwork::link(const std::string &device)
{
    auto &link = m_links[device];
    if (link == nullptr) {
        link = std::make_unique<Link>();
    }
    return *link;
}

Sync::TransportFactory VirtualNetwork::transports(const std::string &device)
{
    return [this, &link = link(device)](Sync::Carrier /*carrier*/) -> std::unique_ptr<Sync::Transport> {
        return std::make_unique<VirtualTransport>(m_services, link);
    };
}

}  // namespace Satchel::Testing
