// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// make_golden device|server FOLDER    makes FOLDER/<kind>_v<schema>.db of this program's schema, and its text
// make_golden migrate PATH VERSION    the other process of tst_goldenstores: brings a device store to VERSION, one more than the product's
// make_golden rotate FOLDER           that of tst_serverkey: rotates the key of the server's store in the folder
// make_golden open PATH               the same: opens a device store as the product does, making it if there is none

#include "goldenstore.h"
#include "testschema.h"

#include "server-stub/ops/keyfile.h"
#include "support/faults/syscallkill.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string_view>

using namespace Satchel;

namespace {

int failWith(const Core::Error &error)
{
    std::fprintf(stderr, "%s\n", Core::describe(error).c_str());
    return EXIT_FAILURE;
}

int makeGolden(const Golden::Kind &kind, const std::filesystem::path &folder)
{
    const std::string stem = kind.name() + "_v" + std::to_string(kind.schema().size());
    const std::filesystem::path path = folder / (stem + ".db");
    if (std::filesystem::exists(path)) {
        std::fprintf(stderr, "%s is there: a golden store never changes\n", path.c_str());
        return EXIT_FAILURE;
    }
    if (auto made = kind.make(path); !made) {
        return failWith(made.error());
    }
    const auto text = kind.dump(path);
    if (!text) {
        return failWith(text.error());
    }
    std::ofstream(folder / (stem + ".txt"), std::ios::binary) << *text;
    for (const char *lock : {".lock", ".keys.lock"}) {
        std::filesystem::remove(path.string() + lock);
    }
    std::printf("%s: %zu lines\n", stem.c_str(), static_cast<std::size_t>(std::count(text->begin(), text->end(), '\n')));
    return EXIT_SUCCESS;
}

int migrateTo(const std::filesystem::path &path, std::size_t version)
{
    const auto steps = Golden::testSchema(Golden::deviceKind());
    auto database = CipherDb::Database::open({.path = path}, Golden::goldenKey());
    if (!database) {
        return failWith(database.error());
    }
    Test::beginKillableCalls();
    const auto migrated = CipherDb::migrate(*database, std::span(steps).first(version));
    return migrated ? EXIT_SUCCESS : failWith(migrated.error());
}

int openOnce(const std::filesystem::path &path)
{
    Test::beginKillableCalls();
    const auto text = Golden::deviceKind().dump(path);
    return text ? EXIT_SUCCESS : failWith(text.error());
}

int rotate(const std::filesystem::path &folder)
{
    Server::SystemRandom random;
    Test::beginKillableCalls();
    const auto rotated = Server::rotateKey(folder / "store.key", folder / "server.db", random);
    return rotated ? EXIT_SUCCESS : failWith(rotated.error());
}

}  // namespace

int main(int argc, char **argv)
{
    const std::string_view mode = argc > 2 ? argv[1] : "";
    if (mode == "device") {
        return makeGolden(Golden::deviceKind(), argv[2]);
    }
    if (mode == "server") {
        return makeGolden(Golden::serverKind(), argv[2]);
    }
    if (mode == "migrate" && argc > 3) {
        return migrateTo(argv[2], std::strtoull(argv[3], nullptr, 10));
    }
    if (mode == "rotate") {
        return rotate(argv[2]);
    }
    if (mode == "open") {
        return openOnce(argv[2]);
    }
    std::fprintf(stderr, "make_golden device|server FOLDER\n");
    return EXIT_FAILURE;
}
