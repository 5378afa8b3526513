// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "keychainerrors.h"

namespace Satchel::Vault {

Core::Error keychainUnavailable()
{
    return Core::makeError(Core::ErrorCode::Unavailable, Core::ErrorReason::KeychainUnavailable,
                           "no keychain answers: on Linux, start a secret service (GNOME Keyring, KWallet, KeePassXC) on the session bus, "
                           "or keep the key elsewhere, e.g. StoreKeySource::keyFile()",
                           Core::Retry::AfterChange);
}

Core::Error keychainLocked()
{
    return Core::makeError(Core::ErrorCode::Unavailable, Core::ErrorReason::KeychainLocked,
                           "the keychain is locked and was not unlocked; unlock it and open again", Core::Retry::AfterChange);
}

Core::Error keychainNotReady(const std::string &why)
{
    return Core::makeError(Core::ErrorCode::Unavailable, Core::ErrorReason::KeychainNotReady,
                           "the keychain does not answer as it should; open again later" + (why.empty() ? why : ": " + why),
                           Core::Retry::Later);
}

}  // namespace Satchel::Vault
