// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: once a user has signed out, neither the store's key nor the user's data is in the memory of the process any more: a core dump of
// it, or its swapped pages, give nothing away. Method: an app signs out and writes all of its memory into a file, which is searched for the
// key in every form that it ever has, and for what the documents held. The allocator is told to overwrite what is freed where the data is
// looked for: what the app's own strings leave behind is no matter of Satchel's, what Satchel still holds is.
#include "support/serverprocess.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QProcessEnvironment>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace Satchel;

namespace {

const QByteArray canary = "Blaumeise im Apfelbaum Nr. ";

/// Where a dump holds these bytes: the regions' names.
QByteArrayList regionsWith(const QByteArray &dump, const QByteArray &bytes)
{
    QByteArrayList regions;
    for (qsizetype at = dump.indexOf(bytes); at >= 0; at = dump.indexOf(bytes, at + 1)) {
        const qsizetype name = dump.lastIndexOf("\nREGION ", at);
        regions.append(dump.mid(name + 8, dump.indexOf('\n', name + 1) - name - 8) + " +" + QByteArray::number(at - name));
    }
    return regions;
}

QByteArray wide(const QByteArray &latin)
{
    const QString text = QString::fromLatin1(latin);
    return {reinterpret_cast<const char *>(text.utf16()), text.size() * 2};
}

/// The key as bytes, halves of it, hexadecimal digits and base64, narrow and wide.
QByteArrayList formsOf(const QByteArray &key)
{
    QByteArrayList forms{key, key.left(16), key.mid(16)};
    for (const QByteArray &text : {key.toHex(), key.toHex().toUpper(), key.toBase64()}) {
        forms << text.left(32) << text.right(32) << wide(text.left(32));
    }
    return forms;
}

}  // namespace

class TestMemoryCanaries : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void openClient_isFound();
    void signedOut_keyIsGone_data();
    void signedOut_keyIsGone();
    void signedOut_dataIsGone_data() { signedOut_keyIsGone_data(); }
    void signedOut_dataIsGone();

private:
    /// The dump of an app that does this; empty if it fails.
    [[nodiscard]] QByteArray run(const QString &job, bool isSynced, bool isPerturbed);
    [[nodiscard]] QByteArray keyOf() const;

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Test::ServerProcess> m_server;
};

void TestMemoryCanaries::initTestCase()
{
    if (!QFile::exists(QStringLiteral("/proc/self/mem"))) {
        QSKIP("a process cannot read its own memory here");
    }
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    QSKIP("sanitizers keep what is freed");
#endif
    m_server = std::make_unique<Test::ServerProcess>(Test::ServerProcess::Storage::Ephemeral);
    QVERIFY2(m_server->start(), m_server->log().constData());
}

QByteArray TestMemoryCanaries::keyOf() const
{
    QFile file(m_folder->filePath(QStringLiteral("key")));
    return file.open(QIODevice::ReadOnly) ? QByteArray::fromHex(file.readAll().trimmed()) : QByteArray();
}

QByteArray TestMemoryCanaries::run(const QString &job, bool isSynced, bool isPerturbed)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.remove(QStringLiteral("QT_FATAL_WARNINGS"));  // a key in a file is warned of
    QByteArray turned = canary;
    for (char &byte : turned) {
        byte = char(~byte);
    }
    environment.insert(QStringLiteral("SECRET"), QString::fromLatin1(turned.toHex()));
    if (isPerturbed) {
        // The cache of each thread would keep what is freed as it is.
        environment.insert(QStringLiteral("GLIBC_TUNABLES"), QStringLiteral("glibc.malloc.perturb=165:glibc.malloc.tcache_count=0"));
    }
    if (isSynced) {
        environment.insert(QStringLiteral("SERVER"), m_server->url().toString());
        environment.insert(QStringLiteral("TOKEN"), m_server->token(QStringLiteral("anna")));
    }
    process.setProcessEnvironment(environment);
    const QString dump = m_folder->filePath(QStringLiteral("dump"));
    QFile::remove(dump);
    process.start(QCoreApplication::applicationDirPath() + QStringLiteral("/memory_probe"),
                  {m_folder->filePath(QStringLiteral("stores")), m_folder->filePath(QStringLiteral("key")), dump, job});
    if (!process.waitForFinished(60000) || process.exitCode() != 0) {
        qInfo("%s", process.readAllStandardError().constData());
        return {};
    }
    QFile file(dump);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void TestMemoryCanaries::openClient_isFound()
{
    m_folder = std::make_unique<QTemporaryDir>();
    const QByteArray dump = run(QStringLiteral("open"), false, false);
    const QByteArray key = keyOf();
    QCOMPARE(key.size(), 32);
    // SQLCipher holds the key for as long as the store is open.
    QVERIFY(!regionsWith(dump, key).isEmpty());
    QVERIFY(!regionsWith(dump, canary).isEmpty());
}

void TestMemoryCanaries::signedOut_keyIsGone_data()
{
    QTest::addColumn<bool>("isSynced");
    QTest::newRow("on its own") << false;
    QTest::newRow("synced") << true;
}

void TestMemoryCanaries::signedOut_keyIsGone()
{
    QFETCH(bool, isSynced);
    m_folder = std::make_unique<QTemporaryDir>();
    // The app that made the key, and the one that found it there.
    const QByteArray making = run(QStringLiteral("seal"), isSynced, false);
    const QByteArray key = keyOf();
    QCOMPARE(key.size(), 32);
    const QByteArray reading = run(QStringLiteral("signout"), isSynced, false);
    for (const QByteArray &dump : {making, reading}) {
        QVERIFY(!dump.isEmpty());
        for (const QByteArray &form : formsOf(key)) {
            const QByteArrayList found = regionsWith(dump, form);
            QVERIFY2(found.isEmpty(), (form.toHex() + " in" + found.join(',')).constData());
        }
    }
}

void TestMemoryCanaries::signedOut_dataIsGone()
{
    QFETCH(bool, isSynced);
    m_folder = std::make_unique<QTemporaryDir>();
    const QByteArray dump = run(QStringLiteral("signout"), isSynced, true);
    QVERIFY(!dump.isEmpty());
    for (const QByteArray &form : {canary, wide(canary)}) {
        const QByteArrayList found = regionsWith(dump, form);
        QVERIFY2(found.isEmpty(), (QByteArray::number(found.size()) + ":" + found.mid(0, 20).join(',')).constData());
    }
}

QTEST_GUILESS_MAIN(TestMemoryCanaries)
#include "tst_memorycanaries.moc"
