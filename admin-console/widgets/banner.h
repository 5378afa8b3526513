// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "tokens.h"

#include <QFrame>

class QLabel;
class QPushButton;

namespace Satchel::Console {

/// A strip over the whole window that says what is wrong with everything under it.
class Banner : public QFrame {
    Q_OBJECT

public:
    explicit Banner(QWidget *parent = nullptr);

    void say(Tone tone, const QString &text, const QString &action);
    [[nodiscard]] QString text() const;

Q_SIGNALS:
    void actionTriggered();

private:
    QLabel *m_text;
    QPushButton *m_action;
};

}  // namespace Satchel::Console
