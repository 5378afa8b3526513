// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "sessionrunner.h"

namespace Satchel::Server {

SessionRunner::SessionRunner(SessionServices &services, Post post, Identity identity, SessionSettings settings, FrameSink &sink)
    : m_services(services)
    , m_post(std::move(post))
    , m_session(std::move(identity), settings,
                SessionStart{toHex(services.random.bytes(16)), services.random.bytes(16), services.store.epoch(), services.store.policies(),
                             services.gate.isReadOnly()})
    , m_sink(&sink)
{
}

SessionRunner::~SessionRunner()
{
    unsubscribe();
}

void SessionRunner::unsubscribe()
{
    if (m_subscription) {
        m_services.hub.unsubscribe(m_session.identity().user, *m_subscription);
        m_subscription.reset();
    }
}

void SessionRunner::frame(Wire::ClientFrame frame)
{
    m_session.onFrame(std::move(frame), m_services.clock.now());
    work();
}

void SessionRunner::fail(Core::Error error)
{
    m_session.fail(std::move(error));
    work();
}

void SessionRunner::refresh(const Identity &identity)
{
    const auto before = m_session.identity().expiresAt;
    m_session.refresh(identity);
    admit();
    if (m_subscription && m_session.identity().expiresAt != before) {
        noteToken();
    }
}

/// Has the hub tell when the token's time is over.
void SessionRunner::admit()
{
    if (m_subscription) {
        m_services.hub.admit(m_session.identity().user, *m_subscription, m_session.admittedUntil());
    }
}

void SessionRunner::detach()
{
    m_sink = nullptr;
    unsubscribe();
}

void SessionRunner::work()
{
    const auto self = shared_from_this();
    for (auto actions = m_session.takeActions(); !actions.empty(); actions = m_session.takeActions()) {
        for (Session::Action &action : actions) {
            std::visit([this](auto &&kind) { perform(std::forward<decltype(kind)>(kind)); }, std::move(action));
        }
    }
    if (m_sink != nullptr && !m_session.isBusy()) {
        m_sink->settled();
    }
}

template <typename Answer>
std::function<void(Answer)> SessionRunner::later(void (SessionRunner::*handler)(Answer))
{
    return [self = shared_from_this(), handler](Answer answer) mutable {
        // The runner is handed over whole, so that it is never destroyed on another thread while its own still works with it.
        auto post = self->m_post;
        post([self = std::move(self), handler, answer = std::move(answer)]() mutable { ((*self).*handler)(std::move(answer)); });
    };
}

void SessionRunner::perform(Session::SendFrame action)
{
    if (m_sink != nullptr) {
        m_sink->send(std::move(action.frame));
    }
}

void SessionRunner::perform(Session::StoreHello action)
{
    m_device = action.hello.device.id;
    const Identity &identity = m_session.identity();
    HelloRequest request{identity.user,
                         std::move(action.hello),
                         m_services.random.bytes(16),
                         m_services.store.epoch(),
                         m_services.settings.devicesMax,
                         textOf(identity.attributes),
                         identity.expiresAt};
    m_services.pipeline.hello(std::move(request), later<HelloAnswer>(&SessionRunner::helloAnswered));
}

void SessionRunner::helloAnswered(HelloAnswer answer)
{
    if (answer) {
        m_lease = answer->lease;
    }
    m_session.onHello(std::move(answer), m_services.clock.now());
    work();
}

void SessionRunner::perform(const Session::Subscribe &action)
{
    if (m_sink == nullptr) {
        return;
    }
    Subscriber subscriber;
    subscriber.grown = [weak = weak_from_this(), post = m_post](std::uint64_t head) {
        post([weak, head] {
            if (const auto self = weak.lock()) {
                self->m_session.onGrown(head, self->m_services.clock.now());
                self->work();
            }
        });
    };
    subscriber.ended = [weak = weak_from_this(), post = m_post](ShutdownReason reason) {
        post([weak, reason] {
            if (const auto self = weak.lock()) {
                self->m_session.onEnded(reason);
                self->work();
            }
        });
    };
    subscriber.expired = [weak = weak_from_this(), post = m_post] {
        post([weak] {
            if (const auto self = weak.lock()) {
                self->m_session.onTime(self->m_services.clock.now());
                self->work();
            }
        });
    };
    subscriber.policiesChanged = [weak = weak_from_this(), post = m_post](const std::shared_ptr<const Core::PolicySet> &policies) {
        post([weak, policies] {
            if (const auto self = weak.lock()) {
                self->m_session.onPolicies(policies);
                self->work();
            }
        });
    };
    subscriber.readOnly = [weak = weak_from_this(), post = m_post] {
        post([weak] {
            if (const auto self = weak.lock()) {
                self->m_session.onReadOnly();
                self->work();
            }
        });
    };
    m_subscription = m_services.hub.subscribe(m_session.identity().user, action.device, std::move(subscriber));
    admit();
    m_session.onPolicies(m_services.store.policies());
}

void SessionRunner::perform(Session::StorePush action)
{
    if (auto refused = m_services.gate.refuseWrite(m_session.identity().user, action.push.mutations.size())) {
        m_session.onPushed(Core::failure(std::move(*refused)));
        return;
    }
    PushRequest request{m_session.identity().user, m_device, std::move(action.push), m_lease};
    m_services.pipeline.push(std::move(request), later<PushAnswer>(&SessionRunner::pushAnswered));
}

void SessionRunner::pushAnswered(PushAnswer answer)
{
    m_session.onPushed(std::move(answer));
    work();
}

void SessionRunner::perform(Session::StoreRecover action)
{
    if (auto refused = m_services.gate.refuseWrite(m_session.identity().user, action.recover.documents.size())) {
        m_session.onRecovered(Core::failure(std::move(*refused)));
        return;
    }
    RecoverRequest request{m_session.identity().user, m_device, action.lastCounter, std::move(action.recover)};
    m_services.pipeline.recover(std::move(request), later<RecoverAnswer>(&SessionRunner::recoverAnswered));
}

void SessionRunner::recoverAnswered(RecoverAnswer answer)
{
    m_session.onRecovered(std::move(answer));
    work();
}

void SessionRunner::perform(Session::ReadLog action)
{
    if (auto refused = m_services.gate.turnAway(Work::Pull)) {
        m_session.onDeltas(Core::failure(std::move(*refused)));
        return;
    }
    auto answer = later<std::shared_ptr<Core::Result<DeltaPage>>>(&SessionRunner::logRead);
    m_services.readers.run([query = std::move(action.query), answer = std::move(answer)](Core::Result<ReadView *> view) mutable {
        auto page = view ? (*view)->deltas(query) : Core::Result<DeltaPage>(Core::failure(std::move(view.error())));
        answer(std::make_shared<Core::Result<DeltaPage>>(std::move(page)));
    });
}

void SessionRunner::logRead(std::shared_ptr<Core::Result<DeltaPage>> page)
{
    Metrics &metrics = m_services.gate.metrics();
    metrics.pulls.add();
    metrics.documentsSent.add(*page ? (*page)->documents.size() : 0);
    m_session.onDeltas(std::move(*page));
    work();
}

void SessionRunner::perform(const Session::SaveCursor &action)
{
    if (m_subscription) {
        m_services.hub.acknowledged(m_session.identity().user, *m_subscription, action.seq);
    }
    m_services.pipeline.saveCursor(m_session.identity().user, m_device, action.seq);
}

void SessionRunner::perform(const Session::VerifyToken &action)
{
    const auto before = m_session.identity().expiresAt;
    m_session.onToken(m_services.tokens.verify(action.token, m_services.clock.now()));
    admit();
    if (m_session.identity().expiresAt != before) {
        noteToken();
    }
}

/// So that operators are told of a device that has not come back since its token expired. Rides on the next transaction; nobody waits.
void SessionRunner::noteToken()
{
    OperatorChange change;
    change.make = [user = m_session.identity().user, device = m_device, expires = m_session.identity().expiresAt](
                      WriteTransaction &log, std::chrono::milliseconds now, OperatorChange::Record &) -> Core::Result<ChangeAnswer> {
        const auto isErased = log.isErased(user);
        if (!isErased || *isErased) {
            return isErased.map([](bool) { return ChangeAnswer(); });
        }
        return log.owner(user, now).map([&](OwnerRow *owner) {
            const auto known = owner->devices.find(device);
            if (known != owner->devices.end()) {
                known->second.tokenExpires = expires;
                known->second.isChanged = true;
            }
            return ChangeAnswer();
        });
    };
    m_services.pipeline.change(std::move(change), [](const ChangeAnswer &) {});
}

void SessionRunner::perform(const Session::End & /*action*/)
{
    unsubscribe();
    if (m_sink != nullptr) {
        m_sink->end();
    }
}

}  // namespace Satchel::Server
