// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "runtoken.h"

#include "audit/hash.h"
#include "server-stub/admin/page.h"

namespace Satchel::Server {

namespace {

Core::Error changed(std::string detail)
{
    return Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::ExpectationFailed, std::move(detail),
                           Core::Retry::AfterChange);
}

}  // namespace

RunToken::RunToken(const AdminContext &context, const AdminCall &call, std::string_view method, std::string request)
    : m_tokens(context.tokens)
    , m_query{std::string(method), "run", call.caller.user.tenant, call.caller.user.user, std::move(request)}
    , m_now(call.now)
{
}

void RunToken::add(const std::vector<std::string> &parts)
{
    for (const std::string &part : parts) {
        m_set += std::to_string(part.size()) + ":" + part;
    }
    m_set += ";";
    ++m_count;
}

std::string RunToken::setHash() const
{
    return std::string(Audit::viewOf(Audit::sha256(m_set)));
}

std::string RunToken::seal() const
{
    return m_tokens.seal(m_query, {std::to_string((m_now + lifetime).count()), std::to_string(m_count), setHash()});
}

Core::Result<void> RunToken::check(const std::string &token) const
{
    auto place = m_tokens.open(m_query, token);
    if (!place) {
        return Core::failure(
            Core::invalidArgument(Core::ErrorReason::MalformedInput, "the token is not of a dry run of this request by this operator"));
    }
    if (place->size() != 3 || std::chrono::milliseconds(placeNumber((*place)[0])) < m_now) {
        return Core::failure(changed("the dry run is more than ten minutes old; make another"));
    }
    if ((*place)[2] != setHash()) {
        return Core::failure(changed("since the dry run something has changed: it had " + (*place)[1] + " in its set, there are " +
                                     std::to_string(m_count) + " now; make another"));
    }
    return {};
}

Core::Result<void> RunToken::checkRequest(bool isDryRun, const std::string &token)
{
    if (isDryRun == !token.empty()) {
        return Core::failure(
            Core::invalidArgument(Core::ErrorReason::MalformedInput, "ask for a dry run first, then send the same with its token instead"));
    }
    return {};
}

}  // namespace Satchel::Server
