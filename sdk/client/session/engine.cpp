// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "engine.h"

namespace Satchel::Sync {

class Engine::Worker {};

struct Engine::Private {
    EngineOptions options;
};

Engine::Engine(EngineOptions options, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(Private{std::move(options)}))
{
}

Engine::~Engine() = default;

namespace {
Core::Error notBuilt()
{
    return Core::makeError(Core::ErrorCode::Unimplemented, Core::ErrorReason::None, "the engine is not built in");
}
}  // namespace

void Engine::open(CipherDb::StoreKey /*key*/, std::function<void(Core::Result<OpenedStore>)> opened)
{
    opened(Core::failure(notBuilt()));
}

void Engine::write(Core::Mutation /*mutation*/, Done durable)
{
    durable(Core::failure(notBuilt()));
}

void Engine::discardQuarantined(Core::Dot /*dot*/, Done done)
{
    done(Core::failure(notBuilt()));
}

void Engine::setPaused(bool /*isPaused*/) {}

void Engine::probe() {}

void Engine::whenSynced(Done done)
{
    done(Core::failure(notBuilt()));
}

}  // namespace Satchel::Sync
