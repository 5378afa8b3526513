// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "reachability.h"

#include <QCoreApplication>
#include <QNetworkInformation>

namespace Satchel::Sync {
namespace {

class SystemReachability final : public Reachability {
public:
    SystemReachability()
    {
        if (QCoreApplication::instance() == nullptr || !QNetworkInformation::loadDefaultBackend()) {
            return;
        }
        const QNetworkInformation *information = QNetworkInformation::instance();
        if (!information->supports(QNetworkInformation::Feature::Reachability)) {
            return;
        }
        m_isReachable = isNetwork(information->reachability());
        connect(information, &QNetworkInformation::reachabilityChanged, this, [this](QNetworkInformation::Reachability now) {
            if (std::exchange(m_isReachable, isNetwork(now)) != m_isReachable) {
                Q_EMIT changed(m_isReachable);
            }
        });
    }

    [[nodiscard]] bool isReachable() const override { return m_isReachable; }

private:
    /// A server may stand in the local network.
    static bool isNetwork(QNetworkInformation::Reachability reachability)
    {
        return reachability != QNetworkInformation::Reachability::Disconnected;
    }

    bool m_isReachable = true;
};

}  // namespace

std::unique_ptr<Reachability> systemReachability()
{
    return std::make_unique<SystemReachability>();
}

}  // namespace Satchel::Sync
