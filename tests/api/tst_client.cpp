// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: the public API without a network: what is written is there, at once and after opening again; every error it promises; signals that
// name what changed.
// Method: real clients on the shared library, as an app has it, each on a store in a temporary folder.
#include "localoptions.h"
#include "support/awaiting.h"

#include <Satchel/client.h>
#include <Satchel/document.h>
#include <Satchel/json.h>

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace Satchel;
using namespace Satchel::Test;

namespace {

const QString prefs = QStringLiteral("prefs");
const QString a = QStringLiteral("a");
const QString x = QStringLiteral("x");

}  // namespace

class TestClient : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void write_thenReopen_isThere();
    void write_beforeOpenAndAfterClose_isRefused();
    void write_unsupportedValue_isRefusedAndNothingStored();
    void write_manyAtOnce_allDurable();
    void close_whenAWriteIsDurable_tellsTheOthersToo();
    void read_sharesTheMap();
    void collection_withBadName_refusesWrites();
    void naughtyStrings_surviveReopening();
    void declaredPolicies_holdOffline();
    void signals_nameWhatChanged();
    void document_followsWrites();
    void sync_withoutServer_saysSo();
    void pause_isShown();
    void json_roundTrips();
    void error_namesAreStable();

private:
    [[nodiscard]] ClientOptions options() const { return localOptions(*m_folder); }
    [[nodiscard]] std::unique_ptr<Client> opened() const { return openClient(options()); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestClient::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

void TestClient::write_thenReopen_isThere()
{
    const QVariantMap all{{QStringLiteral("null"), QVariant::fromValue(nullptr)},
                          {QStringLiteral("int"), qlonglong(9007199254740993)},
                          {QStringLiteral("double"), 1.0},
                          {QStringLiteral("bytes"), QByteArray("\0\1", 2)},
                          {QStringLiteral("time"), QDateTime::fromMSecsSinceEpoch(1700000000123).toUTC()},
                          {QStringLiteral("list"), QVariantList{qlonglong(1), QVariantMap{{x, true}}}}};
    QString device;
    {
        const auto client = opened();
        Collection *collection = client->collection(prefs);
        QFuture<Result<void>> written = collection->set(a, all);
        QCOMPARE(collection->get(a), all);
        GOOD(written);
        GOOD(collection->set(QStringLiteral("b"), {{x, 1}, {QStringLiteral("y"), 2}}));
        GOOD(collection->update(QStringLiteral("b"), {{x, 3}}));
        GOOD(collection->removeField(QStringLiteral("b"), QStringLiteral("y")));
        GOOD(collection->set(QStringLiteral("c"), {{x, 1}}));
        GOOD(collection->remove(QStringLiteral("c")));
        QCOMPARE(client->syncStatus()->pendingCount() > 0, true);
        QVERIFY(collection->isPending(a));
        device = client->deviceId();
    }
    const auto client = opened();
    QCOMPARE(client->deviceId(), device);
    QCOMPARE(client->collectionNames(), QStringList{prefs});
    QCOMPARE(client->collection(prefs)->keys(), (QStringList{a, QStringLiteral("b")}));
    QCOMPARE(client->collection(prefs)->get(a), all);
    QCOMPARE(client->collection(prefs)->get(QStringLiteral("b")), (QVariantMap{{x, qlonglong(3)}}));
    QCOMPARE(client->syncStatus()->pendingCount(), 6);
}

void TestClient::write_beforeOpenAndAfterClose_isRefused()
{
    Client client(options());
    Collection *collection = client.collection(prefs);
    QCOMPARE(reasonOf(waitFor(collection->set(a, {{x, 1}}))), Error::Reason::ClosedStore);
    QVERIFY(!collection->get(a));
    GOOD(client.open());
    // Closing makes durable what was written, whether or not anybody waited.
    QFuture<Result<void>> last = collection->set(a, {{x, 2}});
    client.close();
    QVERIFY(last.isFinished());
    QCOMPARE(collection->value(a, x).toInt(), 2);
    QCOMPARE(reasonOf(waitFor(collection->set(a, {{x, 3}}))), Error::Reason::ClosedStore);
    QCOMPARE(reasonOf(waitFor(client.whenSynced())), Error::Reason::ClosedStore);
    GOOD(client.open());
    QCOMPARE(collection->value(a, x).toInt(), 2);
    GOOD(collection->set(a, {{x, 4}}));
}

void TestClient::write_unsupportedValue_isRefusedAndNothingStored()
{
    const auto client = opened();
    Collection *collection = client->collection(prefs);
    const Result<void> url = waitFor(collection->set(a, {{x, QUrl(QStringLiteral("https://a"))}}));
    QCOMPARE(reasonOf(url), Error::Reason::NotRepresentable);
    QVERIFY(url.error().message().contains(QStringLiteral("QUrl at x")));
    QCOMPARE(reasonOf(waitFor(collection->set(a, {{x, QString(300 * 1024, QLatin1Char('x'))}}))), Error::Reason::LimitExceeded);
    QCOMPARE(reasonOf(waitFor(collection->set(QString(), {{x, 1}}))), Error::Reason::InvalidName);
    QCOMPARE(reasonOf(waitFor(collection->increment(a, x))), Error::Reason::FieldKindMismatch);
    QCOMPARE(reasonOf(waitFor(collection->addToSet(a, x, 1))), Error::Reason::FieldKindMismatch);
    QCOMPARE(reasonOf(collection->check(a, {{x, QUrl()}})), Error::Reason::NotRepresentable);
    QCOMPARE(reasonOf(collection->check(QString(), {{x, 1}})), Error::Reason::InvalidName);
    QVERIFY(collection->check(a, {{x, 1}}));
    QVERIFY(!collection->contains(a));
    QCOMPARE(client->syncStatus()->pendingCount(), 0);
}

void TestClient::close_whenAWriteIsDurable_tellsTheOthersToo()
{
    const auto client = opened();
    QVERIFY(client);
    Collection *notes = client->collection(QStringLiteral("notes"));
    bool isClosed = false;
    auto first = notes->set(QStringLiteral("a"), {{QStringLiteral("n"), 1}}).then([&](const Result<void> &) {
        client->close();
        isClosed = true;
    });
    QList<QFuture<Result<void>>> others;
    for (int i = 0; i < 200; ++i) {
        others.append(notes->set(QStringLiteral("b%1").arg(i), {{QStringLiteral("n"), i}}));
    }
    QTRY_VERIFY(isClosed);
    for (const auto &other : others) {
        QTRY_VERIFY(other.isFinished());
        QCOMPARE(other.resultCount(), 1);
    }
}

void TestClient::write_manyAtOnce_allDurable()
{
    const auto client = opened();
    Collection *collection = client->collection(prefs);
    QList<QFuture<Result<void>>> futures;
    for (int i = 0; i < 2000; ++i) {
        futures.append(collection->set(QStringLiteral("key%1").arg(i), {{x, i}}));
    }
    for (const auto &future : futures) {
        GOOD(future);
    }
    QCOMPARE(collection->count(), 2000);
}

void TestClient::read_sharesTheMap()
{
    const auto client = opened();
    Collection *collection = client->collection(prefs);
    GOOD(collection->set(a, {{x, 1}}));
    const auto first = collection->get(a);
    const auto second = collection->get(a);
    QVERIFY(first->isSharedWith(*second));
}

void TestClient::collection_withBadName_refusesWrites()
{
    const auto client = opened();
    for (const QString &name : {QString(), QStringLiteral("Prefs"), QStringLiteral("ä"), QString(65, QLatin1Char('a'))}) {
        Collection *collection = client->collection(name);
        QVERIFY(collection);
        QCOMPARE(collection, client->collection(name));
        const Result<void> result = waitFor(collection->set(a, {{x, 1}}));
        QVERIFY(!result);
        QVERIFY(collection->keys().isEmpty());
    }
}

void TestClient::naughtyStrings_surviveReopening()
{
    QFile file(QStringLiteral(SATCHEL_SHARED_DIR "/data/naughty-strings.json"));
    if (!file.open(QIODevice::ReadOnly)) {
        QSKIP("the naughty strings are not present");
    }
    const QJsonArray strings = QJsonDocument::fromJson(file.readAll()).array();
    QMap<QString, QVariantMap> written;
    {
        const auto client = opened();
        QFuture<Result<void>> last;
        for (const QJsonValue &item : strings) {
            const QString naughty = item.toString();
            const QByteArray utf8 = naughty.toUtf8();
            if (utf8.isEmpty() || utf8.size() > 512) {
                continue;
            }
            written.insert(naughty, {{naughty, naughty}});
            last = client->collection(prefs)->set(naughty, {{naughty, naughty}});
        }
        GOOD(last);
    }
    QVERIFY(written.size() > 400);
    QCOMPARE(opened()->collection(prefs)->list(), written);
}

void TestClient::declaredPolicies_holdOffline()
{
    ClientOptions with = options();
    with.policies = {CollectionPolicy{QStringLiteral("stats"),
                                      ConflictRule::Merge,
                                      Consistency::Eventual,
                                      {{QStringLiteral("hits"), FieldKind::Counter}, {QStringLiteral("tags"), FieldKind::Set}}},
                     CollectionPolicy{QStringLiteral("wallet"), ConflictRule::Merge, Consistency::Strong, {}}};
    const auto client = openClient(with);
    Collection *stats = client->collection(QStringLiteral("stats"));
    QCOMPARE(stats->policy().fieldKinds.value(QStringLiteral("hits")), FieldKind::Counter);
    GOOD(stats->increment(a, QStringLiteral("hits"), 5));
    GOOD(stats->increment(a, QStringLiteral("hits"), -2));
    GOOD(stats->addToSet(a, QStringLiteral("tags"), QStringLiteral("red")));
    GOOD(stats->addToSet(a, QStringLiteral("tags"), 7));
    GOOD(stats->discardFromSet(a, QStringLiteral("tags"), QStringLiteral("red")));
    QCOMPARE(stats->value(a, QStringLiteral("hits")).toLongLong(), 3);
    QCOMPARE(stats->value(a, QStringLiteral("tags")).toList(), QVariantList{qlonglong(7)});
    QCOMPARE(reasonOf(waitFor(stats->set(a, {{QStringLiteral("hits"), 1}}))), Error::Reason::FieldKindMismatch);

    Collection *wallet = client->collection(QStringLiteral("wallet"));
    QCOMPARE(reasonOf(waitFor(wallet->set(a, {{x, 1}}))), Error::Reason::OfflineStrongWrite);
    QVERIFY(!wallet->contains(a));
    QFuture<Result<void>> queued = wallet->set(a, {{x, 1}}, WriteOptions{WriteOptions::WhenOffline::Queue});
    QVERIFY(wallet->contains(a));
    client->close();
    QCOMPARE(reasonOf(waitFor(queued)), Error::Reason::ClosedStore);
}

void TestClient::signals_nameWhatChanged()
{
    const auto client = opened();
    Collection *collection = client->collection(prefs);
    QSignalSpy one(collection, &Collection::documentChanged);
    QSignalSpy many(collection, &Collection::changed);
    GOOD(collection->set(a, {{x, 1}}));
    QTRY_COMPARE(many.size(), 1);
    QCOMPARE(many.first().first().toStringList(), QStringList{a});
    QCOMPARE(one.size(), 1);
    GOOD(collection->set(a, {{x, 1}}));
    GOOD(collection->set(QStringLiteral("b"), {{x, 1}}));
    QTRY_COMPARE(many.size(), 2);
    QCOMPARE(many.last().first().toStringList(), QStringList{QStringLiteral("b")});
}

void TestClient::document_followsWrites()
{
    const auto client = opened();
    Collection *collection = client->collection(prefs);
    QObject owner;
    Document *document = collection->watch(a, &owner);
    QSignalSpy spy(document, &Document::changed);
    QVERIFY(!document->exists());
    GOOD(collection->set(a, {{x, 1}}));
    QCOMPARE(document->value(x).toInt(), 1);
    QTRY_COMPARE(spy.size(), 1);
    GOOD(collection->set(QStringLiteral("b"), {{x, 1}}));
    // A watcher that goes away is forgotten.
    delete collection->watch(a);
    GOOD(collection->remove(a));
    QTRY_COMPARE(spy.size(), 2);
    QVERIFY(!document->exists());
}

void TestClient::sync_withoutServer_saysSo()
{
    const auto client = opened();
    QCOMPARE(client->syncStatus()->state(), SyncStatus::State::Offline);
    QCOMPARE(waitFor(client->whenSynced()).error().code(), Error::Code::FailedPrecondition);
    QCOMPARE(waitFor(client->discardQuarantined(QStringLiteral("nonsense"))).error().code(), Error::Code::NotFound);
    QCOMPARE(waitFor(client->resolve(prefs, a, x, QVariant(1))).error().code(), Error::Code::NotFound);
    QVERIFY(client->conflicts().isEmpty());
    QVERIFY(client->quarantined().isEmpty());
}

void TestClient::pause_isShown()
{
    const auto client = opened();
    QSignalSpy spy(client->syncStatus(), &SyncStatus::pausedChanged);
    client->pause();
    client->pause();
    QVERIFY(client->syncStatus()->isPaused());
    client->resume();
    QVERIFY(!client->syncStatus()->isPaused());
    QCOMPARE(spy.size(), 2);
}

void TestClient::json_roundTrips()
{
    const QByteArray json = R"({"a":9007199254740993,"b":{"$bytes":"AAE"},"c":[1.0,null,"x"]})";
    const auto document = fromJson(json);
    QVERIFY(document);
    QCOMPARE(document->value(QStringLiteral("b")).toByteArray(), QByteArray("\0\1", 2));
    QCOMPARE(document->value(QStringLiteral("a")).typeId(), int(QMetaType::LongLong));
    QCOMPARE(*toJson(*document), json);
    QCOMPARE(fromJson("[1]").error().reason(), Error::Reason::MalformedInput);
    QVERIFY(!fromJson(R"({"a":1,"a":2})"));
    QVERIFY(!valueFromJson("99999999999999999999"));
    QCOMPARE(*valueToJson(QVariant(true)), QByteArray("true"));
    QCOMPARE(toJson({{x, QUrl(QStringLiteral("https://a"))}}).error().reason(), Error::Reason::NotRepresentable);
}

void TestClient::error_namesAreStable()
{
    const Error error(Error::Code::ResourceExhausted, Error::Reason::LimitExceeded, QStringLiteral("too large"), Error::Retry::Later,
                      std::chrono::milliseconds(5));
    QCOMPARE(error.toString(), QStringLiteral("resource_exhausted/LIMIT_EXCEEDED: too large"));
    QVERIFY(error.isRetryable());
    QCOMPARE(error.retryAfter(), std::chrono::milliseconds(5));
    QVERIFY(error == Error(error));
    QVERIFY(error != Error());
}

QTEST_GUILESS_MAIN(TestClient)
#include "tst_client.moc"
