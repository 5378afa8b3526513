// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/session/engine.h"
#include "core/edit.h"
#include "core/merge.h"

#include <QObject>
#include <QString>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace Satchel::Testing {

/// A device as thin as can be: an Engine, and the bases and pending mutations that its signals tell of. Writes whole values of one field.
class EngineDevice : public QObject {
    Q_OBJECT
public:
    explicit EngineDevice(Sync::EngineOptions options, QObject *parent = nullptr);
    ~EngineDevice() override;

    /// Waits until the store is open.
    [[nodiscard]] Core::Result<void> open(const CipherDb::StoreKey &key);
    /// Puts a field; the mutation is pending at once.
    void put(const std::string &key, const std::string &field, Core::Value value);
    void write(const std::string &collection, const std::string &key, std::vector<Core::Op> ops);
    /// Base with pending applied.
    [[nodiscard]] Core::Document view(const Core::DocumentId &id) const;
    [[nodiscard]] std::optional<Core::Value> shown(const std::string &key, const std::string &field) const;
    /// Waits until whenSynced() has answered.
    [[nodiscard]] Core::Result<void> sync();
    /// Waits until every write so far is durable.
    [[nodiscard]] bool waitDurable();

    Sync::Engine &engine() { return *m_engine; }
    /// Destroys the engine.
    void close() { m_engine.reset(); }

    Core::DeviceId device;
    std::map<Core::DocumentId, Core::Document> bases;
    std::vector<Core::MutationPtr> pending;
    std::vector<Sync::Quarantined> quarantine;
    Core::PolicySet policies;
    Sync::EngineStatus status;
    std::vector<Sync::State> states;
    std::vector<Core::Error> writeErrors;
    int durableCount = 0;
    int writtenCount = 0;

private:
    void take(const Sync::StoreChange &change);

    std::uint64_t m_lastCounter = 0;
    Core::HlcClock m_clock;
    std::unique_ptr<Sync::Engine> m_engine;
};

}  // namespace Satchel::Testing
