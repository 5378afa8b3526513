// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/vault/keychain.h"

#include <QByteArray>
#include <QMap>
#include <QObject>

#include <functional>
#include <utility>
#include <vector>

namespace Satchel::Test {

/// A keychain in memory that fails, forgets and hesitates as told.
class FakeKeychain : public Vault::Keychain {
public:
    QMap<QString, QByteArray> entries;  ///< by service, a line feed, and name
    std::optional<Core::Error> readError;
    std::optional<Core::Error> writeError;
    std::optional<Core::Error> removeError;
    bool forgetsWrites = false;
    bool forgetsRemovals = false;
    /// Answers wait for release().
    bool isSlow = false;
    int readCount = 0;
    int writeCount = 0;
    int removeCount = 0;
    std::function<void()> onRemove;

    void release()
    {
        isSlow = false;
        for (const auto &answer : std::exchange(m_waiting, {})) {
            answer();
        }
    }
    [[nodiscard]] std::size_t waitingCount() const { return m_waiting.size(); }

    static QString nameOf(const Vault::KeychainEntry &entry) { return entry.service + QLatin1Char('\n') + entry.name; }

    void read(const Vault::KeychainEntry &entry, Found found) override
    {
        ++readCount;
        later([this, name = nameOf(entry), found = std::move(found)] {
            if (readError) {
                found(Core::failure(*readError));
                return;
            }
            if (!entries.contains(name)) {
                found(std::optional<Vault::SecretBytes>());
                return;
            }
            const QByteArray copy(entries[name].constData(), entries[name].size());
            found(std::optional(Vault::SecretBytes::takenFrom(copy)));
        });
    }
    void write(const Vault::KeychainEntry &entry, Vault::SecretBytes secret, Done done) override
    {
        ++writeCount;
        const QByteArray bytes(reinterpret_cast<const char *>(secret.bytes().data()), qsizetype(secret.bytes().size()));
        later([this, name = nameOf(entry), bytes, done = std::move(done)] {
            if (!writeError && !forgetsWrites) {
                entries[name] = bytes;
            }
            done(writeError ? Core::Result<void>(Core::failure(*writeError)) : Core::Result<void>());
        });
    }
    void remove(const Vault::KeychainEntry &entry, Done done) override
    {
        ++removeCount;
        later([this, name = nameOf(entry), done = std::move(done)] {
            if (onRemove) {
                onRemove();
            }
            if (!removeError && !forgetsRemovals) {
                entries.remove(name);
            }
            done(removeError ? Core::Result<void>(Core::failure(*removeError)) : Core::Result<void>());
        });
    }

private:
    void later(std::function<void()> answer)
    {
        QMetaObject::invokeMethod(
            &m_context,
            [this, answer = std::move(answer)] {
                if (isSlow) {
                    m_waiting.push_back(answer);
                } else {
                    answer();
                }
            },
            Qt::QueuedConnection);
    }

    QObject m_context;
    std::vector<std::function<void()>> m_waiting;
};

}  // namespace Satchel::Test
