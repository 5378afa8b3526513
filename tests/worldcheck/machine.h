// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "network.h"
#include "rng.h"
#include "serverlog.h"
#include "trace.h"

#include "server-stub/auth/jwt.h"
#include "server-stub/store/embedded/embeddedstore.h"
#include "server-stub/sync/sessionrunner.h"
#include "support/disk/simulateddisk.h"

#include <deque>
#include <map>
#include <memory>
#include <optional>

namespace Satchel::WorldCheck {

/// The server: its disk, the real embedded store, pipeline, readers, hub and sessions; each piece of their work is done when run() says so.
class Machine final : public ServerEnd, public Server::Clock, public Server::Random {
public:
    enum class Work : std::uint8_t { Post, Pipeline, Reader };
    struct Job {
        Work work = Work::Post;
        std::uint64_t connection = 0;
    };

    Machine(const Time &now, Network &network, Trace &trace, std::uint64_t seed);
    ~Machine() override;

    /// False if the store does not open, which faults of the disk excuse.
    bool start();
    /// As the server's own stop(): everything that was asked is answered.
    void stop();
    void crash(std::uint64_t seed);
    void die();
    /// The disk becomes the backup's, and the next start takes another epoch. Not while it runs.
    void restore(const Testing::SimulatedDisk::Image &backup);
    [[nodiscard]] bool isRunning() const { return m_services != nullptr; }

    void setPolicies(Core::PolicySet policies) { m_policies = std::move(policies); }
    [[nodiscard]] const Core::PolicySet &policies() const { return m_policies; }
    /// Tokens issued before are worth nothing from the next start on.
    void rotateKey();
    [[nodiscard]] std::string issueToken(const Core::UserId &user, std::chrono::seconds lifetime) const;
    /// As an operator would, who waits for the answer; false if the store fails or does not know the device.
    bool revoke(const Core::UserId &user, const Core::DeviceId &device, Wire::AuditRecord record);
    /// The record of a read; `answered` is called once it is durable, while the machine has power.
    void recordRead(Wire::AuditRecord record, std::function<void()> answered);
    void compact(Server::CompactRequest request);
    /// Every event that a user's log has had, those that compaction has taken away since too.
    [[nodiscard]] ServerLog log(const Core::UserId &user);

    [[nodiscard]] Testing::SimulatedDisk &disk() { return m_disk; }
    [[nodiscard]] Server::Store &store() { return *m_store; }

    void collect(std::vector<Job> &ready) const;
    void run(const Job &job);
    [[nodiscard]] bool isIdle() const;

    Time clockSkew{0};

    // ServerEnd
    Core::Result<void> accept(std::uint64_t connection, const std::string &token) override;
    void received(std::uint64_t connection, Core::Result<Wire::ClientFrame> frame) override;
    void gone(std::uint64_t connection) override;

private:
    struct Link;

    [[nodiscard]] std::chrono::milliseconds now() const override;
    [[nodiscard]] std::string bytes(std::size_t count) override { return m_rng.bytes(count); }
    void release();
    void beginCompaction();

    const Time &m_now;
    Network &m_network;
    Trace &m_trace;
    Rng m_rng;
    Testing::SimulatedDisk m_disk;
    Core::PolicySet m_policies;
    Server::JwtSettings m_tokenSettings;
    bool m_isEpochDue = false;

    // The process, while it runs.
    std::unique_ptr<Server::EmbeddedStore> m_store;
    std::unique_ptr<Server::JwtVerifier> m_tokens;
    std::unique_ptr<Server::Hub> m_hub;
    Server::Failpoint m_failpoint;
    std::unique_ptr<Server::PushPipeline> m_pipeline;
    std::unique_ptr<Server::ReaderPool> m_readers;
    std::unique_ptr<Server::Gatekeeper> m_gate;
    std::unique_ptr<Server::SessionServices> m_services;
    std::map<std::uint64_t, std::shared_ptr<Link>> m_links;
    bool m_hasPipelineWork = false;
    bool m_hasReaderWork = false;

    /// What compaction was about to take away, by user and seq.
    std::map<Core::UserId, LogArchive> m_archive;
    std::deque<Server::CompactRequest> m_compactions;
};

}  // namespace Satchel::WorldCheck
