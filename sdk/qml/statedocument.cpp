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
    if (client == m_client) {
        return;
    }
    if (m_client) {
        m_client->disconnect(this);
    }
    m_client = client;
    if (client != nullptr) {
        connect(client, &QmlClient::sourceChanged, this, &StateDocument::attach);
        connect(client, &QmlClient::openChanged, this, &StateDocument::write);
    }
    Q_EMIT clientChanged();
    attach();
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
    return m_client && m_client->source() != nullptr && m_client->source()->collection(m_collection)->isPending(m_key);
}

void StateDocument::remove()
{
    if (m_client) {
        m_client->remove(m_collection, m_key);
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
    if (m_client && m_client->source() != nullptr && !m_collection.isEmpty() && !m_key.isEmpty()) {
        m_document = m_client->source()->collection(m_collection)->watch(m_key, this);
        connect(m_document, &Document::changed, this, &StateDocument::show);
        connect(m_client->source()->syncStatus(), &SyncStatus::pendingCountChanged, m_document, [this] { Q_EMIT changed(); });
    }
    show();
}

void StateDocument::write()
{
    if (m_assigned.isEmpty() || !m_document || !m_client->isOpen()) {
        return;
    }
    m_client->update(m_collection, m_key, std::exchange(m_assigned, {}));
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
