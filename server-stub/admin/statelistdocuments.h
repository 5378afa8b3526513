// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"

namespace Satchel::Server {

/// Pages through a user's documents, ordered by collection and key.
class StateListDocuments : public UnaryCommand<Wire::Admin::StateListDocumentsRequest, Wire::Admin::StateListDocumentsResponse> {
public:
    using UnaryCommand::UnaryCommand;
    [[nodiscard]] std::string_view name() const override { return "State/ListDocuments"; }
    [[nodiscard]] Action action() const override { return Action::ReadState; }

protected:
    void nameTarget(const Wire::Admin::StateListDocumentsRequest &request, Wire::AuditPersonal &record) const override
    {
        record.user = request.user;
        record.collection = request.collection;
    }
    [[nodiscard]] Core::Result<Wire::Admin::StateListDocumentsResponse>
    handle(AdminCall &call, const Wire::Admin::StateListDocumentsRequest &request, AdminView &view) const override;
};

}  // namespace Satchel::Server
