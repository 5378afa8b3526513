// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "gui/fakebackend.h"

#include "app/mainwindow.h"

#include <QSettings>
#include <QTemporaryDir>

#include <memory>

class QLineEdit;
class QTableView;

namespace Satchel::Test {

/// The real window on a fake server.
class ConsoleFixture {
public:
    explicit ConsoleFixture(FakeServer fakeServer = makeTypicalServer());
    ~ConsoleFixture();

    /// Connects and waits until the tool in front has loaded.
    [[nodiscard]] bool connectAndLoad();
    [[nodiscard]] bool waitSettled();
    /// A widget by its accessible name; null if there is none, or more than one is visible.
    template <typename Widget>
    [[nodiscard]] Widget *find(const QString &accessibleName) const
    {
        const auto all = window->findChildren<Widget *>();
        Widget *found = nullptr;
        for (Widget *widget : all) {
            if (widget->accessibleName() == accessibleName && widget->isVisible()) {
                if (found != nullptr) {
                    return nullptr;
                }
                found = widget;
            }
        }
        return found;
    }
    /// Visible text of all labels, one a line.
    [[nodiscard]] QString visibleTexts() const;
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) const;

    FakeServer server;
    QTemporaryDir folder;
    QSettings store;
    std::unique_ptr<Console::Session> session;
    std::unique_ptr<Console::MainWindow> window;
    int prompts = 0;
    std::optional<Console::Connection> promptAnswer;
};

/// The texts of a column, as far as rows are loaded.
[[nodiscard]] QStringList columnTexts(const QTableView *table, int column);

}  // namespace Satchel::Test
