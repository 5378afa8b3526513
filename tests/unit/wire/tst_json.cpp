// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: JSON is taken exactly as RFC 8259 has it, loses nothing, and gives back what was put in.
// Method: the parsing corpus and real documents where they are present, generated values, and one row a rule.
#include "support/generators.h"

#include "wire/admincodec.h"
#include "wire/codec.h"
#include "wire/json.h"
#include "wire/strictjson.h"

#include <nlohmann/json.hpp>

#include <QtTest/QtTest>

#include <fstream>
#include <sstream>

using namespace Satchel;
using Json = nlohmann::json;

namespace {

std::string sharedPath(const char *name)
{
    return std::string(SATCHEL_SHARED_DIR) + "/data/" + name;
}

std::vector<Json> jsonLines(const std::string &path)
{
    std::vector<Json> out;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        out.push_back(Json::parse(line));
    }
    return out;
}

std::vector<std::string> naughtyStrings()
{
    std::ifstream file(sharedPath("naughty-strings.json"));
    return file ? Json::parse(file).get<std::vector<std::string>>() : std::vector<std::string>{};
}

/// Must-accept texts of the corpus that our stricter rules refuse: an object's keys are unique.
const std::set<std::string> stricter{"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"};

}  // namespace

class tst_Json : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void corpus_mustReject_isRejected_mustAccept_isTaken();
    void text_oneRule_data();
    void text_oneRule();
    void value_written_data();
    void value_written();
    void value_any_roundTrips();
    void refusal_saysWhereAndQuotesNothing();
    void nesting_atLimit_isTaken_beyondIsRefused();
    void naughtyStrings_roundTripEverywhere();
    void preferences_roundTripThroughWire();
    void base64Url_any_roundTrips_strayIsRefused();
};

void tst_Json::corpus_mustReject_isRejected_mustAccept_isTaken()
{
    const std::vector<Json> corpus = jsonLines(sharedPath("json-parsing.jsonl"));
    if (corpus.empty()) {
        QSKIP("the JSON parsing corpus is not there");
    }
    std::set<std::string> refusedThoughValid;
    int checked = 0;
    for (const Json &row : corpus) {
        const std::string name = row["name"];
        const std::string text = QByteArray::fromBase64(QByteArray::fromStdString(row["base64"])).toStdString();
        const bool isTaken = Wire::valueFromJson(text).has_value();
        const bool passesGate = Wire::checkJson(text, 100).has_value();
        if (row["expect"] == "reject") {
            QVERIFY2(!isTaken, name.c_str());
            QVERIFY2(!passesGate, name.c_str());
            QVERIFY2(!Wire::Admin::decode<Wire::Admin::UsersListRequest>(text, Wire::Admin::Format::Json), name.c_str());
        } else if (row["expect"] == "accept") {
            QCOMPARE(isTaken, passesGate);
            if (!isTaken) {
                refusedThoughValid.insert(name);
            }
        }
        if (isTaken) {
            const Core::Value value = *Wire::valueFromJson(text);
            QVERIFY2(Wire::valueFromJson(Wire::jsonFromValue(value)) == value, name.c_str());
        }
        ++checked;
    }
    QVERIFY(checked > 300);
    QCOMPARE(refusedThoughValid, stricter);
}

void tst_Json::text_oneRule_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("isTaken");
    const auto row = [](const char *name, const std::string &text, bool isTaken) {
        QTest::newRow(name) << QByteArray::fromStdString(text) << isTaken;
    };
    row("int64 max", "9223372036854775807", true);
    row("int64 max + 1", "9223372036854775808", false);
    row("int64 min", "-9223372036854775808", true);
    row("int64 min - 1", "-9223372036854775809", false);
    row("uint64 max + 1", "18446744073709551616", false);
    row("a hundred digits", std::string(100, '7'), false);
    row("overflow", "1e400", false);
    row("negative overflow", "-1e400", false);
    row("underflow", "1e-400", true);
    row("duplicate key", R"({"a":1,"a":2})", false);
    row("duplicate key, escaped", R"({"a":1,"\u0061":2})", false);
    row("same key in two objects", R"([{"a":1},{"a":2}])", true);
    row("lone surrogate", R"("\ud800")", false);
    row("pair", R"("\ud83d\ude00")", true);
    row("escaped NUL", R"("\u0000")", true);
    row("raw NUL after the text", std::string("1\0", 2), false);
    row("byte order mark", "\xEF\xBB\xBF{}", false);
    row("trailing comma", "[1,]", false);
    row("trailing text", "{} x", false);
    row("comment", "/* */ {}", false);
    row("empty", "", false);
    row("bytes", R"({"$bytes":"AAE"})", true);
    row("bytes with padding", R"({"$bytes":"AAE="})", false);
    row("bytes with stray bits", R"({"$bytes":"AAF"})", false);
    row("bytes of no string", R"({"$bytes":1})", false);
    row("timestamp of a double", R"({"$timestamp":1.5})", false);
    row("double of a word", R"({"$double":"one"})", false);
    row("map of a list", R"({"$map":[]})", false);
    row("tag among others", R"({"$bytes":1,"b":2})", true);
}

void tst_Json::text_oneRule()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, isTaken);
    QCOMPARE(Wire::valueFromJson(text.toStdString()).has_value(), isTaken);
}

void tst_Json::value_written_data()
{
    QTest::addColumn<QByteArray>("given");
    QTest::addColumn<QByteArray>("written");
    const auto row = [](const char *given, const char *written) { QTest::newRow(given) << QByteArray(given) << QByteArray(written); };
    const auto same = [&row](const char *text) { row(text, text); };
    same("1");
    same("1.0");
    row("1e2", "100.0");
    row("-0", "-0.0");
    same("-0.0");
    same("0.1");
    same("1e+300");
    same("5e-324");
    row(R"( { "b" : [ ] , "a" : { } } )", R"({"a":{},"b":[]})");
    row(R"("\u00e9\u0001\/\u007f")", "\"\xc3\xa9\\u0001/\x7f\"");
    same(R"({"$bytes":"AAE"})");
    same(R"({"$timestamp":-5})");
    same(R"({"$double":"nan"})");
    same(R"({"$double":"-inf"})");
    same(R"({"$map":{"$bytes":"AAE"}})");
    same(R"({"$map":{"$map":{}}})");
    same(R"({"$map":{"$map":{"$bytes":"AAE"}}})");
    same(R"({"$map":{"$map":{"$map":{"$bytes":"AAE"}}}})");
    row(R"({"$map":{"$map":{"$map":{"a":{"$bytes":"AAE"}}}}})", R"({"$map":{"$map":{"a":{"$bytes":"AAE"}}}})");
    same(R"({"$map":{"$bytes":"AAE"},"b":1})");
    row(R"({"$map":{"a":1}})", R"({"a":1})");
    same(R"({"$ref":"#/definitions/a"})");
}

void tst_Json::value_written()
{
    QFETCH(QByteArray, given);
    QFETCH(QByteArray, written);
    const auto value = Wire::valueFromJson(given.toStdString());
    QVERIFY(value.has_value());
    QCOMPARE(QByteArray::fromStdString(Wire::jsonFromValue(*value)), written);
}

void tst_Json::value_any_roundTrips()
{
    QVERIFY(rc::check([] {
        const Core::Value value = *Gen::value(5);
        const std::string text = Wire::jsonFromValue(value);
        const auto read = Wire::valueFromJson(text);
        RC_ASSERT(read.has_value());
        RC_ASSERT(*read == value);
        RC_ASSERT(Wire::checkJson(text, 100).has_value());
    }));
}

void tst_Json::refusal_saysWhereAndQuotesNothing()
{
    const auto refused = Wire::valueFromJson(R"({"secret": nope})");
    QVERIFY(!refused.has_value());
    const QByteArray detail = QByteArray::fromStdString(refused.error().detail);
    QVERIFY2(detail.contains("at byte 1"), detail.constData());
    QVERIFY(!detail.contains("secret"));
    QVERIFY(!detail.contains("nope"));
}

void tst_Json::nesting_atLimit_isTaken_beyondIsRefused()
{
    const auto nested = [](const std::string &open, const std::string &close, int depth) {
        std::string text;
        for (int i = 0; i < depth; ++i) {
            text += open;
        }
        text += "1";
        for (int i = 0; i < depth; ++i) {
            text += close;
        }
        return text;
    };
    for (const auto &[open, close] : {std::pair{"[", "]"}, {R"({"a":)", "}"}}) {
        QVERIFY(Wire::valueFromJson(nested(open, close, 32)).has_value());
        for (const int depth : {33, 66, 100'000}) {
            const auto refused = Wire::valueFromJson(nested(open, close, depth));
            QVERIFY(!refused.has_value());
            QCOMPARE(refused.error().reason, Core::ErrorReason::LimitExceeded);
        }
    }
    // Written for a map of 32 levels whose every key looks like a tag, which takes the most JSON.
    Core::Value deep(1);
    for (int i = 0; i < 32; ++i) {
        deep = *Core::Value::map({{"$map", deep}});
    }
    QVERIFY(Wire::valueFromJson(Wire::jsonFromValue(deep)) == deep);
}

void tst_Json::naughtyStrings_roundTripEverywhere()
{
    const std::vector<std::string> strings = naughtyStrings();
    if (strings.empty()) {
        QSKIP("the naughty strings are not there");
    }
    for (const std::string &text : strings) {
        const Core::Value value = *Core::Value::map({{text, Core::Value(text)}});
        QVERIFY(Wire::valueFromJson(Wire::jsonFromValue(value)) == value);
        QCOMPARE(Json::parse(Wire::jsonFromValue(value)), Json({{text, text}}));
        Core::Mutation mutation;
        mutation.dot.device.bytes.fill(1);
        mutation.dot.counter = 1;
        mutation.document = {"notes", text};
        mutation.ops = {Core::PutOp{text, value}, Core::AddOp{text + "2", Core::Value(text)}};
        const auto stored = Wire::decodeStoredMutation(Wire::encode(mutation));
        QVERIFY(stored.has_value());
        QVERIFY(*stored == mutation);
        const auto pushed =
            Wire::decodeClientFrame(Wire::encode(Wire::ClientFrame(Wire::Push{1, {mutation}}), Wire::Compression::Zstd), {});
        QVERIFY(pushed.has_value());
        QVERIFY(std::get<Wire::Push>(*pushed).mutations.front() == mutation);
    }
}

void tst_Json::preferences_roundTripThroughWire()
{
    const std::vector<Json> documents = jsonLines(sharedPath("preferences.jsonl"));
    if (documents.empty()) {
        QSKIP("the real documents are not there");
    }
    for (const Json &row : documents) {
        const std::string key = row["key"];
        const auto value = Wire::valueFromJson(row["value"].dump());
        QVERIFY2(value.has_value(), key.c_str());
        Core::Mutation mutation;
        mutation.dot.device.bytes.fill(1);
        mutation.dot.counter = 1;
        mutation.document = {"preferences", key};
        mutation.ops = {Core::PutOp{"value", *value}};
        const auto pushed =
            Wire::decodeClientFrame(Wire::encode(Wire::ClientFrame(Wire::Push{1, {mutation}}), Wire::Compression::Zstd), {});
        QVERIFY2(pushed.has_value(), key.c_str());
        const auto &put = std::get<Core::PutOp>(std::get<Wire::Push>(*pushed).mutations.front().ops.front());
        QVERIFY2(put.value == *value, key.c_str());
        const std::string text = Wire::jsonFromValue(put.value);
        QVERIFY2(Json::parse(text) == row["value"], key.c_str());
        // Equal numbers of different types compare equal above; the text tells them apart.
        QCOMPARE(Json::parse(text).dump(), row["value"].dump());
    }
    QCOMPARE(documents.size(), std::size_t{1125});
}

void tst_Json::base64Url_any_roundTrips_strayIsRefused()
{
    QVERIFY(rc::check([] {
        const std::string bytes = *Gen::bytes();
        const std::string text = Wire::base64Url(bytes);
        RC_ASSERT(Wire::fromBase64Url(text) == bytes);
        const QByteArray reference =
            QByteArray::fromStdString(bytes).toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
        RC_ASSERT(reference.toStdString() == text);
    }));
    for (const char *bad : {"A", "AAAAA", "AB", "AAB", "AA==", "AA A", "A\nAA", "AA+A", "AA/A", "\xc3\xa9"}) {
        QVERIFY2(!Wire::fromBase64Url(bad).has_value(), bad);
    }
}

QTEST_GUILESS_MAIN(tst_Json)
#include "tst_json.moc"
