// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: however long a device was offline and whatever became of its token, its data can be read and written; sync says why it waits, and
// goes on when there is a token. Method: two real devices and a real server whose clocks are turned by one and three months.
#include "testing/twodevices.h"

#include <QTest>

using namespace Satchel;
using Testing::TwoDevices;

namespace {

const QString notes = QStringLiteral("notes");
const QString a = QStringLiteral("a");

}  // namespace

class TestOfflineSession : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void longOffline_expiredToken_locksNothing_data();
    void longOffline_expiredToken_locksNothing();
    void nearExpiry_session_isGivenAFreshTokenAndStays();
};

void TestOfflineSession::longOffline_expiredToken_locksNothing_data()
{
    QTest::addColumn<int>("days");
    QTest::newRow("a month") << 31;
    QTest::newRow("three months") << 91;
}

void TestOfflineSession::longOffline_expiredToken_locksNothing()
{
    QFETCH(int, days);
    TokenProvider later;
    TwoDevices devices({}, [&](ClientOptions &options, const QString & /*device*/) {
        options.tokenProvider = [&later, first = options.tokenProvider] { return later ? later() : first(); };
    });
    const auto write = [&](const char *text) {
        return TwoDevices::await(devices.a->collection(notes)->set(QLatin1StringView(text), {{a, QLatin1StringView(text)}})).has_value();
    };
    QVERIFY(write("before"));
    QVERIFY(devices.sync());
    devices.linkA().setUp(false);
    devices.linkB().setUp(false);
    const std::chrono::hours away(24 * days);
    for (Testing::FakeClock *clock : {&devices.clock, &devices.clockA, &devices.clockB}) {
        clock->advance(away);
    }
    QVERIFY(write("offline"));

    // The app starts anew, with nobody to ask for a token.
    later = [] {
        return readyResult<QString>(failure(
            Error(Error::Code::Unauthenticated, Error::Reason::TokenExpired, QStringLiteral("sign in again"), Error::Retry::AfterSignIn)));
    };
    devices.a->close();
    QVERIFY(TwoDevices::await(devices.a->open()));
    devices.linkA().setUp(true);
    devices.linkB().setUp(true);
    devices.a->probe();
    QTRY_VERIFY(devices.a->syncStatus()->blockedReason().has_value());
    QCOMPARE(devices.a->syncStatus()->blockedReason()->reason(), Error::Reason::TokenExpired);
    QVERIFY(devices.a->isOpen());
    QCOMPARE(devices.a->collection(notes)->count(), 2);
    QVERIFY(write("signed out"));
    QVERIFY(devices.a->syncStatus()->pendingCount() >= 2);

    const QString fresh = devices.server.token(QStringLiteral("anna"));
    later = [&] { return readyResult<QString>(fresh); };
    QVERIFY(devices.sync());
    QVERIFY(devices.isEqual());
    QCOMPARE(devices.b->collection(notes)->count(), 3);
}

void TestOfflineSession::nearExpiry_session_isGivenAFreshTokenAndStays()
{
    using namespace std::chrono_literals;
    int askedCount = 0;
    TwoDevices devices({}, [&](ClientOptions &options, const QString &device) {
        if (device == a) {
            options.tokenProvider = [&, user = options.user] {
                // The first is good for two seconds of the server's clock, which stands still: half-way to that the next is asked for.
                return readyResult<QString>(devices.server.token(user, {QStringLiteral("user")}, ++askedCount == 1 ? 2s : 24h));
            };
        }
    });
    const int attempts = devices.linkA().attemptCount();
    QTRY_COMPARE(askedCount, 2);
    // The answer goes out during the first wait, so that what comes back at the end of the second was asked for after it.
    QVERIFY(TwoDevices::await(devices.a->whenSynced()));
    QVERIFY(TwoDevices::await(devices.a->whenSynced()));
    // The first token is long gone, and the session goes on with the second: same connection, no further question.
    devices.clock.advance(1h);
    QVERIFY(TwoDevices::await(devices.a->collection(notes)->set(QStringLiteral("after"), {{a, 1}})));
    QVERIFY(TwoDevices::await(devices.a->whenSynced()));
    QCOMPARE(devices.a->syncStatus()->state(), SyncStatus::State::Live);
    QCOMPARE(devices.linkA().attemptCount(), attempts);
    QCOMPARE(askedCount, 2);
}

QTEST_GUILESS_MAIN(TestOfflineSession)
#include "tst_offlinesession.moc"
