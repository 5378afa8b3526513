// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "world.h"

#include "core/edit.h"
#include "core/view.h"

#include <array>
#include <utility>

namespace Satchel::WorldCheck {

namespace {

constexpr std::array<const char *, 8> collections{"notes", "counts", "prefs", "manual", "custom", "plain", "morph", "strong"};
constexpr std::array<const char *, 3> keys{"a", "b", "c"};
constexpr std::array<const char *, 3> registers{"x", "y", "z"};
constexpr Time yearMax = std::chrono::hours(24 * 365);

template <typename Items>
auto pick(const Items &items, Rng &rng)
{
    return items[rng.below(items.size())];
}

Core::Op randomOp(const Core::Document &seen, const Core::Policy &policy, Rng &rng, Ledger &ledger, int user)
{
    const bool hasKinds = !policy.fieldKinds.empty();
    switch (hasKinds ? rng.below(8) : rng.below(3)) {
    case 0:
    case 1:
        return Core::PutOp{pick(registers, rng), Core::Value(ledger.freshValue(user))};
    case 2:
        return Core::removeOp(seen, policy, pick(registers, rng));
    case 3:
    case 4:
        return Core::IncrementOp{"n", rng.between(-5, 1'000'000)};
    case 5:
        return Core::AddOp{"tags", Core::Value(static_cast<std::int64_t>(rng.below(3)))};
    case 6:
        return Core::DiscardOp{"tags", Core::Value(static_cast<std::int64_t>(rng.below(3)))};
    default:
        return Core::removeOp(seen, policy, rng.chance(50) ? "n" : "tags");
    }
}

Core::Result<Live::Edit> randomEdit(const Core::Document &seen, const Core::Policy &policy, std::string_view collection, Rng &rng,
                                    Ledger &ledger, int user)
{
    if (collection == "counts") {
        return Live::Edit{{Core::IncrementOp{"n", rng.between(1, 1'000'000'000'000)}}, Core::Scope::Fields};
    }
    const std::uint64_t manner = rng.below(10);
    if (manner == 0) {
        return Live::Edit{Core::eraseOps(seen, policy), Core::Scope::Document};
    }
    if (manner == 1) {
        Core::Value::Map entries{{pick(registers, rng), Core::Value(ledger.freshValue(user))}};
        return Core::replaceOps(seen, policy, std::move(entries)).map([](std::vector<Core::Op> &&ops) {
            return Live::Edit{std::move(ops), Core::Scope::Document};
        });
    }
    Live::Edit edit;
    edit.ops.push_back(randomOp(seen, policy, rng, ledger, user));
    if (rng.chance(20)) {
        Core::Op more = randomOp(seen, policy, rng, ledger, user);
        if (Core::fieldOf(more) != Core::fieldOf(edit.ops.front())) {
            edit.ops.push_back(std::move(more));
        }
    }
    return edit;
}

std::int64_t shownNumber(const Core::Document &document)
{
    const Core::FieldState *state = document.find("v");
    const auto value = state == nullptr ? std::nullopt : Core::shownValue(*state, Core::FieldKind::Register);
    const auto *number = value ? value->as<std::int64_t>() : nullptr;
    return number == nullptr ? 0 : *number;
}

}  // namespace

Core::PolicySet worldPolicies(std::uint64_t version)
{
    const auto make = [version](const char *name, Core::ConflictRule rule, bool hasKinds) {
        Core::Policy policy;
        policy.collection = name;
        policy.version = version;
        policy.conflict = rule;
        if (hasKinds) {
            policy.fieldKinds = {{"n", Core::FieldKind::Counter}, {"tags", Core::FieldKind::Set}};
        }
        return policy;
    };
    Core::PolicySet set;
    set.insert(make("notes", Core::ConflictRule::Merge, true));
    set.insert(make("counts", Core::ConflictRule::Merge, true));
    set.insert(make("prefs", Core::ConflictRule::LastWriter, false));
    set.insert(make("manual", Core::ConflictRule::Manual, true));
    set.insert(make("custom", Core::ConflictRule::Custom, true));
    Core::Policy strong = make("strong", Core::ConflictRule::Merge, false);
    strong.consistency = Core::Consistency::Strong;
    set.insert(std::move(strong));
    constexpr std::array rules{Core::ConflictRule::Merge, Core::ConflictRule::Manual, Core::ConflictRule::LastWriter,
                               Core::ConflictRule::Custom};
    const Core::ConflictRule rule = rules[(version - 1) % rules.size()];
    set.insert(make("morph", rule, version % 2 == 1 && rule != Core::ConflictRule::LastWriter));
    set.setVersion(version);
    return set;
}

void World::writeSomething(Device &device, Rng &rng)
{
    const std::uint64_t count = rng.chance(15) ? 2 + rng.below(12) : 1;
    for (std::uint64_t i = 0; i < count; ++i) {
        const char *collection = pick(collections, rng);
        const QString key = QString::fromLatin1(pick(keys, rng));
        if (std::string_view(collection) == "strong") {
            writeStrongly(device, rng);
            continue;
        }
        const auto editor = [&](const Core::Document &seen, const Core::Policy &policy) {
            return randomEdit(seen, policy, collection, rng, m_ledger, device.user());
        };
        Live::LiveState &live = device.live();
        if (rng.chance(10)) {
            const auto request = [&] {
                return Live::WriteRequest{live.shelf(QString::fromLatin1(collection)), QString::fromLatin1(pick(keys, rng)), editor};
            };
            live.writeAll({request(), request(), request()}, [](const Core::Result<void> &) {});
        } else {
            live.write(*live.shelf(QString::fromLatin1(collection)), key, editor, Live::WhenOffline::Queue,
                       [](const Core::Result<void> &) {});
        }
    }
    device.live().flush();
}

void World::writeStrongly(Device &device, Rng &rng)
{
    const std::string key = pick(keys, rng);
    Operation operation;
    operation.invoked = m_ledger.tick();
    if (device.live().shelf(QStringLiteral("strong"))->policy.consistency != Core::Consistency::Strong) {
        return;  // The device has not met the server yet: it would be an ordinary write, which the server refuses.
    }
    const auto editor = [&](const Core::Document &seen, const Core::Policy & /*policy*/) -> Core::Result<Live::Edit> {
        operation.expected = shownNumber(seen);
        operation.value = m_ledger.freshValue(device.user());
        return Live::Edit{{Core::PutOp{"v", Core::Value(operation.value)}}, Core::Scope::Fields};
    };
    auto &history = m_ledger.histories()[device.user()][key];
    const std::size_t place = history.size();
    history.push_back(operation);
    const auto answered = [this, &history, &device, place](const Core::Result<void> &decided) {
        Operation &told = history[place];
        // A copy's write may expect one that was applied under its first name, and fail although that one is the last.
        const bool isRefused = !decided && decided.error().reason == Core::ErrorReason::ExpectationFailed && !device.mayAdopt;
        if (decided || isRefused) {
            told.outcome = decided ? Operation::Outcome::Ok : Operation::Outcome::Failed;
            told.returned = m_ledger.tick();
        }
    };
    Live::LiveState &live = device.live();
    live.write(*live.shelf(QStringLiteral("strong")), QString::fromStdString(key), editor, Live::WhenOffline::Queue, answered);
    history[place].expected = operation.expected;
    history[place].value = operation.value;
}

void World::syncAndRead(Device &device)
{
    const std::int64_t invoked = m_ledger.tick();
    device.requestSync([this, &device, invoked](const Core::Result<void> &reached) {
        m_trace.add(m_now, "in sync", {device.number(), reached ? 1 : 0});
        if (!reached) {
            return;
        }
        const Live::Shelf *shelf = device.live().shelf(QStringLiteral("strong"));
        for (const char *key : keys) {
            const Live::Entry *entry = shelf->find(QString::fromLatin1(key));
            Operation read;
            read.kind = Operation::Kind::Read;
            read.outcome = Operation::Outcome::Ok;
            read.invoked = invoked;
            read.returned = m_ledger.tick();
            read.value = entry == nullptr ? 0 : shownNumber(entry->base);
            m_ledger.histories()[device.user()][key].push_back(read);
        }
    });
}

void World::settleQuarantine(Device &device, Rng &rng)
{
    const auto &quarantine = device.live().quarantine();
    if (quarantine.empty()) {
        return;
    }
    const Sync::Quarantined item = quarantine[rng.below(quarantine.size())];
    if (rng.chance(50) || item.mutation.document.collection == "strong" || item.mutation.document.collection == "counts") {
        device.live().discardQuarantined(item.mutation.dot, [](const Core::Result<void> &) {});
    } else {
        device.live().retryQuarantined(item.mutation.dot, [](const Core::Result<void> &) {});
    }
}

void World::clone(const Device &device)
{
    constexpr std::size_t devicesMax = 6;
    if (m_devices.size() >= devicesMax || device.isRevoked || m_ledger.wasRestored) {
        return;
    }
    m_hasCopies = true;
    m_devices[static_cast<std::size_t>(device.number())]->mayAdopt = true;
    Device &copy = addDevice(device.user());
    copy.copyFrom(device);
    copy.open();
    // What both have pending in a strong collection is tried by both.
    for (const auto &[identity, promise] : copy.promises()) {
        const Write *write = m_ledger.find(identity);
        if (promise.document.collection != "strong" || write == nullptr || write->fate == Fate::Settled) {
            continue;
        }
        auto &history = m_ledger.histories()[device.user()][promise.document.key];
        const auto *put = std::get_if<Core::PutOp>(&write->mutation.ops.front());
        for (std::size_t i = 0; put != nullptr && i < history.size(); ++i) {
            if (history[i].kind == Operation::Kind::Swap && Core::Value(history[i].value) == put->value) {
                Operation again = history[i];
                again.outcome = Operation::Outcome::Unknown;
                again.returned = INT64_MAX;
                history.push_back(again);
                break;
            }
        }
    }
}

void World::performOnDevice(const Step &step, Device &device, Rng &rng)
{
    switch (step.kind) {
    case StepKind::Write:
        if (device.isOpen()) {
            writeSomething(device, rng);
        }
        break;
    case StepKind::Sync:
        if (device.isOpen()) {
            syncAndRead(device);
        }
        break;
    case StepKind::Quarantine:
        if (device.isOpen()) {
            settleQuarantine(device, rng);
        }
        break;
    case StepKind::Close:
        if (device.isOpen()) {
            device.close();
        }
        break;
    case StepKind::CrashDevice:
        if (device.isOpen() && rng.chance(60)) {
            device.disk().crashWithin(static_cast<int>(rng.below(12)), rng.next());
        } else if (device.isOpen()) {
            device.crash(rng.next());
        }
        if (!device.isOpen() && rng.chance(60)) {
            device.open();
        }
        break;
    case StepKind::Clone:
        clone(device);
        break;
    case StepKind::OperatorRead:
        operatorReads(device, rng);
        break;
    case StepKind::NewDevice:
        if (m_devices.size() < 6) {
            addDevice(device.user()).open();
        }
        break;
    default:
        disturb(step, device, rng);
        break;
    }
}

void World::disturb(const Step &step, Device &device, Rng &rng)
{
    switch (step.kind) {
    case StepKind::Pause:
        if (device.isOpen()) {
            device.setPaused(rng.chance(50));
        }
        break;
    case StepKind::Skew:
        device.clockSkew = rng.chance(40) ? Time(0) : Time(rng.between(-yearMax.count(), yearMax.count()));
        break;
    case StepKind::Cut:
        m_network.cut(device);
        break;
    case StepKind::HalfOpen:
        m_network.makeHalfOpen(device);
        break;
    case StepKind::Link:
        device.isOnline = rng.chance(50);
        if (!device.isOnline) {
            m_network.cut(device);
        } else if (device.isOpen() && rng.chance(50)) {
            device.probe();
        }
        break;
    case StepKind::DiskFault:
        if (rng.chance(25)) {
            device.disk().heal();
        } else {
            constexpr std::array faults{Testing::DiskFault::WriteFull, Testing::DiskFault::WriteIo, Testing::DiskFault::SyncIo,
                                        Testing::DiskFault::ReadIo};
            device.disk().fail(pick(faults, rng), static_cast<int>(rng.below(10)), rng.chance(30));
        }
        break;
    case StepKind::Revoke:
        if (m_machine.isRunning() && device.isOpen() && m_devices.size() > 1 && !device.mayAdopt && rng.chance(50)) {
            const std::uint64_t faults = m_machine.disk().faultCount();
            const Core::UserId user{"t", "user" + std::to_string(device.user())};
            const Wire::AuditRecord record = m_audit.begin("Devices/Revoke", user, device.live().device());
            const bool isDone = m_machine.revoke(user, device.live().device(), record);
            if (isDone) {
                m_audit.answered(record.requestId);
            }
            // A commit that failed may be found to have happened.
            const bool isUnknown = m_machine.disk().faultCount() != faults || m_machine.disk().isOff();
            device.isRevoked = device.isRevoked || isDone || isUnknown;
        }
        break;
    default:
        break;
    }
}

/// An operator looks at a user and, when that is shown, at the head of the audit log.
void World::operatorReads(const Device &device, Rng &rng)
{
    if (!m_machine.isRunning()) {
        return;
    }
    const Wire::AuditRecord record = m_audit.begin("Users/Get", Core::UserId{"t", "user" + std::to_string(device.user())});
    const bool isHeadWanted = rng.chance(70);
    m_machine.recordRead(record, [this, id = record.requestId, isHeadWanted] {
        m_audit.answered(id);
        const auto head = isHeadWanted ? auditHead(m_machine.store()) : std::nullopt;
        m_trace.add(m_now, "operator read", {head ? static_cast<std::int64_t>(head->size) : -1});
        if (head && !m_machine.disk().isOff()) {
            m_audit.handedOut(*head);
        }
    });
}

/// As an operator does it: another epoch before anybody connects.
void World::restoreServer(Rng &rng)
{
    // A copied device *and* a restored server are two failures at once, which decision 0009 leaves out.
    if (!m_backup || m_hasCopies) {
        return;
    }
    if (m_machine.isRunning() && rng.chance(50)) {
        m_machine.stop();
    } else if (m_machine.isRunning()) {
        m_machine.crash(rng.next());
    }
    m_machine.restore(*m_backup);
    m_ledger.wasRestored = true;
    m_audit.restored();
    for (const auto &device : m_devices) {
        device->mayAdopt = true;
    }
    m_machine.start();
}

void World::compactLog(Rng &rng)
{
    if (!m_machine.isRunning()) {
        return;
    }
    Server::CompactRequest request;
    request.user = Core::UserId{"t", "user" + std::to_string(rng.below(static_cast<std::uint64_t>(m_script.users)))};
    const auto serverNow = worldEpoch + m_now + m_machine.clockSkew;
    request.keepSince = rng.chance(70) ? serverNow + std::chrono::hours(1) : serverNow - std::chrono::minutes(rng.below(60));
    // Devices that have been away for long are not waited for, and may come back all the same.
    request.deviceSince = rng.chance(50) ? std::chrono::milliseconds(0) : serverNow - std::chrono::minutes(rng.below(60));
    request.eventsMax = 1 + rng.below(30);
    m_machine.compact(std::move(request));
}

void World::performOnServer(const Step &step, Rng &rng)
{
    switch (step.kind) {
    case StepKind::CrashServer:
        if (m_machine.isRunning() && rng.chance(60)) {
            m_machine.disk().crashWithin(static_cast<int>(rng.below(15)), rng.next());
        } else if (m_machine.isRunning()) {
            m_machine.crash(rng.next());
        }
        if (!m_machine.isRunning() && rng.chance(60)) {
            m_machine.start();
        }
        break;
    case StepKind::StopServer:
        if (m_machine.isRunning()) {
            m_machine.stop();
        }
        break;
    case StepKind::ServerFault:
        if (rng.chance(25)) {
            m_machine.disk().heal();
        } else {
            constexpr std::array faults{Testing::DiskFault::WriteFull, Testing::DiskFault::WriteIo, Testing::DiskFault::SyncIo,
                                        Testing::DiskFault::ReadIo};
            m_machine.disk().fail(pick(faults, rng), static_cast<int>(rng.below(20)), rng.chance(30));
        }
        break;
    case StepKind::ServerSkew:
        m_machine.clockSkew = Time(rng.between(-3'600'000, 3'600'000));
        break;
    case StepKind::RotateKey:
        if (m_machine.isRunning()) {
            m_machine.stop();
        }
        m_machine.rotateKey();
        m_machine.start();
        break;
    case StepKind::PolicyChange:
        if (m_machine.isRunning()) {
            m_machine.stop();
        }
        m_machine.setPolicies(worldPolicies(++m_policyVersion));
        m_machine.start();
        break;
    case StepKind::Backup:
        m_backup = m_machine.disk().image();
        break;
    case StepKind::Restore:
        restoreServer(rng);
        break;
    case StepKind::Compact:
        compactLog(rng);
        break;
    default:
        break;
    }
}

}  // namespace Satchel::WorldCheck
