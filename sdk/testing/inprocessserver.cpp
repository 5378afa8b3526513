// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "testing/inprocessserver.h"

#include <QFile>
#include <QTemporaryDir>

namespace Satchel::Testing {

struct InProcessServer::Private {
    explicit Private(const FakeClock &clock)
        : log(clock, Server::LogLevel::Off, [](const std::string &) {})
    {
    }

    QTemporaryDir folder;
    Server::SystemRandom random;
    Server::Log log;
    std::unique_ptr<Server::Server> server;
};

InProcessServer::InProcessServer(const FakeClock &clock, const QByteArray &policies)
    : d(std::make_unique<Private>(clock))
{
    Server::ServerOptions options;
    if (!policies.isEmpty()) {
        QFile file(d->folder.filePath(QStringLiteral("policies.json")));
        if (!file.open(QIODevice::WriteOnly) || file.write(policies) != policies.size()) {
            qFatal("the policy file cannot be written");
        }
        options.policyFile = file.fileName().toStdString();
    }
    d->server = std::make_unique<Server::Server>(std::move(options), clock, d->random, d->log);
    if (const auto started = d->server->start(); !started) {
        qFatal("the server does not start: %s", started.error().detail.c_str());
    }
}

InProcessServer::~InProcessServer() = default;

QUrl InProcessServer::url() const
{
    return QUrl(QString::fromStdString(d->server->url()));
}

Server::SessionServices &InProcessServer::services()
{
    return d->server->services();
}

QString InProcessServer::token(const QString &user, const QStringList &roles, std::chrono::seconds lifetime) const
{
    std::vector<std::string> names;
    for (const QString &role : roles) {
        names.push_back(role.toStdString());
    }
    return QString::fromStdString(d->server->issueToken("default", user.toStdString(), names, lifetime));
}

}  // namespace Satchel::Testing
