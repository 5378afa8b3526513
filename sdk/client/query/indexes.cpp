// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "indexes.h"

namespace Satchel::Queries {

Indexes::Indexes(const QList<CollectionIndex> &declared, Live::LiveState &live)
    : m_live(live)
{
    for (const CollectionIndex &index : declared) {
        std::vector<std::string> fields;
        for (const QString &field : index.fields) {
            fields.push_back(field.toStdString());
        }
        RowOrder order(std::vector<bool>(fields.size(), false), false);
        m_ofCollection[index.collection].push_back(
            std::make_unique<Index>(*live.shelf(index.collection), std::move(fields), std::move(order)));
    }
    connect(&live, &Live::LiveState::documentsChanged, this, &Indexes::follow);
    connect(&live, &Live::LiveState::changesTakenBack, this, &Indexes::follow);
}

const std::vector<std::unique_ptr<Index>> &Indexes::of(const Live::Shelf &shelf) const
{
    static const std::vector<std::unique_ptr<Index>> none;
    const auto known = m_ofCollection.find(shelf.name);
    return known == m_ofCollection.end() ? none : known->second;
}

void Indexes::catchUp(const Live::Shelf &shelf)
{
    follow(shelf.name, m_live.seeUnsignalled(shelf));
}

void Indexes::follow(const QString &collection, const QStringList &keys)
{
    const auto known = m_ofCollection.find(collection);
    if (known != m_ofCollection.end()) {
        for (const auto &index : known->second) {
            index->follow(keys);
        }
    }
}

}  // namespace Satchel::Queries
