// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QLineEdit>
#include <QTimer>

namespace Satchel::Console {

/// Where a list is narrowed down. Tells of a new filter once typing has paused, at once on Enter or when it is emptied.
class FilterLine : public QLineEdit {
    Q_OBJECT

public:
    explicit FilterLine(const QString &placeholder, const QString &accessibleName, QWidget *parent = nullptr);

    static constexpr int pauseMs = 250;
    /// Enough for any id or key; more is not typed but pasted by mistake.
    static constexpr int charactersMax = 512;

    /// What the list shows now, without the spaces around it.
    [[nodiscard]] const QString &filter() const { return m_filter; }
    /// Sets text and filter at once, without a signal.
    void setFilter(const QString &filter);

Q_SIGNALS:
    void filterChanged(const QString &filter);
    /// Arrow down: on to the list.
    void listRequested();

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void apply();
    void drawIcon();

    QTimer m_pause;
    QString m_filter;
    QAction *m_icon;
};

}  // namespace Satchel::Console
