// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// The other process of the tests: it commits and prints what it has been promised, holds the store, dies in the middle of a migration.

#include "goldenschema.h"
#include "storefixture.h"

#include "cipherdb/rekey.h"
#include "support/faults/syscallkill.h"

#include <sqlcipher/sqlite3.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <span>
#include <string_view>

#include <unistd.h>

using namespace Satchel;
using namespace Satchel::CipherDb;
using namespace Satchel::CipherDb::Testing;

namespace {

constexpr int failedExit = 1;
constexpr int killedExit = 9;

void say(const std::string &line)
{
    std::fputs((line + "\n").c_str(), stdout);
    std::fflush(stdout);
}

int failWith(const Core::Error &error)
{
    std::fprintf(stderr, "%s\n", Core::describe(error).c_str());
    say(std::string(Core::reasonName(error.reason)));
    return failedExit;
}

/// Commits entries from firstId on, for ever or until the disk fails, and acknowledges each.
int commitForEver(const StoreFolder &store, std::int64_t firstId)
{
    auto database = store.open();
    if (!database)
        return failWith(database.error());
    if (auto made = makeEntryTable(*database); !made)
        return failWith(made.error());
    for (std::int64_t id = firstId;; ++id) {
        if (auto committed = commitEntries(*database, id, 1, 0); !committed)
            return failWith(committed.error());
        say(std::to_string(id));
    }
}

/// Leaves a WAL behind: the process ends without closing.
int leaveWal(const StoreFolder &store)
{
    auto database = store.open();
    if (!database)
        return failWith(database.error());
    if (auto changed = database->execute("UPDATE note SET title = 'in the wal' WHERE id = 1"); !changed)
        return failWith(changed.error());
    ::_exit(0);
}

int hold(const StoreFolder &store)
{
    auto database = store.open();
    if (!database)
        return failWith(database.error());
    say("open");
    static_cast<void>(std::getchar());
    return 0;
}

/// Opens, writes one entry and closes, again and again; prints the ids.
int hammer(const StoreFolder &store, std::int64_t firstId, int rounds)
{
    for (int done = 0; done < rounds;) {
        auto database = store.open();
        if (!database) {
            if (database.error().reason != ErrorReason::StoreLocked)
                return failWith(database.error());
            ::usleep(200);
            continue;
        }
        if (auto made = makeEntryTable(*database); !made)
            return failWith(made.error());
        if (auto committed = commitEntries(*database, firstId + done, 1, 0); !committed)
            return failWith(committed.error());
        say(std::to_string(firstId + done));
        ++done;
    }
    return 0;
}

int ticksLeft = 0;

int countDown(void * /*context*/)
{
    if (--ticksLeft <= 0)
        ::_exit(killedExit);
    return 0;
}

int dieBeforeCommit(void * /*context*/)
{
    return countDown(nullptr);
}

/// Migrates to the newest version and dies at the given step of the virtual machine, or before the given commit.
int migrateAndDie(const StoreFolder &store, bool isAtCommit, int ticks)
{
    auto database = store.open();
    if (!database)
        return failWith(database.error());
    ticksLeft = ticks;
    if (isAtCommit)
        sqlite3_commit_hook(database->handle(), dieBeforeCommit, nullptr);
    else
        sqlite3_progress_handler(database->handle(), 1, countDown, nullptr);
    const auto migrated = migrate(*database, goldenSteps);
    return migrated ? 0 : failWith(migrated.error());
}

int makeGolden(const StoreFolder &store)
{
    auto database = store.open();
    if (!database)
        return failWith(database.error());
    if (auto migrated = migrate(*database, std::span(goldenSteps).first(1)); !migrated)
        return failWith(migrated.error());
    auto transaction = Transaction::begin(*database);
    for (std::int64_t id = 1; id <= goldenRows; ++id) {
        auto insert = database->prepared("INSERT INTO note(id, title, body) VALUES(?, ?, ?)");
        if (auto inserted = (*insert)->bind(0, id).bind(1, goldenTitle(id)).bindBlob(2, bodyOf(id)).run(); !inserted)
            return failWith(inserted.error());
    }
    const auto committed = transaction->commit();
    return committed ? 0 : failWith(committed.error());
}

/// Changes the key from that of `open` to the one from 100 on, and says where it may be killed.
int rekeyStore(const StoreFolder &store)
{
    Test::beginKillableCalls();
    const auto changed = rekey(store.file(), keyFrom(0), keyFrom(100));
    return changed ? 0 : failWith(changed.error());
}

}  // namespace

int main(int argc, char **argv)
{
    if (argc < 3)
        return failedExit;
    const std::string_view mode = argv[1];
    const StoreFolder store{std::filesystem::path(argv[2])};
    const auto number = [&](int index) { return argc > index ? std::atoll(argv[index]) : 0; };
    if (mode == "commit")
        return commitForEver(store, number(3));
    if (mode == "leave-wal")
        return leaveWal(store);
    if (mode == "hold")
        return hold(store);
    if (mode == "hammer")
        return hammer(store, number(3), static_cast<int>(number(4)));
    if (mode == "migrate-tick")
        return migrateAndDie(store, false, static_cast<int>(number(3)));
    if (mode == "migrate-commit")
        return migrateAndDie(store, true, static_cast<int>(number(3)));
    if (mode == "rekey")
        return rekeyStore(store);
    if (mode == "golden")
        return makeGolden(store);
    return failedExit;
}
