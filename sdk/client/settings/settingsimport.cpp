// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "settings_p.h"
#include "settingvalue.h"

#include <Satchel/collection.h>
#include <Satchel/writebatch.h>

#include <QSettings>

namespace Satchel {

SettingsImport Settings::Private::plan(const QSettings &source, Existing existing, QMap<QString, QVariant> &values) const
{
    SettingsImport plan;
    for (const QString &key : source.allKeys()) {
        const QString whole = wholeKey(key);
        const Result<QVariant> value = SettingValue::toDocument(source.value(key));
        const Result<void> taken = value ? collection->check(whole, document(*value)) : failure(value.error());
        const std::optional<QVariant> here = shown(whole);
        if (!taken) {
            plan.refused.insert(key, taken.error());
        } else if (here && SettingValue::isSame(*here, *value)) {
            plan.equal.append(key);
        } else if (here && existing == Existing::Keep) {
            plan.kept.append(key);
        } else {
            plan.written.append(key);
            values.insert(whole, *value);
        }
    }
    return plan;
}

SettingsImport Settings::planImport(const QSettings &source, Existing existing) const
{
    QMap<QString, QVariant> unused;
    return d->plan(source, existing, unused);
}

QFuture<Result<SettingsImport>> Settings::importFrom(const QSettings &source, Existing existing)
{
    QMap<QString, QVariant> values;
    const SettingsImport plan = d->plan(source, existing, values);
    if (values.isEmpty()) {
        return readyResult<SettingsImport>(plan);
    }
    WriteBatch batch;
    for (auto it = values.begin(); it != values.end(); ++it) {
        batch.update(d->collection->name(), it.key(), Private::document(it.value()));
    }
    QFuture<Result<void>> written = d->client->write(std::move(batch));
    for (auto it = values.begin(); it != values.end(); ++it) {
        d->takeOwn(it.key());
    }
    return written.then(d->client,
                        [plan](const Result<void> &result) { return result ? Result<SettingsImport>(plan) : failure(result.error()); });
}

}  // namespace Satchel
