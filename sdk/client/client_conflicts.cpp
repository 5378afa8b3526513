// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "client_p.h"

#include "collection_p.h"
#include "core/view.h"
#include "values.h"

#include <algorithm>

namespace Satchel {

namespace {

QDateTime timeOf(Core::Hlc stamp)
{
    return utcTime(qint64(stamp.milliseconds()));
}

QList<ConflictCandidate> candidatesOf(const Core::FieldState &state, Core::DeviceId ownDevice)
{
    std::vector<const Core::Sibling *> siblings;
    for (const Core::Sibling &sibling : state.siblings) {
        siblings.push_back(&sibling);
    }
    std::sort(siblings.begin(), siblings.end(),
              [](const auto *a, const auto *b) { return std::pair(a->stamp, a->dot) > std::pair(b->stamp, b->dot); });
    QList<ConflictCandidate> candidates;
    for (const Core::Sibling *sibling : siblings) {
        ConflictCandidate candidate;
        candidate.isRemoval = !sibling->value;
        candidate.value = sibling->value ? toVariant(*sibling->value) : QVariant();
        candidate.deviceId = QString::fromStdString(sibling->dot.device.toHex());
        candidate.isThisDevice = sibling->dot.device == ownDevice;
        candidate.writtenAt = timeOf(sibling->stamp);
        candidate.isProvisional = candidates.isEmpty();
        candidates.append(candidate);
    }
    return candidates;
}

}  // namespace

Conflict conflictOf(const Live::Entry &entry, const std::string &field, const Core::FieldState &state, Core::DeviceId ownDevice)
{
    return Conflict{entry.shelf->name, entry.key, toQString(field), candidatesOf(state, ownDevice)};
}

QList<Conflict> ClientPrivate::conflicts(const QString &collectionName) const
{
    QList<Conflict> list;
    live.visitConflicts(collectionName, [&](const Live::Entry &entry, const std::string &field, const Core::FieldState &state) {
        if (resolving.isLeftOpen(entry, field, state)) {
            list.append(conflictOf(entry, field, state, live.device()));
        }
    });
    std::sort(list.begin(), list.end(), [](const Conflict &a, const Conflict &b) {
        return std::tie(a.collection, a.key, a.field) < std::tie(b.collection, b.key, b.field);
    });
    return list;
}

QFuture<Result<void>> ClientPrivate::resolve(const QString &collectionName, const QString &key, const QString &field,
                                             const std::optional<QVariant> &value)
{
    const auto name = toUtf8(field, "the field name");
    const auto converted = value ? toValue(*value) : Core::Result<Core::Value>();
    if (!name || !converted) {
        return failedFuture(!name ? name.error() : converted.error());
    }
    const auto editor = [&](const Core::Document &seen, const Core::Policy &policy) -> Core::Result<Live::Edit> {
        const auto fields = Core::conflictedFields(seen, policy);
        if (std::find(fields.begin(), fields.end(), *name) == fields.end()) {
            return Core::failure(Core::makeError(Core::ErrorCode::NotFound, Core::ErrorReason::None, "the field is not in conflict"));
        }
        return resolvingEdit(*name, value ? std::optional(*converted) : std::nullopt);
    };
    FutureDone made = makeFutureDone();
    live.write(*live.shelf(collectionName), key, std::cref(editor), Live::WhenOffline::Queue, std::move(made.done));
    return made.future;
}

}  // namespace Satchel
