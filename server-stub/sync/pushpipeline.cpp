// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "pushpipeline.h"

#include "core/sabotage.h"

namespace Satchel::Server {

using Core::ErrorReason;

PushPipeline::PushPipeline(Store &store, const Clock &clock, PipelineSettings settings, Failpoint &afterCommit, Grown grown)
    : m_store(store)
    , m_clock(clock)
    , m_settings(settings)
    , m_afterCommit(afterCommit)
    , m_grown(std::move(grown))
{
    if (m_settings.hasThread) {
        m_thread = std::thread([this] { run(); });
    }
}

PushPipeline::~PushPipeline()
{
    stop();
}

std::size_t PushPipeline::weightOf(const Job &job)
{
    if (const auto *push = std::get_if<PushJob>(&job)) {
        return push->request.push.mutations.size();
    }
    if (const auto *writes = std::get_if<OperatorJob>(&job)) {
        return writes->request.drafts.size();
    }
    if (const auto *expire = std::get_if<ExpireJob>(&job)) {
        return expire->request.keys.size();
    }
    const auto *recover = std::get_if<RecoverJob>(&job);
    return recover != nullptr ? recover->request.recover.documents.size() : 0;
}

void PushPipeline::push(PushRequest request, PushCallback answer)
{
    enqueue(PushJob{std::move(request), std::move(answer)});
}

void PushPipeline::hello(HelloRequest request, HelloCallback answer)
{
    enqueue(HelloJob{std::move(request), std::move(answer)});
}

void PushPipeline::recover(RecoverRequest request, RecoverCallback answer)
{
    enqueue(RecoverJob{std::move(request), std::move(answer)});
}

void PushPipeline::revoke(RevokeRequest request, RevokeCallback answer)
{
    enqueue(RevokeJob{std::move(request), std::move(answer)});
}

void PushPipeline::revokeMany(RevokeManyRequest request, RevokeManyCallback answer)
{
    enqueue(RevokeManyJob{std::move(request), std::move(answer)});
}

void PushPipeline::writeAsOperator(OperatorRequest request, OperatorCallback answer)
{
    enqueue(OperatorJob{std::move(request), std::move(answer)});
}

void PushPipeline::erase(EraseRequest request, EraseCallback answer)
{
    enqueue(EraseJob{std::move(request), std::move(answer)});
}

void PushPipeline::compact(CompactRequest request, CompactCallback answer)
{
    enqueue(CompactJob{std::move(request), std::move(answer)});
}

void PushPipeline::expire(ExpireRequest request, ExpireCallback answer)
{
    enqueue(ExpireJob{std::move(request), std::move(answer)});
}

void PushPipeline::change(OperatorChange request, ChangeCallback answer)
{
    enqueue(ChangeJob{std::move(request), std::move(answer)});
}

void PushPipeline::usePolicies(std::shared_ptr<const Policies> policies)
{
    const std::lock_guard lock(m_mutex);
    m_serverPolicies = std::move(policies);
}

std::shared_ptr<const Policies> PushPipeline::serverPolicies()
{
    const std::lock_guard lock(m_mutex);
    return m_serverPolicies;
}

void PushPipeline::audit(Wire::AuditRecord record, AuditCallback answer)
{
    enqueue(AuditJob{std::move(record), std::move(answer)});
}

void PushPipeline::enqueue(Job job)
{
    const std::size_t weight = weightOf(job);
    std::optional<Core::Error> refused;
    {
        const std::lock_guard lock(m_mutex);
        if (m_isStopping) {
            refused = Core::unavailable(ErrorReason::ShuttingDown, "the server is going down", std::chrono::milliseconds(1000));
        } else if (weight > 0 && m_queuedMutations + weight > m_settings.queuedMutationsMax && !m_queue.empty()) {
            refused =
                Core::unavailable(ErrorReason::Overloaded, "too many mutations are waiting to be written", std::chrono::milliseconds(1000));
        } else {
            m_queuedMutations += weight;
            m_queue.push_back(std::move(job));
        }
    }
    if (refused) {
        std::visit([&refused](auto &kind) { kind.callback(Core::failure(std::move(*refused))); }, job);
        return;
    }
    m_wake.notify_one();
}

std::size_t PushPipeline::queuedJobs() const
{
    const std::lock_guard lock(m_mutex);
    return m_queue.size();
}

std::size_t PushPipeline::queuedMutations() const
{
    const std::lock_guard lock(m_mutex);
    return m_queuedMutations;
}

double PushPipeline::fullness() const
{
    return static_cast<double>(queuedMutations()) / static_cast<double>(std::max<std::size_t>(m_settings.queuedMutationsMax, 1));
}

void PushPipeline::saveCursor(const Core::UserId &user, const Core::DeviceId &device, std::uint64_t seq)
{
    bool isFirst = false;
    {
        const std::lock_guard lock(m_mutex);
        isFirst = m_cursors.empty();
        std::uint64_t &kept = m_cursors[{user, device}];
        kept = std::max(kept, seq);
    }
    if (isFirst) {
        m_wake.notify_one();
    }
}

void PushPipeline::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
    }
    m_wake.notify_one();
    if (m_thread.joinable()) {
        m_thread.join();
    }
}

void PushPipeline::run()
{
    std::vector<Job> jobs;
    Cursors cursors;
    while (awaitBatch(jobs, cursors)) {
        processBatch(jobs, cursors);
        jobs.clear();
        cursors.clear();
    }
}

bool PushPipeline::work()
{
    std::vector<Job> jobs;
    Cursors cursors;
    {
        std::unique_lock lock(m_mutex);
        runBetween(lock);
        if (!takeBatch(jobs, cursors)) {
            return false;
        }
    }
    processBatch(jobs, cursors);
    return true;
}

bool PushPipeline::awaitBatch(std::vector<Job> &jobs, Cursors &cursors)
{
    std::unique_lock lock(m_mutex);
    const auto mustGoOn = [this] { return !m_queue.empty() || !m_between.empty() || m_isStopping; };
    do {
        runBetween(lock);
        m_wake.wait(lock, [&] { return mustGoOn() || !m_cursors.empty(); });
        // A cursor alone can wait for a transaction to ride on.
        m_wake.wait_for(lock, m_settings.cursorDelay, mustGoOn);
    } while (!m_between.empty());
    return takeBatch(jobs, cursors);
}

bool PushPipeline::between(std::function<void()> step)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_isStopping) {
            return false;
        }
        m_between.push_back(std::move(step));
    }
    m_wake.notify_one();
    return true;
}

/// Steps that were taken are run even when the pipeline stops.
void PushPipeline::runBetween(std::unique_lock<std::mutex> &lock)
{
    while (!m_between.empty()) {
        const std::function<void()> step = std::move(m_between.front());
        m_between.pop_front();
        lock.unlock();
        step();
        lock.lock();
    }
}

/// Under the lock.
bool PushPipeline::takeBatch(std::vector<Job> &jobs, Cursors &cursors)
{
    std::size_t mutations = 0;
    while (!m_queue.empty() && mutations < m_settings.batchMutationsMax) {
        mutations += weightOf(m_queue.front());
        jobs.push_back(std::move(m_queue.front()));
        m_queue.pop_front();
    }
    m_queuedMutations -= mutations;
    cursors.swap(m_cursors);
    return !jobs.empty() || !cursors.empty();
}

void PushPipeline::processBatch(std::vector<Job> &jobs, const Cursors &cursors)
{
    const auto begun = std::chrono::steady_clock::now();
    auto written = writeBatch(jobs, cursors);
    if (!written) {
        m_metrics.commitsFailed.add();
        if (m_settings.failed) {
            m_settings.failed(written.error());
        }
        answerAll(jobs, std::move(written.error()));
        return;
    }
    m_metrics.commits.add();
    m_metrics.commitTime.observe(std::chrono::steady_clock::now() - begun);
    appendLate();
    m_afterCommit.pass();
    answerAll(jobs, std::nullopt);
}

Core::Result<void> PushPipeline::writeBatch(std::vector<Job> &jobs, const Cursors &cursors)
{
    auto log = m_store.begin();
    if (!log) {
        return Core::failure(std::move(log.error()));
    }
    const PushRules rules(m_settings.push, m_store.policies(), serverPolicies());
    const RecoverRules recoverRules(m_settings.push, m_store.policies());
    for (Job &job : jobs) {
        if (auto processed = process(**log, rules, recoverRules, job); !processed) {
            return processed;
        }
    }
    if (auto saved = writeCursors(**log, cursors); !saved) {
        return saved;
    }
    return (*log)->commit();
}

template <typename TakenJob, typename Done>
Core::Result<void> PushPipeline::take(TakenJob &job, Done done)
{
    if (!done) {
        return Core::failure(std::move(done.error()));
    }
    job.answer = std::move(*done);
    return {};
}

template <typename RecordedJob, typename Done>
Core::Result<void> PushPipeline::record(WriteTransaction &log, RecordedJob &job, Done done, std::chrono::milliseconds now)
{
    if (auto taken = take(job, std::move(done)); !taken) {
        return taken;
    }
    Wire::AuditRecord &record = job.request.record;
    if (!*job.answer) {
        record.code = job.answer->error().code;
        record.reason = job.answer->error().reason;
    }
    return append(log, record, now);
}

Core::Result<void> PushPipeline::process(WriteTransaction &log, const PushRules &rules, const RecoverRules &recoverRules, Job &job)
{
    const std::chrono::milliseconds now = m_clock.now();
    if (auto isGone = isOfErased(log, job); !isGone || *isGone) {
        return isGone.map([](bool) {});
    }
    if (auto *erase = std::get_if<EraseJob>(&job)) {
        return record(log, *erase, eraseUser(log, erase->request, now), now);
    }
    if (auto *push = std::get_if<PushJob>(&job)) {
        return take(*push, rules.process(log, push->request, m_hlc, now));
    }
    if (auto *recover = std::get_if<RecoverJob>(&job)) {
        return take(*recover, recoverRules.process(log, recover->request, m_hlc, now));
    }
    if (auto *revoke = std::get_if<RevokeJob>(&job)) {
        return record(log, *revoke, revokeDevice(log, revoke->request, now), now);
    }
    if (auto *revokeMany = std::get_if<RevokeManyJob>(&job)) {
        return record(log, *revokeMany, revokeDevices(log, revokeMany->request, now), now);
    }
    if (auto *writes = std::get_if<OperatorJob>(&job)) {
        return record(log, *writes, OperatorWrites(rules, *m_store.policies()).process(log, writes->request, m_hlc, now), now);
    }
    if (auto *audit = std::get_if<AuditJob>(&job)) {
        audit->answer.emplace();
        return append(log, audit->request, now);
    }
    if (auto *compact = std::get_if<CompactJob>(&job)) {
        return take(*compact, compactLog(log, compact->request, now));
    }
    if (auto *expire = std::get_if<ExpireJob>(&job)) {
        auto taken =
            take(*expire, expireDocuments(log, OperatorWrites(rules, *m_store.policies()), *serverPolicies(), expire->request, m_hlc, now));
        const bool isRecorded = taken && *expire->answer && (**expire->answer).record;
        return isRecorded ? append(log, *(**expire->answer).record, now) : taken;
    }
    if (auto *change = std::get_if<ChangeJob>(&job)) {
        return process(log, *change, now);
    }
    auto &hello = std::get<HelloJob>(job);
    return take(hello, openSession(log, hello.request, now));
}

Core::Result<void> PushPipeline::process(WriteTransaction &log, ChangeJob &change, std::chrono::milliseconds now)
{
    auto done = change.request.make(log, now, change.request.record);
    if (!done) {
        return Core::failure(std::move(done.error()));
    }
    change.answer = std::move(*done);
    if (!change.request.record) {
        return {};
    }
    if (!*change.answer) {
        change.request.record->code = change.answer->error().code;
        change.request.record->reason = change.answer->error().reason;
    }
    return append(log, *change.request.record, now);
}

Core::Result<bool> PushPipeline::isOfErased(WriteTransaction &log, Job &job)
{
    return std::visit(
        [&log](auto &kind) -> Core::Result<bool> {
            using Kind = std::decay_t<decltype(kind)>;
            if constexpr (std::is_same_v<Kind, PushJob> || std::is_same_v<Kind, HelloJob> || std::is_same_v<Kind, RecoverJob> ||
                          std::is_same_v<Kind, CompactJob> || std::is_same_v<Kind, ExpireJob>) {
                auto isErased = log.isErased(kind.request.user);
                if (isErased && *isErased) {
                    kind.answer = Core::failure(goneError());
                }
                return isErased;
            } else {
                return false;
            }
        },
        job);
}

Core::Result<void> PushPipeline::append(WriteTransaction &log, Wire::AuditRecord &record, std::chrono::milliseconds now)
{
    record.time = now;
    m_metrics.auditRecords.add();
    if (Core::isSabotaged(Core::Sabotage::AuditAfterCommit)) {
        m_late.push_back(record);
        return {};
    }
    return log.appendAudit(record).map([](std::uint64_t) {});
}

void PushPipeline::appendLate()
{
    if (m_late.empty()) {
        return;
    }
    if (auto log = m_store.begin()) {
        for (const Wire::AuditRecord &record : m_late) {
            Core::ignore((*log)->appendAudit(record), "a fault that is wanted");
        }
        Core::ignore((*log)->commit(), "a fault that is wanted");
    }
    m_late.clear();
}

Core::Result<void> PushPipeline::writeCursors(WriteTransaction &log, const Cursors &cursors)
{
    for (const auto &[key, seq] : cursors) {
        const auto isErased = log.isErased(key.first);
        if (!isErased) {
            return Core::failure(isErased.error());
        }
        if (*isErased) {
            continue;
        }
        auto owner = log.owner(key.first, m_clock.now());
        if (!owner) {
            return Core::failure(std::move(owner.error()));
        }
        const auto device = (*owner)->devices.find(key.second);
        if (device != (*owner)->devices.end() && device->second.cursor < seq) {
            device->second.cursor = seq;
            device->second.isChanged = true;
        }
    }
    return {};
}

void PushPipeline::count(const PushAnswer &answer)
{
    m_metrics.pushes.add();
    if (!answer) {
        return;
    }
    m_metrics.mutationsAccepted.add(answer->firstSeq == 0 ? 0 : answer->lastSeq - answer->firstSeq + 1);
    for (const Wire::Settled &settled : answer->pushed.settled) {
        if (settled.refusal) {
            m_metrics.mutationsRefused.of(settled.refusal->reason).add();
        }
    }
}

void PushPipeline::answerAll(std::vector<Job> &jobs, const std::optional<Core::Error> &failed)
{
    for (Job &job : jobs) {
        std::visit(
            [this, &failed](auto &kind) {
                std::uint64_t grownTo = 0;
                if constexpr (requires { (**kind.answer).lastSeq; }) {
                    grownTo = !failed && *kind.answer ? (**kind.answer).lastSeq : 0;
                }
                std::vector<OperatorOutcome::Grown> grown;
                if constexpr (requires { (**kind.answer).grown; }) {
                    grown = !failed && *kind.answer ? (**kind.answer).grown : grown;
                }
                if (failed) {
                    kind.callback(Core::failure(*failed));
                } else {
                    if constexpr (std::is_same_v<std::decay_t<decltype(kind)>, PushJob>) {
                        count(*kind.answer);
                    } else if constexpr (std::is_same_v<std::decay_t<decltype(kind)>, HelloJob>) {
                        m_metrics.hellos.add();
                    }
                    kind.callback(std::move(*kind.answer));
                }
                if constexpr (requires { kind.request.device; }) {
                    if (grownTo != 0) {
                        m_grown(kind.request.user, grownTo, kind.request.device);
                    }
                }
                for (const OperatorOutcome::Grown &log : grown) {
                    m_grown(log.user, log.head, log.by);
                }
            },
            job);
    }
}

}  // namespace Satchel::Server
