// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/error.h"

#include <QByteArray>
#include <QLoggingCategory>

/// The categories that an app sees: docs/logging.md. Warnings and worse are shown unless the app's rules say otherwise. Never in a message:
/// a value, a token, a key of the store, the name of a field or document.
namespace Satchel {

Q_DECLARE_LOGGING_CATEGORY(netLog)
Q_DECLARE_LOGGING_CATEGORY(syncLog)
Q_DECLARE_LOGGING_CATEGORY(storeLog)
Q_DECLARE_LOGGING_CATEGORY(authLog)
Q_DECLARE_LOGGING_CATEGORY(cryptoLog)
Q_DECLARE_LOGGING_CATEGORY(modelLog)

/// "SAT-0033 unavailable/NETWORK_UNREACHABLE". Without the error's text: what others said may be in it.
[[nodiscard]] QByteArray kindOf(const Core::Error &error);

}  // namespace Satchel
