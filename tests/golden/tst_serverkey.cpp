// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// Goal: the server's store changes its key, and whenever that is cut short, the next start finds the key that it has and loses nothing.
// Method: the golden server store under its key in a file; a process that rotates the key killed at its system calls; then a start as the
// program makes it; the program itself for what people type.

#include "goldenstore.h"

#include "server-stub/ops/keyfile.h"
#include "server-stub/store/embedded/embeddedstore.h"
#include "support/faults/syscallkill.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <climits>

using namespace Satchel;

namespace {

QByteArray bytesOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QString golden(const char *suffix)
{
    return QStringLiteral(SATCHEL_SOURCE_DIR "/tests/data/golden/server_v%1%2")
        .arg(Golden::serverKind().schema().size())
        .arg(QLatin1String(suffix));
}

/// A server's data folder.
class Data {
public:
    Data()
    {
        QFile::copy(golden(".db"), file("server.db"));
        QFile::copy(golden(".db.keycheck"), file("server.db.keycheck"));
        QFile::copy(golden(".db.keys"), file("server.db.keys"));
        QFile::copy(golden(".db.keys.keycheck"), file("server.db.keys.keycheck"));
        for (const char *name : {"server.db", "server.db.keys"}) {
            QFile::setPermissions(file(name), QFile::ReadOwner | QFile::WriteOwner);
        }
        const auto key = Golden::goldenKey();
        QFile keyFile(file("store.key"));
        if (keyFile.open(QIODevice::WriteOnly)) {
            keyFile.write(QByteArray(reinterpret_cast<const char *>(key.bytes().data()), qsizetype(key.bytes().size())).toHex());
            keyFile.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
        }
    }
    [[nodiscard]] QString folder() const { return m_folder.path(); }
    [[nodiscard]] QString file(const char *name) const { return m_folder.filePath(QLatin1String(name)); }
    [[nodiscard]] QStringList names() const { return QDir(folder()).entryList(QDir::Files | QDir::Hidden, QDir::Name); }
    /// As the program does it when it starts.
    [[nodiscard]] Core::Result<std::uint64_t> epochAtStart(const char *keyFile = "store.key")
    {
        return Server::keyFromFile(file(keyFile).toStdString(), file("server.db").toStdString(), m_random)
            .and_then([this](CipherDb::StoreKey &&key) {
                return Server::EmbeddedStore::open(file("server.db").toStdString(), std::move(key), m_random);
            })
            .map([](const auto &store) { return store->epoch(); });
    }

private:
    QTemporaryDir m_folder;
    Server::SystemRandom m_random;
};

int runServer(const QStringList &arguments, QByteArray *errors = nullptr)
{
    QProcess process;
    process.start(QStringLiteral(SATCHEL_SERVER_PROGRAM), arguments);
    const bool hasEnded = process.waitForFinished(60'000);
    if (errors) {
        *errors = process.readAllStandardError();
    }
    return hasEnded ? process.exitCode() : -1;
}

}  // namespace

class TestServerKey : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rotated_newKeyTakesTheOldOnesPlace();
    void changedToAnotherFile_oldFileStays();
    void refused_saysWhy();
    void rotation_killed_nextStartFindsTheKey();
};

void TestServerKey::rotated_newKeyTakesTheOldOnesPlace()
{
    Data data;
    const QByteArray before = bytesOf(data.file("store.key"));
    QCOMPARE(runServer({QStringLiteral("rekey"), QStringLiteral("--data"), data.folder()}), 0);
    QVERIFY(bytesOf(data.file("store.key")) != before);
    QCOMPARE(data.names(),
             (QStringList{QStringLiteral("server.db"), QStringLiteral("server.db.keycheck"), QStringLiteral("server.db.keys"),
                          QStringLiteral("server.db.keys.keycheck"), QStringLiteral("server.db.lock"), QStringLiteral("store.key")}));
    QVERIFY(!CipherDb::Database::open({.path = data.file("server.db").toStdString()}, Golden::goldenKey()));
    QVERIFY(data.epochAtStart());
}

void TestServerKey::changedToAnotherFile_oldFileStays()
{
    Data data;
    const QByteArray before = bytesOf(data.file("store.key"));
    const QStringList arguments{QStringLiteral("rekey"), QStringLiteral("--data"), data.folder(), QStringLiteral("--new-key-file"),
                                data.file("new.key")};
    QCOMPARE(runServer(arguments), 0);
    QCOMPARE(runServer(arguments), 0);
    QCOMPARE(bytesOf(data.file("store.key")), before);
    QCOMPARE(data.epochAtStart().error().reason, Core::ErrorReason::WrongKey);
    QVERIFY(data.epochAtStart("new.key"));
    // Back to the first key, so that the whole content can be compared.
    QCOMPARE(runServer({QStringLiteral("rekey"), QStringLiteral("--data"), data.folder(), QStringLiteral("--key-file"),
                        data.file("new.key"), QStringLiteral("--new-key-file"), data.file("store.key")}),
             0);
    const auto text = Golden::serverKind().dump(data.file("server.db").toStdString());
    QVERIFY(text);
    QCOMPARE(QByteArray::fromStdString(*text), bytesOf(golden(".txt")));
}

void TestServerKey::refused_saysWhy()
{
    const QTemporaryDir empty;
    QByteArray errors;
    QCOMPARE(runServer({QStringLiteral("rekey"), QStringLiteral("--data"), empty.path()}, &errors), 3);
    QVERIFY2(errors.contains("no store"), errors.constData());
    QCOMPARE(QDir(empty.path()).entryList(QDir::Files), QStringList());
    QCOMPARE(runServer({QStringLiteral("rekey"), QStringLiteral("--ephemeral")}), 2);
    QCOMPARE(runServer({QStringLiteral("--new-key-file"), QStringLiteral("x")}), 2);
    Data data;
    const auto open = CipherDb::Database::open({.path = data.file("server.db").toStdString()}, Golden::goldenKey());
    QVERIFY(open);
    QCOMPARE(runServer({QStringLiteral("rekey"), QStringLiteral("--data"), data.folder()}, &errors), 3);
    QVERIFY2(errors.contains("STORE_LOCKED"), errors.constData());
}

void TestServerKey::rotation_killed_nextStartFindsTheKey()
{
    const auto rotate = [](const Data &data, int call) {
        return Test::runKilledAtCall({MAKE_GOLDEN, "rotate", data.folder().toStdString()}, call);
    };
    const std::uint64_t epoch = Data().epochAtStart().value_or(0);
    QVERIFY(epoch != 0);
    const Data whole;
    const auto ended = rotate(whole, INT_MAX);
    if (ended.outcome == Test::KillOutcome::NotPermitted) {
        QSKIP("this machine does not let a process trace its child");
    }
    QCOMPARE(ended.exitCode, 0);
    int changed = 0;
    const auto calls = Test::callsToTry(ended.callCount, 9, 60);
    for (const int call : calls) {
        Data data;
        const QByteArray before = bytesOf(data.file("store.key"));
        static_cast<void>(rotate(data, call));
        const auto found = data.epochAtStart();
        QVERIFY2(found, qPrintable(QStringLiteral("killed at call %1: %2")
                                       .arg(call)
                                       .arg(QString::fromStdString(Core::describe(found ? Core::Error{} : found.error())))));
        QCOMPARE(*found, epoch);
        changed += bytesOf(data.file("store.key")) != before ? 1 : 0;
        QVERIFY2(data.names().filter(QRegularExpression(QStringLiteral("next$|rekey"))).isEmpty(), qPrintable(data.names().join(u' ')));
    }
    qInfo("%d kills, %d of them after the change", int(calls.size()), changed);
    QVERIFY(changed > 5 && changed < int(calls.size()) - 5);
}

QTEST_GUILESS_MAIN(TestServerKey)
#include "tst_serverkey.moc"
