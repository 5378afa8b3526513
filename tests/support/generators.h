// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/document.h"
#include "core/mutation.h"
#include "core/policy.h"
#include "support/valuegenerators.h"

#include <optional>

/// rapidcheck generators of valid mutations, documents and policies: sorted, without duplicates, as the types demand. Property tests share
/// them.
namespace Satchel::Gen {

[[nodiscard]] rc::Gen<Core::VersionVector> versionVector();
[[nodiscard]] rc::Gen<Core::Op> op();
[[nodiscard]] rc::Gen<Core::DocumentId> documentId();

template <typename T>
rc::Gen<std::optional<T>> maybe(rc::Gen<T> gen)
{
    return rc::gen::exec([gen] { return *rc::gen::arbitrary<bool>() ? std::optional<T>(*gen) : std::nullopt; });
}
[[nodiscard]] rc::Gen<Core::Mutation> mutation();
[[nodiscard]] rc::Gen<Core::FieldState> fieldState();
[[nodiscard]] rc::Gen<Core::Document> document();
[[nodiscard]] rc::Gen<Core::PolicySet> policySet();

}  // namespace Satchel::Gen
