// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace Satchel::Server {

/// How far the head of a request has come.
struct HeadProgress {
    std::optional<std::size_t> end;  ///< bytes of the head with the empty line behind it; none: more is to come
    const char *mistake = nullptr;   ///< why it can be nothing that two readers understand alike; none: nothing yet
};

/// Looks at what has come of a request, from its first byte. A head that a proxy in front may read in another way than the parser behind
/// (request smuggling) is a mistake: bare LF or CR, control characters, folded lines, white space before a colon, a target or version of
/// another form, Content-Length twice, signed or beside Transfer-Encoding, a Transfer-Encoding other than chunked, Host missing or twice.
/// No memory, no recursion; time linear in the head.
[[nodiscard]] HeadProgress readHead(std::string_view received);

}  // namespace Satchel::Server
