// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "operatorwrites.h"

#include "audit/hash.h"

#include <algorithm>

namespace Satchel::Server {

using Core::ErrorCode;
using Core::ErrorReason;

namespace {

constexpr unsigned attemptsMax = 16;

std::string nameOf(const Core::Dot &dot)
{
    return dot.device.toHex() + ":" + std::to_string(dot.counter);
}

/// Whether the field's siblings are as the operator saw them.
bool areAsSeen(const OperatorDraft &draft, const std::vector<Core::Sibling> &siblings)
{
    const auto isSeen = [&draft](const Core::Sibling &sibling) { return std::ranges::find(draft.seen, sibling.dot) != draft.seen.end(); };
    switch (draft.siblings) {
    case OperatorDraft::Siblings::Any:
        return true;
    case OperatorDraft::Siblings::SomeOf:
        return std::ranges::any_of(siblings, isSeen);
    case OperatorDraft::Siblings::Exactly:
        break;
    }
    return siblings.size() == draft.seen.size() && std::ranges::all_of(siblings, isSeen);
}

/// Names places and dots, which are nobody's data.
std::string whatIs(const OperatorDraft &draft, const DocumentRow &row, const std::vector<Core::Sibling> &siblings)
{
    if (draft.siblings == OperatorDraft::Siblings::Any) {
        return "a document seen at seq " + std::to_string(*draft.seenSeq) + " is at seq " + std::to_string(row.seq);
    }
    std::string text = "the field at seq " + std::to_string(row.seq) + " has now";
    for (const Core::Sibling &sibling : siblings) {
        text += " " + nameOf(sibling.dot);
    }
    return text + (siblings.empty() ? " no value" : "");
}

Core::DeviceId deviceNamed(std::string_view kind, const std::string &tenant, const std::string &id, unsigned attempt)
{
    std::string name = std::string(kind) + tenant + ":" + id;
    name.append(attempt, '\n');
    const auto hash = Audit::sha256(name);
    Core::DeviceId device;
    std::copy_n(hash.begin(), device.bytes.size(), device.bytes.begin());
    return device;
}

}  // namespace

std::string operatorDeviceName(const std::string &operatorId)
{
    return "op:" + operatorId;
}

Core::DeviceId operatorDevice(const std::string &tenant, const std::string &operatorId, unsigned attempt)
{
    return deviceNamed("op:", tenant, operatorId, attempt);
}

std::string serverWriterName(std::string_view purpose)
{
    return "server:" + std::string(purpose);
}

Core::Result<OperatorAnswer> OperatorWrites::process(WriteTransaction &log, const OperatorRequest &request, Core::HlcClock &clock,
                                                     std::chrono::milliseconds now) const
{
    auto checked = check(log, request, now);
    if (!checked) {
        return Core::failure(std::move(checked.error()));
    }
    if (!*checked) {
        return OperatorAnswer(Core::failure(std::move(checked->error())));
    }
    std::vector<DeviceRow *> devices;
    for (const OperatorDraft &draft : request.drafts) {
        auto device = deviceOf(log, **log.owner(draft.user, now), request, now);
        if (!device) {
            return Core::failure(std::move(device.error()));
        }
        if (!*device) {
            return OperatorAnswer(Core::failure(std::move(device->error())));
        }
        devices.push_back(**device);
    }
    OperatorOutcome outcome;
    for (std::size_t i = 0; i < request.drafts.size(); ++i) {
        const OperatorDraft &draft = request.drafts[i];
        OwnerRow &owner = **log.owner(draft.user, now);
        DeviceRow &row = *devices[i];
        const DocumentRow &document = **log.document(owner, draft.document);
        auto done = m_rules.write(log, owner, row, mutationOf(draft, row, document, clock.tick(now)), clock, now);
        if (!done) {
            return Core::failure(std::move(done.error()));
        }
        // It has no session that would say so, and has read nothing that the log would have to be kept for.
        row.settledCounter = row.lastCounter;
        row.cursor = owner.head;
        const auto &settled = done->pushed.settled;
        outcome.writes.push_back({done->lastSeq, settled.empty() ? std::nullopt : settled.front().refusal});
        if (done->lastSeq != 0) {
            std::erase_if(outcome.grown, [&](const OperatorOutcome::Grown &known) { return known.user == draft.user; });
            outcome.grown.push_back({draft.user, owner.head, row.device});
        }
    }
    return OperatorAnswer(std::move(outcome));
}

/// Before anything is written: several drafts may be of one document.
Core::Result<Core::Result<void>> OperatorWrites::check(WriteTransaction &log, const OperatorRequest &request,
                                                       std::chrono::milliseconds now) const
{
    std::size_t changedCount = 0;
    std::string what;
    for (const OperatorDraft &draft : request.drafts) {
        const auto isErased = log.isErased(draft.user);
        if (!isErased) {
            return Core::failure(isErased.error());
        }
        if (*isErased) {
            return Core::Result<void>(Core::failure(goneError()));
        }
        auto owner = log.owner(draft.user, now);
        if (!owner) {
            return Core::failure(std::move(owner.error()));
        }
        auto row = log.document(**owner, draft.document);
        if (!row) {
            return Core::failure(std::move(row.error()));
        }
        const Core::FieldState *state = (*row)->tracked.document.find(draft.field);
        const std::vector<Core::Sibling> siblings = state != nullptr ? state->siblings : std::vector<Core::Sibling>{};
        if ((draft.seenSeq && *draft.seenSeq != (*row)->seq) || !areAsSeen(draft, siblings)) {
            what = changedCount++ == 0 ? whatIs(draft, **row, siblings) : what;
        }
    }
    if (changedCount == 0) {
        return Core::Result<void>{};
    }
    return Core::Result<void>(Core::failure(
        Core::makeError(request.changedCode, ErrorReason::ExpectationFailed,
                        std::to_string(changedCount) + " of " + std::to_string(request.drafts.size()) + " changed meanwhile: " + what,
                        Core::Retry::AfterChange)));
}

Core::Result<Core::Result<DeviceRow *>> OperatorWrites::deviceOf(WriteTransaction &log, OwnerRow &owner, const OperatorRequest &request,
                                                                 std::chrono::milliseconds now) const
{
    using Found = Core::Result<DeviceRow *>;
    const bool isServer = request.writer == OperatorRequest::Writer::Server;
    for (unsigned attempt = 0; attempt < attemptsMax; ++attempt) {
        const Core::DeviceId id = deviceNamed(isServer ? "server:" : "op:", request.tenant, request.operatorId, attempt);
        const auto known = owner.devices.find(id);
        if (known == owner.devices.end()) {
            auto added = log.addDevice(owner, id);
            if (!added) {
                return Core::failure(std::move(added.error()));
            }
            (*added)->name = isServer ? serverWriterName(request.operatorId) : operatorDeviceName(request.operatorId);
            (*added)->isOperator = true;
            (*added)->lastSeen = now;
            (*added)->isChanged = true;
            return Found(*added);
        }
        if (known->second.isOperator) {
            return known->second.isRevoked && !isServer ? Found(Core::failure(revokedError())) : Found(&known->second);
        }
    }
    return Found(Core::failure(
        Core::makeError(ErrorCode::FailedPrecondition, ErrorReason::None, "devices of the user have taken the operator's ids")));
}

Core::Mutation OperatorWrites::mutationOf(const OperatorDraft &draft, const DeviceRow &device, const DocumentRow &row,
                                          Core::Hlc stamp) const
{
    Core::Mutation mutation;
    mutation.dot = {device.device, device.lastCounter + 1};
    mutation.stamp = stamp;
    mutation.document = draft.document;
    mutation.context = draft.context;
    mutation.ops = draft.ops;
    mutation.scope = draft.scope;
    mutation.policyVersion = m_policies.version();
    if (draft.stamp == OperatorDraft::Stamp::JustBehindSeen) {
        mutation.stamp = Core::Hlc{};
        mutation.stamp = Core::settleStamp(row.tracked.document, mutation, stamp, {});
    }
    if (m_policies.of(draft.document.collection).consistency == Core::Consistency::Strong) {
        const auto &last = row.tracked.document.lastWrite;
        mutation.expected = Core::Expectation{last ? std::optional(last->dot) : std::nullopt};
    }
    return mutation;
}

}  // namespace Satchel::Server
