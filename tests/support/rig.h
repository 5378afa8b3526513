// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "support/deviceprocess.h"
#include "support/serverprocess.h"
#include "support/serverview.h"
#include "support/tcpproxy.h"

#include <QTemporaryDir>

#include <memory>
#include <vector>

namespace Satchel::Test {

/// A server process and devices of one user, each behind a link of its own that the test can break.
class Rig {
public:
    static constexpr const char *policies = R"({
  "version": 1,
  "collections": {
    "log": {"fields": {"hits": "counter"}},
    "notes": {"conflict": "manual"},
    "progress": {"fields": {"steps": "counter"}}
  }
})";

    struct Device {
        std::unique_ptr<TcpProxy> link;
        std::unique_ptr<DeviceProcess> process;
    };

    /// Starts the server. Check isReady().
    explicit Rig(ServerProcess::Storage storage = ServerProcess::Storage::Kept);

    [[nodiscard]] bool isReady() const { return m_isReady; }
    [[nodiscard]] ServerProcess &server() { return m_server; }
    /// Server options, to start it again with after a kill.
    [[nodiscard]] QStringList serverArguments() const { return m_serverArguments; }

    /// Adds a device, not started yet. `folder` lets a device take over the store of another: a copy.
    DeviceProcess &addDevice(const QString &name, const QStringList &arguments = {}, const QString &folder = {});
    [[nodiscard]] TcpProxy &link(std::size_t device) { return *m_devices[device].link; }
    [[nodiscard]] DeviceProcess &device(std::size_t index) { return *m_devices[index].process; }
    [[nodiscard]] QString folderOf(const QString &name) const { return m_folder.filePath(name); }

    /// Every device exchanges everything with every other; false, with the reason in log(), if one cannot.
    [[nodiscard]] bool syncAll();
    /// Whether all devices and the server show the same documents; false, with the difference in log().
    [[nodiscard]] bool isEverywhereEqual();
    /// Messages of everybody, for a failing test.
    [[nodiscard]] QByteArray log() const;

private:
    QTemporaryDir m_folder;
    ServerProcess m_server;
    QStringList m_serverArguments;
    std::vector<Device> m_devices;
    QByteArray m_log;
    bool m_isReady = false;
};

}  // namespace Satchel::Test
