// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "tools/conflicts/conflictsinterface.h"
#include "tools/state/stateinterface.h"
#include "tools/users/usersinterface.h"

#include <QString>

#include <chrono>

namespace Satchel::Console {

/// Who the operator is, as far as the token says so. Shown, never trusted: the server decides.
struct SignedIn {
    QString operatorId;
    QString tenant;
};

/// Everything that the console asks of a server, and how it signs in there. Tests have one of their own.
class Backend : public UsersInterface, public StateInterface, public ConflictsInterface {
public:
    /// Gets a token where it has none yet. Asking again is safe and takes a fresh one if that is possible.
    [[nodiscard]] virtual Answer<SignedIn> signIn() = 0;
    /// "host:port", for people.
    [[nodiscard]] virtual QString serverName() const = 0;
};

}  // namespace Satchel::Console
