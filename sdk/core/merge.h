// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "document.h"
#include "mutation.h"
#include "policy.h"

#include <string>
#include <vector>

namespace Satchel::Core {

/// A sibling that the policy's rule made lose to a concurrent one. The loser lives on in the event log.
struct Overwritten {
    std::string field;
    Sibling loser;
    WriteMark winner;
    friend bool operator==(const Overwritten &, const Overwritten &) = default;
};

struct ApplyOutcome {
    bool wasApplied = false;  ///< false: the document had the dot already and is unchanged
    std::vector<Overwritten> overwritten;
};

/// Brings `mutation` into `doc`. Pure: no clock, no I/O; total: any validated mutation applies to any document. Idempotent by dot, and
/// commutes with every concurrent mutation, provided that a mutation's stamp is greater than those of the writes its context covers
/// (`settleStamp` sees to it at the server) and that each device's mutations arrive in counter order. docs/protocol.md, "Merge".
ApplyOutcome apply(Document &doc, const Mutation &mutation, const Policy &policy);

/// Join of two states of one document: associative, commutative, idempotent, and equal to applying the union of their mutations.
[[nodiscard]] Document merge(const Document &a, const Document &b, const Policy &policy);

/// Takes the server's delta (the document's context, last write and *only* the fields changed since some point the receiver has) into
/// `base`. Fields that the delta does not name keep their state; named ones are joined as in `merge`, and vanish if that leaves them empty.
void mergeDelta(Document &base, const Document &delta, const Policy &policy);

/// The stamp the server gives a mutation when it accepts it: clamped to `serverNow` when more than `aheadMax` ahead of it, and raised past
/// every write that the mutation covers, so that stamps never contradict causality. Returns the mutation's own stamp when nothing is wrong.
[[nodiscard]] Hlc settleStamp(const Document &doc, const Mutation &mutation, Hlc serverNow, std::chrono::milliseconds aheadMax);

/// Whether a strong mutation's expectation holds: ABORTED/EXPECTATION_FAILED names both dots.
[[nodiscard]] Result<void> checkExpectation(const Document &doc, const Mutation &mutation);

}  // namespace Satchel::Core
