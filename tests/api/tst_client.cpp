// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: the public API without a network: open, read, write, close and open again; every error it promises; signals that name what changed.
// Method: real clients on the shared library, as an app has it, each on a store in a temporary folder.
#include <Satchel/client.h>
#include <Satchel/document.h>
#include <Satchel/json.h>

#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <functional>
#include <memory>

using namespace Satchel;

namespace {

const QString prefs = QStringLiteral("prefs");
const QString a = QStringLiteral("a");
const QString x = QStringLiteral("x");

/// Runs the event loop until the future has an answer.
template <typename T>
T waitFor(QFuture<T> future)
{
    if (!QTest::qWaitFor([&] { return future.isFinished(); }, 20000)) {
        qFatal("a future did not finish");
    }
    return future.result();
}

Error::Reason reasonOf(const Result<void> &result)
{
    return result ? Error::Reason::None : result.error().reason();
}

QByteArray text(const Result<void> &result)
{
    return result ? QByteArray("good") : result.error().toString().toUtf8();
}

}  // namespace

#define GOOD(future)                                                                                                                       \
    do {                                                                                                                                   \
        const Result<void> outcome_ = waitFor(future);                                                                                     \
        QVERIFY2(outcome_, text(outcome_).constData());                                                                                    \
    } while (false)

class TestClient : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void open_badOptions_areNamed_data();
    void open_badOptions_areNamed();
    void open_newStore_isPrivateAndEmpty();
    void open_twice_isRefused();
    void open_otherKey_isWrongKeyAndKeepsTheStore();
    void lostKey_storeMovedAside_leavesItWholeAndBeginsANewOne();
    void open_passphrase_needsItsSalt();
    void open_secondClient_isLocked();
    void open_destroyedMeanwhile_finishes();
    void write_thenReopen_isThere();
    void write_beforeOpenAndAfterClose_isRefused();
    void write_unsupportedValue_isRefusedAndNothingStored();
    void write_manyAtOnce_allDurable();
    void read_sharesTheMap();
    void collection_withBadName_refusesWrites();
    void naughtyStrings_surviveReopening();
    void files_afterWrites_holdNoPlainText_data();
    void files_afterWrites_holdNoPlainText();
    void declaredPolicies_holdOffline();
    void signals_nameWhatChanged();
    void document_followsWrites();
    void sync_withoutServer_saysSo();
    void pause_isShown();
    void json_roundTrips();
    void error_namesAreStable();

private:
    [[nodiscard]] ClientOptions options(char keyByte = 'k') const;
    [[nodiscard]] std::unique_ptr<Client> opened(ClientOptions with) const;
    [[nodiscard]] std::unique_ptr<Client> opened() const { return opened(options()); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestClient::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

ClientOptions TestClient::options(char keyByte) const
{
    ClientOptions made;
    made.user = QStringLiteral("anna");
    made.storeFolder = m_folder->filePath(QStringLiteral("stores"));
    made.key = StoreKeySource::raw(QByteArray(32, keyByte));
    return made;
}

std::unique_ptr<Client> TestClient::opened(ClientOptions with) const
{
    auto client = std::make_unique<Client>(std::move(with));
    const Result<void> result = waitFor(client->open());
    if (!result) {
        qFatal("open: %s", text(result).constData());
    }
    return client;
}

using Change = std::function<void(ClientOptions &)>;

void TestClient::open_badOptions_areNamed_data()
{
    QTest::addColumn<Change>("change");
    QTest::addColumn<QString>("mention");
    const auto row = [](const char *name, const QString &mention, Change change) { QTest::newRow(name) << change << mention; };
    const auto server = [](const char *url) { return [url](ClientOptions &o) { o.serverUrl = QUrl(QString::fromLatin1(url)); }; };
    row("no user", QStringLiteral("user"), [](ClientOptions &o) { o.user.clear(); });
    row("long user", QStringLiteral("user"), [](ClientOptions &o) { o.user = QString(257, QLatin1Char('u')); });
    row("no tenant", QStringLiteral("tenant"), [](ClientOptions &o) { o.tenant.clear(); });
    row("tenant with a slash", QStringLiteral("tenant"), [](ClientOptions &o) { o.tenant = QStringLiteral("a/b"); });
    row("no key", QStringLiteral("key"), [](ClientOptions &o) { o.key = StoreKeySource(); });
    row("short key", QStringLiteral("key"), [](ClientOptions &o) { o.key = StoreKeySource::raw(QByteArray(31, 'k')); });
    row("empty passphrase", QStringLiteral("passphrase"), [](ClientOptions &o) { o.key = StoreKeySource::passphrase({}); });
    row("plain http", QStringLiteral("loopback"), server("http://example.com"));
    row("other scheme", QStringLiteral("https://host"), server("ftp://example.com"));
    row("no host", QStringLiteral("https://host"), server("https:///x"));
    row("path", QStringLiteral("path"), server("https://example.com/x"));
    row("password", QStringLiteral("no user"), server("https://u:p@example.com"));
    row("loopback by name only", QStringLiteral("loopback"), server("http://localhost.example.com"));
    row("bad collection", QStringLiteral("policies"),
        [](ClientOptions &o) { o.policies = {CollectionPolicy{QStringLiteral("A"), {}, {}, {}}}; });
}

void TestClient::open_badOptions_areNamed()
{
    QFETCH(Change, change);
    QFETCH(QString, mention);
    ClientOptions bad = options();
    change(bad);
    Client client(bad);
    const Result<void> result = waitFor(client.open());
    QVERIFY(!result);
    QCOMPARE(result.error().code(), Error::Code::InvalidArgument);
    QVERIFY2(result.error().message().contains(mention), text(result).constData());
    QVERIFY(!client.isOpen());
    QVERIFY(!QFile::exists(client.storePath()));
}

void TestClient::open_newStore_isPrivateAndEmpty()
{
    Client client(options());
    QSignalSpy spy(&client, &Client::openChanged);
    QVERIFY(client.deviceId().isEmpty());
    GOOD(client.open());
    QVERIFY(client.isOpen());
    QCOMPARE(spy.size(), 1);
    QCOMPARE(client.deviceId().size(), 32);
    QVERIFY(client.collectionNames().isEmpty());
    QCOMPARE(client.collection(prefs)->count(), 0);
    QVERIFY(!client.collection(prefs)->get(a));
    const auto others = QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther;
    QVERIFY(!(QFileInfo(client.storePath()).permissions() & others));
    QVERIFY(!(QFileInfo(options().storeFolder).permissions() & others));
}

void TestClient::open_twice_isRefused()
{
    const auto client = opened();
    QCOMPARE(waitFor(client->open()).error().code(), Error::Code::FailedPrecondition);
    QVERIFY(client->isOpen());
}

void TestClient::open_otherKey_isWrongKeyAndKeepsTheStore()
{
    {
        const auto client = opened();
        GOOD(client->collection(prefs)->set(a, {{x, 1}}));
    }
    Client wrong(options('w'));
    QCOMPARE(reasonOf(waitFor(wrong.open())), Error::Reason::WrongKey);
    QCOMPARE(opened()->collection(prefs)->value(a, x).toInt(), 1);
}

void TestClient::lostKey_storeMovedAside_leavesItWholeAndBeginsANewOne()
{
    ClientOptions secret = options();
    secret.key = StoreKeySource::passphrase(QStringLiteral("correct horse"));
    {
        const auto client = opened(secret);
        GOOD(client->collection(prefs)->set(a, {{x, 1}}));
        QCOMPARE(waitFor(client->moveStoreAside()).error().code(), Error::Code::FailedPrecondition);
    }
    ClientOptions other = secret;
    other.key = StoreKeySource::passphrase(QStringLiteral("forgotten"));
    Client client(other);
    QCOMPARE(reasonOf(waitFor(client.open())), Error::Reason::WrongKey);
    const Result<QString> aside = waitFor(client.moveStoreAside());
    QVERIFY(aside);
    QCOMPARE(waitFor(client.moveStoreAside()).error().code(), Error::Code::NotFound);
    GOOD(client.open());
    QCOMPARE(client.collection(prefs)->count(), 0);
    GOOD(client.collection(prefs)->set(a, {{x, 2}}));
    client.close();
    // A second one does not take the first one's place; and the first opens again with its key and salt.
    const Result<QString> second = waitFor(client.moveStoreAside());
    QVERIFY(second && *second != *aside && QFile::exists(*aside));
    for (const char *ending : {"", ".keycheck", ".kdf"}) {
        QVERIFY(QFile::rename(*aside + QLatin1String(ending), client.storePath() + QLatin1String(ending)));
    }
    QCOMPARE(opened(secret)->collection(prefs)->value(a, x).toInt(), 1);
}

void TestClient::open_passphrase_needsItsSalt()
{
    ClientOptions secret = options();
    secret.key = StoreKeySource::passphrase(QStringLiteral("correct horse"));
    QString path;
    {
        const auto client = opened(secret);
        GOOD(client->collection(prefs)->set(a, {{x, 1}}));
        path = client->storePath();
    }
    QCOMPARE(opened(secret)->collection(prefs)->value(a, x).toInt(), 1);
    ClientOptions other = secret;
    other.key = StoreKeySource::passphrase(QStringLiteral("wrong horse"));
    Client wrong(other);
    QCOMPARE(reasonOf(waitFor(wrong.open())), Error::Reason::WrongKey);

    const QString salt = path + QStringLiteral(".kdf");
    QVERIFY(QFile::rename(salt, salt + QStringLiteral(".away")));
    Client lost(secret);
    QCOMPARE(reasonOf(waitFor(lost.open())), Error::Reason::KeyMissing);
    QVERIFY(!QFile::exists(salt));
    QFile damaged(salt);
    QVERIFY(damaged.open(QIODevice::WriteOnly));
    damaged.write("satchel-kdf 1 argon2id salt=00 operations=99999999 memory=99999999999\n");
    damaged.close();
    QCOMPARE(reasonOf(waitFor(lost.open())), Error::Reason::StoreDamaged);
    QVERIFY(QFile::remove(salt));
    QVERIFY(QFile::rename(salt + QStringLiteral(".away"), salt));
    GOOD(lost.open());
}

void TestClient::open_secondClient_isLocked()
{
    const auto first = opened();
    Client second(options());
    QCOMPARE(reasonOf(waitFor(second.open())), Error::Reason::StoreLocked);
    first->close();
    GOOD(second.open());
}

void TestClient::open_destroyedMeanwhile_finishes()
{
    QFuture<Result<void>> future;
    {
        Client client(options());
        future = client.open();
    }
    QCOMPARE(reasonOf(waitFor(future)), Error::Reason::ClosedStore);
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

void TestClient::files_afterWrites_holdNoPlainText_data()
{
    QTest::addColumn<bool>("isPassphrase");
    QTest::newRow("raw key") << false;
    QTest::newRow("passphrase") << true;
}

// Every file there is, .kdf, lock and WAL among them, while the store is open and after it was closed.
void TestClient::files_afterWrites_holdNoPlainText()
{
    QFETCH(bool, isPassphrase);
    ClientOptions with = options();
    with.user = QStringLiteral("planted-user");
    if (isPassphrase) {
        with.key = StoreKeySource::passphrase(QStringLiteral("planted-passphrase"));
    }
    const auto findings = [this] {
        int files = 0;
        QByteArray found;
        QDirIterator all(m_folder->path(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
        while (all.hasNext()) {
            QFile file(all.next());
            if (!file.open(QIODevice::ReadOnly)) {
                return QByteArray("a file cannot be read");
            }
            ++files;
            const QByteArray content = file.readAll();
            const auto utf16 = QByteArray::fromRawData(reinterpret_cast<const char *>(u"planted"), 14);
            if (content.contains("planted") || content.contains(utf16) || file.fileName().contains(QStringLiteral("planted"))) {
                found += file.fileName().toUtf8() + "\n";
            }
        }
        return files < 3 ? QByteArray("where are the files?") : found;
    };
    {
        const auto client = opened(with);
        for (int i = 0; i < 50; ++i) {
            GOOD(client->collection(QStringLiteral("planted-collection"))
                     ->set(QStringLiteral("planted-key-%1").arg(i),
                           {{QStringLiteral("planted-field"), QStringLiteral("planted-value-").repeated(200)}}));
        }
        QCOMPARE(findings(), QByteArray());
    }
    QCOMPARE(findings(), QByteArray());
}

void TestClient::declaredPolicies_holdOffline()
{
    ClientOptions with = options();
    with.policies = {CollectionPolicy{QStringLiteral("stats"),
                                      ConflictRule::Merge,
                                      Consistency::Eventual,
                                      {{QStringLiteral("hits"), FieldKind::Counter}, {QStringLiteral("tags"), FieldKind::Set}}},
                     CollectionPolicy{QStringLiteral("wallet"), ConflictRule::Merge, Consistency::Strong, {}}};
    const auto client = opened(with);
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
