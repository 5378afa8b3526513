// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/live/livestate.h"

#include <QString>

#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace Satchel::Test {

/// A journal that keeps what it is given and answers when the test says so.
class FakeJournal : public Live::Journal {
public:
    void write(std::vector<Core::MutationPtr> mutations, Live::Done durable) override
    {
        m_writes.emplace_back(std::move(mutations), std::move(durable));
    }
    void discardQuarantined(Core::Dot dot, Live::Done done) override
    {
        discarded.push_back(dot);
        done({});
    }

    /// Answers the oldest unanswered write, and gives back its first mutation.
    Core::Mutation answer(Core::Result<void> outcome = {})
    {
        auto [mutations, done] = std::move(m_writes.front());
        m_writes.pop_front();
        done(std::move(outcome));
        return *mutations.front();
    }
    [[nodiscard]] std::size_t unanswered() const { return m_writes.size(); }
    [[nodiscard]] const Core::Mutation &newest() const { return *m_writes.back().first.front(); }

    std::vector<Core::Dot> discarded;

private:
    std::deque<std::pair<std::vector<Core::MutationPtr>, Live::Done>> m_writes;
};

/// Where a Done puts what it was called with.
struct Outcome {
    std::shared_ptr<std::optional<Core::Result<void>>> result = std::make_shared<std::optional<Core::Result<void>>>();

    [[nodiscard]] Live::Done done() const
    {
        return [slot = result](Core::Result<void> outcome) { *slot = std::move(outcome); };
    }
    [[nodiscard]] bool isFinished() const { return result->has_value(); }
    [[nodiscard]] bool isGood() const { return isFinished() && result->value().has_value(); }
    [[nodiscard]] Core::ErrorReason reason() const
    {
        return isFinished() && !isGood() ? result->value().error().reason : Core::ErrorReason::None;
    }
};

}  // namespace Satchel::Test
