// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "tools/answer.h"

#include "wire/adminmessages.h"

namespace Satchel::Console {

/// What browsing a user's state needs from the server.
class StateInterface {
public:
    virtual ~StateInterface() = default;
    [[nodiscard]] virtual Answer<Wire::Admin::StateListDocumentsResponse>
    stateListDocuments(const Wire::Admin::StateListDocumentsRequest &request) = 0;
    [[nodiscard]] virtual Answer<Wire::Admin::StateGetDocumentResponse>
    stateGetDocument(const Wire::Admin::StateGetDocumentRequest &request) = 0;
};

}  // namespace Satchel::Console
