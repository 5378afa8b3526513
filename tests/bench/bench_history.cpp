// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
//
// What it costs to tell what was: the whole state at a time of a user with 10,000 events, of one document with all of them, and pages of
// history.

#include "metrics.h"

#include "server-stub/ops/failpoint.h"
#include "server-stub/ops/random.h"
#include "server-stub/store/embedded/embeddedstore.h"
#include "server-stub/sync/pushpipeline.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <future>
#include <string>
#include <vector>

using namespace Satchel;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::uint64_t eventCount = 10'000;
constexpr int documentCount = 1000;
const Core::UserId many{"default", "many documents"};
const Core::UserId one{"default", "one document"};

void require(bool isTrue, const char *what)
{
    if (!isTrue) {
        std::fprintf(stderr, "bench_history: %s failed\n", what);
        std::exit(1);
    }
}

Core::DeviceId device()
{
    Core::DeviceId id;
    id.bytes.fill(1);
    return id;
}

template <typename Answer, typename Work>
Answer answerOf(Work work)
{
    std::promise<Answer> promise;
    work([&promise](Answer answer) { promise.set_value(std::move(answer)); });
    return promise.get_future().get();
}

/// Each event puts a text of 100 bytes into one of ten fields.
void fill(Server::Store &store, const Core::UserId &user, int documents)
{
    const Server::SystemClock clock;
    Server::Failpoint failpoint;
    Server::PushPipeline pipeline(store, clock, {}, failpoint, [](const auto &, std::uint64_t, const auto &) {});
    Wire::Hello hello;
    hello.device.id = device();
    const auto session =
        answerOf<Server::HelloAnswer>([&](auto done) { pipeline.hello({user, hello, "lease", store.epoch()}, std::move(done)); });
    require(session.has_value(), "a session");
    Core::HlcClock stamps;
    for (std::uint64_t made = 0; made < eventCount;) {
        Wire::Push push;
        for (int i = 0; i < 1000; ++i, ++made) {
            Core::Mutation mutation;
            mutation.dot = {device(), made + 1};
            mutation.stamp = stamps.tick(clock.now());
            mutation.document = {"bench", "key-" + std::to_string(made % static_cast<std::uint64_t>(documents))};
            mutation.context.add({device(), made});
            mutation.ops.emplace_back(Core::PutOp{"field " + std::to_string(made % 10), Core::Value(std::string(100, 'x'))});
            push.mutations.push_back(std::move(mutation));
        }
        if (push.mutations.front().dot.counter == 1) {
            push.mutations.front().context = {};
        }
        const auto pushed =
            answerOf<Server::PushAnswer>([&](auto done) { pipeline.push({user, device(), push, session->lease}, std::move(done)); });
        require(pushed && pushed->pushed.settled.empty(), "a push");
    }
}

void measure(const char *metric, int rounds, const std::function<void()> &work)
{
    std::vector<double> times;
    for (int i = 0; i < rounds; ++i) {
        const auto begun = Clock::now();
        work();
        times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begun).count());
    }
    std::sort(times.begin(), times.end());
    Bench::printMetric(metric, times[times.size() / 2], "ms", rounds);
}

}  // namespace

int main()
{
    const auto folder = std::filesystem::temp_directory_path() / "satchel-bench-history";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    {
        Server::SystemRandom random;
        auto store = Server::EmbeddedStore::open(folder / "server.db", CipherDb::StoreKey::random(), random);
        require(store.has_value(), "opening the store");
        fill(**store, many, documentCount);
        fill(**store, one, 1);
        auto view = (*store)->reader();
        require(view.has_value(), "a reader");
        const Core::PolicySet policies;
        const std::uint64_t middle = eventCount / 2;
        measure("history.state_at_ms/10000_events_1000_documents", 5, [&] {
            const auto page = (*view)->documentsAt({many, {}, std::nullopt, middle, documentCount + 1}, policies);
            require(page && page->documents.size() == documentCount, "a state");
        });
        measure("history.state_at_time_ms/10000_events_1000_documents", 5, [&] {
            const auto seq = (*view)->seqAt(many, Server::SystemClock().now());
            require(seq == eventCount, "a time");
        });
        measure("history.document_at_ms/10000_events", 5, [&] {
            const auto row = (*view)->documentAt(one, {"bench", "key-0"}, middle, policies);
            require(row && row->seq == middle, "a document");
        });
        measure("history.page_ms/100_events", 5, [&] {
            const auto page = (*view)->events({one, Core::DocumentId{"bench", "key-0"}, UINT64_MAX, 100});
            require(page && page->size() == 100, "a page");
        });
    }
    std::filesystem::remove_all(folder);
    return 0;
}
