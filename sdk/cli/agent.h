// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/client.h>

#include <QtCore/QObject>
#include <QtCore/QSet>
#include <QtCore/QVariantMap>

namespace Satchel::Cli {

/// `satchel agent`: a device that runs until told to quit, driven by one JSON object a line on standard input and answering the same way
/// on standard output. For scripts, demos and tests that need a device in a process of its own.
///
/// A request is {"id": any, "do": verb, ...}; its answer {"id": same, "ok": true, ...} or {"id": same, "ok": false, "error": {"code",
/// "reason", "message"}}. Answers to writes come when the write is durable; answers may overtake each other. Verbs:
///   set, update {collection, key, value} | remove {collection, key} | removeField {collection, key, field}
///   increment {collection, key, field, delta} | add, discard {collection, key, field, element}
///   importFile {collection, path, keyField?} -> count   get {collection, key} -> value (absent: no document)
///   export {collection?} -> documents: [{collection, key, value}]
///   status | pause | resume | probe | sync {timeoutMs} (until everything is exchanged) | conflicts -> conflicts | resolve {collection,
///   key, field, value} quarantine -> writes | quit
/// Lines that begin with {"event": ...} are not answers: "ready" once the store is open (with device), "changed" {collection, keys}.
class Agent : public QObject {
    Q_OBJECT
public:
    explicit Agent(Client *client, QObject *parent = nullptr);

    /// Begins reading standard input; end of input is a quit.
    void start();

Q_SIGNALS:
    void finished();

private:
    using Handler = void (Agent::*)(const QVariantMap &request);

    void handleLine(const QByteArray &line);
    void write(const QVariantMap &request);
    void importFile(const QVariantMap &request);
    void get(const QVariantMap &request);
    void exportDocuments(const QVariantMap &request);
    void status(const QVariantMap &request);
    void control(const QVariantMap &request);
    void sync(const QVariantMap &request);
    void conflicts(const QVariantMap &request);
    void quarantine(const QVariantMap &request);
    void quit(const QVariantMap &request);

    void watch(Collection *collection);
    void answer(const QVariantMap &request, QVariantMap members = {});
    void refuse(const QVariantMap &request, const Error &error);
    void answerWhen(const QVariantMap &request, QFuture<Result<void>> future, const QVariantMap &members = {});
    void print(const QVariantMap &line);

    Client *m_client;
    QSet<QString> m_watched;
};

}  // namespace Satchel::Cli
