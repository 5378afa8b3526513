// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/hlc.h"
#include "core/policy.h"
#include "core/result.h"
#include "server-stub/store/store.h"
#include "server-stub/sync/pushrules.h"
#include "wire/frames.h"

#include <chrono>
#include <memory>

namespace Satchel::Server {

struct RecoverRequest {
    Core::UserId user;
    Core::DeviceId device;
    std::uint64_t lastCounter = 0;  ///< of the device's Hello
    Wire::Recover recover;
};

struct RecoverOutcome {
    Wire::Recovered recovered;
    std::uint64_t lastSeq = 0;  ///< of the documents that changed; 0: none
};

/// What the server tells the device: the outcome, or why the session cannot go on.
using RecoverAnswer = Core::Result<RecoverOutcome>;

/// Joins documents that a device brings back into a restored log: docs/decisions/0009. No clock, no I/O of its own.
class RecoverRules {
public:
    RecoverRules(PushSettings settings, std::shared_ptr<const Core::PolicySet> policies)
        : m_settings(settings)
        , m_policies(std::move(policies))
    {
    }

    /// Outer and inner errors as in PushRules::process. A document that cannot be taken is named in the answer; the others are taken.
    [[nodiscard]] Core::Result<RecoverAnswer> process(WriteTransaction &log, const RecoverRequest &request, Core::HlcClock &clock,
                                                      std::chrono::milliseconds now) const;

private:
    struct Run;
    [[nodiscard]] Core::Result<void> check(const Wire::DocumentDelta &offered, const RecoverRequest &request) const;
    [[nodiscard]] Core::Result<Core::Result<void>> take(Run &run, Wire::DocumentDelta &offered) const;
    /// What the log has settled holds; true if the device has something else.
    [[nodiscard]] static bool settleStamps(const Run &run, const Core::Document &kept, Core::Document &offered);
    [[nodiscard]] Core::Result<void> keepLosers(Run &run, const DocumentRow &row, const Core::Document &before,
                                                const Core::Document &offered) const;
    [[nodiscard]] bool fits(const Wire::TrackedDocument &tracked) const;

    PushSettings m_settings;
    std::shared_ptr<const Core::PolicySet> m_policies;
};

}  // namespace Satchel::Server
