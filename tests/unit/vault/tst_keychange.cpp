// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: an account's store goes from any kind of key to any other, or to a new one in the same place, with all that is in it; whatever
// fails or is cut short, a key that opens the store is left where open() finds it. Method: clients, open and closed, on a keychain in
// memory that is told to fail at each step; the states between steps set up by hand.
#include "cipherdb/rekey.h"
#include "client/client_p.h"
#include "client/vault/keychainerrors.h"
#include "fakekeychain.h"
#include "support/awaiting.h"

#include <Satchel/client.h>

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace Satchel {

struct ClientAccess {
    static void setKeychain(Client &client, std::shared_ptr<Vault::Keychain> keychain) { client.d->keychain = std::move(keychain); }
};

}  // namespace Satchel

using namespace Satchel;
using Test::FakeKeychain;
using Test::reasonOf;
using Test::waitFor;

namespace {

const QString notes = QStringLiteral("notes");
const QString a = QStringLiteral("a");
const QVariantMap milk{{QStringLiteral("text"), QStringLiteral("milk")}};

CipherDb::StoreKey keyOf(const QByteArray &bytes)
{
    return CipherDb::StoreKey(std::span<const std::uint8_t, 32>(reinterpret_cast<const std::uint8_t *>(bytes.constData()), 32));
}

}  // namespace

class TestKeyChange : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void changed_anyKindToAnyOther_keepsAll_data();
    void changed_anyKindToAnyOther_keepsAll();
    void changed_whileOpen_opensAgain();
    void refused_leavesTheOldKey_data();
    void refused_leavesTheOldKey();
    void cutShort_inTheKeychain_openFindsTheKey_data();
    void cutShort_inTheKeychain_openFindsTheKey();
    void signOut_afterCutShort_removesBothKeys();

private:
    [[nodiscard]] StoreKeySource source(const QString &kind) const;
    [[nodiscard]] std::unique_ptr<Client> make(const QString &kind) const;
    [[nodiscard]] bool hasMilk(const QString &kind) const;
    void populate(const QString &kind);

    std::unique_ptr<QTemporaryDir> m_folder;
    std::shared_ptr<FakeKeychain> m_keychain;
};

void TestKeyChange::initTestCase()
{
    // A key in a file is warned of.
    qunsetenv("QT_FATAL_WARNINGS");
}

void TestKeyChange::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_keychain = std::make_shared<FakeKeychain>();
}

StoreKeySource TestKeyChange::source(const QString &kind) const
{
    if (kind.startsWith(u"keychain")) {
        return StoreKeySource::keychain(kind);
    }
    if (kind.startsWith(u"file")) {
        return StoreKeySource::keyFile(m_folder->filePath(kind));
    }
    if (kind.startsWith(u"words")) {
        return StoreKeySource::passphrase(kind);
    }
    return StoreKeySource::raw(kind.toUtf8().leftJustified(32, '.', true));
}

std::unique_ptr<Client> TestKeyChange::make(const QString &kind) const
{
    ClientOptions options;
    options.user = QStringLiteral("anna");
    options.storeFolder = m_folder->filePath(QStringLiteral("stores"));
    options.key = source(kind);
    auto client = std::make_unique<Client>(options);
    ClientAccess::setKeychain(*client, m_keychain);
    return client;
}

bool TestKeyChange::hasMilk(const QString &kind) const
{
    const auto client = make(kind);
    const auto opened = waitFor(client->open());
    return opened && client->collection(notes)->get(a) == std::optional(milk);
}

void TestKeyChange::populate(const QString &kind)
{
    const auto client = make(kind);
    QVERIFY(waitFor(client->open()));
    QVERIFY(waitFor(client->collection(notes)->set(a, milk)));
}

void TestKeyChange::changed_anyKindToAnyOther_keepsAll_data()
{
    QTest::addColumn<QString>("from");
    QTest::addColumn<QString>("to");
    const QStringList kinds{QStringLiteral("keychain"), QStringLiteral("file"), QStringLiteral("words"), QStringLiteral("raw")};
    for (const QString &from : kinds) {
        for (const QString &to : kinds) {
            // To another place, and for one kind also to the same.
            for (const QString &number :
                 from == to ? QStringList{QStringLiteral("1"), QStringLiteral("2")} : QStringList{QStringLiteral("1")}) {
                QTest::addRow("%s1 to %s%s", qPrintable(from), qPrintable(to), qPrintable(number)) << from + u'1' << to + number;
            }
        }
    }
}

void TestKeyChange::changed_anyKindToAnyOther_keepsAll()
{
    QFETCH(QString, from);
    QFETCH(QString, to);
    populate(from);
    const auto entriesBefore = m_keychain->entries;
    const auto client = make(from);
    const auto changed = waitFor(client->changeKey(source(to)));
    QVERIFY2(changed, changed ? "" : qPrintable(changed.error().toString()));
    QVERIFY(waitFor(client->open()));
    client->close();
    QVERIFY(hasMilk(to));
    QCOMPARE(m_keychain->entries.size(), to.startsWith(u"keychain") ? 1 : 0);
    if (from != to) {
        const QString folder = m_folder->filePath(QStringLiteral("stores"));
        QCOMPARE(QFile::exists(m_folder->filePath(QStringLiteral("file1"))), to == u"file1");
        QCOMPARE(QDir(folder).entryList({QStringLiteral("*.kdf")}).size(), to.startsWith(u"words") ? 1 : 0);
        QVERIFY(!hasMilk(from));
    } else if (to.startsWith(u"keychain")) {
        QCOMPARE(m_keychain->entries.keys(), entriesBefore.keys());
        QVERIFY(m_keychain->entries != entriesBefore);
    }
    QCOMPARE(QDir(m_folder->path()).entryList({QStringLiteral("*.next")}), QStringList());
}

void TestKeyChange::changed_whileOpen_opensAgain()
{
    const auto client = make(QStringLiteral("words1"));
    QVERIFY(waitFor(client->open()));
    QVERIFY(waitFor(client->collection(notes)->set(a, milk)));
    const QSignalSpy changes(client.get(), &Client::openChanged);
    const auto changing = client->changeKey(source(QStringLiteral("words2")));
    QCOMPARE(client->collection(notes)->get(a), std::optional(milk));
    QVERIFY(!waitFor(client->changeKey(source(QStringLiteral("words3")))));
    QVERIFY(waitFor(changing));
    QVERIFY(client->isOpen());
    QCOMPARE(changes.count(), 2);
    QVERIFY(waitFor(client->collection(notes)->set(QStringLiteral("b"), milk)));
    client->close();
    QVERIFY(hasMilk(QStringLiteral("words2")));
    QCOMPARE(reasonOf(make(QStringLiteral("words1"))->open()), Error::Reason::WrongKey);
}

void TestKeyChange::refused_leavesTheOldKey_data()
{
    QTest::addColumn<QString>("how");
    for (const char *how : {"no store", "wrong key", "keychain does not write", "keychain forgets", "somebody reads", "no such key"}) {
        QTest::newRow(how) << QString::fromLatin1(how);
    }
}

void TestKeyChange::refused_leavesTheOldKey()
{
    QFETCH(QString, how);
    const QString from = QStringLiteral("words1");
    const QString to = QStringLiteral("keychain1");
    if (how == u"no store") {
        const auto refused = waitFor(make(from)->changeKey(source(to)));
        QCOMPARE(refused.error().code(), Error::Code::FailedPrecondition);
        QCOMPARE(m_keychain->entries.size(), 0);
        return;
    }
    populate(from);
    if (how == u"keychain does not write") {
        m_keychain->writeError = Vault::keychainLocked();
    } else if (how == u"keychain forgets") {
        m_keychain->forgetsWrites = true;
    } else if (how == u"somebody reads") {
        const auto lock =
            CipherDb::FileSystem::system().acquireLock(make(from)->storePath().toStdString() + ".lock", CipherDb::LockMode::Exclusive);
        QVERIFY(lock);
        QCOMPARE(reasonOf(make(from)->changeKey(source(to))), Error::Reason::StoreLocked);
    }
    if (how != u"somebody reads") {
        const auto client = make(how == u"wrong key" ? QStringLiteral("words9") : from);
        const auto refused = waitFor(client->changeKey(how == u"no such key" ? StoreKeySource() : source(to)));
        QVERIFY(!refused);
        QVERIFY(how != u"wrong key" || (refused.error().reason() == Error::Reason::WrongKey && m_keychain->entries.isEmpty()));
    }
    m_keychain->writeError.reset();
    m_keychain->forgetsWrites = false;
    QVERIFY(hasMilk(from));
    QVERIFY(waitFor(make(from)->changeKey(source(to))));
    QVERIFY(hasMilk(to));
}

void TestKeyChange::cutShort_inTheKeychain_openFindsTheKey_data()
{
    QTest::addColumn<bool>("isSwapped");
    QTest::newRow("before the store's key was changed") << false;
    QTest::newRow("after it") << true;
}

void TestKeyChange::cutShort_inTheKeychain_openFindsTheKey()
{
    QFETCH(bool, isSwapped);
    const QString kind = QStringLiteral("keychain1");
    populate(kind);
    const QString name = m_keychain->entries.firstKey();
    const QByteArray next(32, 'n');
    if (isSwapped) {
        const auto old = keyOf(m_keychain->entries[name]);
        QVERIFY(CipherDb::rekey(make(kind)->storePath().toStdString(), old, keyOf(next)));
    }
    m_keychain->entries[name + QStringLiteral(" next")] = next;
    // As long as the keychain cannot be put in order the store opens all the same.
    m_keychain->writeError = Vault::keychainLocked();
    QVERIFY(hasMilk(kind));
    m_keychain->writeError.reset();
    QVERIFY(hasMilk(kind));
    QCOMPARE(m_keychain->entries[name] == next, isSwapped);
    QVERIFY(waitFor(make(kind)->changeKey(source(kind))));
    QCOMPARE(m_keychain->entries.size(), 1);
    QVERIFY(hasMilk(kind));
}

void TestKeyChange::signOut_afterCutShort_removesBothKeys()
{
    const QString kind = QStringLiteral("keychain1");
    populate(kind);
    m_keychain->entries[m_keychain->entries.firstKey() + QStringLiteral(" next")] = QByteArray(32, 'n');
    QVERIFY(waitFor(make(kind)->signOut(Client::SignOut::Destroy)));
    QCOMPARE(m_keychain->entries.size(), 0);
}

QTEST_GUILESS_MAIN(TestKeyChange)
#include "tst_keychange.moc"
