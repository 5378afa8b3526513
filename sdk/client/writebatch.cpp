// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "writebatch_p.h"

#include "edits.h"

namespace Satchel {

WriteBatch::WriteBatch()
    : d(std::make_unique<Private>())
{
}

WriteBatch::~WriteBatch() = default;

// What a batch was moved from is an empty batch, so that it can be filled again.
WriteBatch::WriteBatch(WriteBatch &&other) noexcept
    : d(std::exchange(other.d, std::make_unique<Private>()))
{
}

WriteBatch &WriteBatch::operator=(WriteBatch &&other) noexcept
{
    d = std::exchange(other.d, std::make_unique<Private>());
    return *this;
}

WriteBatch &WriteBatch::set(const QString &collection, const QString &key, const QVariantMap &fields)
{
    d->add(collection, key, Edits::set(fields));
    return *this;
}

WriteBatch &WriteBatch::update(const QString &collection, const QString &key, const QVariantMap &fields)
{
    d->add(collection, key, Edits::update(fields));
    return *this;
}

WriteBatch &WriteBatch::remove(const QString &collection, const QString &key)
{
    d->add(collection, key, Edits::remove());
    return *this;
}

WriteBatch &WriteBatch::removeField(const QString &collection, const QString &key, const QString &field)
{
    d->add(collection, key, Edits::removeField(field));
    return *this;
}

WriteBatch &WriteBatch::increment(const QString &collection, const QString &key, const QString &field, qint64 delta)
{
    d->add(collection, key, Edits::increment(field, delta));
    return *this;
}

WriteBatch &WriteBatch::addToSet(const QString &collection, const QString &key, const QString &field, const QVariant &element)
{
    d->add(collection, key, Edits::addToSet(field, element));
    return *this;
}

WriteBatch &WriteBatch::discardFromSet(const QString &collection, const QString &key, const QString &field, const QVariant &element)
{
    d->add(collection, key, Edits::discardFromSet(field, element));
    return *this;
}

int WriteBatch::count() const
{
    return int(d->items.size());
}

}  // namespace Satchel
