// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"
#include "wire/resolvemessages.h"

namespace Satchel::Server {

/// Pages through the events of a document or a user, newest first.
class StateHistory : public UnaryCommand<Wire::Admin::StateHistoryRequest, Wire::Admin::StateHistoryResponse> {
public:
    using UnaryCommand::UnaryCommand;
    [[nodiscard]] std::string_view name() const override { return "State/History"; }
    [[nodiscard]] Action action() const override { return Action::ReadHistory; }

protected:
    void nameTarget(const Wire::Admin::StateHistoryRequest &request, Wire::AuditPersonal &record) const override
    {
        record.user = request.user;
        record.collection = request.collection;
        record.key = request.key;
    }
    [[nodiscard]] Core::Result<Wire::Admin::StateHistoryResponse> handle(AdminCall &call, const Wire::Admin::StateHistoryRequest &request,
                                                                         AdminView &view) const override;
};

}  // namespace Satchel::Server
