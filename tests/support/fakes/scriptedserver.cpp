// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "scriptedserver.h"

#include "fixedids.h"

#include <algorithm>
#include <utility>

namespace Satchel::Testing {

using Test::deviceOf;

namespace {

/// The server's clock when a test begins.
constexpr std::chrono::milliseconds epochTime{1'800'000'000'000};

}  // namespace

ScriptedServer::ScriptedServer(Sync::CarrierChoice choice, unsigned seed)
    : store(deviceOf(1))
    , engine({true, choice, {}, {}, [this] { return m_random(); }, [this] { return now; }, false, true}, store)
    , m_random(seed)
{
}

Core::DeviceId ScriptedServer::other() const
{
    return deviceOf(200);
}

void ScriptedServer::run(Time duration)
{
    const Time until = now + duration;
    perform();
    deliver();
    while (true) {
        const auto next = engine.deadline();
        if (!next || *next > until) {
            break;
        }
        now = std::max(now, *next);
        engine.tick(now);
        perform();
        deliver();
    }
    now = until;
}

void ScriptedServer::perform()
{
    for (auto actions = engine.takeActions(); !actions.empty(); actions = engine.takeActions()) {
        for (auto &action : actions) {
            if (std::holds_alternative<Sync::SyncEngine::RequestToken>(action)) {
                tokenCount += 1;
                if (isTokenAnswered) {
                    engine.tokenAnswered(token(), now);
                }
            } else if (const auto *start = std::get_if<Sync::SyncEngine::Connect>(&action)) {
                connect(*start);
            } else if (const auto *send = std::get_if<Sync::SyncEngine::Send>(&action)) {
                if (m_isConnected && send->connection == m_connection) {
                    receive(send->frame);
                }
            } else if (const auto *close = std::get_if<Sync::SyncEngine::Close>(&action)) {
                m_isConnected = m_isConnected && close->connection != m_connection;
            } else if (std::holds_alternative<Sync::SyncEngine::AdoptIdentity>(action)) {
                adoptCount += 1;
                store.adopt(deviceOf(static_cast<std::uint8_t>(1 + adoptCount)));
                acceptedThrough = 0;
                engine.identityAdopted({}, now);
            } else if (const auto *done = std::get_if<Sync::SyncEngine::SyncReached>(&action)) {
                reached.push_back(done->ticket);
            }
        }
    }
}

void ScriptedServer::connect(const Sync::SyncEngine::Connect &action)
{
    connectCount += 1;
    carriers.push_back(action.carrier);
    connectTimes.push_back(now);
    m_connection = action.connection;
    m_answers.clear();
    m_isWelcomed = false;
    if (network == Network::Down) {
        engine.transportFailed(m_connection, Core::unavailable(Core::ErrorReason::NetworkUnreachable, "down"), now);
        return;
    }
    if (!isTokenGood(action.token)) {
        engine.transportFailed(m_connection, Core::makeError(Core::ErrorCode::Unauthenticated, Core::ErrorReason::TokenExpired, "no"), now);
        return;
    }
    if (network == Network::NoUpgrades && action.carrier == Sync::Carrier::WebSocket) {
        engine.transportFailed(m_connection, Core::unavailable(Core::ErrorReason::NotSatchelServer, "what is an upgrade?"), now);
        return;
    }
    m_isConnected = true;
    engine.transportOpened(m_connection, now);
}

bool ScriptedServer::isCutNow()
{
    if (!cutAfterFrames) {
        return false;
    }
    if (*cutAfterFrames > 0) {
        *cutAfterFrames -= 1;
        return false;
    }
    cutAfterFrames.reset();
    cut();
    return true;
}

void ScriptedServer::cut(Core::ErrorReason reason)
{
    if (m_isConnected) {
        m_isConnected = false;
        m_answers.clear();
        engine.transportFailed(m_connection, Core::unavailable(reason, "cut"), now);
    }
}

void ScriptedServer::say(Wire::ServerFrame frame)
{
    if (m_isConnected) {
        engine.transportFrame(m_connection, frame, now);
        perform();
        deliver();
    }
}

std::vector<Wire::ServerFrame> ScriptedServer::takeHeld()
{
    std::vector<Wire::ServerFrame> frames(m_answers.begin(), m_answers.end());
    m_answers.clear();
    return frames;
}

void ScriptedServer::writeElsewhere(const std::string &key, const std::string &field, Core::Value value)
{
    Core::Mutation mutation;
    mutation.dot = {other(), ++m_otherCounter};
    mutation.stamp = Core::Hlc::fromParts(2'000'000 + m_otherCounter, 0);
    mutation.document = {"notes", key};
    mutation.context = m_state[mutation.document].context;
    mutation.ops = {Core::PutOp{field, std::move(value)}};
    Core::apply(m_state[mutation.document], mutation, {});
    log.push_back(std::move(mutation));
    sendChanges();
    deliver();
}

void ScriptedServer::fill(int count)
{
    for (int i = 0; i < count; ++i) {
        store.write("n" + std::to_string(i % 7), "f" + std::to_string(i % 3), i);
    }
    engine.appended(now);
}

bool ScriptedServer::isLogWhole(std::size_t count) const
{
    std::uint64_t last = 0;
    std::size_t own = 0;
    for (const Core::Mutation &mutation : log) {
        if (mutation.dot.device == deviceOf(1)) {
            own += 1;
            if (mutation.dot.counter != ++last) {
                return false;
            }
        }
    }
    return own == count && store.pending.empty();
}

void ScriptedServer::answer(Wire::ServerFrame frame)
{
    m_answers.push_back(std::move(frame));
}

void ScriptedServer::deliver()
{
    while (m_isConnected && !isHeld && !m_answers.empty()) {
        std::vector<Wire::ServerFrame> frames(m_answers.begin(), m_answers.end());
        m_answers.clear();
        if (fault == Fault::Reversed) {
            std::ranges::reverse(frames);
        }
        for (const Wire::ServerFrame &frame : frames) {
            for (int copy = fault == Fault::Twice ? 2 : 1; copy > 0 && m_isConnected && !isCutNow(); --copy) {
                framesSent += 1;
                engine.transportFrame(m_connection, frame, now);
            }
        }
        perform();
    }
    perform();
}

void ScriptedServer::sendChanges()
{
    if (!m_isConnected || !m_isWelcomed) {
        return;
    }
    while (m_announced < log.size()) {
        const Core::Mutation &mutation = log[m_announced];
        Wire::Changes changes;
        changes.from = m_announced;
        changes.to = m_announced + 1;
        changes.hasMore = changes.to < log.size();
        changes.documents.push_back({mutation.document, changes.to, m_state[mutation.document]});
        m_announced = changes.to;
        answer(std::move(changes));
    }
}

std::chrono::seconds ScriptedServer::expiry() const
{
    return tokenLifetime.count() == 0 ? tokenLifetime : std::chrono::duration_cast<std::chrono::seconds>(epochTime + now) + tokenLifetime;
}

Wire::Pushed ScriptedServer::take(const Wire::Push &push)
{
    std::vector<std::uint64_t> counters;
    Wire::Pushed pushed;
    pushed.pushId = push.pushId;
    for (const Core::Mutation &mutation : push.mutations) {
        counters.push_back(mutation.dot.counter);
        if (mutation.dot.counter == acceptedThrough + 1) {
            acceptedThrough += 1;
            Core::apply(m_state[mutation.document], mutation, {});
            log.push_back(mutation);
        }
    }
    pushes.push_back(std::move(counters));
    pushed.acceptedThrough = acceptedThrough;
    return pushed;
}

void ScriptedServer::receive(const Wire::ClientFrame &frame)
{
    if (isCutNow()) {
        return;
    }
    if (const auto *hello = std::get_if<Wire::Hello>(&frame)) {
        if (auto scripted = onHello ? onHello(*hello) : std::nullopt) {
            answer(std::move(*scripted));
            return;
        }
        const bool isResumed = hello->cursor.epoch == epoch;
        Wire::Welcome welcome;
        welcome.epoch = epoch;
        welcome.sessionId = "s";
        welcome.lease = "lease";
        welcome.head = log.size();
        welcome.serverTime = epochTime + now;
        welcome.tokenExpiresAt = expiry();
        welcome.acceptedThrough = acceptedThrough;
        welcome.resume = isResumed ? Wire::Resume::Incremental : Wire::Resume::Snapshot;
        m_announced = isResumed ? hello->cursor.seq : 0;
        m_isWelcomed = true;
        answer(std::move(welcome));
        sendChanges();
    } else if (const auto *push = std::get_if<Wire::Push>(&frame)) {
        if (auto scripted = onPush ? onPush(*push) : std::nullopt) {
            answer(std::move(*scripted));
            return;
        }
        Wire::Pushed pushed = take(*push);
        if (isPushAnswered) {
            answer(std::move(pushed));
        }
        sendChanges();
    } else if (const auto *ack = std::get_if<Wire::Ack>(&frame)) {
        ackedSeqs.push_back(ack->cursor.seq);
    } else if (const auto *probe = std::get_if<Wire::Probe>(&frame)) {
        answer(Wire::Probed{probe->probeId});
    } else if (const auto *reauth = std::get_if<Wire::Reauth>(&frame)) {
        reauthTokens.push_back(reauth->token);
        auto scripted = onReauth ? onReauth(*reauth) : std::nullopt;
        answer(scripted ? std::move(*scripted) : Wire::Reauthed{expiry()});
    } else if (const auto *recover = std::get_if<Wire::Recover>(&frame)) {
        if (auto scripted = onRecover ? onRecover(*recover) : std::nullopt) {
            answer(std::move(*scripted));
        }
    }
}

}  // namespace Satchel::Testing
