// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
//
// What protecting the users costs a push: the same pushes, in turns, by a pipeline as the server has it (rows sealed under the user's key,
// policies with quotas, the gate asked before each push, an operator's recorded read in each transaction) and by one without any of it.
// The server has no switch that turns sealing off. This program does it for itself: it stands in front of libsodium's two functions, and
// of the random source, so that rows are as long as before, and copied.

#include "metrics.h"

#include "server-stub/ops/failpoint.h"
#include "server-stub/ops/gatekeeper.h"
#include "server-stub/ops/policyfile.h"
#include "server-stub/store/embedded/embeddedstore.h"
#include "server-stub/sync/pushpipeline.h"

#include <dlfcn.h>
#include <sodium.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <future>
#include <string>
#include <vector>

using namespace Satchel;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int pushCount = 40;
constexpr int mutationsPerPush = 500;
constexpr int documentCount = 5000;
constexpr int rounds = 9;
const Core::UserId user{"default", "anna"};

std::atomic<bool> isSealing = true;
std::atomic<std::uint64_t> sealedCount = 0;

template <typename Function>
Function *nextOf(const char *name)
{
    return reinterpret_cast<Function *>(dlsym(RTLD_NEXT, name));
}

void require(bool isTrue, const char *what)
{
    if (!isTrue) {
        std::fprintf(stderr, "bench_push: %s failed\n", what);
        std::exit(1);
    }
}

}  // namespace

// NOLINTBEGIN(readability-identifier-naming): the names are libsodium's
extern "C" int crypto_aead_xchacha20poly1305_ietf_encrypt(unsigned char *c, unsigned long long *clen_p, const unsigned char *m,
                                                          unsigned long long mlen, const unsigned char *ad, unsigned long long adlen,
                                                          const unsigned char *nsec, const unsigned char *npub, const unsigned char *k)
{
    static const auto next = nextOf<decltype(crypto_aead_xchacha20poly1305_ietf_encrypt)>("crypto_aead_xchacha20poly1305_ietf_encrypt");
    if (isSealing) {
        ++sealedCount;
        return next(c, clen_p, m, mlen, ad, adlen, nsec, npub, k);
    }
    std::memmove(c, m, mlen);
    std::memset(c + mlen, 0, crypto_aead_xchacha20poly1305_ietf_ABYTES);
    return 0;
}

extern "C" int crypto_aead_xchacha20poly1305_ietf_decrypt(unsigned char *m, unsigned long long *mlen_p, unsigned char *nsec,
                                                          const unsigned char *c, unsigned long long clen, const unsigned char *ad,
                                                          unsigned long long adlen, const unsigned char *npub, const unsigned char *k)
{
    static const auto next = nextOf<decltype(crypto_aead_xchacha20poly1305_ietf_decrypt)>("crypto_aead_xchacha20poly1305_ietf_decrypt");
    if (isSealing) {
        return next(m, mlen_p, nsec, c, clen, ad, adlen, npub, k);
    }
    std::memmove(m, c, clen - crypto_aead_xchacha20poly1305_ietf_ABYTES);
    return 0;
}
// NOLINTEND(readability-identifier-naming)

namespace {

class SwitchedRandom final : public Server::Random {
public:
    [[nodiscard]] std::string bytes(std::size_t count) override
    {
        return isSealing || count != crypto_aead_xchacha20poly1305_ietf_NPUBBYTES ? m_random.bytes(count) : std::string(count, 'n');
    }

private:
    Server::SystemRandom m_random;
};

enum class Protection : std::uint8_t { None, SealingOnly, All };

constexpr const char *policyText = R"({
  "version": 1,
  "collections": {"bench": {"sensitivity": "restricted", "history_days": 90, "document_bytes": 65536,
                            "fields": {"pin": {"sensitivity": "restricted"}}}},
  "quotas": {"documents": 100000, "bytes": 1073741824},
  "operators": {"ann": {"roles": ["support"], "attributes": {"team": "blue"}}}
})";

template <typename Answer, typename Work>
Answer answerOf(Work work)
{
    std::promise<Answer> promise;
    work([&promise](Answer answer) { promise.set_value(std::move(answer)); });
    return promise.get_future().get();
}

Wire::AuditRecord readRecord(int number)
{
    Wire::AuditRecord record;
    record.tenant = user.tenant;
    record.action = "State/GetDocument";
    record.requestId = std::to_string(number);
    record.requestSha256 = std::string(32, 'h');
    record.roles = {"support"};
    record.personal = {"ann", user.user, "bench", "key-1", {}, "ticket 7", "192.0.2.1"};
    return record;
}

std::vector<Wire::Push> makePushes(const Core::DeviceId &device)
{
    const Server::SystemClock clock;
    Core::HlcClock stamps;
    std::vector<Wire::Push> pushes;
    std::uint64_t counter = 0;
    for (int i = 0; i < pushCount; ++i) {
        Wire::Push push;
        for (int j = 0; j < mutationsPerPush; ++j) {
            Core::Mutation mutation;
            mutation.dot = {device, ++counter};
            mutation.stamp = stamps.tick(clock.now());
            mutation.document = {"bench", "key-" + std::to_string(counter % documentCount)};
            if (counter > documentCount) {
                mutation.context.add({device, counter - documentCount});
            }
            mutation.ops.emplace_back(Core::PutOp{"text", Core::Value(std::string(200, 'x'))});
            push.mutations.push_back(std::move(mutation));
        }
        pushes.push_back(std::move(push));
    }
    return pushes;
}

/// Mutations a second, each push waiting for the one before it, into a fresh store on disk.
double pushRate(const std::filesystem::path &folder, Protection protection)
{
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    isSealing = protection != Protection::None;
    const Server::SystemClock clock;
    SwitchedRandom random;
    Server::Failpoint failpoint;
    auto store = Server::EmbeddedStore::open(folder / "server.db", CipherDb::StoreKey::random(), random);
    require(store.has_value(), "opening the store");
    Server::PushPipeline pipeline(**store, clock, {}, failpoint, [](const auto &, std::uint64_t, const auto &) {});
    Server::GateSettings limits;
    limits.mutationsPerUser = 10'000'000;
    limits.mutationsPerTenant = 10'000'000;
    Server::Gatekeeper gate(limits, pipeline.metrics());
    if (protection == Protection::All) {
        auto policies = Server::parsePolicies(policyText);
        require(policies.has_value(), "the policies");
        require((*store)->setPolicies(policies->shared).has_value(), "setting the policies");
        pipeline.usePolicies(std::make_shared<const Server::Policies>(std::move(*policies)));
    }
    Core::DeviceId device;
    device.bytes.fill(1);
    Wire::Hello hello;
    hello.device.id = device;
    const auto session =
        answerOf<Server::HelloAnswer>([&](auto done) { pipeline.hello({user, hello, "lease", (*store)->epoch()}, std::move(done)); });
    require(session.has_value(), "a session");
    const std::vector<Wire::Push> pushes = makePushes(device);
    const auto begun = Clock::now();
    int number = 0;
    for (const Wire::Push &push : pushes) {
        if (protection == Protection::All) {
            require(!gate.refuseWrite(user, push.mutations.size()), "the gate");
            pipeline.audit(readRecord(++number), [](const Core::Result<void> &done) { require(done.has_value(), "a record"); });
        }
        const auto pushed =
            answerOf<Server::PushAnswer>([&](auto done) { pipeline.push({user, device, push, session->lease}, std::move(done)); });
        require(pushed && pushed->pushed.settled.empty(), "a push");
    }
    const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
    pipeline.stop();
    return pushCount * mutationsPerPush / seconds;
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

}  // namespace

int main()
{
    const auto folder = std::filesystem::temp_directory_path() / "satchel-bench-push";
    std::vector<double> bare;
    std::vector<double> sealed;
    std::vector<double> all;
    std::vector<double> sealedCosts;
    std::vector<double> allCosts;
    for (int i = 0; i < rounds; ++i) {
        bare.push_back(pushRate(folder, Protection::None));
        const std::uint64_t before = sealedCount;
        sealed.push_back(pushRate(folder, Protection::SealingOnly));
        require(sealedCount - before > std::uint64_t{pushCount} * mutationsPerPush, "standing in front of libsodium");
        all.push_back(pushRate(folder, Protection::All));
        sealedCosts.push_back(1 - sealed.back() / bare.back());
        allCosts.push_back(1 - all.back() / bare.back());
    }
    std::filesystem::remove_all(folder);
    constexpr std::int64_t mutations = std::int64_t{pushCount} * mutationsPerPush;
    Bench::printMetric("push.bare", median(bare), "per_second", mutations);
    Bench::printMetric("push.sealed", median(sealed), "per_second", mutations);
    Bench::printMetric("push.protected", median(all), "per_second", mutations);
    Bench::printMetric("push.sealing_cost", median(sealedCosts), "ratio", rounds);
    Bench::printMetric("push.protection_cost", median(allCosts), "ratio", rounds);
    return 0;
}
