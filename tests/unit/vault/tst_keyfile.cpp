// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: a key in a file is private, made once, told apart from everything that is not a key, and never made over a store. Method: the
// file is put into each state beside a store, and clients open it.
#include "support/awaiting.h"

#include <Satchel/client.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

#include <sys/stat.h>
#include <unistd.h>

using namespace Satchel;
using Test::waitFor;

namespace {

const QString notes = QStringLiteral("notes");
const QString a = QStringLiteral("a");

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace

class TestKeyFile : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void firstOpen_makesPrivateFileAndWarns();
    void open_unsafeFile_isRefused_data();
    void open_unsafeFile_isRefused();
    void open_damagedFile_saysSo_data();
    void open_damagedFile_saysSo();
    void open_storeWithoutFile_isKeyMissing();
    void open_fileWithoutStore_usesIt();
    void open_leftoverOfCrash_isReplaced();
    void open_folderMissing_saysSo();
    void signOut_removesFileFirst();
    void signOut_fileCannotGo_keepsStore();

private:
    [[nodiscard]] std::unique_ptr<Client> make() const;
    [[nodiscard]] Result<void> open(Client &client) const;
    void populate();

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_keyPath;
};

void TestKeyFile::initTestCase()
{
    // It would end the test at the warning that is wanted here; all others fail it as well.
    qunsetenv("QT_FATAL_WARNINGS");
}

void TestKeyFile::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
    m_keyPath = m_folder->filePath(QStringLiteral("keys/anna"));
    QVERIFY(QDir().mkpath(m_folder->filePath(QStringLiteral("keys"))));
}

std::unique_ptr<Client> TestKeyFile::make() const
{
    ClientOptions options;
    options.user = QStringLiteral("anna");
    options.storeFolder = m_folder->filePath(QStringLiteral("stores"));
    options.key = StoreKeySource::keyFile(m_keyPath);
    return std::make_unique<Client>(options);
}

Result<void> TestKeyFile::open(Client &client) const
{
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("key of the encrypted store is kept in a file")));
    return waitFor(client.open());
}

void TestKeyFile::populate()
{
    const auto client = make();
    QVERIFY(open(*client));
    QVERIFY(waitFor(client->collection(notes)->set(a, {{a, 1}})));
}

void TestKeyFile::firstOpen_makesPrivateFileAndWarns()
{
    populate();
    struct stat status{};
    QCOMPARE(::stat(qPrintable(m_keyPath), &status), 0);
    QCOMPARE(status.st_mode & 0777U, 0600U);
    const QByteArray key = contentOf(m_keyPath);
    QCOMPARE(key.size(), 65);
    QCOMPARE(QDir(m_folder->filePath(QStringLiteral("keys"))).entryList(QDir::Files | QDir::Hidden).size(), 1);
    const auto client = make();
    QVERIFY(open(*client));
    QVERIFY(client->collection(notes)->contains(a));
    QCOMPARE(contentOf(m_keyPath), key);
}

void TestKeyFile::open_unsafeFile_isRefused_data()
{
    QTest::addColumn<int>("mode");
    QTest::addColumn<bool>("isLink");
    QTest::newRow("group reads") << 0640 << false;
    QTest::newRow("all read") << 0604 << false;
    QTest::newRow("group writes") << 0620 << false;
    QTest::newRow("link") << 0600 << true;
}

void TestKeyFile::open_unsafeFile_isRefused()
{
    QFETCH(int, mode);
    QFETCH(bool, isLink);
    populate();
    if (isLink) {
        QVERIFY(QFile::rename(m_keyPath, m_keyPath + QStringLiteral(".real")));
        QVERIFY(QFile::link(m_keyPath + QStringLiteral(".real"), m_keyPath));
    } else {
        QCOMPARE(::chmod(qPrintable(m_keyPath), mode_t(mode)), 0);
    }
    const auto client = make();
    const Result<void> refused = open(*client);
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason(), Error::Reason::KeyFileUnsafe);
    QCOMPARE(refused.error().code(), Error::Code::PermissionDenied);
    if (!isLink) {
        QVERIFY(refused.error().message().contains(QStringLiteral("chmod 600")));
        QCOMPARE(::chmod(qPrintable(m_keyPath), 0600), 0);
        QVERIFY(open(*client));
    }
}

void TestKeyFile::open_damagedFile_saysSo_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("short") << QByteArray(63, 'a') + '\n';
    QTest::newRow("no line feed") << QByteArray(64, 'a');
    QTest::newRow("long") << QByteArray(64, 'a') + "\n\n";
    QTest::newRow("very long") << QByteArray(100000, 'a');
    QTest::newRow("no digits") << QByteArray(63, 'a') + "g\n";
    QTest::newRow("sign") << QByteArray(63, 'a') + "-\n";
}

void TestKeyFile::open_damagedFile_saysSo()
{
    QFETCH(QByteArray, content);
    populate();
    QFile file(m_keyPath);
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    file.write(content);
    file.close();
    for (const bool hasStore : {true, false}) {
        const auto client = make();
        if (!hasStore) {
            QVERIFY(QFile::remove(client->storePath()));
        }
        const Result<void> refused = open(*client);
        QVERIFY(!refused);
        QCOMPARE(refused.error().reason(), Error::Reason::KeyDamaged);
        QCOMPARE(contentOf(m_keyPath), content);
        QCOMPARE(QFile::exists(client->storePath()), hasStore);
    }
}

void TestKeyFile::open_storeWithoutFile_isKeyMissing()
{
    populate();
    QVERIFY(QFile::rename(m_keyPath, m_keyPath + QStringLiteral(".away")));
    const auto client = make();
    QCOMPARE(open(*client).error().reason(), Error::Reason::KeyMissing);
    QVERIFY(!QFile::exists(m_keyPath));
    QVERIFY(QFile::rename(m_keyPath + QStringLiteral(".away"), m_keyPath));
    QVERIFY(open(*client));
    QVERIFY(client->collection(notes)->contains(a));
}

void TestKeyFile::open_fileWithoutStore_usesIt()
{
    populate();
    const QByteArray key = contentOf(m_keyPath);
    QVERIFY(QDir(m_folder->filePath(QStringLiteral("stores"))).removeRecursively());
    populate();
    QCOMPARE(contentOf(m_keyPath), key);
}

void TestKeyFile::open_leftoverOfCrash_isReplaced()
{
    QFile half(m_keyPath + QStringLiteral(".new"));
    QVERIFY(half.open(QIODevice::WriteOnly));
    half.write("abc");
    half.close();
    populate();
    QVERIFY(!half.exists());
}

void TestKeyFile::open_folderMissing_saysSo()
{
    m_keyPath = m_folder->filePath(QStringLiteral("nowhere/anna"));
    const auto client = make();
    const Result<void> refused = open(*client);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code(), Error::Code::NotFound);
    QVERIFY(!QFile::exists(client->storePath()));
}

void TestKeyFile::signOut_removesFileFirst()
{
    populate();
    const auto client = make();
    QVERIFY(waitFor(client->signOut(Client::SignOut::Destroy)));
    QVERIFY(!QFile::exists(m_keyPath));
    QVERIFY(!QFile::exists(client->storePath()));
    populate();
}

void TestKeyFile::signOut_fileCannotGo_keepsStore()
{
    populate();
    // A folder that is not empty, in place of the key, cannot be unlinked, whoever tries.
    QVERIFY(QFile::rename(m_keyPath, m_keyPath + QStringLiteral(".away")));
    QVERIFY(QDir().mkpath(m_keyPath + QStringLiteral("/x")));
    const auto client = make();
    QVERIFY(!waitFor(client->signOut(Client::SignOut::Destroy)));
    QVERIFY(QFile::exists(client->storePath()));
    QVERIFY(QDir(m_keyPath).removeRecursively());
    QVERIFY(QFile::rename(m_keyPath + QStringLiteral(".away"), m_keyPath));
    QVERIFY(open(*client));
    QVERIFY(client->collection(notes)->contains(a));
}

QTEST_GUILESS_MAIN(TestKeyFile)
#include "tst_keyfile.moc"
