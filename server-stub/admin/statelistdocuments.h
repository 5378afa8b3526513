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

protected:
    [[nodiscard]] Core::Result<Wire::Admin::StateListDocumentsResponse>
    handle(const Identity &caller, const Wire::Admin::StateListDocumentsRequest &request, AdminView &view) const override;
};

}  // namespace Satchel::Server
