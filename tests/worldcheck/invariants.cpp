// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "invariants.h"

#include "core/canonical.h"
#include "core/collapse.h"
#include "core/merge.h"
#include "core/view.h"
#include "property/model.h"

#include <algorithm>

namespace Satchel::WorldCheck {

namespace {

std::string nameOf(const Core::DocumentId &id)
{
    return id.collection + "/" + id.key;
}

std::string nameOf(const Core::Dot &dot)
{
    return dot.device.toHex().substr(0, 8) + ":" + std::to_string(dot.counter);
}

std::string describe(const Core::Document &document)
{
    std::string text = "[";
    for (const auto &entry : document.context.entries()) {
        text += nameOf(Core::Dot{entry.device, entry.counter}) + " ";
    }
    if (document.lastWrite) {
        text += "last " + nameOf(document.lastWrite->dot) + "@" + std::to_string(document.lastWrite->stamp.packed);
    }
    for (const Core::Document::Field &field : document.fields) {
        text += "; " + field.name;
        for (const Core::Sibling &sibling : field.state.siblings) {
            const auto *number = sibling.value ? sibling.value->as<std::int64_t>() : nullptr;
            text +=
                " " + nameOf(sibling.dot) + "@" + std::to_string(sibling.stamp.packed) + "=" + (number ? std::to_string(*number) : "none");
        }
        for (const Core::CounterEntry &entry : field.state.counter) {
            text += " " + nameOf(Core::Dot{entry.device, entry.counter}) + "+" + std::to_string(entry.sum) + "-" +
                    std::to_string(entry.removedSum);
        }
        for (const Core::SetElement &element : field.state.elements) {
            text += " {";
            for (const Core::Dot &dot : element.dots) {
                text += nameOf(dot) + " ";
            }
            text += "}";
        }
    }
    return text + "]";
}

}  // namespace

bool Invariants::isConstant(const std::string &collection) const
{
    return collection != "morph" || m_world.m_policyVersion == 1;
}

void Invariants::checkHealed()
{
    for (int user = 0; user < m_world.m_script.users; ++user) {
        checkUser(user);
    }
    m_world.m_audit.check(m_world.m_machine.store());
    checkBounds();
}

void Invariants::checkUser(int user)
{
    const ServerLog log = m_world.m_machine.log(Core::UserId{"t", "user" + std::to_string(user)});
    checkLog(user, log);
    checkPromises(user, log);
    checkConvergence(user, log);
    checkCounters(user, log);
    if (!m_world.m_ledger.wasRestored) {
        checkFold(log);
        checkModel(log);
        checkOverwritten(log);
        checkStrong(user);
    }
}

/// I4, I6: every write once, no gap, stamps in each device's order, and nothing that nobody wrote.
void Invariants::checkLog(int user, const ServerLog &log)
{
    std::set<Identity> seen;
    std::map<Core::DeviceId, std::pair<std::uint64_t, Core::Hlc>> last;
    std::uint64_t seq = 0;
    for (const ServerLog::Event &event : log.events) {
        // What devices bring back to a restored server takes places in the log without being events.
        require(m_world.m_ledger.wasRestored ? event.seq > seq : event.seq == seq + 1, "I6",
                "the log has a gap before " + std::to_string(event.seq));
        seq = event.seq;
        require(seen.insert(event.identity()).second, "I4", "a write is in the log twice: " + nameOf(event.mutation.dot));
        const Write *write = m_world.m_ledger.find(event.identity());
        require(write != nullptr && write->user == user, "I5/I9", "a write in the log that its user did not make");
        require(write->mutation.document == event.mutation.document, "I5", "a write in the log is of another document");
        auto &[counter, stamp] = last[event.mutation.dot.device];
        require(event.mutation.dot.counter > counter, "I6", "a device's writes are not in its order");
        require(stamp < event.written, "I6",
                "a device's stamps do not rise at " + nameOf(event.mutation.dot) + ", seq " + std::to_string(event.seq) + ": " +
                    std::to_string(stamp.packed) + " then " + std::to_string(event.written.packed) +
                    (event.mutation.origin ? ", made as " + nameOf(event.mutation.origin->dot) : ""));
        counter = event.mutation.dot.counter;
        stamp = event.written;
    }
    require(m_world.m_ledger.wasRestored ? log.head >= seq : log.head == seq, "I6", "the head is not the last event");
}

/// I1, I2: what was acknowledged is in the log, refused, or (of a restored server) covered by the document's context.
void Invariants::checkPromises(int user, const ServerLog &log)
{
    std::set<Identity> inLog;
    for (const ServerLog::Event &event : log.events) {
        inLog.insert(event.identity());
    }
    const auto isThere = [&](const Identity &identity, const Core::DocumentId &id, const Core::Dot &dot) {
        const auto document = log.documents.find(id);
        const bool isCovered = m_world.m_ledger.wasRestored && document != log.documents.end() && document->second.context.covers(dot);
        return inLog.contains(identity) || isCovered;
    };
    for (const auto &[identity, write] : m_world.m_ledger.writes()) {
        // What only a revoked device held cannot be brought back by it.
        const bool isOut = m_world.m_ledger.wasRestored && m_world.m_devices[static_cast<std::size_t>(write.device)]->isRevoked;
        require(isOut || write.user != user || write.fate != Fate::Settled ||
                    isThere(identity, write.mutation.document, write.mutation.dot),
                "I2", "the server has lost a write that it acknowledged: " + nameOf(write.mutation.document) + " " + nameOf(identity.dot));
    }
    for (const auto &device : m_world.m_devices) {
        if (device->user() != user || device->isRevoked) {
            continue;
        }
        for (const auto &[identity, promise] : device->promises()) {
            require(isThere(identity, promise.document, promise.dot), "I1",
                    "a durable write of device " + std::to_string(device->number()) +
                        " has not reached the server: " + nameOf(promise.document) + " " + nameOf(promise.dot));
        }
    }
}

/// I3: everyone holds the same bytes.
void Invariants::checkConvergence(int user, const ServerLog &log)
{
    for (const auto &[id, document] : log.documents) {
        checkValues(user, "server", id, document);
    }
    for (const auto &device : m_world.m_devices) {
        if (device->user() != user || device->isRevoked) {
            continue;
        }
        const std::string who = "device " + std::to_string(device->number());
        auto content = device->store().loadAll();
        require(content.has_value(), "I3", who + " cannot be read: " + (content ? std::string() : Core::describe(content.error())));
        require(content->policies == m_world.m_machine.policies(), "I3", who + " has other policies than the server");
        std::size_t count = 0;
        for (const auto &[id, base] : content->documents) {
            checkValues(user, who, id, base);
            const auto found = log.documents.find(id);
            require(found != log.documents.end(), "I3", who + " has a document that the server has not: " + nameOf(id));
            // What an earlier rule has left in a document goes from the server's row with its next write.
            Core::Document expected = found->second;
            if (!isConstant(id.collection)) {
                Core::collapse(expected, content->policies.of(id.collection));
            }
            require(Core::canonicalBytes(base) == Core::canonicalBytes(expected), "I3",
                    who + " and the server have different states of " + nameOf(id) + "\n#   " + describe(base) + "\n#   " +
                        describe(expected));
            const Live::Entry *entry = device->live().shelf(QString::fromStdString(id.collection))->find(QString::fromStdString(id.key));
            require(entry != nullptr && entry->view() == base, "I3", who + " shows something else than it keeps of " + nameOf(id));
            ++count;
        }
        require(count == log.documents.size(), "I3", who + " lacks documents that the server has");
    }
}

/// I3: the server's documents are what its file holds of the log, applied: snapshots first.
void Invariants::checkFold(const ServerLog &log)
{
    std::map<Core::DocumentId, Core::Document> folded = log.snapshots;
    for (std::size_t i = log.firstKept; i < log.events.size(); ++i) {
        const Core::Mutation &mutation = log.events[i].mutation;
        Core::apply(folded[mutation.document], mutation, m_world.m_machine.policies().of(mutation.document.collection));
    }
    for (const auto &[id, document] : log.documents) {
        if (isConstant(id.collection)) {
            require(Core::canonicalBytes(folded[id]) == Core::canonicalBytes(document), "I3",
                    "the server's state is not its log: " + nameOf(id));
        }
    }
}

/// I3, I5: and they are what the naive model makes of the log, which shares no code with the merge.
void Invariants::checkModel(const ServerLog &log)
{
    constexpr std::size_t writesMax = 31;
    std::map<Core::DocumentId, Core::Testing::History> histories;
    for (const ServerLog::Event &event : log.events) {
        Core::Testing::History &history = histories[event.mutation.document];
        Core::Testing::WriteSet past = 0;
        for (std::size_t i = 0; i < history.writes.size() && i < writesMax; ++i) {
            past |= event.mutation.context.covers(history.writes[i].mutation.dot) ? Core::Testing::WriteSet{1} << i : 0;
        }
        history.policy = m_world.m_machine.policies().of(event.mutation.document.collection);
        history.writes.push_back({event.mutation, past});
    }
    for (const auto &[id, history] : histories) {
        if (history.writes.size() > writesMax || !isConstant(id.collection)) {
            continue;
        }
        const auto found = log.documents.find(id);
        const Core::Document expected = Core::Testing::modelState(history, history.all());
        require(found != log.documents.end() && found->second == expected, "I3/I5",
                "the server's state is not what its log means: " + nameOf(id) + "\n#   " + describe(found->second) + "\n#   " +
                    describe(expected));
    }
}

/// Counters against the increments that were acknowledged.
void Invariants::checkCounters(int user, const ServerLog &log)
{
    const bool isAnyOut = std::ranges::any_of(m_world.m_devices, [](const auto &device) { return device->isRevoked; });
    if (m_world.m_ledger.wasRestored && isAnyOut) {
        return;  // whether somebody else held what a revoked device wrote cannot be told from its increments
    }
    std::set<Identity> inLog;
    for (const ServerLog::Event &event : log.events) {
        inLog.insert(event.identity());
    }
    std::map<std::string, std::uint64_t> sums;
    for (const auto &[identity, write] : m_world.m_ledger.writes()) {
        const bool counts = write.fate == Fate::Settled || inLog.contains(identity);
        if (write.user == user && counts && write.mutation.document.collection == "counts") {
            const auto *increment = std::get_if<Core::IncrementOp>(&write.mutation.ops.front());
            sums[write.mutation.document.key] += increment == nullptr ? 0 : static_cast<std::uint64_t>(increment->delta);
        }
    }
    for (const auto &[key, sum] : sums) {
        const auto found = log.documents.find(Core::DocumentId{"counts", key});
        const Core::FieldState *state = found == log.documents.end() ? nullptr : found->second.find("n");
        const auto shown = state == nullptr ? std::nullopt : Core::shownValue(*state, Core::FieldKind::Counter);
        require(shown && *shown == Core::Value(static_cast<std::int64_t>(sum)), "counters",
                "counts/" + key + " is not the sum of the increments that were acknowledged");
    }
}

/// I5, I9: every value was written by the user who sees it.
void Invariants::checkValues(int user, const std::string &where, const Core::DocumentId &id, const Core::Document &document)
{
    for (const Core::Document::Field &field : document.fields) {
        for (const Core::Sibling &sibling : field.state.siblings) {
            const auto *number = sibling.value ? sibling.value->as<std::int64_t>() : nullptr;
            if (number != nullptr) {
                require(m_world.m_ledger.userOfValue(*number) == user, "I5/I9",
                        where + " has a value that its user did not write: " + nameOf(id));
            }
        }
    }
}

/// I5: a value that lost is named as overwritten, unless a later writer had seen it.
void Invariants::checkOverwritten(const ServerLog &log)
{
    for (const ServerLog::Event &event : log.events) {
        const Core::DocumentId &id = event.mutation.document;
        const Core::Policy &policy = m_world.m_machine.policies().of(id.collection);
        if (!isConstant(id.collection)) {
            continue;
        }
        for (const Core::Op &op : event.mutation.ops) {
            const std::string &field = Core::fieldOf(op);
            if (!std::holds_alternative<Core::PutOp>(op) || log.overwritten.contains({id, field, event.mutation.dot})) {
                continue;
            }
            const Core::FieldState *state = log.documents.at(id).find(field);
            const bool isShown =
                state != nullptr && std::any_of(state->siblings.begin(), state->siblings.end(),
                                                [&](const Core::Sibling &sibling) { return sibling.dot == event.mutation.dot; });
            const bool isReplaced = std::any_of(log.events.begin(), log.events.end(), [&](const ServerLog::Event &later) {
                const auto &ops = later.mutation.ops;
                const bool touches =
                    policy.conflict == Core::ConflictRule::LastWriter ||
                    std::any_of(ops.begin(), ops.end(), [&](const Core::Op &other) { return Core::fieldOf(other) == field; });
                return later.mutation.document == id && touches && later.mutation.context.covers(event.mutation.dot);
            });
            require(isShown || isReplaced, "I5", "a value has gone without a word: " + nameOf(id) + "." + field);
        }
    }
}

/// I8
void Invariants::checkStrong(int user)
{
    const auto known = m_world.m_ledger.histories().find(user);
    if (known == m_world.m_ledger.histories().end()) {
        return;
    }
    for (const auto &[key, operations] : known->second) {
        require(checkRegister(operations) != Verdict::NotLinearizable, "I8",
                "strong/" + key + " is not linearizable:" + describe(operations));
    }
}

/// I11
void Invariants::checkBounds()
{
    constexpr std::size_t queuedMax = 200;
    constexpr std::uint64_t connectsMax = 2'000;
    require(m_world.m_network.queuedMax() <= queuedMax, "I11", "a connection has queued too many frames");
    for (const auto &device : m_world.m_devices) {
        require(device->connects() <= connectsMax, "I11", "a device has connected too often");
    }
}

}  // namespace Satchel::WorldCheck
