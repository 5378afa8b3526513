// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "testing/fakeclock.h"
#include "testing/inprocessserver.h"
#include "testing/virtualnetwork.h"

#include <Satchel/client.h>

#include <QTemporaryDir>

#include <functional>
#include <memory>

namespace Satchel::Testing {

/// Two devices of one user, a server, and the links between them, all in this process and without sockets.
class TwoDevices {
public:
    /// What a device has beyond the usual: resolvers, policies; called for each before it is made, "a" and "b".
    using Adjust = std::function<void(ClientOptions &options, const QString &device)>;

    /// Opens both devices and waits until they are in sync. `policies`: the text of a policy file.
    explicit TwoDevices(const QByteArray &policies = {}, Adjust adjust = {});
    ~TwoDevices();

    FakeClock clock;   ///< the server's
    FakeClock clockA;  ///< each device's own
    FakeClock clockB;
    InProcessServer server;
    VirtualNetwork network;
    std::unique_ptr<Client> a;
    std::unique_ptr<Client> b;

    [[nodiscard]] Link &linkA() { return network.link("a"); }
    [[nodiscard]] Link &linkB() { return network.link("b"); }

    /// Waits, up to 20 s, until both have exchanged everything with each other.
    [[nodiscard]] bool sync();
    /// Whether both show the same documents.
    [[nodiscard]] bool isEqual() const;

    /// A future's result, waited for in the event loop, up to 20 s; DEADLINE_EXCEEDED after that.
    [[nodiscard]] static Result<void> await(const QFuture<Result<void>> &future);

private:
    [[nodiscard]] std::unique_ptr<Client> makeDevice(const char *name, const FakeClock &deviceClock);

    QTemporaryDir m_folder;
    Adjust m_adjust;
};

}  // namespace Satchel::Testing
