// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QWidget>

class QHBoxLayout;

namespace Satchel::Console {

/// The line on top of a tool: its title, then filters and choices.
class PageHeader : public QWidget {
    Q_OBJECT

public:
    explicit PageHeader(const QString &title, QWidget *parent = nullptr);

    void addTool(QWidget *widget, int stretch);

private:
    QHBoxLayout *m_tools;
};

}  // namespace Satchel::Console
