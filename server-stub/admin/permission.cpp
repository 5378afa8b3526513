// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "permission.h"

#include "server-stub/admin/access/approvals.h"

#include <algorithm>

namespace Satchel::Server {

using Core::ErrorCode;
using Core::ErrorReason;

namespace {

Core::Error denied(const AdminCommand &command, const Access &access, std::string_view rule)
{
    if (access.policies().access.isBuiltIn) {
        return Core::makeError(ErrorCode::PermissionDenied, ErrorReason::RoleMissing,
                               std::string(command.name()) + " needs the role " + rolesNeeded(command.action()));
    }
    return Core::makeError(ErrorCode::PermissionDenied, ErrorReason::PolicyDenied,
                           rule.empty() ? std::string("no rule of the policies allows it")
                                        : "the rule \"" + std::string(rule) + "\" of the policies denies it");
}

Core::Error reasonNeeded()
{
    return Core::makeError(ErrorCode::FailedPrecondition, ErrorReason::ReasonNeeded, "say why, in the header Satchel-Reason",
                           Core::Retry::AfterChange);
}

/// Of the call's action, and of unmasking where that is asked for: the one that is further from being allowed.
AccessDecision decide(const AdminCommand &command, const AdminCall &call, const AccessTarget &target, bool isApproved)
{
    const AccessGrounds grounds{call.hasReason, isApproved};
    const AccessDecision own = call.access->decide(call.caller, command.action(), target, grounds);
    if (!call.isUnmaskWanted || own.verdict == Verdict::Denied) {
        return own;
    }
    const AccessDecision unmask = call.access->decide(call.caller, Action::Unmask, target, grounds);
    if (unmask.verdict == Verdict::Denied) {
        return unmask;
    }
    const auto rank = [](Verdict verdict) { return verdict == Verdict::ReasonNeeded ? 2 : verdict == Verdict::ApprovalNeeded ? 1 : 0; };
    return rank(unmask.verdict) > rank(own.verdict) ? unmask : own;
}

/// A security event of its own: many users within a short time is what looking for somebody at random looks like.
void watch(const AdminContext &context, const AdminCall &call, const std::string &user)
{
    const LookUpAlarm &alarm = call.access->policies().lookUps;
    if (!context.lookUps->isAlarming(call.caller.user, user, call.now, alarm)) {
        return;
    }
    Wire::AuditRecord record;
    record.tenant = call.record.tenant;
    record.action = Wire::auditManyLookUpsAction;
    record.requestId = call.record.requestId;
    record.roles = call.record.roles;
    record.personal.actor = call.record.personal.actor;
    record.personal.clientAddress = call.record.personal.clientAddress;
    record.personal.reason = std::to_string(alarm.users) + " users within " + std::to_string(alarm.within.count()) + " minutes";
    context.pipeline.audit(std::move(record), [](const Core::Result<void> &) {});
}

Core::Result<Attributes> attributesOf(const std::string &user, const AdminCall &call, AdminView &view)
{
    return view.userAttributes({call.caller.user.tenant, user}).map([](const std::string &text) { return attributesFrom(text); });
}

}  // namespace

Core::Result<bool> isHidden(const std::string &user, const AdminCall &call, AdminView &view)
{
    if (!call.mask.asksForUsers()) {
        return false;
    }
    return attributesOf(user, call, view).map([&call](const Attributes &attributes) { return call.mask.hidesUser(attributes); });
}

Core::Result<Mask> maskOf(const std::string &user, const AdminCall &call, AdminView &view)
{
    if (!call.mask.asksForUsers()) {
        return call.mask;
    }
    return attributesOf(user, call, view).map([&call](Attributes attributes) { return call.mask.of(std::move(attributes)); });
}

Core::Result<void> checkCaller(const AdminCommand &command, const AdminCall &call)
{
    const auto &rules = call.access->policies().access.rules;
    const bool mayEver = std::any_of(rules.begin(), rules.end(), [&](const AccessRule &rule) {
        const auto hasRole = [&call](const std::string &role) { return call.caller.hasRole(role); };
        return !rule.isDeny && std::any_of(rule.roles.begin(), rule.roles.end(), hasRole) &&
               std::find(rule.actions.begin(), rule.actions.end(), command.action()) != rule.actions.end();
    });
    return mayEver ? Core::Result<void>() : Core::failure(denied(command, *call.access, {}));
}

Core::Result<void> permit(const AdminCommand &command, const AdminContext &context, AdminCall &call, const CallTarget &named,
                          AdminView &view)
{
    std::optional<Attributes> attributes;
    if (!named.user.empty()) {
        attributes.emplace();
        if (call.access->asksForUsers()) {
            auto found = attributesOf(named.user, call, view);
            if (!found) {
                return Core::failure(std::move(found.error()));
            }
            *attributes = std::move(*found);
        }
        if (command.isLookingAtUser()) {
            watch(context, call, named.user);
        }
    }
    AccessTarget target;
    target.user = attributes ? &*attributes : nullptr;
    target.isEachUser = command.leavesOutUsers();
    target.collection = named.collection;
    AccessDecision decision = decide(command, call, target, false);
    const bool needsApproval = decision.verdict == Verdict::ApprovalNeeded;
    if (needsApproval) {
        decision = decide(command, call, target, true);
    }
    if (decision.verdict == Verdict::Denied) {
        return Core::failure(denied(command, *call.access, decision.rule));
    }
    if (decision.verdict == Verdict::ReasonNeeded) {
        return Core::failure(reasonNeeded());
    }
    if (needsApproval) {
        auto approved = call.record.approval.empty() ? askForApproval(context, call) : useApproval(context, call);
        if (!approved) {
            return approved;
        }
    } else {
        call.record.approval.clear();
    }
    call.record.isUnmasked = call.isUnmaskWanted;
    call.mask = Mask(*call.access, MaskSettings{call.caller, command.action(), AccessGrounds{call.hasReason, needsApproval},
                                                call.isUnmaskWanted, std::move(attributes)});
    return {};
}

}  // namespace Satchel::Server
