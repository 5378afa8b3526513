// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/clientoptions.h>

#include <QTemporaryDir>

namespace Satchel::Test {

/// A client without a server, its store in a folder that it makes itself.
inline ClientOptions localOptions(const QTemporaryDir &folder, char keyByte = 'k')
{
    ClientOptions made;
    made.user = QStringLiteral("anna");
    made.storeFolder = folder.filePath(QStringLiteral("stores"));
    made.key = StoreKeySource::raw(QByteArray(32, keyByte));
    return made;
}

}  // namespace Satchel::Test
