// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: a token that expires or is refused never costs more than a pause of sync: the session gets a fresh one before it ends, one question
// is asked at a time, a refusal is said and made good without help, and there is no loop. Method: the state machine in virtual time against
// a scripted server.
#include "fakes/scriptedserver.h"

#include <QTest>

using namespace Satchel;
using namespace std::chrono_literals;
using Sync::State;
using Testing::ScriptedServer;

namespace {

Core::Error expired()
{
    return Core::makeError(Core::ErrorCode::Unauthenticated, Core::ErrorReason::TokenExpired, "", Core::Retry::AfterSignIn);
}

/// Each token that the app gives is another one.
void giveFreshTokens(ScriptedServer &rig)
{
    rig.token = [&rig]() -> Core::Result<std::string> { return "t" + std::to_string(rig.tokenCount); };
}

/// A device that has begun to sync, with tokens that are good for an hour each.
class HourlySession : public ScriptedServer {
public:
    enum class Tokens : std::uint8_t { Fresh, Same };

    explicit HourlySession(Tokens tokens, Sync::CarrierChoice choice = Sync::CarrierChoice::Automatic)
        : ScriptedServer(choice)
    {
        tokenLifetime = 1h;
        if (tokens == Tokens::Fresh) {
            giveFreshTokens(*this);
        }
        engine.start(now);
    }
};
using Tokens = HourlySession::Tokens;

}  // namespace

class TestSyncTokens : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void nearExpiry_session_getsFreshTokenAndStays();
    void nearExpiry_shortToken_isAskedForHalfWay();
    void nearExpiry_sameTokenAgain_isNoLoop();
    void nearExpiry_freshTokenThatIsNoLonger_isNoLoop();
    void nearExpiry_providerFailsForNow_isAskedAgain();
    void nearExpiry_providerFails_sessionGoesOnUntilItEnds();
    void nearExpiry_freshTokenRefused_asksOnceMore();
    void nearExpiry_polling_isLeftToTheNextRequest();
    void nearExpiry_connectionCutMeanwhile_usesTheFreshToken();
    void refused_isSaidWhileAnotherIsAwaited();
    void refused_lateAnswer_endsTheWait();
    void probedWhileAsked_providerFails_isAskedOnceMore();
    void refused_manyTimes_asksTheProviderOnce();
    void refusedTwice_isTriedAgainAfterAnHour();
};

void TestSyncTokens::nearExpiry_session_getsFreshTokenAndStays()
{
    HourlySession rig(Tokens::Fresh);
    rig.run(59min - 1s);
    QCOMPARE(rig.tokenCount, std::size_t(1));
    rig.run(2s);
    QCOMPARE(rig.reauthTokens, std::vector<std::string>{"t2"});
    QCOMPARE(rig.status().state, State::Live);
    rig.run(24h * 91);
    QCOMPARE(rig.connectCount, std::size_t(1));
    QCOMPARE(rig.status().state, State::Live);
    // One an hour, less the minute before.
    QVERIFY2(rig.tokenCount > 91 * 24 && rig.tokenCount < 91 * 25, QByteArray::number(qulonglong(rig.tokenCount)).constData());
}

void TestSyncTokens::nearExpiry_shortToken_isAskedForHalfWay()
{
    ScriptedServer rig;
    giveFreshTokens(rig);
    rig.tokenLifetime = 20s;
    rig.engine.start(rig.now);
    rig.run(9s);
    QCOMPARE(rig.tokenCount, std::size_t(1));
    rig.run(2s);
    QCOMPARE(rig.tokenCount, std::size_t(2));
}

void TestSyncTokens::nearExpiry_sameTokenAgain_isNoLoop()
{
    HourlySession rig(Tokens::Same);
    rig.run(24h);
    QCOMPARE(rig.tokenCount, std::size_t(2));
    QVERIFY(rig.reauthTokens.empty());
}

void TestSyncTokens::nearExpiry_freshTokenThatIsNoLonger_isNoLoop()
{
    HourlySession rig(Tokens::Fresh);
    const std::chrono::seconds same = std::chrono::seconds(1'800'000'000) + 1h;
    rig.onReauth = [same](const Wire::Reauth &) { return Wire::Reauthed{same}; };
    rig.run(24h);
    QCOMPARE(rig.reauthTokens.size(), std::size_t(1));
}

void TestSyncTokens::nearExpiry_providerFailsForNow_isAskedAgain()
{
    HourlySession rig(Tokens::Fresh);
    rig.run(1min);
    rig.token = [&rig]() -> Core::Result<std::string> {
        if (rig.tokenCount < 4) {
            return Core::failure(Core::unavailable(Core::ErrorReason::NetworkUnreachable, "no identity provider"));
        }
        return std::string("fresh");
    };
    rig.run(1h);
    QCOMPARE(rig.tokenCount, std::size_t(4));
    QCOMPARE(rig.reauthTokens, std::vector<std::string>{"fresh"});
    QCOMPARE(rig.connectCount, std::size_t(1));
    QVERIFY(!rig.status().blockedReason);
}

void TestSyncTokens::nearExpiry_providerFails_sessionGoesOnUntilItEnds()
{
    HourlySession rig(Tokens::Same);
    rig.run(1min);
    rig.token = []() -> Core::Result<std::string> { return Core::failure(expired()); };
    rig.run(59min);
    QCOMPARE(rig.tokenCount, std::size_t(2));
    QCOMPARE(rig.status().state, State::Live);
    rig.say(Wire::SessionError{expired()});
    rig.run(1s);
    QCOMPARE(rig.status().state, State::Degraded);
    QCOMPARE(rig.status().blockedReason->reason, Core::ErrorReason::TokenExpired);
}

void TestSyncTokens::nearExpiry_freshTokenRefused_asksOnceMore()
{
    HourlySession rig(Tokens::Fresh);
    rig.onReauth = [](const Wire::Reauth &) { return Wire::SessionError{expired()}; };
    rig.run(59min + 1s);
    QCOMPARE(rig.tokenCount, std::size_t(3));
    QCOMPARE(rig.connectCount, std::size_t(2));
    QCOMPARE(rig.status().state, State::Live);
}

void TestSyncTokens::nearExpiry_polling_isLeftToTheNextRequest()
{
    HourlySession rig(Tokens::Fresh, Sync::CarrierChoice::PollingOnly);
    rig.run(2h);
    QCOMPARE(rig.tokenCount, std::size_t(1));
    rig.say(Wire::SessionError{expired()});
    rig.run(1s);
    QCOMPARE(rig.tokenCount, std::size_t(2));
    QCOMPARE(rig.status().state, State::Live);
}

void TestSyncTokens::nearExpiry_connectionCutMeanwhile_usesTheFreshToken()
{
    HourlySession rig(Tokens::Same);
    rig.run(1min);
    rig.isTokenGood = [](const std::string &token) { return token == "fresh"; };
    rig.isTokenAnswered = false;
    rig.run(58min + 30s);
    QCOMPARE(rig.tokenCount, std::size_t(2));
    rig.cut();
    rig.engine.tokenAnswered(std::string("fresh"), rig.now);
    rig.run(10s);
    QCOMPARE(rig.status().state, State::Live);
    QCOMPARE(rig.tokenCount, std::size_t(2));
}

void TestSyncTokens::refused_isSaidWhileAnotherIsAwaited()
{
    ScriptedServer rig;
    rig.engine.start(rig.now);
    rig.run(1s);
    rig.isTokenAnswered = false;
    rig.say(Wire::SessionError{expired()});
    QCOMPARE(rig.status().state, State::Connecting);
    QCOMPARE(rig.status().blockedReason->reason, Core::ErrorReason::TokenExpired);
    // However long that takes.
    rig.run(24h * 31);
    QVERIFY(rig.status().blockedReason);
    QCOMPARE(rig.status().blockedReason->reason, Core::ErrorReason::TokenExpired);
    QCOMPARE(rig.tokenCount, std::size_t(2));
    rig.engine.tokenAnswered(std::string("fresh"), rig.now);
    rig.run(0s);
    QCOMPARE(rig.status().state, State::Live);
    QVERIFY(!rig.status().blockedReason);
}

void TestSyncTokens::refused_lateAnswer_endsTheWait()
{
    ScriptedServer rig;
    rig.isTokenAnswered = false;
    rig.engine.start(rig.now);
    // Given up by now, and not to be asked again for a while.
    while (rig.status().state != State::Offline) {
        rig.run(100ms);
    }
    rig.engine.tokenAnswered(std::string("late"), rig.now);
    rig.run(0s);
    QCOMPARE(rig.status().state, State::Live);
    QCOMPARE(rig.tokenCount, std::size_t(1));
}

/// The app signs in and says so while the question of before is still on its way to a refusal.
void TestSyncTokens::probedWhileAsked_providerFails_isAskedOnceMore()
{
    ScriptedServer rig;
    rig.isTokenAnswered = false;
    rig.engine.start(rig.now);
    rig.run(0s);
    rig.engine.probe(rig.now);
    rig.engine.tokenAnswered(Core::failure(expired()), rig.now);
    rig.run(0s);
    QCOMPARE(rig.tokenCount, std::size_t(2));
    rig.engine.tokenAnswered(Core::failure(expired()), rig.now);
    rig.run(1min);
    QCOMPARE(rig.tokenCount, std::size_t(2));
    QCOMPARE(rig.status().state, State::Degraded);
    rig.engine.probe(rig.now);
    rig.engine.tokenAnswered(std::string("fresh"), rig.now);
    rig.run(0s);
    QCOMPARE(rig.status().state, State::Live);
    QCOMPARE(rig.tokenCount, std::size_t(3));
}

void TestSyncTokens::refused_manyTimes_asksTheProviderOnce()
{
    ScriptedServer rig;
    rig.engine.start(rig.now);
    rig.run(1s);
    rig.isTokenAnswered = false;
    for (int i = 0; i < 100; ++i) {
        rig.say(Wire::SessionError{expired()});
        rig.engine.probe(rig.now);
        rig.run(1s);
    }
    QCOMPARE(rig.tokenCount, std::size_t(2));
    QCOMPARE(rig.connectCount, std::size_t(1));
}

void TestSyncTokens::refusedTwice_isTriedAgainAfterAnHour()
{
    ScriptedServer rig;
    giveFreshTokens(rig);
    rig.isTokenGood = [](const std::string &) { return false; };
    rig.engine.start(rig.now);
    rig.run(59min);
    QCOMPARE(rig.tokenCount, std::size_t(2));
    QCOMPARE(rig.status().state, State::Degraded);
    rig.run(24h);
    QVERIFY2(rig.tokenCount <= 2 * 25, QByteArray::number(qulonglong(rig.tokenCount)).constData());
    // The server has the right keys again: nobody needs to do anything.
    rig.isTokenGood = [](const std::string &) { return true; };
    rig.run(1h);
    QCOMPARE(rig.status().state, State::Live);
}

QTEST_GUILESS_MAIN(TestSyncTokens)
#include "tst_synctokens.moc"
