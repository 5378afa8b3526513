// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "importedfile.h"
#include "report.h"
#include "support/deviceprocess.h"
#include "support/serverprocess.h"
#include "support/serverview.h"
#include "support/tcpproxy.h"

#include <QString>
#include <QTemporaryDir>

#include <map>
#include <memory>
#include <string>

namespace Satchel::Demo {

constexpr int phoneStepCount = 400;
constexpr int laptopStepCount = 250;

struct StoryOptions {
    QString importFile;        ///< JSON or JSON Lines
    QString keyField;          ///< of plain documents; may be empty
    QString screenshotFolder;  ///< empty: none
    bool isConsoleOpened = false;
};

/// The demo: two devices of one user, a server, and everything that goes wrong between them. Each step says what it does and checks what
/// it promises; run() gives false when a step cannot go on.
class Story {
public:
    Story(StoryOptions options, Report &report);
    ~Story();

    void run();

private:
    [[nodiscard]] bool startServer();
    [[nodiscard]] bool importOnLaptop();
    [[nodiscard]] bool showOnPhone();
    [[nodiscard]] bool editApart();
    [[nodiscard]] bool killPhoneInThePush();
    [[nodiscard]] bool comeTogether();
    void explainConflicts();
    [[nodiscard]] bool settleTheNote();
    void compareEverything();
    void showConsole();

    [[nodiscard]] std::unique_ptr<Test::DeviceProcess> device(const QString &name, const Test::TcpProxy &link) const;
    [[nodiscard]] bool syncBoth();
    [[nodiscard]] bool need(const QString &what, bool isDone);
    [[nodiscard]] Core::Value shown(Test::DeviceProcess &device, const char *collection, const char *key, const char *field) const;

    StoryOptions m_options;
    Report &m_report;
    QTemporaryDir m_folder;
    Test::ServerProcess m_server{Test::ServerProcess::Storage::Ephemeral};
    QString m_token;
    std::unique_ptr<Test::TcpProxy> m_laptopLink;
    std::unique_ptr<Test::TcpProxy> m_phoneLink;
    std::unique_ptr<Test::DeviceProcess> m_laptop;
    std::unique_ptr<Test::DeviceProcess> m_phone;
    Documents m_imported;  ///< what the file says, not what the importer made of it
};

}  // namespace Satchel::Demo
