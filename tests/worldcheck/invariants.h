// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "serverlog.h"
#include "world.h"

namespace Satchel::WorldCheck {

/// What must hold once the world is healed and quiet. (What must hold after every step is Device::checkPromises.)
class Invariants {
public:
    explicit Invariants(World &world)
        : m_world(world)
    {
    }
    void checkHealed();

private:
    void checkUser(int user);
    void checkPromises(int user, const ServerLog &log);
    void checkLog(int user, const ServerLog &log);
    void checkConvergence(int user, const ServerLog &log);
    void checkFold(const ServerLog &log);
    void checkModel(const ServerLog &log);
    void checkCounters(int user, const ServerLog &log);
    void checkValues(int user, const std::string &where, const Core::DocumentId &id, const Core::Document &document);
    void checkOverwritten(const ServerLog &log);
    void checkStrong(int user);
    void checkBounds();
    /// Its rules have not changed while the world ran.
    [[nodiscard]] bool isConstant(const std::string &collection) const;

    World &m_world;
};

}  // namespace Satchel::WorldCheck
