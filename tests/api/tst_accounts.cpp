// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: accounts of one device know nothing of each other, and signing out does what it says: sends or keeps what is pending, or leaves
// nothing that can be read. Method: canaries are planted in one account and looked for in every byte on disk and in what is logged; copies
// of stores made before a sign-out are put back after it; the network is cut while a sign-out sends.
#include "testing/twodevices.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QLoggingCategory>
#include <QMutex>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace Satchel;
using Testing::TwoDevices;

namespace {

const QString notes = QStringLiteral("notes");
const QString a = QStringLiteral("a");
const QByteArray canary = "kanarienvogel-4711";

QByteArray logged;

/// Engines log from threads of their own.
void keepLog(QtMsgType /*type*/, const QMessageLogContext & /*context*/, const QString &message)
{
    static QMutex mutex;
    const QMutexLocker lock(&mutex);
    logged += message.toUtf8() + '\n';
}

bool isGood(const QFuture<Result<void>> &future)
{
    const Result<void> result = TwoDevices::await(future);
    if (!result) {
        qInfo("%s", qPrintable(result.error().toString()));
    }
    return result.has_value();
}

QVariantMap text(const QString &value)
{
    return {{QStringLiteral("text"), value}};
}

/// Files below the folder that hold these bytes, as they are or as UTF-16.
QStringList filesWith(const QString &folder, const QByteArray &bytes)
{
    const QString wide = QString::fromLatin1(bytes);
    const QByteArray utf16(reinterpret_cast<const char *>(wide.utf16()), wide.size() * 2);
    QStringList found;
    for (QDirIterator files(folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories); files.hasNext();) {
        QFile file(files.next());
        if (!file.open(QIODevice::ReadOnly)) {
            continue;
        }
        const QByteArray content = file.readAll();
        if (content.contains(bytes) || content.contains(utf16)) {
            found.append(file.fileName());
        }
    }
    return found;
}

}  // namespace

class TestAccounts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void canaries_areInNoFileAndNoLog();
    void canaries_loggingEverything_areNotLogged();
    void accounts_switchedBackAndForth_keepTheirOwn();
    void storeUnderOthersName_isRefused();
    void destroyed_copyMadeBefore_cannotBeRead_data();
    void destroyed_copyMadeBefore_cannotBeRead();
    void destroyed_otherAccountStays();
    void keepSealed_keepsPending();
    void sendThenDestroy_offline_destroysNothing();
    void sendThenDestroy_online_sendsFirst();
    void sendThenDestroy_refusedWritesKept_destroysNothing();
    void sendThenDestroy_closedMeanwhile_isCancelled();
    void sendThenDestroy_withoutServer_needsNothingPending();
    void destroy_storeOpenElsewhere_isLocked();
    void destroy_neverOpened_isGood();

private:
    [[nodiscard]] ClientOptions optionsOf(const QString &user, const StoreKeySource &key) const;
    [[nodiscard]] ClientOptions optionsOf(const QString &user) const
    {
        return optionsOf(user, StoreKeySource::raw(QByteArray(32, user.front().toLatin1())));
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestAccounts::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

ClientOptions TestAccounts::optionsOf(const QString &user, const StoreKeySource &key) const
{
    ClientOptions options;
    options.user = user;
    options.storeFolder = m_folder->filePath(QStringLiteral("stores"));
    options.key = key;
    return options;
}

void TestAccounts::canaries_areInNoFileAndNoLog()
{
    const QString temp = m_folder->filePath(QStringLiteral("temp"));
    QVERIFY(QDir().mkpath(temp));
    qputenv("TMPDIR", temp.toUtf8());
    qputenv("SQLITE_TMPDIR", temp.toUtf8());
    logged.clear();
    const auto before = qInstallMessageHandler(keepLog);
    const QString bird = QString::fromLatin1(canary);
    QStringList found;
    bool isAllGood = true;
    {
        Client anna(optionsOf(QStringLiteral("anna")));
        isAllGood = isGood(anna.open());
        QFuture<Result<void>> written;
        // More than a page and a cache of them, so that the WAL, its index and the file itself are all in use.
        for (int i = 0; i < 3000; ++i) {
            written = anna.collection(notes)->set(bird + QString::number(i), {{bird, bird.repeated(20)}});
        }
        isAllGood = isAllGood && isGood(written);
        isAllGood = isAllGood && !TwoDevices::await(anna.collection(bird.toUpper())->set(a, text(bird)));
        Client berta(optionsOf(QStringLiteral("berta")));
        isAllGood = isAllGood && isGood(berta.open()) && isGood(berta.collection(notes)->set(a, text(QStringLiteral("x"))));
        isAllGood = isAllGood && !berta.collection(notes)->contains(bird + QLatin1Char('0'));
        found += filesWith(m_folder->path(), canary);
    }
    found += filesWith(m_folder->path(), canary);
    qInstallMessageHandler(before);
    qunsetenv("TMPDIR");
    qunsetenv("SQLITE_TMPDIR");
    QVERIFY(isAllGood);
    QCOMPARE(found, QStringList());
    QVERIFY2(!logged.contains(canary), logged.constData());
    // The search does find what is there to be found.
    QFile planted(m_folder->filePath(QStringLiteral("planted")));
    QVERIFY(planted.open(QIODevice::WriteOnly));
    planted.write("..." + canary);
    planted.close();
    QCOMPARE(filesWith(m_folder->path(), canary).size(), 1);
}

void TestAccounts::canaries_loggingEverything_areNotLogged()
{
    logged.clear();
    const QString bird = QString::fromLatin1(canary);
    QLoggingCategory::setFilterRules(QStringLiteral("satchel.*=true"));
    const auto before = qInstallMessageHandler(keepLog);
    QByteArray token;
    bool isAllGood = true;
    {
        TwoDevices devices(R"({"version": 1, "collections": {"notes": {"conflict": "manual"}}})");
        token = devices.server.token(QStringLiteral("anna")).toUtf8();
        isAllGood = isGood(devices.a->collection(notes)->set(bird, {{bird, bird}}));
        devices.a->pause();
        isAllGood = isAllGood && isGood(devices.a->collection(notes)->set(bird, text(bird)));
        isAllGood = isAllGood && isGood(devices.b->collection(notes)->set(bird, text(bird.toUpper())));
        devices.a->resume();
        isAllGood = isAllGood && devices.sync() && !devices.a->conflicts().isEmpty();
        isAllGood = isAllGood && isGood(devices.b->suspend()) && isGood(devices.a->signOut(Client::SignOut::Destroy));
    }
    qInstallMessageHandler(before);
    QLoggingCategory::setFilterRules(QString());
    QVERIFY2(isAllGood, logged.constData());
    // It did log what happened: of the network, sync, the store, the token, the key and the documents.
    for (const char *told : {"connection 1 by ", "sends Push ", "received Changes ", "one transaction for ", "a token was given",
                             "the store's key is there", "loaded: "}) {
        QVERIFY2(logged.contains(told), told);
    }
    const QByteArray key(32, 'k');
    for (const QByteArray &secret :
         {canary, canary.toUpper(), canary.toBase64(), token, token.split('.').value(1), key.left(16), key.toHex()}) {
        QVERIFY2(!secret.isEmpty() && !logged.contains(secret), logged.constData());
    }
}

void TestAccounts::accounts_switchedBackAndForth_keepTheirOwn()
{
    const QStringList users{QStringLiteral("anna"), QStringLiteral("berta"), QStringLiteral("clara")};
    for (int round = 0; round < 5; ++round) {
        for (const QString &user : users) {
            Client client(optionsOf(user));
            QVERIFY(isGood(client.open()));
            QCOMPARE(client.collection(notes)->count(), round);
            for (const QString &key : client.collection(notes)->keys()) {
                QCOMPARE(client.collection(notes)->get(key), text(user));
            }
            QVERIFY(isGood(client.collection(notes)->set(QString::number(round), text(user))));
        }
    }
}

void TestAccounts::storeUnderOthersName_isRefused()
{
    const StoreKeySource shared = StoreKeySource::raw(QByteArray(32, 'k'));
    QString path;
    {
        Client anna(optionsOf(QStringLiteral("anna"), shared));
        QVERIFY(isGood(anna.open()));
        QVERIFY(isGood(anna.collection(notes)->set(a, text(QStringLiteral("x")))));
        path = anna.storePath();
    }
    // Even where an app gives both one key, and the files change places.
    Client berta(optionsOf(QStringLiteral("berta"), shared));
    QVERIFY(QFile::copy(path, berta.storePath()));
    QVERIFY(QFile::copy(path + QStringLiteral(".keycheck"), berta.storePath() + QStringLiteral(".keycheck")));
    const Result<void> refused = TwoDevices::await(berta.open());
    QVERIFY(!refused);
    QCOMPARE(refused.error().code(), Error::Code::FailedPrecondition);
    QVERIFY(!berta.collection(notes)->contains(a));
}

void TestAccounts::destroyed_copyMadeBefore_cannotBeRead_data()
{
    QTest::addColumn<bool>("isPassphrase");
    QTest::newRow("key file") << false;
    QTest::newRow("passphrase") << true;
}

void TestAccounts::destroyed_copyMadeBefore_cannotBeRead()
{
    QFETCH(bool, isPassphrase);
    qunsetenv("QT_FATAL_WARNINGS");  // keyFile() warns, as it should
    const QString keyPath = m_folder->filePath(QStringLiteral("key"));
    const ClientOptions options = optionsOf(QStringLiteral("anna"), isPassphrase ? StoreKeySource::passphrase(QStringLiteral("sesame"))
                                                                                 : StoreKeySource::keyFile(keyPath));
    Client client(options);
    QVERIFY(isGood(client.open()));
    QVERIFY(isGood(client.collection(notes)->set(a, text(QString::fromLatin1(canary)))));
    client.close();
    const QString path = client.storePath();
    const QString copy = m_folder->filePath(QStringLiteral("copy"));
    const QString record = QStringLiteral(".keycheck");
    QVERIFY(QFile::copy(path, copy));
    QVERIFY(QFile::copy(path + record, copy + record));
    QVERIFY(isGood(client.signOut(Client::SignOut::Destroy)));
    QVERIFY(!QFile::exists(path));
    QVERIFY(!QFile::exists(keyPath));
    QVERIFY(!QFile::exists(path + QStringLiteral(".kdf")));

    const auto putBack = [&] {
        QFile::remove(path);
        QFile::remove(path + record);
        return QFile::copy(copy, path) && QFile::copy(copy + record, path + record);
    };
    QVERIFY(putBack());
    QCOMPARE(TwoDevices::await(client.open()).error().reason(), Error::Reason::KeyMissing);
    // With a key, and a salt, made later by the same means: the same passphrase is another key.
    QVERIFY(isGood(client.signOut(Client::SignOut::Destroy)));
    QVERIFY(isGood(client.open()));
    client.close();
    QVERIFY(putBack());
    QCOMPARE(TwoDevices::await(client.open()).error().reason(), Error::Reason::WrongKey);
    // And without its record, by the pages alone.
    QVERIFY(QFile::remove(path + record));
    QCOMPARE(TwoDevices::await(client.open()).error().reason(), Error::Reason::WrongKey);
    QCOMPARE(filesWith(m_folder->path(), canary), QStringList());
}

void TestAccounts::destroyed_otherAccountStays()
{
    Client anna(optionsOf(QStringLiteral("anna")));
    Client berta(optionsOf(QStringLiteral("berta")));
    QVERIFY(isGood(anna.open()));
    QVERIFY(isGood(berta.open()));
    QVERIFY(isGood(berta.collection(notes)->set(a, text(QStringLiteral("x")))));
    QVERIFY(isGood(anna.signOut(Client::SignOut::Destroy)));
    QVERIFY(isGood(berta.collection(notes)->set(QStringLiteral("b"), text(QStringLiteral("y")))));
    berta.close();
    QVERIFY(isGood(berta.open()));
    QCOMPARE(berta.collection(notes)->count(), 2);
}

void TestAccounts::keepSealed_keepsPending()
{
    Client client(optionsOf(QStringLiteral("anna")));
    QVERIFY(isGood(client.open()));
    QVERIFY(isGood(client.collection(notes)->set(a, text(QStringLiteral("x")))));
    QVERIFY(isGood(client.signOut(Client::SignOut::KeepSealed)));
    QVERIFY(!client.isOpen());
    QVERIFY(QFile::exists(client.storePath()));
    QVERIFY(isGood(client.open()));
    QCOMPARE(client.syncStatus()->pendingCount(), 1);
    QCOMPARE(client.collection(notes)->get(a), text(QStringLiteral("x")));
}

void TestAccounts::sendThenDestroy_offline_destroysNothing()
{
    TwoDevices devices;
    devices.linkA().setUp(false);
    QVERIFY(isGood(devices.a->collection(notes)->set(a, text(QStringLiteral("x")))));
    const auto signingOut = devices.a->signOut(Client::SignOut::SendThenDestroy, std::chrono::milliseconds(50));
    QVERIFY(!devices.a->signOut(Client::SignOut::KeepSealed).result());
    const Result<void> late = TwoDevices::await(signingOut);
    QVERIFY(!late);
    QCOMPARE(late.error().code(), Error::Code::DeadlineExceeded);
    QVERIFY(late.error().message().startsWith(QStringLiteral("1 writes")));
    QVERIFY(devices.a->isOpen());
    QCOMPARE(devices.a->syncStatus()->pendingCount(), 1);
    // Nothing of it stays: the client goes on as before.
    devices.linkA().setUp(true);
    QVERIFY(devices.sync());
    QVERIFY(devices.isEqual());
}

void TestAccounts::sendThenDestroy_online_sendsFirst()
{
    TwoDevices devices;
    devices.linkA().setUp(false);
    for (int i = 0; i < 50; ++i) {
        ignore(devices.a->collection(notes)->set(QString::number(i), text(QStringLiteral("x"))), "sent before signing out");
    }
    const auto signingOut = devices.a->signOut(Client::SignOut::SendThenDestroy, std::chrono::seconds(20));
    QVERIFY(devices.a->isOpen());
    devices.linkA().setUp(true);
    devices.a->probe();
    QVERIFY(isGood(signingOut));
    QVERIFY(!devices.a->isOpen());
    QVERIFY(!QFile::exists(devices.a->storePath()));
    QCOMPARE(devices.a->syncStatus()->pendingCount(), 0);
    QVERIFY(isGood(devices.b->whenSynced()));
    QCOMPARE(devices.b->collection(notes)->count(), 50);
    // Signed in again it is a new device that has all there is.
    QVERIFY(isGood(devices.a->open()));
    QVERIFY(devices.sync());
    QVERIFY(devices.isEqual());
}

void TestAccounts::sendThenDestroy_refusedWritesKept_destroysNothing()
{
    TwoDevices devices(R"({"version": 1, "collections": {"wallet": {"consistency": "strong"}}})");
    const QString wallet = QStringLiteral("wallet");
    devices.linkA().setUp(false);
    QTRY_VERIFY(devices.a->syncStatus()->state() != SyncStatus::State::Live);
    const auto queued = devices.a->collection(wallet)->set(a, text(QStringLiteral("old")), WriteOptions{WriteOptions::WhenOffline::Queue});
    QVERIFY(isGood(devices.b->collection(wallet)->set(a, text(QStringLiteral("new")))));
    devices.linkA().setUp(true);
    devices.a->probe();
    QVERIFY(!TwoDevices::await(queued));
    QTRY_COMPARE(devices.a->quarantined().size(), 1);
    const Result<void> refused = TwoDevices::await(devices.a->signOut(Client::SignOut::SendThenDestroy));
    QVERIFY(!refused);
    QCOMPARE(refused.error().code(), Error::Code::FailedPrecondition);
    QVERIFY(devices.a->isOpen());
    QVERIFY(isGood(devices.a->discardQuarantined(devices.a->quarantined().first().id)));
    QTRY_VERIFY(devices.a->quarantined().isEmpty());
    QVERIFY(isGood(devices.a->signOut(Client::SignOut::SendThenDestroy)));
}

void TestAccounts::sendThenDestroy_closedMeanwhile_isCancelled()
{
    TwoDevices devices;
    devices.linkA().setUp(false);
    QVERIFY(isGood(devices.a->collection(notes)->set(a, text(QStringLiteral("x")))));
    const auto signingOut = devices.a->signOut(Client::SignOut::SendThenDestroy);
    devices.a->close();
    QCOMPARE(TwoDevices::await(signingOut).error().code(), Error::Code::Cancelled);
    QVERIFY(isGood(devices.a->open()));
    QCOMPARE(devices.a->syncStatus()->pendingCount(), 1);
    const auto again = devices.a->signOut(Client::SignOut::SendThenDestroy);
    devices.a.reset();
    QCOMPARE(TwoDevices::await(again).error().code(), Error::Code::Cancelled);
}

void TestAccounts::sendThenDestroy_withoutServer_needsNothingPending()
{
    Client client(optionsOf(QStringLiteral("anna")));
    QCOMPARE(TwoDevices::await(client.signOut(Client::SignOut::SendThenDestroy)).error().reason(), Error::Reason::ClosedStore);
    QVERIFY(isGood(client.open()));
    QVERIFY(isGood(client.collection(notes)->set(a, text(QStringLiteral("x")))));
    QCOMPARE(TwoDevices::await(client.signOut(Client::SignOut::SendThenDestroy)).error().code(), Error::Code::FailedPrecondition);
    QVERIFY(client.isOpen());
    QVERIFY(isGood(client.signOut(Client::SignOut::Destroy)));
    QVERIFY(isGood(client.open()));
    QVERIFY(isGood(client.signOut(Client::SignOut::SendThenDestroy)));
    QVERIFY(!QFile::exists(client.storePath()));
}

void TestAccounts::destroy_storeOpenElsewhere_isLocked()
{
    Client first(optionsOf(QStringLiteral("anna")));
    QVERIFY(isGood(first.open()));
    QVERIFY(isGood(first.collection(notes)->set(a, text(QStringLiteral("x")))));
    Client second(optionsOf(QStringLiteral("anna")));
    QCOMPARE(TwoDevices::await(second.signOut(Client::SignOut::Destroy)).error().reason(), Error::Reason::StoreLocked);
    first.close();
    QVERIFY(isGood(first.open()));
    QVERIFY(first.collection(notes)->contains(a));
}

void TestAccounts::destroy_neverOpened_isGood()
{
    Client client(optionsOf(QStringLiteral("anna")));
    QVERIFY(isGood(client.signOut(Client::SignOut::Destroy)));
    QVERIFY(isGood(client.signOut(Client::SignOut::KeepSealed)));
    QVERIFY(isGood(client.open()));
}

QTEST_GUILESS_MAIN(TestAccounts)
#include "tst_accounts.moc"
