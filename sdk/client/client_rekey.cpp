// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "client_p.h"

#include "collection_p.h"
#include "error_p.h"

#include <QFutureWatcher>
#include <QPointer>

namespace Satchel {

QFuture<Result<void>> ClientPrivate::changeKey(const StoreKeySource &newKey)
{
    if (optionsError) {
        return failedFuture(*optionsError);
    }
    if (m_sending || (phase != Phase::Open && phase != Phase::Closed)) {
        return failedFuture(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::None,
                                            "the client is opening, signing out, or changing its key already", Core::Retry::Later));
    }
    const bool wasOpen = phase == Phase::Open;
    close();
    phase = Phase::Rekeying;
    ClientOptions next = options;
    next.key = newKey;
    FutureDone made = makeFutureDone();
    Vault::changeKey(keychain, Vault::accountOf(options), Vault::accountOf(next),
                     [self = QPointer(this), newKey, wasOpen, done = std::move(made.done)](Core::Result<void> changed) {
                         if (self && changed) {
                             self->options.key = newKey;
                         }
                         if (!self || self->phase != Phase::Rekeying) {
                             done(std::move(changed));
                             return;
                         }
                         self->phase = Phase::Closed;
                         if (wasOpen) {
                             self->reopen(std::move(changed), done);
                         } else {
                             done(std::move(changed));
                         }
                     });
    return made.future;
}

void ClientPrivate::reopen(Core::Result<void> changed, Live::Done done)
{
    auto *watcher = new QFutureWatcher<Result<void>>(this);
    connect(watcher, &QFutureWatcherBase::finished, this, [watcher, changed = std::move(changed), done = std::move(done)] {
        watcher->deleteLater();
        const Result<void> opened = watcher->result();
        done(changed && !opened ? Core::Result<void>(Core::failure(toCore(opened.error()))) : changed);
    });
    watcher->setFuture(open());
}

}  // namespace Satchel
