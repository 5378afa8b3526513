// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "hlc.h"
#include "ids.h"
#include "limits.h"
#include "policy.h"
#include "value.h"
#include "versionvector.h"

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace Satchel::Core {

/// What the remover of a counter saw of one device's running sum. It makes removal commute with increments that the remover had not seen.
struct CounterMark {
    Dot dot;
    std::int64_t sum = 0;
    friend bool operator==(const CounterMark &, const CounterMark &) = default;
};

struct PutOp {
    std::string field;
    Value value;
    friend bool operator==(const PutOp &, const PutOp &) = default;
};
struct RemoveOp {
    std::string field;
    std::vector<CounterMark> observed;  ///< sorted by dot; empty unless the field is a counter
    friend bool operator==(const RemoveOp &, const RemoveOp &) = default;
};
struct IncrementOp {
    std::string field;
    std::int64_t delta = 0;
    friend bool operator==(const IncrementOp &, const IncrementOp &) = default;
};
struct AddOp {
    std::string field;
    Value element;
    friend bool operator==(const AddOp &, const AddOp &) = default;
};
struct DiscardOp {
    std::string field;
    Value element;
    friend bool operator==(const DiscardOp &, const DiscardOp &) = default;
};
using Op = std::variant<PutOp, RemoveOp, IncrementOp, AddOp, DiscardOp>;

[[nodiscard]] const std::string &fieldOf(const Op &op);

/// What the writer meant to change. `replace` and `erase` are mutations of scope Document whose ops name every field they put or
/// remove (core/edit.h makes them): a field that the writer had not seen is not touched, so that they commute like all others.
enum class Scope : std::uint8_t { Fields = 0, Document = 1 };

/// Compare-and-set condition of a strong collection: the dot of the document's last write, or none for "the document has never been
/// written".
struct Expectation {
    std::optional<Dot> lastWrite;
    friend bool operator==(const Expectation &, const Expectation &) = default;
};

/// First name of a mutation that was re-dotted because its device turned out to be a clone. Whoever has accepted the first name drops the
/// second.
struct Origin {
    Dot dot;
    Hlc stamp;
    friend bool operator==(const Origin &, const Origin &) = default;
};

/// One device's atomic change to one document; immutable once made (but for the stamp, which the server may settle when it accepts it).
struct Mutation {
    Dot dot;
    Hlc stamp;
    DocumentId document;
    VersionVector context;  ///< the document's context as the writer saw it, its own pending mutations included; never covers `dot`
    std::vector<Op>
        ops;  ///< one or more; at most one op a field, except add/discard, where at most one an element; sorted by nothing, kept in order
    Scope scope = Scope::Fields;
    std::uint64_t policyVersion = 0;
    std::optional<Expectation> expected;
    std::optional<Origin> origin;

    friend bool operator==(const Mutation &, const Mutation &) = default;
};
/// A mutation does not change any more once it is made, so its holders share it.
using MutationPtr = std::shared_ptr<const Mutation>;

/// Checks names, UTF-8, limits, op kinds against the policy, one op a field, whole-document scope for last_writer, an expectation for
/// strong. INVALID_ARGUMENT with the reason; RESOURCE_EXHAUSTED/LIMIT_EXCEEDED names the limit. The detail holds no user data.
[[nodiscard]] Result<void> validate(const Mutation &mutation, const Policy &policy, const Limits &limits);
[[nodiscard]] Result<void> validateCollectionName(std::string_view name, const Limits &limits);
[[nodiscard]] Result<void> validateKey(std::string_view key, const Limits &limits);
[[nodiscard]] Result<void> validateValue(const Value &value, const Limits &limits);

}  // namespace Satchel::Core
