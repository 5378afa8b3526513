// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QObject>

#include <memory>

namespace Satchel::Sync {

/// What the system says of the network.
class Reachability : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    /// Only a system that is sure says no.
    [[nodiscard]] virtual bool isReachable() const = 0;

Q_SIGNALS:
    void changed(bool isReachable);
};

/// By QNetworkInformation's default backend, of the thread that asks. Where there is none the network is reachable and never changes.
[[nodiscard]] std::unique_ptr<Reachability> systemReachability();

}  // namespace Satchel::Sync
