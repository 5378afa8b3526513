// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "explaining.h"

#include "client/error_p.h"
#include "client/values.h"
#include "core/view.h"

#include <algorithm>

namespace Satchel {

namespace {

using Cause = Explanation::Cause;

Cause causeOfRefusal(Core::ErrorReason reason)
{
    switch (reason) {
    case Core::ErrorReason::PolicyDenied:
    case Core::ErrorReason::RoleMissing:
        return Cause::RefusedByRule;
    case Core::ErrorReason::QuotaExceeded:
    case Core::ErrorReason::LimitExceeded:
        return Cause::RefusedByQuota;
    case Core::ErrorReason::HistoryExpired:
        return Cause::RefusedByClock;
    case Core::ErrorReason::FieldKindMismatch:
    case Core::ErrorReason::DocumentScopeRequired:
    case Core::ErrorReason::NotRepresentable:
    case Core::ErrorReason::InvalidName:
    case Core::ErrorReason::InvalidUtf8:
    case Core::ErrorReason::MalformedInput:
        return Cause::RefusedBySchema;
    case Core::ErrorReason::ExpectationFailed:
        return Cause::RefusedByExpectation;
    default:
        return Cause::RefusedOtherwise;
    }
}

Cause causeOfWaiting(const WhyFacts &facts)
{
    if (!facts.hasServer) {
        return Cause::LocalOnly;
    }
    if (facts.isPaused) {
        return Cause::WaitsForResume;
    }
    if (!facts.blockedReason) {
        return facts.isConnected ? Cause::Sending : Cause::WaitsForConnection;
    }
    switch (facts.blockedReason->reason) {
    case Core::ErrorReason::TokenMissing:
    case Core::ErrorReason::TokenInvalid:
    case Core::ErrorReason::TokenExpired:
    case Core::ErrorReason::TokenOfAnotherUser:
        return Cause::WaitsForSignIn;
    case Core::ErrorReason::ServerReadOnly:
    case Core::ErrorReason::Overloaded:
    case Core::ErrorReason::ShuttingDown:
    case Core::ErrorReason::QuotaExceeded:
        return Cause::WaitsForServer;
    case Core::ErrorReason::NetworkUnreachable:
    case Core::ErrorReason::NetworkTimeout:
        return Cause::WaitsForConnection;
    default:
        if (facts.blockedReason->code == Core::ErrorCode::Unauthenticated) {
            return Cause::WaitsForSignIn;
        }
        return facts.blockedReason->retry == Core::Retry::Later ? Cause::WaitsForServer : Cause::BlockedForGood;
    }
}

struct Words {
    const char *summary;
    const char *nextStep;
};

Words wordsOf(Cause cause)
{
    switch (cause) {
    case Cause::NeverSeen:
        return {"nothing was ever written under this key here, and nothing was received",
                "check collection and key; if another device wrote it, wait until lastSynced is later than that"};
    case Cause::InSync:
        return {"what is shown is what the server has", ""};
    case Cause::WrittenElsewhere:
        return {"what is shown is what the server has; another writer's values stand beside or above this device's",
                "fields say who wrote what and when; what lost is kept in the server's history"};
    case Cause::RemovedElsewhere:
        return {"another device, an operator or the collection's expiry removed the document",
                "write it anew, or have support restore it from the history"};
    case Cause::RemovedHere:
        return {"this device removed the document", ""};
    case Cause::InConflict:
        return {"fields hold values that were written at the same time, and the collection's rule leaves the choice to a person",
                "Client::conflicts() lists them; Client::resolve() ends one"};
    case Cause::Sending:
        return {"written here and on its way; the server has not answered yet", "wait for Client::whenSynced()"};
    case Cause::WaitsForConnection:
        return {"written here; there is no connection to the server", "it is sent by itself when there is one"};
    case Cause::WaitsForSignIn:
        return {"written here; the server needs a valid token of this user", "sign in, then call Client::probe()"};
    case Cause::WaitsForResume:
        return {"written here; sync is paused", "call Client::resume()"};
    case Cause::WaitsForServer:
        return {"written here; the server takes no writes at the moment", "it is sent by itself later"};
    case Cause::LocalOnly:
        return {"written here; this client has no server", "set ClientOptions::serverUrl"};
    case Cause::BlockedForGood:
        return {"written here; sync cannot go on until something is changed", "the error says what"};
    case Cause::RefusedByRule:
        return {"the server's policies do not allow a write of this user to it; it was taken back from view",
                "have the policy changed and call Client::retryQuarantined(), or discard the write"};
    case Cause::RefusedByQuota:
        return {"a quota or limit of the server does not allow a write to it; it was taken back from view",
                "make room or make it smaller, then call Client::retryQuarantined()"};
    case Cause::RefusedByClock:
        return {"a write to it is older than the history that the server keeps; it was taken back from view",
                "look at what is there now; Client::retryQuarantined() writes it anew on that"};
    case Cause::RefusedBySchema:
        return {"a write does not fit what the server's policies say of the collection; it was taken back from view",
                "update the app, or write it in the declared form and discard the old write"};
    case Cause::RefusedByExpectation:
        return {"another device wrote to this strong document first; this device's write was taken back from view",
                "read what is there now and decide anew"};
    case Cause::RefusedOtherwise:
        return {"the server refused a write to it; it was taken back from view", "the error says why"};
    }
    return {"", ""};
}

Explanation::Field fieldOf(const Live::Entry &entry, const Core::Document::Field &field, Core::DeviceId device)
{
    Explanation::Field told;
    told.name = toQString(field.name);
    const Core::FieldKind kind = entry.shelf->policy.kindOf(field.name);
    if (const auto shown = Core::shownValue(field.state, kind)) {
        told.value = toVariant(*shown);
    }
    const Core::Sibling *winner = kind == Core::FieldKind::Register ? Core::provisional(field.state) : nullptr;
    if (winner != nullptr) {
        told.deviceId = QString::fromStdString(winner->dot.device.toHex());
        told.isThisDevice = winner->dot.device == device;
        told.writtenAt = utcTime(qint64(winner->stamp.milliseconds()));
    }
    const auto touches = [&](const Core::Op &op) { return Core::fieldOf(op) == field.name; };
    told.isPending = std::any_of(entry.pending.begin(), entry.pending.end(), [&](const auto &mutation) {
        return std::any_of(mutation->ops.begin(), mutation->ops.end(), touches) || (winner != nullptr && winner->dot == mutation->dot);
    });
    const auto conflicted = Core::conflictedFields(entry.view(), entry.shelf->policy);
    told.isInConflict = std::find(conflicted.begin(), conflicted.end(), field.name) != conflicted.end();
    return told;
}

/// Of a document without pending and refused writes.
Cause causeOfSettled(const Live::Entry &entry, Core::DeviceId device)
{
    const Core::Document &document = entry.base;
    if (!Core::exists(document, entry.shelf->policy)) {
        if (!document.lastWrite) {
            return Cause::NeverSeen;
        }
        return document.lastWrite->dot.device == device ? Cause::RemovedHere : Cause::RemovedElsewhere;
    }
    if (!Core::conflictedFields(document, entry.shelf->policy).empty()) {
        return Cause::InConflict;
    }
    const bool isAllOurs = std::all_of(document.fields.begin(), document.fields.end(), [&](const Core::Document::Field &field) {
        const Core::Sibling *winner = Core::provisional(field.state);
        return winner == nullptr || winner->dot.device == device;
    });
    return isAllOurs ? Cause::InSync : Cause::WrittenElsewhere;
}

}  // namespace

Explanation explain(const WhyFacts &facts)
{
    Explanation told;
    if (facts.entry != nullptr) {
        const Live::Entry &entry = *facts.entry;
        told.pendingCount = int(entry.pending.size());
        if (Core::exists(entry.base, entry.shelf->policy)) {
            told.onServer = toVariantMap(Core::shownFields(entry.base, entry.shelf->policy));
        }
        for (const Core::Document::Field &field : entry.view().fields) {
            told.fields.append(fieldOf(entry, field, facts.device));
        }
    }
    if (!facts.refused.empty()) {
        told.cause = causeOfRefusal(facts.refused.front()->reason.reason);
        told.error = fromCore(facts.refused.front()->reason);
    } else if (told.pendingCount > 0) {
        told.cause = causeOfWaiting(facts);
        if (facts.blockedReason && told.cause != Cause::WaitsForResume) {
            told.error = fromCore(*facts.blockedReason);
        }
    } else if (facts.entry != nullptr) {
        told.cause = causeOfSettled(*facts.entry, facts.device);
    }
    const Words words = wordsOf(told.cause);
    told.summary = QString::fromLatin1(words.summary);
    told.nextStep = QString::fromLatin1(words.nextStep);
    return told;
}

}  // namespace Satchel
