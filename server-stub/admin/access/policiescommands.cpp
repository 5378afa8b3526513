// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "policiescommands.h"

#include "server-stub/ops/policyfile.h"

#include <future>
#include <set>

namespace Satchel::Server {

using Core::ErrorCode;
using Core::ErrorReason;

namespace {

using Wire::Admin::PoliciesChange;

/// Which collections behave otherwise by the new policies, with how many documents of each there are.
Core::Result<std::vector<PoliciesChange>> changesOf(const Policies &before, const Policies &after, AdminView &view)
{
    std::set<std::string> names;
    for (const auto *all : {&before.shared.all(), &after.shared.all()}) {
        for (const auto &[name, policy] : *all) {
            names.insert(name);
        }
    }
    auto counts = view.documentCounts();
    if (!counts) {
        return Core::failure(std::move(counts.error()));
    }
    const auto ownOf = [](const Policies &policies, const std::string &name) {
        const auto own = policies.collections.find(name);
        return own != policies.collections.end() ? own->second : ServerPolicy{};
    };
    std::vector<PoliciesChange> changes;
    for (const std::string &name : names) {
        const Core::Policy &one = before.shared.of(name);
        const Core::Policy &other = after.shared.of(name);
        PoliciesChange change{name, (*counts)[name], false, false};
        change.isMergedOtherwise = one.conflict != other.conflict || one.fieldKinds != other.fieldKinds;
        change.isOtherwiseChanged =
            one.consistency != other.consistency || one.sensitivity != other.sensitivity || ownOf(before, name) != ownOf(after, name);
        if (change.isMergedOtherwise || change.isOtherwiseChanged) {
            changes.push_back(std::move(change));
        }
    }
    return changes;
}

}  // namespace

Core::Result<Wire::Admin::PoliciesGetResponse> PoliciesGet::handle(AdminCall &call, const Wire::Admin::PoliciesGetRequest &request,
                                                                   AdminView &view) const
{
    if (auto home = checkHome(call); !home) {
        return Core::failure(std::move(home.error()));
    }
    const std::uint64_t version = request.version != 0 ? request.version : call.policies->version();
    auto found = version == 0 ? Core::Result<std::optional<PolicyVersion>>(std::nullopt) : view.policyVersion(version);
    if (!found) {
        return Core::failure(std::move(found.error()));
    }
    if (!*found && request.version != 0) {
        return Core::failure(notFound("there is no such version of the policies"));
    }
    Wire::Admin::PoliciesGetResponse response;
    response.version = version;
    response.isFile = m_context.policies.isFile();
    if (*found) {
        response.text = std::move((*found)->text);
        response.time = (*found)->time;
        response.author = std::move((*found)->author);
    }
    return response;
}

Core::Result<Wire::Admin::PoliciesPutResponse> PoliciesPut::handle(AdminCall &call, const Wire::Admin::PoliciesPutRequest &request,
                                                                   AdminView &view) const
{
    if (auto home = checkHome(call); !home) {
        return Core::failure(std::move(home.error()));
    }
    auto parsed = parsePolicies(request.text);
    if (!parsed) {
        return Core::failure(std::move(parsed.error()));
    }
    if (request.expectedVersion != call.policies->version() || parsed->shared.version() <= call.policies->version()) {
        return Core::failure(Core::makeError(ErrorCode::FailedPrecondition, ErrorReason::ExpectationFailed,
                                             "policies of version " + std::to_string(call.policies->version()) +
                                                 " are in force; begin with those, and give the new ones a higher version",
                                             Core::Retry::AfterChange));
    }
    auto changes = changesOf(call.access->policies(), *parsed, view);
    if (!changes) {
        return Core::failure(std::move(changes.error()));
    }
    Wire::Admin::PoliciesPutResponse response{parsed->shared.version(), std::move(*changes),
                                              !(parsed->access == call.access->policies().access)};
    if (request.isDryRun) {
        return response;
    }
    if (m_context.policies.isFile()) {
        return Core::failure(Core::makeError(ErrorCode::FailedPrecondition, ErrorReason::None,
                                             "the policies come from a file (--policies); change that, and send SIGHUP",
                                             Core::Retry::AfterChange));
    }
    const auto promise = std::make_shared<std::promise<Core::Result<void>>>();
    call.isRecorded = true;
    m_context.policies.change({std::move(*parsed), request.expectedVersion, call.caller.user.user, call.record},
                              [promise](Core::Result<void> done) { promise->set_value(std::move(done)); });
    return promise->get_future().get().map([&response] { return std::move(response); });
}

Core::Result<Wire::Admin::PoliciesHistoryResponse>
PoliciesHistory::handle(AdminCall &call, const Wire::Admin::PoliciesHistoryRequest &request, AdminView &view) const
{
    if (auto home = checkHome(call); !home) {
        return Core::failure(std::move(home.error()));
    }
    const auto rows = rowsOf({request.size, {}});
    if (!rows) {
        return Core::failure(rows.error());
    }
    auto found = view.policyVersions(request.beforeVersion != 0 ? request.beforeVersion : UINT64_MAX, *rows);
    if (!found) {
        return Core::failure(std::move(found.error()));
    }
    Wire::Admin::PoliciesHistoryResponse response;
    for (PolicyVersion &version : *found) {
        response.versions.push_back({version.version, version.time, std::move(version.author)});
    }
    return response;
}

}  // namespace Satchel::Server
