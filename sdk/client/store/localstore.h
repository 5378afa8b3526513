// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/database.h"
#include "client/store/documentbases.h"
#include "client/store/identity.h"
#include "client/store/memoryguard.h"
#include "client/store/outbox.h"
#include "client/store/progress.h"
#include "client/store/quarantine.h"
#include "client/store/redot.h"
#include "client/store/rules.h"
#include "client/store/salvagedstore.h"
#include "client/sync/syncstore.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>

namespace Satchel::Sync {

/// The device's durable state. Synchronous, used on the engine's thread only. Every operation that changes something is one transaction;
/// when it fails, nothing has changed, neither on disk nor in memory.
class LocalStore final : public SyncStore {
public:
    struct Options {
        std::filesystem::path path;
        Core::UserId user;
        Core::DeviceId freshDevice;  ///< the id of a store that is made now
        std::function<std::chrono::milliseconds()> wallClock;
        CipherDb::FileSystem *files = nullptr;  ///< nullptr: the operating system's
        std::shared_ptr<void> lock = nullptr;   ///< as in CipherDb::OpenOptions
        bool isReadOnly = false;                ///< the disk cannot be written: what changes anything is refused with STORAGE_READ_ONLY
    };

    /// Errors of CipherDb::Database::open and migrate; FAILED_PRECONDITION if the store is another user's.
    [[nodiscard]] static Core::Result<std::unique_ptr<LocalStore>> open(Options options, const CipherDb::StoreKey &key);

    /// Everything that a reader begins with.
    [[nodiscard]] Core::Result<OpenedStore> loadAll();
    /// Appends mutations of this device whose counters follow the last; gapError() otherwise. All or none.
    [[nodiscard]] Core::Result<void> appendOutbox(std::span<const Core::MutationPtr> mutations);
    /// FAILED_PRECONDITION/COUNTER_GAP.
    [[nodiscard]] static Core::Error gapError();
    [[nodiscard]] Core::Result<void> discardQuarantined(const Core::Dot &dot);
    /// After DEVICE_CLONED: a new identity, no lease, the outbox under new dots. `applied` says how dots were renamed.
    [[nodiscard]] Core::Result<StoreChange> adoptNewDevice(const Core::DeviceId &device, Redot *applied);
    /// Fills a store that was made just now with what is left of a damaged one, under its own, new identity.
    [[nodiscard]] Core::Result<Recovery> takeSalvaged(SalvagedStore salvaged, const CipherDb::Salvage &salvage);
    /// Until endGroup(), operations share one transaction: what they answer is durable only when that has succeeded. After a failure of one
    /// of them the others fail too, and the group is undone whole. (A mutation that may not be appended is no such failure.)
    [[nodiscard]] Core::Result<void> beginGroup();
    [[nodiscard]] Core::Result<void> endGroup();
    [[nodiscard]] bool isReadOnly() const { return m_options.isReadOnly; }
    [[nodiscard]] const Core::Limits &limits() const { return m_rules.limits(); }
    /// Before closing: gives the pages back that a long outbox has left, where they are many and writing the rest anew is quick. Whether it
    /// could be done matters to nobody.
    void giveBackSpace();
    /// Moves the WAL into the file.
    [[nodiscard]] Core::Result<void> checkpoint() { return m_database.checkpoint(); }

    [[nodiscard]] Facts facts() const override;
    [[nodiscard]] Core::Result<std::vector<Core::Mutation>> pendingAfter(std::uint64_t counter, std::size_t countMax,
                                                                         std::size_t bytesMax) override;
    [[nodiscard]] Core::Result<StoreChange> settle(const Wire::Pushed &pushed, std::uint64_t through) override;
    [[nodiscard]] Core::Result<StoreChange> take(const Wire::Changes &changes) override;
    [[nodiscard]] Core::Result<StoreChange> storeWelcome(const Wire::Welcome &welcome) override;
    [[nodiscard]] Core::Result<StoreChange> storePolicies(const Core::PolicySet &policies) override;
    [[nodiscard]] Core::Result<std::vector<Wire::DocumentDelta>> toRecover(std::size_t countMax, std::size_t bytesMax) override;
    [[nodiscard]] Core::Result<void> markRecovered(const std::vector<Wire::DocumentDelta> &documents) override;
    [[nodiscard]] Core::Result<void> keepLastSynced(std::chrono::milliseconds wallClock) override;

private:
    struct Settling;

    LocalStore(Options options, CipherDb::Database database);
    [[nodiscard]] static Core::Result<std::unique_ptr<LocalStore>> make(Options options, const CipherDb::StoreKey &key);
    [[nodiscard]] static Core::Result<std::unique_ptr<LocalStore>> makeReadOnly(Options options, CipherDb::Database database);
    [[nodiscard]] Core::Result<void> load();
    // What the calls of similar names do, where memory may run out.
    [[nodiscard]] Core::Result<OpenedStore> readAll();
    [[nodiscard]] Core::Result<StoreChange> settleNow(const Wire::Pushed &pushed, std::uint64_t through);
    [[nodiscard]] Core::Result<StoreChange> takeNow(const Wire::Changes &changes);
    [[nodiscard]] Core::Result<StoreChange> welcomeNow(const Wire::Welcome &welcome);
    [[nodiscard]] Core::Result<StoreChange> adoptNow(const Core::DeviceId &device, Redot *applied);
    [[nodiscard]] Core::Result<void> reloadIfStale();
    /// After a transaction that was rolled back.
    void undone();
    /// By reference, so that calling it needs no memory.
    template <typename Work>
    [[nodiscard]] Core::Result<void> inTransaction(Work &&work)
    {
        return runTransaction(std::function<Core::Result<void>()>(std::ref(work)));
    }
    /// An operation that may fail before it has come to its transaction: a group is undone by that as well.
    template <typename Work>
    [[nodiscard]] Core::Result<StoreChange> operation(Work &&work)
    {
        bool isDone = false;
        auto outcome = withMemory([&] {
            auto result = work();
            isDone = true;
            return result;
        });
        if (!isDone && m_group && !m_groupError) {
            m_groupError = outcome.error();
        }
        return outcome;
    }
    [[nodiscard]] Core::Result<void> runTransaction(const std::function<Core::Result<void>()> &work);
    [[nodiscard]] bool isMergeChanged(const Core::PolicySet &policies) const;
    [[nodiscard]] Core::Result<Core::Document> baseOrEmpty(const Core::DocumentId &id);
    [[nodiscard]] Core::Result<void> settleOne(const Core::Mutation &mutation, const Wire::Settled *outcome, Settling &settling);
    [[nodiscard]] Core::Result<Core::Document> merged(const Wire::DocumentDelta &delta, Core::Document base);
    [[nodiscard]] Core::Result<void> finishSnapshot(StoreChange &change);
    [[nodiscard]] std::uint64_t lastCounter() const;
    [[nodiscard]] Core::Result<void> checkPending(const std::vector<Core::MutationPtr> &pending) const;
    [[nodiscard]] Core::Result<void> takeSalvagedDocuments(const CipherDb::Salvage &salvage, const SalvagedStore &salvaged,
                                                           Recovery &recovery);
    [[nodiscard]] Core::Result<void> takeSalvagedPending(const SalvagedStore &salvaged, Recovery &recovery);

    Options m_options;
    CipherDb::Database m_database;
    Identity m_identity{m_database};
    Progress m_progress{m_database};
    Rules m_rules{m_database};
    Outbox m_outbox{m_database};
    Quarantine m_quarantine{m_database};
    DocumentBases m_bases{m_database};
    bool m_hasRecoveries = false;
    bool m_isStale = false;  ///< what is in memory could not be brought back to what is in the tables yet
    std::optional<CipherDb::Transaction> m_group;
    std::optional<Core::Error> m_groupError;
};

}  // namespace Satchel::Sync
