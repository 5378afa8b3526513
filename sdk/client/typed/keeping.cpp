// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "keeping.h"

#include "reflection.h"

namespace Satchel::Reflection {

namespace {

QVariantMap mapWithUnknown(const QMetaObject &type, const QVariantMap &shown, const QVariantMap &before, const QVariantMap &after)
{
    QVariantMap kept = shown;
    for (int i = 0; i < type.propertyCount(); ++i) {
        const QMetaProperty property = type.property(i);
        if (!isField(property)) {
            continue;
        }
        const QString name = QString::fromUtf8(property.name());
        if (const auto value = after.constFind(name); value != after.constEnd()) {
            kept.insert(name, withUnknown(property.metaType(), shown.value(name), before.value(name), *value));
        } else {
            kept.remove(name);
        }
    }
    return kept;
}

/// For each element of `after` the place of the one in `before` that it comes from, -1 for none.
QList<qsizetype> origins(const QVariantList &before, const QVariantList &after)
{
    QList<qsizetype> found(after.size(), -1);
    QList<bool> isTaken(before.size(), false);
    const auto take = [&](qsizetype to, qsizetype from) {
        found[to] = from;
        isTaken[from] = true;
    };
    for (qsizetype i = 0; i < qMin(before.size(), after.size()); ++i) {
        if (before.at(i) == after.at(i)) {
            take(i, i);
        }
    }
    for (qsizetype to = 0; to < after.size(); ++to) {
        for (qsizetype from = 0; from < before.size() && found.at(to) < 0; ++from) {
            if (!isTaken.at(from) && before.at(from) == after.at(to)) {
                take(to, from);
            }
        }
    }
    for (qsizetype i = 0; before.size() == after.size() && i < after.size(); ++i) {
        if (found.at(i) < 0 && !isTaken.at(i)) {
            take(i, i);
        }
    }
    return found;
}

QVariantList listWithUnknown(QMetaType element, const QVariantList &shown, const QVariantList &before, const QVariantList &after)
{
    QVariantList kept;
    const QList<qsizetype> from = origins(before, after);
    for (qsizetype i = 0; i < after.size(); ++i) {
        const qsizetype origin = from.at(i);
        kept.append(origin < 0 ? after.at(i) : withUnknown(element, shown.value(origin), before.value(origin), after.at(i)));
    }
    return kept;
}

}  // namespace

QVariant withUnknown(QMetaType type, const QVariant &shown, const QVariant &before, const QVariant &after)
{
    if (const QMetaObject *gadget = gadgetIn(type); gadget && shown.typeId() == QMetaType::QVariantMap) {
        return mapWithUnknown(*gadget, shown.toMap(), before.toMap(), after.toMap());
    }
    const QMetaType element = elementIn(type);
    const bool hasGadgets = element.isValid() && (gadgetIn(element) || elementIn(element).isValid());
    if (hasGadgets && shown.typeId() == QMetaType::QVariantList && before.toList().size() == shown.toList().size()) {
        return listWithUnknown(element, shown.toList(), before.toList(), after.toList());
    }
    return after;
}

}  // namespace Satchel::Reflection
