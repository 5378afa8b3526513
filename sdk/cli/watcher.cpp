// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "watcher.h"

namespace Satchel::Cli {

Watcher::Watcher(Client *client, const QString &collection, Output output, QObject *parent)
    : QObject(parent)
    , m_output(output)
{
    for (const QString &name : collection.isEmpty() ? client->collectionNames() : QStringList{collection}) {
        Collection *followed = client->collection(name);
        connect(followed, &Collection::changed, this, [this, followed](const QStringList &keys) { print(followed, keys); });
    }
}

void Watcher::print(Collection *collection, const QStringList &keys) const
{
    for (const QString &key : keys) {
        const auto fields = collection->get(key);
        QVariantMap record{{QStringLiteral("collection"), collection->name()}, {QStringLiteral("key"), key}};
        if (fields) {
            record.insert(QStringLiteral("value"), *fields);
        }
        m_output.record(record,
                        QStringLiteral("%1/%2 %3").arg(collection->name(), key, fields ? jsonText(*fields) : QStringLiteral("(removed)")));
    }
}

}  // namespace Satchel::Cli
