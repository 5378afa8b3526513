// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "support/generators.h"
#include "wire/frames.h"

/// rapidcheck generators of the protocol's frames.
namespace Satchel::Gen {

[[nodiscard]] rc::Gen<std::chrono::milliseconds> time();
[[nodiscard]] rc::Gen<std::chrono::milliseconds> shortTime();
[[nodiscard]] rc::Gen<Core::Error> error();
[[nodiscard]] rc::Gen<Wire::Cursor> cursor();
[[nodiscard]] rc::Gen<std::vector<Wire::DocumentDelta>> deltas();

/// `kind` is the index of the frame's alternative.
[[nodiscard]] rc::Gen<Wire::ClientFrame> clientFrame(std::size_t kind);
[[nodiscard]] rc::Gen<Wire::Welcome> welcome();
[[nodiscard]] rc::Gen<Wire::Settled> settled();
[[nodiscard]] rc::Gen<Wire::ServerFrame> serverFrame(std::size_t kind);
[[nodiscard]] rc::Gen<Wire::ClientFrame> anyClientFrame();
[[nodiscard]] rc::Gen<Wire::ServerFrame> anyServerFrame();

}  // namespace Satchel::Gen
