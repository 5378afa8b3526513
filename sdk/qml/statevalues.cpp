// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "statevalues.h"

#include <QJSValue>

namespace Satchel {

StateValues::StateValues(QObject *parent)
    : QQmlPropertyMap(this, parent)
{
}

void StateValues::show(const QVariantMap &fields, const QVariantMap &defaults)
{
    QVariantMap shown = defaults;
    shown.insert(fields);
    const QStringList known = keys();
    for (const QString &field : known) {
        if (!shown.contains(field)) {
            clear(field);
        }
    }
    for (auto it = shown.begin(); it != shown.end(); ++it) {
        insert(it.key(), it.value());
    }
}

QVariant StateValues::updateValue(const QString &field, const QVariant &input)
{
    const QVariant value = input.metaType() == QMetaType::fromType<QJSValue>() ? input.value<QJSValue>().toVariant() : input;
    Q_EMIT assigned(field, value);
    return value;
}

}  // namespace Satchel
