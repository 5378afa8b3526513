// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
//
// Plan-check: for so many seconds, random histories brought together in random ways, against the naive model: any order that causality
// allows, any split into devices' parts merged in any order and grouping, twice over, and deltas. Nothing but the merge runs, so that
// millions of cases fit in a minute. A failure prints the seed, which replays alone.

#include "core/canonical.h"
#include "core/merge.h"
#include "history.h"
#include "model.h"

#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>

namespace {

using namespace Satchel::Core;
using namespace Satchel::Core::Testing;

std::uint64_t draw(std::uint64_t &state)
{
    std::uint64_t z = (state += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
}

Document applied(const History &history, WriteSet set, std::uint32_t order)
{
    Document document;
    for (const std::size_t i : causalOrder(history, set, order)) {
        (void)apply(document, history.writes[i].mutation, history.policy);
    }
    return document;
}

struct Case {
    std::uint64_t random;
    History history;
    std::uint64_t merges = 0;

    [[nodiscard]] std::uint32_t word() { return static_cast<std::uint32_t>(draw(random) >> 33U); }
};

/// The parts that devices know, merged in a random order and grouping, some of them twice.
const char *checkMerges(Case &now, WriteSet &known, Document &joined)
{
    const History &history = now.history;
    std::vector<std::pair<WriteSet, Document>> parts;
    for (const WriteSet part : history.known) {
        parts.emplace_back(part, applied(history, part, now.word()));
        if (parts.back().second != modelState(history, part)) {
            return "a device's part is not what the model gives";
        }
    }
    parts.push_back(parts[now.word() % parts.size()]);
    while (parts.size() > 1) {
        const std::size_t a = now.word() % parts.size();
        std::swap(parts[a], parts.back());
        auto taken = std::move(parts.back());
        parts.pop_back();
        auto &other = parts[now.word() % parts.size()];
        Document both = merge(other.second, taken.second, history.policy);
        ++now.merges;
        if (both != merge(taken.second, other.second, history.policy)) {
            return "merge does not commute";
        }
        if (merge(both, taken.second, history.policy) != both) {
            return "merging again changes something";
        }
        other.first |= taken.first;
        other.second = std::move(both);
    }
    known = parts.front().first;
    joined = std::move(parts.front().second);
    return nullptr;
}

const char *check(Case &now)
{
    const History &history = now.history;
    WriteSet known = 0;
    Document joined;
    if (const char *wrong = checkMerges(now, known, joined)) {
        return wrong;
    }
    const Document expected = modelState(history, known);
    if (joined != expected || canonicalBytes(joined) != canonicalBytes(expected)) {
        return "merged parts are not what the model gives";
    }
    for (const std::size_t i : causalOrder(history, history.all(), now.word())) {
        (void)apply(joined, history.writes[i].mutation, history.policy);
    }
    if (joined != modelState(history, history.all())) {
        return "what is applied to merged parts is not what the model gives";
    }
    // As a delta from the beginning it names every field that ever was.
    Document told = applied(history, history.known.front(), 0);
    Document delta = joined;
    for (const char *name : {"color", "size", "tags", "visits"}) {
        (void)delta.at(name);
    }
    mergeDelta(told, delta, history.policy);
    return told == joined ? nullptr : "a delta of all fields does not bring a device up to date";
}

Case caseOf(std::uint64_t seed)
{
    constexpr std::uint64_t wordsMax = 24;
    Case now{seed, {}, 0};
    std::vector<std::uint32_t> script(1 + draw(now.random) % wordsMax);
    for (std::uint32_t &word : script) {
        word = now.word();
    }
    now.history = makeHistory(static_cast<Rules>(draw(now.random) % 5), script);
    return now;
}

}  // namespace

int main(int argc, char **argv)
{
    std::uint64_t seconds = 60;
    std::optional<std::uint64_t> only;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (std::strcmp(argv[i], "--seconds") == 0) {
            seconds = std::strtoull(argv[i + 1], nullptr, 10);
        } else if (std::strcmp(argv[i], "--thorough-seconds") == 0 && std::getenv("SATCHEL_THOROUGH") != nullptr) {
            seconds = std::strtoull(argv[i + 1], nullptr, 10);
        } else if (std::strcmp(argv[i], "--seed") == 0) {
            only = std::strtoull(argv[i + 1], nullptr, 10);
        }
    }
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    std::uint64_t cases = 0;
    std::uint64_t merges = 0;
    // The time of day picks where to begin, so that every run of CI sees other histories.
    std::uint64_t seed = only.value_or(static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count()));
    do {
        Case now = caseOf(seed);
        if (const char *wrong = check(now)) {
            std::printf("FAILED: %s\nreplay with: --seed %" PRIu64 "\n%s\n", wrong, seed, describe(now.history).c_str());
            return 1;
        }
        ++cases;
        merges += now.merges;
        ++seed;
    } while (!only && std::chrono::steady_clock::now() < end);
    std::printf("%" PRIu64 " histories, %" PRIu64 " merges\n", cases, merges);
    return 0;
}
