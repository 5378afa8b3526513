// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/value.h"

#include <QObject>
#include <QProcess>
#include <QString>
#include <QStringList>
#include <QUrl>

#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace Satchel::Test {

/// A map value from a list of members; asserts that no name stands twice.
[[nodiscard]] Core::Value object(std::initializer_list<std::pair<const char *, Core::Value>> members);
/// A member's text; empty if there is none.
[[nodiscard]] std::string textOf(const Core::Value &map, std::string_view name);

/// A device in a process of its own: `satchel agent` with a store that outlives it, so that it can be killed and started again.
class DeviceProcess : public QObject {
    Q_OBJECT
public:
    struct Options {
        QString program;  ///< path of `satchel`
        QString folder;   ///< holds store, key and token; made if missing
        QString name;
        QString user;
        QString tenant = QStringLiteral("default");
        QUrl server;
        QString token;
        QStringList extraArguments;
    };
    using Answered = std::function<void(const Core::Value &answer)>;

    explicit DeviceProcess(Options options, QObject *parent = nullptr);
    ~DeviceProcess() override;

    /// Starts it and waits until its store is open. False, with its messages in log(), if it does not come up.
    [[nodiscard]] bool start();
    /// SIGKILL, and waits for the end. Unanswered requests are forgotten.
    void kill();
    /// Asks it to quit and waits for the end; true if it ended by itself with code 0.
    [[nodiscard]] bool quit();
    [[nodiscard]] bool isRunning() const { return m_process.state() == QProcess::Running; }
    [[nodiscard]] QByteArray log() const { return m_log; }
    [[nodiscard]] QString name() const { return m_options.name; }
    [[nodiscard]] std::string deviceId() const { return m_deviceId; }
    void setServer(const QUrl &server) { m_options.server = server; }

    /// Sends a request and waits for its answer; nothing if the process ends or a minute passes.
    [[nodiscard]] std::optional<Core::Value> call(Core::Value request);
    /// Sends a request; `answered` is called from the event loop.
    void send(Core::Value request, Answered answered);
    /// call() that was answered with ok.
    [[nodiscard]] bool succeeds(Core::Value request);
    /// All documents, by "collection/key".
    [[nodiscard]] std::optional<std::map<std::string, Core::Value>> exportAll();

Q_SIGNALS:
    void changed();

private:
    void readLines();

    Options m_options;
    QProcess m_process;
    QByteArray m_buffer;
    QByteArray m_log;
    std::string m_deviceId;
    std::map<std::int64_t, Answered> m_waiting;
    std::int64_t m_lastId = 0;
};

}  // namespace Satchel::Test
