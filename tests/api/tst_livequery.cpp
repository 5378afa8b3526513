// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: a query answers what a naive search through all documents answers, with and without indexes, and tells its changes one by one, no
// more of them than there are. Method: random documents and queries against a sort of everything; what the signals say is carried out on
// a list of the test's own.
#include "api/localoptions.h"
#include "api/naivequery.h"
#include "support/awaiting.h"

#include <Satchel/client.h>

#include <QSignalSpy>
#include <QTest>

#include <memory>

using namespace Satchel;
using Test::Dice;
using Test::naiveAnswer;

namespace {

const QString tasks = QStringLiteral("tasks");
const QString due = QStringLiteral("due");
const QString done = QStringLiteral("done");
const QString title = QStringLiteral("title");
const QStringList fieldNames = {due, done, title};

/// Does what the signals of a LiveQuery say, and nothing else.
struct Mirror {
    explicit Mirror(LiveQuery *query)
        : keys(query->keys())
    {
        QObject::connect(query, &LiveQuery::inserted, query, [this, query](int first, int last) {
            for (int row = first; row <= last; ++row) {
                keys.insert(row, query->key(row));
            }
            ++changeCount;
        });
        QObject::connect(query, &LiveQuery::removed, query, [this](int first, int last) {
            keys.remove(first, last - first + 1);
            ++changeCount;
        });
        QObject::connect(query, &LiveQuery::moved, query, [this](int from, int to) {
            keys.move(from, to);
            ++changeCount;
        });
        QObject::connect(query, &LiveQuery::changed, query, [this](int row) { changedKeys.append(keys.value(row)); });
    }

    QStringList keys;
    QStringList changedKeys;
    int changeCount = 0;
};

}  // namespace

class TestLiveQuery : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void results_atEveryStep_equalTheNaiveAnswer_data();
    void results_atEveryStep_equalTheNaiveAnswer();
    void changes_areToldOneByOne();
    void changes_toWhatIsNotAsked_areNotTold();
    void limit_documentGone_isFilledUp();
    void change_takenBackInTheSameTurn_leavesNothing();
    void move_withinTheLimit_keepsTheRow();
    void query_beforeOpening_fillsInOneGo();
    void query_largeTransaction_leavesTheThreadToOthers();
    void query_deletedByItsListener_isNotTouchedAgain();
    void query_outlivesClient_keepsItsKeys();
    void query_wrong_saysWhy_data();
    void query_wrong_saysWhy();
    void options_wrongIndex_areRefused();

private:
    [[nodiscard]] std::unique_ptr<Client> opened(const QList<CollectionIndex> &indexes = {});
    void put(const QString &key, const QVariantMap &fields) { ignore(m_tasks->set(key, fields), "the client's end waits for it"); }

    std::unique_ptr<QTemporaryDir> m_folder;
    Collection *m_tasks = nullptr;
};

void TestLiveQuery::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

std::unique_ptr<Client> TestLiveQuery::opened(const QList<CollectionIndex> &indexes)
{
    ClientOptions options = Test::localOptions(*m_folder);
    options.indexes = indexes;
    auto client = std::make_unique<Client>(options);
    m_tasks = client->collection(tasks);
    return Test::waitFor(client->open()) ? std::move(client) : nullptr;
}

void TestLiveQuery::results_atEveryStep_equalTheNaiveAnswer_data()
{
    QTest::addColumn<QList<QStringList>>("indexes");
    QTest::newRow("no index") << QList<QStringList>();
    QTest::newRow("one field") << QList<QStringList>{{due}};
    QTest::newRow("each field") << QList<QStringList>{{due}, {done}, {title}};
    QTest::newRow("several fields") << QList<QStringList>{{done, due}, {title, due, done}, {due, title}};
}

void TestLiveQuery::results_atEveryStep_equalTheNaiveAnswer()
{
    QFETCH(QList<QStringList>, indexes);
    QList<CollectionIndex> declared;
    for (const QStringList &fields : std::as_const(indexes)) {
        declared.append({tasks, fields});
    }
    const auto client = opened(declared);
    QVERIFY(client);
    for (quint32 seed = 1; seed <= 40; ++seed) {
        Dice dice(seed, fieldNames);
        QList<LiveQuery *> lists;
        std::vector<std::unique_ptr<Mirror>> mirrors;
        for (int i = 0; i < 12; ++i) {
            lists.append(m_tasks->query(dice.query()));
            mirrors.push_back(std::make_unique<Mirror>(lists.back()));
        }
        for (int step = 0; step < 12; ++step) {
            const int writeCount = 1 + dice.below(4);
            for (int i = 0; i < writeCount; ++i) {
                QVariantMap fields;
                for (const QString &field : fieldNames) {
                    if (dice.below(4) > 0) {
                        fields.insert(field, dice.value());
                    }
                }
                put(dice.key(), dice.below(5) == 0 ? QVariantMap() : fields);
                const Query &asked = dice.pick(lists)->query();
                QCOMPARE(m_tasks->find(asked).value(), naiveAnswer(*m_tasks, asked));
            }
            for (const LiveQuery *list : std::as_const(lists)) {
                QCOMPARE(m_tasks->find(list->query()).value(), naiveAnswer(*m_tasks, list->query()));
            }
            QSignalSpy changed(m_tasks, &Collection::changed);
            QCoreApplication::processEvents();
            const int changedCount = changed.isEmpty() ? 0 : int(changed.at(0).at(0).toStringList().size());
            for (std::size_t i = 0; i < mirrors.size(); ++i) {
                const LiveQuery *list = lists[qsizetype(i)];
                const QByteArray place = QByteArrayLiteral("seed ") + QByteArray::number(seed) + " step " + QByteArray::number(step);
                QTRY_VERIFY2(list->isUpToDate(), place.constData());
                QVERIFY2(list->keys() == naiveAnswer(*m_tasks, list->query()), place.constData());
                QVERIFY2(mirrors[i]->keys == list->keys(), place.constData());
                QVERIFY2(std::exchange(mirrors[i]->changeCount, 0) <= 2 * changedCount, place.constData());
            }
        }
        qDeleteAll(lists);
    }
}

void TestLiveQuery::changes_areToldOneByOne()
{
    const auto client = opened({{tasks, {due}}});
    for (int i = 0; i < 5; ++i) {
        put(QStringLiteral("k%1").arg(i), {{due, 10 * i}});
    }
    QCoreApplication::processEvents();
    LiveQuery *list = m_tasks->query(Query().orderBy(due));
    QVERIFY(list->isUpToDate());
    QCOMPARE(list->count(), 5);
    QSignalSpy inserted(list, &LiveQuery::inserted);
    QSignalSpy removed(list, &LiveQuery::removed);
    QSignalSpy moved(list, &LiveQuery::moved);
    QSignalSpy changed(list, &LiveQuery::changed);

    put(QStringLiteral("k1"), {{due, 35}});
    put(QStringLiteral("k2"), {{due, 20}, {title, QStringLiteral("same place")}});
    put(QStringLiteral("k9"), {{due, 5}});
    ignore(m_tasks->remove(QStringLiteral("k4")), "the client's end waits for it");
    QCoreApplication::processEvents();

    QCOMPARE(list->keys(),
             QStringList({QStringLiteral("k0"), QStringLiteral("k9"), QStringLiteral("k2"), QStringLiteral("k3"), QStringLiteral("k1")}));
    QCOMPARE(inserted.size(), 1);
    QCOMPARE(removed.size(), 1);
    QCOMPARE(moved.size(), 1);
    QCOMPARE(changed.size(), 2);  // the one that moved, and the one that did not
}

void TestLiveQuery::changes_toWhatIsNotAsked_areNotTold()
{
    const auto client = opened();
    LiveQuery *list = m_tasks->query(Query().where(done, Query::Equal, false));
    QSignalSpy inserted(list, &LiveQuery::inserted);
    QSignalSpy changed(list, &LiveQuery::changed);
    put(QStringLiteral("k1"), {{done, true}});
    QCoreApplication::processEvents();
    put(QStringLiteral("k1"), {{done, true}, {due, 1}});
    QCoreApplication::processEvents();
    QVERIFY(list->isUpToDate());
    QCOMPARE(inserted.size() + changed.size(), 0);
}

void TestLiveQuery::limit_documentGone_isFilledUp()
{
    const auto client = opened({{tasks, {due}}});
    for (int i = 0; i < 9; ++i) {
        put(QStringLiteral("k%1").arg(i), {{due, i}, {done, i % 2 == 0}});
    }
    LiveQuery *list = m_tasks->query(Query().where(done, Query::Equal, true).orderBy(due, Qt::DescendingOrder).limit(2));
    QCOMPARE(list->keys(), QStringList({QStringLiteral("k8"), QStringLiteral("k6")}));
    ignore(m_tasks->remove(QStringLiteral("k8")), "the client's end waits for it");
    QCoreApplication::processEvents();
    QCOMPARE(list->keys(), QStringList({QStringLiteral("k6"), QStringLiteral("k4")}));
}

void TestLiveQuery::change_takenBackInTheSameTurn_leavesNothing()
{
    const auto client = opened({{tasks, {due}}});
    put(QStringLiteral("k1"), {{due, 1}});
    QCoreApplication::processEvents();
    put(QStringLiteral("k1"), {{due, 7}});
    put(QStringLiteral("k2"), {{due, 3}});
    const LiveQuery *list = m_tasks->query(Query().orderBy(due));
    QCOMPARE(list->keys(), QStringList({QStringLiteral("k2"), QStringLiteral("k1")}));
    put(QStringLiteral("k1"), {{due, 1}});
    ignore(m_tasks->remove(QStringLiteral("k2")), "the client's end waits for it");
    QCoreApplication::processEvents();
    QCOMPARE(list->keys(), QStringList({QStringLiteral("k1")}));
    put(QStringLiteral("k3"), {{due, 5}});
    QCOMPARE(m_tasks->find(list->query()).value(), QStringList({QStringLiteral("k1"), QStringLiteral("k3")}));
}

void TestLiveQuery::move_withinTheLimit_keepsTheRow()
{
    const auto client = opened({{tasks, {due}}});
    for (int i = 0; i < 9; ++i) {
        put(QStringLiteral("k%1").arg(i), {{due, 10 * i}});
    }
    LiveQuery *list = m_tasks->query(Query().orderBy(due).limit(3));
    QSignalSpy removed(list, &LiveQuery::removed);
    QSignalSpy moved(list, &LiveQuery::moved);
    put(QStringLiteral("k0"), {{due, 25}});  // behind what was last, and still among the first three
    QCoreApplication::processEvents();
    QCOMPARE(list->keys(), QStringList({QStringLiteral("k1"), QStringLiteral("k2"), QStringLiteral("k0")}));
    QCOMPARE(removed.size(), 0);
    QCOMPARE(moved.size(), 1);
}

void TestLiveQuery::query_beforeOpening_fillsInOneGo()
{
    {
        const auto client = opened();
        WriteBatch batch;
        for (int i = 0; i < 400; ++i) {
            batch.set(tasks, QStringLiteral("k%1").arg(i), {{due, i}});
        }
        QVERIFY(Test::waitFor(client->write(std::move(batch))));
    }
    Client client(Test::localOptions(*m_folder));
    LiveQuery *list = client.collection(tasks)->query(Query().orderBy(due));
    QSignalSpy inserted(list, &LiveQuery::inserted);
    QVERIFY(list->isUpToDate());
    QVERIFY(Test::waitFor(client.open()));
    QTRY_VERIFY(list->isUpToDate());
    QCOMPARE(list->count(), 400);
    QVERIFY(inserted.size() <= 400);
    QCOMPARE(list->key(399), QStringLiteral("k399"));
}

void TestLiveQuery::query_largeTransaction_leavesTheThreadToOthers()
{
    const auto client = opened();
    LiveQuery *list = m_tasks->query(Query().orderBy(due));
    WriteBatch batch;
    for (int i = 0; i < 40'000; ++i) {
        batch.set(tasks, QStringLiteral("k%1").arg(i), {{due, i}});
    }
    ignore(client->write(std::move(batch)), "what is shown matters here");
    // What else happens in the app while the list is behind.
    int othersTurns = 0;
    QTimer other;
    connect(&other, &QTimer::timeout, this, [&] { ++othersTurns; });
    other.start(0);
    QSignalSpy upToDate(list, &LiveQuery::upToDateChanged);
    QTRY_COMPARE_WITH_TIMEOUT(list->count(), 40'000, 20'000);
    QTRY_VERIFY(list->isUpToDate());
    QVERIFY(othersTurns > 3);
    QCOMPARE(upToDate.size(), 2);
}

void TestLiveQuery::query_deletedByItsListener_isNotTouchedAgain()
{
    const auto client = opened();
    for (const bool isBefore : {true, false}) {
        QPointer<LiveQuery> list = m_tasks->query(Query());
        connect(list, isBefore ? &LiveQuery::aboutToInsert : &LiveQuery::inserted, list, [list] { delete list.data(); });
        put(QStringLiteral("k%1").arg(int(isBefore)), {{due, 1}});
        put(QStringLiteral("l%1").arg(int(isBefore)), {{due, 2}});
        QTRY_VERIFY(!list);
    }
}

void TestLiveQuery::query_outlivesClient_keepsItsKeys()
{
    auto client = opened();
    put(QStringLiteral("k1"), {{due, 1}});
    const std::unique_ptr<QObject> owner = std::make_unique<QObject>();
    const LiveQuery *list = m_tasks->query(Query(), owner.get());
    QCOMPARE(list->fields(0).value(due).toInt(), 1);
    client.reset();
    QCOMPARE(list->keys(), QStringList({QStringLiteral("k1")}));
    QCOMPARE(list->indexOf(QStringLiteral("k1")), 0);
    QVERIFY(list->fields(0).isEmpty());
    QVERIFY(!list->collection());
}

void TestLiveQuery::query_wrong_saysWhy_data()
{
    QTest::addColumn<Query>("query");
    QTest::newRow("less than null") << Query().where(due, Query::Less, QVariant());
    QTest::newRow("greater than a list") << Query().where(due, Query::Greater, QVariantList{1});
    QTest::newRow("begins with a number") << Query().where(title, Query::BeginsWith, 1);
    QTest::newRow("contains a list") << Query().where(title, Query::Contains, QVariantList{1});
    QTest::newRow("a value that no field holds") << Query().where(title, Query::Equal, QVariant::fromValue(QObject::staticMetaObject));
    QTest::newRow("lone surrogate") << Query().where(QString(QChar(0xD800)), Query::Equal, 1);
    QTest::newRow("field without a name") << Query().orderBy(QString());
    QTest::newRow("negative limit") << Query().limit(-1);
}

void TestLiveQuery::query_wrong_saysWhy()
{
    QFETCH(Query, query);
    const auto client = opened();
    put(QStringLiteral("k1"), {{due, 1}});
    const LiveQuery *list = m_tasks->query(query);
    QVERIFY(list->error().has_value());
    QCOMPARE(list->error()->code(), Error::Code::InvalidArgument);
    QVERIFY(!list->error()->message().isEmpty());
    QCoreApplication::processEvents();
    QVERIFY(list->isUpToDate());
    QCOMPARE(list->count(), 0);
    QCOMPARE(m_tasks->find(query).error(), *list->error());
}

void TestLiveQuery::options_wrongIndex_areRefused()
{
    for (const CollectionIndex &index : {CollectionIndex{QStringLiteral("No!"), {due}}, CollectionIndex{tasks, {}},
                                         CollectionIndex{tasks, {QString()}}, CollectionIndex{tasks, QStringList(9, due)}}) {
        ClientOptions options = Test::localOptions(*m_folder);
        options.indexes = {index};
        Client client(options);
        const auto result = Test::waitFor(client.open());
        QVERIFY(!result);
        QVERIFY(result.error().message().contains(QStringLiteral("indexes")));
    }
}

QTEST_GUILESS_MAIN(TestLiveQuery)
#include "tst_livequery.moc"
