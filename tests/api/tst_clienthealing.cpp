// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: an app whose store is damaged, or has been put back to an earlier state, opens it and goes on: it is told what happened, nothing
// that can be known is lost, and all devices agree in the end. Method: two clients and a server; between closing and opening, a byte is
// flipped in every page of the store, or its files are replaced by earlier ones.
#include "api/serveroptions.h"
#include "support/awaiting.h"

#include <Satchel/client.h>

#include <QDirIterator>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <map>
#include <memory>

using namespace Satchel;
using namespace Satchel::Test;

namespace {

const QString notes = QStringLiteral("notes");
constexpr qsizetype pageBytes = 4096;

QByteArray read(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void write(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) {
        qFatal("cannot write a file");
    }
}

QVariantMap fieldsOf(int value)
{
    return {{QStringLiteral("value"), value}, {QStringLiteral("text"), QString(300, QLatin1Char('x'))}};
}

/// As a batch, which is one row of the outbox: its pages are the same in every run, whatever the threads do meanwhile.
bool writeAll(Client &client, int value)
{
    WriteBatch batch;
    for (int i = 0; i < 60; ++i) {
        batch.set(notes, QStringLiteral("key%1").arg(i), fieldsOf(value));
    }
    return waitFor(client.write(std::move(batch))).has_value();
}

}  // namespace

class TestClientHealing : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void page_flipped_everyOne_isHealed();
    void damage_ofALocalStore_keepsWhatIsLeft();
    void wholeStore_putBack_isFound();
    void oldPages_putBack_mixNothing();

private:
    using Files = std::map<QString, QByteArray>;
    [[nodiscard]] ClientOptions options(const QString &device) const;
    [[nodiscard]] std::unique_ptr<Client> opened(const ClientOptions &with, RecoveryReport *report = nullptr) const;
    [[nodiscard]] Files filesOf(const QString &device) const;
    void putBack(const QString &device, const Files &files) const;
    [[nodiscard]] QString storeOf(const QString &device) const;
    void compare(Client &one, Client &two);

    ServerProcess m_server{ServerProcess::Storage::Ephemeral};
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_user;
    int m_userCount = 0;
};

void TestClientHealing::initTestCase()
{
    QVERIFY2(m_server.start({}), m_server.log().constData());
}

void TestClientHealing::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_user = QStringLiteral("user%1").arg(++m_userCount);
}

ClientOptions TestClientHealing::options(const QString &device) const
{
    return serverOptions(m_server, *m_folder, m_user, device);
}

std::unique_ptr<Client> TestClientHealing::opened(const ClientOptions &with, RecoveryReport *report) const
{
    return openClient(with, [report](Client &client) {
        if (report != nullptr) {
            connect(&client, &Client::storeRecovered, &client, [report](const RecoveryReport &told) { *report = told; });
        }
    });
}

TestClientHealing::Files TestClientHealing::filesOf(const QString &device) const
{
    Files files;
    QDirIterator it(m_folder->filePath(device), QDir::Files);
    while (it.hasNext()) {
        const QString path = it.next();
        files.emplace(path, read(path));
    }
    return files;
}

void TestClientHealing::putBack(const QString &device, const Files &files) const
{
    QDir folder(m_folder->filePath(device));
    for (const QString &name : folder.entryList(QDir::Files)) {
        folder.remove(name);
    }
    for (const auto &[path, bytes] : files) {
        write(path, bytes);
    }
}

QString TestClientHealing::storeOf(const QString &device) const
{
    return Client(options(device)).storePath();
}

/// Brings both in step and compares all that they show.
void TestClientHealing::compare(Client &one, Client &two)
{
    for (int round = 0; round < 2; ++round) {
        GOOD(one.whenSynced());
        GOOD(two.whenSynced());
    }
    Collection *left = one.collection(notes);
    Collection *right = two.collection(notes);
    QCOMPARE(left->keys(), right->keys());
    for (const QString &key : left->keys()) {
        QCOMPARE(left->get(key), right->get(key));
    }
}

void TestClientHealing::page_flipped_everyOne_isHealed()
{
    Files good;
    {
        auto one = opened(options(QStringLiteral("one")));
        for (int i = 0; i < 60; ++i) {
            Q_UNUSED(one->collection(notes)->set(QStringLiteral("synced%1").arg(i), fieldsOf(i)));
        }
        GOOD(one->whenSynced());
        one->pause();
        for (int i = 0; i < 20; ++i) {
            GOOD(one->collection(notes)->set(QStringLiteral("pending%1").arg(i), fieldsOf(i)));
        }
    }
    good = filesOf(QStringLiteral("one"));
    const QString store = storeOf(QStringLiteral("one"));
    auto two = opened(options(QStringLiteral("two")));
    const qsizetype pages = good.at(store).size() / pageBytes;
    QVERIFY(pages > 10);
    int healed = 0;
    for (qsizetype page = 0; page < pages; ++page) {
        Files bad = good;
        bad.at(store)[page * pageBytes + 77] ^= 4;
        putBack(QStringLiteral("one"), bad);
        RecoveryReport report;
        auto one = opened(options(QStringLiteral("one")), &report);
        // Something that needs every table and index.
        GOOD(one->collection(notes)->set(QStringLiteral("after"), fieldsOf(int(page))));
        compare(*one, *two);
        if (QTest::currentTestFailed()) {
            qWarning("page %lld: %s", static_cast<long long>(page + 1), qPrintable(report.damage));
            return;
        }
        healed += report.damage.isEmpty() ? 0 : 1;
        QVERIFY(report.damage.isEmpty() || read(report.damagedStore).size() == bad.at(store).size());
        const QStringList keys = one->collection(notes)->keys();
        int missing = 0;
        for (int i = 0; i < 60; ++i) {
            QVERIFY(keys.contains(QStringLiteral("synced%1").arg(i)));
        }
        for (int i = 0; i < 20; ++i) {
            missing += keys.contains(QStringLiteral("pending%1").arg(i)) ? 0 : 1;
        }
        // In the first rounds they are not at the server yet.
        QVERIFY(missing == 0 || !report.damage.isEmpty());
        QCOMPARE(one->collection(notes)->get(QStringLiteral("after"))->value(QStringLiteral("value")).toInt(), int(page));
    }
    QVERIFY2(healed > pages / 2, QByteArray::number(healed).constData());
}

void TestClientHealing::damage_ofALocalStore_keepsWhatIsLeft()
{
    ClientOptions with = options(QStringLiteral("one"));
    with.serverUrl = QUrl();
    {
        auto one = opened(with);
        for (int i = 0; i < 200; ++i) {
            GOOD(one->collection(notes)->set(QStringLiteral("key%1").arg(i), fieldsOf(i)));
        }
    }
    const Files good = filesOf(QStringLiteral("one"));
    const QString store = storeOf(QStringLiteral("one"));
    qint64 lost = 0;
    for (qsizetype page = 0; page < good.at(store).size() / pageBytes; ++page) {
        Files bad = good;
        bad.at(store)[page * pageBytes + 777] ^= 8;
        putBack(QStringLiteral("one"), bad);
        RecoveryReport report;
        auto one = opened(with, &report);
        const auto there = one->collection(notes)->keys().size();
        QVERIFY(there == 200 || !report.damage.isEmpty());
        QCOMPARE(report.damage.isEmpty() ? 200 : report.pendingSalvaged, there);
        lost += 200 - there;
        GOOD(one->collection(notes)->set(QStringLiteral("after"), fieldsOf(0)));
    }
    // Each page once, at most.
    QVERIFY(lost > 0 && lost <= 200);
}

void TestClientHealing::wholeStore_putBack_isFound()
{
    Files earlier;
    {
        auto one = opened(options(QStringLiteral("one")));
        GOOD(one->collection(notes)->set(QStringLiteral("a"), fieldsOf(1)));
        GOOD(one->whenSynced());
        one->pause();
        GOOD(one->collection(notes)->set(QStringLiteral("b"), fieldsOf(1)));
    }
    earlier = filesOf(QStringLiteral("one"));
    auto two = opened(options(QStringLiteral("two")));
    {
        // What was pending when the copy was made is overwritten, here and by the other.
        auto one = opened(options(QStringLiteral("one")));
        GOOD(one->whenSynced());
        GOOD(one->collection(notes)->set(QStringLiteral("b"), fieldsOf(2)));
        GOOD(one->collection(notes)->set(QStringLiteral("c"), fieldsOf(2)));
        GOOD(one->whenSynced());
        GOOD(two->whenSynced());
        GOOD(two->collection(notes)->set(QStringLiteral("a"), fieldsOf(3)));
        GOOD(two->whenSynced());
    }
    putBack(QStringLiteral("one"), earlier);
    auto one = opened(options(QStringLiteral("one")));
    const QString device = one->deviceId();
    GOOD(one->collection(notes)->set(QStringLiteral("d"), fieldsOf(4)));
    compare(*one, *two);
    QVERIFY(one->deviceId() != device);
    const auto valueOf = [&one](const char *key) {
        return one->collection(notes)->get(QString::fromLatin1(key)).value_or(QVariantMap()).value(QStringLiteral("value")).toInt();
    };
    QCOMPARE(valueOf("a"), 3);
    QCOMPARE(valueOf("b"), 2);
    QCOMPARE(valueOf("c"), 2);
    QCOMPARE(valueOf("d"), 4);
}

void TestClientHealing::oldPages_putBack_mixNothing()
{
    const QString store = storeOf(QStringLiteral("one"));
    {
        auto one = opened(options(QStringLiteral("one")));
        QVERIFY(writeAll(*one, 1));
        GOOD(one->whenSynced());
        one->pause();
        QVERIFY(writeAll(*one, 2));
        GOOD(one->collection(notes)->set(QStringLiteral("last"), fieldsOf(1)));
    }
    const Files earlier = filesOf(QStringLiteral("one"));
    auto two = opened(options(QStringLiteral("two")));
    {
        auto one = opened(options(QStringLiteral("one")));
        GOOD(one->whenSynced());
        GOOD(two->whenSynced());
        QVERIFY(writeAll(*two, 3));
        GOOD(two->whenSynced());
        GOOD(one->whenSynced());
        QCOMPARE(one->collection(notes)->get(QStringLiteral("key5"))->value(QStringLiteral("value")).toInt(), 3);
    }
    const Files later = filesOf(QStringLiteral("one"));
    const QByteArray &old = earlier.at(store);
    // Nobody but the opening reads the store until sync is resumed.
    ClientOptions paused = options(QStringLiteral("one"));
    paused.isPausedAtStart = true;
    int tried = 0;
    int metLater = 0;
    for (qsizetype page = 0; page < std::min(old.size(), later.at(store).size()) / pageBytes; ++page) {
        Files mixed = later;
        QByteArray &bytes = mixed.at(store);
        const QByteArray piece = old.mid(page * pageBytes, pageBytes);
        if (bytes.mid(page * pageBytes, pageBytes) == piece) {
            continue;
        }
        ++tried;
        bytes.replace(page * pageBytes, pageBytes, piece);
        putBack(QStringLiteral("one"), mixed);
        RecoveryReport report;
        auto one = opened(paused, &report);
        const bool isMetOnOpening = !report.damage.isEmpty();
        const QString device = one->deviceId();
        const Result<void> written = waitFor(one->collection(notes)->set(QStringLiteral("new"), fieldsOf(int(page))));
        // Pages that do not fit together are met by whoever needs both.
        QVERIFY2(written || written.error().reason() == Error::Reason::StoreDamaged, text(written).constData());
        one->resume();
        compare(*one, *two);
        if (QTest::currentTestFailed()) {
            qWarning("page %lld: %s", static_cast<long long>(page + 1), qPrintable(report.damage));
            return;
        }
        for (int i = 0; i < 60; ++i) {
            QCOMPARE(one->collection(notes)->get(QStringLiteral("key%1").arg(i))->value(QStringLiteral("value")).toInt(), 3);
        }
        if (!isMetOnOpening && !report.damage.isEmpty()) {
            ++metLater;
            QVERIFY(one->deviceId() != device);
            GOOD(one->collection(notes)->set(QStringLiteral("new"), fieldsOf(-1)));
            compare(*one, *two);
        }
    }
    QVERIFY(tried > 3);
    // The outbox at least: its row is there again, and the pages that its batch went on over are free, which the opening does not look at.
    // Whoever removes what is settled does.
    qInfo("%d of %d old pages were met after opening", metLater, tried);
    QVERIFY(metLater > 0);
}

QTEST_GUILESS_MAIN(TestClientHealing)
#include "tst_clienthealing.moc"
