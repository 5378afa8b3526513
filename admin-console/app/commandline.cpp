// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "commandline.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QFile>

namespace Satchel::Console {

namespace {

constexpr qint64 tokenFileBytesMax = 64 * 1024;

QString tr(const char *text)
{
    return QCoreApplication::translate("CommandLine", text);
}

tl::unexpected<Core::Error> wrong(const QString &text)
{
    return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, text.toStdString()));
}

void addOptions(QCommandLineParser &parser)
{
    parser.setApplicationDescription(
        tr("Find a user, see what happened to their state and why.\n\n"
           "  satchel-console --server http://127.0.0.1:8080 --dev-token\n"
           "  satchel-console --server https://satchel.example.org --token-file operator.token --tool conflicts"));
    parser.addOption({QStringLiteral("server"), tr("Address of the server."), QStringLiteral("URL")});
    parser.addOption({QStringLiteral("token-file"), tr("File that holds the operator's token."), QStringLiteral("FILE")});
    parser.addOption({QStringLiteral("dev-token"), tr("Ask a development server on this computer for a token.")});
    parser.addOption({QStringLiteral("tenant"), tr("Tenant of the development token."), QStringLiteral("NAME"), QStringLiteral("default")});
    parser.addOption({QStringLiteral("tool"), tr("Tool to begin with: users, conflicts."), QStringLiteral("ID")});
    parser.addOption(
        {QStringLiteral("screenshot"), tr("Save a picture of every tool, light and dark, and exit."), QStringLiteral("FOLDER")});
}

Core::Result<QByteArray> readToken(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return wrong(tr("The token file cannot be read: %1").arg(file.errorString()));
    }
    const QByteArray token = file.read(tokenFileBytesMax).trimmed();
    if (token.isEmpty()) {
        return wrong(tr("The token file is empty."));
    }
    return token;
}

}  // namespace

Core::Result<CommandLine> parseCommandLine(const QStringList &arguments)
{
    QCommandLineParser parser;
    addOptions(parser);
    const QCommandLineOption help = parser.addHelpOption();
    if (!parser.parse(arguments)) {
        return wrong(parser.errorText());
    }
    CommandLine line;
    if (parser.isSet(help)) {
        line.printed = parser.helpText();
        return line;
    }
    line.tool = parser.value(QStringLiteral("tool"));
    line.screenshotFolder = parser.value(QStringLiteral("screenshot"));
    const QString server = parser.value(QStringLiteral("server"));
    const bool isDevelopment = parser.isSet(QStringLiteral("dev-token"));
    const QString tokenFile = parser.value(QStringLiteral("token-file"));
    if (server.isEmpty()) {
        return isDevelopment || !tokenFile.isEmpty() || !line.screenshotFolder.isEmpty()
                   ? Core::Result<CommandLine>(wrong(tr("--server is missing.")))
                   : line;
    }
    if (isDevelopment == !tokenFile.isEmpty()) {
        return wrong(tr("Give either --token-file or --dev-token."));
    }
    auto address = Admin::ServerAddress::parse(server);
    if (!address) {
        return Core::failure(address.error());
    }
    if (isDevelopment) {
        line.connection = Connection{*address, Connection::TokenSource::Development, {}, parser.value(QStringLiteral("tenant"))};
        return line;
    }
    return readToken(tokenFile).map([&](const QByteArray &token) {
        line.connection = Connection{*address, Connection::TokenSource::Given, token, {}};
        return line;
    });
}

}  // namespace Satchel::Console
