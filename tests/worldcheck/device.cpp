// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "device.h"

#include <algorithm>
#include <array>
#include <utility>

namespace Satchel::WorldCheck {

namespace {

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
    // Told apart by number: that copies draw the same one is possible, and would make two writes of one identity.
    content->clockSalt = static_cast<std::uint16_t>((m_rng.below(1U << 12U) << 3U) + static_cast<unsigned>(m_number));
    m_around.ledger.reopened(m_number, {content->device, content->lastCounter});
    for (const Core::MutationPtr &mutation : content->pending) {
        m_around.ledger.promise(identityOf(*mutation));
        m_promises[identityOf(*mutation)] = Promise{mutation->document, mutation->dot};
        m_made[identityOf(*mutation)] = mutation->dot;
    }
    for (const Sync::Quarantined &refused : content->quarantine) {
        m_around.ledger.settle(identityOf(refused.mutation), true);
        m_promises.erase(identityOf(refused.mutation));
        m_made.erase(identityOf(refused.mutation));
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
    // What was settled as a duplicate while the other one's app had still to hear of it: nobody will tell the copy's.
    std::erase_if(m_promises, [this](const auto &promised) { return m_duplicates.contains(promised.second.dot); });
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

}  // namespace Satchel::WorldCheck
