// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: no state of the keychain, and no moment at which the app goes, loses a key or makes one over a store. Method: clients on a
// keychain in memory that is told how to fail, forget and hesitate; after each step both the keychain and the store's files are looked at.
#include "client/client_p.h"
#include "client/vault/keychainerrors.h"
#include "fakekeychain.h"
#include "support/awaiting.h"

#include <Satchel/client.h>

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <memory>

namespace Satchel {

struct ClientAccess {
    static void setKeychain(Client &client, std::shared_ptr<Vault::Keychain> keychain) { client.d->keychain = std::move(keychain); }
    static void setKeyTimeout(Client &client, std::chrono::milliseconds timeout) { client.d->keyTimeout = timeout; }
};

}  // namespace Satchel

using namespace Satchel;
using Test::FakeKeychain;
using Test::isGood;
using Test::reasonOf;

namespace {

const QString notes = QStringLiteral("notes");
const QString a = QStringLiteral("a");
const QVariantMap milk{{QStringLiteral("text"), QStringLiteral("milk")}};

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace

Q_DECLARE_METATYPE(Satchel::Core::Error)

class TestKeyVault : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void firstOpen_makesOneKeyAndReadsItBack();
    void open_keyWithoutStore_usesIt();
    void open_keychainFails_makesNothing_data();
    void open_keychainFails_makesNothing();
    void open_storeWithoutKey_isKeyMissingAndUntouched();
    void open_onlyWalWithoutKey_isKeyMissing();
    void open_otherKey_isWrongKeyAndKeepsBoth();
    void open_entryOfOtherSize_isKeyDamaged();
    void firstOpen_writeFails_leavesNoStore();
    void firstOpen_writeIsForgotten_leavesNoStore();
    void firstOpen_clientGoesMeanwhile_keyIsUsedNextTime();
    void open_keychainHangs_isGivenUpAndHarmless();
    void entries_ofAccountsAndApps_neverCollide();
    void signOut_removesKeyBeforeStore();
    void signOut_keychainFails_keepsBoth_data();
    void signOut_keychainFails_keepsBoth();
    void signOut_cutShort_isEndedByNextOpen();
    void signOut_ofStoreWithoutKey_beginsAnew();
    void signOut_clientGoesMeanwhile_isDone();

private:
    [[nodiscard]] std::unique_ptr<Client> make() const;
    /// Opens, writes a document, closes.
    void populate();
    [[nodiscard]] QString storePath() const { return make()->storePath(); }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::shared_ptr<FakeKeychain> m_keychain;
};

void TestKeyVault::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
    m_keychain = std::make_shared<FakeKeychain>();
}

std::unique_ptr<Client> TestKeyVault::make() const
{
    ClientOptions options;
    options.user = QStringLiteral("anna");
    options.storeFolder = m_folder->filePath(QStringLiteral("stores"));
    options.key = StoreKeySource::keychain(QStringLiteral("app"));
    auto client = std::make_unique<Client>(options);
    ClientAccess::setKeychain(*client, m_keychain);
    return client;
}

void TestKeyVault::populate()
{
    const auto client = make();
    QVERIFY(isGood(client->open()));
    QVERIFY(isGood(client->collection(notes)->set(a, milk)));
}

void TestKeyVault::firstOpen_makesOneKeyAndReadsItBack()
{
    populate();
    QCOMPARE(m_keychain->writeCount, 1);
    QCOMPARE(m_keychain->entries.size(), 1);
    QCOMPARE(m_keychain->entries.first().size(), 32);
    QVERIFY(m_keychain->entries.first() != QByteArray(32, '\0'));
    const auto client = make();
    QVERIFY(isGood(client->open()));
    QCOMPARE(client->collection(notes)->get(a), milk);
    QCOMPARE(m_keychain->writeCount, 1);
}

void TestKeyVault::open_keyWithoutStore_usesIt()
{
    populate();
    const QByteArray key = m_keychain->entries.first();
    QVERIFY(QFile::remove(storePath()));
    QVERIFY(QFile::remove(storePath() + QStringLiteral(".keycheck")));
    QVERIFY(isGood(make()->open()));
    QCOMPARE(m_keychain->entries.first(), key);
    QCOMPARE(m_keychain->writeCount, 1);
}

void TestKeyVault::open_keychainFails_makesNothing_data()
{
    QTest::addColumn<Core::Error>("error");
    QTest::addColumn<bool>("hasStore");
    for (const bool hasStore : {false, true}) {
        const char *with = hasStore ? "with" : "without";
        QTest::addRow("locked, %s a store", with) << Vault::keychainLocked() << hasStore;
        QTest::addRow("none, %s a store", with) << Vault::keychainUnavailable() << hasStore;
        QTest::addRow("not ready, %s a store", with) << Vault::keychainNotReady("test") << hasStore;
    }
}

void TestKeyVault::open_keychainFails_makesNothing()
{
    QFETCH(Core::Error, error);
    QFETCH(bool, hasStore);
    if (hasStore) {
        populate();
    }
    const auto entries = m_keychain->entries;
    const QByteArray before = contentOf(storePath());
    m_keychain->readError = error;
    const auto client = make();
    const auto opening = client->open();
    QCOMPARE(int(reasonOf(opening)), int(error.reason));
    QCOMPARE(opening.result().error().code(), Error::Code::Unavailable);
    QCOMPARE(m_keychain->entries, entries);
    QCOMPARE(contentOf(storePath()), before);
    // The same client goes on as soon as the keychain does.
    m_keychain->readError.reset();
    QVERIFY(isGood(client->open()));
    QCOMPARE(client->collection(notes)->contains(a), hasStore);
}

void TestKeyVault::open_storeWithoutKey_isKeyMissingAndUntouched()
{
    populate();
    const auto entries = std::exchange(m_keychain->entries, {});
    const QByteArray before = contentOf(storePath());
    const auto client = make();
    QCOMPARE(reasonOf(client->open()), Error::Reason::KeyMissing);
    QVERIFY(m_keychain->entries.isEmpty());
    QCOMPARE(m_keychain->writeCount, 1);
    QCOMPARE(contentOf(storePath()), before);
    m_keychain->entries = entries;
    QVERIFY(isGood(client->open()));
    QCOMPARE(client->collection(notes)->get(a), milk);
}

void TestKeyVault::open_onlyWalWithoutKey_isKeyMissing()
{
    QVERIFY(QDir().mkpath(m_folder->filePath(QStringLiteral("stores"))));
    QFile wal(storePath() + QStringLiteral("-wal"));
    QVERIFY(wal.open(QIODevice::WriteOnly));
    wal.write("what is left of a store");
    wal.close();
    QCOMPARE(reasonOf(make()->open()), Error::Reason::KeyMissing);
    QCOMPARE(m_keychain->writeCount, 0);
}

void TestKeyVault::open_otherKey_isWrongKeyAndKeepsBoth()
{
    populate();
    const QByteArray before = contentOf(storePath());
    m_keychain->entries.first() = QByteArray(32, 'x');
    QCOMPARE(reasonOf(make()->open()), Error::Reason::WrongKey);
    QCOMPARE(m_keychain->entries.first(), QByteArray(32, 'x'));
    QCOMPARE(contentOf(storePath()), before);
}

void TestKeyVault::open_entryOfOtherSize_isKeyDamaged()
{
    populate();
    for (const QByteArray &entry : {QByteArray(31, 'k'), QByteArray(33, 'k'), QByteArray()}) {
        m_keychain->entries.first() = entry;
        const auto client = make();
        const auto opening = client->open();
        QCOMPARE(reasonOf(opening), Error::Reason::KeyDamaged);
        QCOMPARE(opening.result().error().code(), Error::Code::DataLoss);
        QCOMPARE(m_keychain->entries.first(), entry);
    }
    QCOMPARE(m_keychain->writeCount, 1);
}

void TestKeyVault::firstOpen_writeFails_leavesNoStore()
{
    m_keychain->writeError = Vault::keychainLocked();
    QCOMPARE(reasonOf(make()->open()), Error::Reason::KeychainLocked);
    QVERIFY(!QFile::exists(storePath()));
    m_keychain->writeError.reset();
    populate();
}

void TestKeyVault::firstOpen_writeIsForgotten_leavesNoStore()
{
    m_keychain->forgetsWrites = true;
    QCOMPARE(reasonOf(make()->open()), Error::Reason::KeychainNotReady);
    QVERIFY(!QFile::exists(storePath()));
}

void TestKeyVault::firstOpen_clientGoesMeanwhile_keyIsUsedNextTime()
{
    QFuture<Result<void>> opening;
    {
        const auto client = make();
        m_keychain->isSlow = true;
        opening = client->open();
        QTRY_COMPARE(m_keychain->waitingCount(), 1U);
    }
    QCOMPARE(reasonOf(opening), Error::Reason::ClosedStore);
    m_keychain->release();
    QTRY_COMPARE(m_keychain->readCount, 2);
    QVERIFY(!QFile::exists(storePath()));
    QCOMPARE(m_keychain->entries.size(), 1);
    const QByteArray key = m_keychain->entries.first();
    const auto client = make();
    QVERIFY(QTest::qWaitFor([&] { return reasonOf(client->open()) == Error::Reason::None; }));
    QCOMPARE(m_keychain->entries.first(), key);
    QCOMPARE(m_keychain->writeCount, 1);
}

void TestKeyVault::open_keychainHangs_isGivenUpAndHarmless()
{
    m_keychain->isSlow = true;
    const auto client = make();
    ClientAccess::setKeyTimeout(*client, std::chrono::milliseconds(20));
    QCOMPARE(reasonOf(client->open()), Error::Reason::KeychainNotReady);
    // The first attempt may still write, so that a second must not: two keys, and the store would be under the one that was replaced.
    ClientAccess::setKeyTimeout(*client, std::chrono::minutes(1));
    QCOMPARE(reasonOf(client->open()), Error::Reason::StoreLocked);
    m_keychain->release();
    QVERIFY(QTest::qWaitFor([&] { return reasonOf(client->open()) == Error::Reason::None; }));
    QCOMPARE(m_keychain->writeCount, 1);
}

void TestKeyVault::entries_ofAccountsAndApps_neverCollide()
{
    QList<QString> seen;
    for (const QString &service : {QStringLiteral("app"), QStringLiteral("app2"), QString()}) {
        for (const QString &tenant : {QStringLiteral("default"), QStringLiteral("other")}) {
            for (const QString &user : {QStringLiteral("anna"), QStringLiteral("Anna"), QStringLiteral("anna/b"),
                                        QStringLiteral("anna%2Fb"), QString(QStringLiteral("a") + QChar(0) + QStringLiteral("b")),
                                        QString(QStringLiteral("a") + QChar(0) + QStringLiteral("c"))}) {
                ClientOptions options;
                options.storeFolder = m_folder->path();
                options.tenant = tenant;
                options.user = user;
                options.key = StoreKeySource::keychain(service);
                const Vault::KeychainEntry entry = Vault::accountOf(options).entry;
                // No name may end early or be folded into another by what is below.
                QVERIFY(!entry.name.contains(QChar(0)));
                const QString name = FakeKeychain::nameOf(entry).toLower();
                QVERIFY2(!seen.contains(name), qPrintable(name));
                seen.append(name);
            }
        }
    }
    QVERIFY(std::ranges::any_of(seen, [](const QString &name) { return name.contains(QCoreApplication::applicationName()); }));
}

void TestKeyVault::signOut_removesKeyBeforeStore()
{
    populate();
    const auto client = make();
    QVERIFY(isGood(client->open()));
    bool hadStore = false;
    m_keychain->onRemove = [&] { hadStore = QFile::exists(client->storePath()); };
    QVERIFY(isGood(client->signOut(Client::SignOut::Destroy)));
    QVERIFY(hadStore);
    QVERIFY(m_keychain->entries.isEmpty());
    QVERIFY(!client->isOpen());
    QVERIFY(client->collectionNames().isEmpty());
    QVERIFY(client->deviceId().isEmpty());
    QCOMPARE(QDir(m_folder->filePath(QStringLiteral("stores"))).entryList(QDir::Files),
             QStringList{QFileInfo(client->storePath()).fileName() + QStringLiteral(".lock")});
    // The same client can begin anew.
    QVERIFY(isGood(client->open()));
    QVERIFY(!client->collection(notes)->contains(a));
}

void TestKeyVault::signOut_keychainFails_keepsBoth_data()
{
    QTest::addColumn<int>("how");
    QTest::newRow("refuses") << 0;
    QTest::newRow("forgets") << 1;
    QTest::newRow("cannot be asked whether it did") << 2;
}

void TestKeyVault::signOut_keychainFails_keepsBoth()
{
    QFETCH(int, how);
    populate();
    const auto entries = m_keychain->entries;
    if (how == 0) {
        m_keychain->removeError = Vault::keychainLocked();
    } else {
        m_keychain->forgetsRemovals = true;
        if (how == 2) {
            m_keychain->readError = Vault::keychainLocked();
        }
    }
    const auto client = make();
    QCOMPARE(reasonOf(client->signOut(Client::SignOut::Destroy)),
             how == 1 ? Error::Reason::KeychainNotReady : Error::Reason::KeychainLocked);
    QCOMPARE(m_keychain->entries, entries);
    m_keychain->readError.reset();
    QVERIFY(isGood(client->open()));
    QCOMPARE(client->collection(notes)->get(a), milk);
}

void TestKeyVault::signOut_cutShort_isEndedByNextOpen()
{
    for (const bool hasKey : {true, false}) {
        populate();
        QFile mark(storePath() + QStringLiteral(".destroy"));
        QVERIFY(mark.open(QIODevice::WriteOnly));
        mark.close();
        const auto before = m_keychain->entries;
        if (!hasKey) {
            m_keychain->entries.clear();
        }
        const auto client = make();
        QVERIFY(isGood(client->open()));
        QVERIFY(!client->collection(notes)->contains(a));
        QVERIFY(m_keychain->entries != before);
        QVERIFY(!mark.exists());
    }
}

void TestKeyVault::signOut_ofStoreWithoutKey_beginsAnew()
{
    populate();
    m_keychain->entries.clear();
    const auto client = make();
    QCOMPARE(reasonOf(client->open()), Error::Reason::KeyMissing);
    QVERIFY(isGood(client->signOut(Client::SignOut::Destroy)));
    QVERIFY(isGood(client->open()));
}

void TestKeyVault::signOut_clientGoesMeanwhile_isDone()
{
    populate();
    QFuture<Result<void>> signingOut;
    {
        const auto client = make();
        m_keychain->isSlow = true;
        signingOut = client->signOut(Client::SignOut::Destroy);
        QTRY_COMPARE(m_keychain->waitingCount(), 1U);
        QVERIFY(!client->open().result());
        QVERIFY(!client->signOut(Client::SignOut::KeepSealed).result());
    }
    m_keychain->release();
    QVERIFY(isGood(signingOut));
    QVERIFY(m_keychain->entries.isEmpty());
    QVERIFY(!QFile::exists(storePath()));
}

QTEST_GUILESS_MAIN(TestKeyVault)
#include "tst_keyvault.moc"
