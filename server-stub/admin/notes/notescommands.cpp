// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "notescommands.h"

#include "core/value.h"
#include "server-stub/admin/access/approvals.h"
#include "server-stub/admin/page.h"

#include <algorithm>
#include <memory>

namespace Satchel::Server {

using Core::ErrorCode;
using Core::ErrorReason;

namespace {

constexpr std::size_t noteIdBytes = 16;

Wire::Admin::Note shownNote(NoteRow row)
{
    return {std::move(row.id), std::move(row.author), row.created, std::move(row.text)};
}

/// A note is shown as it is: what is no plain text could lie about where it ends.
Core::Result<void> checkText(const std::string &text)
{
    if (text.size() > noteBytesMax) {
        return Core::failure(
            Core::makeError(ErrorCode::ResourceExhausted, ErrorReason::LimitExceeded,
                            "a note has at most " + std::to_string(noteBytesMax) + " bytes; this one has " + std::to_string(text.size()),
                            Core::Retry::AfterChange));
    }
    const auto isControl = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F;
    };
    if (!Core::isUtf8(text) || std::any_of(text.begin(), text.end(), isControl) || text.find_first_not_of(" \t\n") == std::string::npos) {
        return Core::failure(Core::invalidArgument(
            ErrorReason::MalformedInput, "a note is plain text in UTF-8, not empty, of control characters only line feeds and tabs"));
    }
    return {};
}

/// Before the log is asked, which would make a row for a user that is not known.
Core::Result<void> checkUser(const Core::UserId &user, AdminView &view)
{
    const auto found = view.user(user);
    if (!found) {
        return Core::failure(found.error());
    }
    return *found ? Core::Result<void>() : Core::failure(notFound("there is no such user"));
}

using Step = std::function<Core::Result<ChangeAnswer>(WriteTransaction &log, const OwnerRow &owner, std::chrono::milliseconds now)>;

/// In one transaction with the record, which names the note by its id.
Core::Result<void> changeNotes(const AdminContext &context, AdminCall &call, const Core::UserId &user, const std::string &id, Step step)
{
    OperatorChange change;
    call.record.personal.key = id;
    bound(call.record.personal);
    change.record = call.record;
    change.make = [user, step = std::move(step)](WriteTransaction &log, std::chrono::milliseconds now,
                                                 OperatorChange::Record &) -> Core::Result<ChangeAnswer> {
        const auto isErased = log.isErased(user);
        if (!isErased) {
            return Core::failure(isErased.error());
        }
        if (*isErased) {
            return ChangeAnswer(Core::failure(goneError()));
        }
        auto owner = log.owner(user, now);
        return owner ? step(log, **owner, now) : Core::failure(std::move(owner.error()));
    };
    call.isRecorded = true;
    return changeNow(context, std::move(change));
}

}  // namespace

Core::Result<Wire::Admin::UsersNotesResponse> UsersNotes::handle(AdminCall &call, const Wire::Admin::UsersNotesRequest &request,
                                                                 AdminView &view) const
{
    const Core::UserId user{call.caller.user.tenant, request.user};
    const auto page = Page::open(m_context.tokens, {"Users/Notes", user.tenant, user.user}, request.page);
    if (!page) {
        return Core::failure(page.error());
    }
    if (auto known = checkUser(user, view); !known) {
        return Core::failure(std::move(known.error()));
    }
    NotesQuery query;
    query.user = user;
    query.rowsMax = page->rowsToAsk();
    if (page->place().size() == 2) {
        query.beforeTime = std::chrono::milliseconds(placeNumber(page->place()[0]));
        query.beforeId = page->place()[1];
    }
    auto found = view.notes(query);
    if (!found) {
        return Core::failure(std::move(found.error()));
    }
    Wire::Admin::UsersNotesResponse response;
    response.nextToken =
        page->close(*found, [](const NoteRow &last) { return Page::Place{std::to_string(last.created.count()), last.id}; });
    for (NoteRow &row : *found) {
        response.notes.push_back(shownNote(std::move(row)));
    }
    return response;
}

Core::Result<Wire::Admin::UsersAddNoteResponse> UsersAddNote::handle(AdminCall &call, const Wire::Admin::UsersAddNoteRequest &request,
                                                                     AdminView &view) const
{
    const Core::UserId user{call.caller.user.tenant, request.user};
    if (auto right = checkText(request.text); !right) {
        return Core::failure(std::move(right.error()));
    }
    if (auto known = checkUser(user, view); !known) {
        return Core::failure(std::move(known.error()));
    }
    const auto note = std::make_shared<NoteRow>();
    note->id = toHex(m_context.random.bytes(noteIdBytes));
    note->author = call.caller.user.user;
    note->text = request.text;
    const Step add = [note](WriteTransaction &log, const OwnerRow &owner, std::chrono::milliseconds now) -> Core::Result<ChangeAnswer> {
        auto count = log.noteCount(owner);
        if (!count) {
            return Core::failure(std::move(count.error()));
        }
        if (*count >= notesOfUserMax) {
            return ChangeAnswer(Core::failure(Core::makeError(
                ErrorCode::ResourceExhausted, ErrorReason::LimitExceeded,
                "there are " + std::to_string(notesOfUserMax) + " notes on the user; remove one first", Core::Retry::AfterChange)));
        }
        note->created = now;
        return log.addNote(owner, *note).map([] { return ChangeAnswer(); });
    };
    return changeNotes(m_context, call, user, note->id, add).map([&note] { return Wire::Admin::UsersAddNoteResponse{shownNote(*note)}; });
}

Core::Result<Wire::Admin::UsersRemoveNoteResponse>
UsersRemoveNote::handle(AdminCall &call, const Wire::Admin::UsersRemoveNoteRequest &request, AdminView &view) const
{
    const Core::UserId user{call.caller.user.tenant, request.user};
    if (auto known = checkUser(user, view); !known) {
        return Core::failure(std::move(known.error()));
    }
    const Step remove = [id = request.id, caller = call.caller](WriteTransaction &log, const OwnerRow &owner,
                                                                std::chrono::milliseconds) -> Core::Result<ChangeAnswer> {
        auto found = log.note(owner, id);
        if (!found) {
            return Core::failure(std::move(found.error()));
        }
        if (!*found) {
            return ChangeAnswer(Core::failure(notFound("the user has no such note")));
        }
        if ((*found)->author != caller.user.user && !caller.hasRole(roleAdmin)) {
            return ChangeAnswer(Core::failure(Core::makeError(ErrorCode::PermissionDenied, ErrorReason::RoleMissing,
                                                              "another operator wrote the note; its author or an admin can remove it")));
        }
        return log.removeNote(owner, id).map([] { return ChangeAnswer(); });
    };
    return changeNotes(m_context, call, user, request.id, remove).map([] { return Wire::Admin::UsersRemoveNoteResponse{}; });
}

}  // namespace Satchel::Server
