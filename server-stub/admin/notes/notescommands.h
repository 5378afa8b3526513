// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"
#include "wire/rightsmessages.h"

#include <cstddef>

namespace Satchel::Server {

inline constexpr std::size_t noteBytesMax = 4096;
inline constexpr std::size_t notesOfUserMax = 500;

/// What operators noted about a user.
class UsersNotes : public UnaryCommand<Wire::Admin::UsersNotesRequest, Wire::Admin::UsersNotesResponse> {
public:
    using UnaryCommand::UnaryCommand;
    [[nodiscard]] std::string_view name() const override { return "Users/Notes"; }
    [[nodiscard]] Action action() const override { return Action::Notes; }
    [[nodiscard]] bool isLookingAtUser() const override { return true; }

protected:
    void nameTarget(const Wire::Admin::UsersNotesRequest &request, Wire::AuditPersonal &record) const override
    {
        record.user = request.user;
    }
    [[nodiscard]] Core::Result<Wire::Admin::UsersNotesResponse> handle(AdminCall &call, const Wire::Admin::UsersNotesRequest &request,
                                                                       AdminView &view) const override;
};

class UsersAddNote : public UnaryCommand<Wire::Admin::UsersAddNoteRequest, Wire::Admin::UsersAddNoteResponse> {
public:
    using UnaryCommand::UnaryCommand;
    [[nodiscard]] std::string_view name() const override { return "Users/AddNote"; }
    [[nodiscard]] Action action() const override { return Action::Notes; }

protected:
    void nameTarget(const Wire::Admin::UsersAddNoteRequest &request, Wire::AuditPersonal &record) const override
    {
        record.user = request.user;
    }
    [[nodiscard]] Core::Result<Wire::Admin::UsersAddNoteResponse> handle(AdminCall &call, const Wire::Admin::UsersAddNoteRequest &request,
                                                                         AdminView &view) const override;
};

/// For its author and for admins.
class UsersRemoveNote : public UnaryCommand<Wire::Admin::UsersRemoveNoteRequest, Wire::Admin::UsersRemoveNoteResponse> {
public:
    using UnaryCommand::UnaryCommand;
    [[nodiscard]] std::string_view name() const override { return "Users/RemoveNote"; }
    [[nodiscard]] Action action() const override { return Action::Notes; }

protected:
    void nameTarget(const Wire::Admin::UsersRemoveNoteRequest &request, Wire::AuditPersonal &record) const override
    {
        record.user = request.user;
    }
    [[nodiscard]] Core::Result<Wire::Admin::UsersRemoveNoteResponse>
    handle(AdminCall &call, const Wire::Admin::UsersRemoveNoteRequest &request, AdminView &view) const override;
};

}  // namespace Satchel::Server
