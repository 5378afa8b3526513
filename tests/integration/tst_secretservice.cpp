// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: with a real keychain each state is told as what it is, no key is made twice, and no store is made without one. Method: GNOME
// Keyring on a session bus of its own, unlocked, locked, missing and emptied; a small app opens its store there, one process a step.
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QProcessEnvironment>
#include <QScopeGuard>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace {

const QString unlock = QStringLiteral("printf 'open sesame' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1");
/// A second daemon that knows no password: what it finds stays locked.
const QString startLocked = QStringLiteral("gnome-keyring-daemon --start --components=secrets </dev/null >/dev/null 2>&1");

}  // namespace

class TestSecretService : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void unlocked_keyIsKeptAndFound();
    void unlocked_secretIsTheKeyAlone();
    void locked_isSaidAndNothingIsMade();
    void locked_withoutAnEntry_isSaidAndNothingIsMade();
    void emptied_isKeyMissing();
    void twoAccounts_haveAKeyEach();
    void noService_isUnavailable();
    void noBus_isUnavailable();
    void signOut_removesTheEntry();

private:
    /// Runs the steps in one session; the answers of the probes, one a line.
    [[nodiscard]] QStringList session(const QStringList &steps,
                                      const QStringList &launcher = {QStringLiteral("dbus-run-session"), QStringLiteral("--")});
    [[nodiscard]] static QString probe(const char *what, const char *user = "anna")
    {
        return QStringLiteral("\"$PROBE\" \"$STORES\" %1 %2").arg(QLatin1String(user), QLatin1String(what));
    }
    [[nodiscard]] QStringList storeFiles() const
    {
        return QDir(m_folder->filePath(QStringLiteral("stores"))).entryList({QStringLiteral("*.satchel")}, QDir::Files);
    }

    static void remove(QTemporaryDir &folder);

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_home;
};

void TestSecretService::initTestCase()
{
    for (const char *program : {"dbus-run-session", "gnome-keyring-daemon"}) {
        if (QStandardPaths::findExecutable(QLatin1String(program)).isEmpty()) {
            QSKIP(qPrintable(QStringLiteral("%1 is not installed, so no real keychain can be tried").arg(QLatin1String(program))));
        }
    }
}

void TestSecretService::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
    m_home = m_folder->filePath(QStringLiteral("home"));
    QVERIFY(QDir().mkpath(m_home));
}

/// The keyring's daemon may outlive its bus for a moment, and still make files.
void TestSecretService::remove(QTemporaryDir &folder)
{
    folder.setAutoRemove(false);
    QVERIFY(QTest::qWaitFor([&folder] { return QDir(folder.path()).removeRecursively(); }));
}

void TestSecretService::cleanup()
{
    if (m_folder) {
        remove(*m_folder);
    }
}

QStringList TestSecretService::session(const QStringList &steps, const QStringList &launcher)
{
    QTemporaryDir runtime;
    const auto atEnd = qScopeGuard([&runtime] { remove(runtime); });
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const char *name : {"DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "GNOME_KEYRING_CONTROL", "QT_FATAL_WARNINGS"}) {
        environment.remove(QLatin1String(name));
    }
    environment.insert(QStringLiteral("HOME"), m_home);
    environment.insert(QStringLiteral("XDG_DATA_HOME"), m_home + QStringLiteral("/data"));
    environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), runtime.path());
    environment.insert(QStringLiteral("PROBE"), QCoreApplication::applicationDirPath() + QStringLiteral("/keychain_probe"));
    environment.insert(QStringLiteral("STORES"), m_folder->filePath(QStringLiteral("stores")));
    process.setProcessEnvironment(environment);
    const QStringList command = launcher + QStringList{QStringLiteral("sh"), QStringLiteral("-c"), steps.join(QLatin1Char('\n'))};
    process.start(command.first(), command.mid(1));
    if (!process.waitForFinished(60000)) {
        process.kill();
        process.waitForFinished();
        return {QStringLiteral("hangs: ") + QString::fromUtf8(process.readAllStandardError())};
    }
    const QByteArray errors = process.readAllStandardError();
    QStringList lines = QString::fromUtf8(process.readAllStandardOutput()).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    if (lines.isEmpty()) {
        lines = {QString::fromUtf8(errors)};
    }
    return lines;
}

void TestSecretService::unlocked_keyIsKeptAndFound()
{
    QCOMPARE(session({unlock, probe("write"), probe("read")}), (QStringList{QStringLiteral("good milk"), QStringLiteral("good milk")}));
    // After the next login too.
    QCOMPARE(session({unlock, probe("read")}), QStringList{QStringLiteral("good milk")});
}

void TestSecretService::unlocked_secretIsTheKeyAlone()
{
    if (QStandardPaths::findExecutable(QStringLiteral("secret-tool")).isEmpty()) {
        QSKIP("secret-tool is not installed");
    }
    const QStringList lines = session({unlock, probe("write"), QStringLiteral("secret-tool lookup server satchel-test")});
    QCOMPARE(lines.size(), 2);
    QCOMPARE(QByteArray::fromBase64(lines[1].toLatin1()).size(), 32);
}

void TestSecretService::locked_isSaidAndNothingIsMade()
{
    QCOMPARE(session({unlock, probe("write")}), QStringList{QStringLiteral("good milk")});
    QCOMPARE(session({startLocked, probe("read"), probe("destroy")}),
             (QStringList{QStringLiteral("KEYCHAIN_LOCKED"), QStringLiteral("KEYCHAIN_LOCKED")}));
    QCOMPARE(storeFiles().size(), 1);
    QCOMPARE(session({unlock, probe("read")}), QStringList{QStringLiteral("good milk")});
}

void TestSecretService::locked_withoutAnEntry_isSaidAndNothingIsMade()
{
    QCOMPARE(session({unlock, probe("write")}), QStringList{QStringLiteral("good milk")});
    QCOMPARE(session({startLocked, probe("write", "berta")}), QStringList{QStringLiteral("KEYCHAIN_LOCKED")});
    QCOMPARE(storeFiles().size(), 1);
    QCOMPARE(session({unlock, probe("write", "berta")}), QStringList{QStringLiteral("good milk")});
    QCOMPARE(storeFiles().size(), 2);
}

void TestSecretService::emptied_isKeyMissing()
{
    QCOMPARE(session({unlock, probe("write")}), QStringList{QStringLiteral("good milk")});
    QVERIFY(QDir().rename(m_home + QStringLiteral("/data"), m_home + QStringLiteral("/away")));
    QCOMPARE(session({unlock, probe("write")}), QStringList{QStringLiteral("KEY_MISSING")});
    QVERIFY(QDir(m_home + QStringLiteral("/data")).removeRecursively());
    QVERIFY(QDir().rename(m_home + QStringLiteral("/away"), m_home + QStringLiteral("/data")));
    QCOMPARE(session({unlock, probe("read")}), QStringList{QStringLiteral("good milk")});
}

void TestSecretService::twoAccounts_haveAKeyEach()
{
    QCOMPARE(session({unlock, probe("write"), probe("write", "berta"), probe("destroy"), probe("read", "berta"), probe("read")}),
             (QStringList{QStringLiteral("good milk"), QStringLiteral("good milk"), QStringLiteral("good"), QStringLiteral("good milk"),
                          QStringLiteral("good ")}));
}

void TestSecretService::noService_isUnavailable()
{
    // A bus without service files starts nothing.
    QFile config(m_folder->filePath(QStringLiteral("bus.conf")));
    QVERIFY(config.open(QIODevice::WriteOnly));
    config.write("<busconfig><type>session</type><listen>unix:tmpdir=" + m_folder->path().toUtf8() +
                 "</listen><policy context=\"default\">"
                 "<allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/>"
                 "</policy></busconfig>");
    config.close();
    QCOMPARE(session({probe("write")},
                     {QStringLiteral("dbus-run-session"), QStringLiteral("--config-file=") + config.fileName(), QStringLiteral("--")}),
             QStringList{QStringLiteral("KEYCHAIN_UNAVAILABLE")});
    QVERIFY(storeFiles().isEmpty());
}

void TestSecretService::noBus_isUnavailable()
{
    QCOMPARE(
        session({QStringLiteral("export DBUS_SESSION_BUS_ADDRESS=unix:path=\"$HOME\"/nothing"), probe("write")}, {QStringLiteral("env")}),
        QStringList{QStringLiteral("KEYCHAIN_UNAVAILABLE")});
    QVERIFY(storeFiles().isEmpty());
}

void TestSecretService::signOut_removesTheEntry()
{
    QCOMPARE(session({unlock, probe("write"), QStringLiteral("cp -r \"$STORES\" \"$STORES.copy\""), probe("destroy")}),
             (QStringList{QStringLiteral("good milk"), QStringLiteral("good")}));
    QVERIFY(storeFiles().isEmpty());
    // A copy made before is of no use: its key is gone, also to whoever has the keychain.
    QCOMPARE(session({unlock, QStringLiteral("rm -r \"$STORES\"; cp -r \"$STORES.copy\" \"$STORES\""), probe("read")}),
             QStringList{QStringLiteral("KEY_MISSING")});
}

QTEST_GUILESS_MAIN(TestSecretService)
#include "tst_secretservice.moc"
