// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "tools/tool.h"

#include <QWidget>

class QButtonGroup;
class QVBoxLayout;

namespace Satchel::Console {

/// The tools at the window's left edge.
class ToolRail : public QWidget {
    Q_OBJECT

public:
    explicit ToolRail(QWidget *parent = nullptr);

    void addTool(const ToolFactory &tool);
    void setCurrent(int tool);

Q_SIGNALS:
    void toolChosen(int tool);
    void themeRequested();
    void connectRequested();

protected:
    void changeEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void drawIcons();

    QButtonGroup *m_group;
    QVBoxLayout *m_tools;
};

}  // namespace Satchel::Console
