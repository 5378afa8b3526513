// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: a person can do the work of the console in the real window, by keyboard too, and is never told less than the truth.
// Method: the window offscreen on a fake server; what is pressed and what is seen are the widgets' own.
#include "gui/consolefixture.h"
#include "gui/guimain.h"

#include "tools/conflicts/conflictdetails.h"
#include "widgets/banner.h"
#include "widgets/errortext.h"
#include "widgets/filterline.h"
#include "widgets/listtable.h"
#include "widgets/treeview.h"
#include "widgets/valueview.h"
#include "widgets/viewstack.h"

#include <QAccessible>
#include <QAction>
#include <QApplication>
#include <QPushButton>
#include <QTest>

using namespace Satchel;
using namespace Satchel::Console;
using Test::ConsoleFixture;
using Test::FakeServer;

namespace {

const QString ada = QStringLiteral("ada.lovelace@example.org");

Core::Error refusal()
{
    return Core::makeError(Core::ErrorCode::PermissionDenied, Core::ErrorReason::RoleMissing, "needs the role support");
}

Core::Error gone()
{
    return Core::unavailable(Core::ErrorReason::NetworkUnreachable, "nothing listens");
}

}  // namespace

class TestMainWindow : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void start_withoutConnection_saysSoAndAsks();
    void users_areListed_andSearchedAtTheServer();
    void users_withConflictsOnly_areFiltered();
    void user_chosen_isPreviewed();
    void user_opened_showsDocumentsAndFields();
    void documents_areFilteredByCollectionAndKey();
    void conflicts_openAndOverwritten_areExplained();
    void conflict_opened_leadsToTheDocument();
    void refusal_isShownAsRefusal_neverAsEmpty();
    void emptyResult_saysWhatToDo();
    void server_gone_isToldAndComesBackByItself();
    void token_refused_asksForConnection();
    void connectPrompt_answered_connects();
    void theme_switchesLive_andIsRemembered();
    void shortcuts_doTheWork();
    void geometryAndTool_areRemembered();
    void focusableWidgets_haveAccessibleNames();
};

void TestMainWindow::start_withoutConnection_saysSoAndAsks()
{
    ConsoleFixture console;
    QVERIFY(console.visibleTexts().contains(QStringLiteral("Not connected to a server.")));
    QTest::mouseClick(console.find<QPushButton>(QStringLiteral("Connect…")), Qt::LeftButton);
    QCOMPARE(console.prompts, 1);
}

void TestMainWindow::users_areListed_andSearchedAtTheServer()
{
    ConsoleFixture console;
    QVERIFY(console.connectAndLoad());
    auto *table = console.find<ListTable>(QStringLiteral("Users"));
    QVERIFY(table);
    QCOMPARE(table->model()->rowCount(), 25);
    auto *filter = console.find<FilterLine>(QStringLiteral("Filter users"));
    const auto asked = console.server.usersListRequests.size();
    QTest::keyClicks(filter, QStringLiteral("hopper"));
    QTRY_COMPARE(table->model()->rowCount(), 1);
    QCOMPARE(Test::columnTexts(table, 0), QStringList{QStringLiteral("grace.hopper@example.org")});
    // Typing is waited out: six letters are one question.
    QCOMPARE(console.server.usersListRequests.size(), asked + 1);
    QCOMPARE(console.server.usersListRequests.back().search, std::string("hopper"));
}

void TestMainWindow::users_withConflictsOnly_areFiltered()
{
    ConsoleFixture console;
    QVERIFY(console.connectAndLoad());
    auto *table = console.find<ListTable>(QStringLiteral("Users"));
    QTest::mouseClick(console.find<QPushButton>(QStringLiteral("Only users with open conflicts")), Qt::LeftButton);
    QTRY_VERIFY(table->model()->rowCount() < 25 && table->model()->rowCount() > 0);
    QVERIFY(!Test::columnTexts(table, 3).contains(QString()));
}

void TestMainWindow::user_chosen_isPreviewed()
{
    ConsoleFixture console;
    QVERIFY(console.connectAndLoad());
    console.find<ListTable>(QStringLiteral("Users"))->selectRowAt(0);
    QVERIFY(console.waitSettled());
    const QString texts = console.visibleTexts();
    QVERIFY(texts.contains(ada));
    QVERIFY2(
        texts.contains(QStringLiteral("Kitchen tablet is 42 changes behind; it last synced 3 days ago. 2 conflicts wait for a decision.")),
        qPrintable(texts));
    QCOMPARE(console.find<ListTable>(QStringLiteral("Devices of the user"))->model()->rowCount(), 3);
}

void TestMainWindow::user_opened_showsDocumentsAndFields()
{
    ConsoleFixture console;
    QVERIFY(console.connectAndLoad());
    auto *users = console.find<ListTable>(QStringLiteral("Users"));
    users->selectRowAt(0);
    QTest::keyClick(users, Qt::Key_Return);
    QVERIFY(console.waitSettled());
    auto *documents = console.find<ListTable>(QStringLiteral("Documents of the user"));
    QVERIFY(documents);
    QCOMPARE(documents->model()->rowCount(), 12);
    documents->selectRowAt(0);
    QVERIFY(console.waitSettled());
    auto *fields = console.find<TreeView>(QStringLiteral("Fields of the document"));
    QVERIFY(fields);
    QCOMPARE(fields->model()->rowCount(), 5);
    const QModelIndex body = fields->model()->index(0, 0);
    QVERIFY(fields->isExpanded(body));
    QCOMPARE(fields->model()->rowCount(body), 2);
    QCOMPARE(fields->currentIndex().siblingAtColumn(0), body);
    QVERIFY(
        console.find<ValueView>(QStringLiteral("Value of the chosen field"))->toPlainText().startsWith(QStringLiteral("\"Dear editor")));
    const QString texts = console.visibleTexts();
    QVERIFY2(texts.contains(QStringLiteral("Written by Pixel 8 at 24 Nov 2026, 13:36:11 by its clock")), qPrintable(texts));
    QVERIFY(texts.contains(QStringLiteral("A is shown for now, because it is the latest")));
    console.press(Qt::Key_Escape);
    QVERIFY(console.find<ListTable>(QStringLiteral("Users")));
}

void TestMainWindow::documents_areFilteredByCollectionAndKey()
{
    ConsoleFixture console;
    QVERIFY(console.connectAndLoad());
    console.window->currentTool()->open({ada, {}});
    QVERIFY(console.waitSettled());
    auto *collections = console.find<ListTable>(QStringLiteral("Collections of the user"));
    auto *documents = console.find<ListTable>(QStringLiteral("Documents of the user"));
    QCOMPARE(Test::columnTexts(collections, 0).first(), QStringLiteral("All collections"));
    collections->selectRowAt(3);
    QTRY_COMPARE(documents->model()->rowCount(), 7);
    QTest::keyClicks(console.find<FilterLine>(QStringLiteral("Filter documents")), QStringLiteral("chapter-03"));
    QTRY_COMPARE(documents->model()->rowCount(), 1);
    console.press(Qt::Key_Escape, Qt::NoModifier);
    QTRY_COMPARE(documents->model()->rowCount(), 7);
}

void TestMainWindow::conflicts_openAndOverwritten_areExplained()
{
    ConsoleFixture console;
    QVERIFY(console.connectAndLoad());
    console.window->showTool(QStringLiteral("conflicts"));
    QVERIFY(console.waitSettled());
    auto *table = console.find<ListTable>(QStringLiteral("Conflicts"));
    QCOMPARE(table->model()->rowCount(), 4);
    table->selectRowAt(1);
    auto *details = console.window->findChild<ConflictDetails *>();
    QVERIFY2(details->reason().startsWith(
                 QStringLiteral("A is shown for now, because it is the latest: Pixel 8 wrote 17 min after ThinkPad T14")),
             qPrintable(details->reason()));
    const QString texts = console.visibleTexts();
    QVERIFY(texts.contains(QStringLiteral("Removed the field")));
    QVERIFY(texts.contains(QStringLiteral("Before")));
    QTest::mouseClick(console.find<QPushButton>(QStringLiteral("Overwritten")), Qt::LeftButton);
    QTRY_COMPARE(table->model()->rowCount(), 2);
    table->selectRowAt(0);
    QVERIFY2(details->reason().startsWith(QStringLiteral("A won: Pixel 8 wrote 35 s after ThinkPad T14, by their clocks.")),
             qPrintable(details->reason()));
    QTest::keyClicks(console.find<FilterLine>(QStringLiteral("Filter conflicts")),
                     QStringLiteral("alan.turing@example.org collection:session"));
    QTRY_COMPARE(table->model()->rowCount(), 1);
}

void TestMainWindow::conflict_opened_leadsToTheDocument()
{
    ConsoleFixture console;
    QVERIFY(console.connectAndLoad());
    console.window->showTool(QStringLiteral("conflicts"));
    QVERIFY(console.waitSettled());
    auto *table = console.find<ListTable>(QStringLiteral("Conflicts"));
    table->selectRowAt(0);
    QTest::keyClick(table, Qt::Key_Return);
    QVERIFY(console.waitSettled());
    QVERIFY(console.find<TreeView>(QStringLiteral("Fields of the document")));
    QVERIFY(console.visibleTexts().contains(QStringLiteral("letter-to-the-editor")));
    QCOMPARE(console.find<ListTable>(QStringLiteral("Documents of the user"))->model()->rowCount(), 1);
}

void TestMainWindow::refusal_isShownAsRefusal_neverAsEmpty()
{
    ConsoleFixture console;
    console.server.conflictsFailure = refusal();
    QVERIFY(console.connectAndLoad());
    console.window->showTool(QStringLiteral("conflicts"));
    QVERIFY(console.waitSettled());
    const QString texts = console.visibleTexts();
    QVERIFY(texts.contains(QStringLiteral("You may not see this")));
    QVERIFY(texts.contains(QStringLiteral("role")));
    QVERIFY(!texts.contains(QStringLiteral("No open conflicts")));
    // A refusal is an answer: the connection is not at fault.
    QCOMPARE(console.session->state(), Session::State::Connected);
    console.server.conflictsFailure.reset();
    QTest::mouseClick(console.find<QPushButton>(QStringLiteral("Try again")), Qt::LeftButton);
    QTRY_COMPARE(console.find<ListTable>(QStringLiteral("Conflicts")) != nullptr, true);
}

void TestMainWindow::emptyResult_saysWhatToDo()
{
    ConsoleFixture console;
    QVERIFY(console.connectAndLoad());
    auto *filter = console.find<FilterLine>(QStringLiteral("Filter users"));
    QTest::keyClicks(filter, QStringLiteral("nobody"));
    QTRY_VERIFY(console.visibleTexts().contains(QStringLiteral("No user matches “nobody”")));
    QVERIFY(console.visibleTexts().contains(QStringLiteral("press Esc to see all users")));
    console.press(Qt::Key_Escape);
    QTRY_VERIFY(console.find<ListTable>(QStringLiteral("Users")));
    ConsoleFixture blank{FakeServer{}};
    QVERIFY(blank.connectAndLoad());
    QVERIFY(blank.visibleTexts().contains(QStringLiteral("No users yet")));
}

void TestMainWindow::server_gone_isToldAndComesBackByItself()
{
    ConsoleFixture console;
    QVERIFY(console.connectAndLoad());
    auto *banner = console.window->findChild<Banner *>();
    QVERIFY(!banner->isVisible());
    console.server.failure = gone();
    console.press(Qt::Key_F5);
    QTRY_COMPARE(console.session->state(), Session::State::Unreachable);
    QVERIFY(banner->isVisible());
    QVERIFY2(banner->text().contains(QStringLiteral("What you see is from 24 Nov 2026, 14:02:11")), qPrintable(banner->text()));
    // The rows of before stay, with the truth about them under them.
    QCOMPARE(console.find<ListTable>(QStringLiteral("Users"))->model()->rowCount(), 25);
    const int tries = console.server.signIns;
    QTRY_VERIFY(console.server.signIns > tries + 2);
    console.server.failure.reset();
    QTRY_COMPARE(console.session->state(), Session::State::Connected);
    QTRY_VERIFY(!banner->isVisible());
    QVERIFY(console.waitSettled());
    QCOMPARE(console.find<ListTable>(QStringLiteral("Users"))->model()->rowCount(), 25);
}

void TestMainWindow::token_refused_asksForConnection()
{
    ConsoleFixture console;
    console.server.failure = Core::makeError(Core::ErrorCode::Unauthenticated, Core::ErrorReason::TokenExpired, "the token has expired",
                                             Core::Retry::AfterSignIn);
    console.session->connectTo(std::make_unique<Test::FakeBackend>(console.server));
    QTRY_COMPARE(console.session->state(), Session::State::SignedOut);
    QVERIFY(console.window->findChild<Banner *>()->text().contains(QStringLiteral("Your session has ended")));
    QTest::mouseClick(console.find<QPushButton>(QStringLiteral("Connect…")), Qt::LeftButton);
    QCOMPARE(console.prompts, 1);
}

void TestMainWindow::connectPrompt_answered_connects()
{
    ConsoleFixture console;
    console.promptAnswer =
        Connection{*Admin::ServerAddress::parse(QStringLiteral("http://127.0.0.1:8080")), Connection::TokenSource::Given, "secret", {}};
    console.window->askForConnection();
    QTRY_COMPARE(console.session->state(), Session::State::Connected);
    QVERIFY(console.visibleTexts().contains(QStringLiteral("grace.hopper in tenant default")));
    console.store.sync();
    QFile settings(console.store.fileName());
    QVERIFY(settings.open(QIODevice::ReadOnly));
    const QByteArray written = settings.readAll();
    QVERIFY(written.contains("127.0.0.1:8080"));
    QVERIFY(!written.contains("secret"));
}

void TestMainWindow::theme_switchesLive_andIsRemembered()
{
    ConsoleFixture console;
    QVERIFY(console.connectAndLoad());
    const QColor light = QApplication::palette().color(QPalette::Window);
    console.press(Qt::Key_T, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(console.window->theme(), ThemeName::Dark);
    QVERIFY(QApplication::palette().color(QPalette::Window).lightness() < light.lightness());
    QCOMPARE(Settings(console.store).theme(), ThemeName::Dark);
    console.press(Qt::Key_T, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(QApplication::palette().color(QPalette::Window), light);
}

void TestMainWindow::shortcuts_doTheWork()
{
    ConsoleFixture console;
    QVERIFY(console.connectAndLoad());
    console.press(Qt::Key_2, Qt::ControlModifier);
    QVERIFY(console.waitSettled());
    QVERIFY(console.find<ListTable>(QStringLiteral("Conflicts")));
    console.press(Qt::Key_1, Qt::ControlModifier);
    console.press(Qt::Key_F, Qt::ControlModifier);
    auto *filter = console.find<FilterLine>(QStringLiteral("Filter users"));
    QCOMPARE(QApplication::focusWidget(), filter);
    QTest::keyClick(filter, Qt::Key_Down);
    auto *table = console.find<ListTable>(QStringLiteral("Users"));
    QCOMPARE(QApplication::focusWidget(), table);
    QCOMPARE(table->currentIndex().row(), 0);
    QVERIFY(table->selectionModel()->isRowSelected(0));
    QTest::keyClick(table, Qt::Key_Down);
    QCOMPARE(table->currentIndex().row(), 1);
    const int calls = console.server.calls;
    console.press(Qt::Key_F5);
    QVERIFY(console.waitSettled());
    QVERIFY(console.server.calls > calls);
    // The same user is still chosen after a refresh.
    QCOMPARE(table->currentIndex().row(), 1);
    QSet<QString> keys;
    const auto actions = console.window->findChildren<QAction *>();
    for (const QAction *action : actions) {
        if (!action->shortcut().isEmpty()) {
            QVERIFY2(!keys.contains(action->shortcut().toString()), qPrintable(action->text()));
            keys += action->shortcut().toString();
        }
    }
}

void TestMainWindow::geometryAndTool_areRemembered()
{
    ConsoleFixture console;
    // Not larger than the offscreen screen (800 x 800) leaves free: newer versions of Qt bring a window back to where it can be seen.
    const QSize asked(console.window->minimumWidth(), 700);
    QVERIFY(asked != console.window->size());
    console.window->resize(asked);
    console.window->showTool(QStringLiteral("conflicts"));
    console.window->close();
    Session session([] { return Test::fakeNow; });
    MainWindow again(
        {session, Settings(console.store), [] { return Test::fakeNow; }, [](auto &&...) {}, [](const Connection &) { return nullptr; }});
    QCOMPARE(again.size(), asked);
    QCOMPARE(again.currentTool()->metaObject()->className(), "Satchel::Console::ConflictsTool");
}

void TestMainWindow::focusableWidgets_haveAccessibleNames()
{
    ConsoleFixture console;
    QVERIFY(console.connectAndLoad());
    console.window->currentTool()->open({ada, {}});
    QVERIFY(console.waitSettled());
    ConnectDialog dialog({}, console.window.get());
    QStringList nameless;
    const auto widgets = console.window->findChildren<QWidget *>();
    for (QWidget *widget : widgets) {
        const bool isInner = widget->parentWidget() != nullptr && qobject_cast<QLineEdit *>(widget->parentWidget()) != nullptr;
        if (widget->focusPolicy() == Qt::NoFocus || isInner || widget->objectName().startsWith(QStringLiteral("qt_"))) {
            continue;
        }
        QAccessibleInterface *accessible = QAccessible::queryAccessibleInterface(widget);
        if (accessible == nullptr || accessible->text(QAccessible::Name).isEmpty() || accessible->role() == QAccessible::NoRole) {
            nameless += QString::fromLatin1(widget->metaObject()->className()) + u' ' + widget->objectName();
        }
    }
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u", ")));
}

int main(int argc, char **argv)
{
    return Test::guiMain<TestMainWindow>(argc, argv);
}
#include "tst_mainwindow.moc"
