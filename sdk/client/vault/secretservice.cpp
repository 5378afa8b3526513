// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "secretservice.h"

#include "client/vault/keychainerrors.h"
#include "client/vault/outside.h"

#include <QDBusError>
#include <QDBusMessage>
#include <QDBusMetaType>
#include <QDBusObjectPath>
#include <QDBusPendingCallWatcher>
#include <QMap>

#include <utility>

namespace Satchel::Vault {

namespace {

const QString busName = QStringLiteral("org.freedesktop.DBus");
const QString secretsName = QStringLiteral("org.freedesktop.secrets");
const QString secretsPath = QStringLiteral("/org/freedesktop/secrets");
const QString serviceInterface = QStringLiteral("org.freedesktop.Secret.Service");
const QString promptInterface = QStringLiteral("org.freedesktop.Secret.Prompt");
constexpr int callTimeoutMs = 30'000;

using Paths = QList<QDBusObjectPath>;
using Attributes = QMap<QString, QString>;

QDBusMessage toBus(const QString &method)
{
    return QDBusMessage::createMethodCall(busName, QStringLiteral("/org/freedesktop/DBus"), busName, method);
}

bool isError(const QDBusMessage &reply)
{
    return reply.type() != QDBusMessage::ReplyMessage;
}

Paths pathsAt(const QDBusMessage &reply, int index)
{
    return qdbus_cast<Paths>(reply.arguments().value(index));
}

QString pathAt(const QDBusMessage &reply, int index)
{
    return qdbus_cast<QDBusObjectPath>(reply.arguments().value(index)).path();
}

}  // namespace

SecretService::SecretService(const QDBusConnection &bus, const KeychainEntry &entry, Ready ready)
    : m_bus(bus)
    , m_entry(entry)
    , m_ready(std::move(ready))
{
}

void SecretService::prepare(const KeychainEntry &entry, Ready ready)
{
    qDBusRegisterMetaType<Attributes>();
    // Connecting blocks, on a sick bus for half a minute.
    runOutside<QDBusConnection>(
        [] { return QDBusConnection::sessionBus(); },
        [entry, ready = std::move(ready)](const QDBusConnection &bus) { (new SecretService(bus, entry, ready))->startService(); });
}

void SecretService::finish(Core::Result<Standing> outcome)
{
    if (m_ready) {
        deleteLater();
        std::exchange(m_ready, nullptr)(std::move(outcome));
    }
}

void SecretService::call(const QDBusMessage &message, Reply reply)
{
    auto *watcher = new QDBusPendingCallWatcher(m_bus.asyncCall(message, callTimeoutMs), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [watcher, reply = std::move(reply)] {
        watcher->deleteLater();
        reply(watcher->reply());
    });
}

void SecretService::ask(const QString &method, const QVariantList &arguments, Reply reply)
{
    QDBusMessage message = QDBusMessage::createMethodCall(secretsName, secretsPath, serviceInterface, method);
    message.setArguments(arguments);
    call(message, [this, reply = std::move(reply)](const QDBusMessage &answer) {
        if (isError(answer)) {
            finish(Core::failure(keychainNotReady(answer.errorName().toStdString())));
        } else {
            reply(answer);
        }
    });
}

void SecretService::startService()
{
    if (!m_bus.isConnected()) {
        finish(Core::failure(keychainUnavailable()));
        return;
    }
    QDBusMessage start = toBus(QStringLiteral("StartServiceByName"));
    start << secretsName << quint32(0);
    call(start, [this](const QDBusMessage &reply) {
        if (!isError(reply)) {
            searchItems();
        } else if (reply.errorName() == QLatin1String("org.freedesktop.DBus.Error.ServiceUnknown")) {
            lookForOthers();
        } else {
            finish(Core::failure(keychainNotReady(reply.errorName().toStdString())));
        }
    });
}

void SecretService::lookForOthers()
{
    // KWallet of its own, which QtKeychain can talk to.
    call(toBus(QStringLiteral("ListNames")), [this](const QDBusMessage &reply) {
        const QStringList names = reply.arguments().value(0).toStringList();
        const bool hasWallet = names.contains(QStringLiteral("org.kde.kwalletd5")) || names.contains(QStringLiteral("org.kde.kwalletd6"));
        finish(hasWallet ? Core::Result<Standing>(Standing::Empty) : Core::failure(keychainUnavailable()));
    });
}

void SecretService::searchItems()
{
    // As QtKeychain names them.
    const Attributes attributes{{QStringLiteral("user"), m_entry.name}, {QStringLiteral("server"), m_entry.service}};
    ask(QStringLiteral("SearchItems"), {QVariant::fromValue(attributes)}, [this](const QDBusMessage &reply) {
        const Paths unlocked = pathsAt(reply, 0);
        const Paths locked = pathsAt(reply, 1);
        if (!unlocked.isEmpty() || !locked.isEmpty()) {
            m_standing = Standing::HasEntry;
        }
        if (!locked.isEmpty()) {
            unlock(locked);
        } else if (!unlocked.isEmpty()) {
            finish(m_standing);
        } else {
            lookAtDefault();
        }
    });
}

void SecretService::lookAtDefault()
{
    ask(QStringLiteral("ReadAlias"), {QStringLiteral("default")}, [this](const QDBusMessage &reply) {
        const QString collection = pathAt(reply, 0);
        if (collection == QLatin1String("/") || collection.isEmpty()) {
            finish(m_standing);  // Nothing was ever kept here; writing makes the first collection.
            return;
        }
        // Some services show no entries while they are locked.
        QDBusMessage get = QDBusMessage::createMethodCall(secretsName, collection, QStringLiteral("org.freedesktop.DBus.Properties"),
                                                          QStringLiteral("Get"));
        get << QStringLiteral("org.freedesktop.Secret.Collection") << QStringLiteral("Locked");
        call(get, [this, collection](const QDBusMessage &locked) {
            if (isError(locked)) {
                finish(Core::failure(keychainNotReady(locked.errorName().toStdString())));
            } else if (qdbus_cast<QDBusVariant>(locked.arguments().value(0)).variant().toBool()) {
                unlock({QDBusObjectPath(collection)});
            } else {
                finish(m_standing);
            }
        });
    });
}

void SecretService::unlock(const Paths &paths)
{
    if (m_hasUnlocked) {
        finish(Core::failure(keychainLocked()));
        return;
    }
    m_hasUnlocked = true;
    ask(QStringLiteral("Unlock"), {QVariant::fromValue(paths)}, [this, count = paths.size()](const QDBusMessage &reply) {
        const QString path = pathAt(reply, 1);
        if (path != QLatin1String("/") && !path.isEmpty()) {
            prompt(QDBusObjectPath(path));
        } else if (pathsAt(reply, 0).size() < count) {
            finish(Core::failure(keychainLocked()));
        } else {
            searchItems();
        }
    });
}

void SecretService::prompt(const QDBusObjectPath &path)
{
    m_bus.connect(secretsName, path.path(), promptInterface, QStringLiteral("Completed"), this, SLOT(takePrompt(bool, QDBusVariant)));
    QDBusMessage show = QDBusMessage::createMethodCall(secretsName, path.path(), promptInterface, QStringLiteral("Prompt"));
    show << QString();
    call(show, [this](const QDBusMessage &reply) {
        if (isError(reply)) {
            finish(Core::failure(keychainLocked()));
        }
    });
}

void SecretService::takePrompt(bool isDismissed, const QDBusVariant & /*result*/)
{
    if (isDismissed) {
        finish(Core::failure(keychainLocked()));
    } else {
        // What is in it can be seen now, which with some services it could not before.
        searchItems();
    }
}

}  // namespace Satchel::Vault
