// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/live/entry.h"
#include "client/sync/enginetypes.h"
#include "core/hlc.h"
#include "core/limits.h"
#include "core/result.h"

#include <QHash>
#include <QObject>
#include <QStringList>

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <unordered_set>

namespace Satchel::Live {

using Done = std::function<void(Core::Result<void>)>;

/// Where mutations go to become durable: the engine, or a test's own. Answers on LiveState's thread, later or at once.
class Journal {
public:
    virtual ~Journal() = default;
    /// All of them or none. `durable` is called later, never from within.
    virtual void write(std::vector<Core::MutationPtr> mutations, Done durable) = 0;
    virtual void discardQuarantined(Core::Dot dot, Done done) = 0;
};

enum class WhenOffline : std::uint8_t { Refuse, Queue };

/// What a writer wants done to a document, worked out on what it sees of it. No ops: nothing to do.
struct Edit {
    std::vector<Core::Op> ops;
    Core::Scope scope = Core::Scope::Fields;
};
/// Called once at most.
using Editor = std::function<Core::Result<Edit>(const Core::Document &seen, const Core::Policy &policy)>;

struct WriteRequest {
    Shelf *shelf = nullptr;
    QString key;
    Editor editor;
};

/// The user's documents in memory, each shown as what the server has with this device's pending mutations on top. Writes are made here: a
/// mutation gets its dot, stamp and context, is applied to the view, and handed to the journal.
///
/// Owned by the client, and lives longer than one opening of the store: `load()` replaces everything. Of the app's thread.
class LiveState : public QObject {
    Q_OBJECT
public:
    using WallClock = std::function<std::chrono::milliseconds()>;

    /// `declared` are the policies in force until the server's have arrived.
    LiveState(Core::PolicySet declared, WallClock wallClock, QObject *parent = nullptr);
    ~LiveState() override;

    /// Takes over an opened store; writes go to `journal` from now on, which lives until `detach()`.
    void load(Sync::OpenedStore store, Journal *journal);
    /// No more writes; reads go on.
    void detach();
    [[nodiscard]] std::chrono::milliseconds wallNow() const { return m_wallClock(); }
    [[nodiscard]] bool isAttached() const { return m_journal != nullptr; }
    [[nodiscard]] Core::DeviceId device() const { return m_device; }
    /// Whether strong writes may be made without being queued.
    void setOnline(bool isOnline) { m_isOnline = isOnline; }

    /// The collection, made when it is first asked for; valid as long as this.
    [[nodiscard]] Shelf *shelf(const QString &name);
    [[nodiscard]] QStringList shelfNames() const;

    // Reading.
    [[nodiscard]] static std::optional<QVariantMap> get(Entry &entry);
    [[nodiscard]] static bool exists(const Entry &entry);
    /// As the server knows it; null if nothing was ever heard of it. Until the next change.
    [[nodiscard]] const Core::Document *base(const Core::DocumentId &id) const;
    [[nodiscard]] static QStringList keys(const Shelf &shelf);
    /// Of documents that may show something else than at the last signal, for a query that has to know of them before.
    [[nodiscard]] QStringList seeUnsignalled(const Shelf &shelf);
    [[nodiscard]] std::size_t pendingCount() const { return m_pending.size(); }
    /// In the order in which they were made.
    [[nodiscard]] std::vector<Core::MutationPtr> pendingWrites() const;
    [[nodiscard]] const std::vector<Sync::Quarantined> &quarantine() const { return m_quarantine; }
    using ConflictVisitor = std::function<void(const Entry &, const std::string &field, const Core::FieldState &)>;
    /// Conflicts of one collection, or of all if the name is empty, in no order.
    void visitConflicts(const QString &collection, const ConflictVisitor &visit) const;

    /// Makes a mutation of what `editor` wants. `done` is called once: with the first reason against it, at once; with the outcome of the
    /// journal; in a strong collection with the server's decision.
    void write(Shelf &shelf, const QString &key, const Editor &editor, WhenOffline whenOffline, Done done);
    /// The same for several documents, in order: they become durable together, or nothing is written. Not for strong collections, where
    /// each write is decided by itself.
    void writeAll(const std::vector<WriteRequest> &requests, Done done);
    /// What write() would refuse on the spot, apart from being offline.
    [[nodiscard]] Core::Result<void> check(const Shelf &shelf, const QString &key, const Editor &editor);
    /// Makes a refused write again, on what is shown now, and drops the old one when the new one is durable.
    void retryQuarantined(Core::Dot dot, Done done);
    void discardQuarantined(Core::Dot dot, Done done);

    /// Takes in one transaction of the store, whole, then signals.
    void apply(const Sync::StoreChange &change);
    /// Signals what has changed since the last time; runs by itself in the next turn of the event loop.
    void flush();

Q_SIGNALS:
    /// Keys of one collection whose shown documents differ from those at the last signal; sorted.
    void documentsChanged(const QString &collection, const QStringList &keys);
    /// Documents that queries have seen changed between two signals, and that show again what they showed at the first.
    void changesTakenBack(const QString &collection, const QStringList &keys);
    void conflictsChanged();
    /// May be another one, of all or of a shelf.
    void pendingCountChanged();
    void quarantineChanged();
    void refused(const Satchel::Sync::Quarantined &write);

private:
    using MutationPtr = Core::MutationPtr;
    struct PendingWrite {
        MutationPtr mutation;
        Entry *entry = nullptr;
    };

    [[nodiscard]] Entry &entryOf(const Core::DocumentId &id);
    [[nodiscard]] static Entry &entryOf(Shelf &shelf, const QString &key);
    /// The mutation that a write makes; null if there is nothing to do. `known`: what the shelf has under the key.
    [[nodiscard]] Core::Result<MutationPtr> prepare(const Shelf &shelf, const QString &key, const Entry *known, const Editor &editor);
    [[nodiscard]] Core::Result<MutationPtr> compose(const Shelf &shelf, const QString &key, const Core::Document &seen, Edit edit);
    [[nodiscard]] Core::Result<void> checkDocument(const Shelf &shelf, const Core::Document &seen, const Core::Mutation &mutation) const;
    void enqueue(Entry &entry, const MutationPtr &mutation);
    void hand(std::vector<MutationPtr> mutations, Done done);
    /// `first` of those that were handed over together.
    void finish(const MutationPtr &first, Core::Result<void> durable, const Done &done);
    /// The counter that the write had by now; 0 if it is not pending.
    std::uint64_t takeBack(const MutationPtr &first);
    void adopt(MutationPtr mutation, std::unordered_set<Entry *> &toRefold);

    void addPending(Entry &entry, MutationPtr mutation);
    /// Ends being pending; the entry forgets it by itself.
    void uncount(const PendingWrite &write);
    void touch(Entry &entry);
    static void refold(Entry &entry);
    using Decided = std::vector<std::pair<Done, Core::Result<void>>>;
    [[nodiscard]] Decided settle(std::uint64_t through, const std::vector<Sync::Quarantined> &refusals,
                                 std::unordered_set<Entry *> &toRefold);
    void takeIdentity(const Sync::StoreChange::NewIdentity &identity, std::unordered_set<Entry *> &toRefold);
    void setPolicies(Core::PolicySet policies);
    [[nodiscard]] Core::Policy policyOf(const Shelf &shelf) const;
    void failWaiting(const Core::Error &error);

    Core::PolicySet m_declared;
    WallClock m_wallClock;
    Journal *m_journal = nullptr;
    /// Counts openings, so that an answer of an earlier one is told apart.
    std::uint64_t m_generation = 0;

    Core::DeviceId m_device;
    std::uint64_t m_lastCounter = 0;
    Core::HlcClock m_clock;
    Core::PolicySet m_policies;
    Core::Limits m_limits;
    bool m_isOnline = false;

    QHash<QString, Shelf *> m_shelfOfName;
    std::vector<std::unique_ptr<Shelf>> m_shelves;
    std::deque<PendingWrite> m_pending;  ///< in counter order
    std::vector<Sync::Quarantined> m_quarantine;
    /// Strong writes that wait for the server's decision, by counter.
    std::map<std::uint64_t, Done> m_waiting;

    std::vector<Entry *> m_dirty;
    bool m_isFlushScheduled = false;
    bool m_isPendingTouched = false;  ///< since the last signal
};

}  // namespace Satchel::Live
