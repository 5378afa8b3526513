// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "keyvault_p.h"

#include "cipherdb/rekey.h"
#include "cipherdb/storefiles.h"
#include "client/storekeysource.h"
#include "client/vault/outside.h"

#include <utility>

namespace Satchel::Vault {

namespace {

/// A change under way: the old account's task, and where the new key goes.
struct Change {
    TaskPtr task;
    Account next;
    bool isRotation = false;  ///< the new key takes the old one's place
    std::shared_ptr<StoreKey> oldKey;
    std::shared_ptr<StoreKey> newKey;
    Done<void> done;
};
using ChangePtr = std::shared_ptr<Change>;

const StoreKeySource::KeyFile *keyFileOf(const Account &account)
{
    return std::get_if<StoreKeySource::KeyFile>(&account.source.source());
}

bool isKeychain(const Account &account)
{
    return std::holds_alternative<StoreKeySource::Keychain>(account.source.source());
}

bool isPassphrase(const Account &account)
{
    return std::holds_alternative<QString>(account.source.source());
}

bool isSamePlace(const Account &a, const Account &b)
{
    const auto *fileA = keyFileOf(a);
    const auto *fileB = keyFileOf(b);
    return (isKeychain(a) && isKeychain(b) && a.entry == b.entry) || (fileA && fileB && fileA->path == fileB->path);
}

void finish(const ChangePtr &change, Nothing outcome)
{
    // Before the caller is told, who is going to open the store.
    change->task->lock = {};
    change->done(std::move(outcome));
}

/// Nothing opens with the old key any more, so that what fails here is no failure: the next opening looks in both places.
void tidyUp(const ChangePtr &change)
{
    const Account &old = change->task->account;
    if (isKeychain(old) && change->isRotation) {
        keepKey(change->task, old.entry, change->newKey, [change](const Nothing &kept) {
            if (!kept) {
                finish(change, {});
                return;
            }
            change->task->keychain->remove(nextOf(change->task->account.entry), [change](const Nothing &) { finish(change, {}); });
        });
        return;
    }
    if (isKeychain(old)) {
        change->task->keychain->remove(old.entry, [change](const Nothing &) { finish(change, {}); });
        return;
    }
    runOutside<Nothing>(
        [change]() -> Nothing {
            const Account &account = change->task->account;
            if (const auto *file = keyFileOf(account)) {
                const std::filesystem::path path(file->path.toStdU16String());
                return change->isRotation ? CipherDb::renameFile(nextKeyFile(file->path), path) : CipherDb::shredFile(path);
            }
            if (isPassphrase(account) && !isPassphrase(change->next)) {
                return CipherDb::shredFile(account.storePath.string() + ".kdf");
            }
            return {};
        },
        [change](const Nothing &) { finish(change, {}); });
}

void swapKeys(const ChangePtr &change)
{
    runOutside<Nothing>(
        [change] {
            const std::shared_ptr<void> lock(change->task, &change->task->lock);
            return CipherDb::rekey(change->task->account.storePath, *change->oldKey, *change->newKey, nullptr, lock);
        },
        [change](Nothing changed) {
            if (changed) {
                tidyUp(change);
            } else {
                finish(change, std::move(changed));
            }
        });
}

/// The new key is durable where it belongs before the store is put under it.
void prepareKey(const ChangePtr &change)
{
    if (!isKeychain(change->next)) {
        StoreKeySource source = change->next.source;
        if (const auto *file = keyFileOf(change->next); file && change->isRotation) {
            source = StoreKeySource::keyFile(QString::fromStdU16String(nextKeyFile(file->path).u16string()));
        }
        runOutside<Core::Result<StoreKey>>([change, source] { return prepareStoreKey(source, change->task->account.storePath); },
                                           [change](Core::Result<StoreKey> key) {
                                               if (!key) {
                                                   finish(change, Core::failure(key.error()));
                                                   return;
                                               }
                                               change->newKey = std::make_shared<StoreKey>(std::move(*key));
                                               swapKeys(change);
                                           });
        return;
    }
    const KeychainEntry entry = change->isRotation ? nextOf(change->next.entry) : change->next.entry;
    readKey(change->task, entry, [change, entry](Core::Result<std::optional<StoreKey>> found) {
        if (!found) {
            finish(change, Core::failure(found.error()));
            return;
        }
        // One that is there is from a change that was cut short.
        if (found->has_value()) {
            change->newKey = std::make_shared<StoreKey>(std::move(**found));
            swapKeys(change);
            return;
        }
        change->newKey = std::make_shared<StoreKey>(StoreKey::random());
        keepKey(change->task, entry, change->newKey, [change](Nothing kept) {
            if (kept) {
                swapKeys(change);
            } else {
                finish(change, std::move(kept));
            }
        });
    });
}

/// With a key that is not the store's nothing must be made for another.
void checkOldKey(const ChangePtr &change)
{
    runOutside<Core::Result<bool>>(
        [change] { return CipherDb::keyOpensStore(change->task->account.storePath, *change->oldKey); },
        [change](Core::Result<bool> opens) {
            if (!opens) {
                finish(change, Core::failure(opens.error()));
            } else if (!*opens) {
                finish(change, Core::failure(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::WrongKey,
                                                             "the present key is not the store's", Core::Retry::AfterChange)));
            } else {
                prepareKey(change);
            }
        });
}

Nothing checkStore(const Task &task)
{
    return CipherDb::fileSize(task.account.storePath).and_then([](const auto &size) -> Nothing {
        if (size.value_or(0) == 0) {
            return Core::failure(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::None,
                                                 "there is no store yet, whose key could be changed", Core::Retry::AfterChange));
        }
        return {};
    });
}

Nothing checkNotDoomed(const Task &task)
{
    if (task.isDoomed) {
        return Core::failure(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::None, "the account is being destroyed",
                                             Core::Retry::AfterChange));
    }
    return {};
}

}  // namespace

void changeKey(const std::shared_ptr<Keychain> &keychain, Account account, Account next, Done<void> done)
{
    auto change = std::make_shared<Change>();
    change->task = makeTask(keychain, std::move(account));
    change->isRotation = isSamePlace(change->task->account, next);
    change->next = std::move(next);
    change->done = std::move(done);
    runOutside<Nothing>(
        [change] {
            return checkStore(*change->task).and_then([&] { return takeHold(*change->task); }).and_then([&] {
                return checkNotDoomed(*change->task);
            });
        },
        [change](Nothing held) {
            if (!held) {
                finish(change, std::move(held));
                return;
            }
            obtain(change->task, [change](Core::Result<StoreKey> key) {
                if (!key) {
                    finish(change, Core::failure(key.error()));
                    return;
                }
                change->oldKey = std::make_shared<StoreKey>(std::move(*key));
                checkOldKey(change);
            });
        });
}

}  // namespace Satchel::Vault
