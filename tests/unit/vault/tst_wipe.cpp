// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: an order to wipe, or being revoked, leaves at the first contact neither key nor store; a token that is refused is asked for
// once, however often the app probes, and a fresh one lets sync go on by itself. Method: a client on a keychain in memory and a
// server of three lines that takes one token and greets with one notice.
#include "client/client_p.h"
#include "client/vault/keychainerrors.h"
#include "fakekeychain.h"
#include "support/awaiting.h"

#include <Satchel/client.h>

#include <QFile>
#include <QPromise>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <memory>
#include <mutex>

namespace Satchel {

struct ClientAccess {
    static void prepare(Client &client, std::shared_ptr<Vault::Keychain> keychain, Sync::TransportFactory transports)
    {
        client.d->keychain = std::move(keychain);
        client.d->transportFactory = std::move(transports);
    }
};

}  // namespace Satchel

using namespace Satchel;
using Test::isGood;

namespace {

const QString notes = QStringLiteral("notes");
const QString a = QStringLiteral("a");

/// What the server does; changed by the test while the client's thread looks at it.
struct Script {
    std::mutex mutex;
    std::string goodToken = "good";
    std::optional<Wire::NoticeKind> notice;
};

class ScriptedTransport : public Sync::Transport {
public:
    explicit ScriptedTransport(std::shared_ptr<Script> script)
        : m_script(std::move(script))
    {
    }
    void open(const QUrl & /*server*/, const std::string &token) override
    {
        const std::lock_guard lock(m_script->mutex);
        const bool isGood = token == m_script->goodToken;
        later([this, isGood] {
            if (isGood) {
                Q_EMIT opened();
            } else {
                Q_EMIT failed(Core::makeError(Core::ErrorCode::Unauthenticated, Core::ErrorReason::TokenExpired, "expired",
                                              Core::Retry::AfterSignIn));
            }
        });
    }
    void send(const Wire::ClientFrame &frame) override
    {
        if (!std::holds_alternative<Wire::Hello>(frame)) {
            return;
        }
        const std::lock_guard lock(m_script->mutex);
        later([this, notice = m_script->notice] {
            Wire::Welcome welcome;
            welcome.sessionId = "session";
            welcome.epoch = 1;
            Q_EMIT received(welcome);
            if (notice) {
                Q_EMIT received(Wire::Notice{*notice, {}, {}});
            }
        });
    }
    void close() override {}

private:
    void later(std::function<void()> what) { QMetaObject::invokeMethod(this, std::move(what), Qt::QueuedConnection); }
    std::shared_ptr<Script> m_script;
};

}  // namespace

class TestWipe : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void order_destroysKeyThenStore_andTellsWhatIsLost_data();
    void order_destroysKeyThenStore_andTellsWhatIsLost();
    void wipe_keychainLocked_isSaidAndKeepsBoth();
    void wipe_keychainLocked_nextOpenDestroysWithoutServer();
    void refusedToken_isAskedOnceAtATime_thenSyncGoesOn();

private:
    [[nodiscard]] std::unique_ptr<Client> make();

    std::unique_ptr<QTemporaryDir> m_folder;
    std::shared_ptr<Test::FakeKeychain> m_keychain;
    std::shared_ptr<Script> m_script;
    TokenProvider m_provider;
};

void TestWipe::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
    m_keychain = std::make_shared<Test::FakeKeychain>();
    m_script = std::make_shared<Script>();
    m_provider = [] { return readyResult<QString>(QStringLiteral("good")); };
}

std::unique_ptr<Client> TestWipe::make()
{
    ClientOptions options;
    options.serverUrl = QUrl(QStringLiteral("https://sync.example.com"));
    options.user = QStringLiteral("anna");
    options.storeFolder = m_folder->path();
    options.key = StoreKeySource::keychain(QStringLiteral("app"));
    options.tokenProvider = m_provider;
    options.isPausedAtStart = true;
    auto client = std::make_unique<Client>(options);
    ClientAccess::prepare(*client, m_keychain,
                          [script = m_script](Sync::Carrier /*carrier*/) { return std::make_unique<ScriptedTransport>(script); });
    if (!isGood(client->open()) || !isGood(client->collection(notes)->set(a, {{a, 1}}))) {
        qFatal("the client does not open");
    }
    return client;
}

void TestWipe::order_destroysKeyThenStore_andTellsWhatIsLost_data()
{
    QTest::addColumn<int>("notice");
    QTest::addColumn<Error::Reason>("reason");
    QTest::newRow("wipe") << int(Wire::NoticeKind::Wipe) << Error::Reason::UserGone;
    QTest::newRow("revoked") << int(Wire::NoticeKind::Revoked) << Error::Reason::DeviceRevoked;
}

void TestWipe::order_destroysKeyThenStore_andTellsWhatIsLost()
{
    QFETCH(int, notice);
    QFETCH(Error::Reason, reason);
    m_script->notice = static_cast<Wire::NoticeKind>(notice);
    const auto client = make();
    bool hadStore = false;
    m_keychain->onRemove = [&] { hadStore = QFile::exists(client->storePath()); };
    bool isDestroyed = false;
    QList<QuarantinedWrite> lost;
    connect(client.get(), &Client::wiped, this, [&](const QList<QuarantinedWrite> &writes) {
        isDestroyed = true;
        lost = writes;
    });
    client->resume();
    QTRY_VERIFY(isDestroyed);
    QCOMPARE(lost.size(), 1);
    QCOMPARE(lost.first().collection, notes);
    QCOMPARE(lost.first().changes, (QList<FieldChange>{{FieldChange::Kind::Put, a, 1}}));
    QCOMPARE(lost.first().error.reason(), reason);
    QVERIFY(hadStore);
    QVERIFY(!client->isOpen());
    QVERIFY(m_keychain->entries.isEmpty());
    QVERIFY(!QFile::exists(client->storePath()));
    QVERIFY(client->collectionNames().isEmpty());
}

void TestWipe::wipe_keychainLocked_isSaidAndKeepsBoth()
{
    m_script->notice = Wire::NoticeKind::Wipe;
    const auto client = make();
    m_keychain->removeError = Vault::keychainLocked();
    Error::Reason reason = Error::Reason::None;
    connect(client.get(), &Client::wipeFailed, this, [&](const Error &error) { reason = error.reason(); });
    client->resume();
    QTRY_COMPARE(reason, Error::Reason::KeychainLocked);
    QVERIFY(QFile::exists(client->storePath()));
    // The order comes again.
    m_keychain->removeError.reset();
    bool isDestroyed = false;
    connect(client.get(), &Client::wiped, this, [&] { isDestroyed = true; });
    QVERIFY(isGood(client->open()));
    QTRY_VERIFY(isDestroyed);
    QVERIFY(!QFile::exists(client->storePath()));
}

void TestWipe::wipe_keychainLocked_nextOpenDestroysWithoutServer()
{
    m_script->notice = Wire::NoticeKind::Revoked;
    const auto client = make();
    m_keychain->removeError = Vault::keychainLocked();
    bool hasFailed = false;
    connect(client.get(), &Client::wipeFailed, this, [&] { hasFailed = true; });
    client->resume();
    QTRY_VERIFY(hasFailed);
    client->pause();
    QVERIFY(!isGood(client->open()));
    QVERIFY(client->collectionNames().isEmpty());
    const QMap<QString, QByteArray> before = m_keychain->entries;
    m_keychain->removeError.reset();
    QVERIFY(isGood(client->open()));
    QVERIFY(client->collectionNames().isEmpty());
    QCOMPARE(m_keychain->entries.size(), 1);
    QVERIFY(m_keychain->entries != before);
}

void TestWipe::refusedToken_isAskedOnceAtATime_thenSyncGoesOn()
{
    int askedCount = 0;
    std::unique_ptr<QPromise<Result<QString>>> waiting;
    m_provider = [&] {
        if (++askedCount == 1) {
            return readyResult<QString>(QStringLiteral("stale"));
        }
        waiting = std::make_unique<QPromise<Result<QString>>>();
        waiting->start();
        return waiting->future();
    };
    const auto client = make();
    client->resume();
    QTRY_COMPARE(askedCount, 2);
    // A refresh that takes its time is the only one, and locks nothing.
    for (int i = 0; i < 10; ++i) {
        client->probe();
        QVERIFY(isGood(client->collection(notes)->set(QString::number(i), {{a, i}})));
    }
    QCOMPARE(askedCount, 2);
    waiting->addResult(Result<QString>(QStringLiteral("good")));
    waiting->finish();
    QTRY_COMPARE(client->syncStatus()->state(), SyncStatus::State::Live);
    QCOMPARE(askedCount, 2);
}

QTEST_GUILESS_MAIN(TestWipe)
#include "tst_wipe.moc"
