// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: models show what the server has, page by page, keep within their memory, and obey Qt's rules while doing so.
// Method: each model under QAbstractItemModelTester on the fake server, scrolled, filtered, failed and refreshed.
#include "gui/fakebackend.h"
#include "gui/guimain.h"

#include "tools/conflicts/conflictsmodel.h"
#include "tools/state/documentsmodel.h"
#include "tools/state/fieldsmodel.h"
#include "tools/users/partsmodels.h"
#include "tools/users/usersmodel.h"
#include "widgets/cellroles.h"
#include "widgets/tokens.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QTest>

using namespace Satchel;
using namespace Satchel::Console;
using Test::FakeBackend;
using Test::FakeServer;

namespace {

const Clock clockAt = [] { return Test::fakeNow; };

bool settle(const PagedModel &model)
{
    return QTest::qWaitFor([&] { return model.state() == PagedModel::State::Ready || model.state() == PagedModel::State::Failed; }, 5000);
}

}  // namespace

class TestConsoleModels : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void users_tenThousand_arePagedInBoundedMemory();
    void users_page_thatWasGivenUp_comesBack();
    void users_filter_startsAgain_andOldAnswersAreIgnored();
    void users_failure_isKept_andRowsStay();
    void users_refresh_replacesRows();
    void documents_arePaged();
    void fields_areATree_ofSiblingsAndMembers();
    void fields_masked_areNotSaidToBeRemoved();
    void fields_longList_isCut();
    void conflicts_filterText_isParsed();
    void parts_changeWithTheUser();
};

void TestConsoleModels::users_tenThousand_arePagedInBoundedMemory()
{
    FakeServer server;
    Test::addGeneratedUsers(server, 10'000);
    FakeBackend backend(server);
    UsersModel model(backend, clockAt);
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.restart();
    QVERIFY(settle(model));
    QCOMPARE(model.rowCount(), PagedModel::pageRows);
    QCOMPARE(server.calls, 1);
    while (model.canFetchMore({})) {
        model.fetchMore({});
        QVERIFY(settle(model));
        QVERIFY(model.pagesHeld() <= PagedModel::pagesHeldMax);
    }
    QCOMPARE(model.rowCount(), 10'000);
    QCOMPARE(model.index(9'999, 0).data().toString(), QStringLiteral("user-09999@example.org"));
    QCOMPARE(server.calls, 100);
}

void TestConsoleModels::users_page_thatWasGivenUp_comesBack()
{
    FakeServer server;
    Test::addGeneratedUsers(server, 6'000);
    FakeBackend backend(server);
    UsersModel model(backend, clockAt);
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.restart();
    QVERIFY(settle(model));
    while (model.canFetchMore({})) {
        model.fetchMore({});
        QVERIFY(settle(model));
    }
    QCOMPARE(model.index(150, 0).data().toString(), QStringLiteral("…"));
    QTRY_COMPARE(model.index(150, 0).data().toString(), QStringLiteral("user-00150@example.org"));
    QVERIFY(model.pagesHeld() <= PagedModel::pagesHeldMax);
    // Two users of the page are gone when it is asked for again.
    server.users.erase(server.users.begin() + 298, server.users.begin() + 300);
    server.users.resize(300);
    QCOMPARE(model.index(250, 0).data().toString(), QStringLiteral("…"));
    QTRY_COMPARE(model.index(250, 0).data().toString(), QStringLiteral("user-00250@example.org"));
    QCOMPARE(model.rowCount(), 6'000);
}

void TestConsoleModels::users_filter_startsAgain_andOldAnswersAreIgnored()
{
    FakeServer server;
    Test::addGeneratedUsers(server, 500);
    FakeBackend backend(server);
    UsersModel model(backend, clockAt);
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    server.isHolding = true;
    model.restart();
    model.setFilter({QStringLiteral("-0042"), false});
    QCOMPARE(model.rowCount(), 0);
    server.release();
    QVERIFY(settle(model));
    QCOMPARE(model.rowCount(), 10);
    QVERIFY(!model.canFetchMore({}));
}

void TestConsoleModels::users_failure_isKept_andRowsStay()
{
    FakeServer server;
    Test::addGeneratedUsers(server, 250);
    FakeBackend backend(server);
    UsersModel model(backend, clockAt);
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.restart();
    QVERIFY(settle(model));
    server.failure = Core::makeError(Core::ErrorCode::Internal, Core::ErrorReason::StorageIo, "disk");
    model.fetchMore({});
    QVERIFY(settle(model));
    QCOMPARE(model.state(), PagedModel::State::Failed);
    QCOMPARE(model.error()->reason, Core::ErrorReason::StorageIo);
    QCOMPARE(model.rowCount(), 100);
    // A view must not hammer a server that just failed; a person may.
    QVERIFY(!model.canFetchMore({}));
    server.failure.reset();
    model.fetchMore({});
    QVERIFY(settle(model));
    QCOMPARE(model.rowCount(), 200);
    QVERIFY(!model.error());
}

void TestConsoleModels::users_refresh_replacesRows()
{
    FakeServer server;
    Test::addGeneratedUsers(server, 20);
    FakeBackend backend(server);
    UsersModel model(backend, clockAt);
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.restart();
    QVERIFY(settle(model));
    server.users.erase(server.users.begin());
    model.refresh();
    QCOMPARE(model.rowCount(), 20);
    QVERIFY(settle(model));
    QCOMPARE(model.rowCount(), 19);
    model.clear();
    QCOMPARE(model.rowCount(), 0);
    QCOMPARE(model.state(), PagedModel::State::Idle);
}

void TestConsoleModels::documents_arePaged()
{
    FakeServer server = Test::makeTypicalServer();
    FakeBackend backend(server);
    DocumentsModel model(backend, clockAt);
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setFilter({QStringLiteral("ada.lovelace@example.org"), "drafts", {}});
    QVERIFY(settle(model));
    QCOMPARE(model.rowCount(), 2);
    const QModelIndex letter = model.index(0, DocumentsModel::Key);
    QCOMPARE(letter.data().toString(), QStringLiteral("letter-to-the-editor"));
    QCOMPARE(letter.data(SecondLineRole).toString(), QStringLiteral("drafts"));
    QCOMPARE(letter.data(TrailingRole).toString(), QStringLiteral("2"));
    QCOMPARE(model.index(0, DocumentsModel::Updated).data().toString(), QStringLiteral("26 min ago"));
}

void TestConsoleModels::fields_areATree_ofSiblingsAndMembers()
{
    FakeServer server = Test::makeTypicalServer();
    FieldsModel model(clockAt);
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const auto &documents = server.documents["ada.lovelace@example.org"];
    model.setDocument(documents[0].view);
    const QModelIndex subject = model.index(2, 0);
    QCOMPARE(model.rowCount(subject), 3);
    QCOMPARE(model.index(2, FieldsModel::Content, subject).data().toString(), QStringLiteral("removed"));
    QCOMPARE(model.siblingAt(model.index(2, 0, subject))->deviceName, std::string("Kitchen tablet"));
    QCOMPARE(model.fieldAt(model.index(2, 0, subject))->name, std::string("subject"));
    model.setDocument(documents[2].view);
    const QModelIndex keyboard = model.index(3, 0);
    QCOMPARE(model.index(3, FieldsModel::Content).data().toString(), QStringLiteral("map of 3"));
    QCOMPARE(model.rowCount(keyboard), 3);
    QCOMPARE(model.index(1, 0, keyboard).data().toString(), QStringLiteral("find"));
    QCOMPARE(model.index(1, FieldsModel::Content, keyboard).data().toString(), QStringLiteral("\"Ctrl+F\""));
    model.clear();
    QCOMPARE(model.rowCount(), 0);
}

void TestConsoleModels::fields_masked_areNotSaidToBeRemoved()
{
    Wire::Admin::StateGetDocumentResponse document;
    Wire::Admin::FieldView &field = document.fields.emplace_back();
    field.name = "pin";
    field.isMasked = true;
    field.siblings.resize(2);
    field.siblings.front().isMasked = true;
    FieldsModel model(clockAt);
    model.setDocument(document);
    const QModelIndex row = model.index(0, FieldsModel::Content);
    QCOMPARE(row.data().toString(), QStringLiteral("masked"));
    QVERIFY(row.data(Qt::ToolTipRole).toString().contains(QStringLiteral("with a reason only")));
    QVERIFY(model.isMaskedAt(row));
    const QModelIndex name = model.index(0, FieldsModel::Name);
    QCOMPARE(model.index(0, FieldsModel::Content, name).data().toString(), QStringLiteral("masked"));
    QCOMPARE(model.index(1, FieldsModel::Content, name).data().toString(), QStringLiteral("removed"));
}

void TestConsoleModels::fields_longList_isCut()
{
    Core::Value::List list(5'000, Core::Value(1));
    FieldsModel model(clockAt);
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    Wire::Admin::StateGetDocumentResponse document;
    document.fields.push_back(
        {.name = "long", .kind = Core::FieldKind::Register, .value = Core::Value(list), .isConflicted = false, .siblings = {}});
    model.setDocument(document);
    const QModelIndex field = model.index(0, 0);
    QCOMPARE(model.rowCount(field), static_cast<int>(FieldsModel::membersMax) + 1);
    QCOMPARE(model.index(static_cast<int>(FieldsModel::membersMax), 0, field).data().toString(), QStringLiteral("and 4,000 more"));
}

void TestConsoleModels::conflicts_filterText_isParsed()
{
    using Wire::Admin::ConflictKind;
    const auto filter = ConflictsModel::parseFilter(QStringLiteral("  user:ada  collection:notes "), ConflictKind::Overwritten);
    QCOMPARE(filter.user, QStringLiteral("ada"));
    QCOMPARE(filter.collection, QStringLiteral("notes"));
    QCOMPARE(filter.kind, ConflictKind::Overwritten);
    QCOMPARE(ConflictsModel::parseFilter(QStringLiteral("ada lovelace"), ConflictKind::Open).user, QStringLiteral("ada lovelace"));
    QVERIFY(ConflictsModel::parseFilter({}, ConflictKind::Open).user.isEmpty());
    FakeServer server = Test::makeTypicalServer();
    FakeBackend backend(server);
    ConflictsModel model(backend, clockAt);
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.restart();
    QVERIFY(settle(model));
    QCOMPARE(model.index(3, ConflictsModel::Detected).data(ToneRole).toInt(), static_cast<int>(Tone::Warning));
}

void TestConsoleModels::parts_changeWithTheUser()
{
    FakeServer server = Test::makeTypicalServer();
    DevicesModel devices;
    CollectionsModel collections(CollectionsModel::FirstRow::All);
    const QAbstractItemModelTester devicesTester(&devices, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const QAbstractItemModelTester collectionsTester(&collections, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const auto &user = server.profiles["ada.lovelace@example.org"];
    devices.setUser(user, Test::fakeNow);
    collections.setUser(user);
    QCOMPARE(devices.index(0, DevicesModel::Sync).data().toString(), QStringLiteral("online"));
    QCOMPARE(devices.index(2, DevicesModel::Sync).data(SecondLineRole).toString(), QStringLiteral("42 behind"));
    QCOMPARE(collections.rowCount(), 5);
    QVERIFY(collections.collectionAt(0).empty());
    QCOMPARE(collections.rowOf("progress"), 3);
    devices.setUser({}, Test::fakeNow);
    QCOMPARE(devices.rowCount(), 0);
}

int main(int argc, char **argv)
{
    return Test::guiMain<TestConsoleModels>(argc, argv);
}
#include "tst_consolemodels.moc"
