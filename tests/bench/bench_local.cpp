// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
//
// What a device's own store costs, beside raw SQLCipher in the same run: durable writes one by one and grouped, the return of set(), reads
// from memory, at two sizes of the store.

#include "metrics.h"

#include <Satchel/client.h>

#include <benchmark/benchmark.h>
#include <sqlcipher/sqlite3.h>

#include <QCoreApplication>
#include <QTemporaryDir>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

using namespace Satchel;

namespace {

constexpr int groupSize = 1000;
constexpr int valueBytes = 200;

void require(bool isTrue, const char *what)
{
    if (!isTrue) {
        std::fprintf(stderr, "bench_local: %s failed\n", what);
        std::exit(1);
    }
}

/// Documents and keys are made once, as raw's rows are: what counts is what the store does with them.
const QVariantMap &document(int number)
{
    static const QList<QVariantMap> documents = [] {
        QList<QVariantMap> made;
        for (char letter = 'a'; letter <= 'z'; ++letter) {
            made.append({{QStringLiteral("text"), QString(valueBytes, QLatin1Char(letter))}});
        }
        return made;
    }();
    return documents.at(number % documents.size());
}

const QString &key(int number)
{
    static const QStringList keys = [] {
        QStringList made;
        for (int i = 0; i < 100000; ++i) {
            made.append(QStringLiteral("key-%1").arg(i));
        }
        return made;
    }();
    return keys.at(number);
}

void waitFor(const QFuture<Result<void>> &future)
{
    while (!future.isFinished()) {
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    require(future.result().has_value(), "a write");
}

/// A local client whose store holds `documentCount` documents, opened after they were written.
class LocalClient {
public:
    explicit LocalClient(int documentCount)
    {
        open();
        WriteBatch batch;
        for (int i = 0; i < documentCount; ++i) {
            batch.set(collection().name(), key(i), document(i));
        }
        waitFor(write(std::move(batch)));
        m_client.reset();
        open();
    }
    [[nodiscard]] QFuture<Result<void>> write(WriteBatch batch) { return m_client->write(std::move(batch)); }
    void waitForDurable() { require(m_client->waitForDurable(), "waiting for a write"); }
    [[nodiscard]] Collection &collection() { return *m_client->collection(QStringLiteral("bench")); }

private:
    void open()
    {
        ClientOptions options;
        options.user = QStringLiteral("bench");
        options.storeFolder = m_folder.path();
        options.key = StoreKeySource::raw(QByteArray(32, 'k'));
        m_client = std::make_unique<Client>(options);
        waitFor(m_client->open());
    }

    QTemporaryDir m_folder;
    std::unique_ptr<Client> m_client;
};

/// SQLCipher as a program would use it that keeps rows of the same size durably, and nothing else.
class RawStore {
public:
    RawStore()
    {
        require(sqlite3_open(m_folder.filePath(QStringLiteral("raw.db")).toUtf8().constData(), &m_handle) == SQLITE_OK,
                "opening a raw store");
        const std::string key = "x'" + std::string(64, '6') + "'";
        require(sqlite3_key(m_handle, key.data(), static_cast<int>(key.size())) == SQLITE_OK, "its key");
        execute("PRAGMA journal_mode = WAL");
        execute("PRAGMA synchronous = FULL");
        execute("CREATE TABLE outbox (counter INTEGER PRIMARY KEY, mutation BLOB NOT NULL)");
        m_begin = prepare("BEGIN IMMEDIATE");
        m_insert = prepare("INSERT INTO outbox VALUES (?, ?)");
        m_commit = prepare("COMMIT");
    }
    ~RawStore()
    {
        for (sqlite3_stmt *statement : {m_begin, m_insert, m_commit}) {
            sqlite3_finalize(statement);
        }
        sqlite3_close(m_handle);
    }
    RawStore(const RawStore &) = delete;
    RawStore &operator=(const RawStore &) = delete;

    void insert(int rows)
    {
        static const std::string blob(valueBytes + 60, 'x');
        run(m_begin);
        for (int i = 0; i < rows; ++i) {
            sqlite3_bind_int64(m_insert, 1, ++m_counter);
            sqlite3_bind_blob(m_insert, 2, blob.data(), static_cast<int>(blob.size()), SQLITE_STATIC);
            run(m_insert);
        }
        run(m_commit);
    }

private:
    void execute(const char *sql) { require(sqlite3_exec(m_handle, sql, nullptr, nullptr, nullptr) == SQLITE_OK, sql); }
    [[nodiscard]] sqlite3_stmt *prepare(const char *sql)
    {
        sqlite3_stmt *statement = nullptr;
        require(sqlite3_prepare_v2(m_handle, sql, -1, &statement, nullptr) == SQLITE_OK, sql);
        return statement;
    }
    static void run(sqlite3_stmt *statement)
    {
        require(sqlite3_step(statement) == SQLITE_DONE, sqlite3_sql(statement));
        sqlite3_reset(statement);
    }

    QTemporaryDir m_folder;
    sqlite3 *m_handle = nullptr;
    sqlite3_stmt *m_begin = nullptr;
    sqlite3_stmt *m_insert = nullptr;
    sqlite3_stmt *m_commit = nullptr;
    std::int64_t m_counter = 0;
};

void rawOneByOne(benchmark::State &state)
{
    RawStore store;
    for (auto _ : state) {
        store.insert(1);
    }
    state.SetItemsProcessed(state.iterations());
}

void rawGrouped(benchmark::State &state)
{
    RawStore store;
    for (auto _ : state) {
        store.insert(groupSize);
    }
    state.SetItemsProcessed(state.iterations() * groupSize);
}

/// As raw does it: each write is durable before the program goes on.
void durableOneByOne(benchmark::State &state)
{
    LocalClient client(static_cast<int>(state.range(0)));
    int i = 0;
    for (auto _ : state) {
        const auto written = client.collection().set(key(i % 1000), document(i));
        client.waitForDurable();
        require(written.isFinished() && written.result().has_value(), "a write");
        if (++i % 100 == 0) {
            QCoreApplication::processEvents();
        }
    }
    state.SetItemsProcessed(state.iterations());
}

/// As an app with an event loop does it: it is told when a write is durable, and makes the next.
void durableThroughLoop(benchmark::State &state)
{
    LocalClient client(static_cast<int>(state.range(0)));
    int i = 0;
    for (auto _ : state) {
        waitFor(client.collection().set(key(i % 1000), document(i)));
        ++i;
    }
    state.SetItemsProcessed(state.iterations());
}

void durableGrouped(benchmark::State &state)
{
    LocalClient client(static_cast<int>(state.range(0)));
    int i = 0;
    for (auto _ : state) {
        QFuture<Result<void>> last;
        for (int row = 0; row < groupSize; ++row, ++i) {
            last = client.collection().set(key(i % 10000), document(i));
        }
        waitFor(last);
    }
    state.SetItemsProcessed(state.iterations() * groupSize);
}

void durableBatch(benchmark::State &state)
{
    LocalClient client(static_cast<int>(state.range(0)));
    const QString collection = client.collection().name();
    int i = 0;
    for (auto _ : state) {
        WriteBatch batch;
        for (int row = 0; row < groupSize; ++row, ++i) {
            batch.set(collection, key(i % 10000), document(i));
        }
        waitFor(client.write(std::move(batch)));
    }
    state.SetItemsProcessed(state.iterations() * groupSize);
}

void setReturns(benchmark::State &state)
{
    LocalClient client(static_cast<int>(state.range(0)));
    const QVariantMap fields = document(1);
    int i = 0;
    QFuture<Result<void>> last;
    std::vector<double> nanoseconds;
    for (auto _ : state) {
        const auto begin = std::chrono::steady_clock::now();
        last = client.collection().set(key(++i % 10000), fields);
        nanoseconds.push_back(std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count());
    }
    waitFor(last);
    std::ranges::sort(nanoseconds);
    state.counters["p50"] = nanoseconds[nanoseconds.size() / 2];
    state.counters["p99"] = nanoseconds[nanoseconds.size() * 99 / 100];
}

void cachedRead(benchmark::State &state)
{
    LocalClient client(static_cast<int>(state.range(0)));
    Collection &collection = client.collection();
    QStringList keys;
    for (int i = 0; i < 1000; ++i) {
        keys.append(key(i * 7));
    }
    int i = 0;
    for (auto _ : state) {
        auto fields = collection.get(keys.at(++i % keys.size()));
        benchmark::DoNotOptimize(fields);
    }
}

/// Machines, and their disks more so, have better and worse seconds: each benchmark runs several times, in turns with the others, and the
/// median counts. A turn is long enough for several moves of the write-ahead log into the file.
void inTurns(benchmark::internal::Benchmark *benchmark)
{
    benchmark->Repetitions(5)->ReportAggregatesOnly(true)->UseRealTime();
}

BENCHMARK(rawOneByOne)->Apply(inTurns)->MinTime(1);
BENCHMARK(durableOneByOne)->Arg(10000)->Arg(100000)->Apply(inTurns)->MinTime(1);
BENCHMARK(durableThroughLoop)->Arg(10000)->Arg(100000)->Apply(inTurns)->MinTime(1);
BENCHMARK(rawGrouped)->Apply(inTurns)->MinTime(1);
BENCHMARK(durableGrouped)->Arg(10000)->Arg(100000)->Apply(inTurns)->MinTime(1);
BENCHMARK(durableBatch)->Arg(10000)->Arg(100000)->Apply(inTurns)->MinTime(1);
BENCHMARK(cachedRead)->Arg(10000)->Arg(100000)->UseRealTime();
BENCHMARK(setReturns)->Arg(10000)->Arg(100000)->Iterations(5000)->UseRealTime();

/// Prints each run as one metric: a rate where items were counted, else times of one iteration. At the end, what is promised as ratios.
class LineReporter : public benchmark::BenchmarkReporter {
public:
    bool ReportContext(const Context & /*context*/) override { return true; }
    void ReportRuns(const std::vector<Run> &runs) override
    {
        for (const Run &run : runs) {
            if (run.run_type == Run::RT_Aggregate && run.aggregate_name != "median") {
                continue;
            }
            std::string name = "local." + run.run_name.function_name + (run.run_name.args.empty() ? "" : "/") + run.run_name.args;
            const auto rate = run.counters.find("items_per_second");
            if (rate != run.counters.end()) {
                print(name, rate->second.value, "per_second", run.iterations);
                continue;
            }
            print(name, run.GetAdjustedRealTime(), "ns", run.iterations);
            for (const char *share : {"p50", "p99"}) {
                if (const auto time = run.counters.find(share); time != run.counters.end()) {
                    print(name + "/" + share, time->second.value, "ns", run.iterations);
                }
            }
        }
    }
    void Finalize() override
    {
        for (const char *documents : {"10000", "100000"}) {
            const std::string size = std::string("/") + documents;
            printRatio("local.oneByOneToRaw" + size, "local.durableOneByOne" + size, "local.rawOneByOne");
            printRatio("local.throughLoopToRaw" + size, "local.durableThroughLoop" + size, "local.rawOneByOne");
            printRatio("local.groupedToRaw" + size, "local.durableGrouped" + size, "local.rawGrouped");
            printRatio("local.batchToRaw" + size, "local.durableBatch" + size, "local.rawGrouped");
        }
        for (const char *name : {"durableOneByOne", "durableThroughLoop", "durableGrouped", "durableBatch", "cachedRead"}) {
            const std::string metric = std::string("local.") + name;
            printRatio(metric + "/100000to10000", metric + "/100000", metric + "/10000");
        }
        printRatio("local.setReturns/p50/100000to10000", "local.setReturns/100000/p50", "local.setReturns/10000/p50");
    }

private:
    void print(const std::string &metric, double value, std::string_view unit, std::int64_t n)
    {
        m_values[metric] = value;
        Bench::printMetric(metric, value, unit, n);
    }
    void printRatio(const std::string &metric, const std::string &of, const std::string &to)
    {
        if (m_values.contains(of) && m_values.contains(to)) {
            Bench::printMetric(metric, m_values[of] / m_values[to], "ratio", 1);
        }
    }

    std::map<std::string, double> m_values;
};

}  // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    std::vector<char *> arguments(argv, argv + argc);
    std::string turns = "--benchmark_enable_random_interleaving=true";
    arguments.push_back(turns.data());
    int count = static_cast<int>(arguments.size());
    benchmark::Initialize(&count, arguments.data());
    LineReporter reporter;
    benchmark::RunSpecifiedBenchmarks(&reporter);
    return 0;
}
