// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
//
// Goal: real configuration documents travel from one device to others, by either carrier, and come out as they went in.
// Method: import all of the shared preferences on one device process, sync to a second by WebSocket and a third by polling, export,
// compare.

#include "support/eventwait.h"
#include "support/rig.h"
#include "wire/json.h"

#include <QFile>
#include <QTest>

using namespace Satchel;
using Test::object;

class TestRealDocuments : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void preferences_importedOnOne_areEqualOnAll();
    void naughtyStrings_asKeysFieldsValues_areEqualOnAll();
};

void TestRealDocuments::preferences_importedOnOne_areEqualOnAll()
{
    const QString path = QStringLiteral(SATCHEL_SHARED_DIR "/data/preferences.jsonl");
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        QSKIP("The shared folder with real documents is not beside the project.");
    }
    std::map<std::string, Core::Value> imported;
    while (!file.atEnd()) {
        const auto line = Wire::valueFromJson(file.readLine().trimmed().toStdString());
        QVERIFY(line.has_value());
        imported.emplace("preferences/" + Test::textOf(*line, "key"), *line->find("value"));
    }
    QCOMPARE(imported.size(), std::size_t{1125});

    Test::Rig rig;
    QVERIFY2(rig.isReady(), rig.log().constData());
    Test::DeviceProcess &first = rig.addDevice(QStringLiteral("first"));
    Test::DeviceProcess &second = rig.addDevice(QStringLiteral("second"), {QStringLiteral("--carrier"), QStringLiteral("websocket")});
    Test::DeviceProcess &third = rig.addDevice(QStringLiteral("third"), {QStringLiteral("--carrier"), QStringLiteral("polling")});
    QVERIFY2(first.start() && second.start() && third.start(), rig.log().constData());
    QVERIFY2(first.succeeds(object({{"do", "importFile"}, {"collection", "preferences"}, {"path", path.toStdString()}})),
             rig.log().constData());
    QVERIFY2(rig.syncAll(), rig.log().constData());
    for (std::size_t i = 0; i < 3; ++i) {
        const auto shown = rig.device(i).exportAll();
        QVERIFY(shown.has_value());
        QCOMPARE(shown->size(), imported.size());
        QVERIFY2(*shown == imported, rig.device(i).name().toUtf8().constData());
    }
    const auto carrierOf = [](Test::DeviceProcess &device) {
        return Test::textOf(device.call(object({{"do", "status"}})).value_or(Core::Value()), "carrier");
    };
    QCOMPARE(carrierOf(second), "WebSocket");
    QCOMPARE(carrierOf(third), "Polling");
    QVERIFY2(rig.isEverywhereEqual(), rig.log().constData());
    QVERIFY(first.quit() && second.quit() && third.quit());
}

// Each text is key, name of a field and value of a document; none is changed on its way, as bytes, or taken for another.
void TestRealDocuments::naughtyStrings_asKeysFieldsValues_areEqualOnAll()
{
    QFile file(QStringLiteral(SATCHEL_SHARED_DIR "/data/naughty-strings.json"));
    if (!file.open(QIODevice::ReadOnly)) {
        QSKIP("The shared folder with naughty strings is not beside the project.");
    }
    const auto texts = Wire::valueFromJson(file.readAll().toStdString());
    QVERIFY(texts.has_value() && texts->as<Core::Value::List>() != nullptr);

    Test::Rig rig;
    QVERIFY2(rig.isReady(), rig.log().constData());
    Test::DeviceProcess &first = rig.addDevice(QStringLiteral("first"));
    Test::DeviceProcess &second = rig.addDevice(QStringLiteral("second"), {QStringLiteral("--carrier"), QStringLiteral("websocket")});
    Test::DeviceProcess &third = rig.addDevice(QStringLiteral("third"), {QStringLiteral("--carrier"), QStringLiteral("polling")});
    QVERIFY2(first.start() && second.start() && third.start(), rig.log().constData());

    constexpr Core::Limits limits;
    std::map<std::string, Core::Value> written;
    int answered = 0;
    int refused = 0;
    for (const Core::Value &member : *texts->as<Core::Value::List>()) {
        const std::string text = *member.as<std::string>();
        if (text.empty() || text.size() > limits.keyBytesMax) {
            continue;
        }
        auto value = Core::Value::map({{text, Core::Value(text)}});
        QVERIFY(value.has_value());
        first.send(object({{"do", "set"}, {"collection", "naughty"}, {"key", text}, {"value", *value}}), [&](const Core::Value &answer) {
            ++answered;
            refused += answer.find("ok") != nullptr && *answer.find("ok") == Core::Value(true) ? 0 : 1;
        });
        written.insert_or_assign("naughty/" + text, std::move(*value));
    }
    QVERIFY(written.size() > 400);
    QVERIFY2(Test::waitUntil([&] { return answered >= static_cast<int>(written.size()); }, 60000), rig.log().constData());
    QCOMPARE(refused, 0);
    QVERIFY2(rig.syncAll(), rig.log().constData());
    for (std::size_t i = 0; i < 3; ++i) {
        const auto shown = rig.device(i).exportAll();
        QVERIFY(shown.has_value());
        QCOMPARE(shown->size(), written.size());
        QVERIFY2(*shown == written, rig.device(i).name().toUtf8().constData());
    }
    QVERIFY2(rig.isEverywhereEqual(), rig.log().constData());
}

QTEST_GUILESS_MAIN(TestRealDocuments)
#include "tst_realdocuments.moc"
