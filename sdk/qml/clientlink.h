// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "qmlclient.h"

#include <QPointer>

namespace Satchel {

/// What the `client` property of an element holds: the client, and whose calls it answers.
class ClientLink {
public:
    /// `attach` is called when the element has to look at the client anew, `open` when that opens or closes. False if it is the same one.
    template <typename Owner>
    [[nodiscard]] bool set(QmlClient *client, Owner *owner, void (Owner::*attach)(), void (Owner::*open)() = nullptr)
    {
        if (client == m_client) {
            return false;
        }
        if (m_client) {
            m_client->disconnect(owner);
        }
        m_client = client;
        if (client != nullptr) {
            QObject::connect(client, &QmlClient::sourceChanged, owner, attach);
            if (open != nullptr) {
                QObject::connect(client, &QmlClient::openChanged, owner, open);
            }
        }
        return true;
    }

    [[nodiscard]] QmlClient *client() const { return m_client; }
    /// Null without a client, and before that is complete.
    [[nodiscard]] Client *source() const { return m_client ? m_client->source() : nullptr; }

private:
    QPointer<QmlClient> m_client;
};

}  // namespace Satchel
