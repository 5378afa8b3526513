// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "tools/tool.h"

#include <QWidget>

class QPushButton;

namespace Satchel::Console {

class FilterLine;
class ListTable;
class UserPreview;
class UsersModel;
class ViewStack;

/// Find a user: filter, list, details pane.
class UsersPage : public QWidget {
    Q_OBJECT

public:
    explicit UsersPage(const ToolContext &context, QWidget *parent = nullptr);

    void refresh();
    void focusFilter();
    [[nodiscard]] bool clearFilter();
    [[nodiscard]] bool isSettled() const;
    void setStale(bool isStale);
    void focusList();
    void chooseFirst();
    [[nodiscard]] const QString &chosenUser() const { return m_chosen; }

Q_SIGNALS:
    void settledChanged();
    void openRequested(const QString &user);

private:
    void applyFilter();
    [[nodiscard]] QString userAt(const QModelIndex &index) const;
    void keepChoice();

    UsersModel *m_model;
    FilterLine *m_filter;
    QPushButton *m_onlyConflicted;
    ListTable *m_table;
    ViewStack *m_stack;
    UserPreview *m_preview;
    QString m_chosen;
};

}  // namespace Satchel::Console
