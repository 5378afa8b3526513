// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: operators note things about users, see each other's notes, remove their own, and every call is recorded without the text.
// Method: calls of the admin endpoint over a store on a simulated disk.

#include "adminservice.h"

#include "support/fixedids.h"
#include "wire/json.h"

#include <QTest>

using namespace Satchel;
using namespace Satchel::Server;

class TestNotes : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void note_ofAUser_isListedAndRemoved();
    void notes_many_comeInPages();
    void text_thatIsNoNote_isRefused_data();
    void text_thatIsNoNote_isRefused();
    void notes_moreThanTheMost_areRefused();
    void users_ofOthers_haveNone();

private:
    [[nodiscard]] HttpResponse call(const char *method, const std::string &token, Core::Value::Map body)
    {
        return m_service->call(requestOf(method, token, Wire::jsonFromValue(*Core::Value::map(std::move(body)))));
    }
    [[nodiscard]] HttpResponse add(const std::string &text, const std::string &token = "t/ann/support")
    {
        return call("Users/AddNote", token, {{"user", Core::Value("anna")}, {"text", Core::Value(text)}});
    }
    [[nodiscard]] Wire::Admin::UsersNotesResponse list(int size = 0, const std::string &token = {})
    {
        Core::Value::Map page{{"size", Core::Value(size)}, {"token", Core::Value(token)}};
        const HttpResponse response =
            call("Users/Notes", "t/bob/support", {{"user", Core::Value("anna")}, {"page", *Core::Value::map(std::move(page))}});
        return response.status == 200 ? *Wire::Admin::decode<Wire::Admin::UsersNotesResponse>(response.body, Wire::Admin::Format::Json)
                                      : Wire::Admin::UsersNotesResponse{{}, "failed: " + response.body};
    }

    std::unique_ptr<Service> m_service;
};

void TestNotes::init()
{
    m_service = std::make_unique<Service>();
    m_service->makeDevice({"t", "anna"}, Test::deviceOf(1));
}

void TestNotes::note_ofAUser_isListedAndRemoved()
{
    const std::string text = "wrote in German: \xC3\xBC\n\tsecond line";
    const HttpResponse added = add(text);
    QCOMPARE(added.status, 200);
    const auto notes = list().notes;
    QCOMPARE(notes.size(), std::size_t(1));
    QCOMPARE(notes.front().text, text);
    QCOMPARE(notes.front().author, std::string("ann"));
    QVERIFY(notes.front().created == m_service->clock.now());
    QVERIFY(added.body.find(notes.front().id) != std::string::npos);

    const auto remove = [&](const std::string &token, const std::string &id) {
        return call("Users/RemoveNote", token, {{"user", Core::Value("anna")}, {"id", Core::Value(id)}}).status;
    };
    QCOMPARE(remove("t/bob/support", notes.front().id), 403);
    QCOMPARE(remove("t/ann/support", "another"), 404);
    QCOMPARE(list().notes.size(), std::size_t(1));
    QCOMPARE(remove("t/ann/support", notes.front().id), 200);
    QCOMPARE(list().notes.size(), std::size_t(0));
    QCOMPARE(add("again").status, 200);
    QCOMPARE(remove("t/sue/admin", list().notes.front().id), 200);

    std::map<std::string, int> counts;
    for (const Wire::AuditRecord &record : m_service->records("t")) {
        QCOMPARE(record.personal.user, std::string("anna"));
        QVERIFY(Wire::encode(record).find("German") == std::string::npos);
        counts[record.action + (record.code ? " refused" : "")] += 1;
        QVERIFY(record.action == "Users/Notes" || !record.personal.key.empty());
    }
    const std::map<std::string, int> expected{
        {"Users/AddNote", 2}, {"Users/Notes", 4}, {"Users/RemoveNote", 2}, {"Users/RemoveNote refused", 2}};
    QVERIFY(counts == expected);
}

void TestNotes::notes_many_comeInPages()
{
    for (int i = 0; i < 5; ++i) {
        m_service->clock.advance(std::chrono::milliseconds(i == 4 ? 1 : i % 2));
        QCOMPARE(add("note " + std::to_string(i)).status, 200);
    }
    std::vector<std::string> texts;
    std::string token;
    int pages = 0;
    do {
        const auto page = list(2, token);
        for (const auto &note : page.notes) {
            texts.push_back(note.text);
        }
        token = page.nextToken;
        ++pages;
    } while (!token.empty() && pages < 10);
    QCOMPARE(pages, 3);
    QCOMPARE(texts.size(), std::size_t(5));
    QCOMPARE(texts.front(), std::string("note 4"));
    std::sort(texts.begin(), texts.end());
    QVERIFY(std::unique(texts.begin(), texts.end()) == texts.end());
}

void TestNotes::text_thatIsNoNote_isRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("status");
    QTest::newRow("empty") << QByteArray() << 400;
    QTest::newRow("blank") << QByteArray(" \n\t ") << 400;
    QTest::newRow("escape") << QByteArray("a\x1b[2J") << 400;
    QTest::newRow("carriage return") << QByteArray("a\rb") << 400;
    QTest::newRow("delete") << QByteArray("a\x7f") << 400;
    QTest::newRow("the most") << QByteArray(4096, 'x') << 200;
    QTest::newRow("more than the most") << QByteArray(4097, 'x') << 429;
}

void TestNotes::text_thatIsNoNote_isRefused()
{
    QFETCH(QByteArray, text);
    QFETCH(int, status);
    QCOMPARE(add(text.toStdString()).status, status);
    QCOMPARE(list().notes.size(), std::size_t(status == 200 ? 1 : 0));
}

void TestNotes::notes_moreThanTheMost_areRefused()
{
    {
        auto log = m_service->store().begin();
        const OwnerRow &owner = **(*log)->owner({"t", "anna"}, {});
        for (int i = 0; i < 499; ++i) {
            QVERIFY((*log)->addNote(owner, {"n" + std::to_string(i), "ann", {}, "text"}));
        }
        QVERIFY((*log)->commit());
    }
    QCOMPARE(add("the last").status, 200);
    const HttpResponse refused = add("one more");
    QCOMPARE(refused.status, 429);
    QVERIFY2(refused.body.find("there are 500 notes on the user; remove one first") != std::string::npos, refused.body.c_str());
}

void TestNotes::users_ofOthers_haveNone()
{
    QCOMPARE(add("text").status, 200);
    const std::string id = list().notes.front().id;
    // The same name in another tenant, and a name that nobody has: no row is made for it.
    for (const auto &[token, user] : {std::pair("other/ann/admin", "anna"), std::pair("t/ann/admin", "nobody")}) {
        QCOMPARE(call("Users/Notes", token, {{"user", Core::Value(user)}}).status, 404);
        QCOMPARE(call("Users/AddNote", token, {{"user", Core::Value(user)}, {"text", Core::Value("text")}}).status, 404);
        QCOMPARE(call("Users/RemoveNote", token, {{"user", Core::Value(user)}, {"id", Core::Value(id)}}).status, 404);
    }
    QVERIFY(!*(*m_service->store().reader())->user({"t", "nobody"}));
    QCOMPARE(list().notes.size(), std::size_t(1));
}

QTEST_GUILESS_MAIN(TestNotes)
#include "tst_notes.moc"
