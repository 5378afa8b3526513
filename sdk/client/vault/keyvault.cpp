// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "keyvault.h"

#include "cipherdb/lockfile.h"
#include "cipherdb/storefiles.h"
#include "client/optionscheck.h"
#include "client/storekeysource.h"
#include "client/vault/erasure.h"
#include "client/vault/keychainerrors.h"
#include "client/vault/outside.h"

#include <QCoreApplication>
#include <QUrl>

#include <algorithm>
#include <system_error>
#include <utility>

namespace Satchel::Vault {

namespace {

using CipherDb::StoreKey;
using Nothing = Core::Result<void>;

/// What is going on with an account, shared by the callbacks that take it on.
struct Task {
    std::shared_ptr<Keychain> keychain;
    Account account;
    CipherDb::LockFile lock;
    bool isDoomed = false;
    Order order = Order::Revocable;

    [[nodiscard]] bool usesKeychain() const { return std::holds_alternative<StoreKeySource::Keychain>(account.source.source()); }
};
using TaskPtr = std::shared_ptr<Task>;
using Next = std::function<void()>;

template <typename T>
using Done = std::function<void(Core::Result<T>)>;

TaskPtr makeTask(const std::shared_ptr<Keychain> &keychain, Account account)
{
    auto task = std::make_shared<Task>();
    task->keychain = keychain;
    task->account = std::move(account);
    // As the store itself does it: two names of one file have one lock.
    std::error_code error;
    const auto canonical = std::filesystem::weakly_canonical(task->account.storePath, error);
    if (!error) {
        task->account.storePath = canonical;
    }
    return task;
}

/// Nobody else has the store from here on, or makes a key for it.
Nothing takeHold(Task &task)
{
    const auto &path = task.account.storePath;
    return CipherDb::LockFile::acquire(path.string() + ".lock", CipherDb::LockMode::Exclusive)
        .and_then([&](CipherDb::LockFile lock) {
            task.lock = std::move(lock);
            return isDoomed(path);
        })
        .map([&](bool isDoomed) { task.isDoomed = isDoomed; });
}

/// Lets go before the caller is told, who may try again at once.
template <typename T>
void refuse(const TaskPtr &task, const Done<T> &done, Core::Error error)
{
    task->lock = {};
    done(Core::failure(std::move(error)));
}

/// Hands the lock over with the key.
void answer(const TaskPtr &task, const Done<Access> &done, Core::Result<StoreKey> key)
{
    if (!key) {
        refuse(task, done, std::move(key.error()));
        return;
    }
    done(Access{std::move(*key), std::make_shared<CipherDb::LockFile>(std::move(task->lock))});
}

/// The key could not be removed: everything stays.
void spare(const Task &task)
{
    if (task.order == Order::Revocable) {
        unmarkDoomed(task.account.storePath);
    }
}

/// The steps of destroyAccount() with the lock held; the outcome says whether the key is gone, and all else with it.
void destroy(const TaskPtr &task, const std::function<void(Nothing)> &done)
{
    const auto eraseAll = [task, done] {
        runOutside<Nothing>(
            [task]() -> Nothing {
                if (const auto *file = std::get_if<StoreKeySource::KeyFile>(&task->account.source.source())) {
                    if (auto removed = CipherDb::shredFile(std::filesystem::path(file->path.toStdU16String())); !removed) {
                        spare(*task);
                        return removed;
                    }
                }
                return eraseFiles(task->account.storePath);
            },
            done);
    };
    if (!task->usesKeychain()) {
        eraseAll();
        return;
    }
    const auto refused = [task, done](const Core::Error &error) {
        spare(*task);
        done(Core::failure(error));
    };
    task->keychain->remove(task->account.entry, [task, eraseAll, refused](Nothing removed) {
        if (!removed) {
            refused(removed.error());
            return;
        }
        task->keychain->read(task->account.entry, [eraseAll, refused](Core::Result<std::optional<SecretBytes>> left) {
            if (!left) {
                refused(left.error());
            } else if (left->has_value()) {
                refused(keychainNotReady("the entry is still there after it was removed"));
            } else {
                eraseAll();
            }
        });
    });
}

Core::Result<StoreKey> toKey(const SecretBytes &secret)
{
    if (secret.bytes().size() != StoreKey::sizeBytes) {
        return Core::failure(Core::makeError(Core::ErrorCode::DataLoss, Core::ErrorReason::KeyDamaged,
                                             "the keychain's entry for this store is not a key of 32 bytes; it is left as it is",
                                             Core::Retry::AfterChange));
    }
    return StoreKey(secret.bytes().first<StoreKey::sizeBytes>());
}

/// A new key into the keychain, which must give it back before a store is made under it.
void makeEntry(const TaskPtr &task, const Done<Access> &done)
{
    const auto key = std::make_shared<StoreKey>(StoreKey::random());
    task->keychain->write(task->account.entry, SecretBytes(key->bytes()), [task, key, done](Nothing written) {
        if (!written) {
            refuse(task, done, written.error());
            return;
        }
        task->keychain->read(task->account.entry, [task, key, done](Core::Result<std::optional<SecretBytes>> kept) {
            if (!kept) {
                refuse(task, done, kept.error());
            } else if (!kept->has_value() || !std::ranges::equal((*kept)->bytes(), key->bytes())) {
                refuse(task, done, keychainNotReady("it did not keep the new key"));
            } else {
                answer(task, done, std::move(*key));
            }
        });
    });
}

void fromKeychain(const TaskPtr &task, const Done<Access> &done)
{
    task->keychain->read(task->account.entry, [task, done](Core::Result<std::optional<SecretBytes>> found) {
        if (!found) {
            refuse(task, done, found.error());
        } else if (found->has_value()) {
            answer(task, done, toKey(**found));
        } else if (auto hasNone = checkNoStore(task->account.storePath); !hasNone) {
            refuse(task, done, hasNone.error());
        } else {
            makeEntry(task, done);
        }
    });
}

void obtain(const TaskPtr &task, const Done<Access> &done)
{
    if (task->usesKeychain()) {
        fromKeychain(task, done);
        return;
    }
    runOutside<Core::Result<StoreKey>>([task] { return deriveStoreKey(task->account.source, task->account.storePath); },
                                       [task, done](Core::Result<StoreKey> key) { answer(task, done, std::move(key)); });
}

QString nameRevocablelication()
{
    const auto part = [](const QString &text) { return QString::fromLatin1(QUrl::toPercentEncoding(text)); };
    return part(QCoreApplication::organizationName()) + QLatin1Char('/') + part(QCoreApplication::applicationName());
}

}  // namespace

Account accountOf(const ClientOptions &options)
{
    Account account;
    account.source = options.key;
    account.storePath = std::filesystem::path(storePathOf(options).toStdU16String());
    if (const auto *keychain = std::get_if<StoreKeySource::Keychain>(&options.key.source())) {
        account.entry.service = keychain->service.isEmpty() ? nameRevocablelication() : keychain->service;
        // For people to recognise; the part in brackets, the store's own name, tells apart what a keychain that ignores case would not.
        account.entry.name = options.tenant + QLatin1Char('/') + QString::fromLatin1(QUrl::toPercentEncoding(options.user)) +
                             QStringLiteral(" (%1)").arg(QString::fromStdU16String(account.storePath.stem().u16string()));
    }
    return account;
}

void obtainKey(const std::shared_ptr<Keychain> &keychain, Account account, Done<Access> done)
{
    const TaskPtr task = makeTask(keychain, std::move(account));
    runOutside<Nothing>([task] { return takeHold(*task); },
                        [task, done = std::move(done)](Nothing held) {
                            if (!held) {
                                refuse(task, done, held.error());
                                return;
                            }
                            if (!task->isDoomed) {
                                obtain(task, done);
                                return;
                            }
                            task->order = Order::Standing;
                            destroy(task, [task, done](Nothing destroyed) {
                                if (destroyed) {
                                    obtain(task, done);
                                } else {
                                    refuse(task, done, destroyed.error());
                                }
                            });
                        });
}

void destroyAccount(const std::shared_ptr<Keychain> &keychain, Account account, Order order, Done<void> done)
{
    const TaskPtr task = makeTask(keychain, std::move(account));
    task->order = order;
    runOutside<Nothing>([task] { return takeHold(*task).map([task] { markDoomed(task->account.storePath); }); },
                        [task, done = std::move(done)](Nothing held) {
                            if (!held) {
                                refuse(task, done, held.error());
                                return;
                            }
                            destroy(task, [task, done](Nothing destroyed) {
                                task->lock = {};
                                done(std::move(destroyed));
                            });
                        });
}

}  // namespace Satchel::Vault
