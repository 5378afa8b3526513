// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/merge.h"
#include "server-stub/store/rows.h"

#include <string>
#include <vector>

namespace Satchel::Server {

/// How events make the rows of documents: the one way, for the push pipeline, which makes them, and for whoever makes them anew from the
/// log. No clock, no I/O.

/// Brings an event into the row of its document, as accepting it did; the rows of what it overwrote.
[[nodiscard]] std::vector<OverwrittenRow> project(DocumentRow &row, const EventRow &event, const Core::Policy &policy);

/// The parts of project(). After a change of the state: which fields were in conflict before it, and where it is.
void noteConflicts(DocumentRow &row, const std::vector<std::string> &before, const Core::Policy &policy, ConflictMark at);
/// After a change: by whom, and its place and time.
void noteWriter(DocumentRow &row, const Core::DeviceId &device, std::uint64_t seq, std::chrono::milliseconds now);
/// What the event, which `row` holds already, has overwritten.
[[nodiscard]] std::vector<OverwrittenRow> overwrittenRows(const DocumentRow &row, Core::ApplyOutcome applied, const EventRow &event);

}  // namespace Satchel::Server
