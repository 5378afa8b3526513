// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "session.h"

#include "tokens.h"

#include <QtCore/QEventLoop>
#include <QtCore/QFile>
#include <QtCore/QFutureWatcher>
#include <QtCore/QLoggingCategory>
#include <QtCore/QStandardPaths>
#include <QtCore/QTimer>

namespace Satchel::Cli {

namespace {

constexpr std::chrono::seconds defaultWait{10};

Error keyError(const QString &message)
{
    return {Error::Code::FailedPrecondition, Error::Reason::KeyMissing, message, Error::Retry::AfterChange};
}

Result<StoreKeySource> passphraseSource(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return failure(keyError(QStringLiteral("%1: %2").arg(path, file.errorString())));
    }
    return StoreKeySource::passphrase(QString::fromUtf8(file.readLine()).trimmed());
}

/// A key file is a store's own unless the command line names one: signing out destroys it.
Result<StoreKeySource> keySource(const Arguments &arguments, const QString &storePath)
{
    if (arguments.passphraseFile.isEmpty()) {
        return StoreKeySource::keyFile(arguments.keyFile.isEmpty() ? storePath + QStringLiteral(".key") : arguments.keyFile);
    }
    return passphraseSource(arguments.passphraseFile);
}

/// What is wrong with the client's options is wrong with the command line's.
Error inWordsOfOptions(const Error &error, const Arguments &arguments)
{
    if (error.reason() == Error::Reason::KeyMissing && arguments.passphraseFile.isEmpty()) {
        return keyError(QStringLiteral("the store exists, but its key file does not; name the right one with --key-file"));
    }
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
    options.serverUrl = arguments.isOffline || arguments.command == u"rekey" ? QUrl() : arguments.server;
    options.tenant = arguments.tenant;
    options.user = arguments.user;
    options.storeFolder = arguments.store.isEmpty() ? QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) : arguments.store;
    options.deviceName = arguments.deviceName;
    options.carriers = arguments.carriers;
    options.allowTestServer = true;
    options.tokenProvider = tokenProvider(arguments);
    // --help says where the key is kept, so not each start needs to.
    QLoggingCategory::setFilterRules(QStringLiteral("satchel.crypto.warning=false"));
    auto key = keySource(arguments, Client(options).storePath());
    if (!key) {
        return failure(key.error());
    }
    options.key = *key;

    std::unique_ptr<Session> session(new Session(arguments));
    session->m_client = std::make_unique<Client>(options);
    const auto opened = await(session->m_client->open());
    if (!opened) {
        return failure(inWordsOfOptions(opened.error(), arguments));
    }
    return session;
}

Result<void> Session::changeKey()
{
    if (!m_arguments.newPassphraseFile.isEmpty()) {
        const auto source = passphraseSource(m_arguments.newPassphraseFile);
        return source ? await(m_client->changeKey(*source)) : failure(source.error());
    }
    const QString file = !m_arguments.newKeyFile.isEmpty() ? m_arguments.newKeyFile
                         : !m_arguments.keyFile.isEmpty()  ? m_arguments.keyFile
                                                           : m_client->storePath() + QStringLiteral(".key");
    return await(m_client->changeKey(StoreKeySource::keyFile(file)));
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
        const bool isRefreshing = status->state() == SyncStatus::State::Connecting;
        if (reason && !isRefreshing &&
            (reason->code() == Error::Code::Unauthenticated || reason->code() == Error::Code::PermissionDenied)) {
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
