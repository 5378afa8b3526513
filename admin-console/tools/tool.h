// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/ids.h"

#include <QKeySequence>
#include <QString>
#include <QWidget>

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

namespace Satchel::Console {

class ConflictsInterface;
class StateInterface;
class UsersInterface;

/// Milliseconds since 1970; tests give a clock that stands still.
using Clock = std::function<std::chrono::milliseconds()>;

/// All that a tool may reach. Everything outlives the tool.
struct ToolContext {
    UsersInterface &users;
    StateInterface &state;
    ConflictsInterface &conflicts;
    Clock clock;
};

/// Where a tool wants the window to go: a user, or one document of the user.
struct Destination {
    QString user;
    std::optional<Core::DocumentId> document;
};

/// One screen of the console. Owns no data and no network; asks its interfaces and shows what its models hold.
class ToolPage : public QWidget {
    Q_OBJECT

public:
    using QWidget::QWidget;

    /// Asks the server again for all that is shown.
    virtual void refresh() = 0;
    /// Puts the keyboard focus into the filter line.
    virtual void focusFilter() = 0;
    /// Undoes one step (clears a filter, leaves a page); false: there is none.
    virtual bool stepBack() { return false; }
    /// True when nothing is being loaded: what is shown is complete, or says what is wrong.
    [[nodiscard]] virtual bool isSettled() const = 0;
    /// The server is gone: rows are shown as what they were.
    virtual void setStale(bool isStale) = 0;
    /// Shows a user or a document, where the tool can.
    virtual void open(const Destination & /*destination*/) {}
    /// Selects the first thing there is to show, for pictures of a tool at work.
    virtual void showExample() {}
    /// Goes one step deeper into what showExample() has chosen; false: there is no deeper.
    virtual bool openExample() { return false; }

Q_SIGNALS:
    void settledChanged();
    void openRequested(const Satchel::Console::Destination &destination);
};

/// How a tool is registered: the rail, the menu and the shortcuts are made from these.
struct ToolFactory {
    QString id;
    QString title;
    QString iconName;
    std::function<ToolPage *(const ToolContext &context, QWidget *parent)> make;
};

/// The tools in the order of the rail.
[[nodiscard]] std::vector<ToolFactory> toolFactories();

}  // namespace Satchel::Console
