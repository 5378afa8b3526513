// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "support/deviceprocess.h"

#include "wire/json.h"

#include <QDir>
#include <QEventLoop>
#include <QFile>
#include <QTimer>

namespace Satchel::Test {

namespace {

constexpr int answerWaitMs = 60000;
constexpr std::size_t answerBytesMax = std::size_t{64} * 1024 * 1024;

bool writePrivately(const QString &path, const QByteArray &content)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.setPermissions(QFile::ReadOwner | QFile::WriteOwner) &&
           file.write(content) == content.size();
}

}  // namespace

Core::Value object(std::initializer_list<std::pair<const char *, Core::Value>> members)
{
    Core::Value::Map entries;
    for (const auto &[name, value] : members) {
        entries.push_back({name, value});
    }
    auto map = Core::Value::map(std::move(entries));
    Q_ASSERT(map.has_value());
    return *map;
}

std::string textOf(const Core::Value &map, std::string_view name)
{
    const Core::Value *member = map.find(name);
    const auto *text = member != nullptr ? member->as<std::string>() : nullptr;
    return text != nullptr ? *text : std::string();
}

DeviceProcess::DeviceProcess(Options options, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
{
    connect(&m_process, &QProcess::readyReadStandardOutput, this, &DeviceProcess::readLines);
    connect(&m_process, &QProcess::readyReadStandardError, this, [this] { m_log += m_process.readAllStandardError(); });
}

DeviceProcess::~DeviceProcess()
{
    kill();
}

bool DeviceProcess::start()
{
    const QDir folder(m_options.folder);
    const QString keyFile = folder.filePath(QStringLiteral("key"));
    const QString tokenFile = folder.filePath(QStringLiteral("token"));
    if (!folder.mkpath(QStringLiteral("."))) {
        return false;
    }
    if (!writePrivately(tokenFile, m_options.token.toUtf8())) {
        return false;
    }
    m_process.setProgram(m_options.program);
    m_process.setArguments(QStringList{QStringLiteral("agent"), QStringLiteral("--server"), m_options.server.toString(),
                                       QStringLiteral("--tenant"), m_options.tenant, QStringLiteral("--user"), m_options.user,
                                       QStringLiteral("--store"), folder.filePath(QStringLiteral("store")), QStringLiteral("--key-file"),
                                       keyFile, QStringLiteral("--token-file"), tokenFile, QStringLiteral("--device-name"),
                                       m_options.name} +
                           m_options.extraArguments);
    m_buffer.clear();
    m_deviceId.clear();
    m_process.start();
    QEventLoop loop;
    QTimer::singleShot(answerWaitMs, &loop, &QEventLoop::quit);
    connect(&m_process, &QProcess::readyReadStandardOutput, &loop, [&] {
        if (!m_deviceId.empty()) {
            loop.quit();
        }
    });
    connect(&m_process, &QProcess::finished, &loop, &QEventLoop::quit);
    connect(&m_process, &QProcess::errorOccurred, &loop, &QEventLoop::quit);
    loop.exec();
    return !m_deviceId.empty() && isRunning();
}

void DeviceProcess::kill()
{
    if (m_process.state() != QProcess::NotRunning) {
        m_process.kill();
        m_process.waitForFinished(10000);
    }
    m_waiting.clear();
}

bool DeviceProcess::quit()
{
    send(object({{"do", "quit"}}), [](const Core::Value &) {});
    if (!m_process.waitForFinished(20000)) {
        kill();
        return false;
    }
    m_waiting.clear();
    return m_process.exitStatus() == QProcess::NormalExit && m_process.exitCode() == 0;
}

std::optional<Core::Value> DeviceProcess::call(Core::Value request)
{
    std::optional<Core::Value> result;
    QEventLoop loop;
    QTimer::singleShot(answerWaitMs, &loop, &QEventLoop::quit);
    connect(&m_process, &QProcess::finished, &loop, &QEventLoop::quit);
    send(std::move(request), [&](const Core::Value &answer) {
        result = answer;
        loop.quit();
    });
    const auto id = m_lastId;
    loop.exec();
    m_waiting.erase(id);
    return result;
}

void DeviceProcess::send(Core::Value request, Answered answered)
{
    Core::Value::Map members = *request.as<Core::Value::Map>();
    members.push_back({"id", Core::Value(++m_lastId)});
    m_waiting.emplace(m_lastId, std::move(answered));
    m_process.write(QByteArray::fromStdString(Wire::jsonFromValue(*Core::Value::map(std::move(members))) + "\n"));
}

bool DeviceProcess::succeeds(Core::Value request)
{
    const auto answer = call(std::move(request));
    if (answer && answer->find("ok") != nullptr && *answer->find("ok") == Core::Value(true)) {
        return true;
    }
    m_log += "refused: " + (answer ? QByteArray::fromStdString(Wire::jsonFromValue(*answer)) : QByteArray("no answer")) + "\n";
    return false;
}

std::optional<std::map<std::string, Core::Value>> DeviceProcess::exportAll()
{
    const auto answer = call(object({{"do", "export"}}));
    const Core::Value *documents = answer ? answer->find("documents") : nullptr;
    if (documents == nullptr) {
        return std::nullopt;
    }
    std::map<std::string, Core::Value> all;
    for (const Core::Value &document : *documents->as<Core::Value::List>()) {
        all.emplace(textOf(document, "collection") + "/" + textOf(document, "key"), *document.find("value"));
    }
    return all;
}

void DeviceProcess::readLines()
{
    // An answer holds all documents, and they may be many.
    Core::Limits limits;
    limits.documentBytesMax = limits.mutationBytesMax = limits.frameBytesMax = limits.decompressedFrameBytesMax = answerBytesMax;
    m_buffer += m_process.readAllStandardOutput();
    for (qsizetype end = m_buffer.indexOf('\n'); end >= 0; end = m_buffer.indexOf('\n')) {
        const auto line = Wire::valueFromJson(m_buffer.left(end).toStdString(), limits);
        m_buffer.remove(0, end + 1);
        if (!line) {
            m_log += "not JSON: " + QByteArray::fromStdString(line.error().detail) + "\n";
            continue;
        }
        if (textOf(*line, "event") == "ready") {
            m_deviceId = textOf(*line, "device");
        } else if (textOf(*line, "event") == "changed") {
            Q_EMIT changed();
        } else if (const Core::Value *id = line->find("id"); id != nullptr && id->as<std::int64_t>() != nullptr) {
            if (auto waiting = m_waiting.extract(*id->as<std::int64_t>())) {
                waiting.mapped()(*line);
            }
        }
    }
}

}  // namespace Satchel::Test
