// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/rightsmessages.h"

#include "wire/protobuf/admincodec_p.h"

namespace Satchel::Wire::Admin {

SATCHEL_ADMIN_MESSAGE(BackupsCreateRequest)
SATCHEL_ADMIN_MESSAGE(BackupsCreateResponse)
SATCHEL_ADMIN_MESSAGE(UsersEraseRequest)
SATCHEL_ADMIN_MESSAGE(UsersEraseResponse)
SATCHEL_ADMIN_MESSAGE(UsersExportRequest)
SATCHEL_ADMIN_MESSAGE(UsersExportResponse)
SATCHEL_ADMIN_MESSAGE(DevicesWipeRequest)
SATCHEL_ADMIN_MESSAGE(DevicesWipeResponse)
SATCHEL_ADMIN_MESSAGE(UsersNotesRequest)
SATCHEL_ADMIN_MESSAGE(UsersNotesResponse)
SATCHEL_ADMIN_MESSAGE(UsersAddNoteRequest)
SATCHEL_ADMIN_MESSAGE(UsersAddNoteResponse)
SATCHEL_ADMIN_MESSAGE(UsersRemoveNoteRequest)
SATCHEL_ADMIN_MESSAGE(UsersRemoveNoteResponse)

}  // namespace Satchel::Wire::Admin
