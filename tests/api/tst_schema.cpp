// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: a proto file becomes structs and collections that work; what typed state cannot hold is refused with file and line.
// Method: schema/tasks.proto through satchel_add_schema() into this program, used on a real client; small files through protoc and the
// tool, for what it says.
#include "localoptions.h"
#include "support/awaiting.h"

#include <tasks.satchel.h>

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace Satchel;
using namespace Satchel::Test;
using namespace acme::tasks;

class TestSchema : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void message_isADocument();
    void fields_haveTheirTypes();
    void collections_haveTheirNamesAndPolicies();
    void file_thatCannotBeMapped_isRefused_data();
    void file_thatCannotBeMapped_isRefused();
};

void TestSchema::message_isADocument()
{
    const QTemporaryDir folder;
    ClientOptions options = localOptions(folder);
    options.policies = {taskPolicy()};
    const auto client = openClient(options);
    TypedCollection<Task> tasks = taskCollection(*client);
    Task task;
    task.title = QStringLiteral("Water the plants");
    task.state = Task::State::STATE_DONE;
    task.owner = Owner{QStringLiteral("Anna")};
    task.steps = {{QStringLiteral("fill the can"), Task::State::STATE_DONE}, {}};
    task.tags = {QStringLiteral("home")};
    task.delays = 2;
    task.dueAt = QDateTime::fromMSecsSinceEpoch(1).toUTC();
    task.history = {Priority::PRIORITY_HIGH};
    GOOD(tasks.set(QStringLiteral("a"), task));
    QVERIFY(*tasks.get(QStringLiteral("a")) == task);
    GOOD(tasks.change(QStringLiteral("a"), [](Task &shown) { ++shown.delays; }));
    const QVariantMap fields = *client->collection(QStringLiteral("tasks"))->get(QStringLiteral("a"));
    QCOMPARE(fields.value(QStringLiteral("delays")), QVariant(qlonglong(3)));
    QCOMPARE(fields.value(QStringLiteral("state")), QVariant(QStringLiteral("STATE_DONE")));
    QCOMPARE(fields.value(QStringLiteral("priority")), QVariant(QStringLiteral("PRIORITY_LOW")));
    QCOMPARE(fields.value(QStringLiteral("dueAt")), QVariant(task.dueAt));
    QCOMPARE(fields.value(QStringLiteral("owner")), QVariant(QVariantMap{{QStringLiteral("fullName"), QStringLiteral("Anna")}}));
    QVERIFY(!fields.contains(QStringLiteral("wanted")));
}

void TestSchema::fields_haveTheirTypes()
{
    static_assert(std::is_same_v<decltype(Task::title), QString>);
    static_assert(std::is_same_v<decltype(Task::starred), bool>);
    static_assert(std::is_same_v<decltype(Task::priority), Priority>);
    static_assert(std::is_same_v<decltype(Task::wanted), std::optional<Priority>>);
    static_assert(std::is_same_v<decltype(Task::note), std::optional<QString>>);
    static_assert(std::is_same_v<decltype(Task::owner), std::optional<Owner>>);
    static_assert(std::is_same_v<decltype(Task::steps), QList<Task::Step>>);
    static_assert(std::is_same_v<decltype(Task::reminders), QList<QDateTime>>);
    static_assert(std::is_same_v<decltype(Task::i32), qint32>);
    static_assert(std::is_same_v<decltype(Task::u32), quint32>);
    static_assert(std::is_same_v<decltype(Task::u64), quint64>);
    static_assert(std::is_same_v<decltype(Task::ratio), float>);
    static_assert(std::is_same_v<decltype(Task::size), double>);
    static_assert(std::is_same_v<decltype(Task::image), QByteArray>);
    static_assert(std::is_same_v<decltype(Task::s64), qint64>);
    // A new one is what proto3 says of an empty message.
    const Task empty;
    QCOMPARE(empty.i32, 0);
    QCOMPARE(empty.starred, false);
    QVERIFY(empty.state == Task::State::STATE_OPEN);
    QCOMPARE(int(Priority::PRIORITY_HIGH), 5);
}

void TestSchema::collections_haveTheirNamesAndPolicies()
{
    const CollectionPolicy policy = taskPolicy();
    QCOMPARE(policy.collection, QStringLiteral("tasks"));
    QCOMPARE(policy.fieldKinds.size(), 2);
    QVERIFY(policy.fieldKinds.value(QStringLiteral("delays")) == FieldKind::Counter);
    QVERIFY(policy.fieldKinds.value(QStringLiteral("tags")) == FieldKind::Set);
    QCOMPARE(taskListPolicy().collection, QStringLiteral("task_list"));
    QVERIFY(ownerPolicy(QStringLiteral("x")).fieldKinds.isEmpty());
}

void TestSchema::file_thatCannotBeMapped_isRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("message");
    const auto row = [](const char *name, const char *text, const char *message) {
        QTest::newRow(name) << QByteArray("syntax = \"proto3\";\n") + text << QByteArray("satchel-schema: bad.proto") + message;
    };
    row("map", "message A {\n  map<string, int32> m = 1;\n}\n", ":3: A.m: typed state has no map<>");
    row("oneof", "message A {\n  oneof x {\n    string y = 1;\n  }\n}\n", ":4: A.y: typed state has no oneof");
    row("itself", "message A {\n  repeated A inner = 1;\n}\n", ":2: A: holds itself");
    row("each other", "message A {\n  B b = 1;\n}\nmessage B {\n  A a = 1;\n}\n", ":2: A: holds itself");
    row("keyword", "message A {\n  int32 class = 1;\n}\n", ":3: A.class: is a word of C++ or Qt");
    row("word of Qt", "message A {\n  int32 signals = 1;\n}\n", ":3: A.signals: is a word of C++ or Qt");
    row("counter of text", "message A {\n  // satchel: counter\n  string c = 1;\n}\n", ":4: A.c: a counter is a plain int64");
    row("set of one", "message A {\n  // satchel: set\n  string c = 1;\n}\n", ":4: A.c: a set is repeated");
    row("nested counter", "message A {\n  message B {\n    // satchel: counter\n    int64 c = 1;\n  }\n}\n",
        ":5: A.B.c: counters and sets");
    row("collection", "// satchel: collection My Tasks\nmessage A {}\n", ":3: A: \"My Tasks\" is no name of a collection");
    row("import", "import \"google/protobuf/any.proto\";\n", ": imports google/protobuf/any.proto");
    QTest::newRow("proto2") << QByteArray("syntax = \"proto2\";\n") << QByteArray("satchel-schema: bad.proto: is not of proto3");
}

void TestSchema::file_thatCannotBeMapped_isRefused()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, message);
    const QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("bad.proto")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
    file.close();
    const QString descriptors = folder.filePath(QStringLiteral("bad.pb"));
    QCOMPARE(QProcess::execute(QStringLiteral(SATCHEL_PROTOC),
                               {QStringLiteral("--proto_path=") + folder.path(), QStringLiteral("--include_imports"),
                                QStringLiteral("--include_source_info"), QStringLiteral("--descriptor_set_out=") + descriptors,
                                QStringLiteral("bad.proto")}),
             0);
    QProcess tool;
    const QString output = folder.filePath(QStringLiteral("bad.h"));
    tool.start(QStringLiteral(SATCHEL_SCHEMA), {descriptors, QStringLiteral("bad.proto"), output});
    QVERIFY(tool.waitForFinished());
    QCOMPARE(tool.exitCode(), 1);
    const QByteArray said = tool.readAllStandardError();
    QVERIFY2(said.startsWith(message), said.constData());
    QVERIFY(!QFile::exists(output));
}

QTEST_GUILESS_MAIN(TestSchema)
#include "tst_schema.moc"
