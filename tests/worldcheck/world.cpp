// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "world.h"

#include "invariants.h"

#include <algorithm>
#include <utility>

namespace Satchel::WorldCheck {

namespace {

constexpr Time healedMax = std::chrono::hours(1);
constexpr std::uint64_t healedWorkMax = 60'000;
constexpr Time runMax{20'000};

}  // namespace

World::World(const Script &script, bool isPrinted)
    : m_script(script)
    , m_trace(isPrinted)
    , m_rng(script.seed + 17)
    , m_network(m_now, m_trace, Rng(m_rng.next()))
    , m_machine(m_now, m_network, m_trace, m_rng.next())
{
    m_network.setServer(&m_machine);
    m_network.setDelay(Time(script.delayMaxMs));
    m_machine.setPolicies(worldPolicies(m_policyVersion));
    require(m_machine.start(), "I2", "the server does not start on an empty disk");
    for (int user = 0; user < script.users; ++user) {
        for (int i = 0; i < script.devices; ++i) {
            require(addDevice(user).open(), "I1", "a device does not open on an empty disk");
        }
    }
}

World::~World() = default;

Device &World::addDevice(int user)
{
    const auto issue = [this](int owner) {
        return m_machine.issueToken(Core::UserId{"t", "user" + std::to_string(owner)},
                                    std::chrono::duration_cast<std::chrono::seconds>(Time(m_script.tokenLifeMs)));
    };
    Device::Surroundings surroundings{m_now, m_network, m_ledger, m_trace, issue};
    m_devices.push_back(std::make_unique<Device>(static_cast<int>(m_devices.size()), user, surroundings, m_rng.next()));
    return *m_devices.back();
}

void World::run()
{
    for (const Step &step : m_script.steps) {
        m_trace.add(m_now, "step", {static_cast<std::int64_t>(step.kind), step.device}, nameOf(step.kind));
        ++m_workCount;
        perform(step);
        noticeDeaths();
        checkNow();
    }
    heal();
    checkNow();
    Invariants(*this).checkHealed();
}

void World::checkNow()
{
    for (const auto &device : m_devices) {
        if (device->isOpen()) {
            device->checkPromises();
        }
    }
}

void World::noticeDeaths()
{
    for (const auto &device : m_devices) {
        if (device->disk().isOff() && device->isOpen()) {
            m_trace.add(m_now, "died", {device->number()});
            device->die();
        }
    }
    if (m_machine.disk().isOff() && m_machine.isRunning()) {
        m_trace.add(m_now, "server died");
        m_machine.die();
    }
}

std::optional<Time> World::nextTime() const
{
    std::optional<Time> next = m_network.nextTime();
    for (const auto &device : m_devices) {
        if (const auto due = device->nextTime(); due && (!next || *due < *next)) {
            next = due;
        }
    }
    return next;
}

bool World::workOnce(Time until, Rng &rng)
{
    std::vector<Network::Delivery> deliveries;
    std::vector<Machine::Job> jobs;
    std::vector<std::pair<Device *, Device::Work>> works;
    m_network.collect(deliveries);
    m_machine.collect(jobs);
    std::vector<Device::Work> ready;
    for (const auto &device : m_devices) {
        ready.clear();
        device->collect(ready);
        for (const Device::Work work : ready) {
            works.emplace_back(device.get(), work);
        }
    }
    const std::size_t total = deliveries.size() + jobs.size() + works.size();
    if (total == 0) {
        const auto next = nextTime();
        if (!next || *next > until) {
            return false;
        }
        m_now = std::max(m_now, *next);
        return true;
    }
    ++m_workCount;
    std::size_t pick = rng.below(total);
    if (pick < deliveries.size()) {
        m_network.deliver(deliveries[pick]);
    } else if (pick -= deliveries.size(); pick < jobs.size()) {
        m_machine.run(jobs[pick]);
    } else {
        const auto &[device, work] = works[pick - jobs.size()];
        device->run(work, rng);
    }
    noticeDeaths();
    return true;
}

void World::work(std::uint64_t count, Time until, Rng &rng)
{
    for (std::uint64_t i = 0; i < count && workOnce(until, rng); ++i) {}
}

void World::perform(const Step &step)
{
    Rng rng(step.seed);
    Device &device = *m_devices[step.device % m_devices.size()];
    switch (step.kind) {
    case StepKind::Run:
        work(1 + rng.below(40), m_now + runMax, rng);
        break;
    case StepKind::Advance: {
        constexpr std::array<std::int64_t, 5> spansMs{100, 2'000, 60'000, 3'600'000, 200'000'000};
        m_now += Time(static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(spansMs[rng.below(spansMs.size())]))));
        break;
    }
    case StepKind::Open:
        startAll();
        break;
    case StepKind::CrashServer:
    case StepKind::StopServer:
    case StepKind::ServerFault:
    case StepKind::ServerSkew:
    case StepKind::RotateKey:
    case StepKind::PolicyChange:
    case StepKind::Backup:
    case StepKind::Restore:
    case StepKind::Compact:
        performOnServer(step, rng);
        break;
    default:
        performOnDevice(step, device, rng);
        break;
    }
}

void World::startAll()
{
    if (!m_machine.isRunning()) {
        m_trace.add(m_now, "server starts");
        m_machine.start();
    }
    for (const auto &device : m_devices) {
        if (!device->isOpen()) {
            m_trace.add(m_now, "opens", {device->number()});
            device->open();
        }
    }
}

void World::restartFailed(bool isProbing)
{
    for (const auto &device : m_devices) {
        const auto &reason = device->status().blockedReason;
        if (device->isOpen() && reason && reason->reason == Core::ErrorReason::StorageIo) {
            device->close();
        }
    }
    startAll();
    for (const auto &device : m_devices) {
        require(device->isOpen(), "I1", "device " + std::to_string(device->number()) + " does not open on a good disk");
        if (isProbing) {
            device->probe();
        }
    }
    require(m_machine.isRunning(), "I2", "the server does not start on a good disk");
}

bool World::isQuiet() const
{
    if (!m_network.isEmpty() || !m_machine.isIdle()) {
        return false;
    }
    return std::all_of(m_devices.begin(), m_devices.end(), [](const auto &device) {
        std::vector<Device::Work> ready;
        device->collect(ready);
        const bool isLive = device->status().state == Sync::State::Live && device->status().pendingCount == 0;
        return ready.empty() && (isLive || device->isRevoked);
    });
}

std::string World::describeUnrest() const
{
    std::string text = m_machine.isIdle() ? "" : "the server works; ";
    for (const auto &device : m_devices) {
        const Sync::EngineStatus &status = device->status();
        text += "device " + std::to_string(device->number()) + " state " + std::to_string(static_cast<int>(status.state)) + " pending " +
                std::to_string(status.pendingCount) + (status.blockedReason ? " " + Core::describe(*status.blockedReason) : "") + "; ";
    }
    return text;
}

void World::heal()
{
    m_trace.add(m_now, "healed");
    m_machine.disk().heal();
    m_network.setDelay(Time(20));
    for (const auto &device : m_devices) {
        device->disk().heal();
        device->disk().crashWithin(-1, 0);
        device->isOnline = true;
        if (device->isOpen()) {
            device->setPaused(false);
        }
    }
    m_machine.disk().crashWithin(-1, 0);
    restartFailed(true);
    const std::uint64_t end = m_workCount + healedWorkMax;
    for (int round = 0; round < 3 && !isQuiet(); ++round) {
        const Time until = m_now + healedMax;
        while (!isQuiet() && m_workCount < end && workOnce(until, m_rng)) {}
        if (!isQuiet()) {
            restartFailed(true);
        }
    }
    require(isQuiet(), "I11", "the healed world does not become quiet: " + describeUnrest());
}

}  // namespace Satchel::WorldCheck
