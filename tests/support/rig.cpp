// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "support/rig.h"

#include "wire/json.h"

#include <QFile>

namespace Satchel::Test {

namespace {
const QString user = QStringLiteral("anna");
}

Rig::Rig(ServerProcess::Storage storage)
    : m_server(storage)
{
    QFile file(m_folder.filePath(QStringLiteral("policies.json")));
    if (file.open(QIODevice::WriteOnly) && file.write(policies) > 0) {
        file.close();
        m_serverArguments = {QStringLiteral("--policies"), file.fileName()};
        m_isReady = m_server.start(m_serverArguments);
    }
}

DeviceProcess &Rig::addDevice(const QString &name, const QStringList &arguments, const QString &folder)
{
    Device device;
    device.link = std::make_unique<TcpProxy>(m_server.url());
    DeviceProcess::Options options;
    options.program = ServerProcess::program(QStringLiteral("satchel"));
    options.folder = folder.isEmpty() ? folderOf(name) : folder;
    options.name = name;
    options.user = user;
    options.server = device.link->url();
    options.token = m_server.token(user);
    options.extraArguments = arguments;
    device.process = std::make_unique<DeviceProcess>(std::move(options));
    m_devices.push_back(std::move(device));
    return *m_devices.back().process;
}

bool Rig::syncAll()
{
    // Twice, since each must also read what the others pushed after its own first reading.
    for (int round = 0; round < 2; ++round) {
        for (const Device &device : m_devices) {
            if (device.process->isRunning() && !device.process->succeeds(object({{"do", "sync"}}))) {
                m_log += device.process->name().toUtf8() + " does not get in sync\n";
                return false;
            }
        }
    }
    return true;
}

bool Rig::isEverywhereEqual()
{
    const auto served =
        ServerView(m_server.url(), m_server.token(QStringLiteral("operator"), {QStringLiteral("support")})).documents(user.toStdString());
    if (!served) {
        m_log += "server: " + QByteArray::fromStdString(served.error().detail) + "\n";
        return false;
    }
    bool isEqual = true;
    for (const Device &device : m_devices) {
        if (!device.process->isRunning()) {
            continue;
        }
        const auto shown = device.process->exportAll();
        if (!shown) {
            m_log += device.process->name().toUtf8() + " does not answer\n";
            return false;
        }
        for (const auto &[id, fields] : *served) {
            const auto found = shown->find(id);
            if (found == shown->end() || !(found->second == fields)) {
                m_log += QByteArray::fromStdString(
                    "server has " + id + " " + Wire::jsonFromValue(fields) + ", " + device.process->name().toStdString() + " " +
                    (found == shown->end() ? std::string("nothing") : Wire::jsonFromValue(found->second)) + "\n");
                isEqual = false;
            }
        }
        if (shown->size() != served->size()) {
            m_log += QByteArray::fromStdString(device.process->name().toStdString() + " shows " + std::to_string(shown->size()) +
                                               " documents, the server " + std::to_string(served->size()) + "\n");
            isEqual = false;
        }
    }
    return isEqual;
}

QByteArray Rig::log() const
{
    QByteArray all = m_log + m_server.log().right(4000);
    for (const Device &device : m_devices) {
        all += "\n" + device.process->name().toUtf8() + ": " + device.process->log().right(2000);
    }
    return all;
}

}  // namespace Satchel::Test
