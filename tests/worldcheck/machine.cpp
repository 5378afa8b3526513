// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "machine.h"

#include "device.h"

#include <utility>

namespace Satchel::WorldCheck {

namespace {

const char *const storePath = "/server.db";
constexpr std::size_t queuedReadsMax = 1000;

}  // namespace

/// One session and the executor it runs on.
struct Machine::Link final : Server::FrameSink {
    Link(Machine &ownMachine, std::uint64_t ownConnection)
        : machine(ownMachine)
        , connection(ownConnection)
    {
    }
    void send(Wire::ServerFrame frame) override
    {
        if (!machine.m_disk.isOff()) {
            machine.m_network.sendDown(connection, frame);
        }
    }
    void end() override
    {
        isOver = true;
        if (!machine.m_disk.isOff()) {
            machine.m_network.closeByServer(connection);
        }
    }

    Machine &machine;
    std::uint64_t connection;
    std::deque<std::function<void()>> posts;
    std::shared_ptr<Server::SessionRunner> runner;
    bool isOver = false;
};

Machine::Machine(const Time &now, Network &network, Trace &trace, std::uint64_t seed)
    : m_now(now)
    , m_network(network)
    , m_trace(trace)
    , m_rng(seed)
{
    m_tokenSettings.key = m_rng.bytes(32);
}

Machine::~Machine()
{
    release();
}

std::chrono::milliseconds Machine::now() const
{
    return worldEpoch + m_now + clockSkew;
}

bool Machine::start()
{
    m_disk.powerOn();
    const std::uint64_t faults = m_disk.faultCount();
    auto store = Server::EmbeddedStore::open(storePath, worldKey(), *this, &m_disk);
    Core::Result<void> done = store ? (*store)->setPolicies(m_policies) : Core::Result<void>(Core::failure(store.error()));
    if (done && m_isEpochDue) {
        done = (*store)->renewEpoch(now());
        m_isEpochDue = !done;
    }
    if (m_disk.isOff()) {
        return false;
    }
    if (!done) {
        m_trace.add(m_now, "server does not start", {}, Core::describe(done.error()));
        require(m_disk.faultCount() != faults, "I2", "the server's store does not open: " + Core::describe(done.error()));
        return false;
    }
    m_store = std::move(*store);
    m_tokens = std::make_unique<Server::JwtVerifier>(m_tokenSettings);
    m_hub = std::make_unique<Server::Hub>();
    Server::PipelineSettings settings;
    settings.hasThread = false;
    m_pipeline = std::make_unique<Server::PushPipeline>(
        *m_store, *this, settings, m_failpoint,
        [this](const Core::UserId &user, std::uint64_t head, const Core::DeviceId &by) { m_hub->grown(user, head, by); });
    m_readers = std::make_unique<Server::ReaderPool>(*m_store, 0, queuedReadsMax);
    Server::SessionSettings session;
    session.isTestServer = true;
    session.changesDocumentsMax = 1 + m_rng.below(6);
    session.silentLagMax = 1 + m_rng.below(8);
    m_gate = std::make_unique<Server::Gatekeeper>(Server::GateSettings{}, m_pipeline->metrics());
    m_services = std::make_unique<Server::SessionServices>(
        Server::SessionServices{*m_store, *m_pipeline, *m_readers, *m_hub, *m_tokens, *this, *this, session, *m_gate});
    return true;
}

void Machine::release()
{
    for (auto &[id, link] : m_links) {
        if (link->runner) {
            link->runner->detach();
        }
        link->posts.clear();
        link->runner.reset();
    }
    m_links.clear();
    m_readers.reset();
    m_pipeline.reset();
    m_services.reset();
    m_hub.reset();
    m_tokens.reset();
    m_store.reset();
    m_hasPipelineWork = false;
    m_hasReaderWork = false;
    m_compactions.clear();
}

void Machine::stop()
{
    m_hub->shutDown();
    for (bool isBusy = true; isBusy && !m_disk.isOff();) {
        std::vector<Job> jobs;
        collect(jobs);
        isBusy = !jobs.empty();
        for (const Job &job : jobs) {
            run(job);
        }
    }
    m_network.serverCrashed();
    if (!m_disk.isOff()) {
        Core::ignore(m_store->checkpoint(), "the WAL is read at the next start");
    }
    release();
}

void Machine::crash(std::uint64_t seed)
{
    m_disk.crash(seed);
    die();
}

void Machine::die()
{
    m_network.serverCrashed();
    release();
}

void Machine::restore(const Testing::SimulatedDisk::Image &backup)
{
    m_disk.load(backup);
    m_isEpochDue = true;
}

void Machine::rotateKey()
{
    m_tokenSettings.key = m_rng.bytes(32);
}

std::string Machine::issueToken(const Core::UserId &user, std::chrono::seconds lifetime) const
{
    const Server::Identity identity{
        user, {std::string(Server::roleUser)}, std::chrono::duration_cast<std::chrono::seconds>(now()) + lifetime};
    return Server::JwtIssuer(m_tokenSettings).issue(identity, now());
}

bool Machine::revoke(const Core::UserId &user, const Core::DeviceId &device, Wire::AuditRecord record)
{
    std::optional<bool> isDone;
    m_pipeline->revoke({user, device, std::move(record)}, [&isDone](const Server::RevokeAnswer &answer) { isDone = answer.has_value(); });
    while (!isDone && m_pipeline->work()) {}
    return isDone.value_or(false) && !m_disk.isOff();
}

void Machine::recordRead(Wire::AuditRecord record, std::function<void()> answered)
{
    m_pipeline->audit(std::move(record), [this, answered = std::move(answered)](const Core::Result<void> &written) {
        if (written && !m_disk.isOff()) {
            answered();
        }
    });
    m_hasPipelineWork = true;
}

void Machine::compact(Server::CompactRequest request)
{
    m_compactions.push_back(std::move(request));
    m_hasPipelineWork = true;
}

/// In a transaction of its own, so that what it takes away can be read before.
void Machine::beginCompaction()
{
    if (m_compactions.empty()) {
        return;
    }
    // Of a copy: faults are for the server.
    Testing::SimulatedDisk copy;
    copy.load(m_disk.image());
    Server::CompactRequest request = std::move(m_compactions.front());
    m_compactions.pop_front();
    m_archive[request.user].keep(readServerLog(copy, request.user));
    m_pipeline->compact(std::move(request), [](const Server::CompactAnswer &) {});
}

ServerLog Machine::log(const Core::UserId &user)
{
    ServerLog log = readServerLog(m_disk, user);
    m_archive[user].completed(log);
    return log;
}

void Machine::collect(std::vector<Job> &ready) const
{
    for (const auto &[id, link] : m_links) {
        if (!link->posts.empty()) {
            ready.push_back({Work::Post, id});
        }
    }
    if (m_hasPipelineWork) {
        ready.push_back({Work::Pipeline, 0});
    }
    if (m_hasReaderWork) {
        ready.push_back({Work::Reader, 0});
    }
}

bool Machine::isIdle() const
{
    std::vector<Job> jobs;
    collect(jobs);
    return jobs.empty();
}

void Machine::run(const Job &job)
{
    m_trace.add(m_now, "server", {static_cast<std::int64_t>(job.work), static_cast<std::int64_t>(job.connection)});
    if (job.work == Work::Pipeline) {
        m_hasPipelineWork = m_pipeline->work();
        if (!m_hasPipelineWork) {
            beginCompaction();
            m_hasPipelineWork = m_pipeline->work() || !m_compactions.empty();
        }
    } else if (job.work == Work::Reader) {
        m_hasReaderWork = m_readers->runOne();
    } else if (const auto found = m_links.find(job.connection); found != m_links.end() && !found->second->posts.empty()) {
        const auto link = found->second;
        const auto post = std::move(link->posts.front());
        link->posts.pop_front();
        post();
        m_hasPipelineWork = true;
        m_hasReaderWork = true;
        if (link->isOver && link->posts.empty()) {
            gone(job.connection);
        }
    }
}

Core::Result<void> Machine::accept(std::uint64_t connection, const std::string &token)
{
    if (!isRunning()) {
        return Core::failure(Core::unavailable(Core::ErrorReason::NetworkUnreachable, "nobody listens"));
    }
    auto identity = m_tokens->verify(token, now());
    if (!identity) {
        return Core::failure(std::move(identity.error()));
    }
    auto link = std::make_shared<Link>(*this, connection);
    const auto post = [weak = std::weak_ptr<Link>(link)](std::function<void()> work) {
        if (const auto there = weak.lock()) {
            there->posts.push_back(std::move(work));
        }
    };
    link->runner = std::make_shared<Server::SessionRunner>(*m_services, post, std::move(*identity), m_services->settings, *link);
    m_links.emplace(connection, std::move(link));
    return {};
}

void Machine::received(std::uint64_t connection, Core::Result<Wire::ClientFrame> frame)
{
    const auto found = m_links.find(connection);
    if (found == m_links.end() || found->second->isOver) {
        return;
    }
    const auto link = found->second;
    require(frame.has_value(), "codec", "the device sends what the server cannot read");
    link->runner->frame(std::move(*frame));
    m_hasPipelineWork = true;
    m_hasReaderWork = true;
    if (link->isOver && link->posts.empty()) {
        gone(connection);
    }
}

void Machine::gone(std::uint64_t connection)
{
    const auto found = m_links.find(connection);
    if (found == m_links.end()) {
        return;
    }
    const auto link = found->second;
    m_links.erase(found);
    link->runner->detach();
    link->posts.clear();
    link->runner.reset();
}

}  // namespace Satchel::WorldCheck
