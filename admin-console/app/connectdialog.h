// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "connection.h"

#include <QDialog>

#include <functional>
#include <optional>

class QCheckBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace Satchel::Console {

/// What the dialog starts with.
struct ConnectDefaults {
    QString server;
    QString tenant;
    /// Why it is shown, if something went wrong before.
    QString reason;
};

/// Asks for a connection and calls back, with nothing if the person gives up. Tests answer without a dialog.
using ConnectPrompt =
    std::function<void(QWidget *parent, const ConnectDefaults &defaults, std::function<void(std::optional<Connection>)> done)>;

/// Shows a ConnectDialog.
[[nodiscard]] ConnectPrompt connectDialogPrompt();

/// Address and token, or a development token from a server on this computer.
class ConnectDialog : public QDialog {
    Q_OBJECT

public:
    explicit ConnectDialog(const ConnectDefaults &defaults, QWidget *parent = nullptr);

    /// What has been entered, if it is complete.
    [[nodiscard]] std::optional<Connection> connection() const;

private:
    void build(const ConnectDefaults &defaults);
    void check();

    QLineEdit *m_server;
    QLineEdit *m_token;
    QLineEdit *m_tenant;
    QCheckBox *m_development;
    QLabel *m_problem;
    QPushButton *m_connect;
};

}  // namespace Satchel::Console
