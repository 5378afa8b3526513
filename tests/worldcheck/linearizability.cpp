// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "linearizability.h"

#include <algorithm>
#include <set>
#include <utility>

namespace Satchel::WorldCheck {

namespace {

using Done = std::vector<bool>;

class Search {
public:
    Search(const std::vector<Operation> &operations, std::size_t statesMax)
        : m_operations(operations)
        , m_statesMax(statesMax)
    {
    }

    [[nodiscard]] Verdict from(std::int64_t initial)
    {
        Done done(m_operations.size(), false);
        const bool isFound = extend(done, initial);
        return isFound ? Verdict::Linearizable : m_seen.size() >= m_statesMax ? Verdict::TooLong : Verdict::NotLinearizable;
    }

private:
    /// An operation may come next if no other that is still to come had returned before it was invoked.
    [[nodiscard]] std::int64_t firstReturn(const Done &done) const
    {
        std::int64_t first = INT64_MAX;
        for (std::size_t i = 0; i < m_operations.size(); ++i) {
            if (!done[i] && m_operations[i].outcome != Operation::Outcome::Unknown) {
                first = std::min(first, m_operations[i].returned);
            }
        }
        return first;
    }

    [[nodiscard]] bool extend(Done &done, std::int64_t value)
    {
        const std::int64_t limit = firstReturn(done);
        if (limit == INT64_MAX) {
            return true;  // What is left may never take effect.
        }
        if (m_seen.size() >= m_statesMax || !m_seen.emplace(done, value).second) {
            return false;
        }
        for (std::size_t i = 0; i < m_operations.size(); ++i) {
            const Operation &operation = m_operations[i];
            if (done[i] || operation.invoked > limit) {
                continue;
            }
            const bool isRead = operation.kind == Operation::Kind::Read;
            const bool matches = (isRead ? operation.value : operation.expected) == value;
            if (matches != (operation.outcome != Operation::Outcome::Failed)) {
                continue;
            }
            done[i] = true;
            if (extend(done, isRead || operation.outcome == Operation::Outcome::Failed ? value : operation.value)) {
                return true;
            }
            done[i] = false;
        }
        return false;
    }

    const std::vector<Operation> &m_operations;
    std::size_t m_statesMax;
    std::set<std::pair<Done, std::int64_t>> m_seen;
};

}  // namespace

Verdict checkRegister(const std::vector<Operation> &operations, std::int64_t initial, std::size_t statesMax)
{
    // A read of unknown outcome tells nothing.
    std::vector<Operation> told;
    std::copy_if(operations.begin(), operations.end(), std::back_inserter(told), [](const Operation &operation) {
        return operation.kind == Operation::Kind::Swap || operation.outcome != Operation::Outcome::Unknown;
    });
    return Search(told, statesMax).from(initial);
}

std::string describe(const std::vector<Operation> &operations)
{
    std::string text;
    for (const Operation &operation : operations) {
        const bool isRead = operation.kind == Operation::Kind::Read;
        const bool isKnown = operation.outcome != Operation::Outcome::Unknown;
        text += "\n#   " + std::to_string(operation.invoked) + ".." + (isKnown ? std::to_string(operation.returned) : std::string("?"));
        text += isRead ? " read " : " swap " + std::to_string(operation.expected) + " for ";
        text += std::to_string(operation.value);
        text += operation.outcome == Operation::Outcome::Ok ? "" : isKnown ? ", refused" : ", outcome unknown";
    }
    return text;
}

}  // namespace Satchel::WorldCheck
