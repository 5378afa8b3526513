// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "pushpipeline.h"

namespace Satchel::Server {

using Core::ErrorReason;

PushPipeline::PushPipeline(Store &store, const Clock &clock, PipelineSettings settings, Failpoint &afterCommit, Grown grown)
    : m_store(store)
    , m_clock(clock)
    , m_settings(settings)
    , m_afterCommit(afterCommit)
    , m_grown(std::move(grown))
{
    m_thread = std::thread([this] { run(); });
}

PushPipeline::~PushPipeline()
{
    stop();
}

void PushPipeline::push(PushRequest request, PushCallback answer)
{
    const std::size_t mutations = request.push.mutations.size();
    std::optional<Core::Error> refused;
    {
        const std::lock_guard lock(m_mutex);
        if (m_isStopping) {
            refused = Core::unavailable(ErrorReason::ShuttingDown, "the server is going down", std::chrono::milliseconds(1000));
        } else if (m_queuedMutations + mutations > m_settings.queuedMutationsMax && !m_queue.empty()) {
            refused =
                Core::unavailable(ErrorReason::Overloaded, "too many mutations are waiting to be written", std::chrono::milliseconds(1000));
        } else {
            m_queuedMutations += mutations;
            m_queue.emplace_back(PushJob{std::move(request), std::move(answer), std::nullopt});
        }
    }
    if (refused) {
        answer(Core::failure(std::move(*refused)));
        return;
    }
    m_wake.notify_one();
}

void PushPipeline::hello(HelloRequest request, HelloCallback answer)
{
    {
        const std::lock_guard lock(m_mutex);
        if (!m_isStopping) {
            m_queue.emplace_back(HelloJob{std::move(request), std::move(answer), std::nullopt});
            answer = nullptr;
        }
    }
    if (answer) {
        answer(Core::failure(Core::unavailable(ErrorReason::ShuttingDown, "the server is going down", std::chrono::milliseconds(1000))));
        return;
    }
    m_wake.notify_one();
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
    while (takeBatch(jobs, cursors)) {
        processBatch(jobs, cursors);
        jobs.clear();
        cursors.clear();
    }
}

bool PushPipeline::takeBatch(std::vector<Job> &jobs, Cursors &cursors)
{
    std::unique_lock lock(m_mutex);
    m_wake.wait(lock, [this] { return !m_queue.empty() || !m_cursors.empty() || m_isStopping; });
    if (m_queue.empty() && !m_isStopping) {
        m_wake.wait_for(lock, m_settings.cursorDelay, [this] { return !m_queue.empty() || m_isStopping; });
    }
    std::size_t mutations = 0;
    while (!m_queue.empty() && mutations < m_settings.batchMutationsMax) {
        if (const auto *push = std::get_if<PushJob>(&m_queue.front())) {
            mutations += push->request.push.mutations.size();
        }
        jobs.push_back(std::move(m_queue.front()));
        m_queue.pop_front();
    }
    m_queuedMutations -= mutations;
    cursors.swap(m_cursors);
    return !jobs.empty() || !cursors.empty();
}

void PushPipeline::processBatch(std::vector<Job> &jobs, const Cursors &cursors)
{
    auto written = writeBatch(jobs, cursors);
    if (!written) {
        answerAll(jobs, std::move(written.error()));
        return;
    }
    m_afterCommit.pass();
    answerAll(jobs, std::nullopt);
}

Core::Result<void> PushPipeline::writeBatch(std::vector<Job> &jobs, const Cursors &cursors)
{
    auto log = m_store.begin();
    if (!log) {
        return Core::failure(std::move(log.error()));
    }
    const PushRules rules(m_settings.push, m_store.policies());
    for (Job &job : jobs) {
        if (auto processed = process(**log, rules, job); !processed) {
            return processed;
        }
    }
    if (auto saved = writeCursors(**log, cursors); !saved) {
        return saved;
    }
    return (*log)->commit();
}

Core::Result<void> PushPipeline::process(WriteTransaction &log, const PushRules &rules, Job &job)
{
    const std::chrono::milliseconds now = m_clock.now();
    if (auto *push = std::get_if<PushJob>(&job)) {
        auto done = rules.process(log, push->request, m_hlc, now);
        if (!done) {
            return Core::failure(std::move(done.error()));
        }
        push->answer = std::move(*done);
        return {};
    }
    auto &hello = std::get<HelloJob>(job);
    auto done = openSession(log, hello.request, now);
    if (!done) {
        return Core::failure(std::move(done.error()));
    }
    hello.answer = std::move(*done);
    return {};
}

Core::Result<void> PushPipeline::writeCursors(WriteTransaction &log, const Cursors &cursors)
{
    for (const auto &[key, seq] : cursors) {
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

void PushPipeline::answerAll(std::vector<Job> &jobs, const std::optional<Core::Error> &failed)
{
    for (Job &job : jobs) {
        if (auto *push = std::get_if<PushJob>(&job)) {
            const std::uint64_t grownTo = !failed && *push->answer ? (**push->answer).lastSeq : 0;
            push->callback(failed ? PushAnswer(Core::failure(*failed)) : std::move(*push->answer));
            if (grownTo != 0) {
                m_grown(push->request.user, grownTo, push->request.device);
            }
        } else {
            auto &hello = std::get<HelloJob>(job);
            hello.callback(failed ? HelloAnswer(Core::failure(*failed)) : std::move(*hello.answer));
        }
    }
}

}  // namespace Satchel::Server
