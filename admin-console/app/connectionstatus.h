// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "widgets/tokens.h"

#include <QString>
#include <QWidget>

class QLabel;

namespace Satchel::Console {

class Session;

/// The truth about a session in words.
struct ConnectionWords {
    Tone tone = Tone::Muted;
    QString state;
    /// What to say over the whole window; empty while all is well.
    QString banner;
    QString action;
};
[[nodiscard]] ConnectionWords describeConnection(const Session &session);

/// What the status bar shows of the connection: state, server, tenant and operator, how fast it answered.
class ConnectionStatus : public QWidget {
    Q_OBJECT

public:
    explicit ConnectionStatus(QWidget *parent = nullptr);
    void show(const Session &session);
    [[nodiscard]] QString text() const;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QLabel *m_state;
    QLabel *m_server;
    QLabel *m_operator;
    QLabel *m_latency;
    Tone m_tone = Tone::Muted;
};

}  // namespace Satchel::Console
