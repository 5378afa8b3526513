// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "result.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace Satchel::Core {

/// Who picks among concurrent writes; see docs/protocol.md, "Merge".
enum class ConflictRule : std::uint8_t {
    Merge = 0,       ///< per field, the greatest (stamp, dot) wins
    LastWriter = 1,  ///< the whole document is one register
    Manual = 2,      ///< siblings stay until a user or an operator resolves them
    Custom = 3,      ///< siblings stay until the app's resolver, run on a device, resolves them
};

enum class Consistency : std::uint8_t {
    Eventual = 0,
    Strong = 1,  ///< compare-and-set at the server on the document's last write
};

enum class FieldKind : std::uint8_t {
    Register = 0,
    Counter = 1,  ///< commutative increments of an int64, modulo 2^64
    Set = 2,      ///< observed-remove set of scalars
};

enum class Sensitivity : std::uint8_t { Public = 0, Personal = 1, Restricted = 2 };

/// How one collection behaves.
struct Policy {
    std::string collection;
    std::uint64_t version = 0;
    Consistency consistency = Consistency::Eventual;
    ConflictRule conflict = ConflictRule::Merge;
    Sensitivity sensitivity = Sensitivity::Personal;
    /// Fields that are not registers.
    std::map<std::string, FieldKind, std::less<>> fieldKinds;

    [[nodiscard]] FieldKind kindOf(std::string_view field) const;
    friend bool operator==(const Policy &, const Policy &) = default;
};

/// LastWriter cannot have counter or set fields. INVALID_ARGUMENT/FIELD_KIND_MISMATCH names the field.
[[nodiscard]] Result<void> validate(const Policy &policy);

/// The policies of a tenant. A collection without one of its own has the default: eventual, merge, registers only.
class PolicySet {
public:
    PolicySet() = default;

    void insert(Policy policy);
    void setVersion(std::uint64_t version) { m_version = version; }
    [[nodiscard]] std::uint64_t version() const { return m_version; }
    /// The collection's policy, else the default one (whose `collection` is empty). Valid as long as the set is not changed.
    [[nodiscard]] const Policy &of(std::string_view collection) const;
    [[nodiscard]] const std::map<std::string, Policy, std::less<>> &all() const { return m_policies; }

    friend bool operator==(const PolicySet &, const PolicySet &) = default;

private:
    std::uint64_t m_version = 0;
    std::map<std::string, Policy, std::less<>> m_policies;
    Policy m_default;
};

/// Whether both make the same state of every document's mutations: same conflict rules, same kinds of fields.
[[nodiscard]] bool areMergingAlike(const PolicySet &a, const PolicySet &b);

}  // namespace Satchel::Core
