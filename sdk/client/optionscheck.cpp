// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "optionscheck.h"

#include "core/mutation.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QHostAddress>
#include <QStandardPaths>
#include <QSysInfo>

#include <algorithm>

namespace Satchel {

namespace {

constexpr qsizetype userBytesMax = 256;
constexpr qsizetype nameCharactersMax = 64;
constexpr qsizetype indexFieldsMax = 8;

tl::unexpected<Core::Error> refuse(const char *detail)
{
    return Core::failure(Core::invalidArgument(Core::ErrorReason::None, detail));
}

bool isLoopback(const QString &host)
{
    return host == QLatin1String("localhost") || QHostAddress(host).isLoopback();
}

Core::Result<void> checkServer(const QUrl &url)
{
    if (url.isEmpty()) {
        return {};
    }
    const bool isPlain = url.scheme() == QLatin1String("http");
    if (!url.isValid() || url.host().isEmpty() || (!isPlain && url.scheme() != QLatin1String("https"))) {
        return refuse("ClientOptions::serverUrl must be https://host[:port]");
    }
    if (isPlain && !isLoopback(url.host())) {
        return refuse("ClientOptions::serverUrl: http is for this machine (loopback) only; use https");
    }
    const bool hasPath = !url.path().isEmpty() && url.path() != QLatin1String("/");
    if (!url.userInfo().isEmpty() || hasPath || url.hasQuery() || url.hasFragment()) {
        return refuse("ClientOptions::serverUrl must have no user, path, query or fragment");
    }
    return {};
}

bool isCollectionName(const QString &name)
{
    return name.isValidUtf16() && Core::validateCollectionName(name.toStdString(), Core::Limits());
}

Core::Result<void> checkIndex(const CollectionIndex &index)
{
    if (!isCollectionName(index.collection)) {
        return refuse("ClientOptions::indexes holds a collection name that is not 1...64 bytes of [a-z0-9_.-]");
    }
    const auto isField = [](const QString &field) { return !field.isEmpty() && field.isValidUtf16(); };
    if (index.fields.isEmpty() || index.fields.size() > indexFieldsMax || !std::all_of(index.fields.begin(), index.fields.end(), isField)) {
        return refuse("ClientOptions::indexes: an index has one to eight fields with names");
    }
    return {};
}

}  // namespace

Core::Result<ClientOptions> completed(ClientOptions options)
{
    if (auto checked = checkServer(options.serverUrl); !checked) {
        return Core::failure(std::move(checked.error()));
    }
    if (!isCollectionName(options.tenant)) {
        return refuse("ClientOptions::tenant must be 1...64 bytes of [a-z0-9_.-]");
    }
    if (options.user.isEmpty() || !options.user.isValidUtf16() || options.user.toUtf8().size() > userBytesMax) {
        return refuse("ClientOptions::user must be 1...256 bytes of UTF-8");
    }
    for (const CollectionPolicy &policy : std::as_const(options.policies)) {
        if (!isCollectionName(policy.collection)) {
            return refuse("ClientOptions::policies holds a collection name that is not 1...64 bytes of [a-z0-9_.-]");
        }
        if (policy.conflictRule == ConflictRule::LastWriter && !policy.fieldKinds.isEmpty()) {
            return refuse("ClientOptions::policies: a LastWriter collection has no counters and sets");
        }
    }
    for (const CollectionIndex &index : std::as_const(options.indexes)) {
        if (auto checked = checkIndex(index); !checked) {
            return Core::failure(std::move(checked.error()));
        }
    }
    if (options.storeFolder.isEmpty()) {
        options.storeFolder = QDir(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation)).filePath(QStringLiteral("satchel"));
    }
    if (options.deviceName.isEmpty()) {
        options.deviceName = QSysInfo::machineHostName();
    }
    if (options.appVersion.isEmpty()) {
        options.appVersion = QCoreApplication::applicationVersion();
    }
    options.deviceName = options.deviceName.left(nameCharactersMax);
    options.appVersion = options.appVersion.left(nameCharactersMax);
    return options;
}

QString storePathOf(const ClientOptions &options)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(options.tenant.toUtf8());
    hash.addData(QByteArrayLiteral("\0"));
    hash.addData(options.user.toUtf8());
    return QDir(options.storeFolder).absoluteFilePath(QString::fromLatin1(hash.result().toHex().left(32)) + QStringLiteral(".satchel"));
}

}  // namespace Satchel
