// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "recoverrules.h"

#include "core/merge.h"
#include "core/view.h"
#include "server-stub/store/projection.h"
#include "server-stub/store/tracking.h"

#include <algorithm>

namespace Satchel::Server {

using Core::ErrorCode;
using Core::ErrorReason;
using Core::Retry;

struct RecoverRules::Run {
    WriteTransaction &log;
    OwnerRow &owner;
    DeviceRow &device;
    std::chrono::milliseconds now;
    Core::Hlc stampMax;  ///< later ones are another clock's mistake
    Core::Hlc stampNow;
    RecoverOutcome outcome;
};

namespace {

Core::Result<void> malformed(const char *what)
{
    return Core::failure(Core::invalidArgument(ErrorReason::MalformedInput, what));
}

/// A state is whole only if its context covers all that is in it; what it does not cover would come again after it was removed.
Core::Result<void> checkField(const Core::Document::Field &field, const Core::VersionVector &context, const Core::Limits &limits)
{
    if (field.name.empty() || field.name.size() > limits.fieldNameBytesMax) {
        return Core::failure(Core::invalidArgument(ErrorReason::InvalidName, "a field name is empty or too long"));
    }
    for (const Core::Sibling &sibling : field.state.siblings) {
        if (!context.covers(sibling.dot)) {
            return malformed("the context does not cover a value");
        }
        if (sibling.value) {
            if (auto valid = Core::validateValue(*sibling.value, limits); !valid) {
                return valid;
            }
        }
    }
    for (const Core::CounterEntry &entry : field.state.counter) {
        if (!context.covers({entry.device, entry.counter})) {
            return malformed("the context does not cover an increment");
        }
    }
    for (const Core::SetElement &element : field.state.elements) {
        if (!element.element.isScalar()) {
            return malformed("an element of a set is a scalar");
        }
        if (auto valid = Core::validateValue(element.element, limits); !valid) {
            return valid;
        }
        if (!std::ranges::all_of(element.dots, [&context](const Core::Dot &dot) { return context.covers(dot); })) {
            return malformed("the context does not cover an addition");
        }
    }
    return {};
}

bool hasSibling(const Core::FieldState *state, const Core::Dot &dot)
{
    return state != nullptr && std::ranges::any_of(state->siblings, [&dot](const Core::Sibling &sibling) { return sibling.dot == dot; });
}

}  // namespace

Core::Result<RecoverAnswer> RecoverRules::process(WriteTransaction &log, const RecoverRequest &request, Core::HlcClock &clock,
                                                  std::chrono::milliseconds now) const
{
    auto owner = log.owner(request.user, now);
    if (!owner) {
        return Core::failure(std::move(owner.error()));
    }
    const auto device = (*owner)->devices.find(request.device);
    if (device == (*owner)->devices.end() || !device->second.canRecover) {
        return RecoverAnswer(
            Core::failure(Core::makeError(ErrorCode::FailedPrecondition, ErrorReason::UnexpectedFrame,
                                          "the device has not come from another epoch, or has pushed since", Retry::Later)));
    }
    if (auto isIn = admitted(device->second.isRevoked, device->second.isWiped); !isIn) {
        return RecoverAnswer(Core::failure(std::move(isIn.error())));
    }
    if (request.recover.documents.size() > Wire::recoverDocumentsMax) {
        return RecoverAnswer(Core::failure(Core::invalidArgument(ErrorReason::LimitExceeded, "a Recover holds at most 1000 documents")));
    }
    const Core::Hlc stampNow = clock.tick(now);
    const auto ahead = static_cast<std::uint64_t>(m_settings.stampAheadMax.count());
    Run run{log, **owner, device->second, now, Core::Hlc::fromParts(stampNow.milliseconds() + ahead, UINT16_MAX), stampNow, {}};
    run.outcome.recovered.recoverId = request.recover.recoverId;
    for (Wire::DocumentDelta offered : request.recover.documents) {
        Core::Result<void> valid = check(offered, request);
        if (valid) {
            auto taken = take(run, offered);
            if (!taken) {
                return Core::failure(std::move(taken.error()));
            }
            valid = std::move(*taken);
        }
        if (!valid) {
            run.outcome.recovered.refusals.push_back({std::move(offered.id), std::move(valid.error())});
        }
    }
    run.device.lastSeen = now;
    run.device.isChanged = true;
    run.owner.lastSeen = now;
    run.owner.isChanged = true;
    return RecoverAnswer(std::move(run.outcome));
}

Core::Result<void> RecoverRules::check(const Wire::DocumentDelta &offered, const RecoverRequest &request) const
{
    const Core::Limits &limits = m_settings.limits;
    const Core::Document &document = offered.state;
    if (auto valid = Core::validateCollectionName(offered.id.collection, limits); !valid) {
        return valid;
    }
    if (auto valid = Core::validateKey(offered.id.key, limits); !valid) {
        return valid;
    }
    if (document.context.size() > limits.contextEntriesMax || document.fields.size() > limits.fieldCountMax) {
        return Core::failure(
            Core::makeError(ErrorCode::ResourceExhausted, ErrorReason::LimitExceeded, "the document has too many fields or writers"));
    }
    if (document.context.counterOf(request.device) > request.lastCounter) {
        return malformed("the document holds writes that its device says it has not made");
    }
    if (document.lastWrite && !document.context.covers(document.lastWrite->dot)) {
        return malformed("the context does not cover the last write");
    }
    for (const Core::Document::Field &field : document.fields) {
        if (auto valid = checkField(field, document.context, limits); !valid) {
            return valid;
        }
    }
    return {};
}

bool RecoverRules::settleStamps(const Run &run, const Core::Document &kept, Core::Document &offered)
{
    bool isChanged = false;
    const auto set = [&isChanged](Core::Hlc &stamp, Core::Hlc settled) {
        isChanged = isChanged || stamp != settled;
        stamp = settled;
    };
    const auto clamped = [&run](Core::Hlc stamp) { return stamp > run.stampMax ? run.stampNow : stamp; };
    for (Core::Document::Field &field : offered.fields) {
        const Core::FieldState *known = kept.find(field.name);
        for (Core::Sibling &sibling : field.state.siblings) {
            if (hasSibling(known, sibling.dot)) {
                set(sibling.stamp, std::ranges::find(known->siblings, sibling.dot, &Core::Sibling::dot)->stamp);
            } else {
                set(sibling.stamp, clamped(sibling.stamp));
            }
        }
    }
    if (offered.lastWrite) {
        const bool isKnown = kept.lastWrite && kept.lastWrite->dot == offered.lastWrite->dot;
        set(offered.lastWrite->stamp, isKnown ? kept.lastWrite->stamp : clamped(offered.lastWrite->stamp));
    }
    return isChanged;
}

bool RecoverRules::fits(const Wire::TrackedDocument &tracked) const
{
    return tracked.document.fields.size() <= m_settings.limits.fieldCountMax &&
           Wire::encode(tracked.document).size() <= m_settings.limits.documentBytesMax;
}

Core::Result<Core::Result<void>> RecoverRules::take(Run &run, Wire::DocumentDelta &offered) const
{
    auto found = run.log.document(run.owner, offered.id);
    if (!found) {
        return Core::failure(std::move(found.error()));
    }
    DocumentRow &row = **found;
    const Core::Document before = stripped(row.tracked);
    const bool isOtherThere = settleStamps(run, before, offered.state);
    const std::uint64_t seq = run.owner.head + 1;
    Wire::TrackedDocument joined = row.tracked;
    const Core::Policy &policy = m_policies->of(offered.id.collection);
    if (!mergeTracked(joined, offered.state, policy, seq)) {
        return Core::Result<void>{};
    }
    if (!fits(joined)) {
        return Core::Result<void>(Core::failure(Core::makeError(ErrorCode::ResourceExhausted, ErrorReason::LimitExceeded,
                                                                "the document would pass its limit of bytes or fields")));
    }
    run.outcome.recovered.healed += joined.document.context == before.context ? 0 : 1;
    row.tracked = std::move(joined);
    row.stateBytesMax = Wire::encode(row.tracked).size();
    const std::uint64_t previousSeq = row.seq;
    noteConflicts(row, Core::conflictedFields(before, policy), policy, {seq, run.now});
    noteWriter(row, run.device.device, seq, run.now);
    if (isOtherThere || stripped(row.tracked) != offered.state) {
        // The device itself has to learn of it.
        row.otherSeq = seq;
    }
    run.owner.head = seq;
    run.owner.recoveredCount += 1;
    run.outcome.lastSeq = seq;
    if (auto noted = run.log.appendCheckpoint(run.owner, row, previousSeq); !noted) {
        return Core::failure(std::move(noted.error()));
    }
    auto kept = keepLosers(run, row, before, offered.state);
    return kept ? Core::Result<Core::Result<void>>(Core::Result<void>{}) : Core::failure(std::move(kept.error()));
}

Core::Result<void> RecoverRules::keepLosers(Run &run, const DocumentRow &row, const Core::Document &before,
                                            const Core::Document &offered) const
{
    Core::Policy open = m_policies->of(row.id.collection);
    if (before.context.isEmpty() || open.conflict == Core::ConflictRule::Manual || open.conflict == Core::ConflictRule::Custom) {
        return {};
    }
    open.conflict = Core::ConflictRule::Manual;
    const Core::Document &after = row.tracked.document;
    for (Core::Document::Field &field : Core::merge(before, offered, open).fields) {
        const Core::FieldState *shown = after.find(field.name);
        Core::Sibling winner;
        if (shown != nullptr && !shown->siblings.empty()) {
            winner = shown->siblings.front();
        } else if (after.lastWrite) {
            winner = Core::Sibling{after.lastWrite->dot, after.lastWrite->stamp, std::nullopt};
        } else {
            continue;
        }
        for (Core::Sibling &sibling : field.state.siblings) {
            if (hasSibling(shown, sibling.dot)) {
                continue;
            }
            if (auto kept = run.log.appendOverwritten(run.owner, {row.id, field.name, row.seq, run.now, winner, std::move(sibling)});
                !kept) {
                return kept;
            }
        }
    }
    return {};
}

}  // namespace Satchel::Server
