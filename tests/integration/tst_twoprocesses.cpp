// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: at no moment between asking for a key and closing its store can another process destroy the key, make another, or open the store.
// Method: this process stops at each of these moments while others try; then many of them, at random, make, read and destroy one account.
#include "cipherdb/lockfile.h"
#include "client/store/localstore.h"
#include "client/vault/keyvault.h"

#include <Satchel/client.h>

#include <QCoreApplication>
#include <QFile>
#include <QProcess>
#include <QProcessEnvironment>
#include <QTemporaryDir>
#include <QTest>

#include <memory>
#include <optional>
#include <vector>

using namespace Satchel;

namespace {

const QByteArray locked = "STORE_LOCKED";

class Account {
public:
    Account() { m_options.user = QStringLiteral("anna"); }

    [[nodiscard]] QString keyPath() const { return m_folder.filePath(QStringLiteral("key")); }
    [[nodiscard]] ClientOptions options() const
    {
        ClientOptions made = m_options;
        made.storeFolder = m_folder.filePath(QStringLiteral("stores"));
        made.key = StoreKeySource::keyFile(keyPath());
        return made;
    }
    [[nodiscard]] std::unique_ptr<QProcess> start(const QString &what) const
    {
        auto process = std::make_unique<QProcess>();
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.remove(QStringLiteral("QT_FATAL_WARNINGS"));
        environment.insert(QStringLiteral("KEY_FILE"), keyPath());
        process->setProcessEnvironment(environment);
        process->start(QCoreApplication::applicationDirPath() + QStringLiteral("/keychain_probe"),
                       {options().storeFolder, m_options.user, what});
        return process;
    }
    /// What another process says to that.
    [[nodiscard]] QByteArray elsewhere(const char *what) const { return said(*start(QLatin1String(what))); }
    [[nodiscard]] static QByteArray said(QProcess &process)
    {
        if (!process.waitForFinished(60000)) {
            process.kill();
            process.waitForFinished();
            return "hangs";
        }
        return process.readAllStandardOutput().trimmed();
    }

private:
    QTemporaryDir m_folder;
    ClientOptions m_options;
};

}  // namespace

class TestTwoProcesses : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { qunsetenv("QT_FATAL_WARNINGS"); }
    void keyObtained_storeNotYetOpen_keepsOthersOut();
    void keyObtained_andDropped_letsOthersIn();
    void many_atRandom_neverMeetAStoreWithoutKey();
};

void TestTwoProcesses::keyObtained_storeNotYetOpen_keepsOthersOut()
{
    const Account account;
    QCOMPARE(account.elsewhere("write"), QByteArray("good milk"));
    std::optional<Core::Result<Vault::Access>> access;
    Vault::obtainKey(nullptr, Vault::accountOf(account.options()),
                     [&](Core::Result<Vault::Access> obtained) { access = std::move(obtained); });
    QTRY_VERIFY(access.has_value());
    QVERIFY(*access);
    for (const char *what : {"destroy", "write", "read"}) {
        QCOMPARE(account.elsewhere(what), locked);
    }
    Sync::LocalStore::Options options;
    options.path = Vault::accountOf(account.options()).storePath;
    options.user = Core::UserId{"default", "anna"};
    options.wallClock = [] { return std::chrono::milliseconds(1); };
    options.lock = std::move((*access)->lock);
    auto store = Sync::LocalStore::open(std::move(options), (*access)->key);
    QVERIFY(store);
    access.reset();
    QCOMPARE(account.elsewhere("destroy"), locked);
    store->reset();
    QCOMPARE(account.elsewhere("read"), QByteArray("good milk"));
}

void TestTwoProcesses::keyObtained_andDropped_letsOthersIn()
{
    const Account account;
    {
        Client client(account.options());
        const auto opening = client.open();
        client.close();
        QVERIFY(opening.isFinished());
    }
    // What was under way ends by itself.
    QTRY_COMPARE_WITH_TIMEOUT(account.elsewhere("write"), QByteArray("good milk"), 20000);
}

void TestTwoProcesses::many_atRandom_neverMeetAStoreWithoutKey()
{
    const Account account;
    const QStringList jobs{QStringLiteral("write"), QStringLiteral("destroy"), QStringLiteral("read")};
    int goodCount = 0;
    for (int round = 0; round < 12; ++round) {
        std::vector<std::unique_ptr<QProcess>> processes;
        for (int i = 0; i < 4; ++i) {
            processes.push_back(account.start(jobs[(round + i) % jobs.size()]));
        }
        for (const auto &process : processes) {
            const QByteArray said = Account::said(*process);
            QVERIFY2(said == "good" || said == "good milk" || said == locked, said.constData());
            goodCount += said == locked ? 0 : 1;
        }
        QCOMPARE(account.elsewhere("write"), QByteArray("good milk"));
    }
    QVERIFY2(goodCount >= 12, QByteArray::number(goodCount).constData());
}

QTEST_GUILESS_MAIN(TestTwoProcesses)
#include "tst_twoprocesses.moc"
