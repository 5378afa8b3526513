// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "arguments.h"

namespace Satchel::Cli {

/// A provider that reads the token file each time (so that a rotated token is seen), takes SATCHEL_TOKEN, or asks a development server on
/// this machine. Where the command line names none of them, it fails with an error that says so.
[[nodiscard]] TokenProvider tokenProvider(const Arguments &arguments);

}  // namespace Satchel::Cli
