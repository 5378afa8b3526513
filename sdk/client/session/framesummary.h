// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "wire/frames.h"

#include <string>

namespace Satchel::Sync {

/// A frame for the log: its kind, and how much is in it; nothing of what is in it.
[[nodiscard]] std::string summaryOf(const Wire::ClientFrame &frame);
[[nodiscard]] std::string summaryOf(const Wire::ServerFrame &frame);

}  // namespace Satchel::Sync
