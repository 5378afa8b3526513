// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "theme.h"

#include <QObject>
#include <QString>
#include <QTimer>

#include <deque>
#include <functional>

namespace Satchel::Console {

class MainWindow;

/// Takes a picture of every tool at work, light and dark, each once everything in it has loaded.
class ScreenshotRun : public QObject {
    Q_OBJECT

public:
    static constexpr int patienceMs = 45'000;

    ScreenshotRun(MainWindow &window, QString folder, QObject *parent = nullptr);

    void start();

Q_SIGNALS:
    /// Pictures were saved, or nothing could be loaded or written; the text says which.
    void finished(bool isComplete, const QString &message);

private:
    void addSteps();
    void takeNext();
    [[nodiscard]] bool isQuiet() const;
    void save(const QString &name);

    MainWindow &m_window;
    QString m_folder;
    std::deque<std::function<void()>> m_steps;
    QTimer m_poll;
    QTimer m_patience;
    int m_saved = 0;
    int m_quietTicks = 0;
    QString m_failure;
};

}  // namespace Satchel::Console
