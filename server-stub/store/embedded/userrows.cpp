// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "userrows.h"

#include "sql.h"

#include "cipherdb/bigendian.h"

#include <sodium.h>

namespace Satchel::Server {

namespace {

constexpr char sealedMark = '\0';
constexpr char sealedVersion = 1;
constexpr std::size_t nonceBytes = Nonces::nonceBytes;
static_assert(nonceBytes == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
constexpr std::size_t tagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t headBytes = 2;
static_assert(sealedOverheadBytes == headBytes + nonceBytes + tagBytes);

const std::uint8_t *bytesOf(std::string_view view)
{
    return reinterpret_cast<const std::uint8_t *>(view.data());
}

std::uint8_t *bytesOf(std::string &text)
{
    return reinterpret_cast<std::uint8_t *>(text.data());
}

Core::Error damaged(const char *why)
{
    return Core::makeError(Core::ErrorCode::DataLoss, Core::ErrorReason::StoreDamaged, why, Core::Retry::AfterChange);
}

/// Parts with their lengths, so that no two rows have one name.
std::string nameOf(std::string_view table, std::initializer_list<std::string_view> parts)
{
    std::string name(table);
    for (const std::string_view part : parts) {
        CipherDb::appendBigEndian64(name, part.size());
        name.append(part);
    }
    return name;
}

std::string nameOf(std::string_view table, std::uint64_t seq)
{
    std::string name(table);
    CipherDb::appendBigEndian64(name, seq);
    return name;
}

std::string nameOf(std::string_view table, const Core::DocumentId &id)
{
    return nameOf(table, {id.collection, id.key});
}

std::string nameOf(const OverwrittenRow &row, UserRows::Side side)
{
    return nameOf(side == UserRows::Side::Winner ? "overwritten.winner" : "overwritten.loser",
                  {row.document.collection, row.document.key, row.field}) +
           nameOf("", row.seq);
}

}  // namespace

bool isSealed(std::string_view stored)
{
    return !stored.empty() && stored.front() == sealedMark;
}

std::string seal(const Keyring::Key &key, std::string_view rowName, std::string_view value, std::string_view nonce)
{
    std::string out;
    out.reserve(sealedOverheadBytes + value.size());
    out.push_back(sealedMark);
    out.push_back(sealedVersion);
    out.append(nonce);
    out.resize(sealedOverheadBytes + value.size());
    std::uint8_t *bytes = bytesOf(out);
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + headBytes + nonceBytes, nullptr, bytesOf(value), value.size(), bytesOf(rowName),
                                               rowName.size(), nullptr, bytes + headBytes, key.data());
    return out;
}

std::string Nonces::next()
{
    const std::lock_guard lock(m_mutex);
    if (m_taken.empty()) {
        m_taken = m_random.bytes(takenAtOnce * nonceBytes);
    }
    std::string nonce = m_taken.substr(m_taken.size() - nonceBytes);
    m_taken.resize(m_taken.size() - nonceBytes);
    return nonce;
}

std::string unseal(const Keyring::Key &key, std::string_view rowName, std::string_view stored)
{
    if (!isSealed(stored) || stored.size() < sealedOverheadBytes || stored[1] != sealedVersion) {
        throw StoreFailure{damaged("a sealed value cannot be read")};
    }
    std::string out(stored.size() - sealedOverheadBytes, '\0');
    const std::string_view cipherText = stored.substr(headBytes + nonceBytes);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(bytesOf(out), nullptr, nullptr, bytesOf(cipherText), cipherText.size(), bytesOf(rowName),
                                                   rowName.size(), bytesOf(stored) + headBytes, key.data()) != 0) {
        throw StoreFailure{damaged("a sealed value was changed, or is not this row's")};
    }
    return out;
}

std::string UserRows::sealed(const Core::UserId &user, std::string_view rowName, std::string_view value) const
{
    return seal(m_keyring->keyFor(user), rowName, value, m_nonces->next());
}

std::string UserRows::opened(const Core::UserId &user, std::string_view rowName, std::string_view stored) const
{
    return isSealed(stored) ? unseal(m_keyring->known(user), rowName, stored) : std::string(stored);
}

std::string UserRows::sealEvent(const Core::UserId &user, std::uint64_t seq, const Core::Mutation &mutation) const
{
    return sealed(user, nameOf("events", seq), Wire::encode(mutation));
}

Core::Mutation UserRows::event(const Core::UserId &user, std::uint64_t seq, std::string_view stored) const
{
    return must(Wire::decodeStoredMutation(opened(user, nameOf("events", seq), stored)));
}

std::string UserRows::sealDocument(const Core::UserId &user, const Core::DocumentId &id, const Wire::TrackedDocument &tracked) const
{
    return sealed(user, nameOf("documents", id), Wire::encode(tracked));
}

Wire::TrackedDocument UserRows::document(const Core::UserId &user, const Core::DocumentId &id, std::string_view stored) const
{
    return must(Wire::decodeStoredTracked(opened(user, nameOf("documents", id), stored)));
}

std::string UserRows::sealSnapshot(const Core::UserId &user, const Core::DocumentId &id, const Core::Document &state) const
{
    return sealed(user, nameOf("snapshots", id), Wire::encode(state));
}

Core::Document UserRows::snapshot(const Core::UserId &user, const Core::DocumentId &id, std::string_view stored) const
{
    return must(Wire::decodeStoredDocument(opened(user, nameOf("snapshots", id), stored)));
}

std::string UserRows::sealOverwritten(const Core::UserId &user, const OverwrittenRow &row, Side side) const
{
    const Core::Sibling &sibling = side == Side::Winner ? row.winner : row.loser;
    Core::Document one;
    one.context.add(sibling.dot);
    one.at(row.field).siblings.push_back(sibling);
    return sealed(user, nameOf(row, side), Wire::encode(one));
}

Core::Sibling UserRows::overwritten(const Core::UserId &user, const OverwrittenRow &row, Side side, std::string_view stored) const
{
    const Core::Document document = must(Wire::decodeStoredDocument(opened(user, nameOf(row, side), stored)));
    const Core::FieldState *state = document.find(row.field);
    if (state == nullptr || state->siblings.size() != 1) {
        throw StoreFailure{damaged("an overwritten value cannot be read")};
    }
    return state->siblings.front();
}

std::string UserRows::sealSubject(const Core::UserId &user, std::uint64_t place, std::string_view subject) const
{
    Keyring::Key key;
    if (m_keyring->isErased(user)) {
        const std::string nobodys = m_random->bytes(key.size());
        std::copy(nobodys.begin(), nobodys.end(), key.begin());
    } else {
        key = m_keyring->keyFor(user);
    }
    return seal(key, nameOf("audit_records", place), subject, m_nonces->next());
}

std::string UserRows::subject(const Core::UserId &user, std::uint64_t place, std::string_view stored) const
{
    const auto key = m_keyring->find(user);
    try {
        return key ? unseal(*key, nameOf("audit_records", place), stored) : std::string();
    } catch (const StoreFailure &) {
        // The log is shown as it is; whoever verifies it finds the record that was changed.
        return {};
    }
}

std::string UserRows::sealNote(const Core::UserId &user, const NoteRow &row) const
{
    return sealed(user, nameOf("notes", {row.id, row.author}), row.text);
}

std::string UserRows::noteText(const Core::UserId &user, const NoteRow &row, std::string_view stored) const
{
    return opened(user, nameOf("notes", {row.id, row.author}), stored);
}

std::string UserRows::salt() const
{
    constexpr std::size_t saltBytes = 32;
    return m_random->bytes(saltBytes);
}

}  // namespace Satchel::Server
