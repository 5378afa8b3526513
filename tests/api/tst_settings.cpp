// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: an app that changes QSettings for Satchel::Settings gets the same answers; values keep what they are; devices do not undo each
// other's settings; old settings are taken over, all that fits.
// Method: one table of calls, each made on a QSettings in a temporary INI file and on Satchel::Settings of a real client; two objects on
// one collection, of which each is elsewhere to the other; and two devices with a server in this process.
#include "localoptions.h"
#include "settingscalls.h"
#include "settingsdocs.h"
#include "support/awaiting.h"
#include "support/docsnippets.h"
#include "testing/twodevices.h"

#include <QDate>
#include <QDateTime>
#include <QPoint>
#include <QRect>
#include <QSignalSpy>
#include <QSize>
#include <QTemporaryDir>
#include <QTest>
#include <QTimeZone>
#include <QUrl>
#include <QUuid>

#include <memory>

using namespace Satchel;
using namespace Satchel::Test;

namespace {

const QString key = QStringLiteral("key");

/// An app's own type, with stream operators.
struct Badge {
    int number = 0;
    QString name;
    friend bool operator==(const Badge &, const Badge &) = default;
    friend QDataStream &operator<<(QDataStream &stream, const Badge &badge) { return stream << badge.number << badge.name; }
    friend QDataStream &operator>>(QDataStream &stream, Badge &badge) { return stream >> badge.number >> badge.name; }
};

/// One without.
struct Closed {
    int number = 0;
};

}  // namespace

Q_DECLARE_METATYPE(Badge)
Q_DECLARE_METATYPE(Closed)

class TestSettings : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void calls_answerAsQSettings_data();
    void calls_answerAsQSettings();
    void value_keepsWhatItIs_data();
    void value_keepsWhatItIs();
    void value_thatCannotBeKept_isSaid();
    void value_thatCannotBeRead_isSaid();
    void callOutOfPlace_isSaid();
    void sameValue_writesNothing();
    void change_fromElsewhere_isSignalled();
    void change_survivesReopening();
    void twoDevices_keepEachOthersSettings();
    void closedClient_isSaid();
    void import_plansAndTakesOver();
    void docs_showWhatIsCompiled();

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Client> m_client;
    int m_number = 0;
    /// Another one for each test.
    QString m_collection;
};

void TestSettings::initTestCase()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_client = openClient(localOptions(*m_folder));
}

void TestSettings::init()
{
    m_collection = QStringLiteral("settings%1").arg(++m_number);
}

void TestSettings::calls_answerAsQSettings_data()
{
    QTest::addColumn<Calls>("made");
    QTest::addColumn<QVariant>("ownAnswer");
    addKeyRows();
    addGroupRows();
    addRemovalRows();
    addArrayRows();
}

void TestSettings::calls_answerAsQSettings()
{
    QFETCH(Calls, made);
    QFETCH(QVariant, ownAnswer);
    QSettings theirs(m_folder->filePath(m_collection + QStringLiteral(".ini")), QSettings::IniFormat);
    Settings ours(m_client.get(), m_collection);
    const QVariant answer = made.ours(ours);
    const QVariant expected = made.theirs(theirs);
    if (ownAnswer.isValid()) {
        QVERIFY2(expected != ownAnswer, "they do not differ: the row needs no answer of its own");
        QCOMPARE(answer, ownAnswer);
    } else {
        QCOMPARE(answer, expected);
    }
    QCOMPARE(ours.status(), Settings::NoError);
}

void TestSettings::value_keepsWhatItIs_data()
{
    QTest::addColumn<QVariant>("value");
    QTest::addColumn<bool>("isReadable");
    const auto row = [](const char *name, const QVariant &value, bool isReadable) { QTest::newRow(name) << value << isReadable; };
    row("bool", true, true);
    row("int", -5, true);
    row("qulonglong that fits", qulonglong(5), true);
    row("qulonglong that does not", std::numeric_limits<qulonglong>::max(), false);
    row("double", 0.1, true);
    row("float", 0.5F, true);
    row("text", QStringLiteral("größe @Invalid()"), true);
    row("text with a lone surrogate", QString(QChar(0xd800)), false);
    row("bytes", QByteArray("\0\xff", 2), true);
    row("texts", QStringList{QStringLiteral("a"), QString()}, true);
    row("one text", QStringList{QStringLiteral("a")}, true);
    row("list", QVariantList{qlonglong(1), QStringLiteral("a"), QVariantList{}}, true);
    row("map", QVariantMap{{QStringLiteral("a"), QVariantList{true}}}, true);
    row("map that looks tagged", QVariantMap{{QStringLiteral("$qt"), QByteArray("x")}}, false);
    row("map with a size", QVariantMap{{QStringLiteral("a"), QSize(1, 2)}}, false);
    row("moment", QDateTime(QDate(2026, 1, 2), QTime(3, 4, 5, 6)).toUTC(), true);
    row("moment with an offset", QDateTime(QDate(2026, 1, 2), QTime(3, 4, 5, 6), Qt::OffsetFromUTC, 3600), false);
    row("size", QSize(1, 2), false);
    row("point", QPoint(-1, 2), false);
    row("rectangle", QRect(1, 2, 3, 4), false);
    row("date", QDate(2026, 1, 2), false);
    row("url", QUrl(QStringLiteral("https://example.com")), false);
    row("uuid", QUuid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), false);
    row("own type", QVariant::fromValue(Badge{7, QStringLiteral("x")}), false);
}

void TestSettings::value_keepsWhatItIs()
{
    QFETCH(QVariant, value);
    QFETCH(bool, isReadable);
    Settings(m_client.get(), m_collection).setValue(key, value);
    const Settings settings(m_client.get(), m_collection);
    const QVariant read = settings.value(key);
    QCOMPARE(read, value);
    if (!isReadable) {
        QCOMPARE(read.metaType(), value.metaType());
    }
    const QVariant kept = m_client->collection(m_collection)->value(key, QStringLiteral("value"));
    const bool isTagged =
        kept.typeId() == QMetaType::QVariantMap && kept.toMap().value(QStringLiteral("$qt")).typeId() == QMetaType::QByteArray;
    QCOMPARE(isTagged, !isReadable);
    QCOMPARE(settings.status(), Settings::NoError);
}

void TestSettings::value_thatCannotBeKept_isSaid()
{
    Settings settings(m_client.get(), m_collection);
    settings.setValue(key, 1);
    QSignalSpy failed(&settings, &Settings::failed);
    settings.setValue(key, QVariantList{QVariant::fromValue(Closed{})});
    QCOMPARE(settings.status(), Settings::FormatError);
    QCOMPARE(settings.lastError().reason(), Error::Reason::NotRepresentable);
    QVERIFY(settings.lastError().message().contains(QStringLiteral("Closed")));
    settings.setValue(QString(513, u'k'), 1);
    QCOMPARE(settings.lastError().reason(), Error::Reason::LimitExceeded);
    settings.setValue(QStringLiteral("large"), QByteArray(300 * 1024, 'x'));
    QCOMPARE(settings.lastError().reason(), Error::Reason::LimitExceeded);
    QCOMPARE(failed.size(), 3);
    QCOMPARE(failed.at(2).at(0).toString(), QStringLiteral("large"));
    // The first one stays.
    QCOMPARE(settings.status(), Settings::FormatError);
    QCOMPARE(settings.allKeys(), QStringList{key});
    QCOMPARE(settings.value(key), QVariant(1));
}

void TestSettings::value_thatCannotBeRead_isSaid()
{
    Collection *collection = m_client->collection(m_collection);
    GOOD(collection->set(key, {{QStringLiteral("value"), QVariantMap{{QStringLiteral("$qt"), QByteArray("\0\0", 2)}}}}));
    GOOD(collection->set(QStringLiteral("foreign"), {{QStringLiteral("other"), 1}}));
    Settings settings(m_client.get(), m_collection);
    QCOMPARE(settings.value(key, 5), QVariant(5));
    QCOMPARE(settings.status(), Settings::FormatError);
    // A document that is no setting.
    QVERIFY(!settings.contains(QStringLiteral("foreign")));
    QCOMPARE(settings.allKeys(), QStringList{key});
}

void TestSettings::callOutOfPlace_isSaid()
{
    Settings settings(m_client.get(), m_collection);
    QSignalSpy failed(&settings, &Settings::failed);
    settings.setValue(QStringLiteral("//"), 1);
    QCOMPARE(settings.value(QString(), 5), QVariant(5));
    QCOMPARE(settings.lastError().reason(), Error::Reason::InvalidName);
    QVERIFY(!settings.contains(QString()));
    QVERIFY(settings.allKeys().isEmpty());
    settings.endGroup();
    settings.endArray();
    settings.setArrayIndex(1);
    QCOMPARE(settings.lastError().code(), Error::Code::FailedPrecondition);
    QCOMPARE(settings.group(), QString());
    settings.beginGroup(QStringLiteral("g"));
    settings.setArrayIndex(1);
    settings.endArray();
    settings.beginReadArray(QStringLiteral("l"));
    settings.endGroup();
    QCOMPARE(settings.group(), QString());
    QCOMPARE(failed.size(), 8);
    QCOMPARE(settings.status(), Settings::AccessError);
}

void TestSettings::sameValue_writesNothing()
{
    Settings settings(m_client.get(), m_collection);
    // Waits, by a write of its own, until all others are counted.
    int ticks = 0;
    const auto writes = [&] {
        if (!isGood(m_client->collection(QStringLiteral("ticks"))->set(key, {{key, ++ticks}}))) {
            return -1;
        }
        return m_client->syncStatus()->pendingCount() - ticks;
    };
    settings.setValue(key, QSize(1, 2));
    const int before = writes();
    settings.setValue(key, QSize(1, 2));
    QCOMPARE(writes(), before);
    settings.setValue(key, QSize(1, 3));
    QCOMPARE(writes(), before + 1);
}

void TestSettings::change_fromElsewhere_isSignalled()
{
    Settings one(m_client.get(), m_collection);
    Settings other(m_client.get(), m_collection);
    QSignalSpy atOne(&one, &Settings::valueChanged);
    QSignalSpy atOther(&other, &Settings::valueChanged);
    one.beginGroup(QStringLiteral("g"));
    one.setValue(key, 1);
    QCOMPARE(other.value(QStringLiteral("g/key")), QVariant(1));
    QVERIFY(atOther.wait());
    QCOMPARE(atOther.size(), 1);
    QCOMPARE(atOther.at(0).at(0).toString(), QStringLiteral("g/key"));
    QVERIFY(atOne.isEmpty());
    other.remove(QStringLiteral("g"));
    QVERIFY(atOne.wait());
    QCOMPARE(atOne.at(0).at(0).toString(), QStringLiteral("g/key"));
    QCOMPARE(atOther.size(), 1);
}

void TestSettings::change_survivesReopening()
{
    Settings(m_client.get(), m_collection).setValue(key, QRect(1, 2, 3, 4));
    m_client = openClient([&] {
        m_client.reset();
        return localOptions(*m_folder);
    }());
    const Settings settings(m_client.get(), m_collection);
    QCOMPARE(settings.value(key), QVariant(QRect(1, 2, 3, 4)));
    QCOMPARE(settings.fileName(), m_client->storePath());
}

void TestSettings::twoDevices_keepEachOthersSettings()
{
    Testing::TwoDevices devices;
    Settings a(devices.a.get());
    Settings b(devices.b.get());
    QSignalSpy atA(&a, &Settings::valueChanged);
    devices.linkA().setUp(false);
    devices.linkB().setUp(false);
    a.setValue(QStringLiteral("editor/theme"), QStringLiteral("dark"));
    a.setValue(QStringLiteral("editor/both"), QSize(1, 1));
    b.setValue(QStringLiteral("editor/font"), 12);
    b.setValue(QStringLiteral("editor/both"), QSize(2, 2));
    devices.linkA().setUp(true);
    devices.linkB().setUp(true);
    QVERIFY(devices.sync());
    const QStringList keys{QStringLiteral("editor/both"), QStringLiteral("editor/font"), QStringLiteral("editor/theme")};
    for (const Settings *settings : {&a, &b}) {
        QCOMPARE(settings->allKeys(), keys);
        QCOMPARE(settings->value(QStringLiteral("editor/theme")), QVariant(QStringLiteral("dark")));
        QCOMPARE(settings->value(QStringLiteral("editor/font")), QVariant(12));
    }
    QCOMPARE(a.value(keys.first()), b.value(keys.first()));
    QTRY_VERIFY(!atA.isEmpty());
    for (const QList<QVariant> &arguments : atA) {
        QVERIFY(arguments.first().toString() != QStringLiteral("editor/theme"));
    }
}

void TestSettings::closedClient_isSaid()
{
    const QTemporaryDir folder;
    Client closed(localOptions(folder));
    Settings settings(&closed);
    QVERIFY(!settings.isWritable());
    settings.setValue(key, 1);
    QCOMPARE(settings.status(), Settings::AccessError);
    QCOMPARE(settings.lastError().reason(), Error::Reason::ClosedStore);
    QVERIFY(!settings.contains(key));
}

void TestSettings::import_plansAndTakesOver()
{
    QSettings old(m_folder->filePath(QStringLiteral("old.ini")), QSettings::IniFormat);
    old.setValue(QStringLiteral("window/size"), QSize(640, 480));
    old.setValue(QStringLiteral("same"), QStringLiteral("x"));
    old.setValue(QStringLiteral("other"), QStringLiteral("old"));
    old.setValue(QString(600, u'k'), 1);
    Settings settings(m_client.get(), m_collection);
    settings.setValue(QStringLiteral("same"), QStringLiteral("x"));
    settings.setValue(QStringLiteral("other"), QStringLiteral("new"));

    const SettingsImport plan = settings.planImport(old);
    QCOMPARE(plan.written, QStringList{QStringLiteral("window/size")});
    QCOMPARE(plan.equal, QStringList{QStringLiteral("same")});
    QCOMPARE(plan.kept, QStringList{QStringLiteral("other")});
    QCOMPARE(plan.refused.keys(), QStringList{QString(600, u'k')});
    QCOMPARE(plan.refused.first().reason(), Error::Reason::LimitExceeded);
    QVERIFY(!settings.contains(QStringLiteral("window/size")));
    QCOMPARE(settings.planImport(old, Settings::Existing::Replace).written,
             (QStringList{QStringLiteral("other"), QStringLiteral("window/size")}));

    const Result<SettingsImport> done = waitFor(takeOver(settings, old));
    QVERIFY(done);
    QCOMPARE(done->written, plan.written);
    QCOMPARE(settings.value(QStringLiteral("window/size")), QVariant(QSize(640, 480)));
    QCOMPARE(settings.value(QStringLiteral("other")), QVariant(QStringLiteral("new")));
    QCOMPARE(settings.planImport(old).written, QStringList());
    QVERIFY(waitFor(settings.importFrom(old, Settings::Existing::Replace)));
    QCOMPARE(settings.value(QStringLiteral("other")), QVariant(QStringLiteral("old")));
    settings.beginGroup(QStringLiteral("in"));
    old.beginGroup(QStringLiteral("window"));
    QVERIFY(waitFor(settings.importFrom(old)));
    settings.endGroup();
    QCOMPARE(settings.value(QStringLiteral("in/size")), QVariant(QSize(640, 480)));
    QCOMPARE(settings.status(), Settings::NoError);
}

void TestSettings::docs_showWhatIsCompiled()
{
    COMPARE_SNIPPETS(QStringLiteral(SATCHEL_SOURCE_DIR "/docs/settings.md"),
                     QStringLiteral(SATCHEL_SOURCE_DIR "/tests/api/settingsdocs.h"));
    useSettings(*m_client);
    QCOMPARE(Settings(m_client.get()).value(QStringLiteral("editor/fontSize")).toInt(), 12);
}

QTEST_GUILESS_MAIN(TestSettings)
#include "tst_settings.moc"
