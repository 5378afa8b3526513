// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: what the store keeps of a user's content cannot be read, moved to another row or passed off as another user's without the user's
// key, and a keyring that is lost, foreign or too old is named and never replaced.
// Method: a store in a temporary folder, its tables changed behind its back; the keyring's file moved, swapped and read page by page.

#include "cipherdb/pagecodec.h"
#include "server-stub/store/embedded/embeddedstore.h"
#include "server-stub/store/embedded/sql.h"
#include "server-stub/sync/pushrules.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <set>

using namespace Satchel;
using namespace Satchel::Server;

namespace {

constexpr std::chrono::milliseconds now{1'800'000'000'000};
const Core::UserId anna{"t", "anna"};
const Core::UserId bob{"t", "bob"};
constexpr const char *canary = "CANARY-4711";

Core::DeviceId deviceId(int number)
{
    Core::DeviceId id;
    id.bytes[15] = static_cast<std::uint8_t>(number);
    return id;
}

Core::PolicySet manualNotes()
{
    Core::Policy policy;
    policy.collection = "notes";
    policy.version = 1;
    policy.conflict = Core::ConflictRule::Manual;
    Core::PolicySet policies;
    policies.setVersion(1);
    policies.insert(policy);
    return policies;
}

}  // namespace

class TestUserKeys : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void tables_afterWrites_holdNoContent();
    void value_ofAnotherRow_isDamage_data();
    void value_ofAnotherRow_isDamage();
    void nonces_ofManyRows_neverComeTwice();
    void unsealedRow_isRead_andSealedWhenWritten();
    void keyring_missing_isNamedAndNotMade();
    void keyring_ofAnotherStore_isNamed();
    void keyring_olderThanStore_isNamed();
    void keyring_firstOpeningCutShort_isTakenAsItIs();
    void key_destroyed_isNowhereInTheFile();
    void key_destroyed_userIsRefused();
    void erasure_cutShort_isFinishedAtNextOpening();
    void erasure_amongOthers_takesNothingElse();

private:
    [[nodiscard]] std::filesystem::path path() const { return m_folder->filePath(QStringLiteral("server.db")).toStdString(); }
    [[nodiscard]] Core::Result<std::unique_ptr<EmbeddedStore>> open() { return EmbeddedStore::open(path(), m_key.clone(), m_random); }
    void write(EmbeddedStore &store, const Core::UserId &user, int device, std::uint64_t counter, const std::string &key = "k");
    /// Runs the statements on the file while nobody else has it.
    void execute(const std::string &sql);
    [[nodiscard]] QByteArray everyValue();
    [[nodiscard]] static Core::Result<std::optional<StoredDocument>> document(EmbeddedStore &store, const Core::UserId &user);

    std::unique_ptr<QTemporaryDir> m_folder;
    CipherDb::StoreKey m_key = CipherDb::StoreKey::random();
    SystemRandom m_random;
};

void TestUserKeys::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    auto store = open();
    QVERIFY(store);
    QVERIFY((*store)->setPolicies(manualNotes()));
}

void TestUserKeys::write(EmbeddedStore &store, const Core::UserId &user, int device, std::uint64_t counter, const std::string &key)
{
    Core::Mutation mutation;
    mutation.dot = Core::Dot{deviceId(device), counter};
    mutation.stamp = Core::Hlc::fromParts(static_cast<std::uint64_t>(now.count()) + counter, 0);
    mutation.document = Core::DocumentId{key == "k" ? "plain" : "notes", key};
    mutation.ops.emplace_back(Core::PutOp{"f", Core::Value(std::string(canary) + " of " + user.user + std::to_string(counter))});
    auto log = store.begin();
    QVERIFY(log);
    const auto owner = (*log)->owner(user, now);
    QVERIFY(owner);
    if ((*owner)->devices.find(deviceId(device)) == (*owner)->devices.end()) {
        QVERIFY((*log)->addDevice(**owner, deviceId(device)));
    }
    Core::HlcClock clock;
    const auto answer = PushRules(PushSettings{}, store.policies())
                            .process(**log, PushRequest{user, deviceId(device), Wire::Push{1, {mutation}}}, clock, now);
    QVERIFY(answer && *answer);
    QVERIFY((*log)->commit());
}

void TestUserKeys::execute(const std::string &sql)
{
    auto database = CipherDb::Database::open({.path = path()}, m_key);
    QVERIFY(database);
    const auto done = database->execute(sql);
    QVERIFY2(done, done ? "" : done.error().detail.c_str());
}

QByteArray TestUserKeys::everyValue()
{
    QByteArray all;
    const auto database = CipherDb::Database::open({.path = path()}, m_key);
    try {
        Query rows(const_cast<CipherDb::Database &>(*database),
                   "SELECT mutation FROM events UNION ALL SELECT state FROM documents UNION ALL SELECT state FROM snapshots"
                   " UNION ALL SELECT state FROM checkpoints"
                   " UNION ALL SELECT winner FROM overwritten UNION ALL SELECT loser FROM overwritten");
        while (rows.next()) {
            const std::string_view value = rows.view();
            all.append(value.data(), qsizetype(value.size())).append('|');
        }
    } catch (const StoreFailure &failed) {
        return QByteArray::fromStdString(failed.error.detail + canary);
    }
    return all;
}

Core::Result<std::optional<StoredDocument>> TestUserKeys::document(EmbeddedStore &store, const Core::UserId &user)
{
    return store.reader().and_then([&](std::unique_ptr<ReadView> &&view) { return view->document(user, {"plain", "k"}); });
}

void TestUserKeys::tables_afterWrites_holdNoContent()
{
    {
        auto store = open();
        // Two writes that do not know of each other: one overwrites the other.
        write(**store, anna, 1, 1);
        write(**store, anna, 2, 1);
        auto log = (*store)->begin();
        QVERIFY((*log)->compact(**(*log)->owner(anna, now), CompactionLimits{1, now + std::chrono::hours(1), 10}));
        QVERIFY((*log)->commit());
        const auto found = document(**store, anna);
        QVERIFY(found && *found);
        QVERIFY((*found)->summary.stateBytes > 0);
    }
    const QByteArray all = everyValue();
    QVERIFY(all.count('|') >= 3);
    QVERIFY(!all.contains(canary));
}

void TestUserKeys::value_ofAnotherRow_isDamage_data()
{
    QTest::addColumn<QString>("change");
    QTest::newRow("another user's document") << QStringLiteral(
        "UPDATE documents SET state = (SELECT state FROM documents WHERE owner = 2 AND key = CAST('k' AS BLOB))"
        " WHERE owner = 1 AND key = CAST('k' AS BLOB)");
    QTest::newRow("another document") << QStringLiteral(
        "UPDATE documents SET state = (SELECT state FROM documents WHERE owner = 1 AND key = CAST('n' AS BLOB))"
        " WHERE owner = 1 AND key = CAST('k' AS BLOB)");
    QTest::newRow("changed byte") << QStringLiteral("UPDATE documents SET state = substr(state, 1, length(state) - 1) || x'00'"
                                                    " WHERE owner = 1 AND key = CAST('k' AS BLOB)"
                                                    " AND substr(state, length(state)) <> x'00'");
    QTest::newRow("cut short") << QStringLiteral("UPDATE documents SET state = x'0001' WHERE owner = 1");
}

void TestUserKeys::value_ofAnotherRow_isDamage()
{
    QFETCH(QString, change);
    {
        auto store = open();
        write(**store, anna, 1, 1);
        write(**store, anna, 1, 2, "n");
        write(**store, bob, 3, 1);
        QVERIFY(document(**store, anna));
    }
    const QByteArray before = everyValue();
    execute(change.toStdString());
    if (everyValue() == before) {
        QSKIP("the byte that was to change is what it would become: one time in 256");
    }
    auto store = open();
    const auto found = document(**store, anna);
    QVERIFY(!found);
    QCOMPARE(found.error().reason, Core::ErrorReason::StoreDamaged);
    QVERIFY(document(**store, bob));
}

void TestUserKeys::nonces_ofManyRows_neverComeTwice()
{
    SystemRandom random;
    Nonces nonces(random);
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const std::string nonce = nonces.next();
        QCOMPARE(nonce.size(), Nonces::nonceBytes);
        QVERIFY(seen.insert(nonce).second);
    }
}

void TestUserKeys::unsealedRow_isRead_andSealedWhenWritten()
{
    Wire::TrackedDocument tracked;
    const Core::Dot dot{deviceId(1), 1};
    tracked.document.context.add(dot);
    tracked.document.at("f").siblings.push_back(Core::Sibling{dot, Core::Hlc{1}, Core::Value(std::string(canary))});
    {
        auto store = open();
        write(**store, anna, 1, 1);
    }
    {
        auto database = CipherDb::Database::open({.path = path()}, m_key);
        (Query(*database, "UPDATE documents SET state = ?") << Wire::encode(tracked)).run();
    }
    QVERIFY(everyValue().contains(canary));
    {
        auto store = open();
        const auto found = document(**store, anna);
        QVERIFY(found && *found);
        QCOMPARE((*found)->document, tracked.document);
        write(**store, anna, 1, 2);
    }
    QVERIFY(!everyValue().contains(canary));
}

void TestUserKeys::keyring_missing_isNamedAndNotMade()
{
    const QString keyring = QString::fromStdString(Keyring::pathOf(path()).string());
    QVERIFY(QFile::rename(keyring, keyring + QStringLiteral(".away")));
    for (int attempt = 0; attempt < 2; ++attempt) {
        const auto opened = open();
        QVERIFY(!opened);
        QCOMPARE(opened.error().reason, Core::ErrorReason::KeyMissing);
        QVERIFY2(opened.error().detail.find("server.db.keys") != std::string::npos, opened.error().detail.c_str());
        QVERIFY(!QFile::exists(keyring));
    }
    QVERIFY(QFile::rename(keyring + QStringLiteral(".away"), keyring));
    QVERIFY(open());
}

void TestUserKeys::keyring_ofAnotherStore_isNamed()
{
    const QTemporaryDir other;
    const std::filesystem::path otherPath = other.filePath(QStringLiteral("server.db")).toStdString();
    QVERIFY(EmbeddedStore::open(otherPath, CipherDb::StoreKey::random(), m_random));
    for (const char *suffix : {"", ".keycheck"}) {
        const std::string name = Keyring::pathOf(path()).string() + suffix;
        std::filesystem::copy_file(Keyring::pathOf(otherPath).string() + suffix, name, std::filesystem::copy_options::overwrite_existing);
    }
    const auto opened = open();
    QVERIFY(!opened);
    QCOMPARE(opened.error().reason, Core::ErrorReason::WrongKey);
    QVERIFY2(opened.error().detail.find("another store") != std::string::npos, opened.error().detail.c_str());
}

void TestUserKeys::keyring_olderThanStore_isNamed()
{
    const std::filesystem::path keyring = Keyring::pathOf(path());
    const std::filesystem::path old = keyring.string() + ".old";
    std::filesystem::copy_file(keyring, old);
    {
        auto store = open();
        write(**store, anna, 1, 1);
    }
    std::filesystem::copy_file(old, keyring, std::filesystem::copy_options::overwrite_existing);
    auto store = open();
    QVERIFY(store);
    const auto found = document(**store, anna);
    QVERIFY(!found);
    QCOMPARE(found.error().reason, Core::ErrorReason::KeyMissing);
}

void TestUserKeys::keyring_firstOpeningCutShort_isTakenAsItIs()
{
    execute("DELETE FROM meta WHERE name = 'keyring'");
    {
        auto store = open();
        QVERIFY(store);
        write(**store, anna, 1, 1);
    }
    auto store = open();
    QVERIFY(document(**store, anna));
}

void TestUserKeys::key_destroyed_isNowhereInTheFile()
{
    const std::filesystem::path storePath = m_folder->filePath(QStringLiteral("other.db")).toStdString();
    const std::string secret = m_random.bytes(32);
    Keyring::Key key{};
    const auto holdsKey = [&] {
        std::array<std::uint8_t, 32> bytes{};
        std::copy(secret.begin(), secret.end(), bytes.begin());
        QByteArray pages;
        for (const char *suffix : {"", "-wal"}) {
            QFile file(QString::fromStdString(Keyring::pathOf(storePath).string() + suffix));
            pages = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
            if (*suffix == '\0') {
                const std::string_view all(pages.constData(), std::size_t(pages.size()));
                const CipherDb::PageCodec codec(CipherDb::StoreKey(bytes), CipherDb::PageCodec::saltOf(all.substr(0, 16)));
                for (std::size_t at = 0; at < all.size(); at += CipherDb::PageCodec::pageBytes) {
                    const auto page = codec.decrypted(all.substr(at, CipherDb::PageCodec::pageBytes),
                                                      std::uint32_t(at / CipherDb::PageCodec::pageBytes + 1));
                    if (!page || page->find(std::string(key.begin(), key.end())) != std::string::npos) {
                        return true;
                    }
                }
            } else if (!pages.isEmpty()) {
                return true;
            }
        }
        return false;
    };
    {
        Keyring keyring(storePath, secret, CipherDb::Role::Writer, true, m_random, nullptr);
        // Enough that rows move between pages.
        for (int i = 0; i < 500; ++i) {
            static_cast<void>(keyring.keyFor(Core::UserId{"t", "user " + std::to_string(i)}));
            if (i == 100) {
                key = keyring.keyFor(anna);
                keyring.flush();
            }
        }
        keyring.flush();
        keyring.checkpoint();
        QVERIFY(holdsKey());
        keyring.destroy(keyring.hashOf(anna), now);
        QVERIFY(!holdsKey());
        QVERIFY(!keyring.find(anna));
        QVERIFY(keyring.isErased(anna));
        QVERIFY(keyring.find(Core::UserId{"t", "user 7"}));
        keyring.destroy(keyring.hashOf(anna), now);
        QCOMPARE(keyring.erasedCount(), 1U);
    }
    Keyring again(storePath, secret, CipherDb::Role::Writer, false, m_random, nullptr);
    QVERIFY(again.isErased(anna));
    QVERIFY(!again.isErased(bob));
}

void TestUserKeys::key_destroyed_userIsRefused()
{
    auto store = open();
    const std::string secret = *(*store)->secret("keyring");
    store->reset();
    {
        Keyring keyring(path(), secret, CipherDb::Role::Writer, false, m_random, nullptr);
        keyring.destroy(keyring.hashOf(anna), now);
    }
    store = open();
    auto log = (*store)->begin();
    const auto owner = (*log)->owner(anna, now);
    QVERIFY(!owner);
    QCOMPARE(owner.error().reason, Core::ErrorReason::UserGone);
    DeltaQuery query;
    query.user = anna;
    const auto deltas = (*(*store)->reader())->deltas(query);
    QVERIFY(!deltas);
    QCOMPARE(deltas.error().reason, Core::ErrorReason::UserGone);
}

void TestUserKeys::erasure_cutShort_isFinishedAtNextOpening()
{
    std::string secret;
    {
        auto store = open();
        write(**store, anna, 1, 1);
        secret = *(*store)->secret("keyring");
    }
    std::string hash;
    {
        Keyring keyring(path(), secret, CipherDb::Role::Writer, false, m_random, nullptr);
        hash = keyring.hashOf(anna);
        QVERIFY(keyring.find(anna));
    }
    {
        // As a kill leaves it between the commit and the end of the key.
        auto database = CipherDb::Database::open({.path = path()}, m_key);
        (Query(*database, "INSERT INTO erasures (user, erased_ms) VALUES (?, 1)") << hash).run();
    }
    {
        auto store = open();
        QVERIFY(store);
        auto log = (*store)->begin();
        QVERIFY(*(*log)->isErased(anna));
    }
    Keyring keyring(path(), secret, CipherDb::Role::Writer, false, m_random, nullptr);
    QVERIFY(!keyring.find(anna));
}

void TestUserKeys::erasure_amongOthers_takesNothingElse()
{
    auto store = open();
    write(**store, anna, 1, 1);
    write(**store, anna, 2, 1);
    write(**store, bob, 3, 1);
    {
        auto log = (*store)->begin();
        // What another step of the same transaction has touched is not written back.
        OwnerRow &owner = **(*log)->owner(anna, now);
        owner.isChanged = true;
        (*(*log)->document(owner, {"plain", "k"}))->isChanged = true;
        const auto erased = (*log)->erase(anna, now);
        QVERIFY(erased && *erased);
        QCOMPARE((*erased)->documentCount, 1U);
        QCOMPARE((*erased)->eventCount, 2U);
        QCOMPARE((*erased)->deviceCount, 2U);
        QVERIFY(*(*log)->isErased(anna));
        QVERIFY(!*(*log)->isErased(bob));
        const auto again = (*log)->erase(anna, now);
        QVERIFY(again && !*again);
        const auto unknown = (*log)->erase(Core::UserId{"t", "nobody"}, now);
        QVERIFY(unknown && !*unknown);
        Wire::AuditRecord record;
        record.tenant = "t";
        record.action = "Users/Get";
        record.personal.user = "anna";
        QVERIFY((*log)->appendAudit(record));
        QVERIFY((*log)->commit());
    }
    auto view = (*store)->reader();
    QVERIFY(!*(*view)->user(anna));
    QVERIFY(*(*view)->user(bob));
    const auto found = document(**store, bob);
    QVERIFY(found && *found);
    const auto row = (*view)->auditRange("t", 0, 1)->at(0);
    QCOMPARE(row.stored.find("anna"), std::string::npos);
    view = Core::failure(Core::Error{});
    QVERIFY((*store)->checkpoint());
}

QTEST_GUILESS_MAIN(TestUserKeys)
#include "tst_userkeys.moc"
