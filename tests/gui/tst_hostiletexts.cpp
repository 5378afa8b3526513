// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: whatever a user, a device or an app writes is shown as text: nothing is read as markup, nothing is fetched, nothing breaks the
// window. Method: the text in every place at once (user, device, collection, key, field, value), the whole way through the window; network
// access is watched at a listening socket that an image or a link would have to reach.
#include "gui/consolefixture.h"
#include "gui/guimain.h"

#include "widgets/listtable.h"
#include "widgets/visibletext.h"

#include <QApplication>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLabel>
#include <QTcpServer>
#include <QTest>

using namespace Satchel;
using namespace Satchel::Console;
using Test::ConsoleFixture;

namespace {

/// Goes through every screen that shows the user's texts.
bool walkThrough(ConsoleFixture &console, const std::string &text)
{
    if (!console.connectAndLoad()) {
        return false;
    }
    const QString user = fromUtf8(text);
    console.find<ListTable>(QStringLiteral("Users"))->selectRowAt(static_cast<int>(console.server.users.size()) - 1);
    bool isGood = console.waitSettled();
    console.window->grab();
    console.window->currentTool()->open({user, Core::DocumentId{text, text}});
    isGood = console.waitSettled() && isGood;
    console.window->grab();
    console.window->showTool(QStringLiteral("conflicts"));
    isGood = console.waitSettled() && isGood;
    console.find<ListTable>(QStringLiteral("Conflicts"))->selectRowAt(static_cast<int>(console.server.open.size()) - 1);
    console.window->grab();
    return isGood;
}

}  // namespace

class TestHostileTexts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void markup_isShownAsText_andFetchesNothing();
    void labels_areAllPlainText();
    void naughtyStrings_areShown();
};

void TestHostileTexts::markup_isShownAsText_andFetchesNothing()
{
    QTcpServer trap;
    QVERIFY(trap.listen(QHostAddress::LocalHost));
    int visits = 0;
    connect(&trap, &QTcpServer::newConnection, this, [&] { ++visits; });
    const std::string text = "<img src=\"http://127.0.0.1:" + std::to_string(trap.serverPort()) + "/x.png\"><a href=\"x\">a</a>";
    ConsoleFixture console;
    Test::addHostileUser(console.server, text);
    QVERIFY(walkThrough(console, text));
    QVERIFY(console.visibleTexts().contains(fromUtf8(text)));
    QCOMPARE(visits, 0);
}

void TestHostileTexts::labels_areAllPlainText()
{
    ConsoleFixture console;
    Test::addHostileUser(console.server, "<b>bold</b>");
    QVERIFY(walkThrough(console, "<b>bold</b>"));
    const auto labels = console.window->findChildren<QLabel *>();
    for (const QLabel *label : labels) {
        if (label->pixmap().isNull() && !label->text().isEmpty()) {
            QVERIFY2(label->textFormat() == Qt::PlainText, qPrintable(label->text()));
        }
    }
    const auto widgets = console.window->findChildren<QWidget *>();
    for (const QWidget *widget : widgets) {
        QVERIFY2(!widget->toolTip().contains(QStringLiteral("<b>")), qPrintable(widget->toolTip()));
    }
}

void TestHostileTexts::naughtyStrings_areShown()
{
    QFile file(QStringLiteral(SATCHEL_SHARED_DIR "/data/naughty-strings.json"));
    if (!file.open(QIODevice::ReadOnly)) {
        QSKIP("naughty-strings.json is not there");
    }
    const QJsonArray strings = QJsonDocument::fromJson(file.readAll()).array();
    QVERIFY(strings.size() > 100);
    ConsoleFixture console;
    for (const auto &string : strings) {
        const std::string text = string.toString().toStdString();
        if (!text.empty()) {
            Test::addHostileUser(console.server, text);
        }
    }
    const std::string last = console.server.users.back().user;
    QVERIFY(walkThrough(console, last));
    // Every row of the list is painted and read out once.
    console.window->showTool(QStringLiteral("users"));
    auto *conflicts = console.window->findChild<ListTable *>();
    for (int row = 0; row < conflicts->model()->rowCount(); row += 10) {
        conflicts->scrollTo(conflicts->model()->index(row, 0), QAbstractItemView::PositionAtTop);
        conflicts->grab();
    }
    for (const auto &string : strings) {
        QVERIFY(!visibleLine(string.toString()).contains(QChar(0x202e)));
    }
}

int main(int argc, char **argv)
{
    return Test::guiMain<TestHostileTexts>(argc, argv);
}
#include "tst_hostiletexts.moc"
