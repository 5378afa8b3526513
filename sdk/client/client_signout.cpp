// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "client_p.h"

#include "collection_p.h"
#include "error_p.h"
#include "logging.h"
#include "vault/erasure.h"

#include "cipherdb/lockfile.h"

#include <algorithm>

namespace Satchel {

namespace {

Core::Error refused(Core::ErrorReason reason, std::string detail)
{
    return Core::makeError(Core::ErrorCode::FailedPrecondition, reason, std::move(detail), Core::Retry::AfterChange);
}

}  // namespace

QFuture<Result<void>> ClientPrivate::signOut(Client::SignOut how, std::chrono::milliseconds sendTimeout)
{
    if (optionsError) {
        return failedFuture(*optionsError);
    }
    if (m_sending || phase == Phase::Opening || phase == Phase::Destroying || phase == Phase::Rekeying) {
        return failedFuture(refused(Core::ErrorReason::None, "the client is opening, or signing out already"));
    }
    FutureDone made = makeFutureDone();
    if (how == Client::SignOut::KeepSealed) {
        close();
        made.done({});
    } else if (how == Client::SignOut::Destroy) {
        destroy(Vault::Order::Revocable, std::move(made.done));
    } else if (phase != Phase::Open) {
        made.done(Core::failure(refused(Core::ErrorReason::ClosedStore, "only an open client can send what is pending")));
    } else if (live.pendingCount() != 0 && options.serverUrl.isEmpty()) {
        made.done(Core::failure(refused(Core::ErrorReason::None, "there are pending writes, and no server to send them to")));
    } else {
        sendAll(sendTimeout, std::move(made.done));
    }
    return made.future;
}

void ClientPrivate::sendAll(std::chrono::milliseconds timeout, Live::Done done)
{
    m_sending = std::make_unique<Sending>();
    m_sending->done = std::move(done);
    m_sending->deadline.setSingleShot(true);
    connect(&m_sending->deadline, &QTimer::timeout, this, [this] {
        endSending(Core::failure(Core::makeError(
            Core::ErrorCode::DeadlineExceeded, Core::ErrorReason::None,
            std::to_string(live.pendingCount()) + " writes were not sent in time; nothing was destroyed", Core::Retry::Later)));
    });
    m_sending->deadline.start(std::max(timeout, std::chrono::milliseconds(0)));
    probeSending();
    if (m_sending) {
        engine->probe();
    }
}

void ClientPrivate::probeSending()
{
    if (!m_sending || phase != Phase::Open || live.pendingCount() != 0) {
        return;
    }
    if (!live.quarantine().empty()) {
        endSending(Core::failure(refused(Core::ErrorReason::None, std::to_string(live.quarantine().size()) +
                                                                      " refused writes are kept; retry or discard them; nothing was "
                                                                      "destroyed")));
        return;
    }
    // Not at once: the store may be telling of a change just now, and others want to hear it.
    QMetaObject::invokeMethod(
        this,
        [this] {
            if (m_sending && phase == Phase::Open && live.pendingCount() == 0 && live.quarantine().empty()) {
                Live::Done done = std::exchange(m_sending, nullptr)->done;
                destroy(Vault::Order::Revocable, std::move(done));
            }
        },
        Qt::QueuedConnection);
}

void ClientPrivate::endSending(Core::Result<void> outcome)
{
    if (const auto sending = std::exchange(m_sending, nullptr)) {
        // Its timer may be what calls.
        sending->deadline.disconnect();
        sending->deadline.stop();
        sending->done(std::move(outcome));
    }
}

void ClientPrivate::destroy(Vault::Order order, Live::Done done)
{
    close();
    // The lock is taken in it, even where nothing was ever kept.
    if (auto made = makeFolder(); !made) {
        done(std::move(made));
        return;
    }
    phase = Phase::Destroying;
    qCInfo(cryptoLog, "the account's key and store are destroyed, by %s",
           order == Vault::Order::Standing ? "the server's order" : "the app");
    Vault::destroyAccount(keychain, Vault::accountOf(options), order,
                          [self = QPointer(this), order, done = std::move(done)](Core::Result<void> destroyed) {
                              if (self) {
                                  self->phase = Phase::Closed;
                                  if (destroyed || order == Vault::Order::Standing) {
                                      self->forget();
                                  }
                              }
                              done(std::move(destroyed));
                          });
}

QFuture<Result<QString>> ClientPrivate::moveStoreAside()
{
    if (optionsError) {
        return readyResult<QString>(failure(fromCore(*optionsError)));
    }
    if (phase != Phase::Closed) {
        return readyResult<QString>(failure(fromCore(refused(Core::ErrorReason::None, "a store that is open is not moved aside"))));
    }
    const std::filesystem::path path = Vault::accountOf(options).storePath;
    auto moved = CipherDb::LockFile::acquire(path.string() + ".lock", CipherDb::LockMode::Exclusive)
                     .and_then([&path](const CipherDb::LockFile & /*held*/) { return Vault::moveAside(path); });
    if (!moved) {
        return readyResult<QString>(failure(fromCore(moved.error())));
    }
    return readyResult<QString>(QString::fromStdString(moved->string()));
}

QList<QuarantinedWrite> ClientPrivate::unsentWrites(const Core::Error &reason) const
{
    QList<QuarantinedWrite> writes;
    const std::chrono::milliseconds now = live.wallNow();
    for (const Core::MutationPtr &mutation : live.pendingWrites()) {
        writes.append(fromCore(Sync::Quarantined{*mutation, reason, now}));
    }
    for (const Sync::Quarantined &item : live.quarantine()) {
        writes.append(fromCore(item));
    }
    return writes;
}

void ClientPrivate::obeyWipe(const Core::Error &reason)
{
    if (phase != Phase::Open) {
        return;
    }
    destroy(Vault::Order::Standing, [self = QPointer(this), lost = unsentWrites(reason)](const Core::Result<void> &destroyed) {
        if (self && destroyed) {
            Q_EMIT self->q->wiped(lost);
        } else if (self) {
            Q_EMIT self->q->wipeFailed(fromCore(destroyed.error()));
        }
    });
}

void ClientPrivate::forget()
{
    resolving.forget();
    live.load({}, this);
    live.detach();
    updateCounts();
    CipherDb::wipeStack();
}

}  // namespace Satchel
