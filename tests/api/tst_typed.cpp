// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: structs are documents without loss: every type there and back; what does not fit is refused with its path; what a newer app wrote
// survives; only what changed is written.
// Method: a gadget with every type, tables of fields, random values, and real clients on the shared library without a server.
#include "localoptions.h"
#include "randomsample.h"
#include "support/awaiting.h"
#include "support/docsnippets.h"
#include "typeddocs.h"
#include "typedsamples.h"

#include <Satchel/client.h>

#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

#include <limits>
#include <memory>

using namespace Satchel;
using namespace Satchel::Test;

namespace {

const QString samples = QStringLiteral("samples");
const QString a = QStringLiteral("a");

static_assert(Typed::memberName<&Sample::title>() == "title");
static_assert(Typed::memberName<&Sample::address>() == "address");

/// As the library keeps it.
QVariant asShown(const QVariant &value)
{
    return value.typeId() == QMetaType::Int ? QVariant(value.toLongLong()) : value;
}

}  // namespace

class TestTyped : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void value_becomesField_data();
    void value_becomesField();
    void field_thatDoesNotFit_isRefusedWithItsPath_data();
    void field_thatDoesNotFit_isRefusedWithItsPath();
    void value_thatNoDocumentHolds_isRefusedWithItsPath_data();
    void value_thatNoDocumentHolds_isRefusedWithItsPath();
    void absentField_isWhatANewOneHas();
    void randomValues_roundTripThroughTheStore();
    void unmappedType_saysSo();
    void unknownFields_areKept();
    void unknownMembers_stayWithTheirElements();
    void set_writesOnlyWhatDiffers();
    void set_overADocumentThatIsNone_writesAll();
    void change_ofADocumentThatIsNone_isRefused();
    void update_writesOneField();
    void optional_thatIsEmptied_removesTheField();
    void countersAndSets_getTheDifference();
    void list_tellsWhatIsUnreadable();
    void docs_showWhatIsCompiled();

private:
    /// Open; made when it is first asked for.
    [[nodiscard]] Client *client();

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Client> m_client;
};

void TestTyped::init()
{
    m_client.reset();
    m_folder = std::make_unique<QTemporaryDir>();
}

Client *TestTyped::client()
{
    if (!m_client) {
        ClientOptions options = localOptions(*m_folder);
        options.policies = {{QStringLiteral("progress"),
                             ConflictRule::Merge,
                             Consistency::Eventual,
                             {{QStringLiteral("steps"), FieldKind::Counter}, {QStringLiteral("badges"), FieldKind::Set}}}};
        m_client = openClient(options);
    }
    return m_client.get();
}

void TestTyped::value_becomesField_data()
{
    QTest::addColumn<QString>("field");
    QTest::addColumn<QVariant>("value");
    const auto row = [](const char *field, const QVariant &value) {
        QTest::addRow("%s %s", field, qPrintable(value.toString())) << QString::fromLatin1(field) << asShown(value);
    };
    row("flag", true);
    row("tiny", -128);
    row("octet", 255);
    row("small", -32768);
    row("port", 65535);
    row("number", std::numeric_limits<int>::min());
    row("natural", qlonglong(std::numeric_limits<quint32>::max()));
    row("large", std::numeric_limits<qlonglong>::min());
    row("huge", std::numeric_limits<qlonglong>::max());
    row("ratio", 0.5);
    row("ratio", std::numeric_limits<double>::infinity());
    row("size", 0.1);
    row("title", QStringLiteral("Größe"));
    row("bytes", QByteArray("\0\xff", 2));
    row("due", atMs(-5));
    row("state", QStringLiteral("Done"));
    row("level", QStringLiteral("High"));
    row("tags", QVariantList{QStringLiteral("x"), QString()});
    row("states", QVariantList{QStringLiteral("Waiting"), QStringLiteral("Open")});
    row("times", QVariantList{atMs(0), atMs(1)});
    row("extra", QVariantMap{{QStringLiteral("deep"), QVariantList{qlonglong(1), 1.0}}});
    row("any", QVariant::fromValue(nullptr));
    row("any", 1.0);
    const QVariantMap line{{QStringLiteral("text"), QStringLiteral("x")}, {QStringLiteral("weight"), qlonglong(3)}};
    const QVariantMap address{{QStringLiteral("city"), QString()},
                              {QStringLiteral("lines"), QVariantList{line}},
                              {QStringLiteral("numbers"), QVariantList{qlonglong(1)}}};
    row("address", address);
    row("maybe", 0);
    row("note", QString());
    row("second", address);
    row("marks", QVariantList{});
    row("former", QStringLiteral("Waiting"));
}

void TestTyped::value_becomesField()
{
    QFETCH(QString, field);
    QFETCH(QVariant, value);
    const Result<Sample> read = Typed::fromFields<Sample>({{field, value}});
    QVERIFY2(read, read ? "" : qPrintable(read.error().toString()));
    QVERIFY(*read != Sample());
    const Result<QVariantMap> fields = Typed::toFields(*read);
    QVERIFY(fields);
    QCOMPARE(fields->value(field), value);
    QCOMPARE(fields->value(field).typeId(), value.typeId());
    // The others are what a new one has.
    QVariantMap others = *fields;
    others.remove(field);
    QVariantMap unchanged = Typed::toFields(Sample()).value();
    unchanged.remove(field);
    QCOMPARE(others, unchanged);
}

void TestTyped::field_thatDoesNotFit_isRefusedWithItsPath_data()
{
    QTest::addColumn<QVariantMap>("fields");
    QTest::addColumn<QString>("message");
    const auto row = [](const char *field, const QVariant &value, const char *message) {
        QTest::addRow("%s %s", field, message) << QVariantMap{{QString::fromLatin1(field), value}} << QString::fromLatin1(message);
    };
    row("flag", 1, "flag: a boolean was expected and an integer found");
    row("tiny", 128, "tiny: a number that signed char cannot hold exactly");
    row("octet", -1, "octet: a number that uchar cannot hold exactly");
    row("small", 40000, "small: a number that short cannot hold exactly");
    row("port", 65536, "port: a number that ushort cannot hold exactly");
    row("number", qlonglong(1) << 31, "number: a number that int cannot hold exactly");
    row("number", 1.0, "number: an integer was expected and a double found");
    row("number", QStringLiteral("1"), "number: an integer was expected and text found");
    row("natural", -1, "natural: a number that uint cannot hold exactly");
    row("huge", -1, "huge: a number that qulonglong cannot hold exactly");
    row("ratio", 0.1, "ratio: a number that float cannot hold exactly");
    row("ratio", 1e300, "ratio: a number that float cannot hold exactly");
    row("size", (qlonglong(1) << 53) + 1, "size: a number that double cannot hold exactly");
    row("size", QStringLiteral("1"), "size: a double was expected and text found");
    row("title", QByteArray("x"), "title: text was expected and bytes found");
    row("title", QVariant::fromValue(nullptr), "title: text was expected and null found");
    row("bytes", QStringLiteral("x"), "bytes: bytes was expected and text found");
    row("due", 5, "due: a timestamp was expected and an integer found");
    row("state", QStringLiteral("Gone"), "state: a name that the enum State of this version does not have");
    row("state", QStringLiteral("State::Open"), "state: a name that the enum State of this version does not have");
    row("state", 0, "state: the name of an enum's value was expected and an integer found");
    row("former", QStringLiteral("open"), "former: a name that the enum State of this version does not have");
    row("tags", QVariantList{QStringLiteral("x"), 1}, "tags[1]: text was expected and an integer found");
    row("tags", QStringLiteral("x"), "tags: a list was expected and text found");
    row("extra", QVariantList{}, "extra: a map was expected and a list found");
    row("address", QStringLiteral("x"), "address: a map was expected and text found");
    const QVariantMap good{{QStringLiteral("weight"), 1}};
    const QVariantMap bad{{QStringLiteral("weight"), true}};
    row("address", QVariantMap{{QStringLiteral("lines"), QVariantList{good, good, bad}}},
        "address.lines[2].weight: an integer was expected and a boolean found");
    row("address", QVariantMap{{QStringLiteral("lines"), QVariantList{good, 1}}},
        "address.lines[1]: a map was expected and an integer found");
    row("second", QVariantMap{{QStringLiteral("numbers"), QVariantList{QVariant()}}},
        "second.numbers[0]: an integer was expected and null found");
    row("maybe", true, "maybe: an integer was expected and a boolean found");
}

void TestTyped::field_thatDoesNotFit_isRefusedWithItsPath()
{
    QFETCH(QVariantMap, fields);
    QFETCH(QString, message);
    const Result<Sample> read = Typed::fromFields<Sample>(fields);
    QVERIFY(!read);
    QCOMPARE(read.error().code(), Error::Code::InvalidArgument);
    QCOMPARE(read.error().reason(), Error::Reason::NotRepresentable);
    QCOMPARE(read.error().message(), message);
}

void TestTyped::value_thatNoDocumentHolds_isRefusedWithItsPath_data()
{
    QTest::addColumn<Sample>("value");
    QTest::addColumn<QString>("place");
    const auto row = [](const char *place, const auto &prepare) {
        Sample value;
        prepare(value);
        QTest::newRow(place) << value << QString::fromLatin1(place);
    };
    row("huge", [](Sample &value) { value.huge = quint64(1) << 63; });
    row("state", [](Sample &value) { value.state = Sample::State(99); });
    row("times[1]", [](Sample &value) { value.times = {atMs(0), QDateTime()}; });
    row("states[0]", [](Sample &value) { value.states = {Sample::State(99)}; });
    row("title", [](Sample &value) { value.title = QString(QChar(0xd800)); });
    row("address.lines[1].text", [](Sample &value) { value.address.lines = {{}, {QString(QChar(0xdfff)), 0}}; });
    row("extra.link", [](Sample &value) { value.extra = {{QStringLiteral("link"), QUrl()}}; });
}

void TestTyped::value_thatNoDocumentHolds_isRefusedWithItsPath()
{
    QFETCH(Sample, value);
    QFETCH(QString, place);
    TypedCollection<Sample> typed(client()->collection(samples));
    const Result<void> written = waitFor(typed.set(a, value));
    QVERIFY(!written);
    QCOMPARE(written.error().code(), Error::Code::InvalidArgument);
    QVERIFY2(written.error().message().contains(place), qPrintable(written.error().message()));
    QVERIFY(!typed.collection()->contains(a));
}

void TestTyped::absentField_isWhatANewOneHas()
{
    QCOMPARE(Typed::fromFields<Sample>({})->number, 5);
    // null and nothing are the same to an optional, and to nothing else.
    QCOMPARE(Typed::fromFields<Sample>({{QStringLiteral("maybe"), QVariant::fromValue(nullptr)}})->maybe, std::nullopt);
    QCOMPARE(Typed::fromFields<Sample>({{QStringLiteral("size"), 3}})->size, 3.0);
    const QVariantMap fields = Typed::toFields(Sample()).value();
    for (const char *name : {"due", "any", "maybe", "note", "second", "marks", "former", "derived", "cache"}) {
        QVERIFY2(!fields.contains(QString::fromLatin1(name)), name);
    }
    QCOMPARE(fields.size(), 20);
}

void TestTyped::randomValues_roundTripThroughTheStore()
{
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    TypedCollection<Sample> typed(client()->collection(samples));
    Sample last;
    for (int i = 0; i < 50; ++i) {
        last = randomSample(random);
        ignore(typed.set(a, last), "durable with the last one");
        const Result<std::optional<Sample>> read = typed.get(a);
        QVERIFY2(read, read ? "" : qPrintable(read.error().toString()));
        QVERIFY(*read == last);
    }
    GOOD(typed.set(a, last));
    m_client.reset();
    QVERIFY(*TypedCollection<Sample>(client()->collection(samples)).get(a) == last);
}

void TestTyped::unmappedType_saysSo()
{
    TypedCollection<Unmapped> typed(client()->collection(samples));
    const Result<void> written = waitFor(typed.set(a, {}));
    QCOMPARE(reasonOf(written), Error::Reason::NotRepresentable);
    QVERIFY(written.error().message().startsWith(QStringLiteral("link: typed state does not map the type QUrl")));
    QVERIFY(!Typed::fromFields<Unmapped>({}));
}

void TestTyped::unknownFields_areKept()
{
    Collection *collection = client()->collection(samples);
    const QVariantMap address{{QStringLiteral("city"), QStringLiteral("Rome")}, {QStringLiteral("zip"), QStringLiteral("00100")}};
    GOOD(collection->set(a, {{QStringLiteral("title"), QStringLiteral("old")},
                             {QStringLiteral("newer"), 1},
                             {QStringLiteral("address"), address},
                             {QStringLiteral("cache"), QStringLiteral("not ours")}}));
    TypedCollection<Sample> typed(collection);
    GOOD(typed.change(a, [](Sample &sample) {
        sample.title = QStringLiteral("new");
        sample.address.city = QStringLiteral("Paris");
    }));
    QCOMPARE(collection->get(a)->size(), 4);
    QCOMPARE(collection->value(a, QStringLiteral("newer")), QVariant(qlonglong(1)));
    QCOMPARE(collection->value(a, QStringLiteral("cache")), QVariant(QStringLiteral("not ours")));
    const QVariantMap moved = collection->value(a, QStringLiteral("address")).toMap();
    QCOMPARE(moved.value(QStringLiteral("city")), QVariant(QStringLiteral("Paris")));
    QCOMPARE(moved.value(QStringLiteral("zip")), QVariant(QStringLiteral("00100")));
    GOOD(typed.update<&Sample::address>(a, somewhere(1)));
    QCOMPARE(collection->value(a, QStringLiteral("address")).toMap().value(QStringLiteral("zip")), QVariant(QStringLiteral("00100")));
    GOOD(typed.set(a, Sample()));
    QCOMPARE(collection->value(a, QStringLiteral("newer")), QVariant(qlonglong(1)));
    QCOMPARE(collection->value(a, QStringLiteral("address")).toMap().value(QStringLiteral("zip")), QVariant(QStringLiteral("00100")));
}

void TestTyped::unknownMembers_stayWithTheirElements()
{
    Collection *collection = client()->collection(samples);
    const auto line = [](const char *text) {
        return QVariantMap{{QStringLiteral("text"), QString::fromLatin1(text)}, {QStringLiteral("color"), QString::fromLatin1(text)}};
    };
    const QVariantList lines{line("one"), line("two"), line("three")};
    GOOD(collection->set(a, {{QStringLiteral("address"), QVariantMap{{QStringLiteral("lines"), lines}}}}));
    TypedCollection<Sample> typed(collection);
    const auto colors = [&] {
        QStringList found;
        const QVariantList shown = collection->value(a, QStringLiteral("address")).toMap().value(QStringLiteral("lines")).toList();
        for (const QVariant &one : shown) {
            found.append(one.toMap().value(QStringLiteral("color"), QStringLiteral("-")).toString());
        }
        return found.join(u' ');
    };
    GOOD(typed.change(a, [](Sample &sample) { sample.address.lines[1].weight = 7; }));
    QCOMPARE(colors(), QStringLiteral("one two three"));
    GOOD(typed.change(a, [](Sample &sample) { sample.address.lines.move(0, 2); }));
    QCOMPARE(colors(), QStringLiteral("two three one"));
    GOOD(typed.change(a, [](Sample &sample) { sample.address.lines.prepend({QStringLiteral("zero"), 0}); }));
    QCOMPARE(colors(), QStringLiteral("- two three one"));
    GOOD(typed.change(a, [](Sample &sample) { sample.address.lines.remove(1); }));
    QCOMPARE(colors(), QStringLiteral("- three one"));
}

void TestTyped::set_writesOnlyWhatDiffers()
{
    TypedCollection<Sample> typed(client()->collection(samples));
    Sample sample = Sample();
    GOOD(typed.set(a, sample));
    const int before = client()->syncStatus()->pendingCount();
    GOOD(typed.set(a, sample));
    GOOD(typed.change(a, [](Sample &) {}));
    QCOMPARE(client()->syncStatus()->pendingCount(), before);
    // 1 and 1.0, 0.0 and -0.0 are two values each.
    sample.any = qlonglong(1);
    GOOD(typed.set(a, sample));
    sample.any = 1.0;
    sample.size = -0.0;
    GOOD(typed.set(a, sample));
    QCOMPARE(typed.collection()->value(a, QStringLiteral("any")).typeId(), int(QMetaType::Double));
    QVERIFY(std::signbit(typed.collection()->value(a, QStringLiteral("size")).toDouble()));
    QCOMPARE(client()->syncStatus()->pendingCount(), before + 2);
}

void TestTyped::set_overADocumentThatIsNone_writesAll()
{
    Collection *collection = client()->collection(samples);
    GOOD(collection->set(a, {{QStringLiteral("title"), 1}, {QStringLiteral("note"), 2}, {QStringLiteral("newer"), 3}}));
    TypedCollection<Sample> typed(collection);
    QVERIFY(!typed.get(a));
    GOOD(typed.set(a, Sample()));
    QVERIFY(*typed.get(a) == Sample());
    QVERIFY(!collection->get(a)->contains(QStringLiteral("note")));
    QVERIFY(collection->get(a)->contains(QStringLiteral("newer")));
}

void TestTyped::change_ofADocumentThatIsNone_isRefused()
{
    Collection *collection = client()->collection(samples);
    GOOD(collection->set(a, {{QStringLiteral("title"), 1}}));
    bool isCalled = false;
    TypedCollection<Sample> typed(collection);
    QCOMPARE(reasonOf(typed.change(a, [&](Sample &) { isCalled = true; })), Error::Reason::NotRepresentable);
    QVERIFY(!isCalled);
    GOOD(typed.change(QStringLiteral("b"), [](Sample &sample) { sample.title = QStringLiteral("made"); }));
    QCOMPARE((*typed.get(QStringLiteral("b")))->title, QStringLiteral("made"));
    GOOD(typed.remove(QStringLiteral("b")));
    QVERIFY(!typed.get(QStringLiteral("b"))->has_value());
}

void TestTyped::update_writesOneField()
{
    Collection *collection = client()->collection(samples);
    // The rest need not be readable.
    GOOD(collection->set(a, {{QStringLiteral("flag"), QStringLiteral("unreadable")}}));
    TypedCollection<Sample> typed(collection);
    GOOD(typed.update<&Sample::title>(a, QStringLiteral("x")));
    GOOD(typed.update<&Sample::state>(a, Sample::State::Done));
    GOOD(typed.update<&Sample::size>(a, 3));
    GOOD(typed.update<&Sample::maybe>(a, 4));
    QCOMPARE(*collection->get(a), (QVariantMap{{QStringLiteral("flag"), QStringLiteral("unreadable")},
                                               {QStringLiteral("title"), QStringLiteral("x")},
                                               {QStringLiteral("state"), QStringLiteral("Done")},
                                               {QStringLiteral("size"), 3.0},
                                               {QStringLiteral("maybe"), qlonglong(4)}}));
    const Result<void> notStored = waitFor(typed.update<&Sample::cache>(a, 1));
    QCOMPARE(reasonOf(notStored), Error::Reason::NotRepresentable);
    QCOMPARE(notStored.error().message(),
             QStringLiteral("cache: Satchel::Test::Sample has no stored Q_PROPERTY of this name and the type int"));
}

void TestTyped::optional_thatIsEmptied_removesTheField()
{
    TypedCollection<Sample> typed(client()->collection(samples));
    Sample sample;
    sample.maybe = 1;
    sample.note = QStringLiteral("x");
    GOOD(typed.set(a, sample));
    GOOD(typed.update<&Sample::maybe>(a, std::nullopt));
    GOOD(typed.change(a, [](Sample &shown) { shown.note.reset(); }));
    QVERIFY(*typed.get(a) == Sample());
    QVERIFY(!typed.collection()->get(a)->contains(QStringLiteral("maybe")));
    QVERIFY(!typed.collection()->get(a)->contains(QStringLiteral("note")));
}

void TestTyped::countersAndSets_getTheDifference()
{
    TypedCollection<Progress> typed(client()->collection(QStringLiteral("progress")));
    GOOD(typed.change(a, [](Progress &progress) {
        progress.steps = 10;
        progress.badges = {QStringLiteral("x"), QStringLiteral("y"), QStringLiteral("x")};
    }));
    // Meanwhile, elsewhere: what is shown grows, and the writer's copy is of before.
    const Progress copy = **typed.get(a);
    GOOD(typed.change(a, [](Progress &progress) { progress.steps -= 3; }));
    GOOD(typed.update<&Progress::badges>(a, QStringList{QStringLiteral("y"), QStringLiteral("z")}));
    QCOMPARE((*typed.get(a))->steps, 7);
    QCOMPARE((*typed.get(a))->badges, (QStringList{QStringLiteral("y"), QStringLiteral("z")}));
    GOOD(typed.set(a, copy));
    QCOMPARE((*typed.get(a))->steps, 10);
    QCOMPARE((*typed.get(a))->badges, (QStringList{QStringLiteral("x"), QStringLiteral("y")}));
    GOOD(typed.change(a, [](Progress &progress) { progress.badges.clear(); }));
    QVERIFY((*typed.get(a))->badges.isEmpty());
}

void TestTyped::list_tellsWhatIsUnreadable()
{
    TypedCollection<Sample> typed(client()->collection(samples));
    GOOD(typed.update<&Sample::title>(a, QStringLiteral("good")));
    GOOD(typed.collection()->set(QStringLiteral("b"), {{QStringLiteral("title"), 1}}));
    const TypedDocuments<Sample> documents = typed.list();
    QCOMPARE(documents.values.keys(), QStringList{a});
    QCOMPARE(documents.values.value(a).title, QStringLiteral("good"));
    QCOMPARE(documents.unreadable.keys(), QStringList{QStringLiteral("b")});
    QVERIFY(documents.unreadable.value(QStringLiteral("b")).message().startsWith(QStringLiteral("title: ")));
}

void TestTyped::docs_showWhatIsCompiled()
{
    COMPARE_SNIPPETS(QStringLiteral(SATCHEL_SOURCE_DIR "/docs/typed.md"), QStringLiteral(SATCHEL_SOURCE_DIR "/tests/api/typeddocs.h"));
    QVERIFY(client()->waitForDurable());
    useTasks(*client(), a);
    QVERIFY(client()->waitForDurable());
    const QVariantMap task{{QStringLiteral("title"), QStringLiteral("Water all plants")},
                           {QStringLiteral("state"), QStringLiteral("Done")},
                           {QStringLiteral("tags"), QVariantList{QStringLiteral("home")}}};
    QCOMPARE(*client()->collection(QStringLiteral("tasks"))->get(a), task);
}

QTEST_GUILESS_MAIN(TestTyped)
#include "tst_typed.moc"
