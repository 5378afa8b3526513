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

protected:
    [[nodiscard]] Core::Result<Wire::Admin::StateGetDocumentResponse>
    handle(const Identity &caller, const Wire::Admin::StateGetDocumentRequest &request, AdminView &view) const override;
};

}  // namespace Satchel::Server
