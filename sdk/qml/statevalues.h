// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QHash>
#include <QtQml/QQmlPropertyMap>
#include <QtQml/qqmlregistration.h>

namespace Satchel {

/// The fields of a StateDocument as properties: bindings follow them, assignments write them.
class StateValues : public QQmlPropertyMap {
    Q_OBJECT
    QML_ANONYMOUS
public:
    explicit StateValues(QObject *parent = nullptr);

    /// Shows these fields, and the defaults where there is none.
    void show(const QVariantMap &fields, const QVariantMap &defaults);

Q_SIGNALS:
    void assigned(const QString &field, const QVariant &value);

protected:
    QVariant updateValue(const QString &field, const QVariant &input) override;
};

}  // namespace Satchel
