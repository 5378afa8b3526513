// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "embeddedreader.h"
#include "embeddedtransaction.h"
#include "sql.h"

namespace Satchel::Server {

namespace {

/// Of a row that begins with id, author, created_ms and text.
NoteRow readNote(Query &rows, const UserRows &userRows, const Core::UserId &user)
{
    NoteRow note;
    note.id = rows.bytes();
    note.author = rows.bytes();
    note.created = rows.time();
    note.text = userRows.noteText(user, note, rows.view());
    return note;
}

}  // namespace

Core::Result<std::vector<NoteRow>> EmbeddedReader::notes(const NotesQuery &query)
{
    return guarded([&] {
        Query rows(m_database, "SELECT n.id, n.author, n.created_ms, n.text FROM owners o JOIN notes n ON n.owner = o.id"
                               " WHERE o.tenant = ? AND o.user = ? AND (n.created_ms, n.id) < (?, ?)"
                               " ORDER BY n.created_ms DESC, n.id DESC LIMIT ?");
        rows << query.user.tenant << query.user.user << query.beforeTime << query.beforeId << static_cast<std::uint64_t>(query.rowsMax);
        std::vector<NoteRow> out;
        while (rows.next()) {
            out.push_back(readNote(rows, m_rows, query.user));
        }
        return out;
    });
}

Core::Result<void> EmbeddedTransaction::addNote(const OwnerRow &owner, const NoteRow &note)
{
    return guarded([&] {
        (Query(m_database, "INSERT INTO notes (owner, id, author, created_ms, text) VALUES (?, ?, ?, ?, ?)")
         << owner.id << note.id << note.author << note.created << m_rows.sealNote(owner.user, note))
            .run();
    });
}

Core::Result<std::optional<NoteRow>> EmbeddedTransaction::note(const OwnerRow &owner, const std::string &id)
{
    return guarded([&] {
        Query rows(m_database, "SELECT id, author, created_ms, text FROM notes WHERE owner = ? AND id = ?");
        rows << owner.id << id;
        return rows.next() ? std::optional(readNote(rows, m_rows, owner.user)) : std::nullopt;
    });
}

Core::Result<std::uint64_t> EmbeddedTransaction::noteCount(const OwnerRow &owner)
{
    return guarded([&] {
        Query rows(m_database, "SELECT count(*) FROM notes WHERE owner = ?");
        rows << owner.id;
        return rows.next() ? rows.natural() : 0;
    });
}

Core::Result<void> EmbeddedTransaction::removeNote(const OwnerRow &owner, const std::string &id)
{
    return guarded([&] { (Query(m_database, "DELETE FROM notes WHERE owner = ? AND id = ?") << owner.id << id).run(); });
}

}  // namespace Satchel::Server
