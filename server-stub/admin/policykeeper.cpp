// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "policykeeper.h"

namespace Satchel::Server {

PolicyKeeper::PolicyKeeper(Store &store, PushPipeline &pipeline, Hub &hub, std::shared_ptr<const Policies> policies, bool isFile,
                           std::string homeTenant)
    : m_store(store)
    , m_pipeline(pipeline)
    , m_hub(hub)
    , m_isFile(isFile)
    , m_homeTenant(std::move(homeTenant))
    , m_policies(std::move(policies))
{
    m_pipeline.usePolicies(m_policies);
}

Access PolicyKeeper::current() const
{
    const std::lock_guard lock(m_mutex);
    return Access(m_policies);
}

void PolicyKeeper::put(std::shared_ptr<const Policies> policies)
{
    {
        const std::lock_guard lock(m_mutex);
        m_policies = policies;
    }
    m_pipeline.usePolicies(std::move(policies));
    m_hub.policiesChanged(m_store.policies());
}

void PolicyKeeper::change(Change change, std::function<void(Core::Result<void>)> done)
{
    const auto next = std::make_shared<const Policies>(std::move(change.policies));
    OperatorChange made;
    made.record = std::move(change.record);
    made.make = [next, expected = change.expectedVersion, author = std::move(change.author)](
                    WriteTransaction &log, std::chrono::milliseconds now, OperatorChange::Record &) -> Core::Result<ChangeAnswer> {
        const std::uint64_t kept = log.policies()->version();
        if ((expected && *expected != kept) || next->shared.version() <= kept) {
            return ChangeAnswer(Core::failure(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::None,
                                                              "policies of version " + std::to_string(kept) +
                                                                  " are in force; begin with those, and give the new ones a higher version",
                                                              Core::Retry::AfterChange)));
        }
        return log.setPolicies(next->shared, PolicyVersion{next->shared.version(), now, author, next->text}).map([] {
            return ChangeAnswer();
        });
    };
    m_pipeline.change(std::move(made), [this, next, done = std::move(done)](ChangeAnswer answer) {
        if (answer) {
            put(next);
        }
        done(std::move(answer));
    });
}

}  // namespace Satchel::Server
