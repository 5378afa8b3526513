// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"

#include <QFuture>

namespace Satchel::Console {

/// What a call to the server gives: exactly one result, later.
template <typename T>
using Answer = QFuture<Core::Result<T>>;

}  // namespace Satchel::Console
