// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "systemkeychain.h"

#include "client/vault/keychainerrors.h"
#include "client/vault/outside.h"
#include "client/vault/secretservice.h"

#include <qt6keychain/keychain.h>

#include <QByteArray>
#include <QCoreApplication>

namespace Satchel::Vault {

namespace {

using ReadResult = Core::Result<std::optional<SecretBytes>>;
using VoidResult = Core::Result<void>;

Core::Error errorOf(const QKeychain::Job &job)
{
    switch (job.error()) {
    case QKeychain::AccessDeniedByUser:
    case QKeychain::AccessDenied:
        return keychainLocked();
    case QKeychain::NoBackendAvailable:
    case QKeychain::NotImplemented:
        return keychainUnavailable();
    default:
        // What the service says goes with it: it names no secret, and is all that tells one cause from another.
        return keychainNotReady(job.errorString().toStdString());
    }
}

/// On the application's thread, once the service is there and the entry, if there is one, unlocked.
template <typename T, typename Start>
void whenReady(const KeychainEntry &entry, std::function<void(Core::Result<T>)> answer, Start start)
{
    QCoreApplication *application = QCoreApplication::instance();
    if (application == nullptr) {
        answer(Core::failure(keychainNotReady("there is no QCoreApplication")));
        return;
    }
    QMetaObject::invokeMethod(
        application,
        [entry, answer = std::move(answer), start = std::move(start)] {
            SecretService::prepare(entry, [entry, answer, start](Core::Result<SecretService::Standing> standing) {
                if (!standing) {
                    answer(Core::failure(standing.error()));
                } else {
                    start(entry, *standing, answer);
                }
            });
        },
        Qt::QueuedConnection);
}

template <typename Finished>
void run(QKeychain::Job *job, const KeychainEntry &entry, Finished finished)
{
    job->setKey(entry.name);
    QObject::connect(job, &QKeychain::Job::finished, job, [finished = std::move(finished)](QKeychain::Job *done) { finished(*done); });
    job->start();
}

}  // namespace

void SystemKeychain::read(const KeychainEntry &entry, Found found)
{
    using Answer = std::function<void(ReadResult)>;
    whenReady<std::optional<SecretBytes>>(entry, answerHere<ReadResult>(std::move(found)),
                                          [](const KeychainEntry &wanted, SecretService::Standing standing, const Answer &answer) {
                                              auto *job = new QKeychain::ReadPasswordJob(wanted.service);
                                              run(job, wanted, [job, standing, answer](const QKeychain::Job &done) {
                                                  if (done.error() == QKeychain::NoError) {
                                                      const QByteArray bytes = job->binaryData();
                                                      answer(std::optional(SecretBytes::takenFrom(bytes)));
                                                  } else if (done.error() != QKeychain::EntryNotFound) {
                                                      answer(Core::failure(errorOf(done)));
                                                  } else if (standing == SecretService::Standing::HasEntry) {
                                                      // An unlock that was refused is told as "not found".
                                                      answer(Core::failure(keychainLocked()));
                                                  } else {
                                                      answer(std::optional<SecretBytes>());
                                                  }
                                              });
                                          });
}

void SystemKeychain::write(const KeychainEntry &entry, SecretBytes secret, Done done)
{
    using Answer = std::function<void(VoidResult)>;
    const auto shared = std::make_shared<SecretBytes>(std::move(secret));
    whenReady<void>(entry, answerHere<VoidResult>(std::move(done)),
                    [shared](const KeychainEntry &wanted, SecretService::Standing /*standing*/, const Answer &answer) {
                        auto *job = new QKeychain::WritePasswordJob(wanted.service);
                        const QByteArray bytes(reinterpret_cast<const char *>(shared->bytes().data()), qsizetype(shared->bytes().size()));
                        job->setBinaryData(bytes);
                        run(job, wanted, [bytes, answer](const QKeychain::Job &finished) {
                            wipeShared(bytes);
                            answer(finished.error() == QKeychain::NoError ? VoidResult() : Core::failure(errorOf(finished)));
                        });
                    });
}

void SystemKeychain::remove(const KeychainEntry &entry, Done done)
{
    using Answer = std::function<void(VoidResult)>;
    whenReady<void>(entry, answerHere<VoidResult>(std::move(done)),
                    [](const KeychainEntry &wanted, SecretService::Standing /*standing*/, const Answer &answer) {
                        run(new QKeychain::DeletePasswordJob(wanted.service), wanted, [answer](const QKeychain::Job &finished) {
                            const bool isGone = finished.error() == QKeychain::NoError || finished.error() == QKeychain::EntryNotFound;
                            answer(isGone ? VoidResult() : Core::failure(errorOf(finished)));
                        });
                    });
}

}  // namespace Satchel::Vault
