// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
//
// Goal: an acknowledged write is never lost and none is applied twice, whichever process is killed and whenever.
// Method: two device processes write and increment without pause; 200 times one of them or the server is killed with SIGKILL after a
// random while and started again. Every write that a device called durable must be everywhere in the end, and each device's counter lie
// between what was acknowledged and what was issued, equal everywhere. The seed is printed; SATCHEL_SEED replays it.

#include "core/result.h"
#include "support/rig.h"

#include <QElapsedTimer>
#include <QEventLoop>
#include <QTest>
#include <QTimer>

#include <array>
#include <random>

using namespace Satchel;
using Test::object;

namespace {

constexpr int killCount = 200;
constexpr int writesInFlightMax = 8;

/// Writes on one device for as long as it runs: a document of its own and an increment each time.
class Writer {
public:
    Writer(Test::DeviceProcess &device, std::string name)
        : m_device(device)
        , m_name(std::move(name))
    {
    }

    void writeSome()
    {
        while (m_device.isRunning() && m_inFlight < writesInFlightMax) {
            ++m_inFlight;
            const int number = ++m_issued;
            const std::string key = m_name + "-" + std::to_string(number);
            m_device.send(object({{"do", "set"}, {"collection", "log"}, {"key", key}, {"value", object({{"n", number}, {"by", m_name}})}}),
                          [this, key](const Core::Value &answer) {
                              --m_inFlight;
                              if (isOk(answer)) {
                                  acknowledgedKeys.push_back(key);
                              }
                          });
            m_device.send(object({{"do", "increment"}, {"collection", "progress"}, {"key", m_name}, {"field", "steps"}, {"delta", 1}}),
                          [this](const Core::Value &answer) { acknowledgedIncrements += isOk(answer) ? 1 : 0; });
        }
    }

    /// After a kill: what was in flight is unknown.
    void forgetInFlight() { m_inFlight = 0; }
    [[nodiscard]] int issued() const { return m_issued; }
    [[nodiscard]] bool isIdle() const { return m_inFlight == 0; }
    [[nodiscard]] const std::string &name() const { return m_name; }

    std::vector<std::string> acknowledgedKeys;
    int acknowledgedIncrements = 0;

private:
    static bool isOk(const Core::Value &answer) { return answer.find("ok") != nullptr && *answer.find("ok") == Core::Value(true); }

    Test::DeviceProcess &m_device;
    std::string m_name;
    int m_issued = 0;
    int m_inFlight = 0;
};

void runFor(int milliseconds, const std::function<void()> &eachTurn)
{
    QEventLoop loop;
    QTimer turn;
    QObject::connect(&turn, &QTimer::timeout, &loop, eachTurn);
    turn.start(1);
    QTimer::singleShot(milliseconds, &loop, &QEventLoop::quit);
    loop.exec();
}

}  // namespace

class TestKills : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void anyProcess_killedAtAnyTime_losesAndDoublesNothing();
};

void TestKills::anyProcess_killedAtAnyTime_losesAndDoublesNothing()
{
    const auto seed = qEnvironmentVariableIsSet("SATCHEL_SEED") ? qEnvironmentVariable("SATCHEL_SEED").toUInt() : std::random_device{}();
    qInfo("seed %u", seed);
    std::mt19937 random(seed);
    Test::Rig rig;
    QVERIFY2(rig.isReady(), rig.log().constData());
    rig.addDevice(QStringLiteral("laptop"));
    rig.addDevice(QStringLiteral("phone"));
    QVERIFY2(rig.device(0).start() && rig.device(1).start(), rig.log().constData());
    std::array writers{Writer(rig.device(0), "laptop"), Writer(rig.device(1), "phone")};
    const auto writeSome = [&writers] {
        writers[0].writeSome();
        writers[1].writeSome();
    };

    for (int kill = 0; kill < killCount; ++kill) {
        runFor(static_cast<int>(random() % 40), writeSome);
        const auto victim = random() % 3;
        if (victim == 2) {
            rig.server().kill();
            runFor(static_cast<int>(random() % 10), writeSome);
            QVERIFY2(rig.server().start(rig.serverArguments()), rig.log().constData());
            Core::ignore(rig.device(0).call(object({{"do", "probe"}})), "only shortens the back-off");
            Core::ignore(rig.device(1).call(object({{"do", "probe"}})), "only shortens the back-off");
        } else {
            rig.device(victim).kill();
            writers[victim].forgetInFlight();
            QVERIFY2(rig.device(victim).start(), rig.log().constData());
        }
    }
    QTRY_VERIFY_WITH_TIMEOUT(writers[0].isIdle() && writers[1].isIdle(), 20000);
    QVERIFY2(rig.syncAll(), rig.log().constData());
    QVERIFY2(rig.isEverywhereEqual(), rig.log().constData());

    const auto shown = rig.device(0).exportAll();
    QVERIFY(shown.has_value());
    for (const Writer &writer : writers) {
        for (const std::string &key : writer.acknowledgedKeys) {
            QVERIFY2(shown->contains("log/" + key), key.c_str());
        }
        const auto *steps = shown->at("progress/" + writer.name()).find("steps")->as<std::int64_t>();
        QVERIFY(steps != nullptr);
        qInfo("%s: %d issued, %d acknowledged, %lld applied", writer.name().c_str(), writer.issued(), writer.acknowledgedIncrements,
              static_cast<long long>(*steps));
        QVERIFY(*steps >= writer.acknowledgedIncrements);
        QVERIFY(*steps <= writer.issued());
    }
}

QTEST_GUILESS_MAIN(TestKills)
#include "tst_kills.moc"
