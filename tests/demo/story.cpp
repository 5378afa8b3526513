// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "story.h"

#include "wire/json.h"

#include <QDateTime>
#include <QEventLoop>
#include <QFile>
#include <QTimer>

namespace Satchel::Demo {

using Core::Value;
using Test::object;

namespace {

const std::string user = "anna";

/// How the demo's collections behave; everything else is merged per field.
constexpr auto policies = R"({
  "version": 1,
  "collections": {
    "notes": {"conflict": "manual"},
    "progress": {"fields": {"steps": "counter"}}
  }
})";

QString json(const Value &value)
{
    return QString::fromStdString(Wire::jsonFromValue(value));
}

void waitUntil(const std::function<bool()> &isTrue, int timeoutMs)
{
    QEventLoop loop;
    QTimer poll;
    QObject::connect(&poll, &QTimer::timeout, &loop, [&] {
        if (isTrue()) {
            loop.quit();
        }
    });
    poll.start(0);
    QTimer::singleShot(timeoutMs, &loop, &QEventLoop::quit);
    loop.exec();
}

Value put(const char *collection, const char *key, Value fields)
{
    return object({{"do", "update"}, {"collection", collection}, {"key", key}, {"value", std::move(fields)}});
}

}  // namespace

Story::Story(StoryOptions options, Report &report)
    : m_options(std::move(options))
    , m_report(report)
{
}

Story::~Story() = default;

void Story::run()
{
    const bool isComplete = startServer() && importOnLaptop() && showOnPhone() && editApart() && killPhoneInThePush() && comeTogether();
    if (isComplete) {
        explainConflicts();
    }
    if (isComplete && settleTheNote()) {
        compareEverything();
        showConsole();
    }
}

bool Story::need(const QString &what, bool isDone)
{
    if (!isDone) {
        m_report.promise(what, false, QString::fromUtf8(m_server.log().right(2000)));
        for (const auto *device : {m_laptop.get(), m_phone.get()}) {
            if (device != nullptr && !device->log().isEmpty()) {
                m_report.say(device->name() + QStringLiteral(": ") + QString::fromUtf8(device->log().right(2000)));
            }
        }
    }
    return isDone;
}

bool Story::startServer()
{
    m_report.chapter(QStringLiteral("1. A server and two devices of one user"));
    QFile file(m_folder.filePath(QStringLiteral("policies.json")));
    if (!need(QStringLiteral("a folder for the demo"), file.open(QIODevice::WriteOnly) && file.write(policies) > 0)) {
        return false;
    }
    file.close();
    if (!need(QStringLiteral("the server starts"), m_server.start({QStringLiteral("--policies"), file.fileName()}))) {
        return false;
    }
    m_token = m_server.token(QString::fromStdString(user));
    m_laptopLink = std::make_unique<Test::TcpProxy>(m_server.url());
    m_phoneLink = std::make_unique<Test::TcpProxy>(m_server.url());
    m_report.say(
        QStringLiteral("satchel-server runs at %1 on an encrypted store that it forgets when it ends.").arg(m_server.url().toString()));
    return need(QStringLiteral("the server gives a development token"), !m_token.isEmpty());
}

std::unique_ptr<Test::DeviceProcess> Story::device(const QString &name, const Test::TcpProxy &link) const
{
    Test::DeviceProcess::Options options;
    options.program = Test::ServerProcess::program(QStringLiteral("satchel"));
    options.folder = m_folder.filePath(name);
    options.name = QStringLiteral("Anna's ") + name;
    options.user = QString::fromStdString(user);
    options.server = link.url();
    options.token = m_token;
    return std::make_unique<Test::DeviceProcess>(options);
}

bool Story::importOnLaptop()
{
    m_laptop = device(QStringLiteral("laptop"), *m_laptopLink);
    if (!need(QStringLiteral("the laptop starts"), m_laptop->start())) {
        return false;
    }
    const auto imported = m_laptop->call(object({{"do", "importFile"},
                                                 {"collection", "preferences"},
                                                 {"path", m_options.importFile.toStdString()},
                                                 {"keyField", m_options.keyField.toStdString()}}));
    const bool isImported = imported && imported->find("ok") != nullptr && *imported->find("ok") == Value(true);
    if (!isImported) {
        m_report.promise(QStringLiteral("the laptop imports %1").arg(m_options.importFile), false, imported ? json(*imported) : QString());
        return false;
    }
    auto inFile = documentsOfFile(m_options.importFile, "preferences", m_options.keyField.toStdString());
    if (!need(QStringLiteral("the demo reads %1 by itself").arg(m_options.importFile), inFile.has_value())) {
        return false;
    }
    m_imported = std::move(*inFile);
    const auto onLaptop = m_laptop->exportAll();
    return m_report.promise(
               QStringLiteral("The laptop holds all %1 documents of %2, value by value.").arg(m_imported.size()).arg(m_options.importFile),
               onLaptop && *onLaptop == m_imported) &&
           need(QStringLiteral("the laptop syncs"), m_laptop->succeeds(object({{"do", "sync"}})));
}

bool Story::showOnPhone()
{
    m_phone = device(QStringLiteral("phone"), *m_phoneLink);
    if (!need(QStringLiteral("the phone starts"), m_phone->start()) ||
        !need(QStringLiteral("the phone syncs"), m_phone->succeeds(object({{"do", "sync"}})))) {
        return false;
    }
    const auto there = m_phone->exportAll();
    int shownCount = 0;
    for (const auto &[id, fields] : there.value_or(Documents())) {
        if (++shownCount <= 3) {
            m_report.say(QString::fromStdString(id) + QStringLiteral("  ") + json(fields).left(90));
        }
    }
    if (shownCount > 3) {
        m_report.say(QStringLiteral("... and %1 more, on the phone, a separate process with its own encrypted store.").arg(shownCount - 3));
    }
    return m_report.promise(QStringLiteral("The phone shows all %1 documents, equal to the file's.").arg(m_imported.size()),
                            there && *there == m_imported);
}

bool Story::editApart()
{
    m_report.chapter(QStringLiteral("2. Both lose the network and go on"));
    const bool isPrepared =
        m_laptop->succeeds(put("preferences", "editor", object({{"theme", "light"}, {"fontSize", 12}, {"language", "en"}}))) &&
        m_laptop->succeeds(put("notes", "shopping", object({{"text", "milk"}}))) && syncBoth();
    if (!need(QStringLiteral("a common beginning"), isPrepared)) {
        return false;
    }
    m_laptopLink->setDown();
    m_phoneLink->setDown();
    m_report.say(
        QStringLiteral("The links of both devices are cut. Starting from theme \"light\", size 12, language \"en\", note \"milk\":"));
    bool isWritten = m_laptop->succeeds(put("preferences", "editor", object({{"theme", "dark"}, {"language", "de"}}))) &&
                     m_laptop->succeeds(put("notes", "shopping", object({{"text", "milk, bread"}})));
    // The phone's edits are later by the clock that stamps them: in the same millisecond the two could tie.
    const qint64 laptopWritten = QDateTime::currentMSecsSinceEpoch();
    waitUntil([laptopWritten] { return QDateTime::currentMSecsSinceEpoch() > laptopWritten; }, 30000);
    isWritten = isWritten && m_phone->succeeds(put("preferences", "editor", object({{"fontSize", 14}, {"language", "fr"}}))) &&
                m_phone->succeeds(put("notes", "shopping", object({{"text", "milk, coffee"}})));
    m_report.say(QStringLiteral("laptop: theme \"dark\", language \"de\", note \"milk, bread\", %1 steps").arg(laptopStepCount));
    m_report.say(QStringLiteral("phone:  size 14,      language \"fr\", note \"milk, coffee\", %1 steps").arg(phoneStepCount));
    const Value step = object({{"do", "increment"}, {"collection", "progress"}, {"key", "walk"}, {"field", "steps"}, {"delta", 1}});
    for (int i = 0; isWritten && i < std::max(phoneStepCount, laptopStepCount); ++i) {
        isWritten = (i >= laptopStepCount || m_laptop->succeeds(step)) && (i >= phoneStepCount || m_phone->succeeds(step));
    }
    return m_report.promise(QStringLiteral("Every edit was taken offline, and is durable on its device."), isWritten);
}

bool Story::killPhoneInThePush()
{
    m_report.chapter(QStringLiteral("3. The phone comes back, and is killed in the middle of sending"));
    const qint64 sentBefore = m_phoneLink->bytesToServer();
    // What the server says first is that the connection stands, then Welcome; what the phone sends after that is the push.
    int answerCount = 0;
    qint64 greetingBytes = 0;
    m_phoneLink->setTapToClient([&](int /*connection*/, const QByteArray & /*bytes*/) {
        ++answerCount;
        greetingBytes = m_phoneLink->bytesToServer() - sentBefore;
    });
    m_phoneLink->setUp();
    m_phone->send(object({{"do", "probe"}}), [](const Value &) {});
    constexpr qint64 middleBytes = 1500;
    m_phoneLink->cutAfterToServer(middleBytes);
    waitUntil([&] { return m_phoneLink->bytesToServer() - sentBefore >= middleBytes; }, 30000);
    m_phone->kill();
    const qint64 sent = m_phoneLink->bytesToServer() - sentBefore;
    m_report.say(QStringLiteral("kill -9 after %1 bytes, %2 of them of the message with its edits; no answer came.")
                     .arg(sent)
                     .arg(sent - greetingBytes));
    m_phoneLink->cutAfterToServer(Test::TcpProxy::never);
    m_phoneLink->setTapToClient({});
    return need(QStringLiteral("the phone was killed while it was pushing"),
                sent >= middleBytes && answerCount >= 2 && greetingBytes > 0 && greetingBytes < sent) &&
           need(QStringLiteral("the phone starts again"), m_phone->start());
}

bool Story::syncBoth()
{
    // Twice, since each must also read what the other has pushed after its own first reading.
    for (int round = 0; round < 2; ++round) {
        for (auto *device : {m_laptop.get(), m_phone.get()}) {
            if (!device->succeeds(object({{"do", "sync"}}))) {
                return false;
            }
        }
    }
    return true;
}

bool Story::comeTogether()
{
    m_report.chapter(QStringLiteral("4. Both are back"));
    m_laptopLink->setUp();
    if (!need(QStringLiteral("the laptop goes on"), m_laptop->succeeds(object({{"do", "probe"}}))) ||
        !m_report.promise(QStringLiteral("Both devices say that everything is exchanged."), syncBoth())) {
        return need(QStringLiteral("both sync"), false);
    }
    constexpr int total = laptopStepCount + phoneStepCount;
    const Value onLaptop = shown(*m_laptop, "progress", "walk", "steps");
    const Value onPhone = shown(*m_phone, "progress", "walk", "steps");
    m_report.promise(QStringLiteral("%1 + %2 steps are %3 on both: none lost in the crash, none counted twice when it was sent again.")
                         .arg(laptopStepCount)
                         .arg(phoneStepCount)
                         .arg(total),
                     onLaptop == Value(total) && onPhone == Value(total),
                     QStringLiteral("laptop %1, phone %2").arg(json(onLaptop), json(onPhone)));
    m_report.promise(QStringLiteral("Edits of different fields both hold: theme \"dark\" from the laptop, size 14 from the phone."),
                     shown(*m_phone, "preferences", "editor", "theme") == Value("dark") &&
                         shown(*m_laptop, "preferences", "editor", "fontSize") == Value(14));
    return true;
}

Value Story::shown(Test::DeviceProcess &device, const char *collection, const char *key, const char *field) const
{
    const auto answer = device.call(object({{"do", "get"}, {"collection", collection}, {"key", key}}));
    const Value *document = answer ? answer->find("value") : nullptr;
    const Value *member = document != nullptr ? document->find(field) : nullptr;
    return member != nullptr ? *member : Value();
}

}  // namespace Satchel::Demo
