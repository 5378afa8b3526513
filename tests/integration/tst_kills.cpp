// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
//
// Goal: an acknowledged write is never lost and none is applied twice, whichever process is killed and whenever.
// Method: two device processes write without pause; 70 times (210 where SATCHEL_THOROUGH is set, as it is in CI) one of them or the server
// is killed with SIGKILL after a random while and started again. Every write has a document and a counter of its own: in the end, equal
// everywhere, it has the value that was written, if it was called durable certainly, and its counter is 1 or absent, 1 if that was called
// durable. The seed is printed; SATCHEL_SEED replays it.

#include "core/result.h"
#include "support/rig.h"

#include <QElapsedTimer>
#include <QEventLoop>
#include <QTest>
#include <QTimer>

#include <array>
#include <map>
#include <random>
#include <set>

using namespace Satchel;
using Test::object;

namespace {

constexpr int writesInFlightMax = 8;

/// Writes on one device for as long as it runs: a document and an increment of a counter in it each time.
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
            const std::string key = keyOf(number);
            m_device.send(object({{"do", "update"}, {"collection", "log"}, {"key", key}, {"value", valueOf(number)}}),
                          [this, number](const Core::Value &answer) {
                              --m_inFlight;
                              if (isOk(answer)) {
                                  acknowledged.insert(number);
                              }
                          });
            m_device.send(object({{"do", "increment"}, {"collection", "log"}, {"key", key}, {"field", "hits"}, {"delta", 1}}),
                          [this, number](const Core::Value &answer) {
                              if (isOk(answer)) {
                                  acknowledgedHits.insert(number);
                              }
                          });
        }
    }

    [[nodiscard]] std::string keyOf(int number) const { return m_name + "-" + std::to_string(number); }
    [[nodiscard]] Core::Value valueOf(int number) const { return object({{"n", number}, {"by", m_name}}); }

    /// What is wrong with write `number` where `shown` is everything there is; empty if nothing is.
    [[nodiscard]] std::string complaint(int number, const std::map<std::string, Core::Value> &shown) const
    {
        const auto found = shown.find("log/" + keyOf(number));
        const Core::Value *hits = found != shown.end() ? found->second.find("hits") : nullptr;
        const Core::Value *n = found != shown.end() ? found->second.find("n") : nullptr;
        const Core::Value *by = found != shown.end() ? found->second.find("by") : nullptr;
        if (hits == nullptr ? acknowledgedHits.contains(number) : !(*hits == Core::Value(1))) {
            return keyOf(number) + (hits == nullptr ? ": an acknowledged increment is lost" : ": an increment was not applied once");
        }
        if (n == nullptr && by == nullptr) {
            return acknowledged.contains(number) ? keyOf(number) + ": an acknowledged write is lost" : std::string();
        }
        const bool isEqual = n != nullptr && by != nullptr && *n == Core::Value(number) && *by == Core::Value(m_name);
        return isEqual ? std::string() : keyOf(number) + ": not what was written";
    }

    /// After a kill: what was in flight is unknown.
    void forgetInFlight() { m_inFlight = 0; }
    [[nodiscard]] int issued() const { return m_issued; }
    [[nodiscard]] bool isIdle() const { return m_inFlight == 0; }
    [[nodiscard]] const std::string &name() const { return m_name; }

    std::set<int> acknowledged;      ///< numbers of writes that the device called durable
    std::set<int> acknowledgedHits;  ///< and of increments

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
    QVERIFY2(rig.device(0).start() && rig.device(1).start() && rig.syncAll(), rig.log().constData());
    std::array writers{Writer(rig.device(0), "laptop"), Writer(rig.device(1), "phone")};
    const auto writeSome = [&writers] {
        writers[0].writeSome();
        writers[1].writeSome();
    };

    const int killCount = qEnvironmentVariableIsSet("SATCHEL_THOROUGH") ? 210 : 70;
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
    std::size_t known = 0;
    for (const Writer &writer : writers) {
        for (int number = 1; number <= writer.issued(); ++number) {
            const std::string complaint = writer.complaint(number, *shown);
            QVERIFY2(complaint.empty(), complaint.c_str());
            known += shown->contains("log/" + writer.keyOf(number)) ? 1 : 0;
        }
        qInfo("%s: %d issued, %zu and %zu acknowledged", writer.name().c_str(), writer.issued(), writer.acknowledged.size(),
              writer.acknowledgedHits.size());
        QVERIFY(!writer.acknowledged.empty() && !writer.acknowledgedHits.empty());
    }
    // Nothing is there that nobody wrote.
    QCOMPARE(shown->size(), known);
}

QTEST_GUILESS_MAIN(TestKills)
#include "tst_kills.moc"
