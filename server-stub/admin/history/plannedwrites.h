// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/conflicts/operatorcall.h"
#include "server-stub/admin/conflicts/runtoken.h"

#include <string>
#include <vector>

namespace Satchel::Server {

/// Drafts that a dry run says and the same call with its token carries out.
class PlannedWrites {
public:
    /// RESOURCE_EXHAUSTED/LIMIT_EXCEEDED above what one call may write.
    [[nodiscard]] Core::Result<void> add(std::vector<OperatorDraft> drafts);

    /// Dry run: the token for `token`, and nothing is written. Otherwise what `token` allows is written, or FAILED_PRECONDITION.
    [[nodiscard]] Core::Result<Wire::Admin::OperatorWritten> finish(const AdminContext &context, AdminCall &call, RunToken run,
                                                                    bool isDryRun, std::string &token) &&;
    [[nodiscard]] const std::vector<OperatorDraft> &drafts() const { return m_drafts; }

private:
    std::vector<OperatorDraft> m_drafts;
};

/// The draft as parts of what a token is bound to.
[[nodiscard]] std::vector<std::string> partsOf(const OperatorDraft &draft);

/// Ends the call that planned these: a dry run, or what its token allows. Fills in what `response` says of either.
template <typename Request, typename Response>
[[nodiscard]] Core::Result<Response> carryOut(PlannedWrites writes, const AdminContext &context, AdminCall &call, std::string_view name,
                                              const Request &request, Response response)
{
    Request bound = request;
    bound.isDryRun = false;
    bound.token.clear();
    response.token = request.token;
    RunToken run(context, call, name, Wire::Admin::encode(bound, Wire::Admin::Format::Protobuf));
    auto written = std::move(writes).finish(context, call, std::move(run), request.isDryRun, response.token);
    if (!written) {
        return Core::failure(std::move(written.error()));
    }
    response.written = std::move(*written);
    response.written.user = request.user;
    return response;
}

}  // namespace Satchel::Server
