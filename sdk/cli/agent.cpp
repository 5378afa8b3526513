// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "agent.h"

#include "importer.h"

#include <Satchel/json.h>

#include <QtCore/QFutureWatcher>
#include <QtCore/QHash>
#include <QtCore/QMetaEnum>
#include <QtCore/QPointer>
#include <QtCore/QSet>
#include <QtCore/QThread>
#include <QtCore/QTimer>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <functional>
#include <vector>

#include <unistd.h>

namespace Satchel::Cli {

namespace {

QString text(const QVariantMap &map, const char *name)
{
    return map.value(QLatin1StringView(name)).toString();
}

template <typename Enum>
QString enumName(Enum value)
{
    return QLatin1StringView(QMetaEnum::fromType<Enum>().valueToKey(static_cast<int>(value)));
}

Error badRequest(const QString &message)
{
    return {Error::Code::InvalidArgument, Error::Reason::MalformedInput, message};
}

QVariantMap errorMembers(const Error &error)
{
    return {{QStringLiteral("code"), error.codeName()},
            {QStringLiteral("reason"), error.reasonName()},
            {QStringLiteral("message"), error.message()}};
}

/// Blocks until the end of standard input. Not by the C or C++ library's streams: they hold their lock while they wait for a line, and the
/// exit of the process waits for that lock.
void forEachInputLine(const std::function<void(const QByteArray &line)> &take)
{
    constexpr std::size_t chunkBytes = 64 * 1024;
    std::vector<char> chunk(chunkBytes);
    QByteArray pending;
    for (ssize_t count = 1; count > 0;) {
        count = ::read(STDIN_FILENO, chunk.data(), chunk.size());
        if (count < 0 && errno == EINTR) {
            count = 1;
            continue;
        }
        pending.append(chunk.data(), std::max<ssize_t>(count, 0));
        qsizetype from = 0;
        for (qsizetype end = pending.indexOf('\n'); end >= 0; end = pending.indexOf('\n', from)) {
            take(pending.sliced(from, end - from));
            from = end + 1;
        }
        pending.remove(0, from);
    }
    if (!pending.isEmpty()) {
        take(pending);
    }
}

}  // namespace

Agent::Agent(Client *client, QObject *parent)
    : QObject(parent)
    , m_client(client)
{
}

void Agent::start()
{
    for (const QString &name : m_client->collectionNames()) {
        watch(m_client->collection(name));
    }
    print({{QStringLiteral("event"), QStringLiteral("ready")}, {QStringLiteral("device"), m_client->deviceId()}});
    // Standard input has no portable asynchronous form; the thread ends with the process, or at the end of input.
    // A line may still come while the agent is being destroyed, so the thread talks to an object that never is.
    static QObject *const relay = new QObject;
    QThread *reader = QThread::create([guard = QPointer<Agent>(this)] {
        const auto tell = [&guard](auto what) {
            QMetaObject::invokeMethod(
                relay,
                [guard, what] {
                    if (guard) {
                        what(guard.data());
                    }
                },
                Qt::QueuedConnection);
        };
        forEachInputLine([&tell](const QByteArray &line) { tell([line](Agent *agent) { agent->handleLine(line); }); });
        tell([](Agent *agent) { Q_EMIT agent->finished(); });
    });
    reader->start();
}

void Agent::handleLine(const QByteArray &line)
{
    static const QHash<QString, Handler> handlers{
        {QStringLiteral("set"), &Agent::write},       {QStringLiteral("update"), &Agent::write},
        {QStringLiteral("remove"), &Agent::write},    {QStringLiteral("removeField"), &Agent::write},
        {QStringLiteral("increment"), &Agent::write}, {QStringLiteral("add"), &Agent::write},
        {QStringLiteral("discard"), &Agent::write},   {QStringLiteral("importFile"), &Agent::importFile},
        {QStringLiteral("get"), &Agent::get},         {QStringLiteral("export"), &Agent::exportDocuments},
        {QStringLiteral("status"), &Agent::status},   {QStringLiteral("pause"), &Agent::control},
        {QStringLiteral("resume"), &Agent::control},  {QStringLiteral("probe"), &Agent::control},
        {QStringLiteral("sync"), &Agent::sync},       {QStringLiteral("conflicts"), &Agent::conflicts},
        {QStringLiteral("resolve"), &Agent::write},   {QStringLiteral("quarantine"), &Agent::quarantine},
        {QStringLiteral("quit"), &Agent::quit},
    };
    if (line.trimmed().isEmpty()) {
        return;
    }
    const auto request = fromJson(line);
    if (!request) {
        refuse({}, request.error());
        return;
    }
    const Handler handler = handlers.value(text(*request, "do"));
    if (handler == nullptr) {
        refuse(*request, badRequest(QStringLiteral("\"do\" is missing or not one of the agent's verbs")));
        return;
    }
    (this->*handler)(*request);
}

void Agent::write(const QVariantMap &request)
{
    const QString verb = text(request, "do");
    const QString key = text(request, "key");
    const QString field = text(request, "field");
    const QVariant value = request.value(QStringLiteral("value"));
    const QVariant element = request.value(QStringLiteral("element"));
    Collection *collection = m_client->collection(text(request, "collection"));
    watch(collection);
    if ((verb == u"set" || verb == u"update") && value.typeId() != QMetaType::QVariantMap) {
        refuse(request, badRequest(QStringLiteral("\"value\" must be an object")));
    } else if (verb == u"set") {
        answerWhen(request, collection->set(key, value.toMap()));
    } else if (verb == u"update") {
        answerWhen(request, collection->update(key, value.toMap()));
    } else if (verb == u"remove") {
        answerWhen(request, collection->remove(key));
    } else if (verb == u"removeField") {
        answerWhen(request, collection->removeField(key, field));
    } else if (verb == u"increment") {
        answerWhen(request, collection->increment(key, field, request.value(QStringLiteral("delta"), 1).toLongLong()));
    } else if (verb == u"add") {
        answerWhen(request, collection->addToSet(key, field, element));
    } else if (verb == u"discard") {
        answerWhen(request, collection->discardFromSet(key, field, element));
    } else {
        const bool isRemoval = !request.contains(QStringLiteral("value"));
        answerWhen(request, m_client->resolve(text(request, "collection"), key, field, isRemoval ? std::nullopt : std::optional(value)));
    }
}

void Agent::importFile(const QVariantMap &request)
{
    const auto imported = importDocuments(*m_client, text(request, "path"), text(request, "keyField"), text(request, "collection"));
    if (!imported) {
        refuse(request, imported.error());
        return;
    }
    if (!imported->refused.isEmpty()) {
        refuse(request, imported->refused.first());
        return;
    }
    answerWhen(request, imported->written, {{QStringLiteral("count"), static_cast<qlonglong>(imported->count)}});
}

void Agent::get(const QVariantMap &request)
{
    const auto found = m_client->collection(text(request, "collection"))->get(text(request, "key"));
    answer(request, found ? QVariantMap{{QStringLiteral("value"), *found}} : QVariantMap{});
}

void Agent::exportDocuments(const QVariantMap &request)
{
    const QString only = text(request, "collection");
    QVariantList documents;
    for (const QString &name : only.isEmpty() ? m_client->collectionNames() : QStringList{only}) {
        const auto list = m_client->collection(name)->list();
        for (auto it = list.cbegin(); it != list.cend(); ++it) {
            documents.append(QVariantMap{
                {QStringLiteral("collection"), name}, {QStringLiteral("key"), it.key()}, {QStringLiteral("value"), it.value()}});
        }
    }
    answer(request, {{QStringLiteral("documents"), documents}});
}

void Agent::status(const QVariantMap &request)
{
    const SyncStatus *status = m_client->syncStatus();
    QVariantMap members{{QStringLiteral("state"), enumName(status->state())},
                        {QStringLiteral("carrier"), enumName(status->carrier())},
                        {QStringLiteral("pending"), status->pendingCount()},
                        {QStringLiteral("quarantined"), status->quarantineCount()},
                        {QStringLiteral("device"), m_client->deviceId()}};
    if (const auto blocked = status->blockedReason()) {
        members.insert(QStringLiteral("blocked"), errorMembers(*blocked));
    }
    answer(request, members);
}

void Agent::control(const QVariantMap &request)
{
    const QString verb = text(request, "do");
    if (verb == u"pause") {
        m_client->pause();
    } else if (verb == u"resume") {
        m_client->resume();
    } else {
        m_client->probe();
    }
    answer(request);
}

void Agent::sync(const QVariantMap &request)
{
    auto *watcher = new QFutureWatcher<Result<void>>(this);
    auto *timer = new QTimer(watcher);
    timer->setSingleShot(true);
    connect(timer, &QTimer::timeout, watcher, [this, request, watcher] {
        watcher->disconnect(this);
        watcher->deleteLater();
        refuse(request, {Error::Code::DeadlineExceeded, Error::Reason::NetworkTimeout,
                         QStringLiteral("not everything was exchanged in time"), Error::Retry::Later});
    });
    connect(watcher, &QFutureWatcherBase::finished, this, [this, request, watcher] {
        watcher->deleteLater();
        const Result<void> result = watcher->result();
        if (result) {
            answer(request);
        } else {
            refuse(request, result.error());
        }
    });
    timer->start(request.value(QStringLiteral("timeoutMs"), 30000).toInt());
    watcher->setFuture(m_client->whenSynced());
}

void Agent::conflicts(const QVariantMap &request)
{
    QVariantList list;
    for (const Conflict &conflict : m_client->conflicts()) {
        QVariantList candidates;
        for (const ConflictCandidate &candidate : conflict.candidates) {
            QVariantMap members{{QStringLiteral("device"), candidate.deviceId},
                                {QStringLiteral("mine"), candidate.isThisDevice},
                                {QStringLiteral("shown"), candidate.isProvisional},
                                {QStringLiteral("written"), candidate.writtenAt.toString(Qt::ISODateWithMs)}};
            if (!candidate.isRemoval) {
                members.insert(QStringLiteral("value"), candidate.value);
            }
            candidates.append(members);
        }
        list.append(QVariantMap{{QStringLiteral("collection"), conflict.collection},
                                {QStringLiteral("key"), conflict.key},
                                {QStringLiteral("field"), conflict.field},
                                {QStringLiteral("candidates"), candidates}});
    }
    answer(request, {{QStringLiteral("conflicts"), list}});
}

void Agent::quarantine(const QVariantMap &request)
{
    QVariantList list;
    for (const QuarantinedWrite &write : m_client->quarantined()) {
        list.append(QVariantMap{{QStringLiteral("id"), write.id},
                                {QStringLiteral("collection"), write.collection},
                                {QStringLiteral("key"), write.key},
                                {QStringLiteral("error"), errorMembers(write.error)}});
    }
    answer(request, {{QStringLiteral("writes"), list}});
}

void Agent::quit(const QVariantMap &request)
{
    answer(request);
    Q_EMIT finished();
}

void Agent::watch(Collection *collection)
{
    if (m_watched.contains(collection->name())) {
        return;
    }
    m_watched.insert(collection->name());
    connect(collection, &Collection::changed, this, [this, name = collection->name()](const QStringList &keys) {
        print({{QStringLiteral("event"), QStringLiteral("changed")},
               {QStringLiteral("collection"), name},
               {QStringLiteral("keys"), QVariant(keys)}});
    });
}

void Agent::answer(const QVariantMap &request, QVariantMap members)
{
    members.insert(QStringLiteral("id"), request.value(QStringLiteral("id")));
    members.insert(QStringLiteral("ok"), true);
    print(members);
}

void Agent::refuse(const QVariantMap &request, const Error &error)
{
    print({{QStringLiteral("id"), request.value(QStringLiteral("id"))},
           {QStringLiteral("ok"), false},
           {QStringLiteral("error"), errorMembers(error)}});
}

void Agent::answerWhen(const QVariantMap &request, QFuture<Result<void>> future, const QVariantMap &members)
{
    future.then(this, [this, request, members](const Result<void> &result) {
        if (result) {
            answer(request, members);
        } else {
            refuse(request, result.error());
        }
    });
}

void Agent::print(const QVariantMap &line)
{
    const auto json = toJson(line);
    const QByteArray bytes = (json ? *json : QByteArrayLiteral("{\"ok\":false}")) + '\n';
    std::fwrite(bytes.constData(), 1, static_cast<std::size_t>(bytes.size()), stdout);
    std::fflush(stdout);
}

}  // namespace Satchel::Cli
