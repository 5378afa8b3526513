// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/adminendpoint.h"
#include "server-stub/store/embedded/embeddedstore.h"
#include "server-stub/sync/compactor.h"

#include "support/fixedids.h"
#include "wire/resolvemessages.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <future>
#include <map>

namespace Satchel::Test {

/// The operator "op" of the tenant "t", who may do everything.
class AnyToken final : public Server::TokenVerifier {
public:
    [[nodiscard]] Core::Result<Server::Identity> verify(std::string_view token, std::chrono::milliseconds) const override
    {
        return Server::Identity{{"t", std::string(token)}, {"support", "admin", "auditor"}, {}, {}};
    }
};

class SteppedClock : public Server::Clock {
public:
    [[nodiscard]] std::chrono::milliseconds now() const override { return time; }
    std::chrono::milliseconds time{1'800'000'000'000};
};

/// A store in a folder, its pipeline, and the admin services without a network.
class HistoryService {
public:
    /// `copyOf`: folder of another one that is stopped; then its clock is not gone on from.
    explicit HistoryService(Core::PolicySet policies, const QString &copyOf = {})
    {
        for (const QString &file : copyOf.isEmpty() ? QStringList() : QDir(copyOf).entryList(QDir::Files)) {
            if (!QFile::copy(QDir(copyOf).filePath(file), m_folder.filePath(file))) {
                qFatal("a file cannot be copied");
            }
        }
        openStore();
        if (auto kept = m_store->setPolicies(std::move(policies), {}); !kept) {
            qFatal("%s", kept.error().detail.c_str());
        }
        start();
    }
    ~HistoryService() { stop(); }
    HistoryService(const HistoryService &) = delete;
    HistoryService &operator=(const HistoryService &) = delete;

    [[nodiscard]] QString folder() const { return m_folder.path(); }
    [[nodiscard]] std::filesystem::path path() const { return m_folder.filePath(QStringLiteral("server.db")).toStdString(); }
    [[nodiscard]] Server::EmbeddedStore &store() { return *m_store; }
    void openStore()
    {
        auto opened = Server::EmbeddedStore::open(path(), fixedKey(), m_random);
        if (!opened) {
            qFatal("%s", opened.error().detail.c_str());
        }
        m_store = std::move(*opened);
    }
    void start()
    {
        Server::PipelineSettings settings;
        settings.cursorDelay = std::chrono::milliseconds(0);
        m_pipeline = std::make_unique<Server::PushPipeline>(*m_store, clock, settings, m_failpoint,
                                                            [](const auto &, std::uint64_t, const auto &) {});
        m_readers = std::make_unique<Server::ReaderPool>(*m_store, 1, 1000);
        m_gate = std::make_unique<Server::Gatekeeper>(Server::GateSettings{}, m_pipeline->metrics());
        auto inForce = std::make_shared<Server::Policies>();
        inForce->shared = *m_store->policies();
        m_keeper = std::make_unique<Server::PolicyKeeper>(*m_store, *m_pipeline, m_hub, std::move(inForce), false, "t");
        m_admin = std::make_unique<Server::AdminEndpoint>(Server::AdminContext{Server::PageTokens("secret"), m_signer, m_store->epoch(),
                                                                               *m_keeper, m_hub, *m_pipeline, *m_gate, m_random},
                                                          *m_readers, m_tokens, clock, m_random);
        m_router = Server::Router();
        m_admin->addRoutes(m_router);
    }
    /// So that somebody else may open the file.
    void stop()
    {
        if (m_readers) {
            m_readers->stop();
            m_pipeline->stop();
        }
        m_admin.reset();
        m_readers.reset();
        m_keeper.reset();
        m_gate.reset();
        m_pipeline.reset();
        m_store.reset();
    }

    template <typename Response, typename Request>
    [[nodiscard]] Core::Result<Response> call(const char *method, const Request &message, const char *caller = "op")
    {
        return std::move(callAll<Response>(method, std::vector{message}, caller).front());
    }
    /// Calls that wait together, so that their records share commits; the answers in the order of the calls.
    template <typename Response, typename Request>
    [[nodiscard]] std::vector<Core::Result<Response>> callAll(const char *method, const std::vector<Request> &messages,
                                                              const char *caller = "op")
    {
        std::vector<std::future<Server::HttpResponse>> answers;
        for (const Request &message : messages) {
            answers.push_back(ask(method, Wire::Admin::encode(message, Wire::Admin::Format::Protobuf), caller));
        }
        std::vector<Core::Result<Response>> out;
        for (std::future<Server::HttpResponse> &answer : answers) {
            const Server::HttpResponse response = answer.get();
            out.push_back(response.status == 200 ? Wire::Admin::decode<Response>(response.body, Wire::Admin::Format::Protobuf)
                                                 : Core::failure(Wire::Admin::errorFromResponse(response.status, response.body)));
        }
        return out;
    }
    [[nodiscard]] std::future<Server::HttpResponse> ask(const char *method, std::string body, const char *caller)
    {
        Server::HttpRequest request;
        request.method = "POST";
        request.path = std::string("/satchel.v1.") + method;
        request.authorization = std::string("Bearer ") + caller;
        request.contentType = "application/proto";
        request.body = std::move(body);
        const auto promise = std::make_shared<std::promise<Server::HttpResponse>>();
        auto answer = promise->get_future();
        m_router.handle(std::move(request), [promise](Server::HttpResponse response) { promise->set_value(std::move(response)); });
        return answer;
    }

    void hello(const Core::UserId &user, const Core::DeviceId &device)
    {
        std::promise<Server::HelloAnswer> done;
        Wire::Hello frame;
        frame.device.id = device;
        frame.device.name = "device " + std::to_string(device.bytes[15]);
        m_pipeline->hello({user, frame, m_random.bytes(16), m_store->epoch()},
                          [&done](Server::HelloAnswer answer) { done.set_value(answer); });
        const auto answer = done.get_future().get();
        if (!answer) {
            qFatal("%s", answer.error().detail.c_str());
        }
        m_leases[{user, device}] = answer->lease;
    }
    /// In a transaction of its own. The device says Hello if it has not yet.
    [[nodiscard]] Wire::Pushed push(const Core::UserId &user, std::vector<Core::Mutation> mutations)
    {
        return pushedOf(startPush(user, std::move(mutations)));
    }
    /// Each mutation a push of its own, all waiting together, so that they share transactions.
    [[nodiscard]] std::vector<Wire::Pushed> pushAll(const Core::UserId &user, const std::vector<Core::Mutation> &mutations)
    {
        std::vector<std::future<Server::PushAnswer>> answers;
        for (const Core::Mutation &mutation : mutations) {
            answers.push_back(startPush(user, {mutation}));
        }
        std::vector<Wire::Pushed> out;
        for (std::future<Server::PushAnswer> &answer : answers) {
            out.push_back(pushedOf(std::move(answer)));
        }
        return out;
    }
    /// The oldest events become states, as many as are asked for.
    [[nodiscard]] std::size_t compact(const Core::UserId &user, std::size_t eventsMax)
    {
        std::promise<Server::CompactAnswer> done;
        const auto later = clock.time + std::chrono::milliseconds(1);
        m_pipeline->compact({user, later, later, eventsMax}, [&done](Server::CompactAnswer answer) { done.set_value(answer); });
        const auto answer = done.get_future().get();
        return answer ? answer->eventCount : SIZE_MAX;
    }

    SteppedClock clock;

private:
    /// In memory where the system has such a folder: nothing here is about what a disk keeps, and thousands of commits wait for it.
    [[nodiscard]] static QString quickPlace()
    {
        const QString memory = QStringLiteral("/dev/shm");
        return (QFileInfo(memory).isWritable() ? memory : QDir::tempPath()) + QStringLiteral("/satchel-history");
    }
    [[nodiscard]] std::future<Server::PushAnswer> startPush(const Core::UserId &user, std::vector<Core::Mutation> mutations)
    {
        const Core::DeviceId device = mutations.front().dot.device;
        if (!m_leases.contains({user, device})) {
            hello(user, device);
        }
        const auto done = std::make_shared<std::promise<Server::PushAnswer>>();
        m_pipeline->push({user, device, Wire::Push{1, std::move(mutations)}, m_leases[{user, device}]},
                         [done](Server::PushAnswer answer) { done->set_value(std::move(answer)); });
        return done->get_future();
    }
    [[nodiscard]] static Wire::Pushed pushedOf(std::future<Server::PushAnswer> future)
    {
        auto answer = future.get();
        if (!answer) {
            qFatal("%s", Core::describe(answer.error()).c_str());
        }
        return std::move(answer->pushed);
    }

    QTemporaryDir m_folder{quickPlace()};
    const Audit::Signer m_signer = *Audit::Signer::make(std::string(Audit::signerName), std::string(32, 's'));
    Server::SystemRandom m_random;
    Server::Failpoint m_failpoint;
    AnyToken m_tokens;
    Server::Hub m_hub;
    Server::Router m_router;
    std::unique_ptr<Server::EmbeddedStore> m_store;
    std::unique_ptr<Server::PushPipeline> m_pipeline;
    std::unique_ptr<Server::Gatekeeper> m_gate;
    std::unique_ptr<Server::PolicyKeeper> m_keeper;
    std::unique_ptr<Server::ReaderPool> m_readers;
    std::unique_ptr<Server::AdminEndpoint> m_admin;
    std::map<std::pair<Core::UserId, Core::DeviceId>, std::string> m_leases;
};

}  // namespace Satchel::Test
