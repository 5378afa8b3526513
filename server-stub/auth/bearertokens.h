// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/auth/identityoptions.h"
#include "server-stub/auth/issuerverifier.h"
#include "server-stub/auth/jwt.h"
#include "server-stub/ops/log.h"

#include <memory>
#include <optional>

namespace Satchel::Server {

/// All tokens that the server takes: an external issuer's, its own development tokens, or both.
class BearerTokens : public TokenVerifier {
public:
    /// INVALID_ARGUMENT if the keys cannot be had from where the options say. A provider that does not answer yet is no error.
    /// `development` counts where the options want development tokens. The log must outlive the object.
    [[nodiscard]] static Core::Result<std::unique_ptr<BearerTokens>> make(const IdentityOptions &options, JwtSettings development,
                                                                          Log &log);

    [[nodiscard]] Core::Result<Identity> verify(std::string_view token, std::chrono::milliseconds now) const override;
    /// Reads the external issuer's keys anew.
    void reload();
    /// False while the external issuer's keys are yet to come.
    [[nodiscard]] bool isReady() const { return !m_keys || m_keys->keys() != nullptr; }

private:
    BearerTokens() = default;

    std::unique_ptr<KeySource> m_keys;
    std::unique_ptr<IssuerVerifier> m_issuer;
    std::unique_ptr<JwtVerifier> m_development;
};

}  // namespace Satchel::Server
