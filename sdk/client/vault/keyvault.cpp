// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "keyvault_p.h"

#include "cipherdb/rekey.h"
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

namespace {

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
                    auto removed = CipherDb::shredFile(nextKeyFile(file->path)).and_then([file] {
                        return CipherDb::shredFile(std::filesystem::path(file->path.toStdU16String()));
                    });
                    if (!removed) {
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
    const auto removeEntry = [task, eraseAll, refused] {
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
    };
    // A change of keys that was cut short may have left another.
    task->keychain->remove(nextOf(task->account.entry), [removeEntry, refused](Nothing removed) {
        if (removed) {
            removeEntry();
        } else {
            refused(removed.error());
        }
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

/// A new key into the keychain.
void makeEntry(const TaskPtr &task, const Done<StoreKey> &done)
{
    const auto key = std::make_shared<StoreKey>(StoreKey::random());
    keepKey(task, task->account.entry, key,
            [key, done](Nothing kept) { done(kept ? Core::Result<StoreKey>(std::move(*key)) : Core::failure(kept.error())); });
}

/// The entry's key does not open the store: the one that it was being changed to may.
void tryNext(const TaskPtr &task, const std::shared_ptr<StoreKey> &key, const Done<StoreKey> &done)
{
    readKey(task, nextOf(task->account.entry), [task, key, done](Core::Result<std::optional<StoreKey>> found) {
        if (!found || !found->has_value()) {
            // Opening the store will say what is wrong.
            done(std::move(*key));
            return;
        }
        const auto next = std::make_shared<StoreKey>(std::move(**found));
        runOutside<Core::Result<bool>>([task, next] { return CipherDb::keyOpensStore(task->account.storePath, *next); },
                                       [task, key, next, done](Core::Result<bool> opens) {
                                           if (!opens.value_or(false)) {
                                               done(std::move(*key));
                                               return;
                                           }
                                           keepKey(task, task->account.entry, next, [task, next, done](Nothing kept) {
                                               if (!kept) {
                                                   done(std::move(*next));
                                                   return;
                                               }
                                               task->keychain->remove(nextOf(task->account.entry),
                                                                      [next, done](const Nothing &) { done(std::move(*next)); });
                                           });
                                       });
    });
}

void fromKeychain(const TaskPtr &task, const Done<StoreKey> &done)
{
    readKey(task, task->account.entry, [task, done](Core::Result<std::optional<StoreKey>> found) {
        if (!found) {
            done(Core::failure(found.error()));
        } else if (found->has_value()) {
            const auto key = std::make_shared<StoreKey>(std::move(**found));
            runOutside<Core::Result<bool>>([task, key] { return CipherDb::keyOpensStore(task->account.storePath, *key); },
                                           [task, key, done](Core::Result<bool> opens) {
                                               if (opens.value_or(true)) {
                                                   done(std::move(*key));
                                               } else {
                                                   tryNext(task, key, done);
                                               }
                                           });
        } else if (auto hasNone = checkNoStore(task->account.storePath); !hasNone) {
            done(Core::failure(hasNone.error()));
        } else {
            makeEntry(task, done);
        }
    });
}

QString nameOfApplication()
{
    const auto part = [](const QString &text) { return QString::fromLatin1(QUrl::toPercentEncoding(text)); };
    return part(QCoreApplication::organizationName()) + QLatin1Char('/') + part(QCoreApplication::applicationName());
}

}  // namespace

KeychainEntry nextOf(KeychainEntry entry)
{
    entry.name += QStringLiteral(" next");
    return entry;
}

void readKey(const TaskPtr &task, const KeychainEntry &entry, const Done<std::optional<StoreKey>> &done)
{
    task->keychain->read(entry, [done](Core::Result<std::optional<SecretBytes>> found) {
        if (!found) {
            done(Core::failure(found.error()));
        } else if (!found->has_value()) {
            done(std::optional<StoreKey>());
        } else {
            done(toKey(**found).map([](StoreKey &&key) { return std::optional(std::move(key)); }));
        }
    });
}

void keepKey(const TaskPtr &task, const KeychainEntry &entry, const std::shared_ptr<StoreKey> &key, const Done<void> &done)
{
    task->keychain->write(entry, SecretBytes(key->bytes()), [task, entry, key, done](Nothing written) {
        if (!written) {
            done(Core::failure(written.error()));
            return;
        }
        task->keychain->read(entry, [key, done](Core::Result<std::optional<SecretBytes>> kept) {
            if (!kept) {
                done(Core::failure(kept.error()));
            } else if (!kept->has_value() || !std::ranges::equal((*kept)->bytes(), key->bytes())) {
                done(Core::failure(keychainNotReady("it did not keep the new key")));
            } else {
                done({});
            }
        });
    });
}

void obtain(const TaskPtr &task, const Done<StoreKey> &done)
{
    if (task->usesKeychain()) {
        fromKeychain(task, done);
        return;
    }
    runOutside<Core::Result<StoreKey>>([task] { return deriveStoreKey(task->account.source, task->account.storePath); }, done);
}

Account accountOf(const ClientOptions &options)
{
    Account account;
    account.source = options.key;
    account.storePath = std::filesystem::path(storePathOf(options).toStdU16String());
    if (const auto *keychain = std::get_if<StoreKeySource::Keychain>(&options.key.source())) {
        account.entry.service = keychain->service.isEmpty() ? nameOfApplication() : keychain->service;
        // For people to recognise; the part in brackets, the store's own name, tells apart what a keychain that ignores case would not.
        account.entry.name = options.tenant + QLatin1Char('/') + QString::fromLatin1(QUrl::toPercentEncoding(options.user)) +
                             QStringLiteral(" (%1)").arg(QString::fromStdU16String(account.storePath.stem().u16string()));
    }
    return account;
}

void obtainKey(const std::shared_ptr<Keychain> &keychain, Account account, Done<Access> caller)
{
    const TaskPtr task = makeTask(keychain, std::move(account));
    // The lock goes along with the key; with an error it is let go before the caller is told, who may try again at once.
    const Done<StoreKey> done = [task, caller = std::move(caller)](Core::Result<StoreKey> key) {
        CipherDb::LockFile lock = std::exchange(task->lock, {});
        if (key) {
            caller(Access{std::move(*key), std::make_shared<CipherDb::LockFile>(std::move(lock))});
            return;
        }
        lock = {};
        caller(Core::failure(std::move(key.error())));
    };
    runOutside<Nothing>([task] { return takeHold(*task); },
                        [task, done](Nothing held) {
                            if (!held) {
                                done(Core::failure(held.error()));
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
                                    done(Core::failure(destroyed.error()));
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
                                done(Core::failure(held.error()));
                                return;
                            }
                            destroy(task, [task, done](Nothing destroyed) {
                                task->lock = {};
                                done(std::move(destroyed));
                            });
                        });
}

}  // namespace Satchel::Vault
