// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QStringList>
#include <QWidget>

class QButtonGroup;

namespace Satchel::Console {

/// A few choices side by side, one of them taken.
class SegmentedControl : public QWidget {
    Q_OBJECT

public:
    SegmentedControl(const QStringList &choices, const QString &accessibleName, QWidget *parent = nullptr);

    [[nodiscard]] int current() const;
    /// Without a signal.
    void setCurrent(int choice);

Q_SIGNALS:
    void currentChanged(int choice);

private:
    QButtonGroup *m_group;
};

}  // namespace Satchel::Console
