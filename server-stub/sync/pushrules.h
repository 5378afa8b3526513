// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/hlc.h"
#include "core/limits.h"
#include "core/merge.h"
#include "core/policy.h"
#include "core/result.h"
#include "server-stub/auth/policies.h"
#include "server-stub/store/store.h"
#include "wire/frames.h"

#include <chrono>
#include <memory>
#include <span>
#include <string>

namespace Satchel::Server {

struct PushSettings {
    Core::Limits limits;
    std::chrono::milliseconds stampAheadMax{60'000};
};

struct PushRequest {
    Core::UserId user;
    Core::DeviceId device;
    Wire::Push push;
    std::string lease = {};  ///< of the session's Welcome
};

struct PushOutcome {
    Wire::Pushed pushed;
    std::uint64_t firstSeq = 0;  ///< of the events that this push made; 0: none
    std::uint64_t lastSeq = 0;
    std::uint64_t headBefore = 0;
};

/// What the server tells the device: the outcome, or why the session cannot go on.
using PushAnswer = Core::Result<PushOutcome>;

/// What becomes of a push, given one transaction of the log. docs/protocol.md, "Push". No clock, no I/O of its own.
class PushRules {
public:
    /// `own`: quotas and limits of the policy file; none: the settings' limits only.
    PushRules(PushSettings settings, std::shared_ptr<const Core::PolicySet> policies, std::shared_ptr<const Policies> own = nullptr)
        : m_settings(settings)
        , m_policies(std::move(policies))
        , m_own(own != nullptr ? std::move(own) : std::make_shared<const Policies>())
    {
    }

    /// The outer error is the store's: the transaction is lost. The inner one is the device's: nothing of the push was taken.
    [[nodiscard]] Core::Result<PushAnswer> process(WriteTransaction &log, const PushRequest &request, Core::HlcClock &clock,
                                                   std::chrono::milliseconds now) const;

    /// One mutation of a device that has no session: the next of its counter, by the same rules. The outcome says in `settled` if it was
    /// refused. Errors are the store's.
    [[nodiscard]] Core::Result<PushOutcome> write(WriteTransaction &log, OwnerRow &owner, DeviceRow &device, const Core::Mutation &mutation,
                                                  Core::HlcClock &clock, std::chrono::milliseconds now) const;

private:
    struct Run;
    [[nodiscard]] Core::Result<void> checkOrder(const PushRequest &request, const DeviceRow &device) const;
    [[nodiscard]] Core::Result<Core::Result<void>> answerResent(Run &run, const std::vector<Core::Mutation> &resent) const;
    [[nodiscard]] Core::Result<void> settle(Run &run, const Core::Mutation &mutation) const;
    /// A dot that a document holds although its device says that it made it in this epoch: two copies of one device.
    [[nodiscard]] Core::Result<Core::Result<void>> checkFormer(Run &run, std::span<const Core::Mutation> fresh) const;
    [[nodiscard]] Core::Result<void> checkContext(const OwnerRow &owner, const Core::Document &document,
                                                  const Core::Mutation &mutation) const;
    [[nodiscard]] Core::Result<bool> isDuplicate(Run &run, const Core::Mutation &mutation) const;
    [[nodiscard]] Core::Result<bool> isOriginForgotten(Run &run, const Core::Mutation &mutation) const;
    [[nodiscard]] Core::Result<void> refuse(Run &run, const Core::Mutation &mutation, Core::Error why,
                                            std::optional<Core::Document> current) const;
    [[nodiscard]] Core::Result<void> accept(Run &run, Core::Mutation mutation, const Core::Policy &policy, DocumentRow &row) const;
    [[nodiscard]] bool fits(const Wire::TrackedDocument &tracked, std::size_t documentBytesMax) const;
    [[nodiscard]] std::size_t documentBytesMax(std::string_view collection) const;
    /// Applies the mutation if the document stays within its limits and the user within its quota; else says why not, and changes nothing.
    /// The outer error is the store's.
    [[nodiscard]] Core::Result<Core::Result<Core::ApplyOutcome>>
    applyWithinLimits(Run &run, const Core::Mutation &mutation, const Core::Policy &policy, DocumentRow &row, std::uint64_t seq) const;
    [[nodiscard]] Core::Result<Core::Result<void>> checkQuota(Run &run, const DocumentRow &row, const Wire::TrackedDocument &tried) const;

    PushSettings m_settings;
    std::shared_ptr<const Core::PolicySet> m_policies;
    std::shared_ptr<const Policies> m_own;
};

}  // namespace Satchel::Server
