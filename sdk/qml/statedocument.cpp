// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "statedocument.h"

#include <Satchel/collection.h>

#include <utility>

namespace Satchel {

StateDocument::StateDocument(QObject *parent)
    : QObject(parent)
{
    connect(&m_values, &StateValues::assigned, this, [this](const QString &field, const QVariant &value) {
        m_assigned.insert(field, value);
        write();
    });
}

void StateDocument::setClient(QmlClient *client)
{
    if (m_link.set(client, this, &StateDocument::attach, &StateDocument::write)) {
        Q_EMIT clientChanged();
        attach();
    }
}

void StateDocument::setCollection(const QString &collection)
{
    if (collection != m_collection) {
        m_collection = collection;
        Q_EMIT collectionChanged();
        attach();
    }
}

void StateDocument::setKey(const QString &key)
{
    if (key != m_key) {
        m_key = key;
        Q_EMIT keyChanged();
        attach();
    }
}

void StateDocument::setDefaults(const QVariantMap &defaults)
{
    if (defaults != m_defaults) {
        m_defaults = defaults;
        Q_EMIT defaultsChanged();
        show();
    }
}

bool StateDocument::isPending() const
{
    Client *source = m_link.source();
    return source != nullptr && source->collection(m_collection)->isPending(m_key);
}

void StateDocument::remove()
{
    if (QmlClient *client = m_link.client()) {
        client->remove(m_collection, m_key);
    }
}

void StateDocument::componentComplete()
{
    m_isComplete = true;
    attach();
}

void StateDocument::attach()
{
    if (!m_isComplete) {
        return;
    }
    delete m_document;
    Client *source = m_link.source();
    if (source != nullptr && !m_collection.isEmpty() && !m_key.isEmpty()) {
        m_document = source->collection(m_collection)->watch(m_key, this);
        connect(m_document, &Document::changed, this, &StateDocument::show);
        connect(source->syncStatus(), &SyncStatus::pendingCountChanged, m_document, [this] { Q_EMIT changed(); });
    }
    show();
}

void StateDocument::write()
{
    if (m_assigned.isEmpty() || !m_document || !m_link.client()->isOpen()) {
        return;
    }
    m_link.client()->update(m_collection, m_key, std::exchange(m_assigned, {}));
    // What was refused on the spot is not signalled by the document, which has not changed.
    QMetaObject::invokeMethod(this, &StateDocument::show, Qt::QueuedConnection);
}

void StateDocument::show()
{
    QVariantMap fields = m_document ? m_document->fields() : QVariantMap();
    fields.insert(m_assigned);
    m_values.show(fields, m_defaults);
    Q_EMIT changed();
}

}  // namespace Satchel
