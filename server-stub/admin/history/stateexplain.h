// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"
#include "wire/resolvemessages.h"

namespace Satchel::Server {

/// Why a field is what it is.
class StateExplain : public UnaryCommand<Wire::Admin::StateExplainRequest, Wire::Admin::StateExplainResponse> {
public:
    using UnaryCommand::UnaryCommand;
    [[nodiscard]] std::string_view name() const override { return "State/Explain"; }
    [[nodiscard]] Action action() const override { return Action::ReadHistory; }

protected:
    void nameTarget(const Wire::Admin::StateExplainRequest &request, Wire::AuditPersonal &record) const override
    {
        record.user = request.user;
        record.collection = request.collection;
        record.key = request.key;
    }
    [[nodiscard]] Core::Result<Wire::Admin::StateExplainResponse> handle(AdminCall &call, const Wire::Admin::StateExplainRequest &request,
                                                                         AdminView &view) const override;
};

}  // namespace Satchel::Server
