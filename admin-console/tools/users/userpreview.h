// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "tools/tool.h"

#include "core/result.h"
#include "wire/adminmessages.h"

#include <QWidget>

class QPushButton;

namespace Satchel::Console {

class Avatar;
class CollectionsModel;
class DevicesModel;
class ElidedLabel;
class HealthBox;
class ListTable;
class NumbersRow;
class ViewStack;

/// The details pane beside the list of users: how the chosen one is doing.
class UserPreview : public QWidget {
    Q_OBJECT

public:
    UserPreview(UsersInterface &users, Clock clock, QWidget *parent = nullptr);

    /// Empty: nobody is chosen.
    void setUser(const QString &user);
    void setStale(bool isStale);
    [[nodiscard]] bool isSettled() const { return !m_isLoading; }
    [[nodiscard]] HealthBox *health() const { return m_health; }
    [[nodiscard]] ViewStack *stack() const { return m_stack; }

Q_SIGNALS:
    void settledChanged();
    void openRequested(const QString &user);

private:
    [[nodiscard]] QWidget *makeContent();
    void ask();
    void show(const Core::Result<Wire::Admin::UsersGetResponse> &answer);

    UsersInterface &m_users;
    Clock m_clock;
    QString m_user;
    quint64 m_generation = 0;
    bool m_isLoading = false;
    DevicesModel *m_devices;
    CollectionsModel *m_collections;
    Avatar *m_avatar = nullptr;
    ElidedLabel *m_name = nullptr;
    ElidedLabel *m_since = nullptr;
    HealthBox *m_health = nullptr;
    NumbersRow *m_numbers = nullptr;
    ListTable *m_devicesView = nullptr;
    ListTable *m_collectionsView = nullptr;
    QPushButton *m_open = nullptr;
    ViewStack *m_stack;
};

}  // namespace Satchel::Console
