// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"

namespace Satchel::Server {

/// One document with all siblings.
class StateGetDocument : public UnaryCommand<Wire::Admin::StateGetDocumentRequest, Wire::Admin::StateGetDocumentResponse> {
public:
    using UnaryCommand::UnaryCommand;
    [[nodiscard]] std::string_view name() const override { return "State/GetDocument"; }
    [[nodiscard]] Action action() const override { return Action::ReadState; }

protected:
    void nameTarget(const Wire::Admin::StateGetDocumentRequest &request, Wire::AuditPersonal &record) const override
    {
        record.user = request.user;
        record.collection = request.collection;
        record.key = request.key;
    }
    [[nodiscard]] Core::Result<Wire::Admin::StateGetDocumentResponse>
    handle(AdminCall &call, const Wire::Admin::StateGetDocumentRequest &request, AdminView &view) const override;
};

}  // namespace Satchel::Server
