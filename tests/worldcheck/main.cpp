// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "core/sabotage.h"
#include "shrink.h"

#include <QCoreApplication>
#include <QHashSeed>

#include <charconv>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace Satchel;
using namespace Satchel::WorldCheck;

struct Request {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    bool hasSeeds = false;
    bool isPrinted = false;
    bool isTwice = false;
    bool isFailureWanted = false;
    unsigned jobs = 1;
    std::vector<std::string> replays;
    std::string sabotage;
};

const char *const usage =
    "satchel-worldcheck [--seed N | --seeds A..B | --replay FILE...] [--trace] [--twice] [--jobs N] [--sabotage NAME] [--must-fail]\n"
    "                   [--thorough-seeds A..B]  these instead where SATCHEL_THOROUGH is set, as it is in CI\n";

bool parseSeeds(std::string_view text, Request &request)
{
    const std::size_t dots = text.find("..");
    const std::string_view first = text.substr(0, dots);
    const std::string_view last = dots == std::string_view::npos ? first : text.substr(dots + 2);
    const bool isFirst = std::from_chars(first.data(), first.data() + first.size(), request.first).ec == std::errc();
    const bool isLast = std::from_chars(last.data(), last.data() + last.size(), request.last).ec == std::errc();
    request.hasSeeds = isFirst && isLast;
    return request.hasSeeds;
}

bool parse(int argc, char **argv, Request &request)
{
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        const bool hasValue = i + 1 < argc;
        if (word == "--trace") {
            request.isPrinted = true;
        } else if (word == "--twice") {
            request.isTwice = true;
        } else if (word == "--must-fail") {
            request.isFailureWanted = true;
        } else if ((word == "--seed" || word == "--seeds") && hasValue) {
            if (!parseSeeds(argv[++i], request)) {
                return false;
            }
        } else if (word == "--thorough-seeds" && hasValue) {
            if (++i; std::getenv("SATCHEL_THOROUGH") != nullptr && !parseSeeds(argv[i], request)) {
                return false;
            }
        } else if (word == "--replay" && hasValue) {
            while (i + 1 < argc && argv[i + 1][0] != '-') {
                request.replays.emplace_back(argv[++i]);
            }
        } else if (word == "--jobs" && hasValue) {
            request.jobs = static_cast<unsigned>(std::max(1, std::atoi(argv[++i])));
        } else if (word == "--sabotage" && hasValue) {
            request.sabotage = argv[++i];
        } else {
            return false;
        }
    }
    return request.hasSeeds || !request.replays.empty();
}

void report(const Script &script, const Outcome &outcome)
{
    std::printf("FAILED seed %" PRIu64 ": %s\n", script.seed, outcome.violation->c_str());
    std::printf("replay all of it with: --seed %" PRIu64 " --trace\nshrunk, to be kept in a file and replayed with --replay FILE:\n",
                script.seed);
    const Script small = shrink(script);
    const Outcome again = runScript(small, false);
    std::printf("# %s\n%s", again.violation.value_or("").c_str(), format(small).c_str());
    std::fflush(stdout);
}

/// True if no invariant was broken.
bool runOne(const Script &script, const Request &request, std::uint64_t &work)
{
    const Outcome outcome = runScript(script, request.isPrinted);
    work += outcome.workCount;
    if (outcome.violation) {
        if (request.isFailureWanted || request.isPrinted) {
            std::printf("seed %" PRIu64 ": %s\n", script.seed, outcome.violation->c_str());
        } else {
            report(script, outcome);
        }
        return false;
    }
    if (request.isTwice && runScript(script, false).traceHash != outcome.traceHash) {
        std::printf("FAILED seed %" PRIu64 ": I12: the same seed gave another trace\n", script.seed);
        return false;
    }
    if (request.isPrinted) {
        std::printf("trace hash %016" PRIx64 "\n", outcome.traceHash);
    }
    return true;
}

int runSeeds(const Request &request, unsigned job)
{
    const auto begun = std::chrono::steady_clock::now();
    std::uint64_t work = 0;
    std::uint64_t seeds = 0;
    int failures = 0;
    for (std::uint64_t seed = request.first + job; seed <= request.last; seed += request.jobs) {
        ++seeds;
        if (!runOne(makeScript(seed), request, work)) {
            ++failures;
            if (request.isFailureWanted || failures >= 3) {
                break;
            }
        }
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    std::printf("%" PRIu64 " seeds, %" PRIu64 " steps, %.1f s, %.0f steps/s, %d failed\n", seeds, work, seconds,
                static_cast<double>(work) / seconds, failures);
    std::fflush(stdout);
    return failures == 0 ? 0 : 1;
}

int runJobs(const Request &request)
{
    if (request.jobs == 1) {
        return runSeeds(request, 0);
    }
    for (unsigned job = 0; job < request.jobs; ++job) {
        if (fork() == 0) {
            std::exit(runSeeds(request, job));
        }
    }
    int result = 0;
    for (int status = 0; wait(&status) > 0;) {
        result = status != 0 ? 1 : result;
    }
    return result;
}

int runReplays(const Request &request)
{
    int result = 0;
    std::uint64_t work = 0;
    for (const std::string &name : request.replays) {
        std::ifstream file(name);
        std::stringstream text;
        text << file.rdbuf();
        const auto script = parseScript(text.str());
        if (!script) {
            std::printf("%s is no script\n", name.c_str());
            return 2;
        }
        const bool isGood = runOne(*script, request, work);
        std::printf("%s: %s\n", name.c_str(), isGood ? "good" : "FAILED");
        result = isGood ? result : 1;
    }
    return result;
}

}  // namespace

int main(int argc, char **argv)
{
    QHashSeed::setDeterministicGlobalSeed();
    QCoreApplication app(argc, argv);
    Request request;
    if (!parse(argc, argv, request)) {
        std::fputs(usage, stderr);
        return 2;
    }
    if (!request.sabotage.empty() && !Core::commitSabotage(request.sabotage)) {
        std::fprintf(stderr, "there is no sabotage of this name; known:\n");
        for (const std::string_view name : Core::sabotageNames()) {
            std::fprintf(stderr, "  %.*s\n", static_cast<int>(name.size()), name.data());
        }
        return 2;
    }
    const int result = request.replays.empty() ? runJobs(request) : runReplays(request);
    return request.isFailureWanted ? (result == 1 ? 0 : 1) : result;
}
