// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
//
// How fast a store of half a gigabyte is backed up, beside what the disk gives a program that only copies such a file, and how long pushes
// wait meanwhile.

#include "metrics.h"

#include "cipherdb/newfile.h"
#include "server-stub/ops/backup/backup.h"
#include "server-stub/ops/failpoint.h"
#include "server-stub/sync/pushpipeline.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <thread>
#include <vector>

using namespace Satchel;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::uintmax_t storeBytesMin = 500'000'000;
constexpr std::size_t valueBytes = 60'000;
constexpr int rounds = 5;
const Core::UserId user{"default", "anna"};

void require(bool isTrue, const char *what)
{
    if (!isTrue) {
        std::fprintf(stderr, "bench_backup: %s failed\n", what);
        std::exit(1);
    }
}

double secondsSince(Clock::time_point begun)
{
    return std::chrono::duration<double>(Clock::now() - begun).count();
}

template <typename Answer, typename Work>
Answer answerOf(Work work)
{
    std::promise<Answer> promise;
    work([&promise](Answer answer) { promise.set_value(std::move(answer)); });
    return promise.get_future().get();
}

/// One device that pushes to the pipeline of a store.
class Writer {
public:
    explicit Writer(Server::Store &store)
        : m_pipeline(store, m_clock, {}, m_failpoint, [](const auto &, std::uint64_t, const auto &) {})
    {
        Wire::Hello hello;
        hello.device.id = m_device;
        const auto session =
            answerOf<Server::HelloAnswer>([&](auto done) { m_pipeline.hello({user, hello, "lease", store.epoch()}, std::move(done)); });
        require(session.has_value(), "a session");
        m_lease = session->lease;
    }

    void push(int count, std::size_t bytes)
    {
        Wire::Push push;
        for (int i = 0; i < count; ++i) {
            Core::Mutation mutation;
            mutation.dot = {m_device, ++m_counter};
            mutation.stamp = m_stamps.tick(m_clock.now());
            mutation.document = {"bench", "key-" + std::to_string(m_counter)};
            mutation.ops.emplace_back(Core::PutOp{"text", Core::Value(std::string(bytes, 'x'))});
            push.mutations.push_back(std::move(mutation));
        }
        const auto pushed =
            answerOf<Server::PushAnswer>([&](auto done) { m_pipeline.push({user, m_device, push, m_lease}, std::move(done)); });
        require(pushed && pushed->pushed.settled.empty(), "a push");
    }
    Core::Result<void> whileNobodyWrites(const std::function<Core::Result<void>()> &step)
    {
        std::promise<Core::Result<void>> done;
        require(m_pipeline.between([&] { done.set_value(step()); }), "a pause of the pipeline");
        return done.get_future().get();
    }

private:
    static Core::DeviceId deviceId()
    {
        Core::DeviceId id;
        id.bytes.fill(1);
        return id;
    }

    const Server::SystemClock m_clock;
    const Core::DeviceId m_device = deviceId();
    Server::Failpoint m_failpoint;
    Server::PushPipeline m_pipeline;
    Core::HlcClock m_stamps;
    std::uint64_t m_counter = 0;
    std::string m_lease;
};

/// Reads, writes and makes durable, with pieces of the size that a backup has.
double copySeconds(const std::filesystem::path &from, const std::filesystem::path &to)
{
    const auto begun = Clock::now();
    auto out = CipherDb::NewFile::create(to);
    require(out.has_value(), "a plain copy");
    std::ifstream in(from, std::ios::binary);
    std::string piece(std::size_t{1} << 20U, '\0');
    while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())), in.gcount() > 0) {
        require(out->append(std::string_view(piece).substr(0, static_cast<std::size_t>(in.gcount()))).has_value(), "a plain copy");
    }
    require(out->finish().has_value(), "a plain copy");
    return secondsSince(begun);
}

double median(std::vector<double> times)
{
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

class Backups {
public:
    Backups(Server::EmbeddedStore &store, Writer &writer, const std::filesystem::path &folder)
        : m_store(store)
        , m_writer(writer)
        , m_folder(folder)
    {
    }

    /// Bytes a second of one backup, which is thrown away.
    double bytesPerSecond()
    {
        const auto begun = Clock::now();
        const auto made = Server::makeBackup(m_store, m_signer, {m_folder, {}}, Server::SystemClock().now(),
                                             [this](const auto &step) { return m_writer.whileNobodyWrites(step); });
        const double seconds = secondsSince(begun);
        require(made.has_value(), "a backup");
        std::filesystem::remove_all(m_folder / made->name);
        return static_cast<double>(made->sizeBytes) / seconds;
    }

private:
    Server::EmbeddedStore &m_store;
    Writer &m_writer;
    const std::filesystem::path m_folder;
    const Audit::Signer m_signer = *Audit::Signer::make(std::string(Audit::signerName), std::string(32, 's'));
};

/// Pushes of one small mutation each, one after the other, while backups are made.
void measurePushesMeanwhile(Backups &backups, Writer &writer)
{
    std::atomic<bool> isDone = false;
    std::vector<double> waits;
    std::thread device([&] {
        while (!isDone) {
            const auto begun = Clock::now();
            writer.push(1, 200);
            waits.push_back(secondsSince(begun) * 1e3);
        }
    });
    std::vector<double> rates;
    for (int i = 0; i < rounds; ++i) {
        rates.push_back(backups.bytesPerSecond());
    }
    isDone = true;
    device.join();
    const auto count = static_cast<std::int64_t>(waits.size());
    Bench::printMetric("backup.under_pushes", median(rates), "bytes_per_second", rounds);
    Bench::printMetric("backup.push_meanwhile/p50", median(waits), "ms", count);
    Bench::printMetric("backup.push_meanwhile/max", *std::max_element(waits.begin(), waits.end()), "ms", count);
}

}  // namespace

int main()
{
    const auto folder = std::filesystem::temp_directory_path() / "satchel-bench-backup";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    {
        Server::SystemRandom random;
        auto store = Server::EmbeddedStore::open(folder / "server.db", CipherDb::StoreKey::random(), random);
        require(store.has_value(), "opening the store");
        Writer writer(**store);
        while (std::filesystem::file_size(folder / "server.db") < storeBytesMin) {
            for (int i = 0; i < 50; ++i) {
                writer.push(10, valueBytes);
            }
            require(writer.whileNobodyWrites([&] { return (*store)->checkpoint(); }).has_value(), "a checkpoint");
        }
        const double bytes = static_cast<double>(std::filesystem::file_size(folder / "server.db"));
        Backups backups(**store, writer, folder / "backups");
        std::vector<double> rates;
        std::vector<double> copies;
        for (int i = 0; i < rounds; ++i) {
            copies.push_back(bytes / copySeconds(folder / "server.db", folder / "copy"));
            std::filesystem::remove(folder / "copy");
            rates.push_back(backups.bytesPerSecond());
        }
        Bench::printMetric("backup.store", bytes, "bytes", 1);
        Bench::printMetric("backup.rate", median(rates), "bytes_per_second", rounds);
        Bench::printMetric("backup.copy_rate", median(copies), "bytes_per_second", rounds);
        measurePushesMeanwhile(backups, writer);
    }
    std::filesystem::remove_all(folder);
    return 0;
}
