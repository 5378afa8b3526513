// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
//
// What the audit log costs: verification of an export of 1,000,000 records, and an admin read that is recorded before it is answered beside
// the same read without its record.

#include "metrics.h"

#include "audit/exportverifier.h"
#include "server-stub/admin/adminendpoint.h"
#include "server-stub/store/embedded/embeddedstore.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <future>
#include <string>
#include <vector>

using namespace Satchel;
using Clock = std::chrono::steady_clock;

namespace {

void require(bool isTrue, const char *what)
{
    if (!isTrue) {
        std::fprintf(stderr, "bench_audit: %s failed\n", what);
        std::exit(1);
    }
}

double secondsSince(Clock::time_point begun)
{
    return std::chrono::duration<double>(Clock::now() - begun).count();
}

Wire::AuditRecord recordOf(std::uint64_t number)
{
    Wire::AuditRecord record;
    record.time = std::chrono::milliseconds(1'800'000'000'000 + static_cast<std::int64_t>(number));
    record.tenant = "default";
    record.action = "State/GetDocument";
    record.requestId = "0123456789abcdef";
    record.requestSha256 = std::string(Audit::viewOf(Audit::sha256(std::to_string(number))));
    record.roles = {"support", "user"};
    record.personal = {
        "operator@example.com", "anna" + std::to_string(number % 1000) + "@example.com", "preferences", "editor", {}, "", "192.0.2.1"};
    return record;
}

/// The lines are made a thousand at a time, outside of what is measured.
void verifyExport(std::uint64_t count)
{
    constexpr std::uint64_t chunk = 1000;
    const Audit::Signer signer = *Audit::Signer::make(std::string(Audit::signerName), std::string(32, 's'));
    Audit::ExportVerifier verifier({signer.verifierKey(), {}});
    Audit::Growing tree;
    std::vector<Audit::Hash> leaves;
    Audit::Openings openings;
    double seconds = 0;
    std::clock_t ticks = 0;
    double bytes = 0;
    const auto take = [&](const std::vector<std::string> &lines) {
        const auto begun = Clock::now();
        const std::clock_t ticksBefore = std::clock();
        for (const std::string &line : lines) {
            require(verifier.take(line).has_value(), "taking a line");
        }
        ticks += std::clock() - ticksBefore;
        seconds += secondsSince(begun);
        for (const std::string &line : lines) {
            bytes += static_cast<double>(line.size());
        }
    };
    take({Audit::headerLine({7, "default", signer.verifierKey()})});
    for (std::uint64_t i = 0; i < count; i += chunk) {
        std::vector<std::string> lines;
        for (std::uint64_t number = i; number < std::min(count, i + chunk); ++number) {
            const Wire::AuditRecord record = recordOf(number);
            const std::string subject = Wire::encodeSubject(record, std::string(32, 's'));
            Wire::AuditRecord kept = record;
            kept.subject = std::string(subject.size() + 42, 'c');
            kept.commitment = std::string(Audit::viewOf(Audit::sha256(subject)));
            Wire::clearSubject(kept);
            const std::string stored = Wire::encode(kept);
            lines.push_back(Audit::recordLine(number, record, stored, subject));
            openings.add(number, subject);
            leaves.push_back(Audit::leafHash(stored));
            tree.append(leaves.back());
        }
        take(lines);
    }
    for (std::uint64_t i = 0; i < count; i += Audit::leavesInLineMax) {
        take({Audit::leavesLine(i, std::span(leaves).subspan(i, std::min<std::size_t>(Audit::leavesInLineMax, count - i)))});
    }
    const Audit::Checkpoint shown = openings.head(Audit::originOf(7, "default"), count);
    take({Audit::openingsLine(signer.signNote(shown.toText()))});
    take({Audit::noteLine(signer.signNote(Audit::Checkpoint{Audit::originOf(7, "default"), count, tree.root()}.toText()))});
    require(verifier.finish().has_value(), "verifying");
    Bench::printMetric("audit.verify", seconds, "s", static_cast<std::int64_t>(count));
    Bench::printMetric("audit.verify_cpu", static_cast<double>(ticks) / CLOCKS_PER_SEC, "s", static_cast<std::int64_t>(count));
    Bench::printMetric("audit.line_bytes", bytes / static_cast<double>(count), "bytes", static_cast<std::int64_t>(count));
}

/// Whoever calls is the operator.
class AnyToken final : public Server::TokenVerifier {
public:
    [[nodiscard]] Core::Result<Server::Identity> verify(std::string_view /*token*/, std::chrono::milliseconds /*now*/) const override
    {
        return Server::Identity{{"default", "operator"}, {"support"}, std::chrono::seconds(0)};
    }
};

/// The admin endpoint on a store on disk, without sockets.
class Reads {
public:
    explicit Reads(const std::filesystem::path &folder)
    {
        auto opened = Server::EmbeddedStore::open(folder / "server.db", CipherDb::StoreKey::random(), m_random);
        require(opened.has_value(), "opening the store");
        m_store = std::move(*opened);
        m_pipeline = std::make_unique<Server::PushPipeline>(*m_store, m_clock, Server::PipelineSettings{}, m_failpoint,
                                                            [](const Core::UserId &, std::uint64_t, const Core::DeviceId &) {});
        m_readers = std::make_unique<Server::ReaderPool>(*m_store, 1, 10'000);
        m_gate = std::make_unique<Server::Gatekeeper>(Server::GateSettings{}, m_pipeline->metrics());
        m_keeper = std::make_unique<Server::PolicyKeeper>(*m_store, *m_pipeline, m_hub, std::make_shared<const Server::Policies>(), false,
                                                          "default");
        m_admin = std::make_unique<Server::AdminEndpoint>(Server::AdminContext{Server::PageTokens("secret"), m_signer, m_store->epoch(),
                                                                               *m_keeper, m_hub, *m_pipeline, *m_gate, m_random},
                                                          *m_readers, m_tokens, m_clock, m_random);
        m_admin->addRoutes(m_router);
    }
    ~Reads()
    {
        m_readers->stop();
        m_pipeline->stop();
    }
    Reads(const Reads &) = delete;
    Reads &operator=(const Reads &) = delete;

    void recorded()
    {
        std::promise<int> status;
        m_router.handle(request(), [&status](const Server::HttpResponse &response) { status.set_value(response.status); });
        require(status.get_future().get() == 200, "a recorded read");
    }
    void unrecorded()
    {
        std::promise<bool> done;
        m_readers->run([&](Core::Result<Server::ReadView *> view) {
            Server::AdminCall call;
            call.caller = *m_tokens.verify({}, {});
            call.body = request().body;
            call.format = Wire::Admin::Format::Json;
            done.set_value(m_admin->commands().front()->run(call, **view).has_value());
        });
        require(done.get_future().get(), "a read");
    }
    void together(int count)
    {
        std::atomic<int> left = count;
        std::promise<void> done;
        for (int i = 0; i < count; ++i) {
            m_router.handle(request(), [&](const Server::HttpResponse &) {
                if (--left == 0) {
                    done.set_value();
                }
            });
        }
        done.get_future().wait();
    }

private:
    static Server::HttpRequest request()
    {
        Server::HttpRequest request;
        request.method = "POST";
        request.path = "/satchel.v1.Users/List";
        request.contentType = "application/json";
        request.body = "{}";
        return request;
    }

    const Audit::Signer m_signer = *Audit::Signer::make(std::string(Audit::signerName), std::string(32, 's'));
    Server::SystemRandom m_random;
    Server::SystemClock m_clock;
    Server::Failpoint m_failpoint;
    AnyToken m_tokens;
    Server::Hub m_hub;
    Server::Router m_router;
    std::unique_ptr<Server::EmbeddedStore> m_store;
    std::unique_ptr<Server::PushPipeline> m_pipeline;
    std::unique_ptr<Server::PolicyKeeper> m_keeper;
    std::unique_ptr<Server::Gatekeeper> m_gate;
    std::unique_ptr<Server::ReaderPool> m_readers;
    std::unique_ptr<Server::AdminEndpoint> m_admin;
};

template <typename Call>
double medianMicroseconds(int count, Call call)
{
    std::vector<double> times;
    for (int i = 0; i < count; ++i) {
        const auto begun = Clock::now();
        call();
        times.push_back(secondsSince(begun) * 1e6);
    }
    std::nth_element(times.begin(), times.begin() + count / 2, times.end());
    return times[static_cast<std::size_t>(count / 2)];
}

void measureReads(int count)
{
    const auto folder = std::filesystem::temp_directory_path() / "satchel-bench-audit";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    {
        Reads reads(folder);
        reads.recorded();
        Bench::printMetric("audit.read_unrecorded/p50", medianMicroseconds(count, [&] { reads.unrecorded(); }), "us", count);
        Bench::printMetric("audit.read_recorded/p50", medianMicroseconds(count, [&] { reads.recorded(); }), "us", count);
        const auto begun = Clock::now();
        reads.together(count * 4);
        Bench::printMetric("audit.reads_together", count * 4 / secondsSince(begun), "per_second", count * 4);
    }
    std::filesystem::remove_all(folder);
}

}  // namespace

int main(int argc, char **argv)
{
    const int scale = argc > 1 ? std::max(1, std::atoi(argv[1])) : 1;
    verifyExport(1'000'000U / static_cast<unsigned>(scale));
    measureReads(2'000 / scale);
    return 0;
}
