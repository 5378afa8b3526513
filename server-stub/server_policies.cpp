// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "server_p.h"

#include "server-stub/ops/policyfile.h"

namespace Satchel::Server {

Core::Result<void> Server::Private::loadPolicies()
{
    if (options.policyFile) {
        auto policies = loadPolicyFile(*options.policyFile);
        if (!policies) {
            return Core::failure(std::move(policies.error()));
        }
        startPolicies = std::make_shared<const Policies>(std::move(*policies));
        return store->setPolicies(startPolicies->shared,
                                  PolicyVersion{startPolicies->shared.version(), clock.now(), {}, startPolicies->text});
    }
    auto view = store->reader();
    if (!view) {
        return Core::failure(std::move(view.error()));
    }
    auto kept = (*view)->policyVersion(std::nullopt);
    if (!kept) {
        return Core::failure(std::move(kept.error()));
    }
    Policies policies;
    if (*kept && (*kept)->version == store->policies()->version()) {
        auto parsed = parsePolicies((*kept)->text);
        if (!parsed) {
            return Core::failure(std::move(parsed.error()));
        }
        policies = std::move(*parsed);
    } else {
        policies.shared = *store->policies();
    }
    startPolicies = std::make_shared<const Policies>(std::move(policies));
    return {};
}

void Server::Private::reloadPolicies()
{
    if (!options.policyFile) {
        return;
    }
    const auto failed = [this](const Core::Error &error) {
        log.error("the policy file was not taken, the policies before stay", {{"error", Core::describe(error)}});
    };
    auto policies = loadPolicyFile(*options.policyFile);
    if (!policies) {
        failed(policies.error());
        return;
    }
    if (policies->text == policyKeeper->current().policies().text) {
        return;
    }
    const std::string version = std::to_string(policies->shared.version());
    PolicyKeeper::Change change{std::move(*policies), std::nullopt, {}, Wire::AuditRecord{}};
    change.record->tenant = policyKeeper->homeTenant();
    change.record->action = Wire::auditPoliciesReloadedAction;
    policyKeeper->change(std::move(change), [this, failed, version](const Core::Result<void> &changed) {
        if (changed) {
            log.info("policies changed", {{"version", version}});
        } else {
            failed(changed.error());
        }
    });
}

}  // namespace Satchel::Server
