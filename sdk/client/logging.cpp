// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "logging.h"

#include "error_p.h"

namespace Satchel {

Q_LOGGING_CATEGORY(netLog, "satchel.net", QtWarningMsg)
Q_LOGGING_CATEGORY(syncLog, "satchel.sync", QtWarningMsg)
Q_LOGGING_CATEGORY(storeLog, "satchel.store", QtWarningMsg)
Q_LOGGING_CATEGORY(authLog, "satchel.auth", QtWarningMsg)
Q_LOGGING_CATEGORY(cryptoLog, "satchel.crypto", QtWarningMsg)
Q_LOGGING_CATEGORY(modelLog, "satchel.model", QtWarningMsg)

QByteArray kindOf(const Core::Error &error)
{
    const Error shown = fromCore(error);
    return QStringLiteral("%1 %2/%3").arg(shown.id(), shown.codeName(), shown.reasonName()).toLatin1();
}

}  // namespace Satchel
