// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"
#include "wire/resolvemessages.h"

namespace Satchel::Server {

/// Documents as they were.
class StateAt : public UnaryCommand<Wire::Admin::StateAtRequest, Wire::Admin::StateAtResponse> {
public:
    using UnaryCommand::UnaryCommand;
    [[nodiscard]] std::string_view name() const override { return "State/At"; }
    [[nodiscard]] Action action() const override { return Action::ReadHistory; }

protected:
    void nameTarget(const Wire::Admin::StateAtRequest &request, Wire::AuditPersonal &record) const override
    {
        record.user = request.user;
        record.collection = request.collection;
        record.key = request.key;
    }
    [[nodiscard]] Core::Result<Wire::Admin::StateAtResponse> handle(AdminCall &call, const Wire::Admin::StateAtRequest &request,
                                                                    AdminView &view) const override;
};

}  // namespace Satchel::Server
