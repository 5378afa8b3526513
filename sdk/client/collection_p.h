// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/live/livestate.h"
#include "client/query/indexes.h"

#include <Satchel/collection.h>
#include <Satchel/document.h>

#include <QMultiHash>
#include <QPointer>

#include <memory>

namespace Satchel {

struct Document::Private {
    QPointer<Collection> source;
    QString collection;
    QString key;
    /// What was shown at the last signal; all there is when the collection is gone.
    QVariantMap fields;
};

struct Collection::Private {
    Live::LiveState *live = nullptr;
    Live::Shelf *shelf = nullptr;
    Queries::Indexes *indexes = nullptr;
    QMultiHash<QString, Document *> watched;
    int pendingCount = 0;
    int quarantineCount = 0;

    [[nodiscard]] QFuture<Result<void>> write(const QString &key, const Core::Result<Live::Editor> &editor, WriteOptions options) const;
    void notify(Collection *q, const QStringList &keys);
    void forget(Document *document) { watched.remove(document->key(), document); }
};

/// A future, and the callback that finishes it.
struct FutureDone {
    QFuture<Result<void>> future;
    Live::Done done;
};
[[nodiscard]] FutureDone makeFutureDone();
[[nodiscard]] QFuture<Result<void>> failedFuture(const Core::Error &error);

[[nodiscard]] CollectionPolicy fromCore(const Core::Policy &policy);
[[nodiscard]] Core::Policy toCore(const CollectionPolicy &policy);

}  // namespace Satchel
