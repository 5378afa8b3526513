// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "support/serverprocess.h"

#include <Satchel/clientoptions.h>

#include <QTemporaryDir>

namespace Satchel::Test {

/// A device of the user's that syncs with the server; its store is in the folder, under the device's name.
inline ClientOptions serverOptions(const ServerProcess &server, const QTemporaryDir &folder, const QString &user, const QString &device)
{
    ClientOptions made;
    made.serverUrl = server.url();
    made.user = user;
    made.storeFolder = folder.filePath(device);
    made.deviceName = device;
    made.key = StoreKeySource::raw(QByteArray(32, 'k'));
    made.tokenProvider = [token = server.token(user)] { return readyResult<QString>(token); };
    return made;
}

}  // namespace Satchel::Test
