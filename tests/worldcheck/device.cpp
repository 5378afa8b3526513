// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "device.h"

#include <algorithm>
#include <array>
#include <utility>

namespace Satchel::WorldCheck {

namespace {

constexpr std::size_t groupWritesMax = 8;
constexpr std::size_t groupFramesMax = 4;
const char *const storePath = "/store.db";

}  // namespace

CipherDb::StoreKey worldKey()
{
    std::array<std::uint8_t, CipherDb::StoreKey::sizeBytes> bytes{};
    bytes.fill(7);
    return CipherDb::StoreKey(bytes);
}

Device::Device(int number, int user, Surroundings surroundings, std::uint64_t seed)
    : m_number(number)
    , m_user(user)
    , m_around(std::move(surroundings))
    , m_rng(seed)
{
    makeLive();
}

Device::~Device()
{
    m_engine.reset();
    m_store.reset();
}

void Device::makeLive()
{
    m_live = std::make_unique<Live::LiveState>(Core::PolicySet{}, [this] { return worldEpoch + m_around.now + clockSkew; });
}

Core::DeviceId Device::randomDevice()
{
    return *Core::DeviceId::fromBytes(m_rng.bytes(16));
}

bool Device::open()
{
    m_disk.powerOn();
    Sync::LocalStore::Options options;
    options.path = storePath;
    options.user = Core::UserId{"t", "user" + std::to_string(m_user)};
    options.freshDevice = randomDevice();
    options.wallClock = [this] { return worldEpoch + m_around.now + clockSkew; };
    options.files = &m_disk;
    const std::uint64_t faults = m_disk.faultCount();
    auto store = Sync::LocalStore::open(std::move(options), worldKey());
    auto content = store ? (*store)->loadAll() : Core::Result<Sync::OpenedStore>(Core::failure(store.error()));
    if (m_disk.isOff()) {
        return false;
    }
    if (!content) {
        m_around.trace.add(m_around.now, "open failed", {m_number}, Core::describe(content.error()));
        require(m_disk.faultCount() != faults, "I1", "a store does not open: " + Core::describe(content.error()));
        return false;
    }
    content->clockSalt = static_cast<std::uint16_t>(m_rng.below(1U << 15U));
    for (const Core::MutationPtr &mutation : content->pending) {
        m_around.ledger.promise(identityOf(*mutation));
        m_promises[identityOf(*mutation)] = Promise{mutation->document, mutation->dot};
        m_made[identityOf(*mutation)] = mutation->dot;
    }
    for (const Sync::Quarantined &refused : content->quarantine) {
        m_around.ledger.settle(identityOf(refused.mutation), true);
        m_promises.erase(identityOf(refused.mutation));
    }
    m_store = std::move(*store);
    m_live->load(std::move(*content), this);
    Sync::SyncEngine::Options engine;
    engine.user = Core::UserId{"t", "user" + std::to_string(m_user)};
    engine.carriers = Sync::CarrierChoice::WebSocketOnly;
    engine.random = [this] { return m_rng.next(); };
    engine.wallClock = [this] { return worldEpoch + m_around.now + clockSkew; };
    m_engine = std::make_unique<Sync::SyncEngine>(std::move(engine), *m_store);
    m_lastStatus = {};
    m_status = {};
    m_engine->start(m_around.now);
    settle();
    checkPromises();
    return true;
}

void Device::close()
{
    m_live->detach();
    m_around.network.forget(*this);
    // What the app had written before is still stored, and answered.
    Rng calm(1);
    while (m_engine && !m_commands.empty()) {
        turn(calm);
    }
    m_engine.reset();
    m_store.reset();
    m_events.clear();
    for (auto &[ticket, done] : std::exchange(m_syncWaiters, {})) {
        done(Core::failure(Core::makeError(Core::ErrorCode::Cancelled, Core::ErrorReason::ClosedStore, "closed")));
    }
    for (Report &report : std::exchange(m_reports, {})) {
        if (auto *finished = std::get_if<Finished>(&report)) {
            for (Sync::Done &done : finished->done) {
                done(finished->outcome);
            }
        }
    }
    for (Sync::WriteCommand &write : std::exchange(m_held, {})) {
        write.durable(Core::failure(Core::makeError(Core::ErrorCode::Cancelled, Core::ErrorReason::ClosedStore, "closed")));
    }
    m_commands.clear();
    m_tokenAt.reset();
    m_isHolding = false;
    if (m_disk.isOff()) {
        die();
    }
}

void Device::crash(std::uint64_t seed)
{
    m_disk.crash(seed);
    die();
}

void Device::die()
{
    m_around.network.forget(*this);
    m_live->detach();
    m_commands.clear();
    m_events.clear();
    m_reports.clear();
    m_held.clear();
    m_syncWaiters.clear();
    m_made.clear();
    m_tokenAt.reset();
    m_isHolding = false;
    m_engine.reset();
    m_store.reset();
    makeLive();
}

void Device::copyFrom(const Device &other)
{
    m_disk.load(other.m_disk.image());
    m_promises = other.m_promises;
    m_duplicates = other.m_duplicates;
    m_seen = other.m_seen;
    clockSkew = other.clockSkew;
    m_greatestPromised = other.m_greatestPromised;
    mayAdopt = true;
}

void Device::probe()
{
    m_commands.emplace_back([this] {
        m_engine->probe(m_around.now);
        settle();
    });
}

void Device::setPaused(bool isPaused)
{
    m_commands.emplace_back([this, isPaused] {
        m_engine->setPaused(isPaused, m_around.now);
        settle();
    });
}

void Device::requestSync(std::function<void(Core::Result<void>)> done)
{
    m_commands.emplace_back([this, done = std::move(done)] {
        m_syncWaiters.emplace(m_engine->requestSync(m_around.now), done);
        settle();
    });
}

void Device::write(std::vector<Core::MutationPtr> mutations, Live::Done durable)
{
    std::vector<Identity> identities;
    for (const Core::MutationPtr &mutation : mutations) {
        require(m_greatestPromised < mutation->stamp, "I6", "a device's stamp is not greater than those before");
        require(!mutation->context.covers(mutation->dot), "I6", "a mutation's context covers itself");
        m_around.ledger.made(m_user, m_number, *mutation);
        identities.push_back(identityOf(*mutation));
        m_made[identities.back()] = mutation->dot;
        m_around.trace.add(m_around.now, "write", {m_number, static_cast<std::int64_t>(mutation->dot.counter)},
                           mutation->document.collection + "/" + mutation->document.key);
    }
    const Core::Hlc greatest = mutations.back()->stamp;
    auto answer = [this, identities, mutations, greatest, durable = std::move(durable)](Core::Result<void> outcome) {
        m_around.trace.add(m_around.now, outcome ? "durable" : "not durable", {m_number}, outcome ? "" : Core::describe(outcome.error()));
        for (std::size_t i = 0; i < identities.size(); ++i) {
            if (outcome) {
                m_around.ledger.promise(identities[i]);
                m_greatestPromised = std::max(m_greatestPromised, greatest);
                if (const auto known = m_made.find(identities[i]); known != m_made.end()) {
                    m_promises[identities[i]] = Promise{mutations[i]->document, known->second};
                }
            } else {
                m_made.erase(identities[i]);
            }
        }
        if (durable) {
            durable(std::move(outcome));
        }
    };
    Sync::WriteCommand command{std::move(mutations), std::move(answer)};
    if (m_isHolding) {
        m_held.push_back(std::move(command));
    } else {
        m_commands.emplace_back(std::move(command));
    }
}

void Device::discardQuarantined(Core::Dot dot, Live::Done done)
{
    m_commands.emplace_back([this, dot, done = std::move(done)] {
        m_reports.emplace_back(Finished{{done}, m_store->discardQuarantined(dot)});
        settle();
    });
}

void Device::opened(std::uint64_t attempt)
{
    m_events.push_back({attempt, Event::Kind::Opened, {}, {}});
}

void Device::received(std::uint64_t attempt, Wire::ServerFrame frame)
{
    m_events.push_back({attempt, Event::Kind::Frame, std::move(frame), {}});
}

void Device::failed(std::uint64_t attempt, Core::Error error)
{
    m_events.push_back({attempt, Event::Kind::Failed, {}, std::move(error)});
}

bool Device::Event::isForStore() const
{
    return kind == Kind::Frame && (std::holds_alternative<Wire::Pushed>(frame) || std::holds_alternative<Wire::Changes>(frame));
}

void Device::collect(std::vector<Work> &ready) const
{
    if (!m_engine) {
        return;
    }
    if (!m_commands.empty() || !m_events.empty()) {
        ready.push_back(Work::Turn);
    }
    if (!m_reports.empty()) {
        ready.push_back(Work::Deliver);
    }
    if (const auto due = m_engine->deadline(); due && *due <= m_around.now) {
        ready.push_back(Work::Timer);
    }
    if (m_tokenAt && *m_tokenAt <= m_around.now) {
        ready.push_back(Work::Token);
    }
}

std::optional<Time> Device::nextTime() const
{
    if (!m_engine) {
        return std::nullopt;
    }
    std::optional<Time> next = m_engine->deadline();
    if (m_tokenAt && (!next || *m_tokenAt < *next)) {
        next = m_tokenAt;
    }
    return next;
}

void Device::run(Work work, Rng &rng)
{
    m_around.trace.add(m_around.now, "work", {m_number, static_cast<std::int64_t>(work)});
    switch (work) {
    case Work::Turn:
        turn(rng);
        break;
    case Work::Deliver:
        deliverReports();
        break;
    case Work::Timer:
        m_engine->tick(m_around.now);
        settle();
        break;
    case Work::Token:
        m_tokenAt.reset();
        m_engine->tokenAnswered(isOnline ? Core::Result<std::string>(m_around.issueToken(m_user))
                                         : Core::failure(Core::unavailable(Core::ErrorReason::NetworkUnreachable, "offline")),
                                m_around.now);
        settle();
        break;
    }
}

void Device::turn(Rng &rng)
{
    std::vector<Sync::WriteCommand> writes;
    const std::size_t writesMax = 1 + rng.below(groupWritesMax);
    while (!m_commands.empty() && std::holds_alternative<Sync::WriteCommand>(m_commands.front()) && writes.size() < writesMax) {
        writes.push_back(std::move(std::get<Sync::WriteCommand>(m_commands.front())));
        m_commands.pop_front();
    }
    std::vector<Event> events;
    const std::size_t framesMax = 1 + rng.below(groupFramesMax);
    while (!m_events.empty() && m_events.front().isForStore() && events.size() < framesMax) {
        events.push_back(std::move(m_events.front()));
        m_events.pop_front();
    }
    if (!writes.empty() || !events.empty()) {
        commitGroup(std::move(writes), std::move(events));
    } else if (!m_commands.empty()) {
        const auto command = std::move(std::get<std::function<void()>>(m_commands.front()));
        m_commands.pop_front();
        command();
    } else if (!m_events.empty()) {
        const Event event = std::move(m_events.front());
        m_events.pop_front();
        give(event);
        settle();
    }
}

void Device::commitGroup(std::vector<Sync::WriteCommand> writes, std::vector<Event> events)
{
    Sync::WriteGroup group = Sync::makeGroup(m_store->facts(), std::move(writes));
    if (!group.refused.empty()) {
        m_reports.emplace_back(Finished{std::move(group.refused), Core::failure(Sync::LocalStore::gapError())});
    }
    if (group.mutations.empty() && events.empty()) {
        return;
    }
    Sync::GroupOutcome outcome = Sync::commitGroup(*m_store, group.mutations, [this, &events] {
        for (const Event &event : events) {
            give(event);
        }
    });
    const bool hasWritten = !group.mutations.empty();
    if (!group.durable.empty()) {
        m_reports.emplace_back(Finished{std::move(group.durable), std::move(outcome.writes)});
    }
    if (!outcome.group) {
        for (const std::uint64_t ticket : Sync::dropUndone(*m_engine)) {
            if (auto waiter = m_syncWaiters.extract(ticket)) {
                m_reports.emplace_back(Finished{{std::move(waiter.mapped())}, outcome.group});
            }
        }
        m_around.network.cut(*this);
        m_engine->storeFailed(outcome.group.error(), m_around.now);
    } else if (hasWritten) {
        m_engine->appended(m_around.now);
    }
    settle();
}

void Device::give(const Event &event)
{
    if (const auto *pushed = std::get_if<Wire::Pushed>(&event.frame); pushed != nullptr && event.kind == Event::Kind::Frame) {
        for (const Wire::Settled &settled : pushed->settled) {
            if (settled.wasDuplicate) {
                m_duplicates.insert(Core::Dot{m_store->facts().device, settled.counter});
            }
        }
    }
    switch (event.kind) {
    case Event::Kind::Opened:
        m_engine->transportOpened(event.attempt, m_around.now);
        break;
    case Event::Kind::Frame:
        m_engine->transportFrame(event.attempt, event.frame, m_around.now);
        break;
    case Event::Kind::Failed:
        m_engine->transportFailed(event.attempt, event.error, m_around.now);
        break;
    }
}

void Device::settle()
{
    for (auto actions = m_engine->takeActions(); !actions.empty(); actions = m_engine->takeActions()) {
        for (Sync::SyncEngine::Action &action : actions) {
            if (!m_disk.isOff()) {
                perform(action);
            }
        }
    }
    if (Sync::EngineStatus status = m_engine->status(); status != m_lastStatus) {
        m_lastStatus = status;
        m_reports.emplace_back(std::move(status));
    }
}

void Device::perform(Sync::SyncEngine::Action &action)
{
    if (std::holds_alternative<Sync::SyncEngine::RequestToken>(action)) {
        m_tokenAt = m_around.now + Time(m_rng.between(1, 200));
    } else if (auto *connect = std::get_if<Sync::SyncEngine::Connect>(&action)) {
        m_connects += 1;
        m_around.network.connect(*this, connect->connection, std::move(connect->token), isOnline);
    } else if (auto *send = std::get_if<Sync::SyncEngine::Send>(&action)) {
        m_around.network.sendUp(*this, send->connection, send->frame);
    } else if (auto *close = std::get_if<Sync::SyncEngine::Close>(&action)) {
        m_around.network.closeByClient(*this, close->connection);
    } else if (auto *publish = std::get_if<Sync::SyncEngine::Publish>(&action)) {
        m_reports.emplace_back(std::move(publish->change));
    } else if (std::holds_alternative<Sync::SyncEngine::AdoptIdentity>(action)) {
        require(mayAdopt, "I4", "a store that nobody copied takes a new identity");
        m_reports.emplace_back(IdentityBegan{});
    } else if (auto *reached = std::get_if<Sync::SyncEngine::SyncReached>(&action)) {
        if (auto waiter = m_syncWaiters.extract(reached->ticket)) {
            m_reports.emplace_back(Finished{{std::move(waiter.mapped())}, {}});
        }
    }
}

void Device::changeIdentity()
{
    IdentityEnded ended;
    Core::Result<void> outcome;
    auto change = m_store->adoptNewDevice(randomDevice(), &ended.redot);
    if (change) {
        ended.change = std::move(*change);
    } else {
        outcome = Core::failure(change.error());
    }
    m_around.trace.add(m_around.now, "identity", {m_number, outcome ? 1 : 0});
    m_reports.emplace_back(std::move(ended));
    m_engine->identityAdopted(outcome, m_around.now);
    settle();
}

void Device::deliverReports()
{
    std::deque<Report> reports = std::exchange(m_reports, {});
    while (!reports.empty()) {
        Report report = std::move(reports.front());
        reports.pop_front();
        handle(report);
    }
}

void Device::handle(Report &report)
{
    if (auto *finished = std::get_if<Finished>(&report)) {
        for (Sync::Done &done : finished->done) {
            if (done) {
                done(finished->outcome);
            }
        }
    } else if (auto *call = std::get_if<std::function<void()>>(&report)) {
        (*call)();
    } else if (auto *change = std::get_if<Sync::StoreChange>(&report)) {
        take(*change);
    } else if (auto *status = std::get_if<Sync::EngineStatus>(&report)) {
        m_status = *status;
        m_live->setOnline(status->state == Sync::State::Live);
        m_around.trace.add(m_around.now, "status", {m_number, static_cast<std::int64_t>(status->state)},
                           status->blockedReason ? Core::describe(*status->blockedReason) : "");
    } else if (std::holds_alternative<IdentityBegan>(report)) {
        m_isHolding = true;
        m_commands.emplace_back([this] { changeIdentity(); });
    } else if (auto *ended = std::get_if<IdentityEnded>(&report)) {
        m_isHolding = false;
        Sync::adoptHeld(m_held, ended->change, ended->redot);
        for (Sync::WriteCommand &write : std::exchange(m_held, {})) {
            m_commands.emplace_back(std::move(write));
        }
        if (ended->change) {
            take(*ended->change);
        }
    }
}

void Device::take(const Sync::StoreChange &change)
{
    for (const Sync::Quarantined &refused : change.quarantined) {
        const Identity identity = identityOf(refused.mutation);
        m_around.ledger.settle(identity, true);
        m_promises.erase(identity);
        m_made.erase(identity);
        m_around.trace.add(m_around.now, "refused", {m_number, static_cast<std::int64_t>(refused.mutation.dot.counter)},
                           Core::describe(refused.reason));
    }
    if (change.settledThrough > 0) {
        for (auto it = m_made.begin(); it != m_made.end();) {
            if (it->second.device != m_live->device() || it->second.counter > change.settledThrough) {
                ++it;
                continue;
            }
            m_around.ledger.settle(it->first, false);
            if (m_duplicates.contains(it->second)) {
                m_promises.erase(it->first);
            }
            it = m_made.erase(it);
        }
    }
    if (change.identity) {
        takeIdentity(*change.identity);
    }
    m_live->apply(change);
}

void Device::takeIdentity(const Sync::StoreChange::NewIdentity &identity)
{
    for (const Core::MutationPtr &mutation : identity.pending) {
        const Identity first = identityOf(*mutation);
        if (const auto made = m_made.find(first); made != m_made.end()) {
            made->second = mutation->dot;
        }
        if (const auto promised = m_promises.find(first); promised != m_promises.end()) {
            promised->second.dot = mutation->dot;
        }
    }
}

void Device::checkPromises()
{
    const auto entryOf = [this](const Core::DocumentId &id) {
        return m_live->shelf(QString::fromStdString(id.collection))->find(QString::fromStdString(id.key));
    };
    for (const auto &[identity, promise] : m_promises) {
        const Live::Entry *entry = entryOf(promise.document);
        require(entry != nullptr && entry->view().context.covers(promise.dot), "I1/I7",
                "device " + std::to_string(m_number) + " does not show its own durable write " + std::to_string(promise.dot.counter) +
                    " of " + promise.document.collection + "/" + promise.document.key);
    }
    for (auto &[id, seen] : m_seen) {
        const Live::Entry *entry = entryOf(id);
        require(seen.isEmpty() || (entry != nullptr && entry->base.context.coversAll(seen)), "I6/I7",
                "device " + std::to_string(m_number) + " has forgotten writes of " + id.collection + "/" + id.key + " that it had seen");
    }
    for (const QString &name : m_live->shelfNames()) {
        for (const auto &[key, entry] : m_live->shelf(name)->entries) {
            m_seen[Core::DocumentId{name.toStdString(), key.toStdString()}] = entry->base.context;
        }
    }
}

}  // namespace Satchel::WorldCheck
