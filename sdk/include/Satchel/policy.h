// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/satchelglobal.h>

#include <QtCore/QHash>
#include <QtCore/QString>
#include <QtCore/QStringList>

namespace Satchel {

/// Who picks among values written concurrently.
enum class ConflictRule {
    Merge,       ///< per field, the latest write wins
    LastWriter,  ///< the whole document is one value; the latest write wins
    Manual,      ///< all values are kept until somebody resolves; the latest is shown meanwhile
    Custom,      ///< as Manual, but the app's own code is asked first: ClientOptions::resolvers
};

/// When a write counts.
enum class Consistency {
    Eventual,  ///< at once, here; everywhere in the end
    Strong,    ///< when the server has taken it, compared with what the writer saw
};

/// What a field of a document is.
enum class FieldKind {
    Register,  ///< holds a value
    Counter,   ///< a 64-bit sum of increments; concurrent increments add up
    Set,       ///< scalars, each at most once; an addition wins over a concurrent removal
};

/// How one collection behaves. Counters and sets have to be declared; a LastWriter collection cannot have any.
struct CollectionPolicy {
    QString collection;
    ConflictRule conflictRule = ConflictRule::Merge;
    Consistency consistency = Consistency::Eventual;
    /// Fields that are not registers.
    QHash<QString, FieldKind> fieldKinds;
};

/// What queries of a collection are answered by without looking at every document; see ClientOptions::indexes and LiveQuery.
struct CollectionIndex {
    QString collection;
    /// One to eight fields of its documents: those of the queries' Equal conditions first, then those of their order.
    QStringList fields;
};

}  // namespace Satchel
