// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/satchelglobal.h>

#include <QtCore/QString>
#include <QtCore/QVariant>

#include <memory>

namespace Satchel {

/// Several writes that become durable together: all of them, or none.
///
///     Satchel::WriteBatch batch;
///     batch.set(notes, id, note).increment(progress, walk, steps, 250);
///     client.write(std::move(batch)).then(...);
///
/// Gathers only; Client::write() does it. Each write means what the function of the same name of Collection means; later ones see earlier
/// ones. For many writes a batch is also the fastest way. To the server each document's change is one of its own: other devices may see one
/// before the other.
///
/// A plain value of any thread.
class SATCHEL_EXPORT WriteBatch {
public:
    WriteBatch();
    ~WriteBatch();
    WriteBatch(WriteBatch &&other) noexcept;
    WriteBatch &operator=(WriteBatch &&other) noexcept;
    WriteBatch(const WriteBatch &) = delete;
    WriteBatch &operator=(const WriteBatch &) = delete;

    WriteBatch &set(const QString &collection, const QString &key, const QVariantMap &fields);
    WriteBatch &update(const QString &collection, const QString &key, const QVariantMap &fields);
    WriteBatch &remove(const QString &collection, const QString &key);
    WriteBatch &removeField(const QString &collection, const QString &key, const QString &field);
    WriteBatch &increment(const QString &collection, const QString &key, const QString &field, qint64 delta = 1);
    WriteBatch &addToSet(const QString &collection, const QString &key, const QString &field, const QVariant &element);
    WriteBatch &discardFromSet(const QString &collection, const QString &key, const QString &field, const QVariant &element);

    [[nodiscard]] int count() const;

private:
    friend class ClientPrivate;
    struct Private;
    std::unique_ptr<Private> d;
};

}  // namespace Satchel
