// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "hlc.h"
#include "ids.h"
#include "value.h"
#include "versionvector.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Satchel::Core {

/// One of several values of a register written concurrently; no value means "removed".
struct Sibling {
    Dot dot;
    Hlc stamp;
    std::optional<Value> value;
    friend bool operator==(const Sibling &, const Sibling &) = default;
};

/// One device's part of a counter: the running sum after its increment `counter`, and the part of it that a removal has taken away.
struct CounterEntry {
    DeviceId device;
    std::uint64_t counter = 0;
    std::int64_t sum = 0;
    std::uint64_t removedCounter = 0;
    std::int64_t removedSum = 0;
    friend bool operator==(const CounterEntry &, const CounterEntry &) = default;
};

/// An element of a set with the dots of the additions that keep it there; never without one.
struct SetElement {
    Value element;
    std::vector<Dot> dots;  ///< sorted
    friend bool operator==(const SetElement &, const SetElement &) = default;
};

/// All that is known of a field. The policy's kind says which part is shown; the others stay empty unless the policy has changed.
struct FieldState {
    std::vector<Sibling> siblings;      ///< sorted by dot
    std::vector<CounterEntry> counter;  ///< sorted by device
    std::vector<SetElement> elements;   ///< sorted by element
    [[nodiscard]] bool isEmpty() const { return siblings.empty() && counter.empty() && elements.empty(); }
    friend bool operator==(const FieldState &, const FieldState &) = default;
};

/// The latest write by (stamp, dot); what a strong collection's expectation is compared with.
struct WriteMark {
    Hlc stamp;
    Dot dot;
    friend auto operator<=>(const WriteMark &, const WriteMark &) = default;
};

/// State of a document as a join semilattice: equal sets of mutations give equal documents and equal canonical bytes.
struct Document {
    struct Field {
        std::string name;
        FieldState state;
        friend bool operator==(const Field &, const Field &) = default;
    };

    VersionVector context;
    std::optional<WriteMark> lastWrite;
    /// Sorted by name bytes; none with an empty state, except in a delta, where that says that the field has vanished (a set that has lost
    /// its last element). So whoever makes deltas has to remember the names of vanished fields.
    std::vector<Field> fields;

    [[nodiscard]] const FieldState *find(std::string_view name) const;
    /// The field's state, made where it is not there yet. Valid until a field is made or dropped. Callers leave no empty state behind: see
    /// `dropIfEmpty`.
    [[nodiscard]] FieldState &at(std::string_view name);
    void dropIfEmpty(std::string_view name);

    friend bool operator==(const Document &, const Document &) = default;
};

}  // namespace Satchel::Core
