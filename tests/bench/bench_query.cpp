// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
//
// What queries of 100,000 documents cost: with an index, without one, and the naive way in the same run; and how long the app's thread is
// held up at worst while the server sends 1,000 changes a second to a model of all of them.

#include "metrics.h"

#include "client/client_p.h"
#include "core/merge.h"

#include <Satchel/client.h>
#include <Satchel/collectionmodel.h>

#include <benchmark/benchmark.h>

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

namespace Satchel {

/// Brings in what the engine would have brought from the server.
struct ClientAccess {
    static void apply(Client &client, const Sync::StoreChange &change) { client.d->live.apply(change); }
};

}  // namespace Satchel

using namespace Satchel;

namespace {

constexpr int documentCount = 100'000;
constexpr int priorityCount = 10;
const QString tasks = QStringLiteral("tasks");
const QString due = QStringLiteral("due");
const QString priority = QStringLiteral("priority");

void require(bool isTrue, const char *what)
{
    if (!isTrue) {
        std::fprintf(stderr, "bench_query: %s failed\n", what);
        std::exit(1);
    }
}

void waitFor(const QFuture<Result<void>> &future)
{
    while (!future.isFinished()) {
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    require(future.result().has_value(), "a write");
}

std::string keyOf(int number)
{
    return "task-" + std::to_string(number);
}

class Tasks {
public:
    Tasks()
    {
        ClientOptions options;
        options.user = QStringLiteral("anna");
        options.storeFolder = m_folder.path();
        options.key = StoreKeySource::raw(QByteArray(32, 'k'));
        options.indexes = {{tasks, {priority, due}}, {tasks, {due}}};
        m_client = std::make_unique<Client>(options);
        waitFor(m_client->open());
        for (int first = 0; first < documentCount; first += batchSize) {
            receive(first, batchSize);
        }
    }

    [[nodiscard]] Collection *collection() { return m_client->collection(tasks); }

    /// One transaction of the server's: so many documents with new values.
    void receive(int first, int count)
    {
        Sync::StoreChange change;
        for (int i = first; i < first + count; ++i) {
            Core::Mutation mutation;
            mutation.dot = {m_other, ++m_counter};
            mutation.stamp = Core::Hlc::fromParts(m_counter, 0);
            mutation.document = {"tasks", keyOf(i % documentCount)};
            mutation.ops = {Core::PutOp{"due", Core::Value(std::int64_t(m_random() % 1'000'000))},
                            Core::PutOp{"priority", Core::Value(std::int64_t(m_random() % priorityCount))}};
            Core::Document document;
            Core::apply(document, mutation, {});
            change.bases.push_back({mutation.document, std::move(document)});
        }
        ClientAccess::apply(*m_client, change);
    }
    void receiveRandom(int count) { receive(int(m_random() % (documentCount - count)), count); }

private:
    static constexpr int batchSize = 1000;

    QTemporaryDir m_folder;
    std::unique_ptr<Client> m_client;
    Core::DeviceId m_other{{7}};
    std::uint64_t m_counter = 0;
    std::mt19937 m_random{5};
};

Tasks &allTasks()
{
    static Tasks *made = new Tasks;
    return *made;
}

Query indexedQuery()
{
    return Query().where(priority, Query::Equal, 3).orderBy(due).limit(100);
}

void liveQueryIndexed(benchmark::State &state)
{
    Collection *collection = allTasks().collection();
    for ([[maybe_unused]] auto step : state) {
        const std::unique_ptr<LiveQuery> list(collection->query(indexedQuery()));
        require(list->isUpToDate() && list->count() == 100, "the indexed query");
    }
}
BENCHMARK(liveQueryIndexed)->Unit(benchmark::kMillisecond);

void liveQueryIndexedRange(benchmark::State &state)
{
    Collection *collection = allTasks().collection();
    for ([[maybe_unused]] auto step : state) {
        const std::unique_ptr<LiveQuery> list(collection->query(Query().where(due, Query::GreaterOrEqual, 990'000).orderBy(due)));
        require(list->isUpToDate() && list->count() > 0, "the range");
    }
}
BENCHMARK(liveQueryIndexedRange)->Unit(benchmark::kMillisecond);

/// The index has the documents, not the order.
void findNarrowedByIndex(benchmark::State &state)
{
    const Query query = Query().where(priority, Query::Equal, 3).orderBy(priority).orderBy(due, Qt::DescendingOrder);
    Collection *collection = allTasks().collection();
    for ([[maybe_unused]] auto step : state) {
        require(collection->find(query).has_value(), "the narrowed search");
    }
}
BENCHMARK(findNarrowedByIndex)->Unit(benchmark::kMillisecond);

void findWithoutIndex(benchmark::State &state)
{
    const Query query = Query().where(priority, Query::NotEqual, 3).orderBy(priority).limit(100);
    Collection *collection = allTasks().collection();
    for ([[maybe_unused]] auto step : state) {
        require(collection->find(query).has_value(), "the search");
    }
}
BENCHMARK(findWithoutIndex)->Unit(benchmark::kMillisecond);

/// What an app would write without queries.
void naiveListAndSort(benchmark::State &state)
{
    Collection *collection = allTasks().collection();
    for ([[maybe_unused]] auto step : state) {
        const auto documents = collection->list();
        std::vector<std::pair<qlonglong, QString>> found;
        for (auto it = documents.begin(); it != documents.end(); ++it) {
            if (it->value(priority).toLongLong() == 3) {
                found.emplace_back(it->value(due).toLongLong(), it.key());
            }
        }
        std::sort(found.begin(), found.end());
        benchmark::DoNotOptimize(found);
    }
}
BENCHMARK(naiveListAndSort)->Unit(benchmark::kMillisecond);

/// The longest time for which the event loop did not turn, transactions themselves included.
void measureStalls()
{
    CollectionModel model;
    model.setFields({due, priority});
    model.setSource(allTasks().collection(), Query().orderBy(due));
    while (!model.query()->isUpToDate()) {
        QCoreApplication::processEvents();
    }
    require(model.count() == documentCount, "the model");
    constexpr int changesPerTransaction = 100;
    constexpr int transactionCount = 100;
    constexpr std::chrono::milliseconds interval(100);
    int sent = 0;
    QTimer server;
    server.setTimerType(Qt::PreciseTimer);
    QObject::connect(&server, &QTimer::timeout, [&] {
        allTasks().receiveRandom(changesPerTransaction);
        ++sent;
    });
    server.start(interval);
    std::vector<double> turns;
    QElapsedTimer turn;
    QTimer watchdog;
    QObject::connect(&watchdog, &QTimer::timeout, [&] { turns.push_back(double(turn.nsecsElapsed()) / 1e6), turn.start(); });
    turn.start();
    watchdog.start(0);
    while (sent < transactionCount || !model.query()->isUpToDate()) {
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    std::sort(turns.begin(), turns.end());
    const auto n = std::int64_t(turns.size());
    Bench::printMetric("query.model_of_100000.1000_changes_a_second.stall.max", turns.back(), "ms", n);
    Bench::printMetric("query.model_of_100000.1000_changes_a_second.stall.p99", turns[turns.size() * 99 / 100], "ms", n);
}

}  // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    measureStalls();
    return 0;
}
