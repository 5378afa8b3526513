// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "audit/openings.h"
#include "server-stub/admin/adminendpoint.h"
#include "server-stub/ops/policyfile.h"
#include "server-stub/store/embedded/embeddedstore.h"
#include "server-stub/sync/compactor.h"
#include "support/disk/simulateddisk.h"

#include <QtGlobal>

#include <array>
#include <atomic>
#include <future>

namespace Satchel::Server {

/// A clock that a test moves.
class MovedClock final : public Clock {
public:
    [[nodiscard]] std::chrono::milliseconds now() const override { return std::chrono::milliseconds(m_now.load()); }
    void advance(std::chrono::milliseconds by) { m_now += by.count(); }

private:
    std::atomic<std::int64_t> m_now{SystemClock().now().count()};
};

/// Tokens say who they are of: "tenant/user/role,role" and, if wanted, "@name=value".
class PlainTokens final : public TokenVerifier {
public:
    [[nodiscard]] Core::Result<Identity> verify(std::string_view token, std::chrono::milliseconds) const override
    {
        const std::size_t first = token.find('/');
        const std::size_t second = token.find('/', first + 1);
        if (first == std::string_view::npos || second == std::string_view::npos) {
            return Core::failure(Core::makeError(Core::ErrorCode::Unauthenticated,
                                                 token.empty() ? Core::ErrorReason::TokenMissing : Core::ErrorReason::TokenInvalid, "no"));
        }
        Identity identity;
        if (const std::size_t at = token.find('@'); at != std::string_view::npos) {
            const std::size_t equals = token.find('=', at);
            identity.attributes.emplace(token.substr(at + 1, equals - at - 1), token.substr(equals + 1));
            token = token.substr(0, at);
        }
        identity.user = {std::string(token.substr(0, first)), std::string(token.substr(first + 1, second - first - 1))};
        for (std::string_view roles = token.substr(second + 1); !roles.empty();) {
            const std::size_t comma = std::min(roles.find(','), roles.size());
            identity.roles.emplace_back(roles.substr(0, comma));
            roles.remove_prefix(std::min(comma + 1, roles.size()));
        }
        return identity;
    }
};

/// Everything behind the router, with threads as the server has them.
class Service {
public:
    /// `policies`: the text of a policy file; empty: there is none.
    explicit Service(const std::string &policies = {})
    {
        std::array<std::uint8_t, CipherDb::StoreKey::sizeBytes> key{};
        key.fill(5);
        auto opened = EmbeddedStore::open("/server.db", CipherDb::StoreKey(key), m_random, &disk);
        if (!opened) {
            qFatal("%s", opened.error().detail.c_str());
        }
        m_store = std::move(*opened);
        Policies inForce;
        if (!policies.empty()) {
            auto parsed = parsePolicies(policies);
            if (!parsed) {
                qFatal("%s", parsed.error().detail.c_str());
            }
            inForce = std::move(*parsed);
            Core::ignore(m_store->setPolicies(inForce.shared, {inForce.shared.version(), {}, {}, policies}), "the store is new");
        }
        m_pipeline =
            std::make_unique<PushPipeline>(*m_store, clock, PipelineSettings{}, m_failpoint,
                                           [this](const Core::UserId &, std::uint64_t head, const Core::DeviceId &) { grownTo = head; });
        m_readers = std::make_unique<ReaderPool>(*m_store, 1, 100);
        m_gate = std::make_unique<Gatekeeper>(GateSettings{}, m_pipeline->metrics());
        keeper =
            std::make_unique<PolicyKeeper>(*m_store, *m_pipeline, m_hub, std::make_shared<const Policies>(std::move(inForce)), false, "t");
        admin = std::make_unique<AdminEndpoint>(
            AdminContext{PageTokens("secret"), m_signer, m_store->epoch(), *keeper, m_hub, *m_pipeline, *m_gate, m_random}, *m_readers,
            m_tokens, clock, m_random);
        admin->addRoutes(m_router);
    }
    ~Service()
    {
        m_readers->stop();
        m_pipeline->stop();
    }
    Service(const Service &) = delete;
    Service &operator=(const Service &) = delete;

    [[nodiscard]] HttpResponse call(HttpRequest request)
    {
        const auto promise = std::make_shared<std::promise<HttpResponse>>();
        auto answer = promise->get_future();
        m_router.handle(std::move(request), [promise](HttpResponse response) { promise->set_value(std::move(response)); });
        return answer.wait_for(std::chrono::seconds(20)) == std::future_status::ready ? answer.get() : HttpResponse{};
    }
    [[nodiscard]] std::vector<Wire::AuditRecord> records(const std::string &tenant)
    {
        auto view = m_store->reader();
        const auto rows = view ? (*view)->auditRange(tenant, 0, 1000) : Core::failure(view.error());
        std::vector<Wire::AuditRecord> out;
        for (std::size_t i = 0; rows && i < rows->size(); ++i) {
            out.push_back(*Audit::readRecord((*rows)[i].stored, (*rows)[i].opened));
        }
        return out;
    }
    /// A user with one device, as its first session makes them.
    void makeDevice(const Core::UserId &user, const Core::DeviceId &device, const Attributes &attributes = {})
    {
        std::promise<void> done;
        Wire::Hello hello;
        hello.device.id = device;
        m_pipeline->hello({user, hello, "lease", m_store->epoch(), 256, textOf(attributes)},
                          [&done](const HelloAnswer &) { done.set_value(); });
        done.get_future().wait();
    }

    /// What the device writes, as its next push.
    [[nodiscard]] PushAnswer push(const Core::UserId &user, std::vector<Core::Mutation> mutations)
    {
        const auto promise = std::make_shared<std::promise<PushAnswer>>();
        PushRequest request{user, mutations.front().dot.device, {}, "lease"};
        request.push.mutations = std::move(mutations);
        m_pipeline->push(std::move(request), [promise](PushAnswer answer) { promise->set_value(std::move(answer)); });
        return promise->get_future().get();
    }
    [[nodiscard]] Core::Result<CompactionReport> compact()
    {
        CompactionSettings settings;
        settings.deviceTimeout = std::chrono::hours(1);
        return Compactor(*m_store, *m_pipeline, clock, settings).pass();
    }
    [[nodiscard]] EmbeddedStore &store() { return *m_store; }

    [[nodiscard]] PushPipeline &pipeline() { return *m_pipeline; }

    Testing::SimulatedDisk disk;
    std::atomic<std::uint64_t> grownTo{0};  ///< head of the log that grew last
    MovedClock clock;
    std::unique_ptr<PolicyKeeper> keeper;
    std::unique_ptr<AdminEndpoint> admin;

private:
    const Audit::Signer m_signer = *Audit::Signer::make(std::string(Audit::signerName), std::string(32, 's'));
    SystemRandom m_random;
    Failpoint m_failpoint;
    PlainTokens m_tokens;
    Hub m_hub;
    Router m_router;
    std::unique_ptr<EmbeddedStore> m_store;
    std::unique_ptr<PushPipeline> m_pipeline;
    std::unique_ptr<Gatekeeper> m_gate;
    std::unique_ptr<ReaderPool> m_readers;
};

inline HttpRequest requestOf(const std::string &method, const std::string &token, const std::string &body = "{}")
{
    HttpRequest request;
    request.method = "POST";
    request.path = "/satchel.v1." + method;
    request.authorization = token.empty() ? std::string() : "Bearer " + token;
    request.contentType = "application/json";
    request.body = body;
    request.peerAddress = "192.0.2.1";
    return request;
}

}  // namespace Satchel::Server
