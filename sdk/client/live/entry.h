// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/document.h"
#include "core/mutation.h"
#include "core/policy.h"
#include "core/value.h"

#include <QString>
#include <QVariant>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace Satchel::Live {

struct Shelf;

/// A field in conflict and the writes that take part, to see whether the list of conflicts has changed.
using ConflictMark = std::pair<std::string, std::vector<Core::Dot>>;

/// One document in memory: what the server has, what this device has done since, and what is shown.
struct Entry {
    Shelf *shelf = nullptr;
    QString key;
    Core::Document base;
    /// This device's mutations that the server has not answered, in counter order.
    std::vector<std::shared_ptr<const Core::Mutation>> pending;
    /// Base with `pending` applied; only while there are any.
    std::optional<Core::Document> folded;

    /// What get() answers, converted when it is first asked for.
    std::optional<QVariantMap> shown;
    /// While the document is dirty: what was shown at the last signal.
    std::optional<Core::Value::Map> before;
    /// While the document is dirty: a query has looked at it since the last signal.
    bool isSeenByQuery = false;
    std::vector<ConflictMark> conflicts;

    [[nodiscard]] const Core::Document &view() const { return folded ? *folded : base; }
    /// Nothing is known of the document any more, so it need not be kept.
    [[nodiscard]] bool isBlank() const { return pending.empty() && base == Core::Document{}; }
};

/// Not noexcept, unlike std::hash<QString>: for such a hash GCC's library keeps each key's beside it, and a search touches no other keys.
struct KeyHash {
    std::size_t operator()(const QString &key) const { return qHash(key); }
};

/// One collection in memory.
struct Shelf {
    QString name;
    std::string nameUtf8;
    Core::Policy policy;
    /// Mutations of this device to its documents that the server has not answered.
    std::size_t pendingCount = 0;
    std::unordered_map<QString, std::unique_ptr<Entry>, KeyHash> entries;

    [[nodiscard]] Entry *find(const QString &key) const
    {
        const auto it = entries.find(key);
        return it == entries.end() ? nullptr : it->second.get();
    }
};

}  // namespace Satchel::Live
