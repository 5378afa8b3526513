// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/net/beast.h"

#include <boost/asio/ssl.hpp>

namespace Satchel::Server {

namespace ssl = asio::ssl;
using TlsStream = ssl::stream<LaneStream>;

/// What is taken of TLS 1.2: authenticated encryption with forward secrecy. TLS 1.3 has nothing else.
inline constexpr const char *tlsCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

}  // namespace Satchel::Server
