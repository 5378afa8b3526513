// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "enginedevice.h"

#include "core/view.h"
#include "support/eventwait.h"

#include <QTest>

#include <chrono>
#include <utility>

namespace Satchel::Testing {
namespace {

constexpr int waitMs = 20'000;

}  // namespace

EngineDevice::EngineDevice(Sync::EngineOptions options, QObject *parent)
    : QObject(parent)
    , m_engine(std::make_unique<Sync::Engine>(std::move(options)))
{
    connect(m_engine.get(), &Sync::Engine::storeChanged, this, &EngineDevice::take);
    connect(m_engine.get(), &Sync::Engine::statusChanged, this, [this](const Sync::EngineStatus &now) {
        status = now;
        if (states.empty() || states.back() != now.state) {
            states.push_back(now.state);
        }
    });
}

EngineDevice::~EngineDevice() = default;

Core::Result<void> EngineDevice::open(const CipherDb::StoreKey &key)
{
    std::optional<Core::Result<void>> outcome;
    m_engine->open(key.clone(), [this, &outcome](Core::Result<Sync::OpenedStore> opened) {
        if (!opened) {
            outcome = Core::failure(opened.error());
            return;
        }
        device = opened->device;
        m_lastCounter = opened->lastCounter;
        m_clock = Core::HlcClock(opened->lastStamp);
        policies = opened->policies;
        for (auto &[id, document] : opened->documents) {
            bases.emplace(id, std::move(document));
        }
        pending = std::move(opened->pending);
        quarantine = std::move(opened->quarantine);
        outcome = Core::Result<void>{};
    });
    if (!Test::waitUntil([&outcome] { return outcome.has_value(); }, waitMs)) {
        return Core::failure(Core::makeError(Core::ErrorCode::DeadlineExceeded, Core::ErrorReason::None, "open() did not answer"));
    }
    return *outcome;
}

void EngineDevice::write(const std::string &collection, const std::string &key, std::vector<Core::Op> ops)
{
    Core::Mutation mutation;
    mutation.dot = {device, ++m_lastCounter};
    mutation.stamp =
        m_clock.tick(std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()));
    mutation.document = {collection, key};
    mutation.context = view(mutation.document).context;
    mutation.ops = std::move(ops);
    const auto made = std::make_shared<const Core::Mutation>(std::move(mutation));
    pending.push_back(made);
    writtenCount += 1;
    m_engine->write({made}, [this](const Core::Result<void> &outcome) {
        durableCount += 1;
        if (!outcome) {
            writeErrors.push_back(outcome.error());
        }
    });
}

void EngineDevice::put(const std::string &key, const std::string &field, Core::Value value)
{
    write("notes", key, {Core::PutOp{field, std::move(value)}});
}

Core::Document EngineDevice::view(const Core::DocumentId &id) const
{
    const auto base = bases.find(id);
    Core::Document document = base == bases.end() ? Core::Document{} : base->second;
    for (const Core::MutationPtr &mutation : pending) {
        if (mutation->document == id) {
            Core::apply(document, *mutation, policies.of(id.collection));
        }
    }
    return document;
}

std::optional<Core::Value> EngineDevice::shown(const std::string &key, const std::string &field) const
{
    const Core::Document document = view({"notes", key});
    const Core::FieldState *state = document.find(field);
    return state == nullptr ? std::nullopt : Core::shownValue(*state, policies.of("notes").kindOf(field));
}

Core::Result<void> EngineDevice::sync()
{
    const auto outcome = std::make_shared<std::optional<Core::Result<void>>>();
    m_engine->whenSynced([outcome](Core::Result<void> answer) { *outcome = std::move(answer); });
    if (!Test::waitUntil([&outcome] { return outcome->has_value(); }, waitMs)) {
        return Core::failure(Core::makeError(Core::ErrorCode::DeadlineExceeded, Core::ErrorReason::None, "whenSynced() did not answer"));
    }
    return **outcome;
}

bool EngineDevice::waitDurable()
{
    return Test::waitUntil([this] { return durableCount == writtenCount; }, waitMs);
}

void EngineDevice::take(const Sync::StoreChange &change)
{
    for (const Sync::BaseChange &base : change.bases) {
        if (base.base) {
            bases[base.id] = *base.base;
        } else {
            bases.erase(base.id);
        }
    }
    std::erase_if(pending, [&change](const Core::MutationPtr &mutation) { return mutation->dot.counter <= change.settledThrough; });
    quarantine.insert(quarantine.end(), change.quarantined.begin(), change.quarantined.end());
    if (change.policies) {
        policies = *change.policies;
    }
    m_clock.observe(change.greatestStamp);
    if (change.identity) {
        device = change.identity->device;
        pending = change.identity->pending;
        m_lastCounter = change.identity->lastCounter;
    }
}

}  // namespace Satchel::Testing
