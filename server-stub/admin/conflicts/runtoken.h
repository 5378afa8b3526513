// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"

#include <string>
#include <vector>

namespace Satchel::Server {

/// What ties carrying out to its dry run: a token that is signed, lives for ten minutes, and is bound to the caller, the request and the
/// exact set of what would be written.
class RunToken {
public:
    static constexpr std::chrono::milliseconds lifetime{600'000};

    /// `request`: all of it but whether it is a dry run, and the token.
    RunToken(const AdminContext &context, const AdminCall &call, std::string_view method, std::string request);

    /// Parts of the set, in its order.
    void add(const std::vector<std::string> &parts);

    [[nodiscard]] std::string seal() const;
    /// INVALID_ARGUMENT for a token of another caller or request, FAILED_PRECONDITION for one that is too old, or of another set.
    [[nodiscard]] Core::Result<void> check(const std::string &token) const;
    /// INVALID_ARGUMENT unless exactly one of them is given.
    [[nodiscard]] static Core::Result<void> checkRequest(bool isDryRun, const std::string &token);

private:
    [[nodiscard]] std::string setHash() const;

    const PageTokens &m_tokens;
    PageTokens::Query m_query;
    std::chrono::milliseconds m_now;
    std::string m_set;
    std::size_t m_count = 0;
};

}  // namespace Satchel::Server
