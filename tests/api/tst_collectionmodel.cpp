// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: views of any kind can sit on a CollectionModel: it keeps the rules of item models and never resets, so that a selection stays on
// its documents whatever changes. Method: QAbstractItemModelTester over random writes; the selected keys before and after.
#include "api/localoptions.h"
#include "support/awaiting.h"

#include <Satchel/client.h>
#include <Satchel/collectionmodel.h>

#include <QAbstractItemModelTester>
#include <QItemSelectionModel>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

#include <memory>

using namespace Satchel;

namespace {

const QString tasks = QStringLiteral("tasks");
const QString due = QStringLiteral("due");
const QString title = QStringLiteral("title");

}  // namespace

class TestCollectionModel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void randomWrites_keepTheRulesAndTheSelection_data();
    void randomWrites_keepTheRulesAndTheSelection();
    void data_byColumnAndByRole();
    void data_withoutFields_isTheKey();
    void setData_whenEditable_writes();
    void setSource_another_showsItsDocuments();
    void client_gone_leavesRowsWithoutData();

private:
    void put(const QString &key, const QVariantMap &fields) { ignore(m_tasks->set(key, fields), "the client's end waits for it"); }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Client> m_client;
    Collection *m_tasks = nullptr;
};

void TestCollectionModel::init()
{
    m_client.reset();
    m_folder = std::make_unique<QTemporaryDir>();
    ClientOptions options = Test::localOptions(*m_folder);
    options.indexes = {{tasks, {due}}};
    m_client = std::make_unique<Client>(options);
    QVERIFY(Test::waitFor(m_client->open()));
    m_tasks = m_client->collection(tasks);
}

void TestCollectionModel::randomWrites_keepTheRulesAndTheSelection_data()
{
    QTest::addColumn<Query>("query");
    QTest::newRow("all") << Query();
    QTest::newRow("in the order of an index") << Query().orderBy(due, Qt::DescendingOrder);
    QTest::newRow("the first ten of some") << Query().where(due, Query::Greater, 20).orderBy(title).limit(10);
}

void TestCollectionModel::randomWrites_keepTheRulesAndTheSelection()
{
    QFETCH(Query, query);
    CollectionModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setFields({due, title});
    model.setSource(m_tasks, query);
    QSignalSpy reset(&model, &CollectionModel::modelReset);
    QItemSelectionModel selection(&model);
    QStringList selected;
    QRandomGenerator random(7);
    for (int step = 0; step < 200; ++step) {
        const QString key = QStringLiteral("k%1").arg(random.bounded(40));
        put(key, random.bounded(4) == 0 ? QVariantMap()
                                        : QVariantMap{{due, int(random.bounded(100))}, {title, QString::number(random.bounded(100))}});
        if (step % 3 != 0) {
            continue;
        }
        QCoreApplication::processEvents();
        QTRY_VERIFY(model.query()->isUpToDate());
        selected.removeIf([&](const QString &kept) { return model.indexOf(kept) < 0; });
        QStringList stillSelected;
        const QModelIndexList rows = selection.selectedRows();
        for (const QModelIndex &row : rows) {
            stillSelected.append(row.data(CollectionModel::KeyRole).toString());
        }
        stillSelected.sort();
        selected.sort();
        // A document that left the results and came back is not selected any more, and stands in neither list.
        QVERIFY(std::all_of(stillSelected.begin(), stillSelected.end(), [&](const QString &kept) { return selected.contains(kept); }));
        if (query.limit() == 0) {
            selected = stillSelected;
        }
        if (model.count() > 0) {
            const QModelIndex row = model.index(int(random.bounded(model.count())), 0);
            selection.select(row, QItemSelectionModel::Select | QItemSelectionModel::Rows);
            const QString picked = row.data(CollectionModel::KeyRole).toString();
            if (!selected.contains(picked)) {
                selected.append(picked);
            }
        }
    }
    QCOMPARE(reset.size(), 0);
    QVERIFY(selection.hasSelection());
}

void TestCollectionModel::data_byColumnAndByRole()
{
    put(QStringLiteral("k1"), {{due, 3}, {title, QStringLiteral("bread")}});
    CollectionModel model;
    model.setFields({title, due});
    model.setSource(m_tasks);
    QCOMPARE(model.rowCount(), 1);
    QCOMPARE(model.columnCount(), 2);
    QCOMPARE(model.index(0, 1).data().toInt(), 3);
    QCOMPARE(model.headerData(1, Qt::Horizontal).toString(), due);
    const QHash<int, QByteArray> names = model.roleNames();
    QCOMPARE(model.index(0, 0).data(names.key("due")).toInt(), 3);
    QCOMPARE(model.index(0, 1).data(names.key("title")).toString(), QStringLiteral("bread"));
    QCOMPARE(model.index(0, 0).data(names.key("key")).toString(), QStringLiteral("k1"));
    QCOMPARE(model.index(0, 0).data(names.key("document")).toMap(), model.get(0));
    QVERIFY(!model.index(0, 0).data(Qt::DecorationRole).isValid());
    QVERIFY(!model.index(0, 0).flags().testFlag(Qt::ItemIsEditable));
}

void TestCollectionModel::data_withoutFields_isTheKey()
{
    put(QStringLiteral("k1"), {{due, 3}});
    CollectionModel model;
    model.setSource(m_tasks);
    QCOMPARE(model.columnCount(), 1);
    QCOMPARE(model.index(0, 0).data().toString(), QStringLiteral("k1"));
}

void TestCollectionModel::setData_whenEditable_writes()
{
    put(QStringLiteral("k1"), {{due, 3}, {title, QStringLiteral("bread")}});
    CollectionModel model;
    model.setFields({title, due});
    model.setSource(m_tasks);
    QVERIFY(!model.setData(model.index(0, 0), QStringLiteral("milk")));
    model.setEditable(true);
    QVERIFY(model.index(0, 0).flags().testFlag(Qt::ItemIsEditable));
    QVERIFY(model.setData(model.index(0, 0), QStringLiteral("milk")));
    QVERIFY(model.setData(model.index(0, 0), 4, model.roleNames().key("due")));
    QCOMPARE(m_tasks->get(QStringLiteral("k1")).value(), QVariantMap({{title, QStringLiteral("milk")}, {due, 4LL}}));
    QVERIFY(!model.setData(model.index(0, 0), QVariant::fromValue(QModelIndex())));
    QVERIFY(!model.setData(model.index(0, 0), 1, CollectionModel::KeyRole));
    QVERIFY(!model.setData({}, 1));
}

void TestCollectionModel::setSource_another_showsItsDocuments()
{
    put(QStringLiteral("k1"), {{due, 3}});
    CollectionModel model;
    QSignalSpy counts(&model, &CollectionModel::countChanged);
    model.setSource(m_tasks);
    QCOMPARE(model.count(), 1);
    QCOMPARE(counts.size(), 1);
    model.setSource(m_client->collection(QStringLiteral("other")));
    QCOMPARE(model.count(), 0);
    put(QStringLiteral("k2"), {{due, 4}});
    QCoreApplication::processEvents();
    QCOMPARE(model.count(), 0);
    model.setSource(nullptr);
    QVERIFY(!model.query());
}

void TestCollectionModel::client_gone_leavesRowsWithoutData()
{
    put(QStringLiteral("k1"), {{due, 3}});
    CollectionModel model;
    model.setFields({due});
    model.setEditable(true);
    model.setSource(m_tasks);
    m_client.reset();
    QCOMPARE(model.count(), 1);
    QVERIFY(!model.index(0, 0).data().isValid());
    QVERIFY(!model.setData(model.index(0, 0), 1));
}

QTEST_GUILESS_MAIN(TestCollectionModel)
#include "tst_collectionmodel.moc"
