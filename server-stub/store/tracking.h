// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/merge.h"
#include "server-stub/store/rows.h"

#include <string>
#include <vector>

namespace Satchel::Server {

/// Applies a mutation and notes `seq` as the latest change of every field that it touched. A field whose state became empty stays, empty,
/// so that devices which have it learn of it.
Core::ApplyOutcome applyTracked(Wire::TrackedDocument &tracked, const Core::Mutation &mutation, const Core::Policy &policy,
                                std::uint64_t seq);

/// Joins a state that a device brings back, and notes `seq` on every field in which the two differ from what came out, so that whoever
/// holds either learns of it. A field that vanishes stays, empty. False if both were the same; then nothing has changed.
[[nodiscard]] bool mergeTracked(Wire::TrackedDocument &tracked, const Core::Document &offered, const Core::Policy &policy,
                                std::uint64_t seq);

/// The document without the fields that are only kept to be told.
[[nodiscard]] Core::Document stripped(const Wire::TrackedDocument &tracked);

/// Context, last write and only the fields that changed after `from`.
[[nodiscard]] Core::Document deltaOf(Wire::TrackedDocument tracked, std::uint64_t from);

/// Fields shown; what lists call the size of a document.
[[nodiscard]] std::uint32_t shownFieldCount(const Core::Document &document, const Core::Policy &policy);

}  // namespace Satchel::Server
