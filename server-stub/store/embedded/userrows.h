// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "keyring.h"

#include "core/document.h"
#include "core/mutation.h"
#include "server-stub/store/noterows.h"
#include "server-stub/store/rows.h"
#include "wire/codec.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace Satchel::Server {

/// A value sealed under a key, XChaCha20-Poly1305 of libsodium:
///
///     0        0x00, which no serialized message begins with
///     1        version: 1
///     2   24   nonce
///     26       cipher text, as long as the value
///         16   tag, over the cipher text and the name of the row
inline constexpr std::size_t sealedOverheadBytes = 2 + 24 + 16;
[[nodiscard]] bool isSealed(std::string_view stored);
/// A nonce must never come again under the same key; Nonces gives such ones.
[[nodiscard]] std::string seal(const Keyring::Key &key, std::string_view rowName, std::string_view value, std::string_view nonce);
/// DATA_LOSS/STORE_DAMAGED for what this key did not seal for this row.
[[nodiscard]] std::string unseal(const Keyring::Key &key, std::string_view rowName, std::string_view stored);

/// Random nonces, taken from the random source many at a time: asking it for each one costs more than the sealing. Thread-safe.
class Nonces {
public:
    static constexpr std::size_t nonceBytes = 24;

    /// `random` outlives this.
    explicit Nonces(Random &random)
        : m_random(random)
    {
    }
    [[nodiscard]] std::string next();

private:
    static constexpr std::size_t takenAtOnce = 128;

    Random &m_random;
    std::mutex m_mutex;
    std::string m_taken;  ///< from the end of which they are given
};

/// The one place that turns a user's content into what a row of the store keeps, and back: sealed under the user's key and bound to the
/// row, so that nobody who writes to the file can move it to another user or document. Rows of stores that are older than the keyring are
/// not sealed; they are read as they are, and sealed when they are next written. Throws StoreFailure. Thread-safe.
class UserRows {
public:
    enum class Side : std::uint8_t { Winner, Loser };

    /// `random` outlives this.
    UserRows(std::shared_ptr<Keyring> keyring, Random &random)
        : m_keyring(std::move(keyring))
        , m_random(&random)
        , m_nonces(std::make_shared<Nonces>(random))
    {
    }
    [[nodiscard]] Keyring &keyring() const { return *m_keyring; }

    [[nodiscard]] std::string sealEvent(const Core::UserId &user, std::uint64_t seq, const Core::Mutation &mutation) const;
    [[nodiscard]] Core::Mutation event(const Core::UserId &user, std::uint64_t seq, std::string_view stored) const;
    [[nodiscard]] std::string sealDocument(const Core::UserId &user, const Core::DocumentId &id,
                                           const Wire::TrackedDocument &tracked) const;
    [[nodiscard]] Wire::TrackedDocument document(const Core::UserId &user, const Core::DocumentId &id, std::string_view stored) const;
    [[nodiscard]] std::string sealSnapshot(const Core::UserId &user, const Core::DocumentId &id, const Core::Document &state) const;
    [[nodiscard]] Core::Document snapshot(const Core::UserId &user, const Core::DocumentId &id, std::string_view stored) const;
    [[nodiscard]] std::string sealOverwritten(const Core::UserId &user, const OverwrittenRow &row, Side side) const;
    /// Only document, field and seq of the row are looked at.
    [[nodiscard]] Core::Sibling overwritten(const Core::UserId &user, const OverwrittenRow &row, Side side, std::string_view stored) const;

    /// What of an audit record, at this place of the user's tenant's log, is about the user. Of a user who was erased it is sealed for
    /// nobody.
    [[nodiscard]] std::string sealSubject(const Core::UserId &user, std::uint64_t place, std::string_view subject) const;
    /// Empty if it cannot be opened.
    [[nodiscard]] std::string subject(const Core::UserId &user, std::uint64_t place, std::string_view stored) const;
    [[nodiscard]] std::string salt() const;

    /// Author and id of the row are bound to the text.
    [[nodiscard]] std::string sealNote(const Core::UserId &user, const NoteRow &row) const;
    [[nodiscard]] std::string noteText(const Core::UserId &user, const NoteRow &row, std::string_view stored) const;

    /// Any other value of the user's; `rowName` says which row of which table it is in.
    [[nodiscard]] std::string sealed(const Core::UserId &user, std::string_view rowName, std::string_view value) const;
    [[nodiscard]] std::string opened(const Core::UserId &user, std::string_view rowName, std::string_view stored) const;

private:
    std::shared_ptr<Keyring> m_keyring;
    Random *m_random;
    std::shared_ptr<Nonces> m_nonces;
};

}  // namespace Satchel::Server
