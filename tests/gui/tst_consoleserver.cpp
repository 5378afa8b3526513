// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: the console works against the server that is shipped: signs in, lists, opens, explains, is refused without the role, says when the
// server is gone and recovers. Method: a real satchel-server and two real devices as processes, the real window and its real network client
// here.
#include "gui/consolefixture.h"
#include "gui/guimain.h"
#include "support/rig.h"

#include "app/adminbackend.h"
#include "widgets/banner.h"
#include "widgets/listtable.h"
#include "widgets/treeview.h"

#include <QLabel>
#include <QSettings>

using namespace Satchel;
using namespace Satchel::Console;
using Core::Value;
using Test::object;

namespace {

std::chrono::milliseconds systemNow()
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch());
}

Value put(const char *collection, const char *key, Value fields)
{
    return object({{"do", "update"}, {"collection", collection}, {"key", key}, {"value", std::move(fields)}});
}

/// The window on a real server; widgets are found by their accessible names.
struct RealConsole {
    explicit RealConsole(const QUrl &server, const QString &token = {})
        : store(folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat)
    {
        const Connection connection{*Admin::ServerAddress::parse(server.toString()),
                                    token.isEmpty() ? Connection::TokenSource::Development : Connection::TokenSource::Given, token.toUtf8(),
                                    QStringLiteral("default")};
        window = std::make_unique<MainWindow>(
            MainWindow::Parts{session, Settings(store), systemNow, [](auto &&...) {},
                              [](const Connection &wanted) { return std::make_unique<AdminBackend>(wanted); }});
        window->show();
        window->connectTo(connection);
    }

    template <typename Widget>
    [[nodiscard]] Widget *find(const QString &name) const
    {
        const auto all = window->findChildren<Widget *>();
        for (Widget *widget : all) {
            if (widget->accessibleName() == name && widget->isVisible()) {
                return widget;
            }
        }
        return nullptr;
    }
    [[nodiscard]] int rows(const QString &table) const
    {
        const auto *view = find<ListTable>(table);
        return view == nullptr ? -1 : view->model()->rowCount();
    }

    QTemporaryDir folder;
    QSettings store;
    Session session{systemNow, Patience{std::chrono::milliseconds(20), std::chrono::milliseconds(100)}};
    std::unique_ptr<MainWindow> window;
};

}  // namespace

class TestConsoleServer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void console_showsWhatDevicesWrote();
    void operator_withoutRole_isRefused();
    void server_restarted_isFoundAgain();
};

void TestConsoleServer::console_showsWhatDevicesWrote()
{
    Test::Rig rig;
    QVERIFY2(rig.isReady(), rig.log().constData());
    auto &laptop = rig.addDevice(QStringLiteral("laptop"));
    auto &phone = rig.addDevice(QStringLiteral("phone"));
    QVERIFY2(laptop.start() && phone.start(), rig.log().constData());
    QVERIFY(laptop.succeeds(put("notes", "shopping", object({{"text", "milk"}, {"list", Value(Value::List{Value(1), Value("two")})}}))));
    QVERIFY(rig.syncAll());
    rig.link(0).setDown();
    rig.link(1).setDown();
    QVERIFY(laptop.succeeds(put("notes", "shopping", object({{"text", "milk, bread"}}))));
    QVERIFY(phone.succeeds(put("notes", "shopping", object({{"text", "milk, coffee"}}))));
    rig.link(0).setUp();
    rig.link(1).setUp();
    QVERIFY2(rig.syncAll(), rig.log().constData());

    RealConsole console(rig.server().url());
    QTRY_COMPARE(console.session.state(), Session::State::Connected);
    QTRY_COMPARE(console.rows(QStringLiteral("Users")), 1);
    auto *users = console.find<ListTable>(QStringLiteral("Users"));
    QCOMPARE(Test::columnTexts(users, 0), QStringList{QStringLiteral("anna")});
    QCOMPARE(Test::columnTexts(users, 3), QStringList{QStringLiteral("1")});
    users->selectRowAt(0);
    QTRY_COMPARE(console.rows(QStringLiteral("Devices of the user")), 2);
    console.window->currentTool()->open({QStringLiteral("anna"), {}});
    QTRY_COMPARE(console.rows(QStringLiteral("Documents of the user")), 1);
    console.find<ListTable>(QStringLiteral("Documents of the user"))->selectRowAt(0);
    QTRY_VERIFY(console.find<TreeView>(QStringLiteral("Fields of the document")));
    auto *fields = console.find<TreeView>(QStringLiteral("Fields of the document"));
    QCOMPARE(fields->model()->rowCount(), 2);
    QCOMPARE(fields->model()->rowCount(fields->model()->index(1, 0)), 2);
    console.window->showTool(QStringLiteral("conflicts"));
    QTRY_COMPARE(console.rows(QStringLiteral("Conflicts")), 1);
}

void TestConsoleServer::operator_withoutRole_isRefused()
{
    Test::ServerProcess server(Test::ServerProcess::Storage::Ephemeral);
    QVERIFY2(server.start(), server.log().constData());
    RealConsole console(server.url(), server.token(QStringLiteral("mallory")));
    QTRY_COMPARE(console.session.state(), Session::State::Connected);
    const auto says = [&](const QString &text) {
        const auto labels = console.window->findChildren<QLabel *>();
        return std::any_of(labels.begin(), labels.end(), [&](const QLabel *label) { return label->isVisible() && label->text() == text; });
    };
    QTRY_VERIFY(says(QStringLiteral("You may not see this")));
    QVERIFY(!says(QStringLiteral("No users yet")));
}

void TestConsoleServer::server_restarted_isFoundAgain()
{
    Test::ServerProcess server;
    QVERIFY2(server.start(), server.log().constData());
    RealConsole console(server.url());
    QTRY_COMPARE(console.session.state(), Session::State::Connected);
    server.kill();
    console.window->currentTool()->refresh();
    QTRY_COMPARE(console.session.state(), Session::State::Unreachable);
    QVERIFY(console.window->findChild<Banner *>()->text().contains(QStringLiteral("The server cannot be reached")));
    QVERIFY2(server.start(), server.log().constData());
    QTRY_COMPARE_WITH_TIMEOUT(console.session.state(), Session::State::Connected, 20'000);
    QTRY_VERIFY(console.window->findChild<Banner *>()->text().isEmpty());
}

int main(int argc, char **argv)
{
    return Test::guiMain<TestConsoleServer>(argc, argv);
}
#include "tst_consoleserver.moc"
