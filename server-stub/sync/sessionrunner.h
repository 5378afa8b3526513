// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/auth/tokenverifier.h"
#include "server-stub/ops/clock.h"
#include "server-stub/ops/gatekeeper.h"
#include "server-stub/ops/random.h"
#include "server-stub/sync/hub.h"
#include "server-stub/sync/pushpipeline.h"
#include "server-stub/sync/readerpool.h"
#include "server-stub/sync/session.h"

#include <functional>
#include <memory>
#include <optional>

namespace Satchel::Server {

/// What sessions work with; outlives them all.
struct SessionServices {
    Store &store;
    PushPipeline &pipeline;
    ReaderPool &readers;
    Hub &hub;
    const TokenVerifier &tokens;
    const Clock &clock;
    Random &random;
    SessionSettings settings;
    Gatekeeper &gate;
};

/// Where a session's frames go.
class FrameSink {
public:
    virtual ~FrameSink() = default;
    virtual void send(Wire::ServerFrame frame) = 0;
    /// Nothing follows.
    virtual void end() = 0;
    /// The session has done all that the frames so far asked for.
    virtual void settled() {}
};

/// Does what a Session asks for. Belongs to one executor: `post` brings the answers of other threads back to it.
class SessionRunner : public std::enable_shared_from_this<SessionRunner> {
public:
    using Post = std::function<void(std::function<void()>)>;

    SessionRunner(SessionServices &services, Post post, Identity identity, SessionSettings settings, FrameSink &sink);
    ~SessionRunner();

    void frame(Wire::ClientFrame frame);
    void fail(Core::Error error);
    /// The carrier has gone; nothing is sent to the sink any more.
    void detach();

    void refresh(const Identity &identity);

    [[nodiscard]] const Session &session() const { return m_session; }

private:
    void work();
    void admit();
    void noteToken();
    void perform(Session::SendFrame action);
    void perform(Session::StoreHello action);
    void perform(const Session::Subscribe &action);
    void perform(Session::StorePush action);
    void perform(Session::StoreRecover action);
    void perform(Session::ReadLog action);
    void perform(const Session::SaveCursor &action);
    void perform(const Session::VerifyToken &action);
    void perform(const Session::End &action);
    void unsubscribe();
    template <typename Answer>
    std::function<void(Answer)> later(void (SessionRunner::*handler)(Answer));
    void helloAnswered(HelloAnswer answer);
    void pushAnswered(PushAnswer answer);
    void recoverAnswered(RecoverAnswer answer);
    void logRead(std::shared_ptr<Core::Result<DeltaPage>> page);

    SessionServices &m_services;
    Post m_post;
    Session m_session;
    FrameSink *m_sink;
    Core::DeviceId m_device;
    std::string m_lease;  ///< of the Welcome
    std::optional<Hub::Token> m_subscription;
};

}  // namespace Satchel::Server
