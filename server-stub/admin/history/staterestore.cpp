// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "staterestore.h"

#include "server-stub/admin/history/documentplan.h"
#include "server-stub/admin/history/fieldchanges.h"
#include "server-stub/admin/history/historypoint.h"
#include "server-stub/admin/history/plannedwrites.h"
#include "server-stub/store/tracking.h"

namespace Satchel::Server {

namespace Admin = Wire::Admin;

namespace {

constexpr std::size_t pageRows = 500;

/// Plans documents one by one.
class Restoration {
public:
    Restoration(Core::UserId user, const Admin::StateRestoreRequest &request, std::uint64_t seq, const Core::PolicySet &policies,
                const Mask &mask, AdminView &view)
        : m_user(std::move(user))
        , m_field(request.field)
        , m_seq(seq)
        , m_policies(policies)
        , m_changes(request.user, policies, mask)
        , m_view(view)
    {
    }

    Core::Result<void> add(const DocumentRow &current, Admin::StateRestoreResponse &response, PlannedWrites &writes)
    {
        if (current.seq <= m_seq) {
            return {};
        }
        auto then = m_view.documentAt(m_user, current.id, m_seq, m_policies);
        if (!then) {
            return Core::failure(std::move(then.error()));
        }
        const Core::Document target = stripped(then->tracked);
        DocumentPlan plan(m_user, current.id, stripped(current.tracked), current.seq, m_policies.of(current.id.collection));
        if (m_field.empty()) {
            plan.restore(target);
        } else {
            plan.restoreField(m_field, target);
        }
        auto drafts = plan.drafts();
        if (!drafts) {
            return Core::failure(std::move(drafts.error()));
        }
        if (drafts->empty()) {
            return {};
        }
        std::vector<Admin::FieldChange> changes;
        m_changes.addDocument(current.id, current.tracked.document, target, changes);
        std::erase_if(changes, [this](const Admin::FieldChange &change) { return !m_field.empty() && change.field != m_field; });
        response.changes.insert(response.changes.end(), changes.begin(), changes.end());
        return writes.add(std::move(*drafts));
    }

private:
    Core::UserId m_user;
    std::string m_field;
    std::uint64_t m_seq;
    const Core::PolicySet &m_policies;
    FieldChanges m_changes;
    AdminView &m_view;
};

Core::Result<void> planAll(const Core::UserId &user, const Admin::StateRestoreRequest &request, std::uint64_t head,
                           const Core::PolicySet &policies, AdminView &view,
                           const std::function<Core::Result<void>(const DocumentRow &)> &add)
{
    if (!request.key.empty()) {
        auto row = view.documentAt(user, {request.collection, request.key}, head, policies);
        return row ? add(*row) : Core::failure(std::move(row.error()));
    }
    DocumentsAtQuery query{user, request.collection, std::nullopt, head, pageRows};
    for (;;) {
        auto page = view.documentsAt(query, policies);
        if (!page) {
            return Core::failure(std::move(page.error()));
        }
        for (const DocumentRow &row : page->documents) {
            if (auto added = add(row); !added) {
                return added;
            }
        }
        if (!page->last) {
            return {};
        }
        query.after = std::move(page->last);
    }
}

}  // namespace

Core::Result<Admin::StateRestoreResponse> StateRestore::handle(AdminCall &call, const Admin::StateRestoreRequest &request,
                                                               AdminView &view) const
{
    const Core::UserId user{call.caller.user.tenant, request.user};
    if (auto checked = checkScope(request.collection, request.key); !checked) {
        return Core::failure(std::move(checked.error()));
    }
    if (request.key.empty() && !request.field.empty()) {
        return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, "a field needs its document"));
    }
    if (auto checked = RunToken::checkRequest(request.isDryRun, request.token); !checked) {
        return Core::failure(std::move(checked.error()));
    }
    auto seq = placeOf(user, request.to, view);
    auto extent = view.logExtent(user);
    if (!seq || !extent) {
        return Core::failure(std::move(!seq ? seq.error() : extent.error()));
    }
    const auto policies = call.policies;
    Admin::StateRestoreResponse response;
    response.seq = *seq;
    PlannedWrites writes;
    Restoration restoration(user, request, *seq, *policies, call.mask, view);
    auto planned = planAll(user, request, extent->head, *policies, view,
                           [&](const DocumentRow &row) { return restoration.add(row, response, writes); });
    if (!planned) {
        return Core::failure(std::move(planned.error()));
    }
    return carryOut(std::move(writes), m_context, call, name(), request, std::move(response));
}

}  // namespace Satchel::Server
