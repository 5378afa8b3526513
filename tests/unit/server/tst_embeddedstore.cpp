// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: the embedded back end keeps the store's contract and tells its failures apart.
// Method: the contract suite on a store in a temporary folder; then wrong keys and planted plain text.

#include "storecontract.h"

#include "server-stub/ops/keyfile.h"
#include "server-stub/store/embedded/embeddedstore.h"

#include <QDirIterator>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Satchel;

class TestEmbeddedStore : public Test::StoreContract {
    Q_OBJECT
protected:
    void reopen() override
    {
        m_store.reset();
        auto opened = Server::EmbeddedStore::open(path(), m_key.clone(), m_random);
        QVERIFY2(opened, opened ? "" : Core::describe(opened.error()).c_str());
        m_store = std::move(*opened);
    }
    Server::Store &store() override { return *m_store; }

private Q_SLOTS:
    void open_withWrongKey_saysSo();
    void open_twice_isLocked();
    void files_afterWrites_holdNoPlainText();
    void keyFile_firstRun_isMadePrivate();
    void keyFile_missingBesideStore_isNeverMadeAgain();
    void keyFile_readableByOthers_isRefused();

private:
    std::filesystem::path path() const { return m_folder.filePath(QStringLiteral("server.db")).toStdString(); }
    QTemporaryDir m_folder;
    CipherDb::StoreKey m_key = CipherDb::StoreKey::random();
    Server::SystemRandom m_random;
    std::unique_ptr<Server::EmbeddedStore> m_store;
};

void TestEmbeddedStore::open_withWrongKey_saysSo()
{
    m_store.reset();
    const auto opened = Server::EmbeddedStore::open(path(), CipherDb::StoreKey::random(), m_random);
    QVERIFY(!opened);
    QCOMPARE(opened.error().reason, Core::ErrorReason::WrongKey);
}

void TestEmbeddedStore::open_twice_isLocked()
{
    const auto opened = Server::EmbeddedStore::open(path(), m_key.clone(), m_random);
    QVERIFY(!opened);
    QCOMPARE(opened.error().reason, Core::ErrorReason::StoreLocked);
}

void TestEmbeddedStore::files_afterWrites_holdNoPlainText()
{
    {
        auto log = store().begin();
        QVERIFY(log);
        QVERIFY((*log)->owner(Core::UserId{"CANARY-TENANT-4711", "CANARY-USER-4711"}, std::chrono::milliseconds(1)));
        QVERIFY((*log)->commit());
    }
    QDirIterator files(m_folder.path(), QDir::Files, QDirIterator::Subdirectories);
    int count = 0;
    while (files.hasNext()) {
        QFile file(files.next());
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(!file.readAll().contains("CANARY"));
        ++count;
    }
    QVERIFY(count > 0);
}

void TestEmbeddedStore::keyFile_firstRun_isMadePrivate()
{
    QTemporaryDir folder;
    const std::filesystem::path key = folder.filePath(QStringLiteral("key")).toStdString();
    const std::filesystem::path file = folder.filePath(QStringLiteral("server.db")).toStdString();
    const auto made = Server::keyFromFile(key, file, m_random);
    QVERIFY(made);
    QCOMPARE(std::filesystem::status(key).permissions() & std::filesystem::perms::all,
             std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    const auto again = Server::keyFromFile(key, file, m_random);
    QVERIFY(again);
    QVERIFY(std::equal(made->bytes().begin(), made->bytes().end(), again->bytes().begin()));
}

void TestEmbeddedStore::keyFile_missingBesideStore_isNeverMadeAgain()
{
    const std::filesystem::path key = m_folder.filePath(QStringLiteral("no-such-key")).toStdString();
    const auto found = Server::keyFromFile(key, path(), m_random);
    QVERIFY(!found);
    QCOMPARE(found.error().reason, Core::ErrorReason::KeyMissing);
    QVERIFY(!std::filesystem::exists(key));
}

void TestEmbeddedStore::keyFile_readableByOthers_isRefused()
{
    QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("key")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray(64, 'a'));
    file.close();
    QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::ReadOther));
    const auto found = Server::keyFromFile(file.fileName().toStdString(), folder.filePath(QStringLiteral("x")).toStdString(), m_random);
    QVERIFY(!found);
    QVERIFY(file.setPermissions(QFile::ReadOwner));
    QVERIFY(Server::keyFromFile(file.fileName().toStdString(), folder.filePath(QStringLiteral("x")).toStdString(), m_random));
}

QTEST_GUILESS_MAIN(TestEmbeddedStore)
#include "tst_embeddedstore.moc"
