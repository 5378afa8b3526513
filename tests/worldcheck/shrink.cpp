// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "shrink.h"

#include "world.h"

#include <algorithm>

namespace Satchel::WorldCheck {

Outcome runScript(const Script &script, bool isPrinted)
{
    Outcome outcome;
    World world(script, isPrinted);
    try {
        world.run();
    } catch (const Violation &violation) {
        outcome.violation = violation.what();
        outcome.invariant = violation.invariant();
    }
    outcome.traceHash = world.traceHash();
    outcome.workCount = world.workCount();
    return outcome;
}

Script shrink(Script script, int runsMax)
{
    const std::string wanted = runScript(script, false).invariant;
    for (std::size_t size = std::max<std::size_t>(1, script.steps.size() / 2); runsMax > 0;) {
        bool hasShrunk = false;
        for (std::size_t from = 0; from < script.steps.size() && runsMax-- > 0;) {
            Script tried = script;
            const auto first = tried.steps.begin() + static_cast<std::ptrdiff_t>(from);
            tried.steps.erase(first, first + static_cast<std::ptrdiff_t>(std::min(size, tried.steps.size() - from)));
            if (runScript(tried, false).invariant == wanted) {
                script = std::move(tried);
                hasShrunk = true;
            } else {
                from += size;
            }
        }
        if (size == 1 && !hasShrunk) {
            break;
        }
        size = std::max<std::size_t>(1, size / 2);
    }
    return script;
}

}  // namespace Satchel::WorldCheck
