// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "admin/serveraddress.h"

#include <QByteArray>
#include <QString>

namespace Satchel::Console {

/// Where to connect and with whose token. The token is never written anywhere.
struct Connection {
    enum class TokenSource { Given, Development };

    Admin::ServerAddress address;
    TokenSource source = TokenSource::Given;
    QByteArray token;  ///< with Given
    QString tenant;    ///< with Development
};

}  // namespace Satchel::Console
