// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: a picture of every tool, light and dark, is left in the build folder, and in each the tool shows content. Method: the run behind
// --screenshot, on the fake server, and the states that a server seldom is in by hand.
#include "gui/consolefixture.h"
#include "gui/guimain.h"

#include "app/connectdialog.h"
#include "app/screenshotrun.h"

#include <QApplication>
#include <QDir>
#include <QImage>
#include <QSet>
#include <QSignalSpy>
#include <QTest>

using namespace Satchel;
using namespace Satchel::Console;
using Test::ConsoleFixture;

namespace {

QString folder()
{
    return QStringLiteral(SATCHEL_BINARY_DIR "/screenshots");
}

/// A picture of one colour is of nothing.
bool hasContent(const QString &path)
{
    const QImage image(path);
    QSet<QRgb> colors;
    for (int y = 0; y < image.height(); y += 3) {
        for (int x = 0; x < image.width(); x += 3) {
            colors += image.pixel(x, y);
        }
    }
    return colors.size() > 50;
}

}  // namespace

class TestScreenshots : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void run_savesEveryTool();
    void states_areSavedToo_data();
    void states_areSavedToo();
    void dialog_isSavedToo();
};

void TestScreenshots::run_savesEveryTool()
{
    ConsoleFixture console;
    QVERIFY(console.connectAndLoad());
    ScreenshotRun run(*console.window, folder());
    QSignalSpy finished(&run, &ScreenshotRun::finished);
    run.start();
    QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 60'000);
    QVERIFY2(finished.first().at(0).toBool(), qPrintable(finished.first().at(1).toString()));
    for (const char *name : {"users-light", "users-dark", "conflicts-light", "conflicts-dark", "user-light", "user-dark"}) {
        QVERIFY2(hasContent(QDir(folder()).filePath(QStringLiteral("console-%1.png").arg(QLatin1String(name)))), name);
    }
}

void TestScreenshots::states_areSavedToo_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("theme");
    for (const char *name : {"refused", "gone", "nothing", "small", "overwritten"}) {
        QTest::addRow("%s light", name) << QString::fromLatin1(name) << static_cast<int>(ThemeName::Light);
        QTest::addRow("%s dark", name) << QString::fromLatin1(name) << static_cast<int>(ThemeName::Dark);
    }
}

void TestScreenshots::states_areSavedToo()
{
    QFETCH(const QString, name);
    QFETCH(const int, theme);
    ConsoleFixture console;
    console.window->setTheme(static_cast<ThemeName>(theme));
    console.server.conflictsFailure = Core::makeError(Core::ErrorCode::PermissionDenied, Core::ErrorReason::RoleMissing,
                                                      "the admin services need the role support or admin");
    QVERIFY(console.connectAndLoad());
    if (name == QStringLiteral("small")) {
        console.window->resize(1024, 680);
        console.window->currentTool()->open({QStringLiteral("ada.lovelace@example.org"), {}});
        QVERIFY(console.waitSettled());
        console.window->currentTool()->showExample();
    } else if (name == QStringLiteral("overwritten")) {
        console.server.conflictsFailure.reset();
        console.server.open.clear();
        console.window->showTool(QStringLiteral("conflicts"));
        QVERIFY(console.waitSettled());
        console.window->currentTool()->showExample();
        QVERIFY(console.waitSettled());
        console.window->currentTool()->showExample();
    } else if (name == QStringLiteral("refused")) {
        console.window->showTool(QStringLiteral("conflicts"));
    } else if (name == QStringLiteral("gone")) {
        console.window->currentTool()->showExample();
        QVERIFY(console.waitSettled());
        console.server.failure = Core::unavailable(Core::ErrorReason::NetworkUnreachable, "nothing listens at the server's address");
        console.window->currentTool()->refresh();
        QTRY_COMPARE(console.session->state(), Session::State::Unreachable);
    } else {
        console.window->currentTool()->focusFilter();
        QTest::keyClicks(QApplication::focusWidget(), QStringLiteral("nobody@example.org"));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
    }
    QVERIFY(console.waitSettled());
    const QString path =
        QDir(folder()).filePath(QStringLiteral("state-%1-%2.png").arg(name, theme == 0 ? QStringLiteral("light") : QStringLiteral("dark")));
    QDir().mkpath(folder());
    QVERIFY(console.window->grab().save(path));
    QVERIFY(hasContent(path));
}

void TestScreenshots::dialog_isSavedToo()
{
    ConsoleFixture console;
    ConnectDialog dialog({QStringLiteral("http://127.0.0.1:8080"), QStringLiteral("default"), {}}, console.window.get());
    QVERIFY(dialog.connection());
    QVERIFY(dialog.grab().save(QDir(folder()).filePath(QStringLiteral("dialog-light.png"))));
    console.window->setTheme(ThemeName::Dark);
    QVERIFY(dialog.grab().save(QDir(folder()).filePath(QStringLiteral("dialog-dark.png"))));
}

int main(int argc, char **argv)
{
    return Test::guiMain<TestScreenshots>(argc, argv);
}
#include "tst_screenshots.moc"
