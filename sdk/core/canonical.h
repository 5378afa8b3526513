// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "document.h"
#include "value.h"

#include <string>

namespace Satchel::Core {

/// Deterministically encoded CBOR (RFC 8949 section 4.2.1): equal states are equal bytes, on every platform. For digests and comparison;
/// what is stored and sent is protobuf (wire). docs/protocol.md, "Canonical bytes", gives the layout.
[[nodiscard]] std::string canonicalBytes(const Document &doc);
[[nodiscard]] std::string canonicalBytes(const Value &value);

}  // namespace Satchel::Core
