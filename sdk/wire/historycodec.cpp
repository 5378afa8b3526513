// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/protobuf/admincodec_p.h"
#include "wire/resolvemessages.h"

namespace Satchel::Wire::Admin {

SATCHEL_ADMIN_MESSAGE(StateHistoryRequest)
SATCHEL_ADMIN_MESSAGE(StateHistoryResponse)
SATCHEL_ADMIN_MESSAGE(StateAtRequest)
SATCHEL_ADMIN_MESSAGE(StateAtResponse)
SATCHEL_ADMIN_MESSAGE(StateDiffRequest)
SATCHEL_ADMIN_MESSAGE(StateDiffResponse)
SATCHEL_ADMIN_MESSAGE(StateExplainRequest)
SATCHEL_ADMIN_MESSAGE(StateExplainResponse)
SATCHEL_ADMIN_MESSAGE(StateRestoreRequest)
SATCHEL_ADMIN_MESSAGE(StateRestoreResponse)
SATCHEL_ADMIN_MESSAGE(StateUndoRequest)
SATCHEL_ADMIN_MESSAGE(StateUndoResponse)
SATCHEL_ADMIN_MESSAGE(ConflictsGetRequest)
SATCHEL_ADMIN_MESSAGE(ConflictsGetResponse)
SATCHEL_ADMIN_MESSAGE(ConflictsResolveRequest)
SATCHEL_ADMIN_MESSAGE(ConflictsResolveResponse)
SATCHEL_ADMIN_MESSAGE(ConflictsResolveManyRequest)
SATCHEL_ADMIN_MESSAGE(ConflictsResolveManyResponse)
SATCHEL_ADMIN_MESSAGE(ConflictsBringBackRequest)
SATCHEL_ADMIN_MESSAGE(ConflictsBringBackResponse)
SATCHEL_ADMIN_MESSAGE(DevicesRevokeManyRequest)
SATCHEL_ADMIN_MESSAGE(DevicesRevokeManyResponse)

}  // namespace Satchel::Wire::Admin
