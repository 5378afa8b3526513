// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/protobuf/admincodec_p.h"
#include "wire/statsmessages.h"

namespace Satchel::Wire::Admin {

SATCHEL_ADMIN_MESSAGE(StatsGetRequest)
SATCHEL_ADMIN_MESSAGE(StatsGetResponse)
SATCHEL_ADMIN_MESSAGE(WatchRequest)
SATCHEL_ADMIN_MESSAGE(WatchEvent)

}  // namespace Satchel::Wire::Admin
