// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "api/fakejournal.h"
#include "client/live/livestate.h"
#include "core/merge.h"
#include "core/policy.h"

#include <QSignalSpy>
#include <QString>
#include <QStringList>
#include <QVariantMap>

#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

namespace Satchel::Test {

inline const QString a = QStringLiteral("a");

/// Keys that one LiveState::documentsChanged named.
inline QStringList keysOf(const QSignalSpy &spy, qsizetype index)
{
    return spy.at(index).at(1).toStringList();
}

inline Core::DeviceId device(std::uint8_t number)
{
    Core::DeviceId id;
    id.bytes.fill(number);
    return id;
}

inline Core::Policy policyOf(const char *collection, Core::ConflictRule rule)
{
    Core::Policy policy;
    policy.collection = collection;
    policy.conflict = rule;
    return policy;
}

/// LiveState over an empty store, with a policy of each kind.
struct LiveRig {
    explicit LiveRig(std::uint8_t number = 1)
        : live(policies(), [this] { return now; })
    {
        Sync::OpenedStore store;
        store.device = device(number);
        live.load(std::move(store), &journal);
    }

    static Core::PolicySet policies()
    {
        Core::PolicySet set;
        Core::Policy counters = policyOf("counters", Core::ConflictRule::Merge);
        counters.fieldKinds.emplace("hits", Core::FieldKind::Counter);
        counters.fieldKinds.emplace("tags", Core::FieldKind::Set);
        set.insert(counters);
        set.insert(policyOf("drafts", Core::ConflictRule::Manual));
        set.insert(policyOf("files", Core::ConflictRule::LastWriter));
        Core::Policy wallet = policyOf("wallet", Core::ConflictRule::Merge);
        wallet.consistency = Core::Consistency::Strong;
        set.insert(wallet);
        return set;
    }

    Outcome write(const char *collection, const char *key, std::vector<Core::Op> ops,
                  Live::WhenOffline whenOffline = Live::WhenOffline::Refuse)
    {
        Outcome outcome;
        live.write(
            *shelf(collection), QString::fromUtf8(key),
            [&ops](const Core::Document &, const Core::Policy &) -> Core::Result<Live::Edit> {
                return Live::Edit{ops, Core::Scope::Fields};
            },
            whenOffline, outcome.done());
        return outcome;
    }

    Outcome put(const char *collection, const char *key, const char *field, Core::Value value)
    {
        return write(collection, key, {Core::PutOp{field, std::move(value)}});
    }

    Live::Shelf *shelf(const char *collection) { return live.shelf(QString::fromUtf8(collection)); }

    QVariantMap shown(const char *collection, const char *key)
    {
        Live::Entry *entry = shelf(collection)->find(QString::fromUtf8(key));
        return entry ? Live::LiveState::get(*entry).value_or(QVariantMap()) : QVariantMap();
    }

    /// The server's state of a document after `mutations`.
    Sync::BaseChange base(const char *collection, const char *key, const std::vector<Core::Mutation> &mutations)
    {
        Core::Document document;
        for (const Core::Mutation &mutation : mutations) {
            Core::apply(document, mutation, shelf(collection)->policy);
        }
        return {Core::DocumentId{collection, key}, document};
    }

    /// The server has accepted the oldest write that has no answer yet: its document is that mutation's.
    Core::Mutation settle(const char *collection, const char *key)
    {
        const Core::Mutation written = journal.answer();
        Sync::StoreChange change;
        change.bases.push_back(base(collection, key, {written}));
        change.settledThrough = written.dot.counter;
        live.apply(change);
        return written;
    }
    /// The server has refused it.
    Core::Mutation refuse()
    {
        const Core::Mutation written = journal.answer();
        Sync::StoreChange change;
        change.settledThrough = written.dot.counter;
        change.quarantined.push_back(
            {written, Core::makeError(Core::ErrorCode::PermissionDenied, Core::ErrorReason::PolicyDenied, "no"), now});
        live.apply(change);
        return written;
    }

    std::chrono::milliseconds now{1000};
    FakeJournal journal;
    Live::LiveState live;
};

inline Core::Mutation foreign(const char *collection, const char *key, std::uint64_t counter, const char *field, Core::Value value)
{
    Core::Mutation mutation;
    mutation.dot = Core::Dot{device(2), counter};
    mutation.stamp = Core::Hlc::fromParts(500 + counter, 0);
    mutation.document = Core::DocumentId{collection, key};
    mutation.ops.emplace_back(Core::PutOp{field, std::move(value)});
    return mutation;
}

}  // namespace Satchel::Test
