// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/vault/keychain.h"

#include <QDBusConnection>
#include <QDBusVariant>
#include <QObject>

class QDBusMessage;

namespace Satchel::Vault {

/// Asks Linux's secret service (freedesktop.org's Secret Service API) what QtKeychain does not tell apart: that there is no service, that
/// it cannot be started now, and that what looks like "no entry" is a lock. Unlocks, asking the user, so that QtKeychain need not.
class SecretService : public QObject {
    Q_OBJECT
public:
    enum class Standing {
        Empty,     ///< no such entry, and nothing locked that could hold one; or QtKeychain must ask a keychain of another kind
        HasEntry,  ///< there is one, unlocked
    };
    using Ready = std::function<void(Core::Result<Standing>)>;

    /// On the application's thread. Answers once, by way of the event loop.
    static void prepare(const KeychainEntry &entry, Ready ready);

private Q_SLOTS:
    void takePrompt(bool isDismissed, const QDBusVariant &result);

private:
    SecretService(const QDBusConnection &bus, const KeychainEntry &entry, Ready ready);

    using Reply = std::function<void(const QDBusMessage &)>;
    void call(const QDBusMessage &message, Reply reply);
    /// As call(), to the secret service itself; an error is "not ready".
    void ask(const QString &method, const QVariantList &arguments, Reply reply);
    void startService();
    void lookForOthers();
    void searchItems();
    void lookAtDefault();
    void unlock(const QList<QDBusObjectPath> &paths);
    void prompt(const QDBusObjectPath &path);
    void finish(Core::Result<Standing> outcome);

    QDBusConnection m_bus;
    KeychainEntry m_entry;
    Ready m_ready;
    Standing m_standing = Standing::Empty;
    /// The user is asked once.
    bool m_hasUnlocked = false;
};

}  // namespace Satchel::Vault
