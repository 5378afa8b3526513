// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "threadend.h"

#include "storekey.h"

#include <openssl/crypto.h>

namespace Satchel::CipherDb {

void endThread()
{
    OPENSSL_thread_stop();
    wipeStack();
}

}  // namespace Satchel::CipherDb
