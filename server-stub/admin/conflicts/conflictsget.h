// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"
#include "wire/resolvemessages.h"

namespace Satchel::Server {

/// One open conflict: its base, and of each side the author, the clocks and what it had seen.
class ConflictsGet : public UnaryCommand<Wire::Admin::ConflictsGetRequest, Wire::Admin::ConflictsGetResponse> {
public:
    using UnaryCommand::UnaryCommand;
    [[nodiscard]] std::string_view name() const override { return "Conflicts/Get"; }
    [[nodiscard]] Action action() const override { return Action::ReadState; }

protected:
    void nameTarget(const Wire::Admin::ConflictsGetRequest &request, Wire::AuditPersonal &record) const override
    {
        record.user = request.user;
        record.collection = request.collection;
        record.key = request.key;
    }
    [[nodiscard]] Core::Result<Wire::Admin::ConflictsGetResponse> handle(AdminCall &call, const Wire::Admin::ConflictsGetRequest &request,
                                                                         AdminView &view) const override;
};

}  // namespace Satchel::Server
