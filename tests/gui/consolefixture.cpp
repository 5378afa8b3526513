// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "consolefixture.h"

#include <QApplication>
#include <QLabel>
#include <QTableView>
#include <QTest>

namespace Satchel::Test {

using namespace Console;

ConsoleFixture::ConsoleFixture(FakeServer fakeServer)
    : server(std::move(fakeServer))
    , store(folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat)
    , session(std::make_unique<Session>([] { return fakeNow; }, Patience{std::chrono::milliseconds(20), std::chrono::milliseconds(40)}))
{
    Settings settings(store);
    settings.setTheme(ThemeName::Light);
    window = std::make_unique<MainWindow>(
        MainWindow::Parts{*session, settings, [] { return fakeNow; },
                          [this](QWidget *, const ConnectDefaults &, const std::function<void(std::optional<Connection>)> &done) {
                              ++prompts;
                              done(promptAnswer);
                          },
                          [this](const Connection &) { return std::make_unique<FakeBackend>(server); }});
    window->show();
}

ConsoleFixture::~ConsoleFixture() = default;

bool ConsoleFixture::connectAndLoad()
{
    session->connectTo(std::make_unique<FakeBackend>(server));
    return waitSettled();
}

bool ConsoleFixture::waitSettled()
{
    // One answer may lead to the next call, so quiet has to last for a few turns of the event loop.
    int quietTurns = 0;
    return QTest::qWaitFor(
        [&] {
            quietTurns = window->currentTool()->isSettled() ? quietTurns + 1 : 0;
            return quietTurns > 3;
        },
        10'000);
}

QString ConsoleFixture::visibleTexts() const
{
    QStringList texts;
    const auto labels = window->findChildren<QLabel *>();
    for (const QLabel *label : labels) {
        if (label->isVisible()) {
            texts += label->text();
        }
    }
    return texts.join(u'\n');
}

void ConsoleFixture::press(Qt::Key key, Qt::KeyboardModifiers modifiers) const
{
    QWidget *target = QApplication::focusWidget();
    QTest::keyClick(target != nullptr ? target : window.get(), key, modifiers);
}

QStringList columnTexts(const QTableView *table, int column)
{
    QStringList texts;
    for (int row = 0; row < table->model()->rowCount(); ++row) {
        texts += table->model()->index(row, column).data().toString();
    }
    return texts;
}

}  // namespace Satchel::Test
