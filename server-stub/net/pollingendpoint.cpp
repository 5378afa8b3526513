// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "pollingendpoint.h"

#include "wire/codec.h"

#include <algorithm>
#include <optional>

namespace Satchel::Server {

namespace {

constexpr std::string_view syncContentType = "application/x-protobuf";
constexpr std::size_t sessionsMax = 100'000;
/// A response is one envelope: so many Changes of the usual size fit into it.
constexpr std::size_t changesInFlightMax = 3;

std::string_view mediaType(std::string_view contentType)
{
    return contentType.substr(0, contentType.find_first_of("; "));
}

}  // namespace

/// A session between its requests: keeps what the session says until the next one fetches it.
class PollingSession : public FrameSink, public std::enable_shared_from_this<PollingSession> {
public:
    PollingSession(PollingEndpoint &endpoint, Identity identity)
        : m_endpoint(endpoint)
        , m_timer(endpoint.m_lane.get_executor())
    {
        SessionSettings settings = endpoint.m_context.services.settings;
        settings.changesInFlightMax = changesInFlightMax;
        m_runner =
            std::make_shared<SessionRunner>(endpoint.m_context.services, postTo(endpoint.m_lane), std::move(identity), settings, *this);
    }
    ~PollingSession() override { m_runner->detach(); }
    PollingSession(const PollingSession &) = delete;
    PollingSession &operator=(const PollingSession &) = delete;

    [[nodiscard]] const Session &session() const { return m_runner->session(); }

    void refresh(const Identity &identity) { m_runner->refresh(identity); }
    void fail(Core::Error error) { m_runner->fail(std::move(error)); }

    void request(Wire::SyncRequest request, Respond respond)
    {
        // A request that is still waiting belongs to a connection that its device has given up.
        answerNow();
        m_respond = std::move(respond);
        const auto waitMax = std::min(request.wait, m_endpoint.m_context.settings.pollingWaitMax);
        m_waitUntil = std::chrono::steady_clock::now() + std::max(waitMax, std::chrono::milliseconds(0));
        m_isTaking = true;
        for (Wire::ClientFrame &frame : request.frames) {
            m_runner->frame(std::move(frame));
        }
        m_isTaking = false;
        arm();
        answerWhenDone();
    }

    void send(Wire::ServerFrame frame) override
    {
        if (!m_respond) {
            // Waits until the device comes back, which it may not.
            share().add(Wire::encode(frame, Wire::Compression::None).size());
        }
        m_frames.push_back(std::move(frame));
    }
    void settled() override { answerWhenDone(); }
    void end() override
    {
        m_hasEnded = true;
        answerWhenDone();
    }
    /// The device has not come back.
    void expire()
    {
        m_runner->detach();
        m_endpoint.forget(session().id());
    }

private:
    Backlog::Share &share()
    {
        if (!m_share) {
            m_share.emplace(m_endpoint.m_context.backlog, leaveOn(m_endpoint.m_lane, weak_from_this(), &PollingSession::leave));
        }
        return *m_share;
    }
    /// Frees what waits; the device hears why when it comes back.
    void leave()
    {
        m_frames.clear();
        share().set(0);
        m_runner->fail(backlogError());
    }

    void answerWhenDone()
    {
        if (m_isTaking || !m_respond || (session().isBusy() && !m_hasEnded)) {
            return;
        }
        if (!m_frames.empty() || m_hasEnded || std::chrono::steady_clock::now() >= m_waitUntil) {
            answerNow();
            arm();
        }
    }

    void answerNow()
    {
        if (!m_respond) {
            return;
        }
        const Respond respond = std::exchange(m_respond, nullptr);
        if (m_frames.empty()) {
            respond(HttpResponse{204, {}, {}, {}});
            return;
        }
        Wire::SyncResponse response;
        response.frames.swap(m_frames);
        if (m_share) {
            m_share->set(0);
        }
        const auto compression = session().canZstd() ? Wire::Compression::Zstd : Wire::Compression::None;
        respond(HttpResponse{200, std::string(syncContentType), Wire::encode(response, compression), {}});
        if (m_hasEnded) {
            m_endpoint.forget(session().id());
        }
    }

    /// One timer: the end of a long poll while a request waits, else the end of the session.
    void arm()
    {
        const bool isWaiting = m_respond != nullptr;
        m_timer.expires_at(isWaiting ? m_waitUntil
                                     : std::chrono::steady_clock::now() + m_endpoint.m_context.settings.pollingSessionTimeout);
        m_timer.async_wait([weak = weak_from_this(), isWaiting](beast::error_code error) {
            const auto self = weak.lock();
            if (error || !self) {
                return;
            }
            if (isWaiting) {
                self->answerWhenDone();
            } else {
                self->expire();
            }
        });
    }

    PollingEndpoint &m_endpoint;
    LaneTimer m_timer;
    std::shared_ptr<SessionRunner> m_runner;
    std::vector<Wire::ServerFrame> m_frames;
    std::optional<Backlog::Share> m_share;  ///< of the frames that wait while no request does
    Respond m_respond;
    std::chrono::steady_clock::time_point m_waitUntil;
    bool m_isTaking = false;
    bool m_hasEnded = false;
};

PollingEndpoint::PollingEndpoint(NetContext &context, asio::io_context &lane)
    : m_context(context)
    , m_lane(lane)
{
}

PollingEndpoint::~PollingEndpoint() = default;

void PollingEndpoint::handle(HttpRequest request, Respond respond)
{
    if (mediaType(request.contentType) != syncContentType) {
        HttpResponse response = errorResponse(
            Core::invalidArgument(Core::ErrorReason::UnsupportedMediaType, "the content type must be application/x-protobuf"));
        response.status = 415;
        respond(std::move(response));
        return;
    }
    auto identity = m_context.services.tokens.verify(bearerOf(request.authorization), m_context.services.clock.now());
    if (!identity) {
        m_context.services.gate.metrics().tokensRefused.add();
        respond(errorResponse(identity.error()));
        return;
    }
    auto decoded = Wire::decodeSyncRequest(request.body, m_context.services.settings.limits);
    if (!decoded) {
        respond(errorResponse(decoded.error()));
        return;
    }
    auto taken = std::make_shared<Wire::SyncRequest>(std::move(*decoded));
    asio::post(m_lane, [this, identity = std::move(*identity), taken, respond = std::move(respond)]() mutable {
        serve(std::move(identity), std::move(*taken), std::move(respond));
    });
}

void PollingEndpoint::serve(Identity identity, Wire::SyncRequest request, Respond respond)
{
    if (!identity.hasRole(roleUser)) {
        endSession(request.sessionId, identity);
        respond(errorResponse(roleMissingError()));
        return;
    }
    if (request.sessionId.empty()) {
        const bool beginsWithHello = !request.frames.empty() && std::holds_alternative<Wire::Hello>(request.frames.front());
        if (!beginsWithHello) {
            respond(errorResponse(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::UnexpectedFrame,
                                                  "a session begins with Hello", Core::Retry::Later)));
            return;
        }
        if (m_context.isStopping || m_sessions.size() >= sessionsMax) {
            respond(errorResponse(Core::unavailable(m_context.isStopping ? Core::ErrorReason::ShuttingDown : Core::ErrorReason::Overloaded,
                                                    "no new sessions now", std::chrono::milliseconds(1000))));
            return;
        }
        if (const auto shed = m_context.services.gate.turnAway(Work::Auth)) {
            respond(errorResponse(*shed));
            return;
        }
        auto session = std::make_shared<PollingSession>(*this, std::move(identity));
        m_sessions.emplace(session->session().id(), session);
        session->request(std::move(request), std::move(respond));
        return;
    }
    const auto known = m_sessions.find(request.sessionId);
    if (known == m_sessions.end() || known->second->session().identity().user != identity.user) {
        respond(errorResponse(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::UnexpectedFrame,
                                              "the session is not known; say Hello", Core::Retry::Later)));
        return;
    }
    const auto session = known->second;
    session->refresh(identity);
    session->request(std::move(request), std::move(respond));
}

/// A user who has lost the role keeps no session that an earlier token opened; the request that waits of it is answered with the reason.
void PollingEndpoint::endSession(const std::string &sessionId, const Identity &identity)
{
    const auto known = m_sessions.find(sessionId);
    if (known != m_sessions.end() && known->second->session().identity().user == identity.user) {
        const auto session = known->second;
        session->fail(roleMissingError());
    }
}

void PollingEndpoint::forget(const std::string &sessionId)
{
    const auto known = m_sessions.find(sessionId);
    if (known != m_sessions.end()) {
        // Kept until the lane has returned from it.
        asio::post(m_lane, [session = std::move(known->second)] {});
        m_sessions.erase(known);
    }
}

}  // namespace Satchel::Server
