// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include <Satchel/document.h>

#include "collection_p.h"

#include <QPointer>

namespace Satchel {

Document::Document(Collection *collection, const QString &key, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(Private{collection, collection->name(), key, {}}))
{
    d->fields = collection->get(key).value_or(QVariantMap());
}

Document::~Document()
{
    if (d->source) {
        d->source->d->forget(this);
    }
}

QString Document::collection() const
{
    return d->collection;
}

QString Document::key() const
{
    return d->key;
}

bool Document::exists() const
{
    return !fields().isEmpty();
}

QVariantMap Document::fields() const
{
    // Own writes are seen before they are signalled, as everywhere.
    return d->source ? d->source->get(d->key).value_or(QVariantMap()) : d->fields;
}

QVariant Document::value(const QString &field) const
{
    return fields().value(field);
}

}  // namespace Satchel
