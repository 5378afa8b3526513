// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"
#include "wire/resolvemessages.h"

namespace Satchel::Server {

/// What differs between two points.
class StateDiff : public UnaryCommand<Wire::Admin::StateDiffRequest, Wire::Admin::StateDiffResponse> {
public:
    using UnaryCommand::UnaryCommand;
    [[nodiscard]] std::string_view name() const override { return "State/Diff"; }
    [[nodiscard]] Action action() const override { return Action::ReadHistory; }

protected:
    void nameTarget(const Wire::Admin::StateDiffRequest &request, Wire::AuditPersonal &record) const override
    {
        record.user = request.user;
        record.collection = request.collection;
        record.key = request.key;
    }
    [[nodiscard]] Core::Result<Wire::Admin::StateDiffResponse> handle(AdminCall &call, const Wire::Admin::StateDiffRequest &request,
                                                                      AdminView &view) const override;
};

}  // namespace Satchel::Server
