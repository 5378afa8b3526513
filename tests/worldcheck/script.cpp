// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "script.h"

#include "rng.h"

#include <array>
#include <sstream>

namespace Satchel::WorldCheck {

namespace {

struct Kind {
    std::string_view name;
    unsigned weight;
    bool isOptional;
};

constexpr std::array<Kind, static_cast<std::size_t>(StepKind::Count)> kinds{{
    {"run", 260, false},
    {"advance", 60, false},
    {"write", 260, false},
    {"sync", 30, false},
    {"quarantine", 10, true},
    {"close", 14, true},
    {"open", 60, false},
    {"crash_device", 40, true},
    {"clone", 12, true},
    {"new_device", 6, true},
    {"pause", 10, true},
    {"skew", 20, true},
    {"cut", 50, true},
    {"half_open", 16, true},
    {"link", 30, true},
    {"disk_fault", 30, true},
    {"crash_server", 24, true},
    {"stop_server", 8, true},
    {"server_fault", 24, true},
    {"server_skew", 6, true},
    {"rotate_key", 6, true},
    {"revoke", 6, true},
    {"policy_change", 8, true},
    {"backup", 8, true},
    {"restore", 6, true},
    {"compact", 16, true},
    // Put between the others afterwards, so that these are what they were before it came.
    {"operator_read", 0, false},
}};

constexpr std::uint64_t stepsMin = 30;
constexpr std::uint64_t stepsMax = 110;
constexpr std::uint64_t operatorReadsMax = 4;

}  // namespace

std::string_view nameOf(StepKind kind)
{
    return kinds[static_cast<std::size_t>(kind)].name;
}

Script makeScript(std::uint64_t seed)
{
    Rng rng(seed * 0x9E3779B97F4A7C15U + 1);
    Script script;
    script.seed = seed;
    script.users = rng.chance(25) ? 2 : 1;
    script.devices = static_cast<int>(1 + rng.below(script.users == 2 ? 2 : 3));
    script.delayMaxMs = rng.chance(20) ? 5'000 : 50;
    script.tokenLifeMs = rng.chance(50) ? 600'000 : 60'000'000;
    std::array<unsigned, kinds.size()> weights{};
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        weights[i] = kinds[i].isOptional && rng.chance(45) ? 0 : kinds[i].weight;
        total += weights[i];
    }
    const std::uint64_t count = stepsMin + rng.below(stepsMax - stepsMin);
    for (std::uint64_t i = 0; i < count; ++i) {
        std::uint64_t draw = rng.below(total);
        std::size_t kind = 0;
        while (draw >= weights[kind]) {
            draw -= weights[kind++];
        }
        script.steps.push_back({static_cast<StepKind>(kind), static_cast<std::uint8_t>(rng.below(8)), rng.next()});
    }
    Rng reads(seed ^ 0xA0D17U);
    for (std::uint64_t left = reads.below(operatorReadsMax); left > 0; --left) {
        const auto place = script.steps.begin() + static_cast<std::ptrdiff_t>(reads.below(script.steps.size()));
        script.steps.insert(place, {StepKind::OperatorRead, static_cast<std::uint8_t>(reads.below(8)), reads.next()});
    }
    return script;
}

std::string format(const Script &script)
{
    std::ostringstream out;
    out << "world " << script.seed << ' ' << script.users << ' ' << script.devices << ' ' << script.delayMaxMs << ' ' << script.tokenLifeMs
        << '\n';
    for (const Step &step : script.steps) {
        out << nameOf(step.kind) << ' ' << static_cast<int>(step.device) << ' ' << step.seed << '\n';
    }
    return out.str();
}

std::optional<Script> parseScript(std::string_view text)
{
    Script script;
    bool hasWorld = false;
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string word;
        if (!(words >> word) || word.front() == '#') {
            continue;
        }
        if (word == "world") {
            hasWorld = static_cast<bool>(words >> script.seed >> script.users >> script.devices >> script.delayMaxMs >> script.tokenLifeMs);
            continue;
        }
        Step step;
        int device = 0;
        std::size_t kind = 0;
        while (kind < kinds.size() && kinds[kind].name != word) {
            ++kind;
        }
        if (kind == kinds.size() || !(words >> device >> step.seed)) {
            return std::nullopt;
        }
        step.kind = static_cast<StepKind>(kind);
        step.device = static_cast<std::uint8_t>(device);
        script.steps.push_back(step);
    }
    return hasWorld ? std::optional(script) : std::nullopt;
}

}  // namespace Satchel::WorldCheck
