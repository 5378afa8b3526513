// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/live/livestate.h"

#include <Satchel/writebatch.h>

#include <QString>

#include <deque>

namespace Satchel {

struct WriteBatch::Private {
    struct Item {
        QString collection;
        QString key;
        /// What cannot be written is found when it is gathered, and told when it is written.
        Core::Result<Live::Editor> editor;
    };
    std::deque<Item> items;

    void add(const QString &collection, const QString &key, Core::Result<Live::Editor> editor)
    {
        items.push_back({collection, key, std::move(editor)});
    }
};

}  // namespace Satchel
