// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "session.h"

#include "tokens.h"

#include <QtCore/QDir>
#include <QtCore/QEventLoop>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QFutureWatcher>
#include <QtCore/QRandomGenerator>
#include <QtCore/QStandardPaths>
#include <QtCore/QTimer>

namespace Satchel::Cli {

namespace {

constexpr std::chrono::seconds defaultWait{10};
constexpr qsizetype keyBytes = 32;

Error keyError(const QString &message)
{
    return {Error::Code::FailedPrecondition, Error::Reason::KeyMissing, message, Error::Retry::AfterChange};
}

Result<QByteArray> newKeyFile(const QString &path)
{
    QByteArray key(keyBytes, Qt::Uninitialized);
    QRandomGenerator::system()->fillRange(reinterpret_cast<quint32 *>(key.data()), keyBytes / 4);
    QFile file(path);
    // NewOnly: two first starts at once must not end with two keys.
    if (!QDir().mkpath(QFileInfo(path).absolutePath()) || !file.open(QIODevice::WriteOnly | QIODevice::NewOnly) ||
        !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner) || file.write(key.toHex() + '\n') != keyBytes * 2 + 1 || !file.flush()) {
        return failure(keyError(QStringLiteral("%1: the key cannot be kept: %2").arg(path, file.errorString())));
    }
    return key;
}

Result<StoreKeySource> keySource(const Arguments &arguments, const QString &folder, const QString &storePath)
{
    if (!arguments.passphraseFile.isEmpty()) {
        QFile file(arguments.passphraseFile);
        if (!file.open(QIODevice::ReadOnly)) {
            return failure(keyError(QStringLiteral("%1: %2").arg(arguments.passphraseFile, file.errorString())));
        }
        return StoreKeySource::passphrase(QString::fromUtf8(file.readLine()).trimmed());
    }
    const QString path = arguments.keyFile.isEmpty() ? QDir(folder).filePath(QStringLiteral("key")) : arguments.keyFile;
    QFile file(path);
    if (!file.exists()) {
        if (QFile::exists(storePath)) {
            return failure(keyError(QStringLiteral("the store %1 exists, but its key file %2 does not; name the right one with --key-file")
                                        .arg(storePath, path)));
        }
        const auto made = newKeyFile(path);
        return made ? Result<StoreKeySource>(StoreKeySource::raw(*made)) : failure(made.error());
    }
    if (!file.open(QIODevice::ReadOnly)) {
        return failure(keyError(QStringLiteral("%1: %2").arg(path, file.errorString())));
    }
    const QByteArray key = QByteArray::fromHex(file.readAll().trimmed());
    if (key.size() != keyBytes) {
        return failure(keyError(QStringLiteral("%1 must hold 64 hexadecimal digits").arg(path)));
    }
    return StoreKeySource::raw(key);
}

/// What is wrong with the client's options is wrong with the command line's.
Error inWordsOfOptions(const Error &error)
{
    if (error.code() != Error::Code::InvalidArgument) {
        return error;
    }
    QString message = error.message();
    message.replace(QStringLiteral("ClientOptions::serverUrl"), QStringLiteral("--server"));
    message.replace(QStringLiteral("ClientOptions::"), QStringLiteral("--"));
    return {error.code(), error.reason(), message + QStringLiteral("; see satchel --help"), error.retry()};
}

}  // namespace

Result<std::unique_ptr<Session>> Session::open(const Arguments &arguments)
{
    ClientOptions options;
    options.serverUrl = arguments.isOffline ? QUrl() : arguments.server;
    options.tenant = arguments.tenant;
    options.user = arguments.user;
    options.storeFolder = arguments.store.isEmpty() ? QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) : arguments.store;
    options.deviceName = arguments.deviceName;
    options.carriers = arguments.carriers;
    options.allowTestServer = true;
    options.tokenProvider = tokenProvider(arguments);
    const QString storePath = Client(options).storePath();
    auto key = keySource(arguments, options.storeFolder, storePath);
    if (!key) {
        return failure(key.error());
    }
    options.key = *key;

    std::unique_ptr<Session> session(new Session(arguments));
    session->m_client = std::make_unique<Client>(options);
    const auto opened = await(session->m_client->open());
    if (!opened) {
        return failure(inWordsOfOptions(opened.error()));
    }
    return session;
}

Result<void> Session::sync()
{
    if (m_arguments.isOffline || m_arguments.server.isEmpty()) {
        return {};
    }
    QFutureWatcher<Result<void>> watcher;
    QEventLoop loop;
    QObject::connect(&watcher, &QFutureWatcherBase::finished, &loop, &QEventLoop::quit);
    QTimer::singleShot(m_arguments.wait.value_or(defaultWait), &loop, &QEventLoop::quit);
    // A reason that does not go away by waiting ends the wait.
    const SyncStatus *status = m_client->syncStatus();
    QObject::connect(status, &SyncStatus::blockedReasonChanged, &loop, [status, &loop] {
        const auto reason = status->blockedReason();
        if (reason && (reason->code() == Error::Code::Unauthenticated || reason->code() == Error::Code::PermissionDenied)) {
            loop.quit();
        }
    });
    watcher.setFuture(m_client->whenSynced());
    if (!watcher.isFinished()) {
        loop.exec();
    }
    if (watcher.isFinished()) {
        return watcher.result();
    }
    if (const auto reason = status->blockedReason()) {
        return failure(*reason);
    }
    return failure(Error(Error::Code::DeadlineExceeded, Error::Reason::NetworkTimeout, QStringLiteral("the server did not answer in time"),
                         Error::Retry::Later));
}

Result<void> Session::await(const QFuture<Result<void>> &future)
{
    QFutureWatcher<Result<void>> watcher;
    QEventLoop loop;
    QObject::connect(&watcher, &QFutureWatcherBase::finished, &loop, &QEventLoop::quit);
    watcher.setFuture(future);
    if (!watcher.isFinished()) {
        loop.exec();
    }
    return watcher.result();
}

}  // namespace Satchel::Cli
