// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: a batch is written whole or not at all, in order, and says which of its writes was refused and why.
// Method: real clients without a server, as an app has them; what must not be there is looked for after opening the store again.
#include "support/awaiting.h"

#include <Satchel/client.h>

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace Satchel;
using Test::waitFor;

namespace {

const QString notes = QStringLiteral("notes");
const QString walks = QStringLiteral("walks");
const QString seats = QStringLiteral("seats");
const QString text = QStringLiteral("text");
const QString steps = QStringLiteral("steps");

}  // namespace

class TestWriteBatch : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void write_all_survivesReopening();
    void write_laterOnes_seeEarlierOnes();
    void write_manyMoreThanAGroup_isWhole();
    void write_empty_isGood();
    void write_refused_changesNothing_data();
    void write_refused_changesNothing();
    void write_signalsOnce();
    void batch_movedFrom_isEmptyAndUsable();

private:
    [[nodiscard]] std::unique_ptr<Client> opened() const;

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestWriteBatch::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

std::unique_ptr<Client> TestWriteBatch::opened() const
{
    ClientOptions options;
    options.user = QStringLiteral("anna");
    options.storeFolder = m_folder->path();
    options.key = StoreKeySource::raw(QByteArray(32, 'k'));
    CollectionPolicy walking{walks, {}, {}, {}};
    walking.fieldKinds.insert(steps, FieldKind::Counter);
    CollectionPolicy strong{seats, {}, {}, {}};
    strong.consistency = Consistency::Strong;
    options.policies = {walking, strong};
    return Test::openClient(options);
}

void TestWriteBatch::write_all_survivesReopening()
{
    {
        const auto client = opened();
        WriteBatch batch;
        batch.set(notes, QStringLiteral("a"), {{text, QStringLiteral("one")}})
            .update(notes, QStringLiteral("b"), {{text, QStringLiteral("two")}})
            .increment(walks, QStringLiteral("today"), steps, 250);
        QCOMPARE(batch.count(), 3);
        QVERIFY(waitFor(client->write(std::move(batch))));
    }
    const auto client = opened();
    QCOMPARE(client->collection(notes)->value(QStringLiteral("a"), text).toString(), QStringLiteral("one"));
    QCOMPARE(client->collection(notes)->value(QStringLiteral("b"), text).toString(), QStringLiteral("two"));
    QCOMPARE(client->collection(walks)->value(QStringLiteral("today"), steps).toInt(), 250);
}

void TestWriteBatch::write_laterOnes_seeEarlierOnes()
{
    const auto client = opened();
    WriteBatch batch;
    const QString key = QStringLiteral("a");
    batch.set(notes, key, {{text, 1}, {steps, 1}}).removeField(notes, key, steps).set(notes, QStringLiteral("b"), {{text, 1}});
    batch.remove(notes, QStringLiteral("b"));
    QVERIFY(waitFor(client->write(std::move(batch))));
    QCOMPARE(client->collection(notes)->get(key), std::optional(QVariantMap{{text, 1}}));
    QVERIFY(!client->collection(notes)->contains(QStringLiteral("b")));
}

void TestWriteBatch::write_manyMoreThanAGroup_isWhole()
{
    constexpr int count = 5000;
    {
        const auto client = opened();
        WriteBatch batch;
        for (int i = 0; i < count; ++i) {
            batch.set(notes, QString::number(i), {{text, i}});
        }
        QVERIFY(waitFor(client->write(std::move(batch))));
        QVERIFY(waitFor(client->collection(notes)->set(QStringLiteral("after"), {{text, 1}})));
    }
    QCOMPARE(opened()->collection(notes)->count(), count + 1);
}

void TestWriteBatch::write_empty_isGood()
{
    const auto client = opened();
    QVERIFY(waitFor(client->write(WriteBatch())));
    QCOMPARE(client->syncStatus()->pendingCount(), 0);
}

void TestWriteBatch::write_refused_changesNothing_data()
{
    QTest::addColumn<QString>("collection");
    QTest::addColumn<QVariant>("value");
    QTest::addColumn<QString>("mention");
    QTest::newRow("value that cannot be kept") << notes << QVariant::fromValue(QPoint(1, 2)) << QStringLiteral("QPoint");
    QTest::newRow("collection name") << QStringLiteral("Not Allowed") << QVariant(1) << QStringLiteral("collection");
    QTest::newRow("strong collection") << seats << QVariant(1) << QStringLiteral("strong");
}

void TestWriteBatch::write_refused_changesNothing()
{
    QFETCH(QString, collection);
    QFETCH(QVariant, value);
    QFETCH(QString, mention);
    const QString key = QStringLiteral("a");
    {
        const auto client = opened();
        QVERIFY(waitFor(client->collection(notes)->set(key, {{text, QStringLiteral("before")}})));
        WriteBatch batch;
        batch.set(notes, key, {{text, QStringLiteral("changed")}}).set(notes, QStringLiteral("new"), {{text, 1}});
        batch.set(collection, QStringLiteral("bad"), {{text, value}});
        const auto result = waitFor(client->write(std::move(batch)));
        QVERIFY(!result);
        QVERIFY2(result.error().toString().contains(QStringLiteral("write 3 of 3")), qPrintable(result.error().toString()));
        QVERIFY2(result.error().toString().contains(mention), qPrintable(result.error().toString()));
        QCOMPARE(client->collection(notes)->value(key, text).toString(), QStringLiteral("before"));
        QVERIFY(!client->collection(notes)->contains(QStringLiteral("new")));
        QVERIFY(waitFor(client->collection(notes)->set(QStringLiteral("next"), {{text, 1}})));
    }
    const auto client = opened();
    QCOMPARE(client->collection(notes)->keys(), (QStringList{key, QStringLiteral("next")}));
    QCOMPARE(client->collection(notes)->value(key, text).toString(), QStringLiteral("before"));
}

void TestWriteBatch::write_signalsOnce()
{
    const auto client = opened();
    QSignalSpy spy(client->collection(notes), &Collection::changed);
    WriteBatch batch;
    batch.set(notes, QStringLiteral("a"), {{text, 1}}).set(notes, QStringLiteral("b"), {{text, 1}});
    QVERIFY(waitFor(client->write(std::move(batch))));
    QTRY_COMPARE(spy.size(), 1);
    QCOMPARE(spy.at(0).at(0).toStringList(), (QStringList{QStringLiteral("a"), QStringLiteral("b")}));
}

void TestWriteBatch::batch_movedFrom_isEmptyAndUsable()
{
    WriteBatch first;
    first.set(notes, QStringLiteral("a"), {{text, 1}});
    const WriteBatch second = std::move(first);
    QCOMPARE(second.count(), 1);
    first.remove(notes, QStringLiteral("a"));  // NOLINT(bugprone-use-after-move): documented to be empty
    QCOMPARE(first.count(), 1);
}

QTEST_GUILESS_MAIN(TestWriteBatch)
#include "tst_writebatch.moc"
