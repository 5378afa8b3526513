// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "qmlsettings.h"

#include <QJSValue>
#include <QMetaProperty>

#include <utility>

namespace Satchel {

namespace {

QVariant plain(const QVariant &value)
{
    return value.metaType() == QMetaType::fromType<QJSValue>() ? value.value<QJSValue>().toVariant() : value;
}

}  // namespace

QmlSettings::QmlSettings(QObject *parent)
    : QObject(parent)
{
}

QmlSettings::~QmlSettings() = default;

void QmlSettings::setClient(QmlClient *client)
{
    if (m_link.set(client, this, &QmlSettings::attach, &QmlSettings::exchange)) {
        Q_EMIT clientChanged();
        attach();
    }
}

void QmlSettings::componentComplete()
{
    const QMetaMethod slot = metaObject()->method(metaObject()->indexOfSlot("keepChanged()"));
    for (int i = staticMetaObject.propertyCount(); i < metaObject()->propertyCount(); ++i) {
        if (const QMetaProperty property = metaObject()->property(i); property.hasNotifySignal()) {
            connect(this, property.notifySignal(), this, slot);
            m_known.insert(QString::fromUtf8(property.name()), plain(property.read(this)));
        }
    }
    m_isComplete = true;
    attach();
}

void QmlSettings::attach()
{
    m_settings.reset();
    Client *source = m_link.source();
    if (!m_isComplete || source == nullptr) {
        return;
    }
    m_settings = std::make_unique<Settings>(source, m_collection);
    m_settings->beginGroup(m_category);
    connect(m_settings.get(), &Settings::valueChanged, this, [this](const QString &key) {
        const QString group = m_settings->group();
        if (group.isEmpty() || key.startsWith(group + QLatin1Char('/'))) {
            read(group.isEmpty() ? key : key.mid(group.size() + 1));
        }
    });
    exchange();
}

void QmlSettings::exchange()
{
    if (!m_settings || !m_settings->isWritable()) {
        return;
    }
    const QSet<QString> changed = std::exchange(m_changed, {});
    for (int i = staticMetaObject.propertyCount(); i < metaObject()->propertyCount(); ++i) {
        const QString name = QString::fromUtf8(metaObject()->property(i).name());
        if (changed.contains(name)) {
            m_settings->setValue(name, plain(metaObject()->property(i).read(this)));
        } else {
            read(name);
        }
    }
}

void QmlSettings::read(const QString &name)
{
    const int index = metaObject()->indexOfProperty(name.toUtf8().constData());
    if (index >= staticMetaObject.propertyCount() && m_settings->contains(name)) {
        m_isReading = true;
        metaObject()->property(index).write(this, m_settings->value(name));
        m_known.insert(name, plain(metaObject()->property(index).read(this)));
        m_changed.remove(name);
        m_isReading = false;
    }
}

void QmlSettings::keepChanged()
{
    // An alias is not told apart by its signal.
    for (int i = staticMetaObject.propertyCount(); i < metaObject()->propertyCount(); ++i) {
        const QMetaProperty property = metaObject()->property(i);
        const QString name = QString::fromUtf8(property.name());
        const QVariant value = plain(property.read(this));
        if (m_known.value(name) != value) {
            m_known.insert(name, value);
            m_changed.insert(name);
        }
    }
    if (!m_isReading) {
        exchange();
    }
}

QVariant QmlSettings::value(const QString &key, const QVariant &defaultValue) const
{
    return m_settings ? m_settings->value(key, defaultValue) : defaultValue;
}

void QmlSettings::setValue(const QString &key, const QVariant &value)
{
    if (m_settings) {
        m_settings->setValue(key, plain(value));
    }
}

void QmlSettings::sync()
{
    if (m_settings) {
        m_settings->sync();
    }
}

}  // namespace Satchel
