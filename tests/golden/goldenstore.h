// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/database.h"
#include "core/document.h"
#include "core/mutation.h"
#include "core/policy.h"
#include "core/result.h"
#include "support/fixedids.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

/// Stores as released programs left them: tests/data/golden/<kind>_v<schema>.db with its key-check record and, beside it, what is in it as
/// text. A released schema's three files never change. docs/stores.md says when and how new ones are made.
namespace Satchel::Golden {

using Test::deviceOf;

/// A kind of store: how this program makes one with something of everything in it, and how it says what is in one.
class Kind {
public:
    virtual ~Kind() = default;
    [[nodiscard]] virtual std::string name() const = 0;
    [[nodiscard]] virtual std::span<const CipherDb::Migration> schema() const = 0;
    [[nodiscard]] virtual Core::Result<void> make(const std::filesystem::path &path) const = 0;
    /// Opens it as the product does, migrations and all. One fact a line.
    [[nodiscard]] virtual Core::Result<std::string> dump(const std::filesystem::path &path) const = 0;
};

[[nodiscard]] const Kind &deviceKind();
[[nodiscard]] const Kind &serverKind();

/// Bytes 0x00 to 0x1f: these stores hold nothing that is secret.
[[nodiscard]] CipherDb::StoreKey goldenKey();
/// Something of every kind of value, rule and field.
[[nodiscard]] Core::PolicySet goldenPolicies();
[[nodiscard]] Core::Mutation mutationOf(Core::Dot dot, Core::DocumentId document, std::vector<Core::Op> ops,
                                        Core::VersionVector context = {});
[[nodiscard]] Core::Value valueOfEveryType();

// The words of a dump.
[[nodiscard]] std::string textOf(std::string_view bytes);
[[nodiscard]] std::string textOf(const Core::DocumentId &id);
[[nodiscard]] std::string textOf(const Core::Document &document, const Core::Policy &policy);
[[nodiscard]] std::string textOf(const Core::Mutation &mutation);
[[nodiscard]] std::string textOf(const Core::Error &error);
[[nodiscard]] std::string textOf(const Core::PolicySet &policies);

}  // namespace Satchel::Golden
