// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "screenshotrun.h"

#include "mainwindow.h"

#include <QDir>
#include <QPixmap>

namespace Satchel::Console {

namespace {

constexpr int pollMs = 20;
/// A tool is quiet when it stays so for a few turns of the event loop: one answer may lead to the next call.
constexpr int quietTicksWanted = 4;

}  // namespace

ScreenshotRun::ScreenshotRun(MainWindow &window, QString folder, QObject *parent)
    : QObject(parent)
    , m_window(window)
    , m_folder(std::move(folder))
{
    m_poll.setInterval(pollMs);
    connect(&m_poll, &QTimer::timeout, this, [this] {
        m_quietTicks = isQuiet() ? m_quietTicks + 1 : 0;
        if (m_quietTicks >= quietTicksWanted) {
            m_quietTicks = 0;
            takeNext();
        }
    });
    m_patience.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this, [this] {
        m_poll.stop();
        Q_EMIT finished(false, tr("The server did not answer everything in time."));
    });
}

void ScreenshotRun::start()
{
    if (!QDir().mkpath(m_folder)) {
        Q_EMIT finished(false, tr("The folder cannot be made: %1").arg(m_folder));
        return;
    }
    addSteps();
    m_patience.start(patienceMs);
    m_poll.start();
}

void ScreenshotRun::addSteps()
{
    const auto pictures = [this](const QString &name) {
        m_steps.push_back([this, name] {
            m_window.setTheme(ThemeName::Light);
            save(name + QStringLiteral("-light"));
        });
        m_steps.push_back([this, name] {
            m_window.setTheme(ThemeName::Dark);
            save(name + QStringLiteral("-dark"));
        });
    };
    for (const ToolFactory &tool : m_window.tools()) {
        m_steps.push_back([this, id = tool.id] { m_window.showTool(id); });
        // Twice: a tool may first have to go where there is something to show.
        m_steps.push_back([this] { m_window.currentTool()->showExample(); });
        m_steps.push_back([this] { m_window.currentTool()->showExample(); });
        pictures(tool.id);
    }
    m_steps.push_back([this] { m_window.showTool(m_window.tools().front().id); });
    m_steps.push_back([this, pictures] {
        if (m_window.currentTool()->openExample()) {
            m_steps.push_back([this] { m_window.currentTool()->showExample(); });
            pictures(QStringLiteral("user"));
        }
    });
}

bool ScreenshotRun::isQuiet() const
{
    return m_window.currentTool()->isSettled();
}

void ScreenshotRun::takeNext()
{
    if (m_steps.empty()) {
        m_poll.stop();
        m_patience.stop();
        Q_EMIT finished(m_failure.isEmpty(), m_failure.isEmpty() ? tr("%1 pictures saved in %2").arg(m_saved).arg(m_folder) : m_failure);
        return;
    }
    const auto step = std::move(m_steps.front());
    m_steps.pop_front();
    step();
}

void ScreenshotRun::save(const QString &name)
{
    const QString path = QDir(m_folder).filePath(QStringLiteral("console-%1.png").arg(name));
    if (m_window.grab().save(path)) {
        ++m_saved;
    } else {
        m_failure = tr("The picture cannot be written: %1").arg(path);
    }
}

}  // namespace Satchel::Console
