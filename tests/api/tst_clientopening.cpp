// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: a store opens with its key only, says exactly why not otherwise and is not touched then, is one client's at a time, and shows
// nothing to who has no key. Method: clients without a server on one folder, with right, wrong and lost keys; the files are looked at.
#include "localoptions.h"
#include "support/awaiting.h"

#include <Satchel/client.h>

#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QSignalSpy>

#include <functional>
#include <memory>

using namespace Satchel;
using namespace Satchel::Test;

namespace {

const QString prefs = QStringLiteral("prefs");
const QString a = QStringLiteral("a");
const QString x = QStringLiteral("x");

using Change = std::function<void(ClientOptions &)>;

}  // namespace

class TestClientOpening : public QObject {
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
    void files_afterWrites_holdNoPlainText_data();
    void files_afterWrites_holdNoPlainText();

private:
    [[nodiscard]] ClientOptions options(char keyByte = 'k') const { return localOptions(*m_folder, keyByte); }
    [[nodiscard]] std::unique_ptr<Client> opened() const { return openClient(options()); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestClientOpening::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

void TestClientOpening::open_badOptions_areNamed_data()
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

void TestClientOpening::open_badOptions_areNamed()
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

void TestClientOpening::open_newStore_isPrivateAndEmpty()
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

void TestClientOpening::open_twice_isRefused()
{
    const auto client = opened();
    QCOMPARE(waitFor(client->open()).error().code(), Error::Code::FailedPrecondition);
    QVERIFY(client->isOpen());
}

void TestClientOpening::open_otherKey_isWrongKeyAndKeepsTheStore()
{
    {
        const auto client = opened();
        GOOD(client->collection(prefs)->set(a, {{x, 1}}));
    }
    Client wrong(options('w'));
    QCOMPARE(reasonOf(waitFor(wrong.open())), Error::Reason::WrongKey);
    QCOMPARE(opened()->collection(prefs)->value(a, x).toInt(), 1);
}

void TestClientOpening::lostKey_storeMovedAside_leavesItWholeAndBeginsANewOne()
{
    ClientOptions secret = options();
    secret.key = StoreKeySource::passphrase(QStringLiteral("correct horse"));
    {
        const auto client = openClient(secret);
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
    QCOMPARE(openClient(secret)->collection(prefs)->value(a, x).toInt(), 1);
}

void TestClientOpening::open_passphrase_needsItsSalt()
{
    ClientOptions secret = options();
    secret.key = StoreKeySource::passphrase(QStringLiteral("correct horse"));
    QString path;
    {
        const auto client = openClient(secret);
        GOOD(client->collection(prefs)->set(a, {{x, 1}}));
        path = client->storePath();
    }
    QCOMPARE(openClient(secret)->collection(prefs)->value(a, x).toInt(), 1);
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

void TestClientOpening::open_secondClient_isLocked()
{
    const auto first = opened();
    Client second(options());
    QCOMPARE(reasonOf(waitFor(second.open())), Error::Reason::StoreLocked);
    first->close();
    GOOD(second.open());
}

void TestClientOpening::open_destroyedMeanwhile_finishes()
{
    QFuture<Result<void>> future;
    {
        Client client(options());
        future = client.open();
    }
    QCOMPARE(reasonOf(waitFor(future)), Error::Reason::ClosedStore);
}

void TestClientOpening::files_afterWrites_holdNoPlainText_data()
{
    QTest::addColumn<bool>("isPassphrase");
    QTest::newRow("raw key") << false;
    QTest::newRow("passphrase") << true;
}

// Every file there is, .kdf, lock and WAL among them, while the store is open and after it was closed.
void TestClientOpening::files_afterWrites_holdNoPlainText()
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
        const auto client = openClient(with);
        for (int i = 0; i < 50; ++i) {
            GOOD(client->collection(QStringLiteral("planted-collection"))
                     ->set(QStringLiteral("planted-key-%1").arg(i),
                           {{QStringLiteral("planted-field"), QStringLiteral("planted-value-").repeated(200)}}));
        }
        QCOMPARE(findings(), QByteArray());
    }
    QCOMPARE(findings(), QByteArray());
}

QTEST_GUILESS_MAIN(TestClientOpening)
#include "tst_clientopening.moc"
