// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "pushrules.h"

#include "core/merge.h"
#include "core/sabotage.h"
#include "core/view.h"
#include "server-stub/store/projection.h"
#include "server-stub/store/tracking.h"
#include "server-stub/sync/pushrun.h"

#include <algorithm>

namespace Satchel::Server {

using Core::ErrorCode;
using Core::ErrorReason;
using Core::Retry;

namespace {

/// Pushes that the session has sent behind this one are a copy's too, and must not be taken for the device's own. The lease stays of its
/// round: who may say Hello does not change by it.
void spendLease(DeviceRow &device, const Core::Error &why, std::chrono::milliseconds now)
{
    device.newestLease += '!';
    noteRefusal(device, why, now);
}

}  // namespace

Core::Result<PushAnswer> PushRules::process(WriteTransaction &log, const PushRequest &request, Core::HlcClock &clock,
                                            std::chrono::milliseconds now) const
{
    auto owner = log.owner(request.user, now);
    if (!owner) {
        return Core::failure(std::move(owner.error()));
    }
    const auto device = (*owner)->devices.find(request.device);
    if (device == (*owner)->devices.end()) {
        return PushAnswer(Core::failure(
            Core::makeError(ErrorCode::FailedPrecondition, ErrorReason::UnexpectedFrame, "the device has not said Hello", Retry::Later)));
    }
    if (auto ordered = checkOrder(request, device->second); !ordered) {
        // A newer session of the device is no refusal of it.
        if (ordered.error().code != ErrorCode::Unavailable) {
            noteRefusal(device->second, ordered.error(), now);
        }
        return PushAnswer(Core::failure(std::move(ordered.error())));
    }
    Run run{log, **owner, device->second, clock, now, {}};
    run.outcome.pushed.pushId = request.push.pushId;
    run.outcome.headBefore = run.owner.head;
    const auto &mutations = request.push.mutations;
    const auto fresh =
        std::find_if(mutations.begin(), mutations.end(), [&](const Core::Mutation &m) { return m.dot.counter > run.device.lastCounter; });
    auto resent = answerResent(run, {mutations.begin(), fresh});
    if (!resent) {
        return Core::failure(std::move(resent.error()));
    }
    if (!*resent) {
        spendLease(run.device, resent->error(), now);
        return PushAnswer(Core::failure(std::move(resent->error())));
    }
    if (auto own = checkFormer(run, {fresh, mutations.end()}); !own) {
        return Core::failure(std::move(own.error()));
    } else if (!*own) {
        spendLease(run.device, own->error(), now);
        return PushAnswer(Core::failure(std::move(own->error())));
    }
    for (auto mutation = fresh; mutation != mutations.end(); ++mutation) {
        if (auto settled = settle(run, *mutation); !settled) {
            return Core::failure(std::move(settled.error()));
        }
        run.device.lastCounter = mutation->dot.counter;
    }
    run.device.lastSeen = now;
    // A device pushes once it has offered all it had to.
    run.device.canRecover = false;
    run.device.isChanged = true;
    run.owner.lastSeen = now;
    run.owner.isChanged = true;
    run.outcome.pushed.acceptedThrough = run.device.lastCounter;
    return PushAnswer(std::move(run.outcome));
}

Core::Result<PushOutcome> PushRules::write(WriteTransaction &log, OwnerRow &owner, DeviceRow &device, const Core::Mutation &mutation,
                                           Core::HlcClock &clock, std::chrono::milliseconds now) const
{
    Run run{log, owner, device, clock, now, {}};
    run.outcome.headBefore = owner.head;
    if (auto settled = settle(run, mutation); !settled) {
        return Core::failure(std::move(settled.error()));
    }
    device.lastCounter = mutation.dot.counter;
    device.lastSeen = now;
    device.isChanged = true;
    owner.isChanged = true;
    run.outcome.pushed.acceptedThrough = device.lastCounter;
    return std::move(run.outcome);
}

Core::Result<void> PushRules::checkOrder(const PushRequest &request, const DeviceRow &device) const
{
    if (auto isIn = admitted(device.isRevoked, device.isWiped); !isIn) {
        return isIn;
    }
    // Another Hello of this name has been answered since, with a count of mutations that this push would make wrong: if it was another
    // copy's, it would read past them as its own.
    if (request.lease != device.newestLease) {
        return Core::failure(Core::unavailable(ErrorReason::None, "a newer session of this device took over"));
    }
    const auto &mutations = request.push.mutations;
    if (mutations.empty() || mutations.size() > Wire::pushMutationsMax) {
        return Core::failure(Core::invalidArgument(ErrorReason::LimitExceeded, "a push holds 1 to 1000 mutations"));
    }
    std::uint64_t expected = mutations.front().dot.counter;
    if (expected == 0 || expected > device.lastCounter + 1) {
        return Core::failure(Core::makeError(ErrorCode::FailedPrecondition, ErrorReason::CounterGap,
                                             "mutations must go on at counter " + std::to_string(device.lastCounter + 1), Retry::Later));
    }
    for (const Core::Mutation &mutation : mutations) {
        if (mutation.dot.device != request.device) {
            return Core::failure(Core::invalidArgument(ErrorReason::MalformedInput, "a device pushes its own mutations only"));
        }
        if (mutation.dot.counter != expected++) {
            return Core::failure(Core::makeError(ErrorCode::FailedPrecondition, ErrorReason::CounterGap,
                                                 "the mutations of a push are not in counter order", Retry::Later));
        }
    }
    return {};
}

namespace {

/// Two copies of a store may have written under the same dot, and even in the same millisecond.
bool isSame(const Core::Mutation &resent, const Disposition &known)
{
    if (known.document != resent.document || known.written != resent.stamp) {
        return false;
    }
    Core::Mutation settled = resent;
    settled.stamp = known.settled;
    return !known.applied || *known.applied == settled;
}

}  // namespace

Core::Result<Core::Result<void>> PushRules::answerResent(Run &run, const std::vector<Core::Mutation> &resent) const
{
    for (const Core::Mutation &mutation : resent) {
        auto known = run.log.disposition(run.owner, run.device, mutation.dot.counter);
        if (!known) {
            return Core::failure(std::move(known.error()));
        }
        if (!*known || (!isSame(mutation, **known) && !Core::isSabotaged(Core::Sabotage::SkipResentCheck))) {
            return Core::Result<void>(Core::failure(Core::makeError(ErrorCode::FailedPrecondition, ErrorReason::DeviceCloned,
                                                                    "the log has another mutation under this dot", Retry::AfterChange)));
        }
        const Disposition &was = **known;
        run.outcome.pushed.seqs.push_back(was.seq);
        Wire::Settled settled;
        settled.counter = mutation.dot.counter;
        settled.refusal = was.refusal;
        settled.wasDuplicate = was.wasDuplicate;
        if (was.settled != was.written) {
            settled.stamp = was.settled;
        }
        if (was.refusal && was.refusal->reason == ErrorReason::ExpectationFailed) {
            auto row = run.log.document(run.owner, mutation.document);
            if (!row) {
                return Core::failure(std::move(row.error()));
            }
            settled.current = stripped((*row)->tracked);
        }
        if (settled.stamp || settled.refusal || settled.wasDuplicate) {
            run.outcome.pushed.settled.push_back(std::move(settled));
        }
    }
    return Core::Result<void>{};
}

Core::Result<Core::Result<void>> PushRules::checkFormer(Run &run, std::span<const Core::Mutation> fresh) const
{
    if (run.owner.recoveredCount == 0) {
        return Core::Result<void>{};
    }
    for (const Core::Mutation &mutation : fresh) {
        auto row = run.log.document(run.owner, mutation.document);
        if (!row) {
            return Core::failure(std::move(row.error()));
        }
        if (mutation.dot.counter > run.device.formerCounter && (*row)->tracked.document.context.covers(mutation.dot)) {
            return Core::Result<void>(
                Core::failure(Core::makeError(ErrorCode::FailedPrecondition, ErrorReason::DeviceCloned,
                                              "a document that was brought back holds another mutation of this name", Retry::AfterChange)));
        }
    }
    return Core::Result<void>{};
}

Core::Result<void> PushRules::checkContext(const OwnerRow &owner, const Core::Document &document, const Core::Mutation &mutation) const
{
    for (const auto &entry : mutation.context.entries()) {
        if (entry.device == mutation.dot.device) {
            if (entry.counter >= mutation.dot.counter) {
                return Core::failure(Core::invalidArgument(ErrorReason::MalformedInput, "the context covers the mutation itself"));
            }
            continue;
        }
        // What was brought back may hold dots of devices that have not come back themselves.
        const auto known = owner.devices.find(entry.device);
        const bool isKnown = known != owner.devices.end() && entry.counter <= known->second.lastCounter;
        if (!isKnown && !document.context.covers({entry.device, entry.counter})) {
            return Core::failure(
                Core::invalidArgument(ErrorReason::MalformedInput, "the context covers mutations that the log does not have"));
        }
    }
    return {};
}

/// A write of a copied store under its second name, so old that the log does not know any more whether it had it under the first.
Core::Result<bool> PushRules::isOriginForgotten(Run &run, const Core::Mutation &mutation) const
{
    if (!mutation.origin || Core::isSabotaged(Core::Sabotage::GuessForgotten)) {
        return false;
    }
    const auto device = run.owner.devices.find(mutation.origin->dot.device);
    if (device == run.owner.devices.end() || mutation.origin->dot.counter > device->second.compactedCounter) {
        return false;
    }
    return run.log.disposition(run.owner, device->second, mutation.origin->dot.counter).map([](const auto &known) { return !known; });
}

Core::Result<bool> PushRules::isDuplicate(Run &run, const Core::Mutation &mutation) const
{
    if (Core::isSabotaged(Core::Sabotage::SkipOriginCheck)) {
        return false;
    }
    if (mutation.origin) {
        const auto device = run.owner.devices.find(mutation.origin->dot.device);
        if (device != run.owner.devices.end()) {
            auto known = run.log.disposition(run.owner, device->second, mutation.origin->dot.counter);
            if (!known) {
                return Core::failure(std::move(known.error()));
            }
            if (*known && (*known)->seq != 0 && (*known)->written == mutation.origin->stamp) {
                return true;
            }
        }
    }
    if (run.owner.originCount == 0) {
        return false;
    }
    // Another copy may have been first with the same mutation, under its origin.
    return run.log.hasOrigin(run.owner, mutation.origin ? *mutation.origin : Core::Origin{mutation.dot, mutation.stamp});
}

Core::Result<void> PushRules::settle(Run &run, const Core::Mutation &mutation) const
{
    const Core::Policy &policy = m_policies->of(mutation.document.collection);
    if (auto valid = Core::validate(mutation, policy, m_settings.limits); !valid) {
        return refuse(run, mutation, std::move(valid.error()), std::nullopt);
    }
    auto row = run.log.document(run.owner, mutation.document);
    if (!row) {
        return Core::failure(std::move(row.error()));
    }
    if (auto valid = checkContext(run.owner, (*row)->tracked.document, mutation); !valid) {
        return refuse(run, mutation, std::move(valid.error()), std::nullopt);
    }
    if ((*row)->tracked.document.context.covers(mutation.dot)) {
        // Accepted in a former epoch, and brought back by another device; nobody else could have made it.
        return accept(run, mutation, policy, **row);
    }
    auto duplicate = isDuplicate(run, mutation);
    if (!duplicate) {
        return Core::failure(std::move(duplicate.error()));
    }
    if (*duplicate) {
        Wire::Settled settled;
        settled.counter = mutation.dot.counter;
        settled.wasDuplicate = true;
        run.outcome.pushed.settled.push_back(std::move(settled));
        run.outcome.pushed.seqs.push_back(0);
        return run.log.appendUnapplied(run.owner, run.device,
                                       UnappliedRow{mutation.dot.counter, mutation.document, mutation.stamp, std::nullopt});
    }
    auto forgotten = isOriginForgotten(run, mutation);
    if (!forgotten) {
        return Core::failure(std::move(forgotten.error()));
    }
    if (*forgotten) {
        return refuse(run, mutation,
                      Core::makeError(ErrorCode::Aborted, ErrorReason::HistoryExpired,
                                      "this copy's write is older than the log: it may have been applied under its first name",
                                      Retry::AfterChange),
                      std::nullopt);
    }
    if (policy.consistency == Core::Consistency::Strong && !Core::isSabotaged(Core::Sabotage::SkipExpectation)) {
        if (auto holds = Core::checkExpectation((*row)->tracked.document, mutation); !holds) {
            return refuse(run, mutation, std::move(holds.error()), stripped((*row)->tracked));
        }
    }
    return accept(run, mutation, policy, **row);
}

Core::Result<void> PushRules::refuse(Run &run, const Core::Mutation &mutation, Core::Error why, std::optional<Core::Document> current) const
{
    // An over-long name must not make the record of its own refusal over-long.
    UnappliedRow row{mutation.dot.counter, mutation.document, mutation.stamp, why};
    Wire::Settled settled;
    settled.counter = mutation.dot.counter;
    settled.refusal = std::move(why);
    settled.current = std::move(current);
    run.outcome.pushed.settled.push_back(std::move(settled));
    run.outcome.pushed.seqs.push_back(0);
    return run.log.appendUnapplied(run.owner, run.device, row);
}

namespace {

/// The stamp that the server of a former epoch settled for a write that the document holds already.
Core::Hlc formerStamp(const Core::Document &document, const Core::Mutation &mutation)
{
    if (document.lastWrite && document.lastWrite->dot == mutation.dot) {
        return document.lastWrite->stamp;
    }
    for (const Core::Document::Field &field : document.fields) {
        for (const Core::Sibling &sibling : field.state.siblings) {
            if (sibling.dot == mutation.dot) {
                return sibling.stamp;
            }
        }
    }
    return mutation.stamp;
}

}  // namespace

Core::Result<void> PushRules::accept(Run &run, Core::Mutation mutation, const Core::Policy &policy, DocumentRow &row) const
{
    const Core::Hlc written = mutation.stamp;
    mutation.stamp = row.tracked.document.context.covers(mutation.dot)
                         ? formerStamp(row.tracked.document, mutation)
                         : Core::settleStamp(row.tracked.document, mutation, run.clock.tick(run.now), m_settings.stampAheadMax);
    const std::uint64_t seq = run.owner.head + 1;
    const std::vector<std::string> inConflict = Core::conflictedFields(row.tracked.document, policy);
    auto applied = applyWithinLimits(run, mutation, policy, row, seq);
    if (!applied) {
        return Core::failure(std::move(applied.error()));
    }
    if (!*applied) {
        mutation.stamp = written;
        return refuse(run, mutation, std::move(applied->error()), std::nullopt);
    }
    const EventRow event{seq, row.seq, run.now, written, std::move(mutation)};
    noteConflicts(row, inConflict, policy, {seq, run.now});
    noteWriter(row, run.device.device, seq, run.now);
    run.owner.head = seq;
    run.outcome.firstSeq = run.outcome.firstSeq == 0 ? seq : run.outcome.firstSeq;
    run.outcome.lastSeq = seq;
    run.outcome.pushed.seqs.push_back(seq);
    if (event.mutation.stamp != written) {
        Wire::Settled settled;
        settled.counter = event.mutation.dot.counter;
        settled.stamp = event.mutation.stamp;
        run.outcome.pushed.settled.push_back(std::move(settled));
    }
    if (Core::isSabotaged(Core::Sabotage::ForgetOverwritten)) {
        (*applied)->overwritten.clear();
    }
    for (const OverwrittenRow &lost : overwrittenRows(row, std::move(**applied), event)) {
        if (auto kept = run.log.appendOverwritten(run.owner, lost); !kept) {
            return kept;
        }
    }
    return run.log.appendEvent(run.owner, run.device, event);
}

}  // namespace Satchel::Server
