// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "keyring.h"

#include "sql.h"

#include "cipherdb/bigendian.h"
#include "cipherdb/rawfile.h"
#include "cipherdb/storefiles.h"
#include "server-stub/store/rows.h"

#include <sodium.h>

#include <algorithm>

namespace Satchel::Server {

namespace {

constexpr std::size_t cachedKeysMax = 65'536;
constexpr int cacheKib = 4 * 1024;

constexpr CipherDb::Migration steps[] = {
    R"sql(
CREATE TABLE keys (user BLOB PRIMARY KEY, key BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE erased (user BLOB PRIMARY KEY, erased_ms INTEGER NOT NULL) WITHOUT ROWID;
)sql",
};

Core::Error keyringError(Core::ErrorReason reason, const std::filesystem::path &path, const std::string &why)
{
    return Core::makeError(Core::ErrorCode::FailedPrecondition, reason, "the keyring " + path.filename().string() + " " + why,
                           Core::Retry::AfterChange);
}

CipherDb::StoreKey keyOf(std::string_view secret)
{
    std::array<std::uint8_t, CipherDb::StoreKey::sizeBytes> bytes{};
    if (secret.size() != bytes.size()) {
        throw StoreFailure{
            Core::makeError(Core::ErrorCode::DataLoss, Core::ErrorReason::StoreDamaged, "the secret of the keyring cannot be read")};
    }
    std::copy(secret.begin(), secret.end(), bytes.begin());
    CipherDb::StoreKey key(bytes);
    CipherDb::wipe(bytes.data(), bytes.size());
    return key;
}

Keyring::Key keyFrom(std::string_view bytes)
{
    Keyring::Key key{};
    if (bytes.size() != key.size()) {
        throw StoreFailure{Core::makeError(Core::ErrorCode::DataLoss, Core::ErrorReason::StoreDamaged, "a key in the keyring is damaged")};
    }
    std::copy(bytes.begin(), bytes.end(), key.begin());
    return key;
}

std::string_view viewOf(const Keyring::Key &key)
{
    return {reinterpret_cast<const char *>(key.data()), key.size()};
}

const std::uint8_t *bytesOf(std::string_view view)
{
    return reinterpret_cast<const std::uint8_t *>(view.data());
}

}  // namespace

Keyring::Keyring(std::filesystem::path store, std::string_view secret, CipherDb::Role role, bool isNew, Random &random,
                 CipherDb::FileSystem *files)
    : m_path(pathOf(store))
    , m_secret(keyOf(secret))
    , m_role(role)
    , m_random(random)
    , m_files(files)
{
    if (sodium_init() < 0) {
        throw StoreFailure{Core::makeError(Core::ErrorCode::Internal, Core::ErrorReason::None, "libsodium does not start")};
    }
    constexpr std::string_view purpose = "names of users in a keyring";
    crypto_auth_hmacsha256(m_hashKey.data(), bytesOf(purpose), purpose.size(), m_secret.bytes().data());
    open(isNew);
}

Keyring::~Keyring()
{
    forgetCached();
    for (auto &[user, key] : m_fresh) {
        CipherDb::wipe(key.data(), key.size());
    }
    CipherDb::wipe(m_hashKey.data(), m_hashKey.size());
}

std::filesystem::path Keyring::pathOf(const std::filesystem::path &store)
{
    return store.string() + ".keys";
}

void Keyring::open(bool isNew)
{
    CipherDb::OpenOptions options;
    options.path = m_path;
    options.role = m_role;
    options.createIfMissing = isNew;
    options.cacheKib = cacheKib;
    options.files = m_files;
    m_database.reset();
    auto opened = CipherDb::Database::open(options, m_secret);
    if (!opened && opened.error().code == Core::ErrorCode::NotFound) {
        throw StoreFailure{
            keyringError(Core::ErrorReason::KeyMissing, m_path,
                         "is missing beside the store, and without it nobody's content can be read; put its newest copy back")};
    }
    if (!opened && opened.error().reason == Core::ErrorReason::WrongKey) {
        throw StoreFailure{keyringError(Core::ErrorReason::WrongKey, m_path, "belongs to another store; put this store's own back")};
    }
    if (!opened) {
        opened.error().detail.insert(0, "the keyring " + m_path.filename().string() + ": ");
    }
    m_database.emplace(must(std::move(opened)));
    if (m_role == CipherDb::Role::Writer) {
        must(CipherDb::migrate(*m_database, steps));
        must(m_database->execute("PRAGMA secure_delete = ON"));
    }
}

void Keyring::ensureUsable()
{
    const std::lock_guard lock(m_mutex);
    if (!m_database || m_database->isPoisoned()) {
        open(false);
    }
}

std::string Keyring::hashOf(const Core::UserId &user) const
{
    // The length makes ("ab", "c") another user than ("a", "bc").
    std::string named;
    CipherDb::appendBigEndian64(named, user.tenant.size());
    named.append(user.tenant).append(user.user);
    std::string hash(crypto_auth_hmacsha256_BYTES, '\0');
    crypto_auth_hmacsha256(reinterpret_cast<std::uint8_t *>(hash.data()), bytesOf(named), named.size(), m_hashKey.data());
    return hash;
}

std::optional<Keyring::Key> Keyring::lookUp(const Core::UserId &user)
{
    for (const auto *keys : {&m_cached, &m_fresh}) {
        if (const auto found = keys->find(user); found != keys->end()) {
            return found->second;
        }
    }
    const std::string hash = hashOf(user);
    Query rows(*m_database, "SELECT key FROM keys WHERE user = ?");
    rows << hash;
    if (!rows.next()) {
        return std::nullopt;
    }
    if (m_cached.size() >= cachedKeysMax) {
        forgetCached();
    }
    return m_cached.emplace(user, keyFrom(rows.view())).first->second;
}

std::optional<Keyring::Key> Keyring::find(const Core::UserId &user)
{
    const std::lock_guard lock(m_mutex);
    return lookUp(user);
}

Keyring::Key Keyring::keyFor(const Core::UserId &user)
{
    const std::lock_guard lock(m_mutex);
    if (const auto found = lookUp(user)) {
        return *found;
    }
    if (isErasedHash(hashOf(user))) {
        throw StoreFailure{goneError()};
    }
    return m_fresh.emplace(user, keyFrom(m_random.bytes(keyBytes))).first->second;
}

Keyring::Key Keyring::known(const Core::UserId &user)
{
    const std::lock_guard lock(m_mutex);
    if (const auto found = lookUp(user)) {
        return *found;
    }
    if (isErasedHash(hashOf(user))) {
        throw StoreFailure{goneError()};
    }
    throw StoreFailure{
        keyringError(Core::ErrorReason::KeyMissing, m_path,
                     "lacks the key of a user who has content in the store, so it is older than the store; put its newest copy back")};
}

void Keyring::flush()
{
    const std::lock_guard lock(m_mutex);
    if (m_fresh.empty()) {
        return;
    }
    CipherDb::Transaction transaction = must(CipherDb::Transaction::begin(*m_database));
    for (const auto &[user, key] : m_fresh) {
        (Query(*m_database, "INSERT OR IGNORE INTO keys (user, key) VALUES (?, ?)") << hashOf(user) << viewOf(key)).run();
    }
    must(transaction.commit());
    m_cached.merge(m_fresh);
    m_fresh.clear();
}

bool Keyring::isErasedHash(std::string_view hash)
{
    Query rows(*m_database, "SELECT 1 FROM erased WHERE user = ?");
    rows << hash;
    return rows.next();
}

bool Keyring::isErased(const Core::UserId &user)
{
    const std::lock_guard lock(m_mutex);
    if (m_cached.contains(user) || m_fresh.contains(user)) {
        return false;
    }
    return isErasedHash(hashOf(user));
}

std::uint64_t Keyring::erasedCount()
{
    const std::lock_guard lock(m_mutex);
    Query rows(*m_database, "SELECT count(*) FROM erased");
    return rows.next() ? rows.natural() : 0;
}

void Keyring::destroy(std::string_view hash, std::chrono::milliseconds now)
{
    const std::lock_guard lock(m_mutex);
    forgetCached();
    std::erase_if(m_fresh, [&](const auto &entry) { return hashOf(entry.first) == hash; });
    {
        CipherDb::Transaction transaction = must(CipherDb::Transaction::begin(*m_database));
        (Query(*m_database, "DELETE FROM keys WHERE user = ?") << hash).run();
        (Query(*m_database, "INSERT OR IGNORE INTO erased (user, erased_ms) VALUES (?, ?)") << hash << now).run();
        must(transaction.commit());
    }
    // A page that rows once were moved out of, and the WAL, would still have the key.
    must(m_database->execute("VACUUM"));
    must(m_database->checkpoint());
}

void Keyring::checkpoint()
{
    const std::lock_guard lock(m_mutex);
    must(m_database->checkpoint());
}

void Keyring::copyTo(const std::filesystem::path &folder)
{
    const std::lock_guard lock(m_mutex);
    must(m_database->checkpoint());
    CipherDb::FileSystem &files = m_files != nullptr ? *m_files : CipherDb::FileSystem::system();
    for (const char *suffix : {"", ".keycheck"}) {
        const std::filesystem::path from = m_path.string() + suffix;
        const auto file = must(CipherDb::RawFile::open(files, from));
        const auto bytes = file ? file->read(0, static_cast<std::size_t>(file->size())) : std::nullopt;
        if (!bytes) {
            throw StoreFailure{Core::unavailable(Core::ErrorReason::StorageIo, "the keyring cannot be read")};
        }
        must(CipherDb::writeFileAtomically(folder / from.filename(), *bytes));
    }
}

void Keyring::verify()
{
    const std::lock_guard lock(m_mutex);
    must(m_database->verify());
}

void Keyring::forgetCached()
{
    for (auto &[user, key] : m_cached) {
        CipherDb::wipe(key.data(), key.size());
    }
    m_cached.clear();
}

}  // namespace Satchel::Server
