// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "projection.h"

#include "core/view.h"
#include "server-stub/store/tracking.h"

#include <algorithm>

namespace Satchel::Server {

std::vector<OverwrittenRow> project(DocumentRow &row, const EventRow &event, const Core::Policy &policy)
{
    const std::vector<std::string> inConflict = Core::conflictedFields(row.tracked.document, policy);
    Core::ApplyOutcome applied = applyTracked(row.tracked, event.mutation, policy, event.seq);
    noteConflicts(row, inConflict, policy, {event.seq, event.received});
    noteWriter(row, event.mutation.dot.device, event.seq, event.received);
    return overwrittenRows(row, std::move(applied), event);
}

void noteConflicts(DocumentRow &row, const std::vector<std::string> &before, const Core::Policy &policy, ConflictMark at)
{
    const std::vector<std::string> after = Core::conflictedFields(row.tracked.document, policy);
    const auto holds = [](const std::vector<std::string> &names, const std::string &name) {
        return std::binary_search(names.begin(), names.end(), name);
    };
    for (const std::string &field : before) {
        if (!holds(after, field)) {
            row.newConflicts.erase(field);
        }
    }
    for (const std::string &field : after) {
        if (!holds(before, field)) {
            row.newConflicts[field] = at;
        }
    }
}

void noteWriter(DocumentRow &row, const Core::DeviceId &device, std::uint64_t seq, std::chrono::milliseconds now)
{
    if (row.seq != 0 && row.lastDevice != device) {
        row.otherSeq = row.seq;
    }
    row.lastDevice = device;
    row.seq = seq;
    row.updated = now;
    row.isChanged = true;
}

std::vector<OverwrittenRow> overwrittenRows(const DocumentRow &row, Core::ApplyOutcome applied, const EventRow &event)
{
    std::vector<OverwrittenRow> rows;
    rows.reserve(applied.overwritten.size());
    for (Core::Overwritten &lost : applied.overwritten) {
        OverwrittenRow entry{row.id,
                             std::move(lost.field),
                             event.seq,
                             event.received,
                             Core::Sibling{lost.winner.dot, lost.winner.stamp, std::nullopt},
                             std::move(lost.loser)};
        if (const Core::FieldState *state = row.tracked.document.find(entry.field)) {
            for (const Core::Sibling &sibling : state->siblings) {
                entry.winner = sibling.dot == lost.winner.dot ? sibling : entry.winner;
            }
        }
        rows.push_back(std::move(entry));
    }
    return rows;
}

}  // namespace Satchel::Server
