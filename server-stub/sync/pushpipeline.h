// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/hlc.h"
#include "server-stub/ops/clock.h"
#include "server-stub/ops/failpoint.h"
#include "server-stub/ops/metrics.h"
#include "server-stub/store/store.h"
#include "server-stub/sync/bulkrevocation.h"
#include "server-stub/sync/compaction.h"
#include "server-stub/sync/expiry/expiry.h"
#include "server-stub/sync/hellorules.h"
#include "server-stub/sync/operatorchange.h"
#include "server-stub/sync/operatorwrites.h"
#include "server-stub/sync/pushrules.h"
#include "server-stub/sync/recoverrules.h"
#include "server-stub/sync/revocation.h"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace Satchel::Server {

struct PipelineSettings {
    PushSettings push;
    std::size_t batchMutationsMax = 4000;               ///< of one transaction
    std::size_t queuedMutationsMax = 40'000;            ///< beyond it pushes are answered UNAVAILABLE/OVERLOADED
    std::chrono::milliseconds cursorDelay{1000};        ///< how long an acknowledged cursor may wait for a transaction to ride on
    bool hasThread = true;                              ///< off: whoever owns the pipeline calls work()
    std::function<void(const Core::Error &)> failed{};  ///< told of each batch that could not be written; on the pipeline's thread
};

/// The one writer. Everything that is waiting shares the next transaction and its fsync; answers go out after the commit, in the order of
/// the calls. Callbacks run on the pipeline's thread and must not block.
class PushPipeline {
public:
    using PushCallback = std::function<void(PushAnswer)>;
    using HelloCallback = std::function<void(HelloAnswer)>;
    using RecoverCallback = std::function<void(RecoverAnswer)>;
    using RevokeCallback = std::function<void(RevokeAnswer)>;
    using RevokeManyCallback = std::function<void(RevokeManyAnswer)>;
    using OperatorCallback = std::function<void(OperatorAnswer)>;
    using CompactCallback = std::function<void(CompactAnswer)>;
    using ExpireCallback = std::function<void(ExpireAnswer)>;
    using ChangeCallback = std::function<void(ChangeAnswer)>;
    using EraseCallback = std::function<void(EraseAnswer)>;
    using AuditCallback = std::function<void(Core::Result<void>)>;
    /// A user's log has grown by this device.
    using Grown = std::function<void(const Core::UserId &user, std::uint64_t head, const Core::DeviceId &by)>;

    PushPipeline(Store &store, const Clock &clock, PipelineSettings settings, Failpoint &afterCommit, Grown grown);
    /// Stops as stop() does.
    ~PushPipeline();
    PushPipeline(const PushPipeline &) = delete;
    PushPipeline &operator=(const PushPipeline &) = delete;

    void push(PushRequest request, PushCallback answer);
    void hello(HelloRequest request, HelloCallback answer);
    void recover(RecoverRequest request, RecoverCallback answer);
    void revoke(RevokeRequest request, RevokeCallback answer);
    void revokeMany(RevokeManyRequest request, RevokeManyCallback answer);
    /// What an operator writes to documents: docs/protocol.md, "Operators".
    void writeAsOperator(OperatorRequest request, OperatorCallback answer);
    void erase(EraseRequest request, EraseCallback answer);
    void compact(CompactRequest request, CompactCallback answer);
    void expire(ExpireRequest request, ExpireCallback answer);
    /// Runs a step on the writer's thread while no transaction is open; false, without running it, once the pipeline stops.
    [[nodiscard]] bool between(std::function<void()> step);
    void change(OperatorChange request, ChangeCallback answer);
    /// Appends the record of what changes nothing: a read, a refusal. Its time is that of the transaction.
    void audit(Wire::AuditRecord record, AuditCallback answer);
    /// What pushes are measured by from the next transaction on, besides the store's policies. Thread-safe.
    void usePolicies(std::shared_ptr<const Policies> policies);
    [[nodiscard]] std::shared_ptr<const Policies> serverPolicies();
    /// Keeps the greatest; written with the next transaction, or after `cursorDelay`.
    void saveCursor(const Core::UserId &user, const Core::DeviceId &device, std::uint64_t seq);
    /// For a pipeline without a thread: one batch of what waits now, on the caller's thread. False if nothing waits.
    bool work();
    /// Everything that was queued is committed and answered; later calls are answered UNAVAILABLE/SHUTTING_DOWN. (Without a thread: only
    /// the latter.)
    void stop();
    /// What everything that has this pipeline counts with.
    [[nodiscard]] Metrics &metrics() { return m_metrics; }
    [[nodiscard]] std::size_t queuedJobs() const;
    [[nodiscard]] std::size_t queuedMutations() const;
    /// Of what may wait: 0 nothing, 1 all.
    [[nodiscard]] double fullness() const;

private:
    /// A request that waits, and what became of it until its batch is durable.
    template <typename Request, typename Callback, typename Answer>
    struct JobOf {
        Request request;
        Callback callback;
        std::optional<Answer> answer{};
    };
    using PushJob = JobOf<PushRequest, PushCallback, PushAnswer>;
    using HelloJob = JobOf<HelloRequest, HelloCallback, HelloAnswer>;
    using RecoverJob = JobOf<RecoverRequest, RecoverCallback, RecoverAnswer>;
    using RevokeJob = JobOf<RevokeRequest, RevokeCallback, RevokeAnswer>;
    using RevokeManyJob = JobOf<RevokeManyRequest, RevokeManyCallback, RevokeManyAnswer>;
    using OperatorJob = JobOf<OperatorRequest, OperatorCallback, OperatorAnswer>;
    using CompactJob = JobOf<CompactRequest, CompactCallback, CompactAnswer>;
    using ExpireJob = JobOf<ExpireRequest, ExpireCallback, ExpireAnswer>;
    using ChangeJob = JobOf<OperatorChange, ChangeCallback, ChangeAnswer>;
    using EraseJob = JobOf<EraseRequest, EraseCallback, EraseAnswer>;
    using AuditJob = JobOf<Wire::AuditRecord, AuditCallback, Core::Result<void>>;
    using Job = std::variant<PushJob, HelloJob, RecoverJob, RevokeJob, RevokeManyJob, OperatorJob, AuditJob, CompactJob, ExpireJob,
                             ChangeJob, EraseJob>;
    using Cursors = std::map<std::pair<Core::UserId, Core::DeviceId>, std::uint64_t>;

    [[nodiscard]] static std::size_t weightOf(const Job &job);
    void enqueue(Job job);
    void run();
    void runBetween(std::unique_lock<std::mutex> &lock);
    [[nodiscard]] bool awaitBatch(std::vector<Job> &jobs, Cursors &cursors);
    [[nodiscard]] bool takeBatch(std::vector<Job> &jobs, Cursors &cursors);
    void processBatch(std::vector<Job> &jobs, const Cursors &cursors);
    [[nodiscard]] Core::Result<void> writeBatch(std::vector<Job> &jobs, const Cursors &cursors);
    [[nodiscard]] Core::Result<void> process(WriteTransaction &log, const PushRules &rules, const RecoverRules &recoverRules, Job &job);
    /// Keeps what became of a job until its batch is durable.
    template <typename TakenJob, typename Done>
    [[nodiscard]] static Core::Result<void> take(TakenJob &job, Done done);
    /// Takes what became of a job that leaves a record, and appends the record.
    template <typename RecordedJob, typename Done>
    [[nodiscard]] Core::Result<void> record(WriteTransaction &log, RecordedJob &job, Done done, std::chrono::milliseconds now);
    [[nodiscard]] Core::Result<void> process(WriteTransaction &log, ChangeJob &change, std::chrono::milliseconds now);
    /// Answers a job that is about a user who was erased, and says so.
    [[nodiscard]] static Core::Result<bool> isOfErased(WriteTransaction &log, Job &job);
    [[nodiscard]] Core::Result<void> append(WriteTransaction &log, Wire::AuditRecord &record, std::chrono::milliseconds now);
    void appendLate();
    [[nodiscard]] Core::Result<void> writeCursors(WriteTransaction &log, const Cursors &cursors);
    void count(const PushAnswer &answer);
    void answerAll(std::vector<Job> &jobs, const std::optional<Core::Error> &failed);

    Store &m_store;
    const Clock &m_clock;
    PipelineSettings m_settings;
    Failpoint &m_afterCommit;
    Grown m_grown;
    Core::HlcClock m_hlc;
    std::vector<Wire::AuditRecord> m_late;  ///< sabotage only: records that were kept out of their transaction

    Metrics m_metrics;
    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<Job> m_queue;
    std::deque<std::function<void()>> m_between;
    std::size_t m_queuedMutations = 0;
    Cursors m_cursors;
    std::shared_ptr<const Policies> m_serverPolicies = std::make_shared<const Policies>();
    bool m_isStopping = false;
    std::thread m_thread;
};

}  // namespace Satchel::Server
