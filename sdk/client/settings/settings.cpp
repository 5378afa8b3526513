// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "settings_p.h"

#include "settingvalue.h"

#include <Satchel/collection.h>
#include <Satchel/writebatch.h>

#include <algorithm>

namespace Satchel {

namespace {

QString valueField()
{
    return QStringLiteral("value");
}

QString sizeKey()
{
    return QStringLiteral("size");
}

Error emptyKey()
{
    return Error(Error::Code::InvalidArgument, Error::Reason::InvalidName, QStringLiteral("a setting needs a key that is not empty"));
}

Error misuse(const char *what)
{
    return Error(Error::Code::FailedPrecondition, Error::Reason::None, QLatin1String(what));
}

}  // namespace

// -- keys

QString Settings::Private::normalized(QAnyStringView key)
{
    return key.toString().split(u'/', Qt::SkipEmptyParts).join(u'/');
}

QString Settings::Private::prefix() const
{
    QString made;
    for (const Level &level : levels) {
        if (!level.name.isEmpty()) {
            made += level.name + u'/';
        }
        if (level.index > 0) {
            made += QString::number(level.index) + u'/';
        }
    }
    return made;
}

QString Settings::Private::wholeKey(QAnyStringView key) const
{
    const QString own = normalized(key);
    return own.isEmpty() ? own : prefix() + own;
}

QStringList Settings::Private::keysInGroup() const
{
    QStringList found;
    const QString group = prefix();
    for (const QString &key : collection->keys()) {
        if (key.startsWith(group) && shown(key)) {
            found.append(key.mid(group.size()));
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

std::optional<QVariant> Settings::Private::shown(const QString &wholeKey) const
{
    const auto fields = collection->get(wholeKey);
    const auto field = fields ? fields->constFind(valueField()) : QVariantMap::const_iterator();
    return fields && field != fields->constEnd() ? std::optional(*field) : std::nullopt;
}

// -- writing

QVariantMap Settings::Private::document(const QVariant &value)
{
    return {{valueField(), value}};
}

void Settings::Private::write(const QString &wholeKey, const QVariant &value)
{
    const Result<QVariant> made = SettingValue::toDocument(value);
    if (!made) {
        return fail(wholeKey, made.error());
    }
    const std::optional<QVariant> before = shown(wholeKey);
    if (before && SettingValue::isSame(*before, *made)) {
        return;
    }
    follow(wholeKey, collection->update(wholeKey, document(*made)));
}

void Settings::Private::removeAll(const QStringList &wholeKeys)
{
    if (wholeKeys.size() == 1) {
        return follow(wholeKeys.first(), collection->remove(wholeKeys.first()));
    }
    if (!wholeKeys.isEmpty()) {
        WriteBatch batch;
        for (const QString &key : wholeKeys) {
            batch.remove(collection->name(), key);
        }
        follow({}, client->write(std::move(batch)));
    }
    for (const QString &key : wholeKeys) {
        takeOwn(key);
    }
}

void Settings::Private::follow(const QString &wholeKey, QFuture<Result<void>> written)
{
    if (!wholeKey.isEmpty()) {
        takeOwn(wholeKey);
    }
    // The client outlives this object, and the write too; Qt 6.4 does not bear a context that is gone.
    const auto tell = [guard = QPointer<Settings>(q), wholeKey](const Result<void> &result) {
        if (guard && !result) {
            guard->d->fail(wholeKey, result.error());
        }
    };
    if (written.isFinished()) {
        tell(written.result());
    } else {
        written.then(client, tell);
    }
}

void Settings::Private::fail(const QString &wholeKey, const Error &error)
{
    const bool isOfValue = error.reason() == Error::Reason::NotRepresentable || error.reason() == Error::Reason::MalformedInput;
    status = status == NoError ? (isOfValue ? FormatError : AccessError) : status;
    lastError = error;
    Q_EMIT q->failed(wholeKey, error);
}

void Settings::Private::takeOwn(const QString &wholeKey)
{
    if (const std::optional<QVariant> now = shown(wholeKey)) {
        seen.insert(wholeKey, *now);
    } else {
        seen.remove(wholeKey);
    }
}

void Settings::Private::takeChanges(const QStringList &keys)
{
    QStringList others;
    for (const QString &key : keys) {
        const std::optional<QVariant> now = shown(key);
        const auto before = seen.constFind(key);
        const bool wasThere = before != seen.constEnd();
        if (now.has_value() != wasThere || (now && !SettingValue::isSame(*now, *before))) {
            others.append(key);
        }
        takeOwn(key);
    }
    const QPointer<Settings> guard(q);
    for (const QString &key : others) {
        if (guard) {
            Q_EMIT guard->valueChanged(key);
        }
    }
}

// -- the calls of QSettings

Settings::Settings(Client *client, const QString &collection, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>())
{
    Q_ASSERT(client);
    d->q = this;
    d->client = client;
    d->collection = client->collection(collection);
    d->lastError = Error();
    for (const QString &key : d->collection->keys()) {
        d->takeOwn(key);
    }
    connect(d->collection, &Collection::changed, this, [this](const QStringList &keys) { d->takeChanges(keys); });
}

Settings::~Settings() = default;

QVariant Settings::value(QAnyStringView key, const QVariant &defaultValue) const
{
    const QString whole = d->wholeKey(key);
    if (whole.isEmpty()) {
        d->fail({}, emptyKey());
        return defaultValue;
    }
    const std::optional<QVariant> shown = d->shown(whole);
    if (!shown) {
        return defaultValue;
    }
    const Result<QVariant> value = SettingValue::fromDocument(*shown);
    if (!value) {
        d->fail(whole, value.error());
        return defaultValue;
    }
    return *value;
}

void Settings::setValue(QAnyStringView key, const QVariant &value)
{
    const QString whole = d->wholeKey(key);
    if (whole.isEmpty()) {
        d->fail({}, emptyKey());
        return;
    }
    d->write(whole, value);
}

void Settings::remove(QAnyStringView key)
{
    const QString whole = d->normalized(key).isEmpty() ? group() : d->wholeKey(key);
    QStringList keys = d->collection->keys();
    keys.removeIf([&whole](const QString &one) { return !whole.isEmpty() && one != whole && !one.startsWith(whole + u'/'); });
    d->removeAll(keys);
}

bool Settings::contains(QAnyStringView key) const
{
    const QString whole = d->wholeKey(key);
    return !whole.isEmpty() && d->shown(whole).has_value();
}

void Settings::clear()
{
    d->removeAll(d->collection->keys());
}

QStringList Settings::allKeys() const
{
    return d->keysInGroup();
}

QStringList Settings::childKeys() const
{
    QStringList keys = d->keysInGroup();
    keys.removeIf([](const QString &key) { return key.contains(u'/'); });
    return keys;
}

QStringList Settings::childGroups() const
{
    QStringList groups;
    for (const QString &key : d->keysInGroup()) {
        if (const qsizetype slash = key.indexOf(u'/'); slash > 0) {
            groups.append(key.left(slash));
        }
    }
    std::sort(groups.begin(), groups.end());
    groups.removeDuplicates();
    return groups;
}

// -- groups and arrays

void Settings::Private::begin(QAnyStringView name, bool isArray, int sizeReached)
{
    levels.append({normalized(name), isArray, 0, sizeReached});
}

void Settings::beginGroup(QAnyStringView prefix)
{
    d->begin(prefix, false, -1);
}

void Settings::endGroup()
{
    if (d->levels.isEmpty()) {
        d->fail({}, misuse("endGroup() without beginGroup()"));
        return;
    }
    if (d->levels.takeLast().isArray) {
        d->fail({}, misuse("endGroup() where an array was begun: call endArray()"));
    }
}

QString Settings::group() const
{
    return d->prefix().chopped(d->prefix().isEmpty() ? 0 : 1);
}

int Settings::beginReadArray(QAnyStringView prefix)
{
    d->begin(prefix, true, -1);
    return value(sizeKey()).toInt();
}

void Settings::beginWriteArray(QAnyStringView prefix, int size)
{
    d->begin(prefix, true, size < 0 ? 0 : -1);
    if (size < 0) {
        remove(sizeKey());
    } else {
        setValue(sizeKey(), size);
    }
}

void Settings::setArrayIndex(int index)
{
    if (d->levels.isEmpty() || !d->levels.last().isArray) {
        d->fail({}, misuse("setArrayIndex() without beginReadArray() or beginWriteArray()"));
        return;
    }
    Private::Level &level = d->levels.last();
    level.index = std::max(index, 0) + 1;
    if (level.sizeReached >= 0) {
        level.sizeReached = std::max(level.sizeReached, level.index);
    }
}

void Settings::endArray()
{
    if (d->levels.isEmpty()) {
        d->fail({}, misuse("endArray() without beginReadArray() or beginWriteArray()"));
        return;
    }
    const Private::Level level = d->levels.takeLast();
    if (!level.isArray) {
        d->fail({}, misuse("endArray() where a group was begun: call endGroup()"));
    } else if (level.sizeReached >= 0) {
        setValue(level.name + u'/' + sizeKey(), level.sizeReached);
    }
}

// -- state

void Settings::sync()
{
    d->client->waitForDurable();
}

Settings::Status Settings::status() const
{
    return d->status;
}

Error Settings::lastError() const
{
    return d->lastError;
}

bool Settings::isWritable() const
{
    return d->client->isOpen();
}

QString Settings::fileName() const
{
    return d->client->storePath();
}

}  // namespace Satchel
