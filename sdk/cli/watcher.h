// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "output.h"

#include <Satchel/client.h>

#include <QtCore/QObject>

namespace Satchel::Cli {

/// `satchel watch`: prints each document that changes, until the process is interrupted.
class Watcher : public QObject {
    Q_OBJECT
public:
    /// Follows one collection, or with an empty name all that have documents now.
    Watcher(Client *client, const QString &collection, Output output, QObject *parent = nullptr);

private:
    void print(Collection *collection, const QStringList &keys) const;

    Output m_output;
};

}  // namespace Satchel::Cli
