// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "commands.h"

#include "importer.h"

#include <Satchel/json.h>

#include <QtCore/QFile>
#include <QtCore/QHash>

namespace Satchel::Cli {

ExitCode Commands::run()
{
    static const QHash<QString, Command> writes{
        {QStringLiteral("put"), &Commands::put},           {QStringLiteral("update"), &Commands::put},
        {QStringLiteral("remove"), &Commands::remove},     {QStringLiteral("increment"), &Commands::increment},
        {QStringLiteral("import"), &Commands::importFile},
    };
    static const QHash<QString, Command> reads{
        {QStringLiteral("get"), &Commands::get},          {QStringLiteral("list"), &Commands::list},
        {QStringLiteral("export"), &Commands::exportAll}, {QStringLiteral("status"), &Commands::status},
        {QStringLiteral("pending"), &Commands::pending},  {QStringLiteral("conflicts"), &Commands::conflicts},
        {QStringLiteral("resolve"), &Commands::resolve},  {QStringLiteral("rekey"), &Commands::rekey},
    };
    for (const QuarantinedWrite &write : m_session.client().quarantined()) {
        m_refusedBefore.insert(write.id);
    }
    if (const Command write = writes.value(m_arguments.command)) {
        // A store that has not met the server yet does not know what its fields are; a strong write is compared with what is there.
        m_read = m_session.sync();
        return (this->*write)();
    }
    if (const ExitCode code = catchUp(); code != ExitCode::Ok) {
        return code;
    }
    return (this->*reads.value(m_arguments.command))();
}

ExitCode Commands::fail(const Error &error)
{
    m_output.error(error);
    return exitCodeFor(error);
}

ExitCode Commands::failUsage(const QString &message)
{
    m_output.error({Error::Code::InvalidArgument, Error::Reason::MalformedInput, message + QStringLiteral("; see satchel --help")});
    return ExitCode::Usage;
}

bool Commands::isDecidedByServer()
{
    return m_arguments.command != u"import" && collection()->policy().consistency == Consistency::Strong;
}

WriteOptions Commands::writeOptions() const
{
    return {m_arguments.isQueueing ? WriteOptions::WhenOffline::Queue : WriteOptions::WhenOffline::Refuse};
}

ExitCode Commands::catchUp()
{
    const auto synced = m_session.sync();
    if (synced) {
        return ExitCode::Ok;
    }
    if (m_arguments.wait) {
        return fail(synced.error());
    }
    m_output.message(QStringLiteral("satchel: this may not be the latest: ") + synced.error().message());
    return ExitCode::Ok;
}

ExitCode Commands::finishWrite(const QFuture<Result<void>> &written)
{
    // The decision on a strong write may never come. All that was written is durable when the session has closed.
    if (!isDecidedByServer()) {
        if (const auto durable = Session::await(written); !durable) {
            return fail(durable.error());
        }
    } else if (written.isFinished() && !written.result()) {
        return fail(written.result().error());
    }
    const Result<void> synced = m_read ? m_session.sync() : m_read;
    if (!synced) {
        if (m_arguments.wait) {
            return fail(synced.error());
        }
        m_output.message(QStringLiteral("satchel: kept on this device; not exchanged yet: ") + synced.error().message());
    }
    ExitCode code = ExitCode::Ok;
    for (const QuarantinedWrite &write : m_session.client().quarantined()) {
        if (!m_refusedBefore.contains(write.id)) {
            code = fail({write.error.code(), write.error.reason(),
                         QStringLiteral("the server refused a write to %1/%2: %3").arg(write.collection, write.key, write.error.message()),
                         write.error.retry()});
        }
    }
    return code;
}

ExitCode Commands::put()
{
    QByteArray text = operand(2).toUtf8();
    const bool isPiped = text == "-";
    if (isPiped) {
        QFile input;
        if (!input.open(stdin, QIODevice::ReadOnly)) {
            return fail({Error::Code::InvalidArgument, Error::Reason::MalformedInput, QStringLiteral("standard input cannot be read")});
        }
        text = input.readAll();
    }
    const auto fields = fromJson(text);
    if (!fields && !isPiped) {
        return failUsage(QStringLiteral("the document must be JSON like '{\"field\":1}': ") + fields.error().message());
    }
    if (!fields) {
        return fail({fields.error().code(), fields.error().reason(), QStringLiteral("standard input: ") + fields.error().message()});
    }
    return finishWrite(m_arguments.command == u"put" ? collection()->set(operand(1), *fields, writeOptions())
                                                     : collection()->update(operand(1), *fields, writeOptions()));
}

ExitCode Commands::remove()
{
    return finishWrite(m_arguments.operands.size() == 3 ? collection()->removeField(operand(1), operand(2), writeOptions())
                                                        : collection()->remove(operand(1), writeOptions()));
}

ExitCode Commands::increment()
{
    bool isNumber = true;
    const qint64 delta = m_arguments.operands.size() == 4 ? operand(3).toLongLong(&isNumber) : 1;
    if (!isNumber) {
        return failUsage(QStringLiteral("DELTA must be a whole number of 64 bits"));
    }
    return finishWrite(collection()->increment(operand(1), operand(2), delta, writeOptions()));
}

ExitCode Commands::resolve()
{
    std::optional<QVariant> value;
    if (m_arguments.operands.size() == 4) {
        const auto parsed = valueFromJson(operand(3).toUtf8());
        if (!parsed) {
            return failUsage(QStringLiteral("the value must be JSON, text in quotes like '\"text\"': ") + parsed.error().message());
        }
        value = *parsed;
    }
    return finishWrite(m_session.client().resolve(operand(0), operand(1), operand(2), value));
}

ExitCode Commands::importFile()
{
    const auto imported = importDocuments(m_session.client(), operand(0), m_arguments.keyField, m_arguments.collection);
    if (!imported) {
        return fail(imported.error());
    }
    m_output.message(QStringLiteral("satchel: %1 documents").arg(imported->count));
    const ExitCode code = finishWrite(imported->written);
    for (const Error &error : imported->refused) {
        m_output.error(error);
    }
    return imported->refused.isEmpty() ? code : exitCodeFor(imported->refused.last());
}

ExitCode Commands::get()
{
    const auto fields = collection()->get(operand(1));
    if (!fields) {
        return fail({Error::Code::NotFound, Error::Reason::None, QStringLiteral("there is no such document")});
    }
    m_output.record({{QStringLiteral("collection"), operand(0)}, {QStringLiteral("key"), operand(1)}, {QStringLiteral("value"), *fields}},
                    jsonText(*fields));
    return ExitCode::Ok;
}

ExitCode Commands::list()
{
    const bool isOfCollections = m_arguments.operands.isEmpty();
    for (const QString &name : isOfCollections ? m_session.client().collectionNames() : collection()->keys()) {
        m_output.record({{isOfCollections ? QStringLiteral("collection") : QStringLiteral("key"), name}}, name);
    }
    return ExitCode::Ok;
}

ExitCode Commands::exportAll()
{
    Client &client = m_session.client();
    for (const QString &name : m_arguments.operands.isEmpty() ? client.collectionNames() : m_arguments.operands) {
        const auto documents = client.collection(name)->list();
        for (auto it = documents.cbegin(); it != documents.cend(); ++it) {
            const QVariantMap line{
                {QStringLiteral("collection"), name}, {QStringLiteral("key"), it.key()}, {QStringLiteral("value"), it.value()}};
            m_output.record(line, jsonText(line));
        }
    }
    return ExitCode::Ok;
}

ExitCode Commands::status()
{
    const SyncStatus *status = m_session.client().syncStatus();
    const QString state = QVariant::fromValue(status->state()).toString().toLower();
    const QString carrier = QVariant::fromValue(status->carrier()).toString().toLower();
    QVariantMap record{{QStringLiteral("state"), state},
                       {QStringLiteral("carrier"), carrier},
                       {QStringLiteral("pending"), status->pendingCount()},
                       {QStringLiteral("refused"), status->quarantineCount()},
                       {QStringLiteral("conflicts"), static_cast<qlonglong>(m_session.client().conflicts().size())},
                       {QStringLiteral("device"), m_session.client().deviceId()}};
    QString text = QStringLiteral("%1 (%2), %3 pending, %4 refused, %5 conflicts")
                       .arg(state, carrier)
                       .arg(status->pendingCount())
                       .arg(status->quarantineCount())
                       .arg(m_session.client().conflicts().size());
    if (status->lastSynced().isValid()) {
        record.insert(QStringLiteral("lastSynced"), status->lastSynced().toUTC().toString(Qt::ISODateWithMs));
        text += QStringLiteral(", last in sync ") + status->lastSynced().toLocalTime().toString(Qt::ISODate);
    }
    if (const auto reason = status->blockedReason()) {
        record.insert(QStringLiteral("blocked"), reason->toString());
        text += QStringLiteral("\n") + reason->message();
    }
    m_output.record(record, text);
    return ExitCode::Ok;
}

ExitCode Commands::rekey()
{
    const auto changed = m_session.changeKey();
    return changed ? ExitCode::Ok : fail(changed.error());
}

ExitCode Commands::pending()
{
    Client &client = m_session.client();
    for (const QString &name : client.collectionNames()) {
        Collection *of = client.collection(name);
        for (const QString &key : of->keys()) {
            if (of->isPending(key)) {
                m_output.record({{QStringLiteral("collection"), name}, {QStringLiteral("key"), key}}, name + QLatin1Char('/') + key);
            }
        }
    }
    return ExitCode::Ok;
}

ExitCode Commands::conflicts()
{
    for (const Conflict &conflict : m_session.client().conflicts(operand(0))) {
        QVariantList candidates;
        QString text = QStringLiteral("%1/%2 %3").arg(conflict.collection, conflict.key, conflict.field);
        for (const ConflictCandidate &candidate : conflict.candidates) {
            const QString written = candidate.writtenAt.toUTC().toString(Qt::ISODateWithMs);
            QVariantMap members{{QStringLiteral("device"), candidate.deviceId},
                                {QStringLiteral("written"), written},
                                {QStringLiteral("thisDevice"), candidate.isThisDevice},
                                {QStringLiteral("shown"), candidate.isProvisional}};
            if (!candidate.isRemoval) {
                members.insert(QStringLiteral("value"), candidate.value);
            }
            candidates.append(members);
            text += QStringLiteral("\n  %1 %2  %3, %4")
                        .arg(candidate.isProvisional ? QStringLiteral("*") : QStringLiteral(" "),
                             candidate.isRemoval ? QStringLiteral("(removed)") : jsonText(candidate.value),
                             candidate.isThisDevice ? QStringLiteral("this device") : candidate.deviceId.left(8), written);
        }
        m_output.record({{QStringLiteral("collection"), conflict.collection},
                         {QStringLiteral("key"), conflict.key},
                         {QStringLiteral("field"), conflict.field},
                         {QStringLiteral("candidates"), candidates}},
                        text);
    }
    return ExitCode::Ok;
}

}  // namespace Satchel::Cli
