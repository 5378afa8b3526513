// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "connectdialog.h"
#include "session.h"
#include "settings.h"

#include <QMainWindow>
#include <QTimer>

#include <vector>

class QStackedWidget;

namespace Satchel::Console {

class Banner;
class ConnectionStatus;
class ToolRail;

/// The console's window: rail, the chosen tool, banner and status bar. Owns the widgets and nothing else.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    struct Parts {
        Session &session;
        Settings settings;
        Clock clock;
        ConnectPrompt prompt;
        /// How a connection becomes a backend; tests give a fake.
        std::function<std::unique_ptr<Backend>(const Connection &)> makeBackend;
    };

    explicit MainWindow(Parts parts);
    ~MainWindow() override;

    [[nodiscard]] const std::vector<ToolFactory> &tools() const { return m_factories; }
    /// By id; an id that there is not changes nothing.
    void showTool(const QString &id);
    [[nodiscard]] ToolPage *currentTool() const;
    void connectTo(const Connection &connection);
    /// Asks the person where to connect.
    void askForConnection();
    void setTheme(ThemeName theme);
    [[nodiscard]] ThemeName theme() const { return m_theme; }

protected:
    void closeEvent(QCloseEvent *event) override;

private:
    void buildTools();
    void buildMenus();
    void restoreLayout();
    void saveLayout();
    void showToolAt(int number);
    void refreshCurrent();
    void sessionChanged();
    void showBanner();
    void openDestination(const Destination &destination);

    Parts m_parts;
    std::vector<ToolFactory> m_factories;
    std::vector<ToolPage *> m_pages;
    std::vector<bool> m_isOutdated;
    ToolRail *m_rail;
    QStackedWidget *m_stack;
    Banner *m_banner;
    ConnectionStatus *m_status;
    QTimer m_countdown;
    QTimer m_ageing;
    ThemeName m_theme;
};

}  // namespace Satchel::Console
