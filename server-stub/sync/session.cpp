// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "session.h"

#include "core/sabotage.h"

#include <algorithm>

namespace Satchel::Server {

using Core::ErrorCode;
using Core::ErrorReason;
using Core::Retry;

namespace {

constexpr std::chrono::milliseconds shutdownRetryAfter{1000};
constexpr std::chrono::milliseconds readOnlyRetryAfter{30'000};
constexpr std::size_t recoversInFlightMax = 4;

}  // namespace

Session::Session(Identity identity, SessionSettings settings, SessionStart start)
    : m_identity(std::move(identity))
    , m_settings(settings)
    , m_start(std::move(start))
{
}

void Session::onFrame(Wire::ClientFrame frame, std::chrono::milliseconds now)
{
    if (m_state == State::Ended) {
        return;
    }
    if (!std::holds_alternative<Wire::Reauth>(frame)) {
        onTime(now);
        if (m_state == State::Ended) {
            return;
        }
    }
    std::visit([this](auto &&kind) { handle(std::forward<decltype(kind)>(kind)); }, std::move(frame));
    pump();
}

void Session::unexpected(std::string_view what)
{
    fail(Core::makeError(ErrorCode::FailedPrecondition, ErrorReason::UnexpectedFrame, std::string(what), Retry::Later));
}

void Session::handle(Wire::Hello hello)
{
    if (m_state != State::AwaitingHello) {
        unexpected("Hello comes once, first");
        return;
    }
    if (hello.versionMin > Wire::protocolVersion || hello.versionMax < Wire::protocolVersion) {
        fail(Core::makeError(ErrorCode::FailedPrecondition, ErrorReason::ProtocolVersion,
                             "the server speaks protocol version 1, the device " + std::to_string(hello.versionMin) + " to " +
                                 std::to_string(hello.versionMax),
                             Retry::AfterChange));
        return;
    }
    m_hello = std::move(hello);
    m_state = State::Opening;
    if (m_start.isReadOnly) {
        // Before the Welcome, upon which the device would push.
        onReadOnly();
    }
    m_actions.emplace_back(StoreHello{m_hello});
}

void Session::handle(Wire::Push push)
{
    if (m_state == State::Draining) {
        return;
    }
    if (m_state != State::Open) {
        unexpected("Push before Welcome");
        return;
    }
    if (m_pushesInFlight >= m_settings.pushesInFlightMax) {
        fail(Core::makeError(ErrorCode::ResourceExhausted, ErrorReason::LimitExceeded, "too many pushes without an answer", Retry::Later));
        return;
    }
    ++m_pushesInFlight;
    m_actions.emplace_back(StorePush{std::move(push)});
}

void Session::handle(const Wire::Ack &ack)
{
    if (m_state != State::Open && m_state != State::Draining) {
        unexpected("Ack before Welcome");
        return;
    }
    if (ack.cursor.epoch != m_start.epoch || ack.cursor.seq > m_head) {
        fail(Core::invalidArgument(ErrorReason::MalformedInput, "an Ack beyond the log, or of another epoch"));
        return;
    }
    while (!m_unacknowledged.empty() && m_unacknowledged.front() <= ack.cursor.seq) {
        m_unacknowledged.pop_front();
    }
    saveSeen(std::min(ack.cursor.seq, m_position));
}

/// A device that has acknowledged all it was sent has seen everything up to the session's position: the rest is its own writes.
void Session::saveSeen(std::uint64_t seq)
{
    const std::uint64_t seen = m_unacknowledged.empty() ? m_position : seq;
    if (seen > m_savedCursor) {
        m_savedCursor = seen;
        m_actions.emplace_back(SaveCursor{seen});
    }
}

void Session::handle(Wire::Reauth reauth)
{
    if (m_state != State::Open || m_isVerifying) {
        unexpected("Reauth before Welcome or twice at once");
        return;
    }
    m_isVerifying = true;
    m_actions.emplace_back(VerifyToken{std::move(reauth.token)});
}

void Session::handle(Wire::Recover recover)
{
    if (m_state == State::Draining) {
        return;
    }
    if (m_state != State::Open || m_recoversInFlight >= recoversInFlightMax) {
        unexpected("a Recover before Welcome, or too many of them");
        return;
    }
    ++m_recoversInFlight;
    m_actions.emplace_back(StoreRecover{std::move(recover), m_hello.lastCounter});
}

void Session::handle(const Wire::Probe &probe)
{
    if (m_state != State::Open || m_probeCount >= Wire::probesInFlightMax) {
        unexpected("a probe before Welcome, or too many of them");
        return;
    }
    ++m_probeCount;
    m_lastProbe = std::max(m_lastProbe, probe.probeId);
    // A reading that has begun may not see what was written since.
    m_mustRead = true;
    pump();
}

void Session::onHello(HelloAnswer answer, std::chrono::milliseconds now)
{
    if (m_state != State::Opening) {
        return;
    }
    if (!answer) {
        fail(std::move(answer.error()));
        return;
    }
    welcome(*answer, now);
    pump();
}

void Session::welcome(const HelloOutcome &outcome, std::chrono::milliseconds now)
{
    m_state = State::Open;
    m_head = outcome.head;
    m_position = outcome.from;
    m_announced = outcome.from;
    m_catchUpHead = outcome.head;
    m_savedCursor = outcome.from;
    m_isSnapshot = outcome.resume == Wire::Resume::Snapshot || m_hello.isInSnapshot;
    m_mustSayEnd = outcome.from < outcome.head;
    m_includeOwnThrough = m_isSnapshot ? outcome.head : 0;
    m_mustRead = true;
    Wire::Welcome frame;
    frame.sessionId = m_start.sessionId;
    frame.epoch = m_start.epoch;
    frame.serverTime = now;
    frame.head = outcome.head;
    frame.lease = outcome.lease;
    if (m_start.policies->version() != m_hello.policyVersion) {
        frame.policies = *m_start.policies;
    }
    frame.limits = m_settings.limits;
    frame.resume = outcome.resume;
    frame.snapshotReason = outcome.reason;
    frame.acceptedThrough = outcome.acceptedThrough;
    frame.isTestServer = m_settings.isTestServer;
    frame.tokenExpiresAt = m_identity.expiresAt;
    send(std::move(frame));
    m_actions.emplace_back(Subscribe{m_hello.device.id});
}

void Session::onPushed(PushAnswer answer)
{
    if (m_state == State::Ended) {
        return;
    }
    --m_pushesInFlight;
    if (!answer) {
        fail(std::move(answer.error()));
        return;
    }
    m_head = std::max(m_head, answer->lastSeq);
    if (m_isSnapshot) {
        // The device drops what the snapshot did not name; what it wrote meanwhile has moved behind the head and must be named there.
        m_includeOwnThrough = std::max(m_includeOwnThrough, answer->lastSeq);
    } else if (answer->lastSeq != 0 && (answer->headBefore == m_position || Core::isSabotaged(Core::Sabotage::MoveCursorTwice))) {
        m_position = answer->lastSeq;
    }
    m_settledThrough = std::max(m_settledThrough, answer->pushed.acceptedThrough);
    send(std::move(answer->pushed));
    if (m_state == State::Draining && m_pushesInFlight == 0) {
        m_state = State::Ended;
        m_actions.emplace_back(End{});
        return;
    }
    pump();
}

void Session::onRecovered(RecoverAnswer answer)
{
    --m_recoversInFlight;
    if (m_state != State::Open) {
        return;
    }
    if (!answer) {
        fail(std::move(answer.error()));
        return;
    }
    m_head = std::max(m_head, answer->lastSeq);
    send(std::move(answer->recovered));
    pump();
}

void Session::onDeltas(Core::Result<DeltaPage> page)
{
    m_isReading = false;
    if (m_state != State::Open) {
        return;
    }
    if (!page) {
        fail(std::move(page.error()));
        return;
    }
    m_head = std::max(m_head, page->head);
    if (page->to >= page->head) {
        m_completeThrough = page->to;
    }
    m_position = std::max(m_position, page->to);
    if (page->to >= page->head) {
        // All that the log held has been sent, each document whole; what changes from here on, the device has.
        m_isSnapshot = false;
    }
    if (!page->documents.empty()) {
        sendChanges(page->to, std::move(page->documents), page->to < m_head);
    }
    pump();
}

void Session::onToken(Core::Result<Identity> identity)
{
    m_isVerifying = false;
    if (m_state != State::Open) {
        return;
    }
    if (!identity) {
        fail(std::move(identity.error()));
        return;
    }
    if (!identity->hasRole(roleUser)) {
        fail(roleMissingError());
        return;
    }
    if (identity->user != m_identity.user) {
        fail(Core::makeError(ErrorCode::Unauthenticated, ErrorReason::TokenInvalid, "the fresh token is another user's",
                             Retry::AfterSignIn));
        return;
    }
    m_identity = std::move(*identity);
    send(Wire::Reauthed{m_identity.expiresAt});
    pump();
}

void Session::onGrown(std::uint64_t head, std::chrono::milliseconds now)
{
    if (m_state != State::Open) {
        return;
    }
    onTime(now);
    if (m_state != State::Open) {
        return;
    }
    m_head = std::max(m_head, head);
    pump();
}

void Session::onTime(std::chrono::milliseconds now)
{
    if (isExpired(now)) {
        fail(Core::makeError(ErrorCode::Unauthenticated, ErrorReason::TokenExpired, "the session's token has expired", Retry::AfterSignIn));
    }
}

void Session::onEnded(ShutdownReason reason)
{
    const bool isFinal = reason == ShutdownReason::Revoked || reason == ShutdownReason::Wiped;
    if (m_state == State::Ended || (m_state == State::Draining && !isFinal)) {
        return;
    }
    if (isFinal) {
        // What is on its way of it is not waited for.
        send(Wire::Notice{reason == ShutdownReason::Revoked ? Wire::NoticeKind::Revoked : Wire::NoticeKind::Wipe, {}, std::nullopt});
        m_state = State::Ended;
        m_actions.emplace_back(End{});
        return;
    }
    const bool isSuperseded = reason == ShutdownReason::Superseded;
    send(Wire::Notice{isSuperseded ? Wire::NoticeKind::Superseded : Wire::NoticeKind::ShuttingDown,
                      isSuperseded ? std::chrono::milliseconds(0) : comeBackAfter(), std::nullopt});
    if (m_pushesInFlight > 0) {
        m_state = State::Draining;
        return;
    }
    m_state = State::Ended;
    m_actions.emplace_back(End{});
}

void Session::onPolicies(std::shared_ptr<const Core::PolicySet> policies)
{
    if (m_state != State::Open || policies->version() <= m_start.policies->version()) {
        return;
    }
    m_start.policies = std::move(policies);
    send(Wire::Notice{Wire::NoticeKind::PolicyChanged, {}, *m_start.policies});
}

void Session::onReadOnly()
{
    if (m_state == State::Open || m_state == State::Opening) {
        send(Wire::Notice{Wire::NoticeKind::ReadOnly, readOnlyRetryAfter, std::nullopt});
    }
}

/// Not the same for all, or they would come back all at once.
std::chrono::milliseconds Session::comeBackAfter() const
{
    const auto spread = static_cast<std::uint64_t>(std::max<std::int64_t>(m_settings.shutdownSpread.count(), 1));
    return shutdownRetryAfter + std::chrono::milliseconds(std::hash<std::string>()(m_start.sessionId) % spread);
}

void Session::fail(Core::Error error)
{
    if (m_state == State::Ended) {
        return;
    }
    m_state = State::Ended;
    send(Wire::SessionError{error});
    m_actions.emplace_back(End{std::move(error)});
}

void Session::sendChanges(std::uint64_t to, std::vector<Wire::DocumentDelta> documents, bool hasMore)
{
    Wire::Changes changes;
    changes.from = m_announced;
    changes.to = std::max(to, m_announced);
    changes.documents = std::move(documents);
    changes.hasMore = hasMore;
    m_mustSayEnd = m_mustSayEnd && (hasMore || m_isSnapshot);
    m_announced = changes.to;
    m_unacknowledged.push_back(changes.to);
    send(std::move(changes));
}

void Session::pump()
{
    if (m_state != State::Open || m_isReading || m_unacknowledged.size() >= m_settings.changesInFlightMax) {
        return;
    }
    if (m_mustRead || m_position < m_head) {
        m_mustRead = false;
        m_isReading = true;
        DeltaQuery query;
        query.user = m_identity.user;
        query.device = m_hello.device.id;
        query.from = m_position;
        query.isWhole = m_isSnapshot;
        query.fieldsFrom = m_completeThrough;
        query.settledThrough = m_settledThrough;
        query.includeOwnThrough = m_includeOwnThrough;
        query.documentsMax = m_settings.changesDocumentsMax;
        query.bytesMax = m_settings.changesBytesMax;
        m_actions.emplace_back(ReadLog{std::move(query)});
        return;
    }
    const bool isCatchingUp = m_announced < m_catchUpHead;
    const std::uint64_t lag = m_position - m_announced;
    if (m_pushesInFlight == 0 && (m_mustSayEnd || (lag > 0 && (isCatchingUp || lag >= m_settings.silentLagMax)))) {
        sendChanges(m_position, {}, false);
    }
    saveSeen(m_savedCursor);
    if (std::exchange(m_probeCount, 0) > 0) {
        send(Wire::Probed{m_lastProbe});
    }
}

}  // namespace Satchel::Server
