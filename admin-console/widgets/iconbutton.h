// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QToolButton>

namespace Satchel::Console {

/// A button with a picture in the theme's colour, a name for screen readers and a tool tip.
class IconButton : public QToolButton {
    Q_OBJECT

public:
    IconButton(QString iconName, const QString &name, QWidget *parent = nullptr);

protected:
    void changeEvent(QEvent *event) override;

private:
    void drawIcon();

    QString m_iconName;
};

}  // namespace Satchel::Console
