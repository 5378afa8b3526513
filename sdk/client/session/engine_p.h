// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/session/engine.h"
#include "client/session/mailbox.h"
#include "client/session/writegroup.h"

#include <QThread>

#include <deque>
#include <functional>
#include <optional>
#include <variant>
#include <vector>

namespace Satchel::Sync {

/// To the engine's thread.
using Command = std::variant<WriteCommand, std::function<void()>>;

/// Outcome of callbacks that became known together.
struct Finished {
    std::vector<Done> done;
    Core::Result<void> outcome;
    std::size_t toldCount = 0;  ///< of `done`
};
/// The engine is about to give the store a new identity: writes wait until it has.
struct IdentityChangeBegan {};
struct IdentityChangeEnded {
    std::optional<StoreChange> change;  ///< nothing: it failed, and nothing has changed
    Redot redot;
};
/// The store is damaged, and the engine is about to heal it: writes wait until it has.
struct HealingBegan {};
struct HealingEnded {
    Core::Result<OpenedStore> content;
};
/// To the app's thread.
using Report = std::variant<Finished, StoreChange, EngineStatus, IdentityChangeBegan, IdentityChangeEnded, HealingBegan, HealingEnded,
                            std::function<void()>>;

[[nodiscard]] inline Core::Error closedStoreError()
{
    return Core::makeError(Core::ErrorCode::Cancelled, Core::ErrorReason::ClosedStore, "the store was closed");
}

/// Its event loop has everything deleted that waited for that, and then nothing is left on it.
class EngineThread final : public QThread {
protected:
    void run() override;
};

struct Engine::Private {
    EngineOptions options;
    EngineThread thread;
    Worker *worker = nullptr;
    Mailbox<Command> commands;
    Mailbox<Report> reports;
    std::deque<Report> arrived;      ///< app thread: taken, and not told yet
    bool isHolding = false;          ///< app thread: the identity is changing, or the store being healed
    std::vector<Done> heldBarriers;  ///< app thread: whenWritten() asked for meanwhile
    std::vector<WriteCommand> held;  ///< app thread: writes made meanwhile, still under the old identity

    void command(Command command);
    void barrier(Done done);
    void releaseBarriers();
    /// Tells everything that the engine's thread has reported. Also from within what is told, which then hears the rest first.
    void deliver(Engine *engine, bool isClosing);
    void handle(Engine *engine, Report &report, bool isClosing);
    void endIdentityChange(Engine *engine, IdentityChangeEnded &ended);
    void endHealing(Engine *engine, HealingEnded &ended);
};

}  // namespace Satchel::Sync
