// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/live/livestate.h"
#include "client/query/index.h"

#include <Satchel/policy.h>

#include <map>
#include <memory>
#include <vector>

namespace Satchel::Queries {

/// The indexes that the app has declared, each following its collection. Of the app's thread.
class Indexes : public QObject {
public:
    /// Made before anybody else listens to `live`, so that who is told of a change finds the indexes changed.
    Indexes(const QList<CollectionIndex> &declared, Live::LiveState &live);

    /// Those of one collection; valid as long as this.
    [[nodiscard]] const std::vector<std::unique_ptr<Index>> &of(const Live::Shelf &shelf) const;
    /// Brings them up to what reading shows, own writes of this turn included.
    void catchUp(const Live::Shelf &shelf);

private:
    void follow(const QString &collection, const QStringList &keys);

    Live::LiveState &m_live;
    std::map<QString, std::vector<std::unique_ptr<Index>>> m_ofCollection;
};

}  // namespace Satchel::Queries
