// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <string>

namespace Satchel::Test {

/// A certificate for TLS that vouches for itself, made by the test; a client that trusts it takes the names that it is for.
struct Certificate {
    std::string pem;
    std::string keyPem;

    /// `names` as OpenSSL writes alternative names: "IP:127.0.0.1,DNS:localhost". Valid from an hour ago, for `days`; negative: it has
    /// expired.
    [[nodiscard]] static Certificate make(const std::string &names, int days = 1);
};

}  // namespace Satchel::Test
