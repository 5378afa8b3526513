// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
//
// How long an operator's list takes in a large store: users by the beginning of their id and by last contact among 1,000,000, audit records
// by an indexed field and by time among 10,000,000. The rows are written as SQL, which is the store's schema and not its way of writing.

#include "metrics.h"

#include "cipherdb/database.h"
#include "core/filter.h"
#include "server-stub/ops/random.h"
#include "server-stub/store/embedded/embeddedstore.h"
#include "wire/auditrecord.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

using namespace Satchel;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::int64_t begin = 1'800'000'000'000;
constexpr int queries = 200;

void require(bool isTrue, const char *what)
{
    if (!isTrue) {
        std::fprintf(stderr, "bench_lists: %s failed\n", what);
        std::exit(1);
    }
}

CipherDb::StoreKey storeKey()
{
    std::array<std::uint8_t, CipherDb::StoreKey::sizeBytes> key{};
    key.fill(7);
    return CipherDb::StoreKey(key);
}

/// Median and 99th percentile of as many calls as `queries`, each with another number.
template <typename Call>
void measure(const std::string &name, std::int64_t rows, Call call)
{
    std::vector<double> times;
    for (int i = 0; i < queries; ++i) {
        const auto begun = Clock::now();
        call(i);
        times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begun).count());
    }
    std::sort(times.begin(), times.end());
    Bench::printMetric(name + "/p50", times[queries / 2], "ms", rows);
    Bench::printMetric(name + "/p99", times[queries * 99 / 100], "ms", rows);
}

Core::Filter parsed(const std::string &text, std::span<const Core::FilterField> fields, std::int64_t now = begin)
{
    auto filter = Core::parseFilter(text, fields, std::chrono::milliseconds(now));
    require(filter.has_value(), text.c_str());
    return std::move(*filter);
}

void fill(const std::filesystem::path &file, std::int64_t users, std::int64_t records)
{
    CipherDb::OpenOptions options;
    options.path = file;
    options.role = CipherDb::Role::Writer;
    auto database = CipherDb::Database::open(options, storeKey());
    require(database.has_value(), "opening the store");
    const auto numbers = [](std::int64_t end) {
        return "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < " + std::to_string(end) + ") ";
    };
    Wire::AuditRecord record;
    record.time = std::chrono::milliseconds(begin);
    record.tenant = "default";
    record.action = "Users/Get";
    record.requestId = "0123456789abcdef";
    record.requestSha256 = std::string(32, 'h');
    record.roles = {"support"};
    std::string stored;
    for (const char byte : Wire::encode(record)) {
        char hex[3];
        std::snprintf(hex, sizeof hex, "%02x", static_cast<unsigned char>(byte));
        stored += hex;
    }
    const std::string time = std::to_string(begin);
    const std::vector<std::string> steps = {
        "BEGIN",
        numbers(users) +
            "INSERT INTO owners (tenant, user, head, documents, created_ms, seen_ms)"
            " SELECT CAST('default' AS BLOB), CAST(printf('%08x@example.com', (i * 2654435761) % 4294967296) AS BLOB), 10, 5, " +
            time + " + i, " + time + " + (i * 7919) % 10000000 FROM n",
        "INSERT INTO devices (owner, device, name, platform) SELECT id, randomblob(16), CAST('phone' AS BLOB), CAST('android' AS BLOB)"
        " FROM owners",
        "INSERT INTO audit_logs (tenant, size) VALUES (CAST('default' AS BLOB), " + std::to_string(records) + ")",
        "DROP INDEX audit_records_by_actor",
        "DROP INDEX audit_records_by_action",
        "DROP INDEX audit_records_by_user",
        "DROP INDEX audit_records_by_code",
        "DROP INDEX audit_records_without_code",
        numbers(records) + "INSERT INTO audit_records (log, place, time_ms, actor, action, user, code, record) SELECT 1, i, " + time +
            " + i, CAST('operator ' || (i * 31 % 500) AS BLOB), CAST('Users/Method' || (i % 20) AS BLOB),"
            " CAST('user ' || (i * 7919 % 100000) AS BLOB), iif(i % 1000 = 0, 7, 0), x'" +
            stored + "' FROM n",
        "CREATE INDEX audit_records_by_actor ON audit_records (log, actor)",
        "CREATE INDEX audit_records_by_action ON audit_records (log, action)",
        "CREATE INDEX audit_records_by_user ON audit_records (log, user)",
        "CREATE INDEX audit_records_by_code ON audit_records (log, code) WHERE code > 0",
        "CREATE INDEX audit_records_without_code ON audit_records (log, place) WHERE code IS NULL",
        "COMMIT"};
    for (const std::string &step : steps) {
        const auto done = database->execute(step);
        require(done.has_value(), done ? "" : Core::describe(done.error()).c_str());
    }
}

void measureUsers(Server::ReadView &view, std::int64_t count)
{
    Server::UsersQuery query;
    query.tenant = "default";
    query.rowsMax = 101;
    measure("lists.users_by_prefix", count, [&](int i) {
        char prefix[16];
        std::snprintf(prefix, sizeof prefix, "user:%02x*", i);
        query.filter = parsed(prefix, Wire::Admin::userFields());
        require(view.users(query)->size() > 1, "users by prefix");
    });
    query.filter = {};
    query.order = Server::UserOrder::Seen;
    query.isDescending = true;
    measure("lists.users_by_last_contact", count, [&](int) { require(view.users(query)->size() == 101, "users by contact"); });
}

void measureAudit(Server::ReadView &view, std::int64_t count)
{
    const auto each = [&](const char *name, const auto &textOf) {
        measure(std::string("lists.audit_by_") + name, count, [&](int i) {
            Server::AuditQuery query;
            query.tenant = "default";
            query.rowsMax = 101;
            query.filter = parsed(textOf(i), Wire::Admin::auditFields(), begin + count);
            require(!view.auditRecords(query)->empty(), name);
        });
    };
    each("actor", [](int i) { return "actor:\"operator " + std::to_string(i) + "\""; });
    each("user", [](int i) { return "user:\"user " + std::to_string(i * 331) + "\""; });
    each("action_and_time", [](int i) { return "action:Users/Method" + std::to_string(i % 20) + " time:-600s..-300s"; });
    each("outcome", [](int i) { return std::string(i % 2 == 0 ? "outcome!=ok" : "outcome:permission_denied"); });
    each("time", [](int i) { return "time:-" + std::to_string(300 + i) + "s..-" + std::to_string(i) + "s"; });
}

}  // namespace

int main(int argc, char **argv)
{
    const int scale = argc > 1 ? std::max(1, std::atoi(argv[1])) : 1;
    const std::int64_t users = 1'000'000 / scale;
    const std::int64_t records = 10'000'000 / scale;
    const auto folder = std::filesystem::temp_directory_path() / "satchel-bench-lists";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    Server::SystemRandom random;
    require(Server::EmbeddedStore::open(folder / "server.db", storeKey(), random).has_value(), "making the store");
    fill(folder / "server.db", users, records);
    {
        auto store = Server::EmbeddedStore::open(folder / "server.db", storeKey(), random);
        require(store.has_value(), "opening the full store");
        auto view = (*store)->reader();
        measureUsers(**view, users);
        measureAudit(**view, records);
    }
    std::filesystem::remove_all(folder);
    return 0;
}
