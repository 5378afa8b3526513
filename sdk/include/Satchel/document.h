// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/satchelglobal.h>

#include <QtCore/QObject>
#include <QtCore/QVariant>

#include <memory>

namespace Satchel {

class Collection;

/// One document, watched: a live handle for a view or for QML, made by Collection::watch(). It may be there before the document is, and
/// after. Of the client's thread. When the client is gone it keeps showing what it showed last.
class SATCHEL_EXPORT Document : public QObject {
    Q_OBJECT
    Q_PROPERTY(QString collection READ collection CONSTANT)
    Q_PROPERTY(QString key READ key CONSTANT)
    Q_PROPERTY(QVariantMap fields READ fields NOTIFY changed)
    Q_PROPERTY(bool exists READ exists NOTIFY changed)

public:
    ~Document() override;

    [[nodiscard]] QString collection() const;
    [[nodiscard]] QString key() const;
    /// A document exists while it has at least one field.
    [[nodiscard]] bool exists() const;
    /// Empty if it does not exist.
    [[nodiscard]] QVariantMap fields() const;
    /// Invalid if there is no such field.
    [[nodiscard]] Q_INVOKABLE QVariant value(const QString &field) const;

Q_SIGNALS:
    /// The fields differ from those at the last signal.
    void changed();

private:
    friend class Collection;
    Document(Collection *collection, const QString &key, QObject *parent);
    struct Private;
    std::unique_ptr<Private> d;
};

}  // namespace Satchel
