// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "tools/conflicts/conflictstool.h"
#include "tools/users/userstool.h"

namespace Satchel::Console {

std::vector<ToolFactory> toolFactories()
{
    return {usersToolFactory(), conflictsToolFactory()};
}

}  // namespace Satchel::Console
