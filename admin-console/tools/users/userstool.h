// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "tools/tool.h"

class QStackedWidget;

namespace Satchel::Console {

class UserPage;
class UsersPage;

/// Users: the list, and the page of one user on top of it.
class UsersTool : public ToolPage {
    Q_OBJECT

public:
    explicit UsersTool(const ToolContext &context, QWidget *parent = nullptr);

    void refresh() override;
    void focusFilter() override;
    bool stepBack() override;
    [[nodiscard]] bool isSettled() const override;
    void setStale(bool isStale) override;
    void open(const Destination &destination) override;
    void showExample() override;
    bool openExample() override;

private:
    [[nodiscard]] bool isUserShown() const;
    void backToList();

    UsersPage *m_list;
    UserPage *m_user;
    QStackedWidget *m_stack;
    bool m_isAsked = false;
};

[[nodiscard]] ToolFactory usersToolFactory();

}  // namespace Satchel::Console
